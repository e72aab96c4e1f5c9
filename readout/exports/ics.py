"""Meetings as a calendar (RFC 5545): days without hours, of the planned as of the held.

It must not guess a day: a meeting of which none is known is left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from icalendar import Calendar, Component, Event, vText

from readout.channels.mail.saying import line
from readout.exports.entry import Entry
from readout.model import Status

MEDIA_TYPE = "text/calendar"
_STANDS = {
    Status.PLANNED: "TENTATIVE",
    Status.POSTPONED: "TENTATIVE",
    Status.CANCELLED: "CANCELLED",
}


def ics_parts(title: str, entries: Iterable[Entry]) -> Iterator[str]:
    """The calendar in parts, an event each; lines end as the standard wants (3.1)."""
    head, end, rest = _written(_calendar(title)).rpartition("END:VCALENDAR")
    yield head
    for entry in entries:
        if entry.days is not None:
            yield _written_event(entry)
    yield end + rest


def _calendar(title: str) -> Calendar:
    calendar = Calendar()
    name = vText(line(title))  # of what begins with X- the library does not know that it is text
    _add(calendar, prodid="-//Readout//Meetings//EN", version="2.0", name=name, x_wr_calname=name)
    return calendar


# Calendars are asked for again and again, and most meetings in them are as they were; the library folds by letters.
@lru_cache(maxsize=1_000)
def _written_event(entry: Entry) -> str:
    assert entry.days is not None, "a meeting of no day is in no calendar"
    return _written(_event(entry, *entry.days))


def _event(entry: Entry, first: date, last: date) -> Event:
    event = Event()
    _add(
        event,
        uid=entry.uid,
        dtstamp=entry.updated,
        last_modified=entry.updated,
        created=entry.published,
        sequence=entry.number,
        dtstart=first,
        dtend=_day_after(last),
        summary=entry.title,
        location=entry.venue or None,
        description=entry.text,
        url=entry.url,
        status=_STANDS.get(entry.status, "CONFIRMED"),
        transp="TRANSPARENT",
    )
    return event


def _add(component: Component, **values: Any) -> None:
    for name, value in values.items():
        if value is not None:
            component.add(name.replace("_", "-"), value)


def _day_after(day: date) -> date | None:
    """The day with which it is over (3.6.1: the end is not part of it); None: there is none after the last."""
    return None if day == date.max else day + timedelta(days=1)


def _written(component: Component) -> str:
    return bytes(component.to_ical()).decode("utf-8")
