"""What happens when: sources are crawled when they are due, alerts leave when they are owed, the house is tidied.

It must not know how any of it is done, and keeps no state: what is due is in the database.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from datetime import timedelta
from functools import wraps
from threading import Event, Lock
from traceback import walk_tb

import structlog
from apscheduler.schedulers.background import BackgroundScheduler

from readout.catalog import load_sources
from readout.config import Config, load_config
from readout.ending import told_to_end
from readout.error import AlreadyRunning, ReadoutError
from readout.failpoint import arm
from readout.logs import configure_logs
from readout.model import Source, SourceId
from readout.naming import names_of
from readout.notices import Lookout, tell_operator
from readout.outbox import deliver
from readout.retention import retain_when_due
from readout.storage.database import Database, open_database
from readout.web.server import beside
from readout.workers.chair import Chair
from readout.workers.clock import utc_now
from readout.workers.cluster import ClusterWorker
from readout.workers.dispatch import Dispatch
from readout.workers.queue import prepare_queue, queue_due
from readout.workers.seat import seat

_Job = Callable[[], object]
_Jobs = Iterable[tuple[_Job, float]]
"""What is done, and every how many seconds."""

_LOOKS_AT_CLOCK_S = 60

log = structlog.get_logger("scheduler")


def run(config: Config, sources: Mapping[SourceId, Source], *, stop: Event) -> int:
    """Do what is due until `stop` is set. 0: ended as told; 1: crawls cannot go on.

    In a cluster what is due is queued for its workers, by one of the schedulers that run. The caller holds the lock of
    `readout.workers.seat`, and sets `stop` when a signal comes. Raises ConfigError or StorageError where it cannot
    begin.
    """
    with ExitStack() as house:
        database = house.enter_context(closing(open_database(config.database.url, create=True)))
        house.enter_context(beside(database, config, sources, utc_now))
        chores = _Chores(config, sources, database, stop)
        log.info("service_started", data_dir=str(config.data_dir), workers=config.workers)
        if config.workers == "cluster":
            prepare_queue(database, sources)
            chair = house.enter_context(Chair(database, now=utc_now))
            _keep_time([*_by_one(chair, [(chores.queue, 1), *chores.tidying()]), (chores.send, 5)], stop)
            return 0
        dispatch = house.enter_context(closing(Dispatch(config, sources, database)))

        def crawl() -> None:
            try:
                dispatch.hand_over_due(utc_now())
            finally:
                _end_vain(dispatch, stop)

        _keep_time([(crawl, 2), (chores.send, 5), *chores.tidying()], stop)
        return 1 if dispatch.has_given_up else 0


def work(config: Config, sources: Mapping[SourceId, Source], *, stop: Event) -> int:
    """Be a worker of a cluster until `stop` is set: crawl what is queued, send what is owed. Otherwise as `run`."""
    with ExitStack() as house:
        database = house.enter_context(closing(open_database(config.database.url, create=True)))
        prepare_queue(database)
        worker = house.enter_context(ClusterWorker(config, sources, database))
        chores = _Chores(config, sources, database, stop)

        def check() -> None:
            try:
                worker.check()
            finally:
                _end_vain(worker, stop)

        log.info("worker_started", seats=config.crawl.concurrency)
        _keep_time([(check, 2), (chores.send, 5)], stop)
        return 1 if worker.has_given_up else 0


@dataclass(frozen=True, slots=True)
class _Chores:
    """What is done beside crawls."""

    config: Config
    sources: Mapping[SourceId, Source]
    database: Database
    stop: Event
    lookout: Lookout = field(default_factory=Lookout)

    def tidying(self) -> _Jobs:
        """What one does for all."""
        return (self.look, 60), (self.database.checkpoint, 3600), (self.retain, 3600)

    def queue(self) -> None:
        queue_due(self.database, self.sources, utc_now())

    def send(self) -> None:
        names = names_of(self.sources)
        delivered = deliver(self.database, self.config, now=utc_now, names=names, is_over=self.stop.is_set)
        if delivered.accepted or delivered.failed or delivered.doubtful:
            log.info("alerts_sent", said=delivered.in_words())

    def look(self) -> None:
        tell_operator(self.database, self.config.mail.operator, self.sources, now=utc_now(), lookout=self.lookout)

    def retain(self) -> None:
        if let_go := retain_when_due(self.database, self.config.retention, now=utc_now(), stop=self.stop):
            log.info("let_go", texts=let_go.texts, visits=let_go.visits, crawls=let_go.crawls)


def _end_vain(crawling: Dispatch | ClusterWorker, stop: Event) -> None:
    """End where no crawl process can be kept alive."""
    if crawling.has_given_up:
        log.error("service_ending", because="no crawl process lives")
        stop.set()


def _by_one(chair: Chair, jobs: _Jobs) -> _Jobs:
    """`jobs` as whoever has the chair does them."""

    def guarded(job: _Job) -> _Job:
        @wraps(job)
        def when_ours() -> None:
            if chair.is_ours():
                job()

        return when_ours

    return [(guarded(job), seconds) for job, seconds in jobs]


def _keep_time(jobs: _Jobs, stop: Event) -> None:
    """Do `jobs` at their times until `stop` is set."""
    clock = clock_of(jobs)
    clock.start()
    try:
        while not stop.wait(_LOOKS_AT_CLOCK_S):
            heed_clock(clock)
    finally:
        log.info("service_ending")
        clock.shutdown()


def clock_of(jobs: _Jobs) -> BackgroundScheduler:
    """What does each job now and every so many seconds, once however often it was missed, and never beside itself.

    More instances of one are let in so that each can find that the first is not over, and leave: a crawl process that
    starts, or a mail server that thinks, takes longer than a tick, and is nothing to warn of; nor is a busy machine.
    """
    defaults = {"coalesce": True, "max_instances": 100, "misfire_grace_time": None}
    clock = BackgroundScheduler(timezone="UTC", job_defaults=defaults)
    for job, seconds in jobs:
        clock.add_job(_fenced(job), "interval", seconds=seconds, next_run_time=utc_now())
    return clock


def heed_clock(clock: BackgroundScheduler) -> None:
    """Where the machine's clock was put back, let jobs run now that would wait until it has come to where it was."""
    for job in clock.get_jobs():
        if job.next_run_time - utc_now() > job.trigger.interval + timedelta(seconds=_LOOKS_AT_CLOCK_S):
            job.modify(next_run_time=utc_now())


def _fenced(job: _Job) -> Callable[[], None]:
    """A job that fails is told of and tried again at its next time; it never ends the service.

    What fails again and again for one reason, as on a full disk, is told of once, and once when that is over.
    """
    told = ""
    under_way = Lock()

    def fenced() -> None:
        nonlocal told
        if not under_way.acquire(blocking=False):
            return
        before, told = told, ""
        try:
            job()
        except ReadoutError as error:
            told = str(error)
            if told != before:
                log.error("job_failed", job=job.__name__, reason=told)
        except Exception as error:
            told = _whence(error)
            if told != before:
                log.exception("job_failed", job=job.__name__)
        else:
            if before:
                log.info("job_works_again", job=job.__name__)
        finally:
            under_way.release()

    return fenced


def _whence(error: Exception) -> str:
    """What an unexpected error is known again by: its words may hold the moment, or the address of an object."""
    lines = (f"{frame.f_code.co_filename}:{line}" for frame, line in walk_tb(error.__traceback__))
    return " ".join((type(error).__name__, *lines))


def main() -> int:
    """`python scheduler.py`: the service with the configuration that every command finds."""
    arm()
    configure_logs()
    try:
        config = load_config()
        with told_to_end() as ending, seat(config):
            return run(config, load_sources(config.sources or ()), stop=ending.told)
    except ReadoutError as error:
        print(f"scheduler: {error}", file=sys.stderr)  # noqa: T201  said before anything runs
        return 3 if isinstance(error, AlreadyRunning) else 2


if __name__ == "__main__":
    sys.exit(main())
