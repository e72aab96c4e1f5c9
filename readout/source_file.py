"""What a source's TOML file may say, checked, as `Source` values.

It must not look at any site: a file is judged by itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Literal, get_args
from urllib.parse import urlsplit

from pydantic import BaseModel, Field, ValidationError, model_validator

from readout.fault import fault_text, faults_of, key_path
from readout.model import LanguageCode, Source, SourceId, SourceKind
from readout.site_rules import Access, DateRules, PageRules, UrlRules
from readout.source_field import (
    Cron,
    DateFormat,
    Delay,
    Encoding,
    Entry,
    Host,
    Interval,
    Key,
    Locale,
    Pattern,
    Replacement,
    Selector,
    WebUrl,
    Zone,
)
from readout.source_place import PlaceEntry, place_entry
from readout.toml_file import read_toml

_DATE_GROUPS = frozenset("ymd")
_AS_WRITTEN = (
    *("name", "kind", "country", "timezone", "home", "article", "interval", "schedule"),
    *("enabled", "delay", "aliases", "note", "caution"),
)


class CanonicalEntry(Entry):
    """The table `canonical`: how the source spells the address of one page."""

    keep_query: tuple[str, ...] | None = None
    drop_query: tuple[str, ...] = ()
    replace: tuple[Replacement, ...] = ()
    mirrors: dict[Host, Host] = Field(default_factory=dict)
    host: Host | None = None
    scheme: Literal["http", "https"] | None = None  # for the reader: addresses are compared without it
    unquote: bool = False

    @model_validator(mode="after")
    def _is_clear(self) -> CanonicalEntry:
        if self.keep_query is not None and self.drop_query:
            raise ValueError("keep_query already drops every other parameter: write keep_query or drop_query, not both")
        if chained := sorted({*self.mirrors} & {*self.mirrors.values()}):
            raise ValueError(f"mirrors: {chained[0]} is itself a mirror; name the host it repeats")
        return self

    def value(self) -> UrlRules:
        """The entry as the word of the house."""
        return UrlRules(
            keep=self.keep_query,
            drop=self.drop_query,
            replace=self.replace,
            mirrors=tuple(self.mirrors.items()),
            unquote=self.unquote,
        )


class DateEntry(Entry):
    """The table `date`: where an article's page says when it was published."""

    css: Selector | None = None
    formats: tuple[DateFormat, ...] = ()
    locale: Locale | None = None
    text: Literal["first_sentence"] | None = None
    fallback: Literal["first_seen"] | None = None  # for the reader: what has no date counts from when it was seen


class BodyEntry(Entry):
    """The table `body`: where the article's text is, and what in it is none."""

    css: Selector | None = None
    drop: tuple[Selector, ...] = ()


class HeadersEntry(Entry):
    """The table `headers`."""

    user_agent: str = Field(alias="User-Agent", min_length=1, pattern=r"^[ -~]+$")


class CheckedEntry(Entry):
    """The table `checked`: when somebody saw the source work, from where, and what came of it."""

    on: date
    place: str = Field(alias="from", min_length=1)
    result: str = Field(min_length=1)


class SourceEntry(Entry):
    """One `[[source]]` table."""

    id: Key
    name: str = Field(min_length=1)
    kind: SourceKind
    country: str = Field(min_length=2)
    languages: tuple[Locale, ...] = Field(min_length=1)
    timezone: Zone
    home: WebUrl
    article: Pattern
    discover: tuple[PlaceEntry, ...]
    backfill: tuple[PlaceEntry, ...] = ()
    examples: tuple[WebUrl, ...] = ()
    interval: Interval = timedelta(hours=3)
    schedule: Cron | None = None
    enabled: bool = True
    checked: bool | CheckedEntry = False
    delay: Delay | None = None
    aliases: tuple[Host, ...] = ()
    via: tuple[Key, ...] = ()
    canonical: CanonicalEntry = Field(default_factory=CanonicalEntry)
    title: Selector | None = None
    date: DateEntry = Field(default_factory=DateEntry)
    url_date: Pattern | None = None
    body: BodyEntry = Field(default_factory=BodyEntry)
    encoding: Encoding | None = None
    credits: tuple[str, ...] = ()
    render: Literal[False, "browser"] = False
    robots: Literal["obey", "ignore"] = "obey"
    headers: HeadersEntry | None = None
    user_agent_class: Literal["feedreader"] | None = None
    ca_file: str | None = None
    note: str | None = None
    caution: str | None = None

    @model_validator(mode="after")
    def _is_clear(self) -> SourceEntry:
        if not self.discover and (self.enabled or not self.via):
            raise ValueError("discover: is empty; only a source with `via` and `enabled = false` may have none")
        if self.url_date and not {*re.compile(self.url_date).groupindex} >= _DATE_GROUPS:
            raise ValueError("url_date: needs the groups (?P<y>…), (?P<m>…) and (?P<d>…)")
        if strange := next((url for url in self.examples if not self.value().owns(url)), None):
            raise ValueError(f"examples: {strange} is of no host of the source, or not of the shape that article says")
        return self

    def value(self) -> Source:
        """The entry as the word of the house."""
        return Source(
            id=SourceId(self.id),
            languages=tuple(LanguageCode(code) for code in self.languages),
            discover=tuple(entry.value() for entry in self.discover),
            backfill=tuple(entry.value() for entry in self.backfill),
            checked=bool(self.checked),
            via=tuple(SourceId(key) for key in self.via),
            url_rules=self._url_rules(),
            page_rules=self._page_rules(),
            access=self._access(),
            **{name: getattr(self, name) for name in _AS_WRITTEN},
        )

    def _url_rules(self) -> UrlRules:
        """With `host`, every other host of the source is a mirror of it."""
        rules, main = self.canonical.value(), self.canonical.host
        if main is None:
            return rules
        places = (getattr(place, "url", self.home) for place in (*self.discover, *self.backfill))
        hosts = {*(urlsplit(url).hostname or "" for url in (self.home, *places)), *self.aliases} - {main, ""}
        return replace(rules, mirrors=(*rules.mirrors, *((host, main) for host in sorted(hosts))))

    def _page_rules(self) -> PageRules:
        dates = DateRules(
            css=self.date.css,
            formats=self.date.formats,
            locale=self.date.locale,
            url=self.url_date,
            first_sentence=self.date.text is not None,
        )
        return PageRules(
            title=self.title,
            body=self.body.css,
            drop=self.body.drop,
            date=dates,
            encoding=self.encoding,
            credits=self.credits,
        )

    def _access(self) -> Access:
        return Access(
            renders=bool(self.render),
            ignores_robots=self.robots == "ignore",
            ca_file=self.ca_file,
            user_agent=self.headers.user_agent if self.headers else None,
            as_feed_reader=self.user_agent_class is not None,
        )


class SourceFile(Entry):
    """A whole file: `[[source]]` tables and nothing else."""

    source: tuple[SourceEntry, ...] = Field(min_length=1)


def read_source_file(path: Path) -> tuple[list[Source], list[str]]:
    """The sources of one file, or none and its faults, each with file, key path and hint."""
    try:
        values = read_toml(path)
    except OSError as error:
        return [], [f"{path}: cannot be read: {error.strerror}"]
    except ValueError as error:
        return [], [f"{path}: {error}"]
    try:
        return [_rooted(entry.value(), path) for entry in SourceFile(**values).source], []
    except ValidationError as error:
        return [], list(_faults(error, path))


def _rooted(source: Source, path: Path) -> Source:
    """With the path of its certificates counted from its own file."""
    if source.access.ca_file is None:
        return source
    ca_file = str(path.absolute().parent / source.access.ca_file)
    return replace(source, access=replace(source.access, ca_file=ca_file))


def _faults(error: ValidationError, path: Path) -> Iterator[str]:
    for fault in faults_of(error):
        table, place = _followed(fault["loc"])
        yield f"{path}: {key_path(place)}: {fault_text(fault, _keys(table))}"


def _followed(location: tuple[int | str, ...]) -> tuple[type[BaseModel], tuple[int | str, ...]]:
    """The table that a location such as ``("source", 3, "discover", 0, "feed", "evry")`` lies in, and the location
    as the file has it: validation puts in the type of a place and the name of a table where there is a choice."""
    table: type[BaseModel] = SourceFile
    place: list[int | str] = []
    for part in location:
        if place and place[-1:] != [part] and isinstance(place[-1], int) and (entry := _place_table(place, part)):
            table = entry
        elif part not in (CheckedEntry.__name__, "bool"):
            place.append(part)
            table = _table_at(table, part) or table
    return table, tuple(place)


def _place_table(place: list[int | str], part: int | str) -> type[BaseModel] | None:
    return place_entry(part) if place[-2] in ("discover", "backfill") else None


def _table_at(table: type[BaseModel], key: int | str) -> type[BaseModel] | None:
    """The table under `key`, where there is one."""
    if key not in table.model_fields:
        return None
    kinds = [table.model_fields[str(key)].annotation]
    while kinds:
        kind = kinds.pop()
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            return kind
        kinds += get_args(kind)
    return None


def _keys(table: type[BaseModel]) -> list[str]:
    return [field.alias or name for name, field in table.model_fields.items()]
