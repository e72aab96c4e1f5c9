"""What happens when: sources are crawled when they are due, alerts leave when they are owed, the house is tidied.

It must not know how any of it is done, and keeps no state: what is due is in the database.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from contextlib import ExitStack, closing
from threading import Event

import structlog
from apscheduler.schedulers.background import BackgroundScheduler

from readout.catalog import load_sources
from readout.channels import Names
from readout.config import Config, load_config
from readout.ending import Ending, told_to_end
from readout.error import AlreadyRunning, ReadoutError
from readout.failpoint import arm
from readout.logs import configure_logs
from readout.model import Source, SourceId
from readout.naming import names_of
from readout.notices import Lookout, tell_operator
from readout.outbox import deliver
from readout.retention import retain_when_due
from readout.storage.database import Database, open_database
from readout.storage.lock import data_lock
from readout.workers.clock import utc_now
from readout.workers.dispatch import Dispatch

log = structlog.get_logger("scheduler")


def run(config: Config, sources: Mapping[SourceId, Source], *, stop: Event) -> int:
    """Do what is due until `stop` is set or SIGTERM or SIGINT comes; a second one ends it at once.

    0: ended as told; 1: crawls cannot go on.

    The caller holds the data lock and is the main thread. Raises ConfigError or StorageError where it cannot begin.
    """
    with ExitStack() as house:
        house.enter_context(told_to_end(Ending(stop)))
        database = house.enter_context(closing(open_database(config.database.url, create=True)))
        if config.alerts.public_url:
            from readout.web.server import beside  # 20 MiB that only this needs

            house.enter_context(beside(database, config))
        dispatch = house.enter_context(closing(Dispatch(config, sources, database)))
        clock = _clock(config, database, dispatch, names_of(sources), stop)
        house.callback(clock.shutdown)
        clock.start()
        log.info("service_started", data_dir=str(config.data_dir))
        stop.wait()
        log.info("service_ending", because="no crawl process lives" if dispatch.has_given_up else "told to")
    return 1 if dispatch.has_given_up else 0


def _clock(config: Config, database: Database, dispatch: Dispatch, names: Names, stop: Event) -> BackgroundScheduler:
    """Every job runs alone, and once however often it was missed."""

    def crawl() -> None:
        try:
            dispatch.hand_over_due(utc_now())
        finally:
            if dispatch.has_given_up:
                stop.set()

    def send() -> None:
        delivered = deliver(database, config, now=utc_now, names=names, is_over=stop.is_set)
        if delivered.accepted or delivered.failed or delivered.doubtful:
            log.info("alerts_sent", said=delivered.in_words())

    lookout = Lookout()

    def look() -> None:
        tell_operator(database, config.mail.operator, names.sources, now=utc_now(), lookout=lookout)

    def retain() -> None:
        if let_go := retain_when_due(database, config.retention, now=utc_now(), stop=stop):
            log.info("let_go", texts=let_go.texts, visits=let_go.visits, crawls=let_go.crawls)

    defaults = {"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
    clock = BackgroundScheduler(timezone="UTC", job_defaults=defaults)
    for job, seconds in ((crawl, 2), (send, 5), (look, 60), (database.checkpoint, 3600), (retain, 3600)):
        clock.add_job(_fenced(job), "interval", seconds=seconds, next_run_time=utc_now())
    return clock


def _fenced(job: Callable[[], object]) -> Callable[[], None]:
    """A job that fails is told of and tried again at its next time; it never ends the service.

    What fails again and again for one reason, as on a full disk, is told of once, and once when that is over.
    """
    told = ""

    def fenced() -> None:
        nonlocal told
        before = told
        try:
            job()
        except ReadoutError as error:
            told = str(error)
            if told != before:
                log.error("job_failed", job=job.__name__, reason=told)
        except Exception:
            log.exception("job_failed")
        else:
            told = ""
            if before:
                log.info("job_works_again", job=job.__name__)

    return fenced


def main() -> int:
    """`python scheduler.py`: the service with the configuration that every command finds."""
    arm()
    configure_logs()
    try:
        config = load_config()
        with data_lock(config.data_dir, config.database.url):
            return run(config, load_sources(config.sources or ()), stop=Event())
    except ReadoutError as error:
        print(f"scheduler: {error}", file=sys.stderr)  # noqa: T201  said before anything runs
        return 3 if isinstance(error, AlreadyRunning) else 2


if __name__ == "__main__":
    sys.exit(main())
