"""A store as large as years of watching make one, for measuring pages and searches: meetings, thrice as many articles,
their links and visits, sources with crawls, watches with alerts.

    python bench/web_store.py FOLDER --meetings 100000

makes FOLDER/readout.toml and FOLDER/var/readout.db. Nothing in it is real, and the same figures make the same store.
"""

from __future__ import annotations

import argparse
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

from invented_text import invent_language, write_other, write_report
from sqlalchemy import Connection, Table, insert
from store import (
    LAST_DAY,
    Event,
    _attendee_rows,
    _judgement_row,
    _meeting_row,
    facts_of,
    invent_events,
    invent_telling,
    invent_world,
)

from readout.catalog import load_sources
from readout.config import shipped_sources
from readout.model import Report
from readout.record import report_row
from readout.storage import schema
from readout.storage.database import Database, open_database
from readout.storage.said import fill as fill_said
from readout.storage.search import index_all

ARTICLES_OF_A_MEETING = 3
"""Of them, on average, so many tell of it, the others of no meeting."""
CRAWLS_OF_A_SOURCE = 300
ALERTS = 10_000
SEED = 20261101
MOST_TOLD = 500
"""Reports of the last meeting of all."""
_DOUBTED = 20
"""One meeting in so many is perhaps the one before it."""
_TELLINGS = (1, 1, 1, 1, 2, 2, 2, 3, 3, 5)
_CHUNK = 2_000
FILLED = (
    *(schema.link, schema.visit, schema.meeting, schema.attendee),
    *(schema.article, schema.report, schema.judgement),
)
"""The tables of meetings and articles, each behind those that it refers to."""

Rows = dict[Table, list[dict[str, Any]]]


def main() -> None:
    """Make a store."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--meetings", type=int, default=100_000)
    asked = parser.parse_args()
    make(asked.folder, asked.meetings)


def make(folder: Path, meetings: int) -> Path:
    """The store in `folder`, which must not hold one yet; its database's file."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "readout.toml").write_text('data_dir = "var"\n', encoding="utf-8")
    file = folder / "var" / "readout.db"
    if file.exists():
        raise SystemExit(f"{file} is there already")
    database = open_database(f"sqlite:///{file}", create=True)
    dice = Random(SEED)
    began = time.perf_counter()
    articles = fill(database, invent_events(dice, invent_world(dice), meetings), dice)
    filled = time.perf_counter()
    with database.write() as connection:
        fill_said(connection, lambda _done, _of: None)
        index_all(connection)
    database.checkpoint()
    indexed = time.perf_counter()
    size = file.stat().st_size / 2**20
    print(f"{meetings} meetings, {articles} articles, {size:.0f} MiB: filled in {filled - began:.0f} s", end=", ")
    print(f"indexed in {indexed - filled:.0f} s ({(indexed - filled) * 1e3 / articles:.2f} ms an article)")
    database.close()
    return file


def fill(database: Database, events: Sequence[Event], dice: Random) -> int:
    """Store the meetings and all around them; the number of articles."""
    sources = sorted(load_sources([shipped_sources()]))
    articles = 0
    rows = enumerate(events, start=1)
    with database.write(lasting=False) as connection:
        fill_sources(connection, sources, dice)
    while chunk := list(islice(rows, _CHUNK)):
        found, articles = invent_rows(chunk, dice, sources, before=articles, last=len(events))
        with database.write(lasting=False) as connection:
            for table in FILLED:
                if found[table]:
                    connection.execute(insert(table), found[table])
        database.checkpoint()
    with database.write() as connection:
        fill_watches(connection, len(events), dice)
    return articles


# --- meetings and articles ------------------------------------------------------------------------------------------


def invent_rows(
    events: Sequence[tuple[int, Event]], dice: Random, sources: Sequence[str], *, before: int, last: int
) -> tuple[Rows, int]:
    """What stands in each of the tables of `FILLED` of these meetings, given with their ids, `last` that of the last of
    all, and the number of the last article; they are numbered behind `before`."""
    rows: Rows = defaultdict(list)
    number = before
    first = events[0][0]
    for meeting_id, event in events:
        count = MOST_TOLD if meeting_id == last else dice.choice(_TELLINGS)
        told = sorted((invent_telling(dice, event) for _ in range(count)), key=lambda each: each.seen_at)
        facts = facts_of(event)
        meeting = _meeting_row(meeting_id, facts, told)
        rows[schema.meeting].append(meeting)
        rows[schema.attendee] += _attendee_rows(meeting_id, facts, meeting["day"])
        for telling in told:
            number += 1
            language = invent_language(dice)
            title, text, report = write_report(dice, telling.report, language)
            _add_article(rows, number, dice, sources, (title, text, language), telling.seen_at, report)
            rows[schema.judgement].append(_judgement_row(number, meeting_id, telling.seen_at))
        if meeting_id % _DOUBTED == 0:
            unsure = {"verdict": "unsure", "meeting_id": meeting_id - 1}
            rows[schema.judgement].append(rows[schema.judgement][-1] | unsure)
        seen_at = told[0].seen_at
        while number < before + (meeting_id - first + 1) * ARTICLES_OF_A_MEETING:
            number += 1
            language = invent_language(dice)
            _add_article(rows, number, dice, sources, (*write_other(dice, language), language), seen_at, None)
    return rows, number


def _add_article(
    rows: Rows,
    number: int,
    dice: Random,
    sources: Sequence[str],
    words: tuple[str, str, str],
    seen_at: datetime,
    report: Report | None,
) -> None:
    title, text, language = words
    source = dice.choice(sources)
    url = f"https://{source}.example/news/{number}"
    outcome = "stored" if report else "not_a_report"
    rows[schema.link].append(
        {
            "id": number,
            "source_id": source,
            "url": url,
            "key": url,
            "title": title,
            "found_in": f"https://{source}.example/feed",
            "first_seen": seen_at,
            "visits": 1,
            "outcome": outcome,
            "reason": "read",
            "outcome_at": seen_at,
        }
    )
    rows[schema.visit].append({"link_id": number, "at": seen_at, "outcome": outcome, "reason": "read"})
    rows[schema.article].append(
        {
            "id": number,
            "key": f"a{number}",
            "link_id": number,
            "source_id": source,
            "official": dice.random() < 0.2,
            "source_kind": "news_agency" if number % 10 else "agency",
            "url": url,
            "title": title,
            "text": text,
            "language": language,
            "published": seen_at - timedelta(minutes=7),
            "published_day": seen_at.date(),
            "told_at": seen_at - timedelta(minutes=7),
            "first_seen": seen_at,
            "changed_at": seen_at,
            "text_hash": f"{number:064x}",
            "signature": b"",
            "score": 0.9 if report else 0.1,
            "outcome": outcome,
        }
    )
    if report:
        rows[schema.report].append({"id": number, "article_id": number, "position": 0, "facts": report_row(report)})


# --- sources, watches -----------------------------------------------------------------------------------------------

_END = datetime(LAST_DAY.year, LAST_DAY.month, LAST_DAY.day, 12, tzinfo=UTC)


def fill_sources(connection: Connection, sources: Sequence[str], dice: Random) -> None:
    """The sources with their crawls."""
    for source in sources:
        row = {"id": source, "by_file": True, "next_due": _END, "last_started": _END, "last_finished": _END}
        connection.execute(insert(schema.source), row)
        connection.execute(insert(schema.crawl), list(_crawls(source, dice)))


def _crawls(source: str, dice: Random) -> Iterator[dict[str, Any]]:
    for number in range(CRAWLS_OF_A_SOURCE):
        started = _END - timedelta(hours=number * 2, minutes=dice.randrange(60))
        found = dice.choice((0, 0, 0, 1, 2, 5))
        yield {
            "source_id": source,
            "started_at": started,
            "finished_at": started + timedelta(seconds=dice.randrange(3, 90)),
            "reason": "finished",
            "requests": found + 2,
            "new_links": found,
            "outcomes": {"stored": found} if found else {},
            "heard": "all",
            "articles": found,
        }


def fill_watches(connection: Connection, meetings: int, dice: Random) -> None:
    """A watch with alerts that were sent."""
    watch = {"id": 1, "name": "security", "query": "body:cis-sorb", "recipients": ["reader@example.org"]}
    connection.execute(insert(schema.watch), watch | {"channel": "email", "created_at": _END})
    chosen = dice.sample(range(1, meetings + 1), min(ALERTS, meetings))
    connection.execute(insert(schema.alert), [_alert(number, dice) for number in chosen])


def _alert(meeting_id: int, dice: Random) -> dict[str, Any]:
    sent = _END - timedelta(minutes=dice.randrange(500_000))
    return {
        "meeting_id": meeting_id,
        "watch_id": 1,
        "recipient": "reader@example.org",
        "channel": "email",
        "kind": "first",
        "state": "accepted",
        "message_id": f"<m{meeting_id}@readout.example>",
        "watch_names": ["security"],
        "matched": {"body": "cis-sorb"},
        "attempts": 1,
        "created_at": sent,
        "sent_at": sent,
        "answer_code": 250,
    }


if __name__ == "__main__":
    main()
