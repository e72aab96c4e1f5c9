"""What an alert says about a meeting, as plain values for the templates: facts with their sentences, reports, reasons.

It must not know of headers or markup.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from readout.articles.clean import clean_line
from readout.channels.channel import Names, OutgoingMessage
from readout.channels.mail.clean import header_text, safe_link, shortened
from readout.channels.mail.quote import Quote, Quoter
from readout.channels.mail.words import Words, english, ordinal
from readout.model import Alert, AlertKind, Change, Fact, Meeting, Participant, Telling

SUBJECT_LIMIT = 120
_LINE_LIMIT = 300
_MOST_REPORTS = 20


@dataclass(frozen=True, slots=True)
class Block:
    """Some lines, the sentence they were read from, and who wrote it."""

    lines: tuple[str, ...]
    quote: Quote | None
    outlet: str


@dataclass(frozen=True, slots=True)
class Row:
    """A label and what is said under it."""

    label: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One report of the meeting. `link` is None for an address that no reader should follow."""

    title: str
    outlet: str
    language: str
    time: str
    link: str | None
    is_official: bool
    is_copy: bool


@dataclass(frozen=True, slots=True)
class Amended:
    """What an update corrects: a fact by its label, as it was told before and as it is told now; None: not at all."""

    label: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """All that an alert says; `amended` is of an update alone."""

    subject: str
    heading: str
    subheading: str
    amended: tuple[Amended, ...]
    rows: tuple[Row, ...]
    entries: tuple[Entry, ...]
    further: str | None
    reasons: tuple[str, ...]
    stops: tuple[str, ...]
    words: Words


def write_letter(message: OutgoingMessage) -> Letter:
    """The letter about `message`'s meeting."""
    return _Writer(message.meeting, message.names, english()).letter(message.alert)


class _Writer:
    def __init__(self, meeting: Meeting, names: Names, words: Words) -> None:
        self._meeting = meeting
        self._report = meeting.report
        self._names = names
        self._words = words
        self._tellings = sorted(meeting.tellings, key=self._rank)
        self._quoter = Quoter(self._tellings)

    def letter(self, alert: Alert) -> Letter:
        more = len(self._tellings) - _MOST_REPORTS
        further = self._words.line["further"].format(count=more, id=f"M{self._meeting.id}") if more > 0 else None
        return Letter(
            subject=self._subject(is_update=alert.kind is AlertKind.UPDATE),
            heading=self._name(),
            subheading=self._subheading(),
            amended=tuple(self._amended(change) for change in alert.changes),
            rows=tuple(self._rows()),
            entries=tuple(self._entry(telling) for telling in self._tellings[:_MOST_REPORTS]),
            further=further,
            reasons=tuple(self._reasons(alert)),
            stops=tuple(f"readout watch remove {shlex.quote(clean_line(name))}" for name in alert.watch_names),
            words=self._words,
        )

    def _rank(self, telling: Telling) -> tuple[bool, bool, datetime]:
        """Official ones first, copies last, then as they were published."""
        return not self._is_official(telling), telling.duplicate_of is not None, telling.published or telling.first_seen

    # --- names ----------------------------------------------------------------------------------------------------

    def _name(self) -> str:
        """What the meeting is called: its body, else the title of its first report, else its kind and who met."""
        body = self._report.body
        if body is not None:
            return _line(self._names.bodies.get(body.value.id or "", body.value.name))
        titles = (_line(telling.title) for telling in self._tellings if telling.title)
        return next((title for title in titles if title), self._kind_and_who())

    def _kind_and_who(self) -> str:
        kind = self._words.kind[self._report.kind.value].capitalize()
        people = [_line(fact.value.name) for fact in self._report.participants]
        who = people or [self._country(fact.value) for fact in self._report.countries]
        return f"{kind}: {', '.join(who[:3])}" if who else kind

    def _subheading(self) -> str:
        what = self._counted() or self._words.kind[self._report.kind.value]
        return f"{what}, {self._words.status[self._report.status.value]}"

    def _counted(self) -> str | None:
        """ "55th session"."""
        number = self._report.session_number
        return None if number is None else f"{ordinal(number.value)} {self._words.counted[self._report.kind.value]}"

    def _subject(self, *, is_update: bool) -> str:
        """Within `SUBJECT_LIMIT`: a long name gives way to number, city and day."""
        start = self._words.subject["update"] if is_update else ""
        start += self._words.subject.get(self._report.status.value, "")
        city = header_text(self._report.city.value, 40) if self._report.city else None
        counted, days = self._counted(), self._days()
        place = ", ".join(part for part in (city, days) if part)
        end = (f", {counted}" if counted else "") + (f": {place}" if place else "")
        return start + header_text(self._name(), SUBJECT_LIMIT - len(start) - len(end)) + end

    def _days(self) -> str | None:
        first, last, partial = self._report.start_date, self._report.end_date, self._report.date_partial
        if partial is not None:
            return self._words.days_of_no_year(partial.value)
        return self._words.days(None if first is None else first.value, None if last is None else last.value)

    def _country(self, code: str) -> str:
        return _line(self._names.countries.get(code, code))

    # --- changes --------------------------------------------------------------------------------------------------

    def _amended(self, change: Change) -> Amended:
        label = self._words.fact.get(change.fact, _line(change.fact))
        return Amended(label, self._said(change.fact, change.before), self._said(change.fact, change.after))

    def _said(self, fact: str, value: str | None) -> str | None:
        """A value as the rest of the mail says such values."""
        match fact, value:
            case _, None:
                return None
            case "status", _:
                return self._words.status.get(value, _line(value))
            case "country", _:
                return self._country(value)
            case "days", _:
                return self._words.spelt_days(_line(value))
            case _:
                return _line(value)

    # --- facts ----------------------------------------------------------------------------------------------------

    def _rows(self) -> Iterator[Row]:
        report, label = self._report, self._words.label
        named = _present(report.body, report.session_number, report.kind, report.status)
        yield Row("", self._blocks([], named))
        if (days := self._days()) is not None:
            told = _present(report.start_date, report.end_date, report.date_partial)
            yield Row(label["when"], self._blocks([days], told))
        if where := _present(report.city, report.country):
            yield Row(label["where"], self._blocks([self._venue()], where))
        if report.participants:
            yield Row(label["who"], self._person_blocks())
        if report.received_by is not None:
            yield Row(label["received_by"], self._blocks([report.received_by.value], [report.received_by]))
        if report.countries:
            names = ", ".join(self._country(fact.value) for fact in report.countries)
            yield Row(label["countries"], self._blocks([names], report.countries))
        if about := (*report.topics, *report.subjects):
            topics = ", ".join(self._words.topic.get(fact.value, fact.value) for fact in about)
            yield Row(label["topics"], self._blocks([topics], about))

    def _venue(self) -> str:
        city, country = self._report.city, self._report.country
        parts = (city and city.value, country and self._country(country.value))
        return ", ".join(part for part in parts if part)

    def _blocks(self, lines: Sequence[str], facts: Sequence[Fact[Any]]) -> tuple[Block, ...]:
        """`lines`, then every sentence behind `facts`."""
        quotes = [quote for _, quote in self._quoter.by_sentence(facts) if quote is not None]
        spoken = tuple(_line(line) for line in lines)
        first = quotes[0] if quotes else None
        return (self._block(spoken, first), *(self._block((), quote) for quote in quotes[1:]))

    def _person_blocks(self) -> tuple[Block, ...]:
        """People under the sentence that names them."""
        return tuple(
            self._block(tuple(self._person(fact.value) for fact in facts), quote)
            for facts, quote in self._quoter.by_sentence(self._report.participants)
        )

    def _person(self, person: Participant) -> str:
        name = person.name if person.name.isascii() or not person.name_latin else f"{person.name} ({person.name_latin})"
        country = person.country and self._country(person.country)
        return _line(", ".join(part for part in (name, person.role, country) if part))

    def _block(self, lines: tuple[str, ...], quote: Quote | None) -> Block:
        return Block(lines, quote, self._outlet(quote.telling) if quote else "")

    # --- reports --------------------------------------------------------------------------------------------------

    def _entry(self, telling: Telling) -> Entry:
        code = telling.language or ""
        return Entry(
            title=_line(telling.title or "") or self._words.label["no_title"],
            outlet=self._outlet(telling),
            language=self._words.language.get(code.partition("-")[0], code),
            time=self._time(telling),
            link=safe_link(telling.url),
            is_official=self._is_official(telling),
            is_copy=telling.duplicate_of is not None,
        )

    def _outlet(self, telling: Telling) -> str:
        """The source's name, else the host of the address."""
        source = self._names.sources.get(telling.source) if telling.source else None
        host = urlsplit(safe_link(telling.url) or "").hostname or ""
        return _line(source.name if source else host.removeprefix("www."))

    def _is_official(self, telling: Telling) -> bool:
        source = self._names.sources.get(telling.source) if telling.source else None
        return source is not None and source.is_official

    def _time(self, telling: Telling) -> str:
        if telling.published is None:
            seen = telling.first_seen.astimezone(UTC)
            return self._words.line["first_seen"].format(time=self._moment(seen))
        if telling.published_day_only and telling.published_day:
            return self._words.day(telling.published_day)
        source = self._names.sources.get(telling.source) if telling.source else None
        return self._moment(telling.published.astimezone(_zone(source.timezone if source else "UTC")))

    def _moment(self, moment: datetime) -> str:
        return f"{self._words.day(moment.date())}, {moment:%H:%M} {_zone_name(moment)}"

    # --- reasons --------------------------------------------------------------------------------------------------

    def _reasons(self, alert: Alert) -> Iterator[str]:
        line = "watch" if alert.matched else "watch_all"
        line = "watch_update" if alert.kind is AlertKind.UPDATE else line
        yield self._words.line[line].format(names=", ".join(f"“{_line(name)}”" for name in alert.watch_names))
        for name, what in alert.matched.items():
            said = self._country(what) if name == "countries" else _line(what)
            yield f"{self._words.filter.get(name, name)}: {said}"


def _line(text: str) -> str:
    return shortened(clean_line(text), _LINE_LIMIT)


def _present(*facts: Fact[Any] | None) -> list[Fact[Any]]:
    return [fact for fact in facts if fact is not None]


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return ZoneInfo("UTC")


def _zone_name(moment: datetime) -> str:
    """ "UTC", "UTC+5", "UTC+5:30"."""
    offset = f"{moment:%z}"
    hours, minutes = int(offset[:3]), offset[3:5]
    return "UTC" if int(offset) == 0 else f"UTC{hours:+d}" + (f":{minutes}" if minutes != "00" else "")
