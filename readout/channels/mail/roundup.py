"""What a digest says about many meetings, as plain values for the templates: the meetings by body, and the coverage.

It must not know of headers or markup.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from readout.channels.channel import Item, OutgoingMessage
from readout.channels.mail.clean import SUBJECT_LIMIT, header_text, safe_link
from readout.channels.mail.letter import Amended, WayOut, amended, by_weight, links_out, stop_commands
from readout.channels.mail.saying import Saying, line, saying_of
from readout.channels.mail.words import Words
from readout.model import AlertKind, Meeting, SourceId

_MOST_MEETINGS = 200
_MOST_SOURCES = 10
_SHORT = 100
_A_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Brief:
    """One meeting in a few lines, and the report to read first; `amended` of one that was told of before, `marks`: that
    it was found late."""

    heading: str
    facts: str
    marks: tuple[str, ...]
    amended: tuple[Amended, ...]
    title: str
    link: str | None
    meta: str
    matched: str | None


@dataclass(frozen=True, slots=True)
class Chapter:
    """The meetings of one body."""

    name: str
    briefs: tuple[Brief, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Roundup:
    """All that a digest says. `flooded`: that it came because there was too much; `coverage` where that was counted."""

    subject: str
    heading: str
    subheading: str
    flooded: str | None
    chapters: tuple[Chapter, ...]
    further: str | None
    coverage: str | None
    reasons: tuple[str, ...]
    ways_out: tuple[WayOut, ...]
    commands: tuple[str, ...]
    words: Words


def write_roundup(message: OutgoingMessage) -> Roundup:
    """The digest that `message` is."""
    saying = saying_of(message)
    words, content = saying.words, message.alert.content
    items = by_meeting(message.items)
    untold = _untold(len(message.items), content) + max(len(items) - _MOST_MEETINGS, 0)
    count = min(len(items), _MOST_MEETINGS) + untold
    meetings = words.count("meeting", count) if count else words.digest["nothing"]
    coverage = content.get("coverage")
    ways_out = links_out(message, words)
    return Roundup(
        subject=_subject(message, saying, meetings),
        heading=words.capital(meetings),
        subheading=_subheading(message, saying),
        flooded=_flooded(content, meetings, saying),
        chapters=tuple(_chapters(items[:_MOST_MEETINGS], saying)),
        further=words.line["more"].format(count=untold) if untold else None,
        coverage=_coverage(coverage, saying, message.now) if coverage else None,
        reasons=(words.line["watch"].format(names=_watches(message, words)),),
        ways_out=ways_out,
        commands=() if ways_out else stop_commands(message.alert),
        words=words,
    )


# --- which meetings -----------------------------------------------------------------------------------------------


def by_meeting(items: Sequence[Item]) -> list[Item]:
    """One item for each meeting, in order: told of first, however that changed since; else with all that changed."""
    kept: dict[int, Item] = {}
    for item in items:
        kept[item.meeting.id] = _joined(kept.get(item.meeting.id), item)
    return list(kept.values())


def _joined(before: Item | None, item: Item) -> Item:
    if before is None or AlertKind.FIRST in (item.alert.kind, before.alert.kind):
        return before if before and before.alert.kind is AlertKind.FIRST else item
    return replace(item, alert=replace(item.alert, changes=(*before.alert.changes, *item.alert.changes)))


def _untold(given: int, content: Mapping[str, Any]) -> int:
    """How many of the alerts in the digest were not handed in, being too many."""
    count = int(content.get("count", 0))
    return max(count - given, 0) if count > _MOST_MEETINGS else 0


def _chapters(items: Sequence[Item], saying: Saying) -> Iterator[Chapter]:
    """Bodies in order of name, what has none last; the meetings of each by their days."""
    named = [(_body(item.meeting, saying), item) for item in items]
    named.sort(key=lambda each: (not each[0], each[0].casefold(), each[0], _first_day(each[1].meeting)))
    for name, of_body in groupby(named, key=lambda each: each[0]):
        briefs = tuple(_brief(item, saying, in_chapter=bool(name)) for _, item in of_body)
        yield Chapter(name or saying.words.digest["others"], briefs)


def _body(meeting: Meeting, saying: Saying) -> str:
    body = meeting.report.body
    return "" if body is None else saying.body(body.value)


def _first_day(meeting: Meeting) -> tuple[date, int]:
    day = meeting.report.start_date or meeting.report.end_date
    return (day.value if day else date.max), meeting.id


# --- what is said of one ------------------------------------------------------------------------------------------


def _brief(item: Item, saying: Saying, *, in_chapter: bool) -> Brief:
    """Under its body's name a meeting is called by its number and kind, elsewhere by what it is called by itself."""
    meeting, words = item.meeting, saying.words
    tellings = by_weight(meeting.tellings, saying)
    what = saying.subheading(meeting.report)
    heading = words.capital(what) if in_chapter else saying.heading(meeting, tellings)
    facts = ("" if in_chapter else what, saying.days(meeting.report), saying.venue(meeting.report))
    first = tellings[0] if tellings else None
    title = line(first.title or "") if first else ""
    outlet = saying.outlet(first) if first else ""
    return Brief(
        heading=heading,
        facts=_beside(*facts),
        marks=(words.digest["late"],) if meeting.late else (),
        amended=tuple(amended(change, meeting, saying) for change in item.alert.changes),
        title=(title or words.label["no_title"]) if title != heading else outlet,
        link=safe_link(first.url) if first else None,
        meta=_beside(outlet if title != heading else "", words.count("report", len(tellings))),
        matched=_matched(item, saying),
    )


def _matched(item: Item, saying: Saying) -> str | None:
    """Why the watch spoke up, if that is soon said."""
    filters = saying.words.filter
    found = item.alert.matched.items()
    said = "; ".join(f"{filters.get(name, line(name))}: {saying.matched(name, what)}" for name, what in found)
    return said if 0 < len(said) <= _SHORT else None


def _beside(*parts: str | None) -> str:
    return " · ".join(part for part in parts if part)


# --- what is said of all ------------------------------------------------------------------------------------------


def _subject(message: OutgoingMessage, saying: Saying, meetings: str) -> str:
    """Within `SUBJECT_LIMIT`: the watch's name gives way."""
    subject = saying.words.digest["subject"].format(
        digest=_kind(message, saying), meetings=meetings, day=saying.words.day(_day(message, saying))
    )
    watch = header_text(", ".join(message.alert.watch_names), SUBJECT_LIMIT - len(subject) - 3)
    return f"{subject} ({watch})" if watch else subject


def _kind(message: OutgoingMessage, saying: Saying) -> str:
    """ "Readout daily"."""
    return saying.words.digest.get(str(message.alert.content.get("reason")), saying.words.digest["daily"])


def _subheading(message: OutgoingMessage, saying: Saying) -> str:
    day = saying.words.day(_day(message, saying))
    return _beside(_kind(message, saying), day, _watches(message, saying.words))


def _flooded(content: Mapping[str, Any], meetings: str, saying: Saying) -> str | None:
    """Why the digest comes, behind the name of the source whose flood it is."""
    if content.get("reason") != "flood":
        return None
    alerts = saying.words.count("alert", int(content.get("limit", 0)))
    source = saying.names.sources.get(SourceId(str(content.get("source"))))
    said = saying.words.digest["flooded"].format(alerts=alerts, meetings=meetings)
    return line(f"{source.name}: {said}" if source else said)


def _watches(message: OutgoingMessage, words: Words) -> str:
    return ", ".join(words.quoted(line(name)) for name in message.alert.watch_names)


def _day(message: OutgoingMessage, saying: Saying) -> date:
    """The day that the digest is of."""
    day = message.alert.content.get("day")
    return date.fromisoformat(day) if day else saying.day_of(message.now)


# --- coverage -----------------------------------------------------------------------------------------------------


def _coverage(coverage: Mapping[str, Any], saying: Saying, now: datetime) -> str:
    """ "41 of 43 sources checked; 2 down since Tuesday (Agency, Palace)"."""
    checked = saying.words.digest["coverage"].format(checked=coverage["checked"], sources=coverage["sources"])
    return "; ".join((checked, *_down(coverage.get("down", ()), saying, now)))


def _down(rows: Sequence[Mapping[str, Any]], saying: Saying, now: datetime) -> Iterator[str]:
    """The sources that are down, those since the same day together, the longest first."""
    since = sorted((_since_day(row, saying) or date.max, line(str(row["name"]))) for row in rows)
    for day, of_day in groupby(since, key=lambda each: each[0]):
        names = [name for _, name in of_day]
        said = _since(day, saying.day_of(now), saying.words)
        yield line(saying.words.digest["down"].format(count=len(names), since=said, names=_listed(names, saying.words)))


def _since_day(row: Mapping[str, Any], saying: Saying) -> date | None:
    since = row.get("since")
    return saying.day_of(datetime.fromisoformat(since)) if since else None


def _since(day: date, today: date, words: Words) -> str:
    """ "since Tuesday" within a week, else "since 3 Nov 2026"; nothing of a day that nobody knows."""
    if day == date.max:
        return ""
    if timedelta() <= today - day < _A_WEEK:
        return words.since[str(day.weekday())]
    return words.since["day"].format(day=words.day(day))


def _listed(names: Sequence[str], words: Words) -> str:
    more = len(names) - _MOST_SOURCES
    rest = [words.line["more"].format(count=more)] if more > 0 else []
    return ", ".join((*names[:_MOST_SOURCES], *rest))
