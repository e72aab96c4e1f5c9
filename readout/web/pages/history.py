"""How a source fared over the last weeks, as a drawing: articles read a day, and the days without an answer.

It must not look anything up. The drawing is said in words, too, for those who do not see it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from readout.storage.source_log import Crawl
from readout.web.view import View

DAYS = 42
"""So many days are drawn."""
_STEP, _BAR, HEIGHT, _FOOT = 16, 12, 90, 26


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A day: where it stands, how high, and what is said of it. `failed`: a crawl of it had no answer."""

    x: int
    y: int
    width: int
    height: int
    said: str
    failed: bool
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """The drawing and what it shows in a sentence; `most` articles were read in a day."""

    width: int
    height: int
    floor: int
    bars: tuple[Bar, ...]
    most: int
    said: str


def history(crawls: Iterable[Crawl], view: View) -> History:
    """The last `DAYS` days, in the reader's zone, the oldest first."""
    days = [view.today - timedelta(days=back) for back in reversed(range(DAYS))]
    read, failed = dict.fromkeys(days, 0), dict.fromkeys(days, 0)
    for crawl in crawls:
        day = view.saying.day_of(crawl.started_at)
        if day in read:
            read[day] += crawl.articles
            failed[day] += crawl.answered is False
    most = max(read.values())
    bars = tuple(_bar(number, day, read[day], failed[day], most, view) for number, day in enumerate(days))
    said = view.words("sources.history_said", days=DAYS, articles=sum(read.values()), failures=sum(failed.values()))
    return History(
        width=DAYS * _STEP + _STEP,
        height=HEIGHT + _FOOT + 8,
        floor=HEIGHT + 4,
        bars=bars,
        most=most,
        said=said.striptags(),
    )


def _bar(number: int, day: date, read: int, failed: int, most: int, view: View) -> Bar:
    height = max(round(read / most * (HEIGHT - 14)), 2) if read else 0
    said = view.words("sources.day_said", day=view.saying.words.day(day), articles=read, failures=failed)
    return Bar(
        x=number * _STEP + 8,
        y=HEIGHT + 4 - height,
        width=_BAR,
        height=height,
        said=said.striptags(),
        failed=failed > 0,
        label=view.saying.words.days_of_no_year(f"{day:%m-%d}") if number % 7 == 0 else "",
    )
