"""One source: what its file says, how it stands, what its crawls brought, and what became of its links.

It must not judge any of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import HTMLResponse

from readout.channels.mail.clean import safe_link
from readout.channels.mail.saying import line
from readout.model import OutcomeKind, Source
from readout.roll_call import call_roll
from readout.storage.links import StoredLink
from readout.storage.source_log import PENDING, LoggedCrawl, crawls_since, last_crawls, last_links, outcomes_of
from readout.web.pages.history import DAYS, history
from readout.web.pages.sources import known_source, row_of
from readout.web.view import View, Viewed

_CRAWLS = 20
_LINKS = 50
_DONE = ("check", "enable", "disable")
_FATES = (*(kind.value for kind in OutcomeKind), PENDING)
_LARGEST = 2**63 - 1

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fate:
    """How many links of a source ended so, of the most that ended in one way (`most`); `path` shows them."""

    said: str
    count: int
    most: int
    path: str
    is_chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Crawl:
    """A crawl in the table."""

    began: str
    took: str
    heard: str
    tone: str
    new_links: int
    articles: int
    requests: int
    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A link with its fate; `why` leads to its trace."""

    title: str
    url: str
    outside: str | None
    why: str
    fate: str
    tone: str
    reason: str
    first_seen: str


@router.get("/sources/{key}")
def source(
    view: Viewed,
    key: str,
    outcome: str = "",
    before: Annotated[int | None, Query(ge=1, le=_LARGEST)] = None,
    done: str = "",
) -> HTMLResponse:
    """All of it; `outcome` and `before` choose which of the links."""
    found = known_source(view, key)
    now = view.site.now()
    chosen = outcome if outcome in _FATES else None
    with view.site.database.read() as connection:
        standing = call_roll(connection, {found.id: found}, now=now)[found.id]
        crawls = last_crawls(connection, found.id, limit=_CRAWLS)
        drawn = crawls_since(connection, found.id, now - timedelta(days=DAYS))
        counts = outcomes_of(connection, found.id)
        links = last_links(connection, found.id, outcome=chosen, before=before, limit=_LINKS + 1)
    more = links[_LINKS - 1].id if len(links) > _LINKS else None
    path = f"/sources/{found.id}"
    return view.page(
        "source",
        title=line(found.name),
        here="sources",
        done=done if done in _DONE else None,
        path=path,
        row=row_of(found, standing, view),
        enabled=standing.enabled,
        facts=list(_facts(found, view)),
        places=[(place.kind.value, line(place.url), safe_link(place.url)) for place in found.discover],
        history=history(drawn, view),
        crawls=[_crawl(crawl, view) for crawl in crawls],
        fates=list(_fates(counts, path, chosen, view)),
        links=[_link(link, view) for link in links[:_LINKS]],
        earlier=more and view.url(path, outcome=chosen, before=more),
    )


def _facts(source: Source, view: View) -> Iterator[tuple[str, str]]:
    """What its file says, each with the name of what it is."""
    words, say = view.words, view.saying
    yield "kind", say.words.source_kind.get(source.kind.value, source.kind.value)
    yield "country", say.country(source.country)
    yield "languages", ", ".join(say.language(code) for code in source.languages)
    yield "zone", source.timezone
    yield "rhythm", source.schedule or _every(source.interval, view)
    yield "checked", words("sources.yes" if source.checked else "sources.no")
    yield "robots", words("sources.ignored" if source.access.ignores_robots else "sources.obeyed")
    for name, text in (("note", source.note), ("caution", source.caution)):
        if text:
            yield name, line(text)


def _every(interval: timedelta, view: View) -> str:
    minutes = round(interval.total_seconds() / 60)
    if minutes % 60:
        return view.words("sources.every_minutes", count=minutes).striptags()
    return view.words("sources.every_hours", count=minutes // 60).striptags()


def _fates(counts: Mapping[str, int], path: str, chosen: str | None, view: View) -> Iterator[Fate]:
    most = max(counts.values(), default=0)
    for name in sorted(counts, key=_order):
        yield Fate(
            said=view.words(f"outcome.{name}"),
            count=counts[name],
            most=most,
            path=view.url(path, outcome=None if name == chosen else name),
            is_chosen=name == chosen,
        )


def _order(name: str) -> int:
    return _FATES.index(name) if name in _FATES else len(_FATES)


def _crawl(crawl: LoggedCrawl, view: View) -> Crawl:
    took = crawl.finished_at - crawl.started_at if crawl.finished_at else None
    heard = "going_on" if crawl.finished_at is None else crawl.heard.value if crawl.heard else "cut_short"
    return Crawl(
        began=view.moment(crawl.started_at),
        took=str(timedelta(seconds=round(took.total_seconds()))) if took is not None else "",
        heard=view.words(f"heard.{heard}"),
        tone="good" if crawl.heard and crawl.heard.is_answer else "" if heard == "going_on" else "bad",
        new_links=crawl.new_links,
        articles=crawl.articles,
        requests=crawl.requests,
        error=line(crawl.error or ""),
    )


_TONES: Mapping[str, Iterable[str]] = {
    "good": (OutcomeKind.STORED,),
    "bad": (OutcomeKind.FAILED, OutcomeKind.REFUSED, OutcomeKind.WALL, OutcomeKind.UNREADABLE),
}


def _link(link: StoredLink, view: View) -> Link:
    fate = link.outcome.kind.value if link.outcome else PENDING
    return Link(
        title=line(link.link.title or link.url),
        url=line(link.url),
        outside=safe_link(link.url),
        why=view.url("/why", url=link.url),
        fate=view.words(f"outcome.{fate}"),
        tone=next((tone for tone, kinds in _TONES.items() if fate in kinds), ""),
        reason=line(link.outcome.reason) if link.outcome else "",
        first_seen=view.moment(link.first_seen),
    )
