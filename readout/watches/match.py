"""Whether a watch wants to hear of a meeting, and because of which words.

It must not know who is told or how: it looks at one meeting's facts and one telling of it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache

from anyascii import anyascii

from readout.meetings.person import same_person
from readout.model import Filters, Meeting, Report, Telling, Watch


def matches(filters: Filters, report: Report, telling: Telling) -> Mapping[str, str] | None:
    """What made `filters` match, filter by filter, or None when one of them does not.

    `report` holds the meeting's best facts; those of `telling` count as well. Words, languages and sources are asked
    of `telling` alone. No filters at all match everything, with nothing to name.
    """
    matched = {}
    for name in _IN_ORDER:
        wanted: tuple[str, ...] = getattr(filters, name)
        if not wanted:
            continue
        found = next((what for value in wanted for what in _find(name, value, report, telling)), None)
        if found is None:
            return None
        matched[name] = found
    return matched


def first_match(watch: Watch, meeting: Meeting) -> Mapping[str, str] | None:
    """What of the first of the meeting's reports that `watch` asks for made it match; None: it asks for none."""
    told = (matches(watch.filters, meeting.report, telling) for telling in meeting.tellings)
    return next((matched for matched in told if matched is not None), None)


def joined(found: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """What matched several watches, filter by filter."""
    by_filter: dict[str, dict[str, None]] = {}
    for matched in found:
        for name, what in matched.items():
            by_filter.setdefault(name, {})[what] = None
    return {name: "; ".join(what) for name, what in by_filter.items()}


def _find(name: str, wanted: str, report: Report, telling: Telling) -> Iterator[str]:
    if name in _OF_TELLING:
        yield from _OF_TELLING[name](wanted, telling)
    else:
        yield from _OF_FACTS[name](wanted, report)
        yield from _OF_FACTS[name](wanted, telling.report)


# --- what is asked of the facts -----------------------------------------------------------------------------------


def _body(wanted: str, report: Report) -> Iterator[str]:
    if report.body is not None and report.body.value.id == wanted:
        yield report.body.value.name


def _country(wanted: str, report: Report) -> Iterator[str]:
    venue = () if report.country is None else (report.country,)
    yield from (fact.value for fact in (*venue, *report.countries) if fact.value.casefold() == wanted.casefold())


def _topic(wanted: str, report: Report) -> Iterator[str]:
    yield from (fact.value for fact in (*report.topics, *report.subjects) if fact.value == wanted)


def _person(wanted: str, report: Report) -> Iterator[str]:
    for person in (fact.value for fact in report.participants):
        if same_person(wanted, person.name) or same_person(wanted, person.name_latin):
            yield person.name
    if report.received_by is not None and same_person(wanted, report.received_by.value):
        yield report.received_by.value


# --- what is asked of the telling ---------------------------------------------------------------------------------


def _source(wanted: str, telling: Telling) -> Iterator[str]:
    if telling.source is not None and telling.source == wanted:
        yield telling.source


def _language(wanted: str, telling: Telling) -> Iterator[str]:
    if telling.language is not None and f"{telling.language}-".casefold().startswith(f"{wanted}-".casefold()):
        yield telling.language


def _words(wanted: str, telling: Telling) -> Iterator[str]:
    whole = len(wanted) > 1 and wanted[0] in _QUOTES and wanted[-1] in _QUOTES
    for text in (telling.title or "", telling.text):
        if _UNSPACED.search(wanted):
            yield from _substrings(wanted.strip(_QUOTES), text)
        else:
            yield from _phrases([fold for _, fold in _folded_words(wanted)], _folded_words(text), whole=whole)


def _phrases(terms: list[str], words: tuple[tuple[str, str], ...], *, whole: bool) -> Iterator[str]:
    """The places where `terms` follow one another: as beginnings of words, or as `whole` words."""
    for at in range(len(words) - len(terms) + 1 if terms else 0):
        here = words[at : at + len(terms)]
        if all(
            fold == term or (not whole and fold.startswith(term)) for term, (_, fold) in zip(terms, here, strict=True)
        ):
            yield " ".join(written for written, _ in here)


def _substrings(wanted: str, text: str) -> Iterable[str]:
    return [wanted] if wanted.casefold() in text.casefold() else []


@lru_cache(maxsize=32)
def _folded_words(text: str) -> tuple[tuple[str, str], ...]:
    """Each word of `text` as written, and without regard to case, accents and script. Cached: many watches ask."""
    return tuple((word, _fold(word)) for word in _WORD.findall(unicodedata.normalize("NFC", text)))


def _fold(word: str) -> str:
    lower = word.casefold()
    # A word of nothing but soft signs folds to nothing, which every word begins with.
    return anyascii(lower).casefold().replace("'", "") or lower


_WORD = re.compile(r"(?:[^\W_]|[\u0300-\u036f])+")
_QUOTES = '"“”„«»'
# Thai, Lao, Khmer, Burmese, kana and Han put no spaces between words.
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")

_OF_FACTS: Mapping[str, Callable[[str, Report], Iterator[str]]] = {
    "bodies": _body,
    "countries": _country,
    "topics": _topic,
    "persons": _person,
}
_OF_TELLING: Mapping[str, Callable[[str, Telling], Iterator[str]]] = {
    "sources": _source,
    "languages": _language,
    "words": _words,
}
# The text is read through only when all else agrees.
_IN_ORDER = ("bodies", "sources", "languages", "countries", "topics", "persons", "words")
