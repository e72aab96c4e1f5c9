"""What the operator should look at, as rules over what is known: silence, walls, mail that does not leave, the disk.

It must not look anything up, nor tell anybody: `readout.notices` does.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from itertools import takewhile

from readout.condition import Aspect, Condition, Diagnosis, Heard, SourceFacts
from readout.diagnosis import brief, moment, silent_since, views_of
from readout.model import SourceId


class TroubleKind(StrEnum):
    """What is in trouble beside single sources, whose troubles are known by `Aspect`."""

    OUTAGE = "outage"
    FAILED = "failed"
    DOUBTFUL = "doubtful"
    UNSENT = "unsent"
    UNTOLD = "untold"
    DAMAGED = "damaged"
    DISK = "disk"
    PROOF = "proof"
    FLOOD = "flood"


# --- what is known ------------------------------------------------------------------------------------------------


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
class ProofFacts:
    """How many articles stand without their page because it could not be kept: the last one at `since`, for `fault`;
    None where others were kept after it."""

    lost: int
    since: datetime
    fault: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FloodFacts:
    """The sources whose alerts were held back within the last day because each told of too many meetings, how many
    these were, and since when."""

    sources: Sequence[SourceId]
    held: int
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """All that is known `at` a moment. `is_checked`: the file was checked, and `damage` None means that it is sound."""

    at: datetime
    sources: Sequence[SourceFacts] = ()
    outbox: OutboxFacts = field(default_factory=OutboxFacts)
    free_bytes: int | None = None
    is_checked: bool = False
    damage: str | None = None
    proof: ProofFacts | None = None
    flood: FloodFacts | None = None


# --- what is found ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """Something to look at. `holds`: it has lasted long enough to be told of; `size`: how much it concerns, where more
    of it is worth a further word; `condition`: how it leaves its source, if it is of one."""

    key: str
    said: str
    since: datetime
    holds: bool = True
    size: int | None = None
    condition: Condition | None = None


Findings = Mapping[str, Trouble | None]
"""By key: the trouble, or None where all is well. Of what has no entry nothing can be said now."""

_Found = Iterator[tuple[str, Trouble | None]]

_AN_OUTAGE = 5  # sources in a row, of at least three sites
_SITES = 3
_HEARD_AGAIN = 3  # sources, or a third of them: one may stand on this side of what is broken
_MIB = 1 << 20
_DISK_NEARLY_FULL = 256 * _MIB
_DISK_WELL = 512 * _MIB


def key_of(aspect: Aspect, source: SourceId) -> str:
    """By what a source's trouble is known: ``links:apa``."""
    return f"{aspect}:{source}"


def split_key(key: str) -> tuple[Aspect | TroubleKind, SourceId | None]:
    """The kind of the trouble known by `key`, and of which source it is, if of one."""
    kind, _, source = key.partition(":")
    return (Aspect(kind), SourceId(source)) if source else (TroubleKind(kind), None)


def judge(snapshot: Snapshot, known: Mapping[str, datetime]) -> Findings:
    """What is in trouble and what is well; `known`: since when what was found before has been in trouble, by key.

    While our own network seems to be down, and at the moment when it is back, no source is found to be.
    """
    found = dict(_judge_outage(snapshot, known))
    is_out = TroubleKind.OUTAGE in known or TroubleKind.OUTAGE in found
    for facts in snapshot.sources:
        if not (is_out and facts.failures) or key_of(Aspect.LINKS, facts.id) in known:
            found |= judge_source(facts, known, snapshot.at)
    return found | dict(_judge_outbox(snapshot)) | dict(_judge_house(snapshot))


def judge_source(facts: SourceFacts, known: Mapping[str, datetime], now: datetime) -> Findings:
    """What is wrong with a source and what is well, from where it is seen best."""
    best, *_ = views_of(facts, now)
    keyed = ((key_of(aspect, facts.id), wrong) for aspect, wrong in best.found.items())
    return {key: _trouble(key, facts.id, begun(wrong, known.get(key))) if wrong else None for key, wrong in keyed}


def begun(wrong: Diagnosis, since: datetime | None) -> Diagnosis:
    """What is wrong, with its true beginning where that is known: only the last few crawls are looked at."""
    return wrong if since is None else replace(wrong, since=min(since, wrong.since))


def _trouble(key: str, source: SourceId, wrong: Diagnosis) -> Trouble:
    said = f"source {source} {wrong.said}"
    return Trouble(key=key, said=said, since=wrong.since, holds=wrong.holds, condition=wrong.condition)


# --- our own network ----------------------------------------------------------------------------------------------


def _judge_outage(snapshot: Snapshot, known: Mapping[str, datetime]) -> _Found:
    """Many sources that fall silent one after the other are one trouble: our own.

    Its `since` is when it was seen: what began later and was answered shows that it is over.
    """
    key = TroubleKind.OUTAGE
    # those known to be silent say nothing of our network by being silent once more
    telling = [facts for facts in snapshot.sources if _tells(facts) and not _is_known_to_fail(facts, known)]
    telling.sort(key=lambda facts: facts.finished_at, reverse=True)
    if key in known:
        heard = [facts for facts in telling if _is_heard_since(facts, known[key])]
        if len(heard) >= min(_HEARD_AGAIN, len(telling) // 3):
            yield key, None
        return
    silent = list(takewhile(_is_silent, telling))
    if len(silent) >= min(_AN_OUTAGE, len(telling)) and len({_site(facts.host) for facts in silent}) >= _SITES:
        began = min(silent_since(facts) for facts in silent)
        said = (
            f"no source has answered since {moment(began)}, {len(silent)} in a row: "
            f"is the network of this machine down? The last: {brief(silent[0].error)}"
        )
        yield key, Trouble(key=key, said=said, since=silent[0].finished_at)


def fell_silent(facts: SourceFacts, known: Collection[str]) -> bool:
    """Whether the outage is all that is known against a source."""
    return bool(facts.crawls) and _is_silent(facts) and not _is_known_to_fail(facts, known)


def _tells(facts: SourceFacts) -> bool:
    """Whether it was asked at all the last time: who asked for a pause was not."""
    return bool(facts.crawls) and facts.crawls[0].heard is not Heard.WAIT


def _is_known_to_fail(facts: SourceFacts, known: Collection[str]) -> bool:
    return key_of(Aspect.LINKS, facts.id) in known


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
    unsent = f"{box.refused} alerts refused so far, owed since {since}; last answer: {brief(box.answer)}"
    unsent += ": readout alerts list --state owed"
    yield TroubleKind.UNSENT, found(TroubleKind.UNSENT, unsent, holds=box.stuck > 0) if box.refused else None


def _judge_house(snapshot: Snapshot) -> _Found:
    yield TroubleKind.FLOOD, _flooded(snapshot.flood) if snapshot.flood else None
    yield TroubleKind.PROOF, _unproved(snapshot.proof) if snapshot.proof else None
    if snapshot.is_checked:
        said = f"the database is damaged: {brief(snapshot.damage)}"
        damaged = Trouble(key=TroubleKind.DAMAGED, said=said, since=snapshot.at)
        yield TroubleKind.DAMAGED, damaged if snapshot.damage else None
    free = snapshot.free_bytes
    if free is not None and free < _DISK_NEARLY_FULL:
        said = f"the disk of the database is nearly full: {free // _MIB} MiB are left"
        yield TroubleKind.DISK, Trouble(key=TroubleKind.DISK, said=said, since=snapshot.at)
    elif free is not None and free >= _DISK_WELL:
        yield TroubleKind.DISK, None


def _unproved(proof: ProofFacts) -> Trouble | None:
    if proof.fault is None:
        return None
    said = f"pages of reports could not be kept as proof, {proof.lost} so far: {brief(proof.fault)}"
    return Trouble(key=TroubleKind.PROOF, said=said, since=proof.since)


def _flooded(flood: FloodFacts) -> Trouble:
    one = len(flood.sources) == 1
    named = f"source {flood.sources[0]}" if one else f"sources {', '.join(sorted(flood.sources))}"
    said = f"{named} told of so many meetings that {flood.held} alerts were held back and left as one for each reader"
    return Trouble(key=TroubleKind.FLOOD, said=said, since=flood.since, size=len(flood.sources))
