"""What the operator is told: each trouble once when it holds, and once when it is over.

It must not judge what is a trouble: `readout.trouble` does. It sends nothing: a notice is owed like any alert.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection

from readout.condition import Aspect, Condition
from readout.diagnosis import moment
from readout.model import Source, SourceId
from readout.owing import message_id_of
from readout.storage import leases, troubles
from readout.storage.alerts import owe_notice
from readout.storage.database import Database
from readout.storage.floods import flood_facts
from readout.storage.histories import changed_since, source_facts, states_of
from readout.storage.proofs import proof_facts
from readout.storage.soundness import Damage, damage_of
from readout.storage.sources import give_chance, is_enabled
from readout.storage.troubles import KnownTrouble
from readout.trouble import Findings, Snapshot, Trouble, TroubleKind, fell_silent, judge, split_key

_CHECK = "database check"
_CHECK_EVERY = timedelta(days=1)
_CHECK_LIMIT_S = 600.0  # a check that takes longer says nothing: `readout db verify` looks at all of it
# What comes about within it leaves together: an outage of an hour is no fifty mails.
_BETWEEN_NOTICES = timedelta(hours=1)
_TOLD_AGAIN = timedelta(days=1)
_MOST_LINES = 100
_LEFT_AFTER_AN_OUTAGE = 2  # failures that still count: one more, and a source is down by itself

_CHECKED_DAILY = (Aspect.NEWS, TroubleKind.DAMAGED)
_URGENT = (TroubleKind.DAMAGED, TroubleKind.DISK)
# A crawl that ended while another looked may have been written after it.
_OVERLAP = timedelta(minutes=5)

_MANY_STAND = {
    Condition.DOWN: "{} sources do not answer",
    Condition.REFUSING: "{} sources refuse to be asked",
    Condition.WALL: "{} sources have put up a wall",
    Condition.REDESIGNED: "{} sources answer, but give no links any more",
    Condition.WAITING: "{} sources ask to wait",
}
_MANY = {
    Aspect.LINKS: ("{} sources do not answer", "{} sources answer again"),
    Aspect.PAGES: ("{} sources let no page be read", "pages of {} sources can be read again"),
    Aspect.BODIES: ("{} sources give next to no text", "{} sources give whole texts again"),
    Aspect.TITLES: ("pages of {} sources have lost their titles", "pages of {} sources have titles again"),
    Aspect.DATES: ("pages of {} sources have lost their dates", "pages of {} sources have dates again"),
    Aspect.RULES: ("rules of {} sources find nothing", "rules of {} sources find something again"),
    Aspect.YIELD: ("{} sources give few links", "{} sources give as many links as before"),
    Aspect.PART: ("{} sources answer only in part", "{} sources answer in full again"),
    Aspect.NEWS: ("{} sources have gone quiet", "{} sources have new links again"),
    Aspect.PACE: ("{} sources are asked too seldom", "{} sources are asked often enough again"),
}
_OVER = {
    Aspect.LINKS: "source {} answers again",
    Aspect.PAGES: "pages of source {} can be read again",
    Aspect.BODIES: "source {} gives whole texts again",
    Aspect.TITLES: "pages of source {} have titles again",
    Aspect.DATES: "pages of source {} have dates again",
    Aspect.RULES: "the rules of source {} find something again",
    Aspect.YIELD: "source {} gives as many links as before",
    Aspect.PART: "source {} answers in full again",
    Aspect.NEWS: "source {} has new links again",
    Aspect.PACE: "source {} is asked often enough again",
    TroubleKind.OUTAGE: "sources answer again",
    TroubleKind.FAILED: "no alert stands failed any more",
    TroubleKind.DOUBTFUL: "no alert is in doubt any more",
    TroubleKind.UNSENT: "alerts are accepted again",
    TroubleKind.DAMAGED: "the database is sound",
    TroubleKind.DISK: "the disk of the database has room again",
    TroubleKind.PROOF: "pages of reports are kept as proof again",
    TroubleKind.FLOOD: "no source has flooded readers for a day",
}
_LOOK_AT_THE_SITE = (
    "Compare the site with the source's file: `readout source check ID` shows what its rules find there now."
)
_TO_DO: Mapping[Aspect | TroubleKind, str] = {
    Aspect.LINKS: "`readout source check ID` asks a source now and shows what it answers; `readout source "
    "disable ID` leaves it alone. It is asked again by itself, at least once a day.",
    Aspect.PAGES: "A wall is not climbed: ask the site to let Readout in, or look for another way to its news.",
    **dict.fromkeys((Aspect.BODIES, Aspect.TITLES, Aspect.DATES, Aspect.RULES, Aspect.YIELD), _LOOK_AT_THE_SITE),
    Aspect.PART: "`readout source check ID` shows which of its places does not answer.",
    Aspect.NEWS: "Look at the site: where it has news, the places in the source's file show them no more.",
    Aspect.PACE: "Give the source a shorter interval in its file, or its crawls more requests (crawl.max_requests).",
    TroubleKind.OUTAGE: "As soon as sources answer, all are asked again at once.",
    TroubleKind.FAILED: "They were refused for good, and nobody has read them. `readout alerts retry ID` tries again.",
    TroubleKind.DOUBTFUL: "The line broke each time before the answer came: ask the recipients, or `readout alerts "
    "retry ID`.",
    TroubleKind.UNSENT: "They are tried again by themselves; `readout alerts test ADDRESS` shows what the server says.",
    TroubleKind.DAMAGED: "Stop Readout before anything else is written.",
    TroubleKind.DISK: "Without room nothing can be stored and no alert can leave.",
    TroubleKind.PROOF: "Their meetings are stored and told all the same. Make room where archive.dir is, or let it be "
    "written to.",
    TroubleKind.FLOOD: "Look at what it tells: `readout meetings source:ID`; `readout source disable ID` leaves it "
    "alone. Alerts of other sources left as ever.",
}


@dataclass(slots=True)
class Lookout:
    """Until when one who looks again and again has seen all, so that the next look is at what changed since."""

    seen_until: datetime | None = None


def tell_operator(
    database: Database,
    operator: str | None,
    sources: Mapping[SourceId, Source],
    *,
    now: datetime,
    lookout: Lookout | None = None,
) -> None:
    """Look for trouble among the enabled of `sources`, in the outbox and at the database, keep what is found, and owe
    `operator` one notice of what began and what is over since the last one, an hour later at the earliest.

    Where nobody is to be told, troubles wait until somebody is. However many look at once, each is told once. Where
    nothing changed nothing is written. With a `lookout` only those sources are looked at whose state may have changed
    since its last look.
    """
    daily = _check_daily(database, sources, now)
    since = lookout.seen_until if lookout else None
    with database.read() as connection:
        look = _look(connection, database, sources, now, daily, since=since)
        is_due = _is_due(connection, operator, look.known, now)
    if look.changes or is_due:
        with database.write() as connection:
            look = _look(connection, database, sources, now, daily, since=since)
            _keep(connection, look, now)
            _tell(connection, operator, now)
    if lookout:
        lookout.seen_until = now - _OVERLAP


def troubles_now(database: Database, sources: Mapping[SourceId, Source], *, now: datetime) -> list[str]:
    """All that somebody should look at, in words, also what does not hold yet."""
    with database.read() as connection:
        look = _look(connection, database, sources, now, {})
    unclear = (row.said for key, row in look.known.items() if key not in look.findings and row.gone_at is None)
    return [*(found.said for found in look.findings.values() if found), *unclear]


# --- looking ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class _Changes:
    """What is to be kept otherwise: troubles that begin, columns of known ones by key, and those to be forgotten."""

    begun: Sequence[Trouble] = ()
    columns: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    forgotten: Collection[str] = ()

    def __bool__(self) -> bool:
        return bool(self.begun or self.columns or self.forgotten)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    known: Mapping[str, KnownTrouble]
    snapshot: Snapshot
    findings: Findings
    changes: _Changes


def _look(
    connection: Connection,
    database: Database,
    sources: Mapping[SourceId, Source],
    now: datetime,
    daily: Findings,
    *,
    since: datetime | None = None,
) -> _Look:
    known = troubles.known_troubles(connection)
    in_trouble = {source for key in known if (source := split_key(key)[1])}
    # what is known of our own network is judged by all
    is_partial = since is not None and TroubleKind.OUTAGE not in known
    only = in_trouble | changed_since(connection, since) if is_partial and since else None
    snapshot = Snapshot(
        at=now,
        sources=source_facts(connection, sources, now=now, only=only, deep=in_trouble),
        outbox=troubles.outbox_facts(connection, now),
        free_bytes=database.home.free_bytes(),
        proof=proof_facts(connection),
        flood=flood_facts(connection, now),
    )
    began = {key: row.since for key, row in known.items() if row.gone_at is None}
    findings = {**daily, **judge(snapshot, began)}
    fared = states_of(connection, in_trouble)
    enabled = {key for key in in_trouble if key in sources and is_enabled(sources[key], fared.get(key))}
    return _Look(known=known, snapshot=snapshot, findings=findings, changes=_compare(findings, known, enabled, now))


def _check_daily(database: Database, sources: Mapping[SourceId, Source], now: datetime) -> Findings:
    """What takes long to find out, once a day whoever looks: whether the file is sound, and which sources are quiet."""
    with database.read() as connection:
        if not leases.is_free(connection, _CHECK, now):
            return {}
    with database.write() as connection:
        if not leases.take_lease(connection, _CHECK, uuid4().hex, now, _CHECK_EVERY):
            return {}
    file = database.home.file
    damage = damage_of(file, limit_s=_CHECK_LIMIT_S) if file else Damage(said=None)  # a server looks after itself
    with database.read() as connection:
        facts = source_facts(connection, sources, now=now, with_news=True)
    said = damage.said and f"{file}: {damage.said}"
    found = judge(Snapshot(at=now, sources=facts, is_checked=damage.is_finished, damage=said), {})
    return {key: each for key, each in found.items() if split_key(key)[0] in _CHECKED_DAILY}


def _compare(
    findings: Findings, known: Mapping[str, KnownTrouble], enabled: Collection[SourceId], now: datetime
) -> _Changes:
    """What the findings change of what is known. Of what nothing was found nothing changes, unless its source went."""
    columns: dict[str, Mapping[str, Any]] = {}
    forgotten = []
    for key, row in known.items():
        _, source = split_key(key)
        found = findings.get(key)
        if source is not None and source not in enabled:
            forgotten.append(key)
        elif found is not None:
            columns[key] = _revised(row, found, now)
        elif key in findings and row.told_at is None:
            forgotten.append(key)
        elif key in findings and row.gone_at is None:
            columns[key] = {"gone_at": now}
    begun = [found for key, found in findings.items() if found and found.holds and key not in known]
    return _Changes(begun=begun, columns={key: new for key, new in columns.items() if new}, forgotten=forgotten)


def _revised(row: KnownTrouble, found: Trouble, now: datetime) -> Mapping[str, Any]:
    """The columns of a trouble that goes on which have changed. One that grew, or that leaves its source in another
    condition, is told again, after a day."""
    if row.gone_at is not None:
        return {"gone_at": None} if found.holds else {}
    news = {"said": found.said, "size": found.size, "condition": found.condition}
    is_long_ago = row.told_at is not None and now - row.told_at >= _TOLD_AGAIN
    if row.told_at is None:
        return news if any(getattr(row, name) != value for name, value in news.items()) else {}
    if found.condition != row.condition:
        return news | {"told_at": None} if found.holds and is_long_ago else {}
    if found.size is None or row.size is None or found.size == row.size:
        return {}
    if found.size < row.size:
        return {"size": found.size}
    return news | {"told_at": None} if is_long_ago else {}


def _keep(connection: Connection, look: _Look, now: datetime) -> None:
    for found in look.changes.begun:
        troubles.add_trouble(connection, found)
    for key, columns in look.changes.columns.items():
        troubles.set_trouble(connection, key, **columns)
    troubles.drop_troubles(connection, look.changes.forgotten)
    if _is_outage_over(look):
        fell = [facts.id for facts in look.snapshot.sources if fell_silent(facts, look.known)]
        give_chance(connection, fell, failures=_LEFT_AFTER_AN_OUTAGE, now=now)


def _is_outage_over(look: _Look) -> bool:
    """Whether it ends now: what failed during our own outage is no fault of the sources."""
    was = look.known.get(TroubleKind.OUTAGE)
    return was is not None and was.gone_at is None and look.findings.get(TroubleKind.OUTAGE, was) is None


# --- telling ------------------------------------------------------------------------------------------------------


def _is_due(connection: Connection, operator: str | None, known: Mapping[str, KnownTrouble], now: datetime) -> bool:
    """Whether there is something to tell, and it is time: or, without anybody to tell, something to forget."""
    begun, over = _untold(known)
    if operator is None:
        return bool(over)
    if not begun and not over:
        return False
    last = troubles.last_notice(connection, operator)
    is_urgent = any(split_key(row.key)[0] in _URGENT for row in begun)
    return last is None or is_urgent or not now - _BETWEEN_NOTICES < last <= now  # later: the clock was put back


def _untold(known: Mapping[str, KnownTrouble]) -> tuple[list[KnownTrouble], list[KnownTrouble]]:
    """What began, and what is over."""
    over = [row for row in known.values() if row.gone_at is not None]
    return [row for row in known.values() if row.told_at is None and row.gone_at is None], over


def _tell(connection: Connection, operator: str | None, now: datetime) -> None:
    known = troubles.known_troubles(connection)
    if not _is_due(connection, operator, known, now):
        return
    begun, over = _untold(known)
    if operator is not None:
        _owe(connection, operator, begun, over, now)
        for row in begun:
            troubles.set_trouble(connection, row.key, told_at=now)
    troubles.drop_troubles(connection, [row.key for row in over])


def _owe(
    connection: Connection,
    operator: str,
    begun: Sequence[KnownTrouble],
    over: Sequence[KnownTrouble],
    now: datetime,
) -> None:
    message_id = message_id_of("notice", operator, now.isoformat(), *(row.key for row in (*begun, *over)))
    owe_notice(
        connection,
        recipient=operator,
        message_id=message_id,
        content={"subject": _subject(begun, over), "lines": list(_lines(begun, over))},
        period=f"{now.isoformat()} {message_id[1:9]}",
        now=now,
    )


def _subject(begun: Sequence[KnownTrouble], over: Sequence[KnownTrouble]) -> str:
    """ "source apa has not answered since …", "50 sources do not answer; source tass answers again"."""
    parts = [*_heads(begun, over=False), *_heads(over, over=True)]
    return "; ".join(parts)


def _heads(rows: Sequence[KnownTrouble], *, over: bool) -> Iterator[str]:
    """One for each kind of trouble, and of those that begin for each condition."""
    by_kind: dict[tuple[Aspect | TroubleKind, Condition | None], list[KnownTrouble]] = {}
    for row in rows:
        kind, _ = split_key(row.key)
        by_kind.setdefault((kind, row.condition if kind is Aspect.LINKS and not over else None), []).append(row)
    for (kind, condition), alike in by_kind.items():
        if len(alike) > 1:
            begun, ended = _MANY[Aspect(kind)]
            yield (ended if over else _MANY_STAND.get(condition or Condition.OK, begun)).format(len(alike))
        else:
            yield _over(alike[0]) if over else alike[0].said.partition(": ")[0]


def _lines(begun: Sequence[KnownTrouble], over: Sequence[KnownTrouble]) -> Iterator[str]:
    said = [row.said for row in begun]
    said += [f"{_over(row)}; this began {moment(row.since)}: {row.said}" for row in over]
    yield from said[:_MOST_LINES]
    if len(said) > _MOST_LINES:
        yield f"and {len(said) - _MOST_LINES} more: `readout health` has them all"
    yield from (_TO_DO[kind] for kind in dict.fromkeys(split_key(row.key)[0] for row in begun))


def _over(row: KnownTrouble) -> str:
    kind, source = split_key(row.key)
    return _OVER[kind].format(source)
