"""How surely copies of a text are found among others, and what finding them costs.

    python bench/near_duplicates.py [--pages FOLDER] [--size 100000] [--rows 1000000]

FOLDER holds `index.jsonl` and the gzipped pages it names, as for body_quality.py; its texts are read by our own
extraction. Copies: a tenth of the words changed to others, another headline, lines of credits and links around the
text. A copy counts as found when a band leads to it and the likeness is high enough. False: two pages of FOLDER that
count as copies of each other. Without FOLDER these figures are left out.

Speed is measured on stores of invented signatures: of every five thousand articles one thousand are filled into one
template, and each site's own lines are in all. `--size` articles stand in the store that more are added to; `--rows` in
the one whose lookups are compared with those among 10,000. Times are of the clock, beside them those of the CPU: on a
busy machine the clock measures its other work too.
"""

from __future__ import annotations

import argparse
import gzip
import json
import platform
import re
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import combinations
from pathlib import Path
from random import Random
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import numpy as np
from sqlalchemy import Connection, text

from readout.articles.extract import extract
from readout.articles.fingerprint import ALIKE, PERMUTATIONS, bands, fingerprint, likeness
from readout.finding import Fingerprint, Reading, Recognition
from readout.model import Article, Link, Page
from readout.storage.articles import Origin, add_article, alike, set_bands
from readout.storage.database import Database, open_database

NOW = datetime(2026, 11, 22, tzinfo=UTC)
ROUNDS = 5
AGENCY_LENGTH = 100
FEWEST_WORDS = 30  # below, a page is a picture with a line of words
ABOVE = (
    "Photo: press service of the ministry, archive",
    "Published on Friday, updated an hour ago",
    "By our correspondent in the capital",
)
BELOW = (
    "Read also: Ministers agree on a common energy market before winter",
    "Related: Prices of bread rise for the third month in a row",
    "Subscribe to our channel and be the first to learn the news of the region",
    "Editing by Anna Smith",
)
# A word of a script without spaces is two characters long on average.
_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]{1,2}|[^\W\u3040-\u30ff\u3400-\u9fff]+")

BLOCK = 1_000
TEMPLATES = (0.7, 0.85, 0.95)
SITES_LINES = 0.1
QUERIES = 1_000
ADDED = 3_000
TEXT = "The council of heads of security agencies met on Friday, the ministry said in a statement. "


# --- how surely -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Told:
    """A text that was read, with the host that published it."""

    host: str
    title: str
    text: str

    @property
    def signature(self) -> bytes:
        """What it is compared by."""
        return fingerprint(self.title, self.text).signature


def read_pages(folder: Path) -> list[Told]:
    """The texts of all pages that have one."""
    rows = [json.loads(line) for line in (folder / "index.jsonl").read_text(encoding="utf-8").splitlines()]
    found = []
    for row in rows:
        url, body = row["url"], gzip.decompress((folder / row["file"]).read_bytes())
        page = Page(url=url, final_url=url, status=200, body=body, content_type="text/html", fetched_at=NOW)
        article = extract(page, link=Link(url=url), zone=ZoneInfo("UTC"))
        if isinstance(article, Article) and len(_WORD.findall(article.text)) >= FEWEST_WORDS:
            found.append(Told(urlsplit(url).hostname or "", article.title or "", article.text))
    return found


def shortened(told: Told) -> Told:
    """Its first words, as many as a note of an agency has."""
    words = list(_WORD.finditer(told.text))
    end = words[AGENCY_LENGTH - 1].end() if len(words) > AGENCY_LENGTH else len(told.text)
    return Told(told.host, told.title, told.text[:end])


def copies(texts: Sequence[Told], dice: Random) -> dict[str, Callable[[Told], Told]]:
    """The ways to change a text, by what they change."""
    others = [word for each in texts for word in _WORD.findall(each.text)]

    def words_changed(told: Told) -> Told:
        places = list(_WORD.finditer(told.text))
        chosen = {places[at].span() for at in dice.sample(range(len(places)), round(len(places) / 10))}
        changed = _WORD.sub(lambda word: dice.choice(others) if word.span() in chosen else word[0], told.text)
        return Told(told.host, told.title, changed)

    return {
        "a tenth of the words changed": words_changed,
        "another headline": lambda told: Told(told.host, dice.choice(texts).title, told.text),
        "lines above": lambda told: Told(told.host, told.title, "\n".join((*ABOVE, told.text))),
        "lines below": lambda told: Told(told.host, told.title, "\n".join((told.text, *BELOW))),
        "lines above and below": lambda told: Told(told.host, told.title, "\n".join((*ABOVE, told.text, *BELOW))),
    }


def print_recall(what: str, texts: Sequence[Told]) -> None:
    """The share of copies that are found, for each way to change a text."""
    dice = Random(1)
    print(f"copies found, of {len(texts)} {what}:")
    signatures = [told.signature for told in texts]
    for name, change in copies(texts, dice).items():
        likes = [
            likeness(signature, changed) if set(bands(signature)) & set(bands(changed)) else 0.0
            for told, signature in zip(texts, signatures, strict=True)
            for changed in (change(told).signature for _ in range(ROUNDS))
        ]
        found = sum(like >= ALIKE for like in likes) / len(likes)
        print(f"  {name}: {found:.1%} (likeness: median {median(likes):.2f}, lowest {min(likes):.2f})")


def print_false(what: str, texts: Sequence[Told]) -> None:
    """How many pairs of different texts count as copies of each other."""
    signed = [(told.host, told.signature) for told in texts]
    pairs = [(likeness(a, b), host == other) for (host, a), (other, b) in combinations(signed, 2)]
    of_one_site = [like for like, is_same in pairs if is_same]
    print(f"  false, of {len(pairs)} pairs of {what}: {sum(like >= ALIKE for like, _ in pairs)}", end="")
    print(f" (highest likeness {max(pairs)[0]:.2f}; of {len(of_one_site)} pairs of one site {max(of_one_site):.2f})")


# --- at what cost ---------------------------------------------------------------------------------------------------


def signatures(first: int, last: int) -> np.ndarray:
    """The invented signatures of articles `first` to `last`, a row each; the same whoever asks."""
    blocks = [_block(number) for number in range(first // BLOCK, -(-last // BLOCK))]
    return np.concatenate(blocks)[first % BLOCK :][: last - first]


def _block(number: int) -> np.ndarray:
    dice = np.random.default_rng((1, number))
    shape = (BLOCK, PERMUTATIONS)
    rows = dice.integers(0, 2**32, shape, dtype=np.uint32)
    if number % 5 == 0:
        like = TEMPLATES[number // 5 % len(TEMPLATES)]
        rows = np.where(dice.random(shape) < like, dice.integers(0, 2**32, PERMUTATIONS, dtype=np.uint32), rows)
    site = np.random.default_rng((2, number // 5)).integers(0, 2**32, PERMUTATIONS, dtype=np.uint32)
    return np.where(dice.random(shape) < SITES_LINES, site, rows).astype("<u4")


@contextmanager
def store(folder: Path, size: int) -> Iterator[Database]:
    """A new store of `size` articles that can be found by likeness."""
    with closing(open_database(f"sqlite:///{folder}/{size}.db", create=True)) as database:
        keys, ids = [], []
        for first in range(0, size, 10_000):
            last = min(first + 10_000, size)
            signed = [(number + 1, row.tobytes()) for number, row in enumerate(signatures(first, last), start=first)]
            with database.write() as connection:
                connection.exec_driver_sql(_ARTICLE, [(each, f"r{each}", TEXT * 5, mark) for each, mark in signed])
            of_block = [(key, each) for each, mark in signed for key in bands(mark)]
            keys.append(np.array([key for key, _ in of_block]))
            ids.append(np.array([each for _, each in of_block]))
        _fill_bands(database, np.concatenate(keys), np.concatenate(ids))
        yield database


def _fill_bands(database: Database, keys: np.ndarray, ids: np.ndarray) -> None:
    """In the order of the keys, as no crawl would: only so a million articles are there within minutes."""
    order = np.lexsort((ids, keys))
    with database.write() as connection:
        connection.execute(text("DROP INDEX ix_band_article_id"))
    for part in np.array_split(order, len(order) // 500_000 + 1):
        with database.write() as connection:
            connection.exec_driver_sql(_BAND, list(zip(keys[part].tolist(), ids[part].tolist(), strict=True)))
    with database.write() as connection:
        connection.execute(text("CREATE INDEX ix_band_article_id ON band (article_id)"))
    database.checkpoint()


_BAND = "INSERT INTO band (key, article_id) VALUES (?, ?) ON CONFLICT DO NOTHING"
_ARTICLE = """
    INSERT INTO article (id, key, url, text, text_hash, signature, score, signals, outcome, official,
                         published_day_only, version, first_seen, changed_at)
    VALUES (?1, ?2, 'https://news.example/' || ?2, ?3, ?2, ?4, 0.9, '[]', 'stored', 0,
            0, 1, '2026-11-22 00:00:00', '2026-11-22 00:00:00')
"""


@dataclass(slots=True)
class Watch:
    """Seconds by the clock and of the CPU, summed over what was done under it."""

    clock: float = 0.0
    cpu: float = 0.0

    @contextmanager
    def running(self) -> Iterator[None]:
        """Count what is done inside."""
        clock, cpu = time.perf_counter(), time.process_time()
        yield
        self.clock += time.perf_counter() - clock
        self.cpu += time.process_time() - cpu

    def rate(self, number: int) -> str:
        """How many a second."""
        return f"{number / self.clock:,.0f} a second ({number / self.cpu:,.0f} a second of CPU)"


def print_adding(database: Database, size: int) -> None:
    """What adding an article to the index and looking for its like costs, several or one to a transaction."""
    print(f"add and look up, {size:,} articles stored:")
    first = size
    for at_once, number in ((500, ADDED), (1, ADDED // 10)):
        index, whole = _add(database, range(first, first + number), at_once)
        first += number
        print(f"  {at_once} to a transaction: {index.rate(number)}; the article's row with it: {whole.rate(number)}")


def _add(database: Database, numbers: range, at_once: int) -> tuple[Watch, Watch]:
    """What the index alone took, its share of the commit with it, and what all took."""
    rows, whole, article = signatures(numbers.start, numbers.stop), Watch(), Watch()
    with whole.running():
        for start in range(0, len(rows), at_once):
            with database.write() as connection:
                for number, row in enumerate(rows[start : start + at_once], start=numbers.start + start):
                    _add_one(connection, number, row.tobytes(), article)
    return Watch(whole.clock - article.clock, whole.cpu - article.cpu), whole


def _add_one(connection: Connection, number: int, signature: bytes, article: Watch) -> None:
    with article.running():
        reading = Reading(
            article=Article(url="https://news.example/", title="Title", text=TEXT * 30, published=NOW),
            recognition=Recognition(is_report=True, score=0.9),
            fingerprint=Fingerprint(text_hash=f"{number:x}", signature=signature),
        )
        where = Origin(
            key=f"n{number}",
            url=f"https://news.example/n{number}",
            source_id=None,
            official=False,
            told_at=NOW,
        )
        added = add_article(connection, reading, where, outcome="stored", now=NOW)
    set_bands(connection, added, signature)
    alike(connection, signature, besides=added, least=ALIKE)


def print_lookups(small: Database, large: Database, sizes: tuple[int, int]) -> None:
    """What one lookup costs in either store; they take turns, so that what else the machine does weighs on both."""
    took: tuple[list[float], list[float]] = ([], [])
    with small.read() as few, large.read() as many:
        for connection, size in ((few, sizes[0]), (many, sizes[1])):
            for query in queries(size, QUERIES // 10):
                looked_up(connection, query)  # the first ones read the file
        for query, other in zip(queries(sizes[0], QUERIES), queries(sizes[1], QUERIES), strict=True):
            took[0].append(looked_up(few, query))
            took[1].append(looked_up(many, other))
    print("one lookup, half of them of a text that a template's thousand share:")
    middles, slows = [median(times) for times in took], [quantiles(times, n=20)[18] for times in took]
    for size, middle, slow in zip(sizes, middles, slows, strict=True):
        print(f"  among {size:,} articles: median {1e3 * middle:.2f} ms, 95 % within {1e3 * slow:.2f} ms")
    print(f"  {middles[1] / middles[0]:.2f} times the median, {slows[1] / slows[0]:.2f} times the 95 %")


def queries(size: int, number: int) -> Iterator[bytes]:
    """So many copies of texts of a store of that `size`, a tenth of each changed, in turn of a template and of none."""
    dice = np.random.default_rng(3)
    for at in range(number):
        of_a_template = int(dice.integers(size // BLOCK)) // 5 * 5
        stored = _block(of_a_template + at % 2)[dice.integers(BLOCK)]
        yield np.where(dice.random(PERMUTATIONS) < 0.2, at, stored).astype("<u4").tobytes()


def looked_up(connection: Connection, signature: bytes) -> float:
    """The seconds that a lookup takes."""
    started = time.perf_counter()
    alike(connection, signature, besides=0, least=ALIKE)
    return time.perf_counter() - started


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=Path)
    parser.add_argument("--size", type=int, default=100_000)
    parser.add_argument("--rows", type=int, default=1_000_000)
    options = parser.parse_args()
    print(f"near-duplicates on {platform.machine()}, Python {platform.python_version()}, {datetime.now(UTC):%Y-%m-%d}")
    if options.pages:
        texts = read_pages(options.pages)
        for what, told in (("whole pages", texts), (f"texts of {AGENCY_LENGTH} words", [*map(shortened, texts)])):
            print_recall(what, told)
            print_false(what, told)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        print_adding(stack.enter_context(store(folder, options.size)), options.size)
        sizes = (10_000, options.rows)
        print_lookups(*(stack.enter_context(store(folder, size)) for size in sizes), sizes)


if __name__ == "__main__":
    main()
