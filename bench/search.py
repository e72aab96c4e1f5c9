"""How long a search takes, over a store that bench/web_store.py made: the index alone, and the page whole.

    python bench/search.py FOLDER

prints of each question how many articles it finds (some thousand at most), then median and worst of so many runs, in
ms: the first sheet of articles with texts and meetings, the sheet behind it, and the page as it is sent.
"""

from __future__ import annotations

import argparse
import http.client
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from urllib.parse import quote

from readout.catalog import load_sources
from readout.config import Config, shipped_sources
from readout.storage.database import Database, open_database
from readout.storage.search import articles_with, meetings_told
from readout.watches.wanted import question
from readout.web.server import WebServer, listen
from readout.web.site import Site

QUESTIONS = (
    "безопасности",
    "министров",
    "security council",
    '"security council"',
    "заседание совета",
    "комиссия",
    "təhlükəsizlik",
    "prez*",
    "пром*",
    "the",
    "a",
    "президент -переговоры",
    "terrorism",
    "boro*",
    "Astana 2024",
    "Әлдеқайда",
    "nowhere-at-all",
    "security council minister president meeting cooperation states heads",
)
COUNTED = 5_000


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--runs", type=int, default=21)
    asked = parser.parse_args()
    database = open_database(f"sqlite:///{asked.folder}/var/readout.db", create=False)
    print(f"{'question':70} {'found':>6} {'sheet':>13} {'next':>13} {'page':>13}")
    for words in QUESTIONS:
        print(f"{words:70}", *measure(database, words, asked.runs))


def measure(database: Database, words: str, runs: int) -> list[str]:
    """What is printed of a question."""
    asked = question(words)
    with database.read() as connection:
        found = len(articles_with(connection, asked, most=COUNTED).found)
        sheet = articles_with(connection, asked, most=20)
    after = sheet.found[-1].place if sheet.found else None

    def first() -> None:
        with database.read() as connection:
            told = articles_with(connection, asked, most=20).found
            meetings_told(connection, [each.place.article_id for each in told])

    def behind() -> None:
        with database.read() as connection:
            articles_with(connection, asked, after=after, most=20)

    figures = [timed(first, runs), timed(behind, runs), _page(database, words, runs)]
    return [f"{found:6}", *figures]


def timed(run: Callable[[], None], runs: int) -> str:
    """Median and worst, in ms."""
    spent = []
    for _ in range(runs):
        began = time.perf_counter()
        run()
        spent.append((time.perf_counter() - began) * 1e3)
    return f"{median(spent):6.1f} {max(spent):6.1f}"


def _page(database: Database, words: str, runs: int) -> str:
    now = datetime(2026, 11, 1, tzinfo=UTC)
    site = Site.over(database, Config(), load_sources([shipped_sources()]), now=lambda: now)
    with (
        closing(WebServer.over(site, listen("127.0.0.1", 0))) as server,
        closing(http.client.HTTPConnection(*server.address, timeout=60)) as line,
    ):

        def ask() -> None:
            line.request("GET", f"/search?q={quote(words)}", headers={"Host": "127.0.0.1"})
            answer = line.getresponse()
            answer.read()
            assert answer.status == 200

        ask()
        return timed(ask, runs)


if __name__ == "__main__":
    main()
