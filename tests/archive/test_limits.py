"""Whatever is written into the archive, at its limits and beyond, can be read out of it."""

from io import BytesIO

import pytest
from pydantic import ValidationError
from warcio.archiveiterator import ArchiveIterator

from readout.archive.capture import captures, records
from readout.archive.limits import LARGEST_DEPOSIT, LARGEST_HEAD, LARGEST_PAGE, LARGEST_PAGE_MIB, WRITTEN_HEAD
from readout.archive.record import page_records
from readout.articles.web_address import LONGEST_URL
from readout.exchange import Exchange
from readout.exports.evidence import verify
from readout.section import Crawl
from spiders.connection import MOST_HEAD_BYTES
from tests.reported import NOW, page

KIND = ("Content-Type", "text/html")
URL = "https://x.example/"
LONG = URL + "\N{CYRILLIC SMALL LETTER A}" * (LONGEST_URL - len(URL))
HEADS = {
    "257 fields": [(f"X-{number}", "1") for number in range(257)],
    "more fields than are kept": [(f"X-{number}", "1") for number in range(20_000)],
    "a field of 17 KiB": [("X", "x" * 17 * 1024)],
    "a field of a whole head": [("X", "x" * MOST_HEAD_BYTES)],
    "a field of all that is kept": [("X", "x" * (WRITTEN_HEAD - 60))],
    "two that are too many together": [("X", "x" * 40_000), ("Y", "y" * 40_000)],
    "lengths that are renamed": [("Content-Length", "1")] * 5_000,
    "fields without a value": [("X", "")] * 50_000,
}
PAGES = {
    **{
        name: page(URL, exchange=Exchange(headers=(*fields, KIND), request=(("User-Agent", "us"), *fields)))
        for name, fields in HEADS.items()
    },
    "a long address": page(LONG, exchange=Exchange(headers=(KIND,), request=(("User-Agent", "us"),))),
    "a redirect to a longer one": page(LONG, final_url=URL + "x" * 9_000, exchange=Exchange(headers=(KIND,))),
    "a redirect to one with a password": page(URL, final_url="https://me:secret@x.example/"),
    "a kind of a whole head": page(URL, content_type="text/html;" + "x" * MOST_HEAD_BYTES),
}


def read(folder, kept):
    """The one page in the records, nothing beside it being amiss."""
    file = folder / "x.warc.gz"
    file.write_bytes(kept)
    found = list(captures(file, largest_page=2**20))
    assert [each.fault for each in found if each.fault] == []
    return next(each.page for each in found if each.page)


@pytest.mark.parametrize("name", PAGES)
def test_what_is_written_is_read(tmp_path, name):
    kept = page_records(PAGES[name])
    back = read(tmp_path, kept)
    assert (back.body, back.fetched_at) == (PAGES[name].body, NOW)
    assert "secret" not in back.url
    again = read(tmp_path, page_records(back))
    assert (again.url, again.body, again.exchange) == (back.url, back.body, back.exchange)
    ours = [record.kind for record in records(BytesIO(kept))]
    assert ours == [record.rec_type for record in ArchiveIterator(BytesIO(kept), check_digests="raise")]


def test_most_of_a_header_is_kept_and_what_is_too_long_is_left_out_whole(tmp_path):
    told = Exchange(headers=(("A", "1"), ("X", "x" * WRITTEN_HEAD), KIND, ("B", "2")))
    back = read(tmp_path, page_records(page(URL, exchange=told)))
    assert [name for name, _ in back.exchange.headers] == ["Content-Type", "A", "B", "Content-Length"]


def test_the_largest_page_of_all_is_read_and_checked(tmp_path):
    assert Crawl(max_page_mib=LARGEST_PAGE_MIB).max_page_mib * 2**20 == LARGEST_PAGE
    with pytest.raises(ValidationError):
        Crawl(max_page_mib=LARGEST_PAGE_MIB + 1)
    body = bytes(LARGEST_PAGE)
    kept = page_records(page(URL, body, exchange=Exchange(headers=tuple(HEADS["a field of 17 KiB"]))))
    (record,) = records(BytesIO(kept))
    assert record.is_whole
    assert record.block.endswith(bytes(2**20))
    assert len(record.block) > LARGEST_PAGE
    assert len(record.block) + LARGEST_HEAD < verify.MOST
    noise = LARGEST_PAGE + 2 * LARGEST_HEAD  # what cannot be packed grows: zlib.net/zlib_tech.html
    assert noise + noise // 1000 + 1024 < LARGEST_DEPOSIT


def test_a_page_larger_than_pages_may_be_now_is_told_with_the_setting(tmp_path):
    (tmp_path / "x.warc.gz").write_bytes(page_records(page(URL, bytes(2**20))))
    (found,) = captures(tmp_path / "x.warc.gz", largest_page=2**19)
    assert found.fault == "longer than a page may be: crawl.max_page_mib is 0.5"
