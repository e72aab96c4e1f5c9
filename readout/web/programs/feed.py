"""Feeds of meetings, by a query or as a watch hears of them, and the same as a calendar.

It must not write them: each format is written by its module of exports.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from hashlib import sha256
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, HTTPException, Path, Query, Request
from starlette.datastructures import Headers
from starlette.responses import Response

from readout.channels.mail.saying import Saying
from readout.exports import atom, ics, json_feed, rss
from readout.exports.entry import Entry, Feed, entries
from readout.naming import vocabulary_of
from readout.storage.latest import latest
from readout.storage.meetings import LARGEST_ID
from readout.storage.newest import newest
from readout.storage.watches import live_watch
from readout.watches.query import LONGEST_QUERY, parse, written
from readout.watching import Query as Asked
from readout.web.programs.publishing import address, publisher_of, saying_in
from readout.web.site import Site
from readout.web.view import View, Viewed

_MOST = 50
_MOST_EVENTS = 200
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)
_WRITERS: Mapping[str, tuple[str, Callable[[Feed], Iterator[str]]]] = {
    "atom": (atom.MEDIA_TYPE, atom.atom_parts),
    "rss": (rss.MEDIA_TYPE, rss.rss_parts),
    "json": (json_feed.MEDIA_TYPE, json_feed.json_feed_parts),
}

router = APIRouter(include_in_schema=False)

Text = Annotated[str, Query(max_length=LONGEST_QUERY)]
Language = Annotated[str, Query(max_length=20)]
Id = Annotated[int, Path(ge=1, le=LARGEST_ID)]


@dataclass(frozen=True, slots=True, kw_only=True)
class _List:
    """What is asked for: `name` says which, for ever, `title` what it is called."""

    name: str
    title: str
    query: Asked


@router.get("/feed/meetings.{form}")
def meetings(request: Request, view: Viewed, form: str, q: Text = "", lang: Language = "") -> Response:
    """The meetings that `q` asks for which were first told of last."""
    return _feed(request, view, form, _asked(view.site, q), saying_in(view, lang))


@router.get("/calendar.ics")
def calendar(request: Request, view: Viewed, q: Text = "", lang: Language = "") -> Response:
    """The meetings that `q` asks for as a calendar, the last of them by their days."""
    return _calendar(request, view, _asked(view.site, q), saying_in(view, lang))


@router.get("/feed/watches/{watch_id}.{form}")
def watch(request: Request, view: Viewed, watch_id: Id, form: str, lang: Language = "") -> Response:
    """The meetings that a watch asks for, in its zone, and in its language unless another is named."""
    with view.site.database.read() as connection:
        found = live_watch(connection, watch_id)
    if found is None:
        raise HTTPException(404)
    asked = _List(name=f"watch:{found.id}", title=found.name, query=found.query)
    saying = saying_in(view, lang or found.delivery.language, found.delivery.timezone)
    return _calendar(request, view, asked, saying) if form == "ics" else _feed(request, view, form, asked, saying)


def _asked(site: Site, text: str) -> _List:
    """Raises QueryError."""
    query = parse(text, vocabulary_of(site.sources))
    said = written(query)
    return _List(name=f"meetings:{quote(said)}", title=said, query=query)


def _feed(request: Request, view: View, form: str, asked: _List, saying: Saying) -> Response:
    if form not in _WRITERS:
        raise HTTPException(404)
    media_type, write = _WRITERS[form]
    publisher = publisher_of(view, request.headers, saying)
    with view.site.database.read() as connection:
        found = list(entries(connection, latest(connection, asked.query, most=_MOST), publisher))
    own = {name: value for name, value in request.query_params.items() if name in ("q", "lang")}
    feed = Feed(
        id=publisher.tag(asked.name),
        title=_title(asked),
        language=saying.words.code,
        updated=_updated(found),
        entries=found,
        home=publisher.url(address("/", q=written(asked.query))),
        own=publisher.url(address(request.url.path, **own)),
    )
    return _answer(request.headers, "".join(write(feed)), media_type, feed.updated)


def _calendar(request: Request, view: View, asked: _List, saying: Saying) -> Response:
    publisher = publisher_of(view, request.headers, saying)
    with view.site.database.read() as connection:
        last = newest(connection, asked.query, most=_MOST_EVENTS)
        found = list(entries(connection, (meeting for _, meeting in last.found), publisher))
    text = "".join(ics.ics_parts(_title(asked), found))
    answer = _answer(request.headers, text, f"{ics.MEDIA_TYPE}; charset=utf-8", _updated(found))
    answer.headers["Content-Disposition"] = 'inline; filename="readout.ics"'
    return answer


def _title(asked: _List) -> str:
    return f"Readout: {asked.title}" if asked.title else "Readout"


def _updated(found: Sequence[Entry]) -> datetime:
    return max((entry.updated for entry in found), default=_NEVER)


def _answer(asked: Headers, text: str, media_type: str, updated: datetime) -> Response:
    """`text`, unless whoever asks has it. That is told by what it says alone: what a meeting was when it left a list
    makes no list newer, so that If-Modified-Since would hide it (RFC 9110, 13.1.3, leaves that to us)."""
    content = text.encode()
    tag = f'"{sha256(content).hexdigest()[:32]}"'
    headers = {
        "ETag": tag,
        "Last-Modified": format_datetime(updated.astimezone(UTC), usegmt=True),
        "Cache-Control": "private, no-cache",
        "Vary": "Accept-Language, Authorization, Cookie, Host",
        "Content-Type": media_type,
    }
    known = {each.strip().removeprefix("W/") for each in asked.get("if-none-match", "").split(",")}
    return Response(status_code=304, headers=headers) if known & {tag, "*"} else Response(content, headers=headers)
