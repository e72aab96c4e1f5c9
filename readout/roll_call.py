"""How every source stands now, in a word and a sentence: what lists of sources show.

It must not judge: `readout.diagnosis` does, and what was found before stands in the table of troubles.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection

from readout.condition import Aspect, Condition, SourceFacts
from readout.diagnosis import View, moment, views_of
from readout.model import Source, SourceId
from readout.storage.histories import last_news, source_facts, states_of
from readout.storage.hosts import wait_reasons, waits
from readout.storage.sources import SourceState, is_enabled
from readout.storage.troubles import KnownTrouble, known_troubles
from readout.trouble import begun, key_of

DISABLED, NEW, CRAWLING = "disabled", "new", "crawling"
"""How a source may stand beside its `Condition`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How a source stands: `state` is a `Condition`, or one of the words above. `places`: how it stands as seen from
    each place of running that has a name; `waiting_until`: when its host may be asked again, if that asked for it."""

    state: str
    why: str
    enabled: bool = True
    next_due: datetime | None = None
    waiting_until: datetime | None = None
    last_news: datetime | None = None
    places: Mapping[str, Condition] = field(default_factory=dict)


def call_roll(
    connection: Connection, sources: Mapping[SourceId, Source], *, now: datetime
) -> Mapping[SourceId, Standing]:
    """How each of `sources` stands."""
    known = states_of(connection, sources)
    troubles = {key: row for key, row in known_troubles(connection).items() if row.gone_at is None}
    fared = {facts.id: facts for facts in source_facts(connection, sources, now=now)}
    pauses = _pauses(connection, now)
    news = last_news(connection, sources)
    return {
        key: _standing(
            source,
            known.get(key),
            fared.get(key),
            troubles,
            pause=_pause_of(source, pauses),
            news=news.get(key),
            now=now,
        )
        for key, source in sources.items()
    }


_Pause = tuple[datetime, str]


def _pauses(connection: Connection, now: datetime) -> Mapping[str, _Pause]:
    reasons = wait_reasons(connection, now=now)
    until = waits(connection, now=now)
    return {name.removeprefix("www."): (at, reasons.get(name, "")) for name, at in until.items()}


def _pause_of(source: Source, pauses: Mapping[str, _Pause]) -> _Pause | None:
    return max((pauses[host] for host in source.hosts if host in pauses), default=None) if pauses else None


def _standing(
    source: Source,
    state: SourceState | None,
    facts: SourceFacts | None,
    troubles: Mapping[str, KnownTrouble],
    *,
    pause: _Pause | None,
    news: datetime | None,
    now: datetime,
) -> Standing:
    views = views_of(facts, now) if facts else []
    word, why = _state(source, state, views, troubles, pause=pause, now=now)
    enabled = is_enabled(source, state)
    return Standing(
        state=word,
        why=f"{why}; robots.txt is not obeyed" if enabled and source.access.ignores_robots else why,
        enabled=enabled,
        next_due=state.next_due if state and enabled else None,
        waiting_until=pause[0] if pause and enabled else None,
        last_news=news,
        places={view.place: view.condition for view in views if view.place},
    )


def _state(
    source: Source,
    state: SourceState | None,
    views: Sequence[View],
    troubles: Mapping[str, KnownTrouble],
    *,
    pause: _Pause | None,
    now: datetime,
) -> tuple[str, str]:
    if not is_enabled(source, state):
        return DISABLED, _why_off(source, by_hand=state is not None and state.enabled is not None)
    if state is None or state.last_started is None:
        return NEW, "never crawled"
    if state.lease_until is not None and state.lease_until > now:
        return CRAWLING, f"since {moment(state.last_started)}"
    condition, why = _condition(source.id, views, troubles)
    if pause and condition in (Condition.OK, Condition.QUIET, Condition.WAITING):
        return Condition.WAITING, f"until {moment(pause[0])}: {pause[1] or 'its host asked for it'}"
    if not why:
        why = f"last crawled {moment(state.last_finished)}" if state.last_finished else "its first crawl was cut short"
    elsewhere = ", ".join(f"{view.place}: {view.condition}" for view in views[1:])
    return condition, f"{why}; {elsewhere}" if elsewhere else why


def _condition(source: SourceId, views: Sequence[View], troubles: Mapping[str, KnownTrouble]) -> tuple[Condition, str]:
    """What is worst of what is found now, and of what was found before and is not known to be over."""
    found = views[0].found if views else {}
    before = {aspect: row for aspect in Aspect if (row := troubles.get(key_of(aspect, source)))}
    for aspect in Aspect:
        if wrong := found.get(aspect):
            wrong = begun(wrong, before[aspect].since if aspect in before else None)
            return wrong.condition, wrong.said
        if aspect in before and aspect not in found:
            row = before[aspect]
            return row.condition or Condition.DOWN, row.said.removeprefix(f"source {source} ")
    return Condition.OK, ""


def _why_off(source: Source, *, by_hand: bool) -> str:
    if by_hand:
        return "by hand"
    hindrances = [
        f"covered by {', '.join(source.via)}" if source.via else None,
        "needs a browser" if source.access.renders else None,
        source.caution,
    ]
    unseen = None if any(hindrances) or source.checked else "nobody has seen it work yet"
    reasons = (*hindrances, unseen, source.note)
    return "; ".join(reason.rstrip(".") for reason in reasons if reason) or "as its file says"
