"""How often the day of publication is right on real pages, with a feed's date and without one.

    python bench/page_dates.py [FOLDER]

FOLDER, else READOUT_PAGES, else ../shared/pages beside the checkout, holds `index.jsonl` (file, url, published) and
the gzipped pages it names. Pages without a labelled date are left out. "With a feed" hands in the labelled date as a
feed would, once with its time and once as a day alone.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from statistics import mean
from zoneinfo import ZoneInfo

from readout.articles.extract import extract
from readout.model import Article, Link, Page

NOW = datetime(2026, 11, 22, tzinfo=UTC)
ZONE = ZoneInfo("UTC")


def folder_of_pages() -> Path:
    """Where the labelled pages lie on this machine, if they do."""
    beside = Path(__file__).parents[1] / ".." / "shared" / "pages"
    return Path(os.environ.get("READOUT_PAGES") or beside)


@dataclass
class Count:
    """What came of the pages asked in one way."""

    right: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    none: list[str] = field(default_factory=list)
    origins: Counter[str] = field(default_factory=Counter)
    cpu: list[float] = field(default_factory=list)

    @property
    def share(self) -> float:
        """The share of pages whose day is right."""
        return len(self.right) / max(1, len(self.right) + len(self.wrong) + len(self.none))

    def add(self, name: str, stated: datetime, found: object) -> None:
        if not isinstance(found, Article) or found.published is None:
            self.none.append(name)
            return
        local = found.published.astimezone(stated.tzinfo or UTC)
        is_right = stated.date() in (local.date(), found.published.date())
        (self.right if is_right else self.wrong).append(name)
        self.origins[str(found.published_from)] += 1


def links_of(url: str, stated: datetime) -> dict[str, Link]:
    """The ways in which a page may be found."""
    aware = stated if stated.tzinfo else stated.replace(tzinfo=UTC)
    midnight = aware.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=UTC)
    return {
        "no feed": Link(url=url),
        "a feed with times": Link(url=url, published=aware.astimezone(UTC)),
        "a feed with days": Link(url=url, published=midnight, published_day_only=True),
    }


def figures(folder: Path) -> dict[str, Count]:
    """What came of each way of finding the pages of a folder."""
    counts: dict[str, Count] = {}
    for line in (folder / "index.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if not row["published"]:
            continue
        stated = datetime.fromisoformat(row["published"])
        body = gzip.decompress((folder / row["file"]).read_bytes())
        page = Page(
            url=row["url"], final_url=row["url"], status=200, body=body, content_type="text/html", fetched_at=NOW
        )
        for way, link in links_of(row["url"], stated).items():
            count = counts.setdefault(way, Count())
            start = time.process_time()
            found = extract(page, link=link, zone=ZONE)
            count.cpu.append(time.process_time() - start)
            count.add(row["file"], stated, found)
    return counts


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?", default=folder_of_pages())
    folder = parser.parse_args().folder
    if not (folder / "index.jsonl").is_file():
        sys.exit(f"{folder}: no labelled pages here; name their folder, or set READOUT_PAGES")
    for way, count in figures(folder).items():
        pages = len(count.right) + len(count.wrong) + len(count.none)
        print(
            f"{way}: {pages} pages, right day {count.share:.3f}, wrong {len(count.wrong)}, none {len(count.none)}",
            end="",
        )
        print(f"; CPU a page {1000 * mean(count.cpu):.1f} ms; from {dict(count.origins.most_common())}")
        for name in (*count.wrong, *count.none):
            print(f"  {name}")


if __name__ == "__main__":
    main()
