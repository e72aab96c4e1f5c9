"""What a person rules about meetings: joins, parts, tells apart, corrects, and takes back again.

It must not judge or open a transaction: it does as it is told, and what a person has ruled no rule changes.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from readout import handover
from readout.error import ConfigError
from readout.model import Judgement, Meeting, Telling, Verdict
from readout.standing import Moment, refresh
from readout.storage.meetings import absorb, is_late, load_meeting, merged_into, open_meeting
from readout.storage.reports import judge, leave, retellings
from readout.storage.rulings import (
    Ruling,
    RulingKind,
    Word,
    add_ruling,
    last_ruling,
    later_than,
    ruling_by_id,
    take_back,
)

_SAME, _DIFFERENT = Verdict.SAME, Verdict.DIFFERENT


def merge(connection: Connection, meeting_id: int, other_id: int, reason: str, *, now: datetime) -> int:
    """Rule that both meetings are the first; its id. What is owed of the other is owed of it, nobody hears twice."""
    meeting, other = _meeting(connection, meeting_id), _meeting(connection, other_id)
    if meeting.id == other.id:
        raise ConfigError([f"M{meeting_id} and M{other_id} are one meeting already"])
    words = [
        *_words(meeting.tellings, meeting.id, _SAME),
        *_words(other.tellings, meeting.id, _SAME),
        *_words(other.tellings, other.id, _DIFFERENT),
    ]
    ruling = Ruling(
        kind=RulingKind.MERGE,
        meeting_id=meeting.id,
        other_id=other.id,
        value=merged_into(connection, other.id),
        handed=_absorb(connection, other.id, meeting.id),
        reason=reason,
        made_at=now,
    )
    add_ruling(connection, ruling, words)
    refresh(connection, meeting.id, moment=Moment(now=now, late=other.late))
    return meeting.id


def split(connection: Connection, meeting_id: int, report: str, reason: str, *, now: datetime) -> int:
    """Rule that a report, named by its id or URL, is of another meeting than the one it stands under; the id of the
    meeting it now stands under alone. Who was told of the one is not told of the other."""
    meeting = _meeting(connection, meeting_id)
    return _part(connection, meeting, _telling(connection, meeting, report), reason, now)


def split_off(connection: Connection, meeting_id: int, report_id: int, reason: str, *, now: datetime) -> int:
    """What `split` does, of the report of that id."""
    meeting = _meeting(connection, meeting_id)
    telling = next((each for each in meeting.tellings if each.report_id == report_id), None)
    if telling is None:
        raise ConfigError([f"that report does not stand under M{meeting.id} any more"])
    return _part(connection, meeting, telling, reason, now)


def _part(connection: Connection, meeting: Meeting, telling: Telling, reason: str, now: datetime) -> int:
    if len(meeting.tellings) == 1:
        raise ConfigError([f"M{meeting.id} has no other report than {telling.article_key}: there is nothing to part"])
    own = open_meeting(connection, telling.report, late=is_late(connection, meeting.id), now=now, split_from=meeting.id)
    ruling = Ruling(
        kind=RulingKind.SPLIT,
        meeting_id=meeting.id,
        other_id=own,
        report_id=telling.report_id,
        reason=reason,
        made_at=now,
    )
    add_ruling(connection, ruling, [*_words([telling], meeting.id, _DIFFERENT), *_words([telling], own, _SAME)])
    for each in (meeting.id, own):
        refresh(connection, each, moment=_quiet(now))
    handover.sort_out(connection, meeting.id, [own])
    handover.owe_opened(connection, own, now=now)
    return own


def differ(connection: Connection, meeting_id: int, other_id: int, reason: str, *, now: datetime) -> None:
    """Rule that two meetings that were perhaps the same are two. Who was not told of one for the other's sake is."""
    meeting, other = _meeting(connection, meeting_id), _meeting(connection, other_id)
    if meeting.id == other.id:
        raise ConfigError([f"M{meeting_id} and M{other_id} are one meeting: take a report out of it with `split`"])
    words = [
        *_words(meeting.tellings, other.id, _DIFFERENT),
        *_words(other.tellings, meeting.id, _DIFFERENT),
    ]
    ruling = Ruling(kind=RulingKind.DIFFER, meeting_id=meeting.id, other_id=other.id, reason=reason, made_at=now)
    add_ruling(connection, ruling, words)
    for each in (meeting.id, other.id):
        handover.revive(connection, _meeting(connection, each), now=now)


def correct(connection: Connection, meeting_id: int, fact: str, value: Any, reason: str, *, now: datetime) -> int:
    """Rule what is true of one fact of a meeting, `value` as in a row of it, None: nobody knows; the meeting's id."""
    meeting = _meeting(connection, meeting_id)
    if not meeting.tellings:
        raise ConfigError([f"no report tells of M{meeting_id} any more: there is nothing to correct"])
    ruling = Ruling(kind=RulingKind.CORRECT, meeting_id=meeting.id, fact=fact, value=value, reason=reason, made_at=now)
    add_ruling(connection, ruling)
    refresh(connection, meeting.id, moment=Moment(now=now, late=meeting.late))
    _refuse_backward_days(_meeting(connection, meeting.id))
    return meeting.id


def undo(connection: Connection, number: int | None, reason: str, *, now: datetime) -> Ruling:
    """Take back a ruling, or the last one; what it was. Mails that left meanwhile stay sent."""
    ruling = last_ruling(connection) if number is None else ruling_by_id(connection, number)
    if ruling is None or ruling.undone_at is not None:
        raise ConfigError(["there is nothing to take back" if number is None else f"no ruling {number} stands"])
    if later := later_than(connection, ruling):
        raise ConfigError([f"ruling {later.id} ({later.kind.value}) builds on ruling {ruling.id}: take it back first"])
    take_back(connection, ruling, reason, now=now)
    if ruling.kind is RulingKind.MERGE:
        _restore(connection, ruling, now)
    elif ruling.kind is RulingKind.SPLIT:
        _reunite(connection, ruling, now)
    elif ruling.kind is RulingKind.CORRECT:
        refresh(connection, _meeting(connection, ruling.meeting_id).id, moment=_quiet(now))
    return ruling


def _absorb(connection: Connection, former: int, into: int) -> list[handover.Handed]:
    """Let a meeting be known as another, and what is owed of it be owed of that."""
    absorb(connection, former, into)
    return handover.hand_over(connection, former, into=into)


def _restore(connection: Connection, ruling: Ruling, now: datetime) -> None:
    """Let the meeting that was merged stand again, with those that it had taken in before, and with its alerts."""
    assert ruling.other_id is not None, "a merge names two"
    for former in ruling.value or ():
        absorb(connection, former, ruling.other_id)
    for each in (ruling.other_id, ruling.meeting_id):
        refresh(connection, each, moment=_quiet(now))
    handover.give_back(connection, ruling.handed, left=ruling.meeting_id, now=now)


def _reunite(connection: Connection, ruling: Ruling, now: datetime) -> None:
    """The report stands where it stood, or where that went meanwhile; its own meeting goes, unless others stand there
    by now."""
    assert ruling.other_id is not None, "a split opened a meeting"
    assert ruling.report_id is not None, "it did so for a report"
    parent = _meeting(connection, ruling.meeting_id).id
    if parent != ruling.meeting_id:
        _follow(connection, ruling.report_id, ruling.meeting_id, parent, now)
    if _meeting(connection, ruling.other_id).tellings:
        refresh(connection, ruling.other_id, moment=_quiet(now))
    else:
        _absorb(connection, ruling.other_id, parent)
    refresh(connection, parent, moment=_quiet(now))
    handover.sort_out(connection, ruling.other_id, [parent])


def _follow(connection: Connection, report_id: int, former: int, meeting_id: int, now: datetime) -> None:
    """Let a report of a meeting that went into another stand there, as the rules let the rest of its reports."""
    leave(connection, report_id, former, f"moved to meeting {meeting_id}")
    reasons = (f"meeting {former}, where it stood, is meeting {meeting_id}",)
    same = Judgement(report_id=report_id, meeting_id=meeting_id, verdict=_SAME, score=0.0, reasons=reasons)
    judge(connection, same, now=now)


def _refuse_backward_days(meeting: Meeting) -> None:
    first, last = meeting.report.start_date, meeting.report.end_date
    if first and last and first.value > last.value:
        raise ConfigError(
            [f"M{meeting.id} would end on {last.value}, before {first.value}: correct the other day first"]
        )


def _quiet(now: datetime) -> Moment:
    """Nobody is to hear of reports that only stand elsewhere."""
    return Moment(now=now, late=True, quiet=True)


def _words(tellings: Sequence[Telling], meeting_id: int, verdict: Verdict) -> list[Word]:
    return [Word(report_id=telling.report_id, meeting_id=meeting_id, verdict=verdict) for telling in tellings]


def _meeting(connection: Connection, meeting_id: int) -> Meeting:
    meeting = load_meeting(connection, meeting_id)
    if meeting is None:
        raise ConfigError([f"there is no meeting M{meeting_id}; `readout meetings` names them"])
    return meeting


def _telling(connection: Connection, meeting: Meeting, report: str) -> Telling:
    """The report of that name: its article's id or URL, or where several reports of the page stand here ``id#2``."""
    named = [telling for telling in meeting.tellings if report in (telling.article_key, telling.url)]
    if len(named) == 1:
        return named[0]
    places = {_place(connection, telling): telling for telling in meeting.tellings}
    if report in places:
        return places[report]
    if named:
        which = " or ".join(place for place, telling in places.items() if telling in named)
        raise ConfigError([f"M{meeting.id} has {len(named)} reports of the page {report!r}: say which, {which}"])
    known = ", ".join(dict.fromkeys(telling.article_key for telling in meeting.tellings[:20]))
    raise ConfigError([f"M{meeting.id} has no report {report!r}; it has {known}"])


def _place(connection: Connection, telling: Telling) -> str:
    """A report by the id of its article and its number on the page."""
    here = (each for each in retellings(connection, telling.article_id) if each.report_id == telling.report_id)
    return f"{telling.article_key}#{next(here).position + 1}"
