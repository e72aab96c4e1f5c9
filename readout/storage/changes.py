"""Changes of meetings as noted: what was told of each before and after, since when, and by which article.

It must not decide what a change is.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, func, insert, select

from readout.storage import schema
from readout.storage.reports import STANDS_IN
from readout.watching import Change

_change = schema.change.c
_article = schema.article.c
_judgement = schema.judgement.c
_meeting = schema.meeting.c
_ruling = schema.ruling.c


@dataclass(frozen=True, slots=True, kw_only=True)
class NotedChange:
    """A change of a meeting and when it was noted. `article_key`, `url`: the article that brought it, if one did."""

    change: Change
    at: datetime
    article_key: str | None
    url: str | None


def add_changes(
    connection: Connection, meeting_id: int, changes: Iterable[Change], *, article_id: int | None, now: datetime
) -> None:
    """Note `changes` of a meeting, which an article brought or, where it is None, a person."""
    rows = [
        {
            "meeting_id": meeting_id,
            "article_id": article_id,
            "fact": change.fact,
            "before": change.before,
            "after": change.after,
            "at": now,
        }
        for change in changes
    ]
    if rows:
        connection.execute(insert(schema.change), rows)


Stamp = tuple[int | None, int | None, int | None]


def stamp(connection: Connection, meeting_id: int) -> Stamp:
    """Another one once a change of the meeting was noted, a report came to it, or it went into another."""
    last_change, last_judgement, merged_into = connection.execute(_STAMP, {"meeting_id": meeting_id}).one()
    return last_change, last_judgement, merged_into


_STAMP = select(
    select(func.max(_change.id)).where(_change.meeting_id == bindparam("meeting_id")).scalar_subquery(),
    select(func.max(_judgement.id)).where(_judgement.meeting_id == bindparam("meeting_id")).scalar_subquery(),
    select(_meeting.merged_into).where(_meeting.id == bindparam("meeting_id")).scalar_subquery(),
)


def left_by(connection: Connection, article_id: int) -> dict[int, str]:
    """The meetings with a correction that stands whose report of the article is told no more, and its address."""
    last = {row.meeting_id: row for row in connection.execute(_COME_AND_GONE, {"article": article_id})}
    return {meeting_id: row.before for meeting_id, row in last.items() if row.after is None}


_CORRECTED = (
    select(STANDS_IN)
    .join_from(schema.ruling, schema.meeting, _meeting.id == _ruling.meeting_id)
    .where(_ruling.fact.is_not(None), _ruling.undone_at.is_(None))
)
_COME_AND_GONE = (
    select(_change.meeting_id, _change.before, _change.after)
    .where(_change.fact == "report", _change.article_id == bindparam("article"), _change.meeting_id.in_(_CORRECTED))
    .order_by(_change.id)
)


def changes_of(connection: Connection, meeting_id: int) -> list[NotedChange]:
    """Every change of a meeting, the first first."""
    noted = (
        select(_change.fact, _change.before, _change.after, _change.at, _article.key, _article.url)
        .join_from(schema.change, schema.article, _article.id == _change.article_id, isouter=True)
        .where(_change.meeting_id == meeting_id)
        .order_by(_change.id)
    )
    return [
        NotedChange(
            change=Change(fact=row.fact, before=row.before, after=row.after),
            at=row.at,
            article_key=row.key,
            url=row.url,
        )
        for row in connection.execute(noted)
    ]
