"""A watch as a flat row: what a list shows, what options ask for and what a file of watches holds, checked.

It must not read a file or ask the database.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import time
from enum import StrEnum
from functools import cache
from typing import Annotated, Any, TypedDict
from zoneinfo import available_timezones

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, StrictBool, ValidationInfo
from pydantic_core import ErrorDetails, PydanticCustomError

from readout.channels import CHANNELS
from readout.channels.mail.words import languages
from readout.error import QueryError
from readout.fault import fault_text
from readout.model import Watch
from readout.watches.query import written
from readout.watches.vocabulary import meant, some
from readout.watching import AT_ONCE, EVERYTHING, Delivery, Digest, Every, Query, Quiet

EMAIL = "email"


class Weekday(StrEnum):
    """The days of a week, the first first."""

    MONDAY = "monday"
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"
    THURSDAY = "thursday"
    FRIDAY = "friday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"


WEEKDAYS = tuple(Weekday)


class Settings(TypedDict):
    """All that a watch is but its name, as the store takes it."""

    query: Query
    recipients: tuple[str, ...]
    channel: str
    updates: bool
    delivery: Delivery


# --- what each value must be --------------------------------------------------------------------------------------

_LONGEST_NAME = 200
_TIME = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)", re.ASCII)
_TO = re.compile("[-–]")
# Zones that say a place: the others are older names and offsets, which few people mean.
_PLACE = re.compile(r"(Africa|America|Antarctica|Arctic|Asia|Atlantic|Australia|Europe|Indian|Pacific)/|UTC$")


def _name(value: str) -> str:
    if len(value) > _LONGEST_NAME:
        raise ValueError(f"a name has at most {_LONGEST_NAME} characters")
    if not value.strip() or not value.isprintable():
        raise ValueError(f"{value!r} is no name: it must be one line of printable characters")
    return value


def _query(value: object, info: ValidationInfo) -> Query:
    """A query, or its text read by what the context gives."""
    if isinstance(value, Query):
        return value
    if not isinstance(value, str):
        raise ValueError('a query belongs here, e.g. "body:cis-sorb -status:planned"')
    read: Callable[[str], Query] | None = info.context
    assert read is not None
    try:
        return read(value)
    except QueryError as error:
        raise PydanticCustomError("query", "no query", {"faults": error.faults}) from None


def _channel(value: str) -> str:
    if value not in CHANNELS:
        raise ValueError(f"not known; known are {some(CHANNELS)}")
    return value


def _recipients(value: object) -> object:
    if not isinstance(value, list | tuple) or not value:
        raise ValueError('a list of those who hear of it belongs here, e.g. ["you@example.org"]')
    return list(dict.fromkeys(value)) if all(isinstance(one, str) for one in value) else value


def _recipient(value: str, info: ValidationInfo) -> str:
    channel = info.data.get("channel")
    if channel is not None and (wrong := CHANNELS[channel].refuse_recipient(value)):
        raise ValueError(wrong)
    return value


def _time(value: object) -> time:
    if isinstance(value, time) and not (value.second or value.microsecond):
        return value
    match = _TIME.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise ValueError('a time of day belongs here, e.g. "08:00"')
    return time(int(match[1]), int(match[2]))


def _weekday(value: object) -> object:
    return value.lower() if isinstance(value, str) else value


def _quiet(value: object) -> Quiet:
    ends = [end.strip() for end in _TO.split(value)] if isinstance(value, str) else []
    if len(ends) != 2 or not all(map(_TIME.fullmatch, ends)):
        raise ValueError('hours of the day belong here, e.g. "22:00-07:00"')
    start, end = map(_time, ends)
    if start == end:
        raise ValueError("these hours end when they begin: leave them out to hear at any hour")
    return Quiet(start, end)


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def _zone(value: str) -> str:
    if value not in _zones():
        near = meant(value, filter(_PLACE.match, sorted(_zones())))
        raise ValueError(f"a time zone of the IANA list belongs here, e.g. Asia/Baku{near}")
    return value


def _language(value: str) -> str:
    if value not in languages():
        raise ValueError(f"alerts are not written in it yet; they are in {some(languages())}")
    return value


def _of_digest(value: Any, info: ValidationInfo) -> Any:
    """What only a digest has. A digest that is itself at fault is asked for all the same."""
    if value and info.data.get("digest", Every.DAILY) is None:
        raise ValueError("only a digest has it: ask for a daily or weekly one too, or leave it out")
    return value


def _of_weekly_digest(value: Any, info: ValidationInfo) -> Any:
    if value and info.data.get("digest") is Every.DAILY:
        raise ValueError("a daily digest has no weekday: ask for a weekly one, or leave it out")
    return _of_digest(value, info)


_Name = Annotated[str, AfterValidator(_name)]
_Query = Annotated[Query, BeforeValidator(_query)]
_Channel = Annotated[str, AfterValidator(_channel)]
_Recipient = Annotated[str, AfterValidator(_recipient)]
_Recipients = Annotated[tuple[_Recipient, ...], BeforeValidator(_recipients)]
_Time = Annotated[time, BeforeValidator(_time)]
_Weekday = Annotated[Weekday, BeforeValidator(_weekday)]
_Quiet = Annotated[Quiet, BeforeValidator(_quiet)]
_Zone = Annotated[str, AfterValidator(_zone)]
_Language = Annotated[str, AfterValidator(_language)]


# --- the row ------------------------------------------------------------------------------------------------------


class WatchRow(BaseModel):
    """One watch, its keys in the order in which they are written; what is left out is as by default.

    Validate with what reads a query as context: it raises QueryError. Recipients are checked by the channel, what a
    digest has by whether there is one, so these come first.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: _Name
    query: _Query = EVERYTHING
    channel: _Channel = EMAIL
    to: _Recipients
    digest: Every | None = None
    at: Annotated[_Time | None, AfterValidator(_of_digest)] = None
    on: Annotated[_Weekday | None, AfterValidator(_of_weekly_digest)] = None
    heartbeat: Annotated[StrictBool, AfterValidator(_of_digest)] = False
    tz: _Zone = AT_ONCE.timezone
    quiet: _Quiet | None = None
    language: _Language = AT_ONCE.language
    updates: StrictBool = False

    def settings(self) -> Settings:
        """The row as the store takes it."""
        delivery = Delivery(digest=self._digest(), quiet=self.quiet, timezone=self.tz, language=self.language)
        return Settings(
            query=self.query, recipients=self.to, channel=self.channel, updates=self.updates, delivery=delivery
        )

    def _digest(self) -> Digest | None:
        if self.digest is None:
            return None
        plain = Digest(every=self.digest, heartbeat=self.heartbeat)
        at = plain.at if self.at is None else self.at
        return replace(plain, at=at, on=plain.on if self.on is None else WEEKDAYS.index(self.on))


def settings_of(watch: Watch) -> Settings:
    """What of a stored watch a row can change."""
    return Settings(
        query=watch.query,
        recipients=watch.recipients,
        channel=watch.channel,
        updates=watch.updates,
        delivery=watch.delivery,
    )


def watch_row(watch: Watch) -> dict[str, Any]:
    """`watch` as `WatchRow` reads it, and since when it is there."""
    delivery, digest = watch.delivery, watch.delivery.digest
    quiet = delivery.quiet
    return {
        "name": watch.name,
        "query": written(watch.query),
        "channel": watch.channel,
        "to": list(watch.recipients),
        "digest": digest and digest.every.value,
        "at": digest and f"{digest.at:%H:%M}",
        "on": WEEKDAYS[digest.on].value if digest and digest.every is Every.WEEKLY else None,
        "heartbeat": digest is not None and digest.heartbeat,
        "tz": delivery.timezone,
        "quiet": quiet and f"{quiet.start:%H:%M}-{quiet.end:%H:%M}",
        "language": delivery.language,
        "updates": watch.updates,
        "since": watch.created_at.isoformat(),
    }


def texts_of(fault: ErrorDetails) -> list[str]:
    """What is wrong, each thing safe to print; of a query with the place shown under it."""
    if fault["type"] == "query":
        return list(fault["ctx"]["faults"])
    return [fault_text(fault, list(WatchRow.model_fields))]


# --- for people ---------------------------------------------------------------------------------------------------


def query_in_words(query: Query) -> str:
    """What a watch hears of."""
    return written(query) or "every meeting"


def told_in_words(watch: Watch) -> str:
    """When a watch tells and in which language, where that is not ours."""
    row = watch_row(watch)
    told = "at once"
    if row["digest"]:
        on = f" on {row['on'].capitalize()}" if row["on"] else ""
        told = f"{row['digest']}{on} at {row['at']}{', also when there is nothing' if row['heartbeat'] else ''}"
    quiet = f", not {row['quiet']}" if row["quiet"] else ""
    zone = f" ({row['tz']})" if row["digest"] or row["quiet"] else ""
    language = f", in {row['language']}" if row["language"] != AT_ONCE.language else ""
    return f"{told}{quiet}{zone}{language}{', with updates' if row['updates'] else ''}"
