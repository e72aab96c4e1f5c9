"""Which source tells so much that its alerts are a flood of its own, and what of it left lately.

It must not hold anything back: `readout.turn` and `readout.gathering` do.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, func, or_, select

from readout.model import Alert, AlertKind, SourceId
from readout.storage import schema
from readout.storage.reports import STANDS
from readout.storage.schema import alert
from readout.storage.sending import due_beside
from readout.trouble import FloodFacts

FLOOD_OF = "flood-of "
"""How the period of a digest begins that holds a source's flood."""
_A_DAY = timedelta(days=1)
_article, _judgement = schema.article.c, schema.judgement.c

# A meeting that several sources tell of, or that none of ours does, is nobody's flood.
_TOLD_BY = (
    select(func.max(_article.source_id))
    .select_from(schema.judgement)
    .join(schema.report, schema.report.c.id == _judgement.report_id)
    .join(schema.article, _article.id == schema.report.c.article_id)
    .where(STANDS, _judgement.meeting_id == alert.c.meeting_id)
    .having(func.min(_article.source_id) == func.max(_article.source_id))
    .correlate(alert)
    .scalar_subquery()
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Flood:
    """A source that alone tells of more than a reader is to hear at once, `number` of alerts within the hour."""

    source: SourceId
    number: int


def floods(connection: Connection, due: Alert, *, since: datetime, now: datetime, limit: int) -> list[Flood]:
    """The sources of which more than `limit` alerts are due for the reader of `due` by its watch, left `since` then, or
    were held back."""
    mine = (alert.c.watch_id == due.watch_id, alert.c.recipient == due.recipient)
    held = select(alert.c.id).where(*mine, alert.c.kind == AlertKind.DIGEST, alert.c.created_at > since)
    lately = or_(alert.c.sent_at > since, alert.c.digest_id.in_(held))
    told = select(_TOLD_BY.label("source")).where(*mine, alert.c.meeting_id.is_not(None))
    each = told.where(or_(func.coalesce(lately, False), _all(due_beside(due, now)))).subquery()
    counted = select(each.c.source, func.count()).where(each.c.source.is_not(None)).group_by(each.c.source)
    rows = connection.execute(counted.having(func.count() > limit))
    return [Flood(source=SourceId(source), number=number) for source, number in rows]


def source_of(connection: Connection, due: Alert) -> SourceId | None:
    """The one source that tells of the meeting of `due`; None where several do."""
    return connection.scalar(select(_TOLD_BY).where(alert.c.id == due.id))


def told_by(source: SourceId) -> ColumnElement[bool]:
    """Alerts of meetings of which that source alone tells."""
    return _TOLD_BY.in_([source])


def told_by_others(sources: Collection[SourceId]) -> ColumnElement[bool]:
    """Alerts of all other meetings."""
    return func.coalesce(_TOLD_BY, "").not_in(list(sources))


def left_since(connection: Connection, due: Alert, since: datetime, among: ColumnElement[bool]) -> list[datetime]:
    """When messages left for the reader of `due` by its watch after `since`, the first first, of `among` those."""
    sent = (alert.c.watch_id == due.watch_id, alert.c.recipient == due.recipient, alert.c.sent_at > since)
    moments = select(alert.c.sent_at).where(*sent, alert.c.digest_id.is_(None), among).order_by(alert.c.sent_at)
    return list(connection.scalars(moments))


def flood_facts(connection: Connection, now: datetime) -> FloodFacts | None:
    """What was held back of single sources within the last day; None: nothing was."""
    lately = (alert.c.kind == AlertKind.DIGEST, alert.c.period.startswith(FLOOD_OF), alert.c.created_at > now - _A_DAY)
    rows = connection.execute(select(alert.c.content, alert.c.created_at).where(*lately)).all()
    if not rows:
        return None
    sources = sorted({SourceId(str(row.content.get("source"))) for row in rows})
    held = sum(int(row.content.get("count", 0)) for row in rows)
    return FloodFacts(sources=sources, held=held, since=min(row.created_at for row in rows))


def _all(conditions: Collection[ColumnElement[bool]]) -> ColumnElement[bool]:
    first, *others = conditions
    for other in others:
        first = first & other
    return first
