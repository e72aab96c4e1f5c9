"""A hostile site: what it does to whoever reads it, and what must come of it all the same."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from readout.demo.server import Answer, Content
from tests.sites import RSS

Url = Callable[[str], str]
"""The URL of a path at the case's own site."""

# Each is a session of its own: no two may be taken for one. Of many bodies, for the sessions of one that are near each
# other in time are compared with every new one, and no body meets as often as there are reports here.
_BODIES = (
    *("Chiefs of General Staff", "Commanders of Border Troops", "Defence Ministers", "Foreign Ministers"),
    *("Heads of Customs Services", "Heads of Financial Intelligence Units", "Heads of Government", "Heads of State"),
    *("Interior Ministers", "Justice Ministers", "Prosecutors General"),
)
_TOWNS = ("Astana", "Minsk", "Baku", "Tashkent", "Bishkek", "Yerevan", "Dushanbe", "Moscow")
_numbers = count(11)


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """What is served, where its links are found, and what its `[[source]]` says beside that.

    `good`: paths of well-behaved reports, each of a meeting of its own, which must be stored and told. `fates`: the
    outcome each path ends in ("one or another"), and a part of the reason. `later`: the content of the second crawl;
    None: the same. `alerts`, `links`: how many mails name it, how many links it leaves; None: however many.
    """

    content: Content
    discover: Sequence[Mapping[str, Any]]
    good: Sequence[str] = ()
    fates: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    later: Content | None = None
    fields: Mapping[str, Any] = field(default_factory=dict)
    alerts: int | None = None
    links: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """`build` makes the site from the way it writes its URLs. `note`: what is attacked, and what must hold."""

    name: str
    note: str
    build: Callable[[Url], Site]


def report() -> Answer:
    """A well-behaved page that tells of a meeting nobody else tells of."""
    number = next(_numbers)
    day = (datetime.now(UTC) - timedelta(days=1 + number // len(_TOWNS) % 60)).date()
    town = _TOWNS[number % len(_TOWNS)]
    body = f"CIS Council of {_BODIES[number % len(_BODIES)]}"
    title = f"{body} holds its {number}th meeting in {town}"
    return Answer.of(
        f"<!DOCTYPE html><html lang=en><head><title>{title}</title>"
        f'<meta property="article:published_time" content="{datetime.now(UTC).date()}T00:00:00Z"></head>'
        f"<body><article><h1>{title}</h1>"
        f"<p>{town}. The {body} held its {number}th meeting in {town}"
        f" on {day.day} {day:%B %Y}, the ministry said in a statement.</p>"
        f"<p>Those who represented the member states discussed joint exercises, the training of officers and plans for"
        f" the coming year.</p>"
        f"<p>This was page {number} of the ministry's chronicle, number {number * 7919} in its books.</p>"
        f"<p>{words_of_its_own(number)}</p></article></body></html>"
    )


def words_of_its_own(number: int) -> str:
    """Words that no other page has: what is like many others is compared with all of them."""
    return " ".join(hashlib.sha256(f"{number} {word}".encode()).hexdigest()[:7] for word in range(120))


def feed(urls: Sequence[str]) -> Answer:
    """A feed of these addresses, each item dated today."""
    return Answer.of("".join(_rss(urls)), RSS)


def _rss(urls: Sequence[str]) -> Iterator[str]:
    yield '<rss version="2.0"><channel><title>News</title>'
    yield from (f"<item><title>News {url[-9:]}</title><link>{url}</link></item>" for url in urls)
    yield "</channel></rss>"


def news(url: Url, content: Content, *, good: int = 2, **site: Any) -> Site:
    """A site with one feed, that lists every path of `content` between well-behaved reports."""
    pages = {f"/news/good-{number}": report() for number in range(1, good + 1)}
    paths = ["/news/good-1", *(path for path in content if path.startswith("/news/")), *list(pages)[1:]]
    served = dict(content) | pages
    served.setdefault("/rss", feed([url(path) for path in paths]))
    return Site(content=served, discover=[{"type": "feed", "url": url("/rss")}], good=list(pages), **site)
