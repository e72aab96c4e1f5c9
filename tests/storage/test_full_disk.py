"""A full disk, a folder that is gone, a file that may not be written: said once, nothing half written, and over when
there is room again."""

import os
import resource
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import event, func, select

from readout.demo.server import SiteServer
from readout.error import StorageError
from readout.notices import troubles_now
from readout.storage import schema
from readout.storage.database import Database, open_database
from readout.storage.home import home_of
from readout.storage.lock import data_lock
from readout.storage.soundness import Damage, damage_of, examine
from tests.sites import configure, feed, query, source, story

pytestmark = pytest.mark.in_file

ROOT = Path(__file__).parents[2]
KIB = 1024
COUNT = select(func.count()).select_from(schema.secret)


def write(database: Database, name: str, size: int) -> None:
    with database.write() as connection:
        for number in range(size // 1000):
            connection.execute(schema.secret.insert().values(name=f"{name} {number}", value=b"x" * 1000))


def count(database: Database) -> int:
    with database.read() as connection:
        return connection.scalar(COUNT)


@pytest.fixture
def room(database):
    """Lets the database grow by so many pages and no more, as a disk does; None: as far as it likes."""
    pages: dict[str, int | None] = {"most": None}

    def limit(connection, *_):
        connection.execute(f"PRAGMA max_page_count = {pages['most'] or 2**30}").close()

    event.listen(database._engine, "checkout", limit)

    def set_room(more: int | None) -> None:
        with database.read() as connection:
            now = connection.exec_driver_sql("PRAGMA page_count").scalar()
        pages["most"] = None if more is None else now + more

    return set_room


def test_a_full_disk_is_said_plainly_and_nothing_is_half_written(database, room):
    write(database, "before", 10_000)
    room(20)
    with pytest.raises(StorageError, match="the disk is full: make room, nothing was half written"):
        write(database, "too much", 1_000_000)
    assert count(database) == 10
    room(None)
    write(database, "after", 1_000_000)
    assert count(database) == 1010
    assert damage_of(database.home.file, limit_s=60) == Damage(said=None)


LIMITED = """# warm
import resource, sys
from readout.error import StorageError
from readout.storage import schema
from readout.storage.database import open_database

database = open_database(sys.argv[1], create=False)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), resource.RLIM_INFINITY))
for attempt in range(2):
    try:
        with database.write() as connection:
            for number in range(20_000):
                connection.execute(schema.secret.insert().values(name=f"too much {number}", value=b"x" * 1000))
    except StorageError as error:
        print(error)
with database.write() as connection:
    connection.execute(schema.secret.insert().values(name="a little", value=b"x"))
with database.read() as connection:
    print(connection.exec_driver_sql("SELECT count(*) FROM secret").scalar())
database.close()
"""


def test_a_limit_on_the_size_of_files_is_no_end_of_the_process(database, tmp_path):
    """The kernel's signal for it, SIGXFSZ, would kill a process that does not ignore it."""
    write(database, "before", 10_000)
    url = f"sqlite:///{tmp_path}/readout.db"
    command = [sys.executable, "-c", LIMITED, url, str(1024 * KIB)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    one, two, left = done.stdout.splitlines()
    assert one == two
    assert "nothing was half written: the disk is full or fails" in one
    assert left == "11", "what fits is still written"
    assert count(database) == 11
    assert damage_of(database.home.file, limit_s=60) == Damage(said=None)


def test_a_folder_that_is_gone_is_said_plainly(tmp_path):
    folder = tmp_path / "var"
    database = open_database(f"sqlite:///{folder}/readout.db", create=True)
    write(database, "before", 1_000)
    shutil.move(folder, tmp_path / "away")
    with pytest.raises(StorageError, match="was moved or removed while it was in use"):
        write(database, "after", 1_000)
    with pytest.raises(StorageError, match="was moved or removed while it was in use"):
        count(database)
    with pytest.raises(StorageError, match="cannot be looked at"):
        database.home.free_bytes()
    with pytest.raises(StorageError, match=r"var.*No such file or directory"):
        database.checkpoint()
    shutil.move(tmp_path / "away", folder)
    write(database, "back", 1_000)
    assert count(database) == 2
    assert damage_of(database.home.file, limit_s=60) == Damage(said=None)
    database.close()


def test_a_process_goes_on_in_the_file_that_took_the_place_of_another(database, tmp_path):
    write(database, "before", 1_000)
    database.copy_to(tmp_path / "copy.db")
    write(database, "after the copy", 1_000)
    for suffix in ("", "-wal", "-shm"):
        (tmp_path / f"readout.db{suffix}").rename(tmp_path / f"aside.db{suffix}")
    (tmp_path / "copy.db").rename(tmp_path / "readout.db")
    assert count(database) == 1
    write(database, "into the new one", 1_000)
    with closing(open_database(f"sqlite:///{tmp_path}/aside.db", create=False)) as former:
        assert count(former) == 2


def test_a_file_that_may_not_be_written_is_said_plainly(database, tmp_path):
    """By way of SQLite's own read-only mode: who is root writes wherever he likes."""
    write(database, "before", 1_000)
    database.close()
    read_only = Database(_read_only(tmp_path / "readout.db"))
    with pytest.raises(StorageError, match="cannot be written: check its owner and permissions"):
        write(read_only, "after", 1_000)
    assert count(read_only) == 1
    read_only.close()


def _read_only(file: Path):
    return home_of(f"sqlite:///file:{file}?mode=ro&uri=true")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write to any folder")
def test_a_folder_that_may_not_be_written_is_refused_with_advice(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(StorageError, match="see to its permissions"), data_lock(tmp_path / "var"):
        pass


def test_a_lock_that_cannot_be_written_is_no_traceback(tmp_path):
    hold = (
        "# warm\nimport resource, sys; from pathlib import Path; from readout.error import StorageError\n"
        "from readout.storage.lock import data_lock\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))\n"
        "try:\n    data_lock(Path(sys.argv[1])).__enter__()\nexcept StorageError as error:\n    print(error)"
    )
    command = [sys.executable, "-c", hold, str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert "readout.lock cannot be written: File too large: make room, nothing was changed" in done.stdout


def test_health_says_that_the_disk_is_full(database):
    database.home.free_bytes = lambda: 20 << 20
    from tests.reported import NOW

    assert any(
        "disk of the database is nearly full: 20 MiB are left" in said for said in troubles_now(database, {}, now=NOW)
    )


# --- a crawl ----------------------------------------------------------------------------------------------------------

STORIES = 12
_ROOM = 80 * KIB * KIB  # readers unpack their model of languages into a file of 65 MiB
# From the fourth article on each needs more room than there is.
_NO_ROOM = f"""CREATE TRIGGER no_room AFTER INSERT ON article WHEN new.id > 3
BEGIN INSERT INTO secret VALUES ('too much', zeroblob({_ROOM + 1})); END"""


@pytest.fixture
def site(tmp_path):
    """A site whose articles are long, and the configuration to crawl it."""
    with SiteServer("apa") as web:
        urls = [web.url("apa", f"/news/{number}") for number in range(STORIES)]
        pages = {f"/news/{number}": story(number, text=f"{number} is a number. " * 6_000) for number in range(STORIES)}
        web.host("apa", {"/rss": feed(*urls), **pages})
        config = configure(tmp_path, source("apa", web.url("apa"), {"type": "feed", "url": web.url("apa", "/rss")}))
        (tmp_path / "readout.toml").write_text(
            'data_dir = "."\nsources = ["sources"]\n[crawl]\nper_host_delay = 0\nallow_networks = ["127.0.0.0/8"]\n'
        )
        yield config


def crawl(folder: Path, *, most: int) -> subprocess.CompletedProcess[str]:
    """`readout crawl`, with no file longer than `most` bytes."""

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))

    return subprocess.run(
        [sys.executable, "-m", "readout", "crawl"],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        preexec_fn=limit,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_crawl_that_finds_the_disk_full_fails_says_so_once_and_the_next_one_does_the_rest(site, tmp_path):
    with closing(open_database(site.database.url, create=True)) as database, database.write() as connection:
        connection.exec_driver_sql(_NO_ROOM)
    first = crawl(tmp_path, most=_ROOM)
    assert first.returncode == 1, first.stderr
    assert first.stderr.count("nothing was half written: the disk is full or fails") <= 3, first.stderr
    assert "readout: source apa: " in first.stderr
    assert "Traceback" not in first.stderr
    links = query(site, "SELECT outcome, attempts, next_visit FROM link")
    assert len(links) == STORIES
    stored = [outcome for outcome, *_ in links if outcome]
    assert set(stored) <= {"not_a_report"}, "what could not be stored is pending, and no fault of its page"
    assert len(stored) == 3
    assert all(not attempts and next_visit for outcome, attempts, next_visit in links if outcome is None)
    assert query(site, "SELECT count(*) FROM article") == [(len(stored),)]
    assert query(site, "SELECT failures, last_error FROM source") == [(0, None)], "the source is not to blame"

    with closing(sqlite3.connect(tmp_path / "readout.db")) as connection:
        connection.execute("DROP TRIGGER no_room")
    assert examine(tmp_path / "readout.db").is_sound
    second = crawl(tmp_path, most=_ROOM)
    assert second.returncode == 0, second.stderr
    assert query(site, "SELECT outcome, count(*) FROM link GROUP BY outcome") == [("not_a_report", STORIES)]
    assert examine(tmp_path / "readout.db").is_sound
    with closing(sqlite3.connect(tmp_path / "readout.db")) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
