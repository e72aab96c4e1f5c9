"""What a source's TOML file may say, checked, as `Source` values.

It must not look at any site: a file is judged by itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cssselect import HTMLTranslator, SelectorError
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from readout.discovery import Discovery, DiscoveryKind, UrlRules
from readout.fault import fault_text, faults_of, key_path
from readout.model import LanguageCode, Source, SourceId, SourceKind
from readout.rhythm import next_occurrence
from readout.toml_file import read_toml

_SPAN = re.compile(r"(\d+(?:\.\d+)?)\s*(s|m|min|h|d)", re.ASCII)
_SECONDS = {"s": 1, "m": 60, "min": 60, "h": 3600, "d": 86400}
_LONGEST_SPAN = timedelta(days=365)
_HOST = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+")
_ANY_DAY = datetime(2000, 1, 1, tzinfo=UTC)


def _span(value: object) -> timedelta:
    """ "90s", "30m", "3h" or "1d"."""
    match = _SPAN.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise ValueError('a time span such as "90s", "30m", "3h" or "1d" belongs here')
    seconds = float(match[1]) * _SECONDS[match[2]]
    if seconds > _LONGEST_SPAN.total_seconds():
        raise ValueError(f"a time span of at most {_LONGEST_SPAN.days}d belongs here")
    return timedelta(seconds=seconds)


def _interval(value: timedelta) -> timedelta:
    if value < timedelta(minutes=1):
        raise ValueError("a site is asked once a minute at most")
    return value


def _web_url(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("an http or https address belongs here")
    return value


def _pattern(value: str) -> str:
    try:
        re.compile(value)
    except re.error as error:
        raise ValueError(f"no regular expression: {error}") from None
    return value


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError("a time zone of the IANA list belongs here, e.g. Asia/Baku") from None
    return value


def _cron(value: str) -> str:
    """A line that can be read may still name no day of any year, such as 30 February."""
    try:
        next_occurrence(value, ZoneInfo("UTC"), _ANY_DAY)
    except ValueError as error:
        raise ValueError(f"no cron line: {error}") from None
    return value


def _selector(value: str) -> str:
    try:
        HTMLTranslator().css_to_xpath(value)
    except SelectorError as error:
        raise ValueError(f"no CSS selector: {error}") from None
    return value


def _host(value: str) -> str:
    if not _HOST.fullmatch(value):
        raise ValueError("a host alone belongs here, e.g. mirror.example.org")
    return value


def _replacement(value: tuple[str, str]) -> tuple[str, str]:
    pattern, by = value
    try:
        re.sub(_pattern(pattern), by, "")
    except (re.error, IndexError) as error:
        raise ValueError(f"{by!r} cannot take the place of a match: {error}") from None
    return value


WebUrl = Annotated[str, AfterValidator(_web_url)]
Selector = Annotated[str, AfterValidator(_selector)]
Span = Annotated[timedelta, BeforeValidator(_span)]
Host = Annotated[str, AfterValidator(_host)]
Replacement = Annotated[tuple[str, str], AfterValidator(_replacement)]
Key = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$", max_length=60)]


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class DiscoveryEntry(_Entry):
    """One element of `discover`."""

    type: Literal["feed", "sitemap", "listing"]
    url: WebUrl
    item: Selector | None = None
    link: Selector | None = None
    title: Selector | None = None
    date: Selector | None = None
    next: Selector | None = None
    pages: int = Field(default=1, ge=1, le=1000)

    def value(self) -> Discovery:
        """The entry as the word of the house."""
        return Discovery(kind=DiscoveryKind(self.type), **self.model_dump(exclude={"type"}))


class UrlEntry(_Entry):
    """The table `url`: how the source spells the address of one page."""

    keep: tuple[str, ...] | None = None
    drop: tuple[str, ...] = ()
    replace: tuple[Replacement, ...] = ()
    mirrors: dict[Host, Host] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _is_clear(self) -> UrlEntry:
        if self.keep is not None and self.drop:
            raise ValueError("keep already drops every other parameter: write keep or drop, not both")
        if chained := sorted({*self.mirrors} & {*self.mirrors.values()}):
            raise ValueError(f"mirrors: {chained[0]} is itself a mirror; name the host it repeats")
        return self

    def value(self) -> UrlRules:
        """The entry as the word of the house."""
        return UrlRules(keep=self.keep, drop=self.drop, replace=self.replace, mirrors=tuple(self.mirrors.items()))


class SourceEntry(_Entry):
    """One `[[source]]` table."""

    id: Key
    name: str = Field(min_length=1)
    kind: SourceKind
    country: str = Field(min_length=2)
    languages: tuple[str, ...] = Field(min_length=1)
    timezone: Annotated[str, AfterValidator(_zone)]
    home: WebUrl
    article: Annotated[str, AfterValidator(_pattern)]
    discover: tuple[DiscoveryEntry, ...] = Field(min_length=1)
    interval: Annotated[Span, AfterValidator(_interval)] = timedelta(hours=3)
    schedule: Annotated[str, AfterValidator(_cron)] | None = None
    enabled: bool = True
    checked: bool = False
    delay: Span | None = None
    aliases: tuple[str, ...] = ()
    url: UrlEntry = Field(default_factory=UrlEntry)
    note: str | None = None
    caution: str | None = None

    def value(self) -> Source:
        """The entry as the word of the house."""
        fields = {name: getattr(self, name) for name in SourceEntry.model_fields if name != "url"}
        fields |= {
            "id": SourceId(self.id),
            "languages": tuple(LanguageCode(code) for code in self.languages),
            "discover": tuple(entry.value() for entry in self.discover),
            "url_rules": self.url.value(),
        }
        return Source(**fields)


class SourceFile(_Entry):
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
        return [entry.value() for entry in SourceFile(**values).source], []
    except ValidationError as error:
        return [], list(_faults(error, path))


def _faults(error: ValidationError, path: Path) -> Iterator[str]:
    for fault in faults_of(error):
        yield f"{path}: {key_path(fault['loc'])}: {fault_text(fault, _known(fault['loc']))}"


def _known(location: tuple[int | str, ...]) -> list[str]:
    """The keys that exist at a location such as ``("source", 3, "discover", 0, "evry")``."""
    tables: tuple[type[_Entry], ...] = (SourceFile, SourceEntry, DiscoveryEntry)
    depth = sum(isinstance(part, int) for part in location)
    return list((UrlEntry if location[2:3] == ("url",) else tables[min(depth, 2)]).model_fields)
