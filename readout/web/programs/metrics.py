"""How Readout does, in numbers, for Prometheus.

It must not count while nobody asks, nor take a label from a page.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from fastapi import APIRouter
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.registry import Collector
from sqlalchemy import Connection
from starlette.responses import Response

from readout import __version__
from readout.condition import Condition
from readout.model import AlertState, OutcomeKind
from readout.roll_call import CRAWLING, DISABLED, NEW, call_roll
from readout.storage.figures import Figures, figures
from readout.storage.sources import states
from readout.web.site import Served, Site

_STATES = (*Condition, DISABLED, NEW, CRAWLING)

router = APIRouter(include_in_schema=False)


@router.get("/metrics")
def metrics(site: Served) -> Response:
    """The numbers of now, as text."""
    registry = CollectorRegistry(auto_describe=False)
    with site.database.read() as connection:
        registry.register(_Numbers(connection, site))
        content = generate_latest(registry)
    return Response(content, headers={"Content-Type": CONTENT_TYPE_PLAIN_0_0_4})


class _Numbers(Collector):
    """What one transaction sees."""

    def __init__(self, connection: Connection, site: Site) -> None:
        self._connection = connection
        self._site = site

    def describe(self) -> Iterable[Metric]:
        """Nothing: what there is, is known when it is asked for."""
        return ()

    def collect(self) -> Iterator[Metric]:
        """Every number."""
        yield InfoMetricFamily("readout_build", "The version that answers.", {"version": __version__})
        yield from _stored(figures(self._connection), self._site)
        yield from self._sources()

    def _sources(self) -> Iterator[Metric]:
        site = self._site
        roll = call_roll(self._connection, site.sources, now=site.now())
        stand = Counter(standing.state for standing in roll.values())
        yield _by("readout_sources", "Sources of the catalogue by how they stand.", "state", _filled(stand, _STATES))
        known = states(self._connection)
        for name, what in (("started", "last_started"), ("finished", "last_finished")):
            moments = {key: at for key in site.sources if key in known and (at := getattr(known[key], what))}
            yield _by(
                f"readout_source_crawl_{name}_timestamp_seconds",
                f"When the last crawl of each source {name}.",
                "source",
                {key: at.timestamp() for key, at in moments.items()},
            )


def _stored(found: Figures, site: Site) -> Iterator[Metric]:
    yield GaugeMetricFamily("readout_meetings", "Meetings that are known.", found.meetings)
    yield GaugeMetricFamily("readout_articles", "Articles that were read.", found.articles)
    yield GaugeMetricFamily("readout_pending_links", "Links that were not yet visited.", found.pending_links)
    yield _by("readout_links", "Links by outcome.", "outcome", _filled(found.links, OutcomeKind))
    yield _by("readout_alerts", "Alerts by state.", "state", _filled(found.alerts, AlertState))
    age = (site.now() - found.oldest_owed).total_seconds() if found.oldest_owed else 0
    yield GaugeMetricFamily(
        "readout_oldest_owed_alert_age_seconds",
        "How long the alert waits that is owed longest, but for what waits for its digest; 0: none does.",
        max(age, 0),
    )


def _filled(counted: Mapping[Any, int], known: Iterable[str]) -> Mapping[str, int]:
    """Also those that there are none of: a rule that waits for one has to see it come."""
    return {str(name): counted.get(name, 0) for name in known}


def _by(name: str, said: str, label: str, values: Mapping[str, float]) -> Metric:
    family = GaugeMetricFamily(name, said, labels=[label])
    for value, number in values.items():
        family.add_metric([value], number)
    return family
