"""All that is known of one meeting: how its reports agree and spread, what is related, and why they stand together.

It must not change anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from readout.meetings.agreement import Support, agreement
from readout.meetings.timeline import Timeline, timeline
from readout.model import Judgement, Meeting
from readout.storage.changes import NotedChange, changes_of
from readout.storage.meetings import load_meeting, merged_into
from readout.storage.related import Related, parts_of, related_by_id, session_after, session_before
from readout.storage.reports import judgements_by_report
from readout.storage.rulings import Ruling, rulings_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """A meeting and all around it.

    `merged`: the meetings found to be this one; `whole`: what it is part of; `before`, `after`: sessions of its body;
    `judgements` by the number of the report, in the order in which they were made; `rulings` also those taken back.
    """

    meeting: Meeting
    agreement: tuple[Support, ...]
    timeline: Timeline
    merged: tuple[int, ...]
    perhaps: tuple[Related, ...]
    whole: Related | None
    parts: tuple[Related, ...]
    before: Related | None
    after: Related | None
    judgements: Mapping[int, tuple[Judgement, ...]]
    changes: tuple[NotedChange, ...]
    rulings: tuple[Ruling, ...]


def open_dossier(connection: Connection, meeting_id: int) -> Dossier | None:
    """The dossier of a meeting, or None; of one that was merged into another, that other's."""
    meeting = load_meeting(connection, meeting_id)
    if meeting is None:
        return None
    whole = [] if meeting.part_of is None else related_by_id(connection, [meeting.part_of])
    merged = merged_into(connection, meeting.id)
    judgements = judgements_by_report(connection, [told.report_id for told in meeting.tellings])
    return Dossier(
        meeting=meeting,
        agreement=agreement(meeting),
        timeline=timeline(meeting.tellings),
        merged=tuple(merged),
        perhaps=tuple(related_by_id(connection, meeting.perhaps_same_as)),
        whole=whole[0] if whole else None,
        parts=tuple(parts_of(connection, meeting.id)),
        before=session_before(connection, meeting),
        after=session_after(connection, meeting),
        judgements={report_id: tuple(said) for report_id, said in judgements.items()},
        changes=tuple(changes_of(connection, meeting.id)),
        rulings=tuple(rulings_of(connection, [meeting.id, *merged])),
    )
