"""Whether a query asks for a meeting, and because of which words.

It must not know who is told or how: it looks at one meeting's facts and one telling of it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from readout.meetings.event_days import days_of
from readout.meetings.person import same_person
from readout.model import Meeting, Report, Telling
from readout.watches.folding import UNSPACED, WORD, folded
from readout.watches.value import days, numbers, share
from readout.watching import SEARCHED, Filter, Query

Kinds = Mapping[str, str]
"""The kind of each body of the registry, by its id."""


def matches(query: Query, report: Report, telling: Telling, kinds: Kinds) -> Mapping[str, str] | None:
    """What made the demands of `query` hold, filter by filter, or None when one of them does not.

    `report` holds the meeting's best facts. Kind and status are asked of them alone; words, language, source and
    confidence of `telling` alone; the rest of both. What must not be is not named. No demands at all hold always.
    """
    told = _Told(report, telling, kinds)
    matched: dict[str, str] = {}
    # the text is read through only when all else agrees
    for term in sorted(query.terms, key=lambda term: term.filter in SEARCHED):
        found = next((what for value in term.values for what in _FIND[term.filter](value, told)), None)
        if (found is None) is not term.is_not:
            return None
        if found is not None:
            name = term.filter.value
            matched[name] = f"{matched[name]}; {found}" if name in matched else found
    return matched


def first_told(query: Query, meeting: Meeting, kinds: Kinds) -> Mapping[str, str] | None:
    """What of the first of the meeting's reports that `query` asks for made it match; None: it asks for none."""
    told = (matches(query, meeting.report, telling, kinds) for telling in meeting.tellings)
    return next((matched for matched in told if matched is not None), None)


def joined(found: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """What matched several watches, filter by filter."""
    by_filter: dict[str, dict[str, None]] = {}
    for matched in found:
        for name, what in matched.items():
            by_filter.setdefault(name, {})[what] = None
    return {name: "; ".join(what) for name, what in by_filter.items()}


@dataclass(frozen=True, slots=True)
class _Told:
    """What a demand is asked of."""

    best: Report
    telling: Telling
    kinds: Kinds

    @property
    def reports(self) -> tuple[Report, ...]:
        """The facts of the meeting, and those that this telling gives."""
        return (self.best,) if self.telling.report == self.best else (self.best, self.telling.report)


# --- what is asked of the facts -----------------------------------------------------------------------------------


def _body(wanted: str, told: _Told) -> Iterator[str]:
    for report in told.reports:
        if report.body is not None and report.body.value.id == wanted:
            yield report.body.value.name


def _body_kind(wanted: str, told: _Told) -> Iterator[str]:
    for report in told.reports:
        if report.body is not None and told.kinds.get(report.body.value.id or "") == wanted:
            yield f"{wanted} ({report.body.value.name})"


def _kind(wanted: str, told: _Told) -> Iterator[str]:
    if told.best.kind.value == wanted:
        yield wanted


def _status(wanted: str, told: _Told) -> Iterator[str]:
    if told.best.status.value == wanted:
        yield wanted


def _session(wanted: str, told: _Told) -> Iterator[str]:
    first, last = numbers(wanted)
    for report in told.reports:
        if report.session_number is not None and first <= report.session_number.value <= last:
            yield str(report.session_number.value)


def _day(wanted: str, told: _Told) -> Iterator[str]:
    first, last = days(wanted)
    for report in told.reports:
        met = days_of(report)
        if met is not None and met[0] <= last and first <= met[1]:
            yield " – ".join(dict.fromkeys(day.isoformat() for day in met))


def _country(wanted: str, told: _Told) -> Iterator[str]:
    if any(report.country is not None and report.country.value == wanted for report in told.reports):
        yield wanted
    yield from _state(wanted, told)


def _state(wanted: str, told: _Told) -> Iterator[str]:
    for report in told.reports:
        sent = (person.value.country for person in report.participants)
        if wanted in (*(fact.value for fact in report.countries), *sent):
            yield wanted


def _city(wanted: str, told: _Told) -> Iterator[str]:
    for report in told.reports:
        if report.city is not None and folded(report.city.value) == folded(wanted):
            yield report.city.value


def _topic(wanted: str, told: _Told) -> Iterator[str]:
    for report in told.reports:
        yield from (fact.value for fact in (*report.topics, *report.subjects) if fact.value == wanted)


def _person(wanted: str, told: _Told) -> Iterator[str]:
    for report in told.reports:
        for person in (fact.value for fact in report.participants):
            if same_person(wanted, person.name) or same_person(wanted, person.name_latin):
                yield person.name
        if report.received_by is not None and same_person(wanted, report.received_by.value):
            yield report.received_by.value


# --- what is asked of the telling ---------------------------------------------------------------------------------


def _source(wanted: str, told: _Told) -> Iterator[str]:
    if told.telling.source is not None and told.telling.source == wanted:
        yield told.telling.source


def _source_kind(wanted: str, told: _Told) -> Iterator[str]:
    if told.telling.source_kind is not None and told.telling.source_kind == wanted:
        yield wanted


def _language(wanted: str, told: _Told) -> Iterator[str]:
    language = told.telling.language
    if language is not None and f"{language}-".casefold().startswith(f"{wanted}-".casefold()):
        yield language


def _confidence(wanted: str, told: _Told) -> Iterator[str]:
    if told.telling.score is not None and told.telling.score >= share(wanted):
        yield f"{told.telling.score:.2f}"


def _title(wanted: str, told: _Told) -> Iterator[str]:
    return _words_in(wanted, told.telling.title or "")


def _text(wanted: str, told: _Told) -> Iterator[str]:
    return _words_in(wanted, told.telling.text)


def _words(wanted: str, told: _Told) -> Iterator[str]:
    yield from _title(wanted, told)
    yield from _text(wanted, told)


def _words_in(wanted: str, text: str) -> Iterator[str]:
    """The words of `text` that `wanted` asks for, as they are written there."""
    if UNSPACED.search(wanted):
        plain = wanted.strip('"').replace("*", "")
        yield from [plain] if plain.casefold() in text.casefold() else []
        return
    words, line = _folded_words(text)
    for found in _pattern(wanted).finditer(line):
        yield " ".join(words[line.count(" ", 0, found.start()) : line.count(" ", 0, found.end())])


def implies(found: str, wanted: str) -> bool:
    """Whether every text in which the words `found` are found has the words `wanted`, as far as can be told."""
    if found == wanted:
        return True
    line, is_whole = _shortest(found)
    if line is None or UNSPACED.search(wanted):
        plain = wanted.strip('"').replace("*", "").casefold()
        return line is None and bool(UNSPACED.search(wanted)) and plain in found.casefold()
    return (is_whole or not wanted.startswith('"')) and _pattern(wanted).search(line) is not None


@lru_cache(maxsize=16_384)
def _shortest(found: str) -> tuple[str | None, bool]:
    """The shortest line of `_folded_words` in which they are found, if words stand apart; whether each is whole."""
    if UNSPACED.search(found):
        return None, False
    return _folded_words(found.strip('"').replace("*", ""))[1], found.startswith('"') and "*" not in found


@lru_cache(maxsize=16_384)
def _pattern(wanted: str) -> re.Pattern[str]:
    """What finds words in a line of `_folded_words`: each one whole in quotes, but for those with a star behind."""
    is_whole = wanted.startswith('"')
    terms = [
        re.escape(folded(found[0].rstrip("*"))) + ("" if is_whole and not found[0].endswith("*") else "[^ ]*")
        for found in _WANTED_WORD.finditer(unicodedata.normalize("NFC", wanted))
    ]
    return re.compile(f" {' '.join(terms)}(?= )" if terms else "(?!)")


@lru_cache(maxsize=32)
def _folded_words(text: str) -> tuple[tuple[str, ...], str]:
    """Each word of `text` as written, and all in one line without regard to case, accents and script, blanks before
    and behind. Cached: many watches ask."""
    words = tuple(WORD.findall(unicodedata.normalize("NFC", text)))
    return words, f" {' '.join(folded(word) for word in words)} "


_WANTED_WORD = re.compile(rf"{WORD.pattern}\*?")

_FIND: Mapping[Filter, Callable[[str, _Told], Iterator[str]]] = {
    Filter.BODY: _body,
    Filter.BODY_KIND: _body_kind,
    Filter.KIND: _kind,
    Filter.STATUS: _status,
    Filter.SESSION: _session,
    Filter.DAY: _day,
    Filter.COUNTRY: _country,
    Filter.CITY: _city,
    Filter.STATE: _state,
    Filter.PERSON: _person,
    Filter.TOPIC: _topic,
    Filter.LANGUAGE: _language,
    Filter.SOURCE: _source,
    Filter.SOURCE_KIND: _source_kind,
    Filter.CONFIDENCE: _confidence,
    Filter.TITLE: _title,
    Filter.TEXT: _text,
    Filter.WORDS: _words,
}
