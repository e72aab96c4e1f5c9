"""The elements of `discover` and `backfill` of a source's file: one table for each kind of place.

It must not look at any site.
"""

from __future__ import annotations

import re
from typing import Annotated, Literal, get_args

from pydantic import AfterValidator, Field, model_validator

from readout.discovery import (
    PLACES,
    Discovery,
    DiscoveryKind,
    JsonApi,
    Telegram,
)
from readout.source_field import DateFormat, Entry, Locale, Pattern, Selector, WebUrl

_SLOT = re.compile(r"\{(\w*)\}")
_PATH = re.compile(r"\$(?:\.?[\w-]++|\[\*\]|\[\d+\]|\.)*|[\w-]+(?:\.[\w-]+|\[\d+\])*")
_HANDLE = re.compile(r"[A-Za-z]\w{3,31}", re.ASCII)
_PREVIEW = "https://t.me/s/"


def _path(value: str) -> str:
    for way in value.split("|"):
        if not _PATH.fullmatch(way):
            raise ValueError(f"{way!r} is no path: write names with dots between them, as in data.items or $[*]")
    return value


def _handle(value: str) -> str:
    if not _HANDLE.fullmatch(value):
        raise ValueError("the name of a public channel belongs here, without @ and address")
    return value


JsonPath = Annotated[str, AfterValidator(_path)]
Pages = Annotated[int, Field(ge=1, le=1000)]


def _slots(url: str, allowed: set[str]) -> None:
    if strange := sorted({*_SLOT.findall(url)} - allowed):
        known = ", ".join("{" + name + "}" for name in sorted(allowed)) or "nothing in braces"
        raise ValueError(f"{{{strange[0]}}} stands for nothing here; known: {known}")


class _PlaceEntry(Entry):
    """What nearly all of them say. What is not written is as the word of the house has it."""

    type: str
    url: WebUrl

    def value(self) -> Discovery:
        """The entry as the word of the house."""
        kind = DiscoveryKind.SITEMAP if self.type == "sitemap_index" else DiscoveryKind(self.type)
        return PLACES[kind](**self.model_dump(exclude_unset=True, exclude={"type"}))


class FeedEntry(_PlaceEntry):
    """`type = "feed"`."""

    type: Literal["feed"]
    pages: Pages | None = None
    first: int | None = None

    @model_validator(mode="after")
    def _is_clear(self) -> FeedEntry:
        _slots(self.url, {"n"})
        return self


class SitemapEntry(_PlaceEntry):
    """`type = "sitemap"`, also called `"sitemap_index"`, or `"news_sitemap"`."""

    type: Literal["sitemap", "sitemap_index", "news_sitemap"]
    pages: Pages | None = None
    child: Pattern | None = None
    order: str | None = None

    @model_validator(mode="after")
    def _is_clear(self) -> SitemapEntry:
        if self.order and self.order not in re.compile(self.child or "").groupindex:
            raise ValueError(f"order: child has no group {self.order!r}: write (?P<{self.order}>…) in it")
        return self


class ListingEntry(_PlaceEntry):
    """`type = "listing"`."""

    type: Literal["listing"]
    item: Selector | None = None
    link: Selector | None = None
    title: Selector | None = None
    date: Selector | None = None
    next: Selector | None = None
    pages: Pages | None = None
    first: int | None = None
    formats: tuple[DateFormat, ...] = ()
    locale: Locale | None = None

    @model_validator(mode="after")
    def _is_clear(self) -> ListingEntry:
        _slots(self.url, {"n", "y", "m", "d", "mm", "dd"})
        if self.next and _SLOT.search(self.url):
            raise ValueError("next: the address already counts its pages; write one of the two")
        return self


class Paths(Entry):
    """`fields` of `type = "json"`: where on the page each thing stands."""

    items: JsonPath | None = None
    title: JsonPath | None = None
    date: JsonPath | None = None
    cursor: JsonPath | None = None


class JsonEntry(_PlaceEntry):
    """`type = "json"`."""

    type: Literal["json"]
    link: str
    fields: Paths = Field(default_factory=Paths)
    pages: Pages | None = None
    first: int | None = None

    @model_validator(mode="after")
    def _is_clear(self) -> JsonEntry:
        _slots(self.url, {"n", "cursor"})
        if not _SLOT.search(self.link):
            raise ValueError("link: name the fields of an item in it, as in https://example.org/news/{id}")
        if "{cursor}" in self.url and not self.fields.cursor:
            raise ValueError("fields.cursor: say where on the page the cursor of the next one stands")
        return self

    def value(self) -> Discovery:
        """The entry as the word of the house."""
        given = self.model_dump(exclude_unset=True, exclude={"type", "fields"})
        return JsonApi(**given, **self.fields.model_dump(exclude_unset=True))


class IdWalkEntry(_PlaceEntry):
    """`type = "id_walk"`."""

    type: Literal["id_walk"]
    ahead: Annotated[int, Field(ge=1, le=50)] | None = None
    floor: Annotated[int, Field(ge=0)] | None = None
    stop_after_missing: Annotated[int, Field(ge=1, le=1000)] | None = None

    @model_validator(mode="after")
    def _is_clear(self) -> IdWalkEntry:
        _slots(self.url, {"id"})
        if "{id}" not in self.url:
            raise ValueError("url: write {id} where the number stands")
        return self


class TelegramEntry(Entry):
    """`type = "telegram"`."""

    type: Literal["telegram"]
    handle: Annotated[str, AfterValidator(_handle)]
    empty_is_error: bool | None = None
    pages: Pages | None = None

    def value(self) -> Discovery:
        """The entry as the word of the house."""
        return Telegram(url=_PREVIEW + self.handle, **self.model_dump(exclude_unset=True, exclude={"type"}))


class PageEntry(_PlaceEntry):
    """`type = "page"`."""

    type: Literal["page"]
    part: Selector | None = None


PlaceEntry = Annotated[
    FeedEntry | SitemapEntry | ListingEntry | JsonEntry | IdWalkEntry | TelegramEntry | PageEntry,
    Field(discriminator="type"),
]
"""One element of `discover` or `backfill`; see `readout.discovery` for what each key means."""

_ENTRIES = (FeedEntry, SitemapEntry, ListingEntry, JsonEntry, IdWalkEntry, TelegramEntry, PageEntry)


def place_entry(kind: object) -> type[Entry] | None:
    """The table of a place that says ``type = kind``."""
    return next((entry for entry in _ENTRIES if kind in get_args(entry.model_fields["type"].annotation)), None)
