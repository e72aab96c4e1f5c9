"""What an alert says about a meeting, as plain values for the templates: facts with their sentences, reports, reasons.

It must not know of headers or markup.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Generic, TypeVar

from readout.channels.channel import Names, OutgoingMessage
from readout.channels.mail.clean import SUBJECT_LIMIT, header_text, safe_link, shortened, stop_link
from readout.channels.mail.differing import SAID_AS, Difference, find_differences
from readout.channels.mail.quote import Quote, Quoter, facts_of, is_ruled
from readout.channels.mail.saying import Saying, line, saying_of
from readout.channels.mail.words import Words
from readout.model import Alert, AlertKind, Fact, LanguageCode, Meeting, Telling
from readout.watching import Change, Filter

Value = TypeVar("Value")

_MOST_REPORTS = 20
_MOST_CHANGES = 20
_LONGEST_CITY = 30
_LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class Block:
    """Some lines, the sentence they were read from, and who wrote it."""

    lines: tuple[str, ...]
    quote: Quote | None
    outlet: str


@dataclass(frozen=True, slots=True)
class Row:
    """A label and what is said under it; `ruled`: that a person set it, or which part of it."""

    label: str
    blocks: tuple[Block, ...]
    ruled: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One report of the meeting. `link` is None for an address that no reader should follow, `code` its language's."""

    title: str
    outlet: str
    language: str
    code: LanguageCode | None
    time: str
    link: str | None
    is_official: bool
    is_copy: bool
    is_gone: bool


@dataclass(frozen=True, slots=True)
class Amended:
    """What an update says: a fact by its label, as it was told before and as it is told now; None: not at all."""

    label: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class WayOut:
    """Where its reader ends what one watch sends them."""

    label: str
    link: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """All that an alert says; `amended` is of an update alone, `notes` is what is not sure of the meeting.

    `ways_out`: the links by which its reader ends it; where there is none, `commands` has what ends it.
    """

    subject: str
    heading: str
    subheading: str
    notes: tuple[str, ...]
    amended: tuple[Amended, ...]
    rows: tuple[Row, ...]
    differences: tuple[Difference, ...]
    entries: tuple[Entry, ...]
    further: str | None
    reasons: tuple[str, ...]
    ways_out: tuple[WayOut, ...]
    commands: tuple[str, ...]
    words: Words


def write_letter(message: OutgoingMessage) -> Letter:
    """The letter about `message`'s meeting, in the language and zone it is to be said in."""
    saying, meeting, alert = saying_of(message), message.meeting, message.alert
    account = _account(_Same(meeting), _Same(saying.words), _Same(saying.names), saying.timezone)
    ways_out = links_out(message, saying.words)
    return Letter(
        subject=_subject(meeting, account.tellings, saying, is_update=alert.kind is AlertKind.UPDATE),
        heading=saying.heading(meeting, account.tellings),
        subheading=saying.subheading(meeting.report),
        notes=tuple(_notes(message, saying)),
        amended=tuple(amended(change, meeting, saying) for change in alert.changes[:_MOST_CHANGES]),
        rows=account.rows,
        differences=account.differences,
        entries=account.entries,
        further=_further(meeting, saying),
        reasons=tuple(_reasons(alert, meeting, saying)),
        ways_out=ways_out,
        commands=() if ways_out else stop_commands(alert),
        words=saying.words,
    )


@dataclass(frozen=True, slots=True)
class _Account:
    """What every reader is told of a meeting in one language and zone."""

    tellings: Sequence[Telling]
    rows: tuple[Row, ...]
    differences: tuple[Difference, ...]
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True, eq=False)
class _Same(Generic[Value]):
    """A value that is like itself alone: to compare two meetings takes as long as to tell of one."""

    value: Value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.value is self.value

    def __hash__(self) -> int:
        return id(self.value)


@lru_cache(maxsize=8)  # many hear of one meeting, one after the other
def _account(meeting: _Same[Meeting], words: _Same[Words], names: _Same[Names], timezone: str) -> _Account:
    saying = Saying(words.value, names.value, timezone)
    tellings = by_weight(meeting.value.tellings, saying)
    return _Account(
        tellings=tellings,
        rows=tuple(_Facts(meeting.value, tellings, saying).rows()),
        differences=find_differences(meeting.value, saying),
        entries=tuple(_entry(telling, saying) for telling in tellings[:_MOST_REPORTS]),
    )


def by_weight(tellings: Sequence[Telling], saying: Saying) -> list[Telling]:
    """Official ones first, copies last, then as they were published."""

    def weight(telling: Telling) -> tuple[bool, bool, datetime]:
        is_copy = telling.duplicate_of is not None
        return not saying.is_official(telling), is_copy, telling.published or telling.first_seen

    return sorted(tellings, key=weight)


# --- above the facts --------------------------------------------------------------------------------------------------


def _subject(meeting: Meeting, tellings: Sequence[Telling], saying: Saying, *, is_update: bool) -> str:
    """Within `SUBJECT_LIMIT`: a long name gives way to number, city and day."""
    report, words = meeting.report, saying.words
    start = (words.subject["update"] if is_update else "") + words.subject.get(report.status.value, "")
    city = header_text(saying.city(report.city.value), _LONGEST_CITY) if report.city else None
    counted, days = saying.counted(report), saying.days(report)
    place = ", ".join(part for part in (city, days) if part)
    end = (f", {counted}" if counted else "") + (f": {place}" if place else "")
    name = header_text(saying.heading(meeting, tellings), SUBJECT_LIMIT - len(start) - len(end))
    return header_text(start + name + end, SUBJECT_LIMIT)


def _notes(message: OutgoingMessage, saying: Saying) -> Iterator[str]:
    """How the meeting stands to others, as far as these were handed over."""
    told, related, words = message.meeting, message.related, saying.words.line
    for number in told.perhaps_same_as:
        if number in related:
            yield words["perhaps"].format(other=_called(related[number], saying))
    if told.part_of is not None and told.part_of in related:
        yield words["part_of"].format(other=_called(related[told.part_of], saying))


def _called(meeting: Meeting, saying: Saying) -> str:
    """Another meeting as a reader knows it again: by its name, number, city and days."""
    report = meeting.report
    name = shortened(saying.heading(meeting, by_weight(meeting.tellings, saying)), _LONGEST_NAME)
    city = saying.city(report.city.value) if report.city else None
    return line(", ".join(filter(None, (name, saying.counted(report), city, saying.days(report)))))


def amended(change: Change, meeting: Meeting, saying: Saying) -> Amended:
    """A change as it is said; of a further report its outlet and title."""
    label = saying.words.fact.get(change.fact) or line(change.fact.replace("_", " "))
    before, after = (value and _told(change.fact, value, meeting, saying) for value in (change.before, change.after))
    return Amended(label, before, after)


def _told(fact: str, value: str, meeting: Meeting, saying: Saying) -> str:
    telling = next((each for each in meeting.tellings if fact == "report" and each.url == value), None)
    if telling is None:
        return saying.told(fact, value)
    return line(": ".join(part for part in (saying.outlet(telling), telling.title) if part))


# --- facts ------------------------------------------------------------------------------------------------------------


class _Facts:
    """The facts of a meeting, each over the sentences it was read from."""

    def __init__(self, meeting: Meeting, tellings: Sequence[Telling], saying: Saying) -> None:
        self._report = meeting.report
        self._saying = saying
        self._quoter = Quoter(tellings)

    def rows(self) -> Iterator[Row]:
        report, label = self._report, self._saying.words.label
        yield self._row("", [], "body", "session_number", "kind", "status")
        if (days := self._days()) is not None:
            yield self._row(label["when"], [days], "start_date", "end_date", "date_partial")
        if venue := self._saying.venue(report):
            yield self._row(label["where"], [venue], "city", "country")
        if report.participants:
            yield Row(label["who"], self._person_blocks(), self._ruled("participants"))
        if report.received_by is not None:
            yield self._row(label["received_by"], [report.received_by.value], "received_by")
        if report.countries:
            names = ", ".join(self._saying.country(fact.value) for fact in report.countries)
            yield self._row(label["countries"], [names], "countries")
        if about := (*report.topics, *report.subjects):
            topics = ", ".join(self._saying.words.topic.get(fact.value, fact.value) for fact in about)
            yield self._row(label["topics"], [topics], "topics", "subjects")

    def _days(self) -> str | None:
        """With a word on it where nobody names the year."""
        days, report = self._saying.days(self._report), self._report
        is_of_no_year = report.start_date is None and report.end_date is None and report.date_partial is not None
        return f"{days} ({self._saying.words.line['no_year']})" if days and is_of_no_year else days

    def _row(self, label: str, lines: Sequence[str], *names: str) -> Row:
        """`lines` over the sentences behind these facts: over none where a person set a value that is said in them,
        since a sentence about the place or day that was corrected tells the other."""
        ruled = self._ruled(*names)
        facts = [] if ruled and lines else [fact for name in names for fact in facts_of(self._report, name)]
        return Row(label, self._blocks(lines, facts), ruled)

    def _ruled(self, *names: str) -> str | None:
        """That a person set what is said of these facts; which of them, where a reader takes them for several."""
        words = self._saying.words
        called = {name: words.fact.get(SAID_AS.get(name, name), "") for name in names}
        ruled = [called[name] for name in names if any(is_ruled(fact) for fact in facts_of(self._report, name))]
        if not ruled or len(set(called.values())) == 1:
            return words.line["ruled"] if ruled else None
        return f"{', '.join(ruled)}: {words.line['ruled']}"

    def _blocks(self, lines: Sequence[str], facts: Sequence[Fact[Any]]) -> tuple[Block, ...]:
        """`lines`, then every sentence behind `facts`."""
        quotes = [quote for _, quote in self._quoter.by_sentence(facts) if quote is not None]
        spoken = tuple(line(each) for each in lines)
        first = quotes[0] if quotes else None
        return (self._block(spoken, first), *(self._block((), quote) for quote in quotes[1:]))

    def _person_blocks(self) -> tuple[Block, ...]:
        """People under the sentence that names them."""
        return tuple(
            self._block(tuple(self._saying.person(fact.value) for fact in facts), quote)
            for facts, quote in self._quoter.by_sentence(self._report.participants)
        )

    def _block(self, lines: tuple[str, ...], quote: Quote | None) -> Block:
        return Block(lines, quote, self._saying.outlet(quote.telling) if quote else "")


# --- reports ----------------------------------------------------------------------------------------------------------


def _entry(telling: Telling, saying: Saying) -> Entry:
    return Entry(
        title=line(telling.title or "") or saying.words.label["no_title"],
        outlet=saying.outlet(telling),
        language=saying.language(telling.language or ""),
        code=telling.language,
        time=saying.published(telling),
        link=safe_link(telling.url),
        is_official=saying.is_official(telling),
        is_copy=telling.duplicate_of is not None,
        is_gone=telling.gone_at is not None,
    )


def _further(meeting: Meeting, saying: Saying) -> str | None:
    more = len(meeting.tellings) - _MOST_REPORTS
    return saying.words.line["more"].format(count=more) if more > 0 else None


# --- reasons ----------------------------------------------------------------------------------------------------------


def _reasons(alert: Alert, meeting: Meeting, saying: Saying) -> Iterator[str]:
    """Which watches asked for it, and because of what."""
    how = "watch" if alert.matched else "watch_all"
    how = "watch_update" if alert.kind is AlertKind.UPDATE else how
    names = ", ".join(saying.words.quoted(line(name)) for name in alert.watch_names)
    yield saying.words.line[how].format(names=names)
    for name, what in alert.matched.items():
        yield f"{saying.words.filter.get(name, line(name))}: {matched(name, what, meeting, saying)}"


def matched(name: str, what: str, meeting: Meeting, saying: Saying) -> str:
    """What a filter found, a body by its name and not in the words of the page."""
    bodies = [each.body.value for each in (meeting.report, *(told.report for told in meeting.tellings)) if each.body]
    found = next((body for body in bodies if name == Filter.BODY and body.name == what), None)
    return saying.body(found) if found else saying.matched(name, what)


def links_out(message: OutgoingMessage, words: Words) -> tuple[WayOut, ...]:
    """The links that may be followed of those by which its reader stops `message`."""
    links = ((words.quoted(line(stop.watch)), stop_link(stop.url)) for stop in message.stops)
    return tuple(WayOut(words.line["stop_link"].format(name=name), link) for name, link in links if link)


def stop_commands(alert: Alert) -> tuple[str, ...]:
    """What whoever runs Readout says so that the recipient is told no more."""
    words = (f"readout watch remove {shlex.quote(line(name))} --to" for name in alert.watch_names)
    return tuple(f"{said} {shlex.quote(line(alert.recipient))}" for said in words)
