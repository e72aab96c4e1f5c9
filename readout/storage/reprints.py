"""The articles whose main meeting is one and the same, as who may have copied whom.

It must not decide who did: `readout.articles.original` does.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select, update

from readout.storage import schema
from readout.storage.reports import STANDS

_article = schema.article.c
_report = schema.report.c
_judgement = schema.judgement.c


def main_articles(connection: Connection, meeting_id: int) -> list[Row[Any]]:
    """Of each article that tells of the meeting before all others: what says whose text it is."""
    return list(connection.execute(_MAINLY_OF, {"meeting": meeting_id}))


_MAINLY_OF = (
    select(
        _article.id,
        _article.url,
        _article.text_hash,
        _article.signature,
        _article.credit,
        _article.official,
        _article.told_at,
        _article.published_day_only,
        _article.first_seen,
        _article.duplicate_of,
    )
    .select_from(schema.judgement)
    .join(schema.report, _report.id == _judgement.report_id)
    .join(schema.article, _article.id == _report.article_id)
    .where(STANDS, _judgement.meeting_id == bindparam("meeting"), _report.position == 0)
    .order_by(_article.id)
)


def set_originals(connection: Connection, originals: Mapping[int, int | None]) -> None:
    """Note of each article which one it copies; None: it copies none."""
    if originals:
        statement = update(schema.article).where(_article.id == bindparam("copy")).values(duplicate_of=bindparam("of"))
        connection.execute(statement, [{"copy": copy, "of": original} for copy, original in originals.items()])
