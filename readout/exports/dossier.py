"""A meeting's dossier as a row: the meeting as it is exported, and beside it all that `readout show` tells.

It must not format: a row is JSON-ready.
"""

from __future__ import annotations

from collections.abc import Iterable

from readout.dossier import Dossier
from readout.meetings.agreement import Support
from readout.meetings.timeline import Appearance, Timeline, outlet
from readout.model import Telling
from readout.record import Row, meeting_row, plain_value
from readout.storage.changes import NotedChange
from readout.storage.related import Related
from readout.storage.rulings import Ruling

_LISTS = frozenset({"participants", "countries", "topics", "subjects"})


def dossier_row(dossier: Dossier) -> Row:
    """The meeting's row with further fields. Reports are named by their ids, meetings by their numbers.

    `agreement` holds an object for each fact, and for a list one for each of its values, in the list's order.
    """
    return meeting_row(dossier.meeting) | {
        "agreement": _agreement_row(dossier.agreement),
        "timeline": _timeline_row(dossier.timeline),
        "part_of": dossier.meeting.part_of,
        "parts": _ids(dossier.parts),
        "merged": list(dossier.merged),
        "session_before": _id(dossier.before),
        "session_after": _id(dossier.after),
        "judgements": _judgement_rows(dossier),
        "changes": [_change_row(noted) for noted in dossier.changes],
        "rulings": [_ruling_row(ruling) for ruling in dossier.rulings],
    }


def _agreement_row(agreement: Iterable[Support]) -> Row:
    row: Row = {}
    for support in agreement:
        if support.fact in _LISTS:
            row.setdefault(support.fact, []).append(_support_row(support))
        else:
            row[support.fact] = _support_row(support)
    return row


def _support_row(support: Support) -> Row:
    row: Row = {
        "value": plain_value(support.value),
        "supports": _keys(support.supports),
        "omits": _keys(support.omits),
        "contradicts": [
            {"report": each.telling.article_key, "value": plain_value(each.value)} for each in support.contradicts
        ],
    }
    return row | {"spellings": list(support.spellings)} if support.spellings else row


def _keys(tellings: Iterable[Telling]) -> list[str]:
    return [telling.article_key for telling in tellings]


def _timeline_row(timeline: Timeline) -> Row:
    return {
        "outlets": list(timeline.outlets),
        "languages": list(timeline.languages),
        "stages": [{"status": stage.status, "report": stage.telling.article_key} for stage in timeline.stages],
        "reports": [_appearance_row(appearance) for appearance in timeline.appearances],
    }


def _appearance_row(appearance: Appearance) -> Row:
    telling, after = appearance.telling, appearance.after
    return {
        "id": telling.article_key,
        "outlet": outlet(telling),
        "language": telling.language,
        "after_days": after.days if after is not None and appearance.by_day else None,
        "after_minutes": None if after is None or appearance.by_day else int(after.total_seconds()) // 60,
        "official": telling.official,
        "duplicate_of": telling.duplicate_of,
        "credit": telling.credit,
        "version": telling.version,
        "gone_at": telling.gone_at and telling.gone_at.isoformat(),
    }


def _judgement_rows(dossier: Dossier) -> list[Row]:
    return [
        {
            "report": telling.article_key,
            "meeting": judgement.meeting_id,
            "verdict": judgement.verdict,
            "by": judgement.by,
            "score": judgement.score,
            "reasons": list(judgement.reasons),
        }
        for telling in dossier.meeting.tellings
        for judgement in dossier.judgements[telling.report_id]
    ]


def _change_row(noted: NotedChange) -> Row:
    return {
        "at": noted.at.isoformat(),
        "report": noted.article_key,
        "fact": noted.change.fact,
        "before": noted.change.before,
        "after": noted.change.after,
    }


def _ruling_row(ruling: Ruling) -> Row:
    return {
        "id": ruling.id,
        "kind": ruling.kind.value,
        "meeting": ruling.meeting_id,
        "other": ruling.other_id,
        "fact": ruling.fact,
        "value": ruling.value,
        "reason": ruling.reason,
        "made_at": ruling.made_at.isoformat(),
        "undone_at": ruling.undone_at and ruling.undone_at.isoformat(),
        "undone_why": ruling.undone_why,
    }


def _ids(related: Iterable[Related]) -> list[int]:
    return [each.meeting_id for each in related]


def _id(related: Related | None) -> int | None:
    return related.meeting_id if related else None
