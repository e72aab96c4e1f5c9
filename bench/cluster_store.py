"""What a million articles in PostgreSQL cost: storing more, finding a report's meeting and a text's likes, searching.

    python bench/cluster_store.py [FOLDER] [--articles 1000000] [--pages 2400] [--lookups 1000] [--hold]

Makes a PostgreSQL server of its own (15 or newer, its programs installed) with a store of so many invented articles
(bench/server_store.py) in FOLDER, which keeps it for the next time, else in one that goes. The disk is waited for at
every commit, as on a server that people rely on, and what the disk holds is read once before the clock starts, as where
a server has run for a while. Prints how long the lookups and searches take, by the clock, and how many articles a
second one process and several store, of pages few of which tell of a meeting and of such as most do; then what each
table and its indexes fill. `--hold` leaves the
server up until a key is pressed, with FOLDER/readout.toml naming it: `bench/web_pages.py FOLDER` asks the page's pages.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from itertools import chain
from pathlib import Path
from random import Random
from statistics import median, quantiles
from tempfile import TemporaryDirectory

from identity_lookup import newcomers
from near_duplicates import looked_up, queries
from server_store import Invented, invent, served
from sqlalchemy import Connection, text
from storing import store_news

from readout.meetings.comparison import Account
from readout.meetings.identity import identify
from readout.storage.candidates import candidates
from readout.storage.database import Database, open_database
from readout.storage.newest import newest
from readout.storage.search import articles_with, meetings_titled, meetings_told
from readout.watches.query import parse
from readout.watches.wanted import question

STORED_AT_ONCE = (1, 2, 3)
SHARES_TELLING = (1 / 10, 2 / 3)
"""Of the pages of a site that tells of much, as docs/scale.md reckons; and of one that tells of little but meetings."""
RATE, LOOKUP_MS, SEARCH_MS = 100, 10, 100
"""What is wanted: articles a second at least; at the median at most."""
SEED = 11
ROUNDS = 7
A_SHEET = 20
_WARM_UP = 50

SEARCHES = {
    "a common word": ("the", "security", "министр", "встреча", "и"),
    "a rare word": ("nowhere", "zaporozhye", "prefecture", "Әлдеқайда", "терминал"),
    "Russian": ("безопасности", "заседание совета", "министров", "президент переговоры", "борьба терроризм"),
    "three words": ("security council minister", "president meeting region", "совет министров встреча"),
    "a phrase": ('"security council"', '"of the and"', '"заседание совета"', '"в на с"'),
    "a beginning": ("prez*", "пром*", "boro*", "secur*"),
    "without a word": ("президент -переговоры", "the -security", "council -meeting"),
    "many words": ("security council minister president meeting cooperation states heads",),
}
"""What people type into the page's search."""
QUERIES = {
    "all": ("",),
    "a country": ("country:KZ", "country:AZ,GE", "-country:RU"),
    "a body": ("body:cis-sorb", "body_kind:session", "body:cis-sorb session:40..60"),
    "a day": ("day:2023", "day:2024-10", "status:planned"),
    "a source": ("source_kind:agency", "language:az", "confidence:0.5"),
    "a city": ("city:Astana", "city:Moscow country:RU", "topic:terrorism"),
    "words of a report": ('"border security"', "security council minister", "безопасности", 'country:KZ "совет"'),
}
"""What people ask the list of meetings and `readout meetings` for."""


def main() -> None:
    """Make, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--articles", type=int, default=1_000_000)
    parser.add_argument("--pages", type=int, default=2_400)
    parser.add_argument("--lookups", type=int, default=1_000)
    parser.add_argument("--hold", action="store_true", help="leave the server up until a key is pressed")
    asked = parser.parse_args()
    began = time.perf_counter()
    invented = invent(asked.articles)
    with ExitStack() as stack:
        folder = asked.folder or Path(stack.enter_context(TemporaryDirectory()))
        url = stack.enter_context(served(folder.absolute(), asked.articles, invented))
        print(f"{asked.articles:,} articles, ready after {time.perf_counter() - began:.0f} s")
        with closing(open_database(url, create=False)) as database:
            for lines in (_lookups(database, invented, asked.lookups), _searches(database)):
                print(*lines, sep="\n", flush=True)
        for share in SHARES_TELLING:
            print(f"{share:.0%} of the pages tell of a meeting:")
            for processes in STORED_AT_ONCE:
                print(*_stored(url, invented, processes, asked.pages, share), sep="\n", flush=True)
        with closing(open_database(url, create=False)) as database, database.read() as connection:
            print(*_sizes(connection), sep="\n")
        if asked.hold:
            (folder / "readout.toml").write_text(f'data_dir = "var"\n[database]\nurl = "{url}"\n')
            input(f"{url} until you press Enter")


def _stored(url: str, invented: Invented, processes: int, pages: int, telling: float) -> list[str]:
    return store_news(url, invented.stored, invented.fresh, processes=processes, pages=pages, telling=telling)


def _lookups(database: Database, invented: Invented, number: int) -> Iterator[str]:
    told = newcomers(Random(SEED), invented.stored, invented.fresh, number + _WARM_UP)
    copies = queries(len(invented.stored) * 3, number + _WARM_UP)
    yield f"{'':44}{'median':>8}{'95 %':>8}{'worst':>8}  ms"
    with database.read() as connection:
        times = [_placed(connection, Account.of(newcomer.report, newcomer.told_at)) for _, newcomer in told]
        yield _line("finding the meeting of a report", times[_WARM_UP:], LOOKUP_MS)
        times = [looked_up(connection, each) for each in copies]
        yield _line("finding the texts like a text", times[_WARM_UP:], LOOKUP_MS)


def _placed(connection: Connection, account: Account) -> float:
    began = time.perf_counter()
    identify(account, candidates(connection, account, likeness={}))
    return time.perf_counter() - began


def _searches(database: Database) -> Iterator[str]:
    yield from _asked("search", database, _searched, SEARCHES)
    yield from _asked("meetings", database, _listed, QUERIES)


def _asked(
    name: str, database: Database, run: Callable[[Connection, str], object], kinds: Mapping[str, Sequence[str]]
) -> Iterator[str]:
    """A line of each kind of what is asked, one of each that is over the mark, and one of all."""
    total: list[float] = []
    for kind, asked in kinds.items():
        by_asked = {each: [_timed(database, run, each) for _ in range(ROUNDS + 1)][1:] for each in asked}
        together = list(chain.from_iterable(by_asked.values()))
        total += together
        yield _line(f"{name}: {kind}", together, SEARCH_MS)
        for each, times in by_asked.items():
            if median(times) > SEARCH_MS / 1e3:
                yield _line(f"    {each}", times, SEARCH_MS)
    yield _line(f"{name}: these {sum(map(len, kinds.values()))} together", total, SEARCH_MS)


def _timed(database: Database, run: Callable[[Connection, str], object], asked: str) -> float:
    began = time.perf_counter()
    with database.read() as connection:
        run(connection, asked)
    return time.perf_counter() - began


def _searched(connection: Connection, asked: str) -> None:
    """As the page's search asks: articles, the meetings they tell of, the meetings with such titles."""
    wanted = question(asked)
    found = articles_with(connection, wanted, most=A_SHEET).found
    meetings_told(connection, [each.place.article_id for each in found])
    meetings_titled(connection, wanted, most=5)


def _listed(connection: Connection, asked: str) -> None:
    newest(connection, parse(asked), most=A_SHEET)


def _line(name: str, seconds: Sequence[float], mark_ms: float) -> str:
    figures = [1e3 * each for each in (median(seconds), quantiles(seconds, n=20)[18], max(seconds))]
    note = "  over its mark" if figures[0] > mark_ms else ""
    return f"{name:44}" + "".join(f"{figure:8.1f}" for figure in figures) + note


def _sizes(connection: Connection) -> Iterator[str]:
    """Tables and their indexes, the largest first."""
    yield f"{'':44}{'rows':>12}{'MiB':>8}"
    for row in connection.execute(_SIZES):
        yield f"{row.name:44}{row.rows if row.rows >= 0 else '':>12}{row.bytes / 2**20:8.0f}"
    size = connection.scalar(text("SELECT pg_database_size(current_database())"))
    yield f"{'the database':44}{'':12}{size / 2**20:8.0f}"


_SIZES = text("""
    SELECT relname AS name, CASE relkind WHEN 'r' THEN reltuples::bigint ELSE -1 END AS rows,
        CASE relkind WHEN 'r' THEN pg_table_size(oid) ELSE pg_relation_size(oid) END AS bytes
    FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'i')
    ORDER BY bytes DESC LIMIT 30
""")


if __name__ == "__main__":
    main()
