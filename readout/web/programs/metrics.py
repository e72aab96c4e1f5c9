"""How Readout does, in numbers, for Prometheus.

It must not count while nobody asks, nor take a label from a page.
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from typing import Any

from fastapi import APIRouter
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.registry import Collector
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError
from starlette.responses import Response

from readout import __version__
from readout.condition import Aspect, Condition
from readout.error import StorageError
from readout.model import AlertState, OutcomeKind
from readout.roll_call import CRAWLING, DISABLED, NEW, Standing, call_roll
from readout.storage.figures import Figures, figures
from readout.storage.hosts import waits
from readout.storage.sources import states
from readout.storage.troubles import known_troubles
from readout.trouble import TroubleKind, split_key
from readout.web.site import Served, Site

_STATES = (*Condition, DISABLED, NEW, CRAWLING)

router = APIRouter(include_in_schema=False)


@router.get("/metrics")
def metrics(site: Served) -> Response:
    """The numbers of now, as text; where the database cannot be read, that alone."""
    registry = CollectorRegistry(auto_describe=False)
    try:
        with site.database.read() as connection:
            registry.register(_Numbers(connection, site))
            content = generate_latest(registry)
    except (StorageError, SQLAlchemyError):
        registry = CollectorRegistry(auto_describe=False)
        registry.register(_Numbers(None, site))
        content = generate_latest(registry)
    return Response(content, headers={"Content-Type": CONTENT_TYPE_PLAIN_0_0_4})


class _Numbers(Collector):
    """What one transaction sees; without one, what can be told all the same."""

    def __init__(self, connection: Connection | None, site: Site) -> None:
        self._connection = connection
        self._site = site

    def describe(self) -> Iterable[Metric]:
        """Nothing: what there is, is known when it is asked for."""
        return ()

    def collect(self) -> Iterator[Metric]:
        """Every number."""
        yield InfoMetricFamily("readout_build", "The version that answers.", {"version": __version__})
        is_up = self._connection is not None
        yield GaugeMetricFamily("readout_database_up", "Whether the database can be read.", int(is_up))
        yield from _rooms(self._site)
        if self._connection is not None:
            yield from _stored(figures(self._connection), self._site)
            yield from _sources(self._connection, self._site)
            yield from _troubles(self._connection)


def _rooms(site: Site) -> Iterator[Metric]:
    """How much room there is left where that can be seen from here."""
    rooms: dict[str, float] = {}
    with suppress(StorageError):
        free = site.database.home.free_bytes()
        rooms |= {} if free is None else {"database": free}
    with suppress(OSError):
        rooms["archive"] = shutil.disk_usage(site.config.archive_dir).free
    yield _by("readout_free_bytes", "What the disks of database file and archive have left.", "place", rooms)


def _sources(connection: Connection, site: Site) -> Iterator[Metric]:
    roll = call_roll(connection, site.sources, now=site.now())
    stand = Counter(standing.state for standing in roll.values())
    yield _by("readout_sources", "Sources of the catalogue by how they stand.", "state", _filled(stand, _STATES))
    yield from _queue(roll.values(), site)
    hosts = len(waits(connection, now=site.now()))
    yield GaugeMetricFamily("readout_waiting_hosts", "Hosts that asked to be left alone for now.", hosts)
    known = states(connection)
    for name, what in (("started", "last_started"), ("finished", "last_finished")):
        moments = {key: at for key in site.sources if key in known and (at := getattr(known[key], what))}
        yield _by(
            f"readout_source_crawl_{name}_timestamp_seconds",
            f"When the last crawl of each source {name}.",
            "source",
            {key: at.timestamp() for key, at in moments.items()},
        )


def _queue(roll: Iterable[Standing], site: Site) -> Iterator[Metric]:
    """Whom nobody has begun to crawl though it is time and nothing forbids it."""
    now = site.now()
    free = [each for each in roll if each.enabled and each.state != CRAWLING and each.waiting_until is None]
    late = [(now - each.next_due).total_seconds() for each in free if each.next_due and each.next_due <= now]
    number = len(late) + sum(each.next_due is None for each in free)
    yield GaugeMetricFamily("readout_due_sources", "Sources whose time has come, and that nobody crawls yet.", number)
    yield GaugeMetricFamily(
        "readout_oldest_due_source_age_seconds", "How long the source waits that is due longest.", max(late, default=0)
    )


def _troubles(connection: Connection) -> Iterator[Metric]:
    kinds = Counter(split_key(key)[0] for key, row in known_troubles(connection).items() if row.gone_at is None)
    counted = _filled(kinds, (*Aspect, *TroubleKind))
    yield _by("readout_troubles", "What the operator should look at, as `readout health` tells it.", "kind", counted)


def _stored(found: Figures, site: Site) -> Iterator[Metric]:
    yield GaugeMetricFamily("readout_database_bytes", "What the database takes, indexes included.", found.size)
    yield GaugeMetricFamily("readout_meetings", "Meetings that are known.", found.meetings)
    yield GaugeMetricFamily("readout_open_questions", "Pairs that are perhaps one meeting.", found.questions)
    yield GaugeMetricFamily("readout_articles", "Articles that were read.", found.articles)
    yield GaugeMetricFamily("readout_pending_links", "Links that were not yet visited.", found.pending_links)
    yield _by("readout_links", "Links by outcome.", "outcome", _filled(found.links, OutcomeKind))
    yield _by("readout_alerts", "Alerts by state.", "state", _filled(found.alerts, AlertState))
    for name, since, said in (
        (
            "owed",
            found.oldest_owed,
            "How long the alert waits that is owed longest, but for what waits for its digest.",
        ),
        ("due", found.next_try, "How long the alert waits whose time to leave came first."),
    ):
        age = (site.now() - since).total_seconds() if since else 0
        yield GaugeMetricFamily(f"readout_oldest_{name}_alert_age_seconds", f"{said} 0: none does.", max(age, 0))


def _filled(counted: Mapping[Any, int], known: Iterable[str]) -> Mapping[str, int]:
    """Also those that there are none of: a rule that waits for one has to see it come."""
    return {str(name): counted.get(name, 0) for name in known}


def _by(name: str, said: str, label: str, values: Mapping[str, float]) -> Metric:
    family = GaugeMetricFamily(name, said, labels=[label])
    for value, number in values.items():
        family.add_metric([value], number)
    return family
