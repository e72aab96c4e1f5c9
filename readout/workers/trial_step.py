"""What trying a source tells, step by step: its robots.txt, its places of discovery, a few of its articles.

It must not ask anything: these are values, and what they mean for the source's file.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from readout.condition import Heard
from readout.discovery import Discovery, DiscoveryKind
from readout.finding import Reading, Rejected
from readout.model import Link, Page, Source

_BEGINNING = 120  # characters of an article that are shown
_STATUS = re.compile(r"answered (\d{3})")
_REMEDIES = {
    Heard.WAIT: "it asked to be left alone: try again later, or give the source a longer `delay`",
    Heard.WALL: (
        "it asks whether we are a person: from another network it may not; else use the site's feed, its channel on "
        "Telegram, or agencies that quote it"
    ),
    Heard.REFUSED: (
        "it keeps us out: another network may be let in, else look for another place, or for agencies that quote it"
    ),
    Heard.ERROR: "its server is in trouble: try again later",
    Heard.NOTHING: "no answer: is the address right, and does a browser open it from here?",
}
_CLOSED = "its site does not want it: choose a place that it allows, or leave the source out"
_GONE = "there is no such page: look where the site's news stand now, and change `url` in `discover`"
_OTHER_SHAPE = "`article` matches none of them: compare it with the address of an article on this page"
_NO_LINKS = 'nothing to follow: is `link` or `item` still right? A page made by a script needs `render = "browser"`'
_NO_FEED = "no feed stands here any more: look for the feed's new address, or use a listing or sitemap"
_NO_SITEMAP = "no sitemap stands here: the site's robots.txt may name it"


class StepKind(StrEnum):
    """What was tried."""

    ROBOTS = "robots"
    PLACE = "place"
    ARTICLE = "article"
    SUMMARY = "summary"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing that was tried: what, whether it went well, what came of it, after how many seconds, pauses included.

    `fields`: the same for machines; `remedy`: what to do about it, where anything is to be done.
    """

    step: StepKind
    name: str
    ok: bool
    said: str
    seconds: float = 0.0
    remedy: str | None = None
    fields: Mapping[str, Any] = field(default_factory=dict)

    def row(self) -> dict[str, Any]:
        """The step for machines."""
        head = {"step": self.step, "name": self.name, "ok": self.ok, "seconds": self.seconds, "said": self.said}
        return {**head, "remedy": self.remedy, **self.fields}


@dataclass(frozen=True, slots=True, kw_only=True)
class RobotsSaid:
    """What the robots.txt of `host` says to us: of which addresses it allows and forbids them."""

    host: str
    allowed: tuple[str, ...] = ()
    forbidden: tuple[str, ...] = ()
    crawl_delay: float = 0
    refusal: str | None = None


@dataclass(slots=True, kw_only=True)
class PlaceSeen:
    """What was seen at one place of discovery."""

    place: Discovery
    pages: list[Page] = field(default_factory=list)
    links: dict[str, Link] = field(default_factory=dict)
    by_page: dict[str, tuple[Link, ...]] = field(default_factory=dict)
    wrong: str | None = None
    heard: Heard = Heard.ALL


# --- robots.txt -----------------------------------------------------------------------------------------------------


def robots_step(said: RobotsSaid, source: Source, seconds: float) -> Step:
    """The step that asked for a robots.txt."""
    ignored = source.access.ignores_robots
    is_open = said.refusal is None and not said.forbidden
    if said.refusal:
        words, remedy = said.refusal, "nothing may be asked while it stays so: try again later"
    elif said.forbidden:
        words = f"forbids {' '.join(said.forbidden)}"
        remedy = "choose places and articles that it allows, or leave the source out"
    else:
        words, remedy = f"allows all {len(said.allowed)} addresses that were looked up", None
    if said.crawl_delay:
        words += f"; asks for {said.crawl_delay:g} s between two requests"
    if ignored:
        words, remedy = f"{words}; not obeyed, as the source's file says", None
    return Step(
        step=StepKind.ROBOTS,
        name=said.host,
        ok=is_open or ignored,
        said=words,
        seconds=seconds,
        remedy=remedy,
        fields={
            "policy": "ignore" if ignored else "obey",
            "crawl_delay": said.crawl_delay,
            "allowed": list(said.allowed),
            "forbidden": list(said.forbidden),
        },
    )


# --- places ---------------------------------------------------------------------------------------------------------


def place_step(seen: PlaceSeen, seconds: float) -> Step:
    """The step that looked at a place."""
    links = list(seen.links.values())
    dates = [link.published for link in links if link.published]
    newest = max(dates, default=None)
    is_quiet = not links and seen.wrong is None and seen.place.kind is DiscoveryKind.NEWS_SITEMAP
    moved = _moved(seen)
    return Step(
        step=StepKind.PLACE,
        name=seen.place.url,
        ok=seen.wrong is None and (bool(links) or is_quiet),
        said=_wrong(seen) or _links_in_words(links, dates, newest, is_quiet=is_quiet),
        seconds=seconds,
        remedy=place_remedy(seen) or (f"it leads to {moved}: write that in `discover`" if moved else None),
        fields={
            "url": seen.place.url,
            "kind": seen.place.kind,
            "status": seen.pages[0].status if seen.pages else _status(seen.wrong),
            "final_url": seen.pages[0].final_url if seen.pages else None,
            "pages": len(seen.pages),
            "articles": len(links),
            "dated": len(dates),
            "newest": newest.astimezone(UTC).isoformat() if newest else None,
        },
    )


def _wrong(seen: PlaceSeen) -> str | None:
    """What was wrong, without the address that stands above it already."""
    return seen.wrong.removeprefix(f"{seen.place.url}: ") if seen.wrong else None


def _links_in_words(
    links: Sequence[Link], dates: Sequence[datetime], newest: datetime | None, *, is_quiet: bool
) -> str:
    if is_quiet:
        return "empty: a quiet day"
    if not links:
        return "no articles"
    dated = (
        "all dated" if len(dates) == len(links) else f"{len(dates)} of them dated" if dates else "none of them dated"
    )
    when = f", the newest of {newest.astimezone(UTC):%Y-%m-%d %H:%M} UTC" if newest else ""
    return f"{len(links)} article{'s' if len(links) > 1 else ''}, {dated}{when}"


def place_remedy(seen: PlaceSeen) -> str | None:
    """What to do about a place that did not answer as it should, in words; None: it did."""
    if seen.wrong is None:
        return None
    if "robots.txt" in seen.wrong:
        return _CLOSED
    if seen.heard is not Heard.CHANGED:
        return _REMEDIES.get(seen.heard, _REMEDIES[Heard.ERROR])
    if (status := _status(seen.wrong)) in (404, 410):
        return _GONE
    if "of the shape of an article" in seen.wrong or status is not None:
        return _OTHER_SHAPE
    by_kind = {DiscoveryKind.FEED: _NO_FEED, DiscoveryKind.LISTING: _NO_LINKS}
    return by_kind.get(seen.place.kind, _NO_SITEMAP if "sitemap" in seen.place.kind else _GONE)


def _status(said: str | None) -> int | None:
    found = _STATUS.search(said or "")
    return int(found[1]) if found else None


def _moved(seen: PlaceSeen) -> str | None:
    """Where a place leads that is another address, if it answered well there."""
    first = seen.pages[0] if seen.pages else None
    return first.final_url if first and first.final_url != first.url and first.url == seen.place.url else None


# --- articles -------------------------------------------------------------------------------------------------------


def article_step(url: str, page: Page | None, reading: Reading | Rejected, seconds: float) -> Step:
    """The step that read an article."""
    shared = {"url": url, "final_url": page.final_url if page else None, "missed_rules": list(reading.missed_rules)}
    missed = ", ".join(f"`{key}`" for key in reading.missed_rules)
    remedy = f"{missed} found nothing here: compare with the page" if missed else None
    if isinstance(reading, Rejected):
        return Step(
            step=StepKind.ARTICLE,
            name=url,
            ok=False,
            said=f"{reading.outcome}: {reading.reason}",
            seconds=seconds,
            remedy=remedy,
            fields=shared | {"outcome": reading.outcome},
        )
    is_whole = is_well_read(reading)
    lacks = [
        name for name, value in (("title", reading.article.title), ("date", reading.article.published)) if not value
    ]
    if lacks and remedy is None:
        remedy = f"no {' and no '.join(lacks)} found: say where with {' and '.join(f'`{key}`' for key in lacks)}"
    return Step(
        step=StepKind.ARTICLE,
        name=url,
        ok=is_whole and not missed,
        said=article_in_words(reading),
        seconds=seconds,
        remedy=remedy,
        fields=shared | _article_fields(reading),
    )


def is_well_read(reading: Reading | Rejected) -> bool:
    """Whether title, date and text of an article were found."""
    if isinstance(reading, Rejected):
        return False
    article = reading.article
    return bool(article.title and article.published_day and article.text)


def _article_fields(reading: Reading) -> dict[str, Any]:
    article, found = reading.article, reading.recognition
    report = found.reports[0] if found.reports else None
    return {
        "title": article.title,
        "begins": " ".join(article.text[:_BEGINNING].split()),
        "published": article.published.astimezone(UTC).isoformat() if article.published else None,
        "published_day": article.published_day.isoformat() if article.published_day else None,
        "published_from": article.published_from,
        "language": article.language,
        "characters": len(article.text),
        "verdict": "report" if found.is_report else "not_report",
        "score": round(found.score, 4),
        "kind": report.kind.value if report else None,
        "body": report.body.value.name if report and report.body else None,
        "day": report.start_date.value.isoformat() if report and report.start_date else None,
    }


def article_in_words(reading: Reading) -> str:
    """Date, language, length, and what recognition makes of it."""
    article, found = reading.article, reading.recognition
    if article.published is None:
        when = "no date"
    elif article.published_day_only:
        when = f"{article.published_day} ({article.published_from})"
    else:
        when = f"{article.published.astimezone(UTC):%Y-%m-%d %H:%M} UTC ({article.published_from})"
    said = [when, article.language or "no language", f"{len(article.text):,} characters", _verdict(reading)]
    return " · ".join(said) + f" ({found.score:.2f})"


def _verdict(reading: Reading) -> str:
    if not reading.recognition.reports:
        return "no meeting report"
    report = reading.recognition.reports[0]
    body = f" of {report.body.value.name}" if report.body else ""
    day = f" on {report.start_date.value}" if report.start_date else ""
    return f"a meeting report: {str(report.kind.value).replace('_', ' ')}{body}{day}"


# --- all of it ------------------------------------------------------------------------------------------------------


def summary_step(source: Source, steps: Sequence[Step], hints: Sequence[str], seconds: float) -> Step:
    """Whether the source works, in one sentence; `hints`: what in its file is not as the site is."""
    places, articles, robots = (
        [step for step in steps if step.step is kind] for kind in (StepKind.PLACE, StepKind.ARTICLE, StepKind.ROBOTS)
    )
    good_places, good_articles = sum(step.ok for step in places), sum(step.ok for step in articles)
    ok = bool(places) and all(step.ok for step in steps) and bool(articles)
    parts = [f"{good_places} of {len(places)} places answer as they should"]
    parts.append(
        f"{good_articles} of {len(articles)} articles are read as they should" if articles else "no article read"
    )
    if not all(step.ok for step in robots):
        parts.append("robots.txt forbids some")
    word = "works" if ok else "works in part" if good_places and good_articles else "does not work"
    return Step(
        step=StepKind.SUMMARY,
        name=source.id,
        ok=ok,
        said=f"{source.id} {word}: {', '.join(parts)}",
        seconds=seconds,
        fields={"hints": list(hints), "result": {"works": "ok", "works in part": "partly"}.get(word, "failed")},
    )


def hints(source: Source, steps: Sequence[Step]) -> list[str]:
    """What in the source's file is not as the site is."""
    said = []
    delays = [step.fields["crawl_delay"] for step in steps if step.step is StepKind.ROBOTS]
    asked = max(delays, default=0)
    if source.delay and asked > source.delay.total_seconds():
        said.append(f"robots.txt asks for {asked:g} s between two requests, `delay` says less: robots.txt is kept to")
    read = (step for step in steps if step.step is StepKind.ARTICLE)
    spoken = {str(step.fields["language"]) for step in read if step.fields.get("language")}
    strange = sorted(spoken - {*source.languages})
    if strange:
        said.append(f"articles are in {', '.join(strange)}, `languages` says {', '.join(source.languages)}")
    return said
