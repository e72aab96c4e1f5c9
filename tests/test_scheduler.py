"""The service: begins what is due, ends when told, goes on after any death."""

import logging
import os
import signal
import subprocess
import threading
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

import scheduler
from readout.demo.server import Answer, SiteServer
from readout.error import StorageError
from readout.model import SourceId
from readout.workers.once import crawl_once
from tests.processes import running
from tests.sites import LOOPBACK, configure, feed, outcomes, query, source
from tests.store import store_section

ROOT = Path(__file__).parents[1]
PAPER = Answer.of(b"\x89PNG", "image/png")
PATIENCE_S = 60


@contextmanager
def service(folder: Path, *program: str):
    """`python scheduler.py`, or another `program`, over the catalogue in `folder`."""
    networks = ", ".join(f'"{network}"' for network in LOOPBACK)
    (folder / "readout.toml").write_text(
        f'data_dir = "."\nsources = ["sources"]\n[crawl]\nper_host_delay = 0\nallow_networks = [{networks}]\n'
        + store_section(folder)
    )
    told = {"READOUT_CONFIG": str(folder / "readout.toml")}
    with running(*(program or (str(ROOT / "scheduler.py"),)), folder=folder, **told) as process:
        yield process


class Held:
    """A feed that answers when it is let go, and says when it is asked."""

    def __init__(self, body: bytes) -> None:
        self.asked, self.let_go = threading.Semaphore(0), threading.Event()
        self._body = body

    def answer(self) -> Answer:
        def slowly():
            self.asked.release()
            self.let_go.wait(PATIENCE_S)
            yield self._body

        return Answer(headers={"Content-Type": "application/rss+xml"}, body=slowly)

    def wait(self) -> None:
        assert self.asked.acquire(timeout=PATIENCE_S)


@pytest.fixture
def web():
    with SiteServer("courier", "herald") as web:
        yield web


def courier(web, name="courier"):
    return source(name, web.url(name), {"type": "feed", "url": web.url(name, "/rss")})


def said(process, word: str) -> str:
    """The first line of the log with `word`, waited for."""
    for line in process.stderr:
        if word in line:
            return line
    raise AssertionError(f"the service ended without a word of {word!r}")


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT])
def test_what_is_due_is_crawled_and_a_signal_ends_it_cleanly(web, tmp_path, sign):
    web.host("courier", {"/rss": feed(web.url("courier", "/news/1")), "/news/1": PAPER})
    config = configure(tmp_path, courier(web))
    with service(tmp_path) as process:
        assert "reason='finished'" in said(process, "crawl_finished")
        process.send_signal(sign)
        assert process.wait(PATIENCE_S) == 0
    assert outcomes(config) == {"/news/1": "unsupported"}
    ((owner, due),) = query(config, "SELECT lease_owner, next_due > last_finished FROM source")
    assert (owner, due) == (None, 1)


def test_a_signal_in_the_middle_of_a_crawl_ends_it_and_the_source_is_due_again(web, tmp_path):
    held = Held(b"")
    web.host("courier", {"/rss": held.answer()})
    config = configure(tmp_path, courier(web))
    with service(tmp_path) as process:
        held.wait()
        process.terminate()
        assert process.wait(PATIENCE_S) == 0
        held.let_go.set()
    ((owner, due, failures),) = query(config, "SELECT lease_owner, next_due <= last_finished, failures FROM source")
    assert (owner, due, failures) == (None, 1, 0)
    assert query(config, "SELECT reason FROM crawl") == [("shutdown",)]


def test_a_killed_service_goes_on_where_it_was(web, tmp_path):
    held = Held(b"")
    good = {"/rss": feed(web.url("courier", "/news/1")), "/news/1": PAPER}
    web.host("courier", {"/rss": held.answer()}, good)
    config = configure(tmp_path, courier(web))
    with service(tmp_path) as process:
        held.wait()
        process.kill()
        process.wait(PATIENCE_S)
    held.let_go.set()
    web.set_phase(2)
    with service(tmp_path) as process:
        assert "new=1" in said(process, "crawl_finished")
    assert outcomes(config) == {"/news/1": "unsupported"}


def test_the_sources_of_a_killed_crawl_process_are_crawled_again(web, tmp_path, cold):
    held = Held(b"")
    good = {"/rss": feed(web.url("courier", "/news/1")), "/news/1": PAPER}
    web.host("courier", {"/rss": held.answer()}, good)
    configure(tmp_path, courier(web))
    with service(tmp_path) as process:
        held.wait()
        web.set_phase(2)
        (child,) = (int(pid) for pid in crawl_processes(process.pid))
        os.kill(child, signal.SIGKILL)
        held.let_go.set()
        assert str(child) in said(process, "crawl_process_died")
        assert "new=1" in said(process, "crawl_finished")


def crawl_processes(parent: int) -> list[str]:
    listed = subprocess.run(
        ["ps", "-o", "pid=,args=", "--ppid", str(parent)], capture_output=True, text=True, check=True
    ).stdout
    return [line.split()[0] for line in listed.splitlines() if "readout.workers.start" in line]


WITHOUT_CRAWL_PROCESSES = """
import sys
from readout.workers import local
import scheduler
local._VAIN_STARTS = 1
sys.executable = "/bin/false"
sys.exit(scheduler.main())
"""


def test_a_service_that_cannot_keep_a_crawl_process_alive_ends(web, tmp_path):
    configure(tmp_path, courier(web))
    with service(tmp_path, "-c", WITHOUT_CRAWL_PROCESSES) as process:
        assert "no crawl process lives" in said(process, "service_ending")
        assert process.wait(PATIENCE_S) == 1


def test_two_sources_of_one_host_are_never_crawled_at_once(web, tmp_path):
    papers = {f"/news/{number}": PAPER for number in range(1, 4)}
    web.host("courier", {"/rss": feed(*(web.url("courier", path) for path in papers)), **papers})
    rows = [
        source(name, web.url("courier"), {"type": "feed", "url": web.url("courier", "/rss")})
        for name in ("first", "second", "third")
    ]
    ends = crawl_once(configure(tmp_path, *rows))
    assert sorted(end.source for end in ends) == ["first", "second", "third"]
    assert web.most_at_once("courier") == 1


def test_one_pass_takes_whom_it_is_told_to(web, tmp_path):
    for name in ("courier", "herald"):
        web.host(name, {"/rss": feed(web.url(name, "/news/1")), "/news/1": PAPER})
    config = configure(tmp_path, courier(web), courier(web, "herald") | {"enabled": False})
    heard = []

    assert [end.source for end in crawl_once(config, on_event=heard.append)] == ["courier"]
    assert (heard[0].event, heard[-1].event) == ("started", "finished")
    assert crawl_once(config, due=True) == []
    assert [end.source for end in crawl_once(config, [SourceId("herald")])] == ["herald"]


def test_a_second_service_on_the_same_data_is_refused(web, tmp_path):
    held = Held(b"")
    web.host("courier", {"/rss": held.answer()})
    configure(tmp_path, courier(web))
    with service(tmp_path):
        held.wait()
        with service(tmp_path) as second:
            assert "in use" in said(second, "scheduler:")
            assert second.wait(PATIENCE_S) == 3
        held.let_go.set()


# --- what each job is held to ---------------------------------------------------------------------------------------


class Job:
    """A job whose first times end as told: with an error, well (None), or not before it is let go ("wait")."""

    def __init__(self, *fates) -> None:
        self._fates = list(fates)
        self.done, self.let_go = threading.Semaphore(0), threading.Event()

    def __call__(self) -> None:
        fate = self._fates.pop(0) if self._fates else None
        try:
            if fate == "wait":
                self.let_go.wait(PATIENCE_S)
            elif fate is not None:
                raise fate
        finally:
            self.done.release()

    __name__ = "work"

    def wait(self, times: int) -> None:
        for _ in range(times):
            assert self.done.acquire(timeout=PATIENCE_S)


@contextmanager
def ticking(*jobs):
    clock = scheduler.clock_of((job, 0.01) for job in jobs)
    clock.start()
    try:
        yield clock
    finally:
        clock.shutdown()


def test_a_job_that_takes_long_is_not_begun_again_beside_itself_and_nobody_is_warned(caplog):
    slow, quick = Job("wait"), Job()
    with caplog.at_level(logging.WARNING), ticking(slow, quick):
        quick.wait(20)
        assert not slow.done.acquire(blocking=False)
        slow.let_go.set()
        slow.wait(3)
    assert caplog.records == []


def test_a_clock_that_is_put_back_stops_no_job():
    job = Job()
    with ticking(job) as clock:
        job.wait(1)
        clock.pause()
        (planned,) = clock.get_jobs()
        planned.modify(next_run_time=datetime.now(UTC) + timedelta(days=1))
        while job.done.acquire(blocking=False):
            pass
        clock.resume()
        scheduler.heed_clock(clock)
        job.wait(2)


FULL, LOCKED = StorageError("the disk is full"), StorageError("the database is locked")


@pytest.mark.parametrize(
    ("fates", "told"),
    [
        ([FULL, FULL, FULL, None], ["job_failed", "job_works_again"]),
        ([FULL, LOCKED, LOCKED, None, None, FULL], ["job_failed", "job_failed", "job_works_again", "job_failed"]),
        # Of the moment or the place in memory that an unexpected one speaks of, each time another, nobody is told.
        ([KeyError(1), KeyError(2), KeyError(3), None], ["job_failed", "job_works_again"]),
        ([KeyError(1), ValueError(1), ValueError(2)], ["job_failed", "job_failed"]),
        ([FULL, KeyError(1), FULL], ["job_failed"] * 3),
    ],
)
def test_what_goes_wrong_is_told_once_until_it_is_something_else_or_over(fates, told):
    job = Job(*fates)
    with capture_logs() as events, ticking(job):
        job.wait(len(fates) + 1)
    said = [event["event"] for event in events]
    assert said[: len(told)] == told
    assert said[len(told) :] in ([], ["job_works_again"])
    assert {event["job"] for event in events} == {"work"}
