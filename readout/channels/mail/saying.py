"""How the facts of a meeting are said in one language and zone: bodies, places, days, people, outlets, times.

It must not choose what is said of a meeting, nor in which order.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from readout.articles.clean import clean_line
from readout.channels.channel import Names, OutgoingMessage
from readout.channels.mail.clean import safe_link, shortened
from readout.channels.mail.words import Words, words_in
from readout.model import BodyName, Meeting, Participant, Report, SourceId, Telling
from readout.watching import AT_ONCE, Filter

LINE_LIMIT = 300
_MATCHED_APART = "; "
_DAYS_APART = " – "


@dataclass(frozen=True, slots=True)
class Saying:
    """Says facts; whatever it returns is one line of bounded length."""

    words: Words
    names: Names
    timezone: str = AT_ONCE.timezone

    # --- what a meeting is called -------------------------------------------------------------------------------------

    def heading(self, meeting: Meeting, tellings: Sequence[Telling]) -> str:
        """What `meeting` is called: its body, else the title of the first of `tellings`, else its kind and who met."""
        if meeting.report.body is not None:
            return self.body(meeting.report.body.value)
        titles = (line(telling.title) for telling in tellings if telling.title)
        return next((title for title in titles if title), self._kind_and_who(meeting.report))

    def subheading(self, report: Report) -> str:
        """ "55th session, held"."""
        kind = report.kind.value.value
        return f"{self.counted(report) or self.words.kind[kind]}, {self.words.standing(kind, report.status.value)}"

    def counted(self, report: Report) -> str | None:
        """ "55th session"."""
        number = report.session_number
        return None if number is None else line(self.words.numbered(report.kind.value.value, number.value))

    def _kind_and_who(self, report: Report) -> str:
        kind = self.words.capital(self.words.kind[report.kind.value.value])
        people = [line(fact.value.name) for fact in report.participants]
        who = people or [self.country(fact.value) for fact in report.countries]
        return f"{kind}: {', '.join(who[:3])}" if who else kind

    # --- single facts -------------------------------------------------------------------------------------------------

    def body(self, body: BodyName) -> str:
        """By its name in the language where the registry has one, else as the page writes it."""
        return line(self.names.bodies.get(body.id or "", body.name))

    def country(self, code: str) -> str:
        """By its name; an organisation that stands for one by its own."""
        return line(self.names.countries.get(code, code))

    def city(self, name: str) -> str:
        """By its name in the language where it is known, else in English."""
        return line(self.names.cities.get(name, name))

    def venue(self, report: Report) -> str:
        """ "Astana, Kazakhstan"; empty for no place at all."""
        city = report.city and self.city(report.city.value)
        country = report.country and self.country(report.country.value)
        return ", ".join(part for part in (city, country) if part)

    def days(self, report: Report) -> str | None:
        """ "3-4 Oct 2024" with a dash, without a year that no report says; None for no day at all."""
        first, last, partial = report.start_date, report.end_date, report.date_partial
        if first is None and last is None and partial is not None:
            return self.words.days_of_no_year(partial.value)
        return self.words.days(None if first is None else first.value, None if last is None else last.value)

    def person(self, person: Participant) -> str:
        """ "Name, office, country"; a name in a script that the language's readers do not read stands in brackets."""
        name, latin = person.name, person.name_latin
        called = name if self._is_read(name) or latin in ("", name) else f"{latin} ({name})"
        country = person.country and self.country(person.country)
        return line(", ".join(part for part in (called, person.role, country) if part))

    def _is_read(self, name: str) -> bool:
        letters = (unicodedata.name(letter, "?").split()[0] for letter in name if letter.isalpha())
        return set(letters) <= set(self.words.scripts)

    # --- reports ------------------------------------------------------------------------------------------------------

    def outlet(self, telling: Telling) -> str:
        """The source's name, else the host of the address."""
        return self.publisher(telling.source, telling.url)

    def publisher(self, source_id: SourceId | None, url: str) -> str:
        """Who publishes at `url`: the source's name, else the host."""
        source = self.names.sources.get(source_id) if source_id else None
        host = urlsplit(safe_link(url) or "").hostname or ""
        return line(source.name if source else host.removeprefix("www."))

    def is_official(self, telling: Telling) -> bool:
        """Whether it speaks for a state or an organisation of states."""
        source = self.names.sources.get(telling.source) if telling.source else None
        return source.is_official if source else telling.official

    def language(self, code: str) -> str:
        """The language's name, else its code."""
        return line(self.words.language.get(code.partition("-")[0], code))

    def published(self, telling: Telling) -> str:
        """When it was published, to the day where no more is known; else since when it is known."""
        if telling.published is None:
            return self.words.line["first_seen"].format(time=self.moment(telling.first_seen))
        if telling.published_day_only and telling.published_day:
            return self.words.day(telling.published_day)
        return self.moment(telling.published)

    def moment(self, moment: datetime) -> str:
        """ "4 Oct 2024, 21:30 UTC+5", in the reader's zone."""
        here = moment.astimezone(_zone(self.timezone))
        return f"{self.words.day(here.date())}, {here:%H:%M} {_zone_name(here)}"

    def day_of(self, moment: datetime) -> date:
        """The day of `moment` in the reader's zone."""
        return moment.astimezone(_zone(self.timezone)).date()

    # --- values that stand as text ------------------------------------------------------------------------------------

    def told(self, fact: str, value: str) -> str:
        """A value of a `Change`, as the rest of the mail says such values."""
        say = _TOLD.get(fact)
        return line(value) if say is None else say(self, value)

    def matched(self, name: str, what: str) -> str:
        """What a filter found, value by value."""
        say = _MATCHED.get(name)
        values = what.split(_MATCHED_APART) if say else [what]
        return line(_MATCHED_APART.join(say(self, value) if say else value for value in values))


def saying_of(message: OutgoingMessage) -> Saying:
    """How `message` is to be said to its reader."""
    words = words_in(message.delivery.language)
    return Saying(words, message.names.said_in(words.code), message.delivery.timezone)


def line(text: str) -> str:
    """`text` on one line of bounded length, with nothing in it that misleads."""
    return shortened(clean_line(text), LINE_LIMIT)


# --- tables -----------------------------------------------------------------------------------------------------------

_Say = Callable[[Saying, str], str]


def _in_table(name: str) -> _Say:
    def say(saying: Saying, value: str) -> str:
        table: Mapping[str, str] = getattr(saying.words, name)
        return line(table.get(value, value))

    return say


def _body_kind(saying: Saying, value: str) -> str:
    """The kind, and in brackets the body's name."""
    kind, bracket, rest = value.partition(" (")
    return line(saying.words.kind.get(kind, kind) + bracket + rest)


def _days(saying: Saying, value: str) -> str:
    return line(saying.words.spelt_days(value.replace(_DAYS_APART, " to ")))


def _source(saying: Saying, value: str) -> str:
    source = saying.names.sources.get(SourceId(value))
    return line(source.name if source else value)


_TOLD: Mapping[str, _Say] = {
    "status": _in_table("status"),
    "days": _days,
    "city": Saying.city,
    "country": Saying.country,
}
_MATCHED: Mapping[str, _Say] = {
    Filter.BODY_KIND: _body_kind,
    Filter.KIND: _in_table("kind"),
    Filter.STATUS: _in_table("status"),
    Filter.DAY: _days,
    Filter.COUNTRY: Saying.country,
    Filter.STATE: Saying.country,
    Filter.CITY: Saying.city,
    Filter.TOPIC: _in_table("topic"),
    Filter.LANGUAGE: Saying.language,
    Filter.SOURCE: _source,
    Filter.SOURCE_KIND: _in_table("source_kind"),
}


# --- zones ------------------------------------------------------------------------------------------------------------


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
