"""How well articles are read: body, title and date of labelled pages, and the CPU a page costs.

    python bench/body_quality.py FOLDER [--worst N]

FOLDER holds `index.jsonl` (file, url, title, body, published) and the gzipped pages it names. Body figures are the
mean over pages of precision and recall of word 4-gram multisets, and the F1 of the two means.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from statistics import mean, median
from zoneinfo import ZoneInfo

from readout.articles.extract import extract
from readout.finding import Rejected
from readout.model import Article, Link, Page

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def grams(text: str, n: int = 4) -> Counter[tuple[str, ...]]:
    """Word n-grams; one shorter gram for a text of fewer words."""
    words = re.findall(r"\w+", text)
    return Counter(tuple(words[i : i + n]) for i in range(max(1, len(words) - n + 1)) if words[i : i + n])


def body_score(gold: str, found: str) -> tuple[float | None, float | None]:
    """Precision and recall of one page; None where there is nothing to divide by."""
    want, have = grams(gold), grams(found)
    hits = (want & have).total()
    return (hits / have.total() if have else None, hits / want.total() if want else None)


def read_all(folder: Path) -> Iterator[tuple[dict, Article | Rejected, float]]:
    """Each labelled row, what was read, and its CPU seconds."""
    for line in (folder / "index.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        body = gzip.decompress((folder / row["file"]).read_bytes())
        url = row["url"]
        page = Page(url=url, final_url=url, status=200, body=body, content_type="text/html", fetched_at=NOW)
        start = time.process_time()
        answer = extract(page, link=Link(url=url), zone=ZoneInfo("UTC"))
        yield row, answer, time.process_time() - start


def is_right_day(gold: str, found: Article | Rejected) -> bool:
    """True when the day read is the labelled one in UTC or where the label was written."""
    if not isinstance(found, Article) or found.published is None:
        return False
    stated = datetime.fromisoformat(gold)
    local = found.published.astimezone(stated.tzinfo or UTC)
    return stated.date() in (local.date(), found.published.date())


def figures(folder: Path) -> dict:
    """All figures of a folder, and its pages, worst body first."""
    pages, days, titles, origins, cpu = [], [], [], Counter(), []
    for row, found, seconds in read_all(folder):
        text = found.text if isinstance(found, Article) else ""
        pages.append((*body_score(row["body"], text), row["file"]))
        cpu.append(seconds)
        if row["published"]:
            days.append((is_right_day(row["published"], found), row["file"]))
            origins[getattr(found, "published_from", None)] += 1
        if row["title"]:
            titles.append(
                (isinstance(found, Article) and grams(row["title"], 1) == grams(found.title or "", 1), row["file"])
            )
    precision = mean(p for p, _, _ in pages if p is not None)
    recall = mean(r for _, r, _ in pages if r is not None)
    return {
        "pages": len(pages),
        "precision": precision,
        "recall": recall,
        "f1": 2 * precision * recall / (precision + recall),
        "days": mean(ok for ok, _ in days) if days else None,
        "titles": mean(ok for ok, _ in titles) if titles else None,
        "origins": {str(k): n for k, n in origins.most_common()},
        "cpu_ms": 1000 * mean(cpu),
        "cpu_ms_median": 1000 * median(cpu),
        "worst": sorted(((min(p or 0, r or 0), p, r, name) for p, r, name in pages), key=lambda page: page[0]),
        "wrong_days": [name for ok, name in days if not ok],
        "wrong_titles": [name for ok, name in titles if not ok],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--worst", type=int, default=0)
    options = parser.parse_args()
    found = figures(options.folder)
    print("{pages} pages  precision {precision:.4f}  recall {recall:.4f}  F1 {f1:.4f}".format(**found))
    print("right day {days:.3f}  right title {titles:.3f}  dates from {origins}".format(**found))
    print("CPU a page: mean {cpu_ms:.1f} ms, median {cpu_ms_median:.1f} ms".format(**found))
    for _, precision, recall, name in found["worst"][: options.worst]:
        print(f"  {precision or 0:.2f} {recall or 0:.2f} {name}")
    if options.worst:
        print(
            "wrong days:",
            *found["wrong_days"][: options.worst],
            "wrong titles:",
            *found["wrong_titles"][: options.worst],
            sep="\n  ",
        )


if __name__ == "__main__":
    main()
