"""What single values of a source's file must be, and how that is said where they are not.

It must not know which key holds which.
"""

from __future__ import annotations

import codecs
import re
from datetime import UTC, datetime, timedelta
from typing import Annotated
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cssselect import HTMLTranslator, SelectorError
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from readout.articles.date_format import fault_of_format
from readout.pattern import endless_part
from readout.rhythm import next_occurrence

_SPAN = re.compile(r"(\d+(?:\.\d+)?)\s*(s|m|min|h|d)", re.ASCII)
_SECONDS = {"s": 1, "m": 60, "min": 60, "h": 3600, "d": 86400}
_LONGEST_SPAN = timedelta(days=365)
_LONGEST_DELAY = timedelta(minutes=10)
_HOST = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+")
_ANY_DAY = datetime(2000, 1, 1, tzinfo=UTC)
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z]{2,8})*")


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


def _delay(value: timedelta) -> timedelta:
    if value > _LONGEST_DELAY:
        raise ValueError("a pause of at most 10m belongs here: a crawl waits for it again and again")
    return value


def _web_url(value: str) -> str:
    try:
        parts = urlsplit(value)
        is_web = parts.scheme in ("http", "https") and parts.hostname and not re.search(r"[\s\x00-\x1f]", value)
        is_whole = is_web and ("{" in parts.netloc or parts.port != 0)
    except ValueError:
        is_whole = False
    if not is_whole:
        raise ValueError("an http or https address belongs here")
    return value


def _pattern(value: str) -> str:
    try:
        re.compile(value)
        endless = endless_part(value)
    except (re.error, OverflowError, RecursionError) as error:
        raise ValueError(f"no regular expression: {error}") from None
    if endless:
        raise ValueError(endless)
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


def _language(value: str) -> str:
    if not _LANGUAGE.fullmatch(value):
        raise ValueError("a language code belongs here, e.g. az or uz-Cyrl")
    return value


def _encoding(value: str) -> str:
    try:
        b"<".decode(value)  # there are codecs of other things than text
        return codecs.lookup(value).name
    except (LookupError, UnicodeError):
        raise ValueError("an encoding belongs here, e.g. windows-1251") from None


def _date_format(value: str) -> str:
    if fault := fault_of_format(value):
        raise ValueError(f"{value!r} is no date format: {fault}; one such as %d.%m.%Y or %d %B %Y, %H:%M belongs here")
    return value


WebUrl = Annotated[str, AfterValidator(_web_url)]
Selector = Annotated[str, AfterValidator(_selector)]
Span = Annotated[timedelta, BeforeValidator(_span)]
Host = Annotated[str, AfterValidator(_host)]
Replacement = Annotated[tuple[str, str], AfterValidator(_replacement)]
Key = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$", max_length=60)]
Pattern = Annotated[str, AfterValidator(_pattern)]
Zone = Annotated[str, AfterValidator(_zone)]
Locale = Annotated[str, AfterValidator(_language)]
DateFormat = Annotated[str, AfterValidator(_date_format)]
Encoding = Annotated[str, AfterValidator(_encoding)]
Cron = Annotated[str, AfterValidator(_cron)]
Interval = Annotated[Span, AfterValidator(_interval)]
Delay = Annotated[Span, AfterValidator(_delay)]


class Entry(BaseModel):
    """A table of the file: nothing in it that is not known."""

    model_config = ConfigDict(extra="forbid", frozen=True)
