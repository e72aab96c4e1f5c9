"""Pages of reports are kept as proof: as fetched, whole or not at all, and never named without being there."""

import gzip
import hashlib
import os
import resource
import stat
import subprocess
import sys
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from readout import failpoint
from readout.archive.capture import captures
from readout.archive.record import page_hash, page_records
from readout.archive.shelf import Archive, Deposit
from readout.config import Archive as Section
from readout.demo.server import Answer, SiteServer
from readout.exchange import Exchange
from readout.found_links import Find
from readout.intake import Intake
from readout.notices import troubles_now
from readout.proving import Prover
from readout.storage.database import open_database
from readout.storage.proofs import proofs_of
from tests.reported import DAY, NOW, OTHER_TEXT, TEXT, link, page, reading, report, source
from tests.sites import configure, crawl, feed, query
from tests.sites import source as table
from tests.store import store_url

AGENCY = source("agency")
SESSION = report(session=55, days=DAY, city="Astana", country="KZ")
HOUR = timedelta(hours=1)
ARTICLE = """<!DOCTYPE html><html lang=en><head><title>Security chiefs meet</title></head><body><article>
<h1>Security chiefs of the Commonwealth meet in Astana</h1>
<p>The 55th session of the Council of Heads of Security Agencies and Special Services of the CIS was held in Astana on
October 4. Colonel General Ali Nagiyev, head of the State Security Service of Azerbaijan, took part in the session.</p>
<p>The participants discussed joint work against terrorism, drug trafficking and cybercrime, and agreed on the place of
the next session. President Kassym-Jomart Tokayev received the heads of the delegations before the session opened.</p>
</article></body></html>"""
SPORT = f"<!DOCTYPE html><html lang=en><title>Wheat</title><article><h1>Wheat</h1><p>{OTHER_TEXT * 3}</p></article>"
NOISE = b"<html>" + os.urandom(2_000_000)


def wrapped(url="https://agency.example/1", body=b"<html>", **changes):
    exchange = Exchange(headers=(("Content-Type", "text/html"),), request=(("User-Agent", "us"),))
    return page(url, body, **{"exchange": exchange} | changes)


def listed(*files):
    """The records of WARC files as another's reader has them, every digest checked."""
    found = []
    for file in files:
        with file.open("rb") as stream:
            found += [
                (record.rec_type, record.rec_headers, record.http_headers, record.raw_stream.read())
                for record in ArchiveIterator(stream, check_digests="raise")
            ]
    return found


def files_in(folder):
    return sorted(path for path in folder.iterdir() if path.name != ".lock")


# --- a crawl keeps what it read -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def crawled(tmp_path_factory):
    """A report, of which its server says too much, and a page that is none, crawled; with the site's own answers."""
    folder = tmp_path_factory.mktemp("crawled")
    too_much = {f"X-{number}": "1" for number in range(300)} | {"X-Long": "x" * 20_000, "X-Longer": "x" * 60_000}
    headers = too_much | {"Content-Type": "text/html", "X-Odd": "caf\xe9"}
    packed = Answer(headers=headers, body=ARTICLE.encode())
    with SiteServer("paper") as web:
        at = web.url("paper").rstrip("/")
        pages = {"/rss": feed(f"{at}/news/a", f"{at}/news/b"), "/news/a": packed, "/news/b": Answer.of(SPORT)}
        web.host("paper", pages)
        config = configure(folder, table("paper", at + "/", {"type": "feed", "url": at + "/rss"}))
        crawl(config)
        yield config, at


def test_the_page_of_a_report_is_kept_as_it_was_answered(crawled):
    config, at = crawled
    (file,) = files_in(config.archive_dir)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(config.archive_dir.stat().st_mode) == 0o700
    info, (kind, named, answered, body), (_, asked, request, _) = listed(file)
    assert info[0] == "warcinfo"
    assert (kind, body) == ("response", ARTICLE.encode())
    assert named.get_header("WARC-Target-URI") == f"{at}/news/a"
    assert named.get_header("WARC-IP-Address").startswith("127.")
    assert named.get_header("WARC-Payload-Digest") == f"sha256:{hashlib.sha256(body).hexdigest()}"
    assert (answered.get_statuscode(), answered.get_header("Content-Type")) == ("200", "text/html")
    assert answered.get_header("Content-Length") == str(len(body))
    assert answered.get_header("Content-Encoding") is None
    assert "Readout/" in request.get_header("User-Agent")
    assert asked.get_header("WARC-Concurrent-To") == named.get_header("WARC-Record-ID")


def test_what_is_kept_can_be_read_whatever_its_server_said(crawled):
    config, _ = crawled
    found = list(captures(*files_in(config.archive_dir), largest_page=2**20))
    assert [(each.page and each.page.body, each.fault) for each in found] == [
        (None, None),
        (ARTICLE.encode(), None),
        (None, None),
    ]
    told = dict(found[1].page.exchange.headers)
    assert (len(told["X-Long"]), told["X-299"], told["X-Odd"], "X-Longer" in told) == (20_000, "1", "caf\xe9", False)


def test_its_article_names_it(crawled):
    config, _ = crawled
    rows = query(config, "SELECT outcome, page_hash, page_file, page_offset, page_size FROM article ORDER BY outcome")
    (other, other_hash, *nowhere), (_, digest, name, offset, size) = rows
    assert (other, nowhere) == ("not_a_report", [None, None, None])
    assert other_hash == page_hash(SPORT.encode())
    assert digest == page_hash(ARTICLE.encode())
    kept = Archive(config.archive_dir).records(Deposit(file=name, offset=offset, size=size))
    assert [record.rec_type for record in ArchiveIterator(BytesIO(kept))] == ["response", "request"]


def test_a_crawl_into_nowhere_keeps_nothing(crawled, tmp_path):
    from readout.workers.scratch import crawl_in_scratch

    seen = []

    def stop(services):
        seen.append(services)
        raise RuntimeError("enough")

    config = configure(tmp_path)
    with pytest.raises(RuntimeError, match="enough"):
        crawl_in_scratch(config, stop)
    assert seen[0].config.archive.keep == "none"


# --- which pages, which versions ------------------------------------------------------------------------------------


def taking(database, folder, keep="reports", **options):
    archive = Archive(folder, **options)
    return Intake(database, max_age=None, prover=Prover(archive, keep=keep)), archive


def take(intake, text, *reports, path="1", body=b"<html>", now=NOW):
    intake.take_links(AGENCY, Find(url="rss", links=[link(path)]), now=now)
    (due,) = (each for each in intake.due_links(AGENCY.id, now=now, limit=9) if each.url.endswith(f"/{path}"))
    return intake.take_page(AGENCY, due, wrapped(due.url, body), reading(text, *reports), now=now)


@pytest.mark.parametrize(("keep", "kept"), [("reports", [1]), ("all", [1, 2]), ("none", [])])
def test_which_pages_are_kept_is_set(database, tmp_path, keep, kept):
    intake, archive = taking(database, tmp_path / "kept", keep)
    take(intake, TEXT, SESSION)
    take(intake, OTHER_TEXT, path="2")
    with database.read() as connection:
        proofs = proofs_of(connection, [1, 2])
    assert [article for (article, _), proof in sorted(proofs.items()) if proof.deposit] == kept
    assert {proof.page_hash for proof in proofs.values()} == {page_hash(b"<html>")}
    archive.close()
    assert (tmp_path / "kept").exists() == bool(kept)


def test_each_version_told_keeps_its_own_page_also_one_that_takes_it_back(database, tmp_path):
    intake, archive = taking(database, tmp_path)
    bodies = [b"<html>one", b"<html>two", b"<html>three"]
    take(intake, TEXT, SESSION, body=bodies[0])
    take(intake, TEXT, SESSION, body=b"<html>the same words", now=NOW + 2 * HOUR)
    take(intake, TEXT + " It was cold.", SESSION, body=bodies[1], now=NOW + 30 * HOUR)
    take(intake, OTHER_TEXT, body=bodies[2], now=NOW + 300 * HOUR)
    with database.read() as connection:
        proofs = proofs_of(connection, [1])
    assert [proofs[1, version].page_hash for version in (1, 2, 3)] == [page_hash(body) for body in bodies]
    found = [archive.records(proofs[1, version].deposit) for version in (1, 2, 3)]
    assert [next(iter(ArchiveIterator(BytesIO(each)))).content_stream().read() for each in found] == bodies
    archive.close()


# --- the files ------------------------------------------------------------------------------------------------------


def test_a_full_file_and_a_new_day_begin_another(tmp_path):
    archive = Archive(tmp_path, most_bytes=6_500)
    moments = [NOW, NOW, NOW, NOW + 24 * HOUR]
    names = [archive.add(wrapped(body=os.urandom(1_500)), now=now).file for now in moments]
    archive.close()
    assert [names.index(name) for name in names] == [0, 0, 2, 3]
    assert [name[:16] for name in names] == ["readout-20241004"] * 3 + ["readout-20241005"]
    assert all(path.stat().st_size <= 6_500 for path in files_in(tmp_path))
    assert [kind for kind, *_ in listed(*files_in(tmp_path))].count("warcinfo") == 3


def test_what_is_kept_can_be_read_while_the_file_is_written(tmp_path):
    archive = Archive(tmp_path)
    deposit = archive.add(wrapped(), now=NOW)
    (being_written,) = files_in(tmp_path)
    assert being_written.name == deposit.file + ".open"
    assert Archive(tmp_path).records(deposit) == being_written.read_bytes()[deposit.offset :]
    other = Archive(tmp_path)  # another process: it leaves the file alone that is being written
    other.add(wrapped(), now=NOW)
    other.close()
    assert being_written.exists()
    archive.close()
    assert Archive(tmp_path).records(deposit)
    assert Archive(tmp_path).records(Deposit(file="../" + deposit.file, offset=0, size=9)) is None


HOSTILE = (
    ("X-A", "1\r\nX-B: 2\r\n\r\nWARC/1.1\r\nWARC-Type: response"),
    ("X-C\r\nX-D", "3"),
    ("Set-Cookie", "caf\xe9 \x00 \x1b[2J"),
    ("Content-Length", "9"),
    ("Content-Encoding", "gzip"),
)


def test_nothing_that_a_server_says_ends_a_record_or_names_a_file(tmp_path):
    archive = Archive(tmp_path)
    for url in ("https://x.example/../../etc\r\nWARC-Type: warcinfo\r\n\r\n", "https://x.example/é \ud800"):
        exchange = Exchange(headers=HOSTILE, request=(*HOSTILE, ("Authorization", "secret")), protocol="a\r\nb")
        archive.add(page(url, b"</html>\r\n\r\nWARC/1.1\r\n", exchange=exchange, content_type="a\nb"), now=NOW)
    archive.add(page("https://x.example/\n", b"<p>", content_type="a\nb\x85"), now=NOW)
    archive.close()
    (file,) = files_in(tmp_path)
    found = listed(file)
    assert [kind for kind, *_ in found] == ["warcinfo", *["response", "request"] * 2, "resource"]
    assert found[1][3] == b"</html>\r\n\r\nWARC/1.1\r\n"
    names = [name for name, _ in found[1][2].headers]
    kept = ["X-Archive-Orig-Content-Length", "X-Archive-Orig-Content-Encoding", "Content-Length"]
    assert names == ["X-A", "Set-Cookie", *kept]
    assert b"secret" not in gzip.decompress(file.read_bytes())


# --- a crash, a full disk -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("tail", ["cut", "byte", "zeros", "garbage", "begun"])
def test_a_record_cut_by_a_crash_is_healed_by_the_next_that_writes(tmp_path, tail):
    archive = Archive(tmp_path)
    whole = [archive.add(wrapped(body=os.urandom(70_000)), now=NOW) for _ in range(2)]
    path = tmp_path / f"{whole[0].file}.open"
    sound = path.read_bytes()
    cut = page_records(wrapped(body=NOISE))
    torn = {"cut": cut[:1_000_000], "byte": cut[:1], "zeros": bytes(100_000), "garbage": os.urandom(99), "begun": b""}[
        tail
    ]
    archive._file.close()  # as the kernel lets go of what a dead process had open
    path.write_bytes(sound + torn)
    again = Archive(tmp_path)
    again.add(wrapped(), now=NOW)
    assert (tmp_path / whole[0].file).read_bytes() == sound
    assert [again.records(each) is not None for each in whole] == [True, True]
    again.close()
    assert not [path for path in files_in(tmp_path) if path.name.endswith(".open")]
    assert len(listed(*files_in(tmp_path))) == 1 + 4 + 1 + 2


def test_a_file_without_a_whole_record_is_taken_away(tmp_path):
    (tmp_path / "readout-20241004-0123abcd-0001.warc.gz.open").write_bytes(b"\x1f\x8b\x08")
    foreign = tmp_path / "readout-mine.warc.gz.open"
    foreign.write_bytes(b"mine")
    archive = Archive(tmp_path)
    deposit = archive.add(wrapped(), now=NOW)
    archive.close()
    assert {path.name for path in files_in(tmp_path)} == {deposit.file, foreign.name}


TAKE = """# warm
import sys
from readout import failpoint
from tests.store import store_url
from tests.test_archive import SESSION, TEXT, taking, take
from readout.storage.database import open_database
from pathlib import Path
failpoint.arm()
folder = Path(sys.argv[1])
intake, archive = taking(open_database(store_url(folder), create=True), folder / "archive")
take(intake, TEXT, SESSION)
"""


@pytest.mark.parametrize(("moment", "named"), [("page.before", 0), ("page.after", 1)])
def test_a_page_is_on_the_disk_before_anything_names_it(tmp_path, moment, named):
    env = os.environ | {failpoint.VARIABLE: moment, failpoint.CONSENT: "kill"}
    done = subprocess.run([sys.executable, "-c", TAKE, tmp_path], cwd=Path(__file__).parents[1], env=env, check=False)
    assert done.returncode == -9
    database = open_database(store_url(tmp_path), create=True)
    archive = Archive(tmp_path / "archive")
    with database.read() as connection:
        proofs = list(proofs_of(connection, [1]).values())
    assert len(proofs) == named
    assert all(archive.records(proof.deposit) for proof in proofs)
    (left,) = files_in(tmp_path / "archive")
    assert [kind for kind, *_ in listed(left)] == ["warcinfo", "response", "request"]
    intake, again = taking(database, tmp_path / "archive")
    if not named:  # the next crawl reads and keeps it once more; what nothing names stays
        take(intake, TEXT, SESSION)
    again.close()
    database.close()


def test_on_a_full_disk_a_meeting_is_stored_and_its_proof_is_missed(database, tmp_path):
    intake, archive = taking(database, tmp_path / "kept")
    take(intake, TEXT, SESSION)
    size = files_in(tmp_path / "kept")[0].stat().st_size
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, limits[1]))  # more than the database has, less than the page
    try:
        told = take(intake, OTHER_TEXT, report("sco-rats", session=4), path="2", body=NOISE)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert str(told.kind) == "stored"
    with database.read() as connection:
        assert proofs_of(connection, [2])[2, 1].fault == "File too large"
    assert files_in(tmp_path / "kept")[0].stat().st_size == size
    assert ["kept as proof, 1 so far: File too large" in said for said in troubles_now(database, {}, now=NOW)] == [True]

    take(intake, TEXT + " It snowed.", report("cis-anti", session=3), path="3", now=NOW + HOUR)
    assert troubles_now(database, {}, now=NOW) == []
    archive.close()
    assert len(listed(*files_in(tmp_path / "kept"))) == 6


def test_a_folder_that_cannot_be_written_costs_no_meeting(database, tmp_path):
    (tmp_path / "file").write_text("in the way")
    intake, _ = taking(database, tmp_path / "file" / "kept")
    assert str(take(intake, TEXT, SESSION).kind) == "stored"
    with database.read() as connection:
        assert proofs_of(connection, [1])[1, 1].fault == "Not a directory"


def test_the_archive_lies_with_the_data_where_nobody_says_otherwise(tmp_path):
    assert configure(tmp_path).archive_dir == tmp_path / "archive"
    assert configure(tmp_path).model_copy(update={"archive": Section(dir=tmp_path)}).archive_dir == tmp_path


# --- reading WARC files ---------------------------------------------------------------------------------------------


def test_a_page_that_led_elsewhere_names_both_addresses(tmp_path):
    archive = Archive(tmp_path)
    archive.add(wrapped(final_url="https://agency.example/2"), now=NOW)
    archive.close()
    _, (_, named, *_), _ = listed(*files_in(tmp_path))
    told = [named.get_header(name) for name in ("WARC-Target-URI", "Readout-Asked-URI")]
    assert told == ["https://agency.example/2", "https://agency.example/1"]


def test_what_we_kept_we_read(tmp_path):
    archive = Archive(tmp_path)
    kept = wrapped(body=b"<p>kept")
    archive.add(kept, now=NOW)
    archive.close()
    pages = [found.page for found in captures(files_in(tmp_path)[0], largest_page=2**20) if found.page]
    assert [(each.url, each.body, each.fetched_at) for each in pages] == [(kept.url, kept.body, kept.fetched_at)]
