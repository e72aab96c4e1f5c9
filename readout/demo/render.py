"""A site of the miniature web as the pages it serves: front page, articles, listings, feeds, sitemaps, robots.txt.

It must not know of Readout: the pages are as any site would make them.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from readout.demo.server import HTML, Answer
from readout.demo.web import Edition, Place, Site, Story

_KINDS = {"rss.xml": "application/rss+xml", "atom.xml": "application/atom+xml", "robots.txt": "text/plain"}
_XML = "application/xml"
_SUMMARY = 140  # characters of a teaser
_OTHERS = 4  # teasers beside an article
_FRONT = 12  # stories on a front page


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One edition of a story, as a template sees it."""

    path: str
    url: str
    slug: str
    title: str
    summary: str
    paragraphs: tuple[str, ...]
    section: str
    folder: str
    language: str
    published: datetime
    modified: datetime
    credit: str | None


def render(site: Site, base: str, poll: int) -> dict[str, Answer]:
    """The paths of `site` as they answer in `poll` (1 or 2), with `base` (no slash at the end) in absolute URLs."""
    stories = _shown(site, base, poll)
    press = _Press(site, base)
    pages = {"/robots.txt": press.print("robots.txt"), "/": press.print_list(stories[:_FRONT])}
    for section in site.sections:
        pages[f"/section/{section}/"] = press.print_list([s for s in stories if s.folder == section])
    for place in site.places:
        pages |= press.print_place(place, stories)
    # What stands beside an article is what stood there when it came out: an article changes only when it is edited.
    known = _shown(site, base, poll=1)
    for shown in stories:
        pages[shown.path] = press.print_story(shown, [other for other in known if other.url != shown.url][:_OTHERS])
    return pages


class _Press:
    """Prints the templates of one site."""

    def __init__(self, site: Site, base: str) -> None:
        self.site = site
        self.context: dict[str, Any] = {
            "site": site,
            "base": base,
            "nav": [(f"/section/{slug}/", name) for slug, name in site.sections.items()],
            "story": None,
            "stories": [],
            "others": [],
            "next_page": None,
        }

    def print(self, template: str, **context: Any) -> Answer:
        text = _environment().get_template(template).render(self.context | context)
        kind = HTML if template.endswith(".html") else f"{_KINDS.get(template, _XML)}; charset=utf-8"
        return Answer.of(text, kind)

    def print_story(self, story: Shown, others: list[Shown]) -> Answer:
        page = self.print(f"{self.site.id}.html", story=story, others=others)
        return Answer.of(_bytes(page), HTML, modified=story.modified)

    def print_list(self, stories: list[Shown], next_page: str | None = None) -> Answer:
        return self.print(f"{self.site.id}.html", stories=stories, next_page=next_page)

    def print_place(self, place: Place, stories: list[Shown]) -> dict[str, Answer]:
        if place.template is None:
            return dict(self._listing(place, stories))
        changed = max(story.modified for story in stories)
        pages = {place.path: self.print(place.template, place=place, stories=stories, changed=changed)}
        if place.child is not None:
            packed = gzip.compress(_bytes(self.print("sitemap.xml", stories=stories)), mtime=0)
            pages[place.child] = Answer.of(packed, "application/gzip")
        return pages

    def _listing(self, place: Place, stories: list[Shown]) -> Iterable[tuple[str, Answer]]:
        last = -(-len(stories) // place.per_page)
        for number in range(1, last + 1):
            chunk = stories[(number - 1) * place.per_page : number * place.per_page]
            next_page = f"{place.path}?page={number + 1}" if number < last else None
            yield place.path if number == 1 else f"{place.path}?page={number}", self.print_list(chunk, next_page)


def _shown(site: Site, base: str, poll: int) -> list[Shown]:
    """The stories of `site` that are up in `poll`: what came up last first, whatever its day, then the newest."""
    newest_first = sorted(site.stories, key=lambda story: (story.appears, story.published), reverse=True)
    editions = ((story, story.edition(poll)) for story in newest_first)
    return [_show(site, base, story, edition) for story, edition in editions if edition is not None]


def _show(site: Site, base: str, story: Story, edition: Edition) -> Shown:
    path = site.path(story)
    return Shown(
        path=path,
        url=base + path,
        slug=story.slug,
        title=edition.title,
        summary=_summary(edition.paragraphs[0]),
        paragraphs=edition.paragraphs,
        section=site.sections[story.section],
        folder=story.section,
        language=story.language,
        published=story.published,
        modified=edition.modified,
        credit=story.credit,
    )


def _summary(paragraph: str) -> str:
    """The beginning of `paragraph`, cut at a word."""
    return paragraph if len(paragraph) <= _SUMMARY else paragraph[:_SUMMARY].rpartition(" ")[0] + "…"


def _bytes(answer: Answer) -> bytes:
    assert isinstance(answer.body, bytes)
    return answer.body


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("readout.demo", "web/templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "rfc822": format_datetime,
        "numeric": lambda moment: f"{moment:%d.%m.%Y %H:%M}",
        "english": lambda moment: f"{moment.day} {moment:%B %Y, %H:%M}",
        "clock": lambda moment: f"{moment:%H:%M}",
        "naive": lambda moment: f"{moment:%Y-%m-%dT%H:%M}",
    }
    return environment
