"""What reading a text for meetings costs: CPU an article, hostile texts, memory of the readers.

    python bench/reading_speed.py

Articles of 3,000 characters are joined from the rows of tests/gold/dev.jsonl, a language at a time: every sentence of
them tells of something, which makes them dearer than most pages. Hostile texts are the longest that are read, made of
one piece over and over. Times are CPU time of one process; memory is that of reader processes after reading them all.
"""

from __future__ import annotations

import asyncio
import gc
import json
import random
import string
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime
from itertools import cycle
from pathlib import Path
from statistics import mean, median, quantiles

from readout.articles.language import detect_language
from readout.catalog import load_knowledge
from readout.meetings.recognise import recognise
from readout.model import Article
from readout.reading.pool import ReaderPool
from readout.reading.read import RowInput

ROWS = Path(__file__).parents[1] / "tests" / "gold" / "dev.jsonl"
NOW = datetime(2026, 1, 1, tzinfo=UTC)
LENGTH = 3_000
HOSTILE_LENGTH = 20_000
ROUNDS = 5

# Pieces that regular expressions and phrase tables like least: names, datelines, numbers, lists, marks, one letter.
PIECES = (
    "a", "A ", "A. ", "1 ", "1-", "1-2 May, ", "\n", "“", "(", ", ", "— ", "the session of the Council of ",
    "session ", "Council of Heads of Security Agencies of the CIS and ",
    "President of Kazakhstan Kassym-Jomart Tokayev, ", "Ali Nagiyev, ", "Al-", "in Astana, ", "Oct 4 - ",
    "on 4 October 2024 ", "received by ", "met with ", "XVII ", "55th ", "заседание Совета ",
    "Президент России Владимир Путин, ", "4 октября ", "в Москве и ", "пятьдесят пятое ", "ТМД ",
    "Қазақстан Президенті Қасым-Жомарт Тоқаев ", "iclası ", "会", "中华人民共和国主席", "第五十五次会议", "الرئيس ",
    "وزير خارجية ", "روز دوشنبه ", "სხდომა ", "նիստ ", "۱۴۰۳ ", "O'zbekiston ", "d'Azerbaïdjan ",
    "23. Oktober ", "No. ", "e.g. ", "ü'", "|",
)  # fmt: skip


def articles() -> Iterator[Article]:
    """Articles of 3,000 characters, one for each row."""
    by_language: dict[str, list[dict[str, str]]] = {}
    for row in map(json.loads, ROWS.read_text(encoding="utf-8").splitlines()):
        by_language.setdefault(row["lang"], []).append(row)
    for rows in by_language.values():
        for at, row in enumerate(rows):
            following = cycle(rows[at:] + rows[:at])
            text = ""
            while len(text) < LENGTH:
                text += next(following)["text"] + "\n"
            yield article(text[:LENGTH], row["title"])


def article(text: str, title: str | None = None) -> Article:
    """An article of `text`, published at a fixed day."""
    return Article(
        url="https://news.example/1",
        title=title,
        text=text,
        published=NOW,
        published_day=NOW.date(),
        language=detect_language(text),
    )


def hostile() -> Iterator[tuple[str, Article]]:
    """The longest texts that are read, of one piece each, and of letters by chance."""
    for piece in PIECES:
        yield piece, article((piece * HOSTILE_LENGTH)[:HOSTILE_LENGTH], "The session was held in Baku")
    dice = random.Random(1)
    letters = string.ascii_letters + " .,-’“()0123456789ЖжҚіəşА会و\n"
    yield "noise", article("".join(dice.choice(letters) for _ in range(HOSTILE_LENGTH)), "Session")


def cost(told: Article) -> float:
    """CPU milliseconds of recognising `told`."""
    start = time.process_time()
    recognise(told, load_knowledge())
    return 1_000 * (time.process_time() - start)


def memory(processes: int, told: Sequence[Article]) -> tuple[list[float], list[float]]:
    """RSS and PSS in MiB of `processes` readers, each after a share of the articles."""

    async def read_all(pool: ReaderPool) -> tuple[list[float], list[float]]:
        rows = [RowInput(id=str(at), url=each.url, title=each.title, text=each.text) for at, each in enumerate(told)]
        await asyncio.gather(*(pool.read_row(row, NOW) for row in rows))
        pids = [reader.pid for reader in pool._readers]
        return [mebibytes(pid, "Rss") for pid in pids], [mebibytes(pid, "Pss") for pid in pids]

    with closing(ReaderPool(processes, cpu_s=30, memory_mib=1_000)) as pool:
        return asyncio.run(read_all(pool))


def mebibytes(pid: int, what: str) -> float:
    """The resident (`Rss`) or proportional (`Pss`) memory of a process, as Linux counts it."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(f"{what}:"))


def main() -> None:
    """Print the figures."""
    told = list(articles())
    start = time.process_time()
    knowledge = load_knowledge()
    print(f"bodies, places and weights loaded in {time.process_time() - start:.2f} s", end="")
    start = time.process_time()
    print(f", {len([knowledge.lexicons[code] for code in knowledge.lexicons])} lexicons", end="")
    print(f" in {time.process_time() - start:.2f} s; a process builds those that it meets")
    gc.collect()
    gc.freeze()
    times = [cost(each) for _ in range(ROUNDS) for each in told]
    hundredths = quantiles(times, n=100)
    print(f"recognition, {len(told)} articles of {LENGTH} characters, {ROUNDS} rounds:")
    print(f"  median {median(times):.2f} ms, mean {mean(times):.2f}", end="")
    print(f", 99 % within {hundredths[98]:.2f}, longest {max(times):.2f}")
    worst = sorted(((cost(each), piece) for piece, each in hostile()), reverse=True)
    told_worst = ", ".join(f"{ms:.0f} ms for {piece!r}" for ms, piece in worst[:3])
    print(f"hostile, {len(worst)} texts of {HOSTILE_LENGTH} characters: longest {told_worst}")
    for processes in (1, 2):
        rss, pss = memory(processes, told)
        print(f"{processes} reader(s): RSS {max(rss):.0f} MiB at most, PSS together {sum(pss):.0f} MiB")


if __name__ == "__main__":
    main()
