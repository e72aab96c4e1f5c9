"""What the operator should look at, as rules over what is known: silence, walls, mail that does not leave, the disk.

It must not look anything up, nor tell anybody: `readout.notices` does.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import takewhile

from readout.articles.clean import clean_line
from readout.model import OutcomeKind, SourceId


class Heard(StrEnum):
    """What a crawl heard where a source's links are found: every place as it should be, some, or else the best of
    none: pages that are no longer what they were, errors in place of pages, nothing at all."""

    ALL = "all"
    SOME = "some"
    CHANGED = "changed"
    REFUSED = "refused"
    NOTHING = "nothing"

    @property
    def is_answer(self) -> bool:
        """Whether links could be found at all."""
        return self in (Heard.ALL, Heard.SOME)


class TroubleKind(StrEnum):
    """How a thing is in trouble. The first five are of a source."""

    FAILING = "failing"
    PARTLY = "partly"
    WALL = "wall"
    QUIET = "quiet"
    MISSED = "missed"
    OUTAGE = "outage"
    FAILED = "failed"
    DOUBTFUL = "doubtful"
    UNSENT = "unsent"
    UNTOLD = "untold"
    DAMAGED = "damaged"
    DISK = "disk"


# --- what is known ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Crawled:
    """A crawl that came to its end. `missed`: a known place named nothing but new links, so some were perhaps gone."""

    started_at: datetime
    heard: Heard
    new_links: int = 0
    missed: bool = False
    outcomes: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFacts:
    """How an enabled source fared. `failures`: crawls in a row without an answer; `error`: what the last one met.

    `crawls`: the last few, newest first. `is_waiting`: its next crawl is neither due nor under way. `days_with_news`:
    on which days new links were found of late; None: not looked up.
    """

    id: SourceId
    host: str
    failures: int
    error: str | None
    finished_at: datetime
    is_waiting: bool = True
    crawls: Sequence[Crawled] = ()
    days_with_news: Sequence[date] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxFacts:
    """How many alerts stand where somebody should look; `since`: when the first of each was owed.

    `stuck` are those of `refused` that have been refused for more than an hour; `untold` are notices that failed, which
    count nowhere else.
    """

    failed: int = 0
    doubtful: int = 0
    given_up: int = 0
    refused: int = 0
    stuck: int = 0
    untold: int = 0
    since: Mapping[str, datetime] = field(default_factory=dict)
    answer: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """All that is known `at` a moment. `is_checked`: the file was checked, and `damage` None means that it is sound."""

    at: datetime
    sources: Sequence[SourceFacts] = ()
    outbox: OutboxFacts = field(default_factory=OutboxFacts)
    free_bytes: int | None = None
    is_checked: bool = False
    damage: str | None = None


# --- what is found ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """Something to look at. `holds`: it has lasted long enough to be told of; `size`: how much it concerns, where more
    of it is worth a further word."""

    key: str
    said: str
    since: datetime
    holds: bool = True
    size: int | None = None


Findings = Mapping[str, Trouble | None]
"""By key: the trouble, or None where all is well. Of what has no entry nothing can be said now."""

_Found = Iterator[tuple[str, Trouble | None]]

_CRAWLS = 3  # in a row, before it is told
_A_DAY = timedelta(days=1)
_FEWEST_VISITS = 3  # of a crawl, to say anything of its pages
_MANY_VISITS = 10
_WALLS = (OutcomeKind.WALL, OutcomeKind.REFUSED)
_AN_OUTAGE = 5  # sources in a row, of at least three sites
_SITES = 3
_HEARD_AGAIN = 3  # sources, or a third of them: one may stand on this side of what is broken
_LEAST_QUIET = timedelta(days=7)
_QUIET_GAPS = 6  # so many usual gaps between two days with news
_DAYS_WITH_NEWS = 4  # fewer tell of no rhythm
_MIB = 1 << 20
_DISK_NEARLY_FULL = 256 * _MIB
_DISK_WELL = 512 * _MIB
_LONGEST_REASON = 300


def key_of(kind: TroubleKind, source: SourceId) -> str:
    """By what a source's trouble is known: ``failing:apa``."""
    return f"{kind}:{source}"


def split_key(key: str) -> tuple[TroubleKind, SourceId | None]:
    """The kind of the trouble known by `key`, and of which source it is, if of one."""
    kind, _, source = key.partition(":")
    return TroubleKind(kind), SourceId(source) if source else None


def judge(snapshot: Snapshot, known: Mapping[str, datetime]) -> Findings:
    """What is in trouble and what is well; `known`: since when what was found before has been in trouble, by key.

    While our own network seems to be down, and at the moment when it is back, no source is found to be.
    """
    found = dict(_judge_outage(snapshot, known))
    is_out = TroubleKind.OUTAGE in known or TroubleKind.OUTAGE in found
    for facts in snapshot.sources:
        failing = key_of(TroubleKind.FAILING, facts.id)
        if facts.failures == 0:
            # what ended with our own process was counted as no failure, and is no answer either
            if not facts.crawls or facts.crawls[0].heard.is_answer:
                found[failing] = None
                found |= _judge_answering(facts, snapshot.at)
        elif not is_out or failing in known:
            found[failing] = _failing(facts, failing, snapshot.at)
    return found | dict(_judge_outbox(snapshot)) | dict(_judge_house(snapshot))


# --- sources ------------------------------------------------------------------------------------------------------


def failing_since(facts: SourceFacts) -> datetime:
    """When the first of its crawls in a row without an answer began, as far as is known."""
    silent = list(takewhile(lambda crawl: not crawl.heard.is_answer, facts.crawls))
    return silent[-1].started_at if silent else facts.finished_at


def _failing(facts: SourceFacts, key: str, now: datetime) -> Trouble:
    since = failing_since(facts)
    changed = bool(facts.crawls) and facts.crawls[0].heard is Heard.CHANGED
    how = "answers, but gives no links any more, since" if changed else "has not answered since"
    # A source that is about to be asked may answer: a machine that slept tells of nobody when it wakes.
    is_long = facts.is_waiting and now - since > _A_DAY
    return Trouble(
        key=key,
        said=f"source {facts.id} {how} {moment(since)}: {_brief(facts.error)}",
        since=since,
        holds=facts.failures >= _CRAWLS or is_long,
    )


def _judge_answering(facts: SourceFacts, now: datetime) -> _Found:
    for judged in (_judge_part, _judge_pages, _judge_pace):
        yield from judged(facts)
    yield from _judge_news(facts, now)


def _judge_part(facts: SourceFacts) -> _Found:
    key = key_of(TroubleKind.PARTLY, facts.id)
    in_part = list(takewhile(lambda crawl: crawl.heard is Heard.SOME, facts.crawls))
    if facts.error is None:
        yield from () if in_part else ((key, None),)
        return
    since = in_part[-1].started_at if in_part else facts.finished_at
    said = f"source {facts.id} answers only in part since {moment(since)}: {_brief(facts.error)}"
    yield key, Trouble(key=key, said=said, since=since, holds=len(in_part) >= _CRAWLS)


def _judge_pages(facts: SourceFacts) -> _Found:
    """Whether the pages it links to can be read; one that can be is enough."""
    visited = [crawl for crawl in facts.crawls if sum(crawl.outcomes.values())]
    closed = list(takewhile(_is_closed, visited))
    if not visited:
        return
    key = key_of(TroubleKind.WALL, facts.id)
    visits = sum(sum(crawl.outcomes.values()) for crawl in closed)
    if not closed:
        yield key, None
    elif visits >= _FEWEST_VISITS:
        since = closed[-1].started_at
        fates = " or ".join(kind for kind in _WALLS if any(crawl.outcomes.get(kind) for crawl in closed))
        said = f"source {facts.id} lets none of its pages be read since {moment(since)}: {visits} visits, all {fates}"
        holds = len(closed) >= _CRAWLS or (len(closed) > 1 and visits >= _MANY_VISITS)
        yield key, Trouble(key=key, said=said, since=since, holds=holds)


def _is_closed(crawl: Crawled) -> bool:
    return sum(crawl.outcomes.values()) == sum(crawl.outcomes.get(kind, 0) for kind in _WALLS)


def _judge_pace(facts: SourceFacts) -> _Found:
    """Whether its links come and go faster than it is asked: once may be our own pause, twice in a row is not."""
    if not facts.crawls:
        return
    key = key_of(TroubleKind.MISSED, facts.id)
    missed = list(takewhile(lambda crawl: crawl.missed, facts.crawls))
    if not missed:
        yield key, None
        return
    since = missed[-1].started_at
    said = f"source {facts.id} names nothing but new links since {moment(since)}: some may have come and gone unseen"
    yield key, Trouble(key=key, said=said, since=since, holds=len(missed) > 1)


def _judge_news(facts: SourceFacts, now: datetime) -> _Found:
    """Whether it has stopped to publish, by its own rhythm, or its pages of links have stopped to change."""
    key = key_of(TroubleKind.QUIET, facts.id)
    if any(crawl.new_links for crawl in facts.crawls):
        yield key, None
    elif facts.days_with_news is not None and len(facts.days_with_news) >= _DAYS_WITH_NEWS:
        first, last = min(facts.days_with_news), max(facts.days_with_news)
        gap = (last - first) / (len(facts.days_with_news) - 1)
        if now.date() - last > max(_LEAST_QUIET, _QUIET_GAPS * gap):
            said = f"source {facts.id} has had no new link since {last}, and had one every {gap / _A_DAY:.0f} days"
            since = datetime.combine(last, datetime.min.time(), tzinfo=now.tzinfo)
            yield key, Trouble(key=key, said=said.replace("every 1 days", "every day"), since=since)


# --- our own network ----------------------------------------------------------------------------------------------


def _judge_outage(snapshot: Snapshot, known: Mapping[str, datetime]) -> _Found:
    """Many sources that fall silent one after the other are one trouble: our own.

    Its `since` is when it was seen: what began later and was answered shows that it is over.
    """
    key = TroubleKind.OUTAGE
    # those known to be silent say nothing of our network by being silent once more
    telling = [facts for facts in snapshot.sources if facts.crawls and not _is_known_to_fail(facts, known)]
    telling.sort(key=lambda facts: facts.finished_at, reverse=True)
    if key in known:
        heard = [facts for facts in telling if _is_heard_since(facts, known[key])]
        if len(heard) >= min(_HEARD_AGAIN, len(telling) // 3):
            yield key, None
        return
    silent = list(takewhile(_is_silent, telling))
    if len(silent) >= min(_AN_OUTAGE, len(telling)) and len({_site(facts.host) for facts in silent}) >= _SITES:
        began = min(failing_since(facts) for facts in silent)
        said = (
            f"no source has answered since {moment(began)}, {len(silent)} in a row: "
            f"is the network of this machine down? The last: {_brief(silent[0].error)}"
        )
        yield key, Trouble(key=key, said=said, since=silent[0].finished_at)


def fell_silent(facts: SourceFacts, known: Collection[str]) -> bool:
    """Whether the outage is all that is known against a source."""
    return bool(facts.crawls) and _is_silent(facts) and not _is_known_to_fail(facts, known)


def _is_known_to_fail(facts: SourceFacts, known: Collection[str]) -> bool:
    return key_of(TroubleKind.FAILING, facts.id) in known


def _is_heard_since(facts: SourceFacts, moment: datetime) -> bool:
    last = facts.crawls[0]
    return last.heard is not Heard.NOTHING and last.started_at >= moment


def _is_silent(facts: SourceFacts) -> bool:
    return facts.failures > 0 and facts.crawls[0].heard is Heard.NOTHING


def _site(host: str) -> str:
    """The end of a host's name, since one machine serves many editions; an address as it is."""
    labels = host.split(".")
    return host if labels[-1].isdigit() or ":" in host else ".".join(labels[-2:])


# --- mail, database, disk -----------------------------------------------------------------------------------------


def _judge_outbox(snapshot: Snapshot) -> _Found:
    box = snapshot.outbox

    def found(kind: TroubleKind, said: str, *, holds: bool, size: int | None = None) -> Trouble:
        return Trouble(key=kind, said=said, since=box.since.get(kind, snapshot.at), holds=holds, size=size)

    failed = f"{box.failed} alerts failed: readout alerts list --state failed"
    yield TroubleKind.FAILED, found(TroubleKind.FAILED, failed, holds=True, size=box.failed) if box.failed else None
    doubtful = f"{box.doubtful} alerts doubtful: readout alerts list --state doubtful"
    in_doubt = found(TroubleKind.DOUBTFUL, doubtful, holds=box.given_up > 0, size=box.given_up)
    yield TroubleKind.DOUBTFUL, in_doubt if box.doubtful else None
    # nobody can be told of it; who looks shall see it
    untold = f"{box.untold} notices to the operator failed: readout alerts list --state failed"
    yield TroubleKind.UNTOLD, found(TroubleKind.UNTOLD, untold, holds=False) if box.untold else None
    since = moment(box.since.get(TroubleKind.UNSENT, snapshot.at))
    unsent = f"{box.refused} alerts refused so far, owed since {since}; last answer: {_brief(box.answer)}"
    unsent += ": readout alerts list --state owed"
    yield TroubleKind.UNSENT, found(TroubleKind.UNSENT, unsent, holds=box.stuck > 0) if box.refused else None


def _judge_house(snapshot: Snapshot) -> _Found:
    if snapshot.is_checked:
        said = f"the database is damaged: {_brief(snapshot.damage)}"
        damaged = Trouble(key=TroubleKind.DAMAGED, said=said, since=snapshot.at)
        yield TroubleKind.DAMAGED, damaged if snapshot.damage else None
    free = snapshot.free_bytes
    if free is not None and free < _DISK_NEARLY_FULL:
        said = f"the disk of the database is nearly full: {free // _MIB} MiB are left"
        yield TroubleKind.DISK, Trouble(key=TroubleKind.DISK, said=said, since=snapshot.at)
    elif free is not None and free >= _DISK_WELL:
        yield TroubleKind.DISK, None


def moment(at: datetime) -> str:
    """A moment as the operator reads it."""
    return f"{at:%Y-%m-%d %H:%M} UTC"


def _brief(text: str | None) -> str:
    """What a site or a server said, on one line and not long."""
    line = clean_line(text or "no reason was noted")
    return line if len(line) <= _LONGEST_REASON else line[: _LONGEST_REASON - 1] + "…"
