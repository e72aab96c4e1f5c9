"""What a look for trouble costs: over every source, as a command does it, and over what changed, as the service does.

    python bench/trouble.py [--sources 1000] [--crawls 400] [--failing 0.05]

The database is made for it in a temporary folder: so many sources with so many crawls each, some of them failing. A
minute of the service at three hours between crawls is `sources` / 180 crawls.
"""

from __future__ import annotations

import argparse
import json
import sqlite3
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from readout.model import Source, SourceId, SourceKind
from readout.notices import Lookout, tell_operator, troubles_now
from readout.storage.database import Database, open_database

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
EVERY = timedelta(hours=3)
AGAIN = 5


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sources", type=int, default=1000)
    parser.add_argument("--crawls", type=int, default=400)
    parser.add_argument("--failing", type=float, default=0.05)
    options = parser.parse_args()
    sources = {SourceId(f"s{n:05}"): source_of(f"s{n:05}") for n in range(options.sources)}
    with TemporaryDirectory(prefix="readout-trouble-") as folder:
        path = Path(folder) / "readout.db"
        database = open_database(f"sqlite:///{path}", create=True)
        fill(path, list(sources), options.crawls, int(options.sources * options.failing))
        report(database, sources)
        database.close()


def source_of(key: str) -> Source:
    return Source(
        id=SourceId(key),
        name=key,
        kind=SourceKind.NEWS_AGENCY,
        country="AZ",
        languages=(),
        timezone="UTC",
        home=f"https://{key}.example-{key}.org/",
        article=".",
        discover=(),
    )


def fill(path: Path, keys: list[SourceId], crawls: int, failing: int) -> None:
    connection = sqlite3.connect(path)
    with connection:
        ended = [at(NOW - EVERY * (n / len(keys))) for n in range(len(keys))]
        rows = [(key, 3 if n < failing else 0, ended[n], "503" if n < failing else None) for n, key in enumerate(keys)]
        connection.executemany(
            "INSERT INTO source (id, failures, last_started, last_finished, next_due, last_error)"
            " VALUES (?, ?, ?3, ?3, ?3, ?4)",
            rows,
        )
        names = (
            "source_id, started_at, finished_at, requests, new_links, outcomes, heard, missed, place, articles, seen"
        )
        marks = ", ".join("?" * len(names.split(",")))
        for step in range(crawls):
            began = at(NOW - EVERY * (crawls - step))
            ended = [crawl_row(key, n < failing and step >= crawls - 3, step, began) for n, key in enumerate(keys)]
            connection.executemany(f"INSERT INTO crawl ({names}) VALUES ({marks})", ended)
    connection.close()


def crawl_row(key: str, is_failing: bool, step: int, began: str) -> tuple[object, ...]:
    articles = 0 if is_failing or step % 4 else 3
    seen = {"articles": 3, "titled": 3, "dated": 3, "characters": 2000, "template": "0" * 144, "links": {"/rss": 20}}
    outcomes = json.dumps({"not_a_report": articles} if articles else {})
    heard = "error" if is_failing else "all"
    return (
        key,
        began,
        began,
        2,
        articles,
        outcomes,
        heard,
        0,
        "bench",
        articles,
        json.dumps(seen) if articles else None,
    )


def at(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M:%S.%f")


def report(database: Database, sources: dict[SourceId, Source]) -> None:
    print(f"{len(sources)} sources; median of {AGAIN}, in milliseconds of CPU time")
    print(f"every source, as `readout health`: {clock(lambda: troubles_now(database, sources, now=NOW)):.0f}")
    tell_operator(database, "operator@example.org", sources, now=NOW)
    lookout = Lookout()
    minutes = minutes_of(database, sources)

    def look() -> None:
        tell_operator(database, "operator@example.org", sources, now=next(minutes), lookout=lookout)

    print(f"the first of many: {clock(look, times=1):.0f}")
    print(f"what changed in a minute, as `readout run`: {clock(look):.0f}")


def minutes_of(database: Database, sources: dict[SourceId, Source]) -> Iterator[datetime]:
    """The moments of looks; in between a minute's share of crawls has ended."""
    from sqlalchemy import update

    from readout.storage import schema

    now, share = NOW, max(1, len(sources) // 180)
    keys = list(sources)[::-1]
    while True:
        now += timedelta(minutes=1)
        ended, keys = keys[:share], keys[share:] + keys[:share]
        with database.write() as connection:
            rows = update(schema.source).where(schema.source.c.id.in_(ended))
            connection.execute(rows.values(last_finished=now - timedelta(seconds=30)))
        yield now


def clock(work: Callable[[], object], *, times: int = AGAIN) -> float:
    took = []
    for _ in range(times):
        began = time.process_time()
        work()
        took.append(time.process_time() - began)
    return 1000 * median(took)


if __name__ == "__main__":
    main()
