"""The crawl process from outside: fed, ended, killed, replaced."""

import os
import signal
import threading
from queue import SimpleQueue

import pytest

from readout.config import Config, Mail, Notify, Webhook
from readout.demo.server import Answer, SiteServer
from readout.model import SourceId
from readout.workers import local
from readout.workers.event import CrawlEvent
from readout.workers.local import LocalWorker, WorkerError
from tests.sites import configure, feed, outcomes, query, source

PAPER = Answer.of(b"\xd0\xcf\x11\xe0", "application/msword")
COURIER = SourceId("courier")
PATIENCE_S = 60


class Ends(SimpleQueue[CrawlEvent]):
    """How crawls ended, and who waits for a crawl to begin."""

    def __init__(self) -> None:
        self.started = threading.Event()

    def hear(self, event: CrawlEvent) -> None:
        if event.event == "started":
            self.started.set()
        if event.event == "finished":
            self.put(event)

    def next(self) -> CrawlEvent:
        return self.get(timeout=PATIENCE_S)


@pytest.fixture
def web():
    with SiteServer("courier") as web:
        web.host("courier", {"/rss": feed(web.url("courier", "/news/1")), "/news/1": PAPER})
        yield web


@pytest.fixture
def held(web):
    """A site that holds its answer until it is let go."""
    let_go, is_asked = threading.Event(), threading.Event()

    def slowly():
        yield b"<rss>"
        is_asked.set()
        let_go.wait(PATIENCE_S)

    web.host("courier", {"/rss": Answer(headers={"Content-Type": "text/xml"}, body=slowly)})
    yield is_asked
    let_go.set()


def configured(tmp_path, web, **limits) -> Config:
    place = {"type": "feed", "url": web.url("courier", "/rss")}
    return configure(tmp_path, source("courier", web.url("courier"), place), **limits)


@pytest.fixture
def ends():
    return Ends()


@pytest.fixture
def worker(tmp_path, web, ends):
    worker = LocalWorker(configured(tmp_path, web), ends.hear, log_level="WARNING")
    yield worker
    worker.close()


def pid(worker: LocalWorker) -> int:
    assert worker._process is not None
    return worker._process.pid


def test_one_process_does_many_crawls(worker, ends):
    worker.crawl(COURIER)
    first = ends.next()
    process = pid(worker)
    worker.crawl(COURIER)
    second = ends.next()
    assert (first.new, first.outcomes, first.reason) == (1, {"unsupported": 1}, "finished")
    assert (second.new, second.outcomes, second.reason) == (0, {}, "finished")
    assert pid(worker) == process


def test_seats_are_taken_and_given_back(worker, ends, held):
    assert worker.free_seats() == 8
    worker.crawl(COURIER)
    held.wait(PATIENCE_S)
    assert worker.free_seats() == 7
    worker.close()
    assert ends.next().reason == "shutdown"
    assert worker.free_seats() == 0


def test_a_killed_process_loses_no_source_and_is_replaced(worker, ends, held, web):
    worker.crawl(COURIER)
    held.wait(PATIENCE_S)
    process = pid(worker)
    os.kill(process, signal.SIGKILL)
    end = ends.next()
    assert (end.source, end.reason, end.error) == (COURIER, "crashed", "the crawl process died (killed by SIGKILL)")

    web.host("courier", {"/rss": feed(web.url("courier", "/news/1")), "/news/1": PAPER})
    worker.crawl(COURIER)
    assert ends.next().reason == "finished"
    assert pid(worker) != process


def test_processes_that_keep_dying_are_given_up(worker, ends, held, monkeypatch):
    monkeypatch.setattr(local, "_VAIN_STARTS", 2)
    for _ in range(2):
        assert not worker.has_given_up
        worker.crawl(COURIER)
        os.kill(pid(worker), signal.SIGKILL)
        ends.next()
    assert worker.has_given_up
    with pytest.raises(WorkerError, match="2 crawl processes died"):
        worker.crawl(COURIER)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_whoever_fails_to_hear_an_event_orphans_no_source(tmp_path, ends):
    """The process nobody hears any more is ended, and each of its sources with it."""
    names, let_go = ("deaf", "slow"), threading.Event()
    both_asked = threading.Barrier(3)

    def slowly():
        both_asked.wait(PATIENCE_S)
        yield b"<rss>"
        let_go.wait(PATIENCE_S)

    def hear(event: CrawlEvent) -> None:
        ends.hear(event)
        if event.event == "finished":
            raise ZeroDivisionError

    with SiteServer(*names) as web:
        rows = []
        for name in names:
            web.host(name, {"/rss": Answer(body=slowly)})
            rows.append(source(name, web.url(name), {"type": "feed", "url": web.url(name, "/rss")}))
        worker = LocalWorker(configure(tmp_path, *rows), hear, log_level="WARNING")
        try:
            worker.crawl(SourceId("deaf"))
            worker.crawl(SourceId("slow"))
            both_asked.wait(PATIENCE_S)
            listener = worker._process._listener
            worker.crawl(SourceId("nowhere"))  # ends at once, and is not heard
            told = [ends.next() for _ in range(3)]
            listener.join(PATIENCE_S)
        finally:
            let_go.set()
            worker.close()
    assert {(end.source, end.reason) for end in told} == {
        ("nowhere", "broken"),
        ("deaf", "crashed"),
        ("slow", "crashed"),
    }


def test_a_worn_process_is_replaced_between_crawls(worker, ends, monkeypatch):
    monkeypatch.setattr(local, "_CRAWLS_PER_PROCESS", 1)
    worker.crawl(COURIER)
    ends.next()
    process = worker._process
    if process is not None:  # it may be gone already
        process._listener.join(PATIENCE_S)
    worker.crawl(COURIER)
    assert ends.next().reason == "finished"
    assert not worker.has_given_up


@pytest.mark.parametrize("moment", ["at once", "when it began", "in the middle"])
def test_closing_ends_a_crawl_whatever_it_is_doing(worker, ends, held, moment):
    """A stop that comes while a crawl opens must not be forgotten."""
    worker.crawl(COURIER)
    if moment == "when it began":
        ends.started.wait(PATIENCE_S)
    if moment == "in the middle":
        held.wait(PATIENCE_S)
    process = worker._process
    worker.close()
    assert ends.next().reason == "shutdown"
    assert process._process.returncode in (0, -signal.SIGTERM)


def test_a_crawl_that_is_ordered_while_all_ends_begins_no_process(worker, ends):
    worker.crawl(COURIER)
    ends.next()
    worker.close()
    worker.crawl(COURIER)
    assert ends.next().reason == "shutdown"
    assert worker._process is None


def test_a_process_that_hangs_is_ended(worker, ends, held, monkeypatch):
    worker.crawl(COURIER)
    held.wait(PATIENCE_S)
    worker.check()
    assert worker.free_seats() == 7
    monkeypatch.setattr(local, "_OVERDUE_S", -100_000)
    worker.check()
    assert ends.next().reason == "crashed"


def test_no_crawl_runs_for_ever(tmp_path, web, ends, held):
    worker = LocalWorker(configured(tmp_path, web, max_minutes=0.02, timeout=1), ends.hear, log_level="WARNING")
    try:
        worker.crawl(COURIER)
        assert ends.next().reason == "closespider_timeout"
    finally:
        worker.close()


def test_one_slow_source_does_not_hold_up_another(tmp_path, ends):
    let_go = threading.Event()

    def slowly():
        yield b"<rss>"
        let_go.wait(PATIENCE_S)

    with SiteServer("slow", "quick") as web:
        web.host("slow", {"/rss": Answer(body=slowly)})
        web.host("quick", {"/rss": feed(web.url("quick", "/news/1")), "/news/1": PAPER})
        rows = [
            source(name, web.url(name), {"type": "feed", "url": web.url(name, "/rss")}) for name in ("slow", "quick")
        ]
        worker = LocalWorker(configure(tmp_path, *rows), ends.hear, log_level="WARNING")
        try:
            worker.crawl(SourceId("slow"))
            worker.crawl(SourceId("quick"))
            assert ends.next().source == "quick"
        finally:
            let_go.set()
            worker.close()


def test_the_process_ends_with_the_one_that_started_it(worker, ends, held):
    """Its orders ending is all it hears of a parent that was killed. It ends at once, though a server owes it an
    answer: the next one may begin any moment, and no host is to be asked by both."""
    worker.crawl(COURIER)
    held.wait(PATIENCE_S)
    worker._process._process.stdin.close()
    assert ends.next().reason == "crashed"


def test_a_crawl_process_knows_no_secret(tmp_path, web, monkeypatch):
    monkeypatch.setenv("READOUT_MAIL__PASSWORD", "hunter2")
    monkeypatch.setenv("readout_mail__user", "hunter2")
    (tmp_path / "hook").write_text("whsec_" + "A" * 32)
    (tmp_path / "hook").chmod(0o600)
    secrets = {"mail": Mail(password="hunter2"), "webhook": Webhook(secret_file=tmp_path / "hook")}
    secrets |= {"notify": Notify(targets={"team": "json://hunter2"})}
    config = configured(tmp_path, web).model_copy(update=secrets)
    assert config.mail.password is not None
    handed = local._handed_over(config)
    assert "hunter2" not in str(handed)
    assert "hook" not in str(handed)
    assert Config(**handed).crawl == config.crawl
    assert not [name for name in local._environment() if name.upper().startswith("READOUT_")]


def test_a_source_that_left_the_catalogue_is_said(worker, ends):
    worker.crawl(SourceId("nowhere"))
    assert ends.next().error == "nowhere is no longer in the catalogue"


def test_a_catalogue_that_cannot_be_read_is_said(tmp_path, web, ends):
    config = configured(tmp_path, web)
    (tmp_path / "sources" / "bad.toml").write_text("[[source]]\nid = 1")
    with pytest.raises(WorkerError, match=r"bad\.toml"):
        LocalWorker(config, ends.hear).crawl(COURIER)


def test_nothing_is_left_claimed_or_pending(worker, ends, tmp_path, web):
    worker.crawl(COURIER)
    ends.next()
    config = configured(tmp_path, web)
    assert outcomes(config) == {"/news/1": "unsupported"}
    assert query(config, "SELECT count(*) FROM crawl WHERE finished_at IS NULL") == [(0,)]
