"""One running Readout a data folder."""

import errno
import fcntl
import os
import signal
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from readout.error import AlreadyRunning, StorageError
from readout.process import has_restarted, is_here, this_process
from readout.storage import leases, presence
from readout.storage.database import open_database
from readout.storage.home import home_of
from readout.storage.lock import data_lock
from readout.storage.presence import LEASE_NAME

HOLD = """# warm
import sys, time
from pathlib import Path
from readout.storage.lock import data_lock
with data_lock(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def holder(tmp_path):
    command = [sys.executable, "-c", HOLD, str(tmp_path)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=Path(__file__).parents[2], stdin=pipe, stdout=pipe, text=True) as process:
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def test_a_second_process_is_refused_and_told_who_holds_it(holder, tmp_path):
    with pytest.raises(AlreadyRunning, match=f"process {holder.pid}"), data_lock(tmp_path):
        pass


def test_a_killed_process_holds_nothing(holder, tmp_path):
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    with data_lock(tmp_path):
        assert (tmp_path / "readout.lock").read_text().startswith(f"process {os.getpid()} on ")


def test_the_lock_is_free_again_afterwards(tmp_path):
    for _ in range(2):
        with data_lock(tmp_path / "made"):
            pass


def test_the_same_process_is_refused_too(tmp_path):
    with data_lock(tmp_path), pytest.raises(AlreadyRunning), data_lock(tmp_path):
        pass


def test_a_folder_that_cannot_hold_data_is_refused_with_advice(tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(StorageError, match="name another data_dir"), data_lock(tmp_path / "file"):
        pass


# --- where locks do not reach: the lease in the database --------------------------------------------------------------

HERE = this_process().split("/")
LONG_GONE = "4194304"  # the largest number of a process that Linux gives is one less


def named(**parts: str) -> str:
    """A process like this one, but for these parts of its name."""
    names = ("host", "boot", "namespace", "pid", "started")
    return "/".join(parts.get(name, own) for name, own in zip(names, HERE, strict=True))


@pytest.fixture
def url(tmp_path: Path) -> str:
    url = f"sqlite:///{tmp_path}/readout.db"
    open_database(url, create=True).close()
    return url


def lease(url: str, owner: str | None = None, *, until: timedelta = timedelta(minutes=9)) -> str | None:
    """Who holds the database by its own word, after `owner` said so."""
    with closing(open_database(url, create=False)) as database, database.write() as connection:
        if owner is not None:
            assert leases.take_lease(connection, LEASE_NAME, owner, datetime.now(UTC), until)
        return leases.holder(connection, LEASE_NAME)


@pytest.fixture
def without_locks(monkeypatch):
    """A file system that knows no locks, as NFS may not: the kernel's answer there."""

    def refuse(*_: object) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", refuse)


def test_who_holds_a_database_says_so_in_it_while_he_does(url, tmp_path):
    with data_lock(tmp_path, url):
        assert (lease(url) or "").startswith(f"{this_process()}#")
    assert lease(url) is None


def test_without_locks_the_lease_keeps_a_second_one_out(url, tmp_path, without_locks):
    with (
        data_lock(tmp_path / "one", url),
        pytest.raises(AlreadyRunning, match=rf"process {os.getpid()} on {HERE[0]} since 20"),
        data_lock(tmp_path / "two", url),
    ):
        pass


def test_another_machine_keeps_it_until_it_was_not_heard_of_for_a_while(url, tmp_path):
    lease(url, f"{named(host='elsewhere', boot='b')}#2024-10-04 12:00 UTC")
    with (
        pytest.raises(AlreadyRunning, match=r"on elsewhere since 2024-10-04 12:00 UTC.*wait 15 minutes"),
        data_lock(tmp_path, url),
    ):
        pass
    lease(url, f"{named(host='elsewhere', boot='b')}#2024-10-04 12:00 UTC", until=timedelta(seconds=-1))
    with data_lock(tmp_path, url):
        pass


@pytest.mark.parametrize(
    "owner",
    [
        pytest.param(named(pid=LONG_GONE), id="its process is gone"),
        pytest.param(named(started="1"), id="its number is another's now"),
        pytest.param(named(boot="before"), id="the machine was started anew"),
        pytest.param(named(host="container", namespace="pid:[1]"), id="it would hold the lock of this machine"),
    ],
)
def test_what_a_dead_one_said_is_taken_over(url, tmp_path, owner):
    lease(url, f"{owner}#2024-10-04 12:00 UTC")
    with data_lock(tmp_path, url):
        assert (lease(url) or "").startswith(f"{this_process()}#")


def test_without_locks_a_container_beside_us_may_live(url, tmp_path, without_locks):
    lease(url, f"{named(host='container', namespace='pid:[1]')}#2024-10-04 12:00 UTC")
    with pytest.raises(AlreadyRunning), data_lock(tmp_path, url):
        pass


def test_the_lease_is_renewed_while_it_is_held(url, tmp_path, monkeypatch):
    monkeypatch.setattr(presence, "_OF_FILE", replace(presence._OF_FILE, beat_s=0.01))
    with data_lock(tmp_path, url):
        first = until(url)
        while until(url) == first:
            pass


def test_a_database_that_is_made_meanwhile_is_said_to_be_held(tmp_path, monkeypatch):
    monkeypatch.setattr(presence, "_OF_FILE", replace(presence._OF_FILE, beat_s=0.01))
    url = f"sqlite:///{tmp_path}/readout.db"
    with data_lock(tmp_path, url):
        open_database(url, create=True).close()
        while lease(url) is None:
            pass


def until(url: str) -> datetime:
    with closing(open_database(url, create=False)) as database, database.read() as connection:
        return connection.exec_driver_sql("SELECT until FROM lease WHERE name = 'instance'").scalar_one()


def test_machines_are_told_apart():
    assert is_here(named(host="container"))
    assert not is_here(named(boot="b"))
    assert has_restarted(named(boot="b"))
    assert not has_restarted(named(host="elsewhere", boot="b"))
    assert not is_here("no/name")
    assert not has_restarted("")


def test_a_database_with_a_second_name_is_refused(url, tmp_path):
    """By each name SQLite keeps another log, and no lock is seen from the other."""
    other = tmp_path / "other"
    other.mkdir()
    file = home_of(url).file
    (other / "readout.db").hardlink_to(file)
    for folder, name in ((other, f"sqlite:///{other / 'readout.db'}"), (tmp_path, url)):
        with pytest.raises(StorageError, match=r"2 names \(hard links\)"), data_lock(folder, name):
            pass
    (other / "readout.db").unlink()
    with data_lock(tmp_path, url):
        pass
