"""People named in a sentence: name, role and whose office it is, in scripts with capital letters and without.

It must not decide who took part in anything, nor know any person: a name is what stands beside a title or a verb.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from readout.meetings.caseless import CaselessWords, caseless_names
from readout.meetings.holders import OfficeHolders
from readout.meetings.landmarks import (
    Landmarks,
    Named,
    Span,
    is_represented,
    names_somebody,
    numeral_end,
    without_article,
    word_start,
)
from readout.meetings.people_words import ORGANISATION, PeopleWords
from readout.meetings.places import PlaceKind, PlaceMention
from readout.meetings.runs import Token, capitalised_runs, name_of
from readout.meetings.spelling import nominative
from readout.meetings.words import Hit, fold, split_words


class PersonMention(NamedTuple):
    """A person named at `start`..`end` of a sentence. `name` is nominative where that is simple, else as written;
    `country` is alpha-2 or an organisation's short name; `never`: a role that takes no part (spokesman, author)."""

    name: str
    start: int
    end: int
    role: str | None = None
    country: str | None = None
    never: bool = False
    inflected: bool = False


# Ideographs have a dot between given name and surname.
_NAME_PART = re.compile(r"[\s·•・‧]+")


def surname_of(name: str) -> str:
    """The last word of `name`, folded."""
    return fold(_NAME_PART.split(name)[-1])


_SHORT_CITY = 4
_PREPOSITION = 2


class _Reading(NamedTuple):
    """A sentence with all that was found in it."""

    text: str
    places: Sequence[PlaceMention]
    words: PeopleWords
    titles: Sequence[Hit[str]]
    organisations: Sequence[Hit[str]]
    verbs: Sequence[Hit[str]]
    no_names: Sequence[Hit[str]]
    leads: Sequence[Hit[str]]
    stands_for: Sequence[Hit[str]]


def find_people(
    text: str,
    words: PeopleWords,
    places: Sequence[PlaceMention],
    marks: Sequence[Hit[str]] | None = None,
    *,
    holders: OfficeHolders | None = None,
) -> list[PersonMention]:
    """The people named in `text`, in order. Two words or more make a name, one only right behind a title. `marks` are
    the hits of `words.marks` in `text`, where the caller has them already. A city's name begins a person's where a
    title leads to it or one of `holders` is called so ("Vladimir Putin")."""
    places = [place for place in places if not _begins_name(text, place, words, holders)]
    found = _reading(text, words, places, words.marks.find(split_words(text)) if marks is None else marks)
    if words.caseless:
        return _without_capitals(found, words.caseless)
    named: list[Named] = []
    runs = (name_of(run, words.particles) for run in capitalised_runs(text, _no_names(found), words))
    for name in (name for run in runs if run for name in _apart(found, run, holders)):
        start, end = name[0].start, numeral_end(text, name[-1].end) if len(name) == 1 else name[-1].end
        is_full = len(name) > 1 or _is_famous(found, name[0], holders)
        if not is_full and not _is_behind_title(found, name[0]):
            continue
        before = _title_before(found, _bracket_end(found, named[-1].end) if named else 0, start)
        is_city = before is None and any(start <= place.start < end for place in places)
        if is_city and holders and holders.state_of(text[start:end]):
            is_city = False
        is_city = is_city and _represented(found, start) is None
        is_city = is_city or (before is None and _is_behind(found, start))
        if (is_full or before) and not is_city:
            named.append(Named(start, end, before))
    followers = [*(name.led_from for name in named[1:]), None]
    return [
        _mention(found, *name, _apposition(found, name, then)) for name, then in zip(named, followers, strict=False)
    ]


_SURNAME = re.compile(r"\s[^\W\d_]+")


def _begins_name(text: str, place: PlaceMention, words: PeopleWords, holders: OfficeHolders | None) -> bool:
    """Whether one of `holders` bears a city's name, in whatever case: "met with Владимиром Путиным"."""
    if holders is None or place.place.kind is not PlaceKind.CITY:
        return False
    surname = _SURNAME.match(text, place.end)
    name = surname and nominative(text[place.start : surname.end()], words.endings)
    return name is not None and holders.state_of(name) is not None


def _is_behind(found: _Reading, start: int) -> bool:
    """Whether a word stands right before that leads to places, and never to people: "en Foz de Iguazú"."""
    return any(start - hit.end == 1 for hit in found.leads)


def _apart(found: _Reading, run: list[Token], holders: OfficeHolders | None) -> Iterator[list[Token]]:
    """The run, or its two words where each is the surname of another: "Mirziyoyev Putin bilan uchrashdi"."""
    is_pair = len(run) == 2 and all(_is_famous(found, token, holders) for token in run)
    if is_pair and holders and holders.state_of(found.text[run[0].start : run[1].end]) is None:
        yield from ([token] for token in run)
    else:
        yield run


def _is_famous(found: _Reading, token: Token, holders: OfficeHolders | None) -> bool:
    """Whether a lone word is the surname of one whom everybody knows: "Putin and Tokayev met"."""
    surname = nominative(token.text, found.words.endings)
    return holders is not None and len(surname) > 3 and holders.state_of(surname) is not None


def _without_capitals(found: _Reading, words: CaselessWords) -> list[PersonMention]:
    around = Landmarks(
        titles=[(hit.start, hit.end) for hit in found.titles],
        verbs=[(hit.start, hit.end) for hit in found.verbs],
        countries=[(p.start, p.end) for p in found.places if p.place.kind is not PlaceKind.CITY],
        cities=[(p.start, p.end) for p in found.places if p.place.kind is PlaceKind.CITY],
    )
    people: list[PersonMention] = []
    spans = caseless_names(found.text, words, around)
    floor = 0
    for (start, end), (following, _) in pairwise([*spans, (len(found.text), 0)]):
        before = _title_before(found, floor, start)
        after = _title_after(found, end, following) or (None if before else _apposed(found, end, following))
        floor = max(_bracket_end(found, end), after[1] if after else 0)
        people.append(_mention(found, start, end, before, after))
    return people


def _reading(text: str, words: PeopleWords, places: Sequence[PlaceMention], marks: Sequence[Hit[str]]) -> _Reading:
    return _Reading(
        text,
        places,
        words,
        titles=[hit for hit in marks if hit.tag in _TITLES],
        organisations=[hit for hit in marks if hit.tag.startswith(ORGANISATION)],
        verbs=[hit for hit in marks if hit.tag in _VERBS],
        no_names=[hit for hit in marks if hit.tag == "no_name"],
        leads=[hit for hit in marks if hit.tag == "in_place"],
        stands_for=[hit for hit in marks if hit.tag == "stands_for"],
    )


def _no_names(found: _Reading) -> list[Span]:
    """Spans that are no part of a name."""
    spans = [(hit.start, hit.end) for hit in (*found.titles, *found.organisations, *found.no_names)]
    return spans + [(p.start, p.end) for p in found.places if not _may_be_a_name(found, p)]


def _may_be_a_name(found: _Reading, mention: PlaceMention) -> bool:
    """Whether a city may be a person's name: "Vladimir Putin", "Ван И"; not "in Vladimir Governor X", "X Astanada"."""
    if mention.place.kind is not PlaceKind.CITY or (mention.is_locative and found.words.role_leads_left):
        return False
    if mention.end - mention.start <= _SHORT_CITY:
        return True
    text = found.text
    behind = text[mention.end : mention.end + 2]
    if behind[:1] != " " or not behind[1:].isupper():
        return False
    before = text[: mention.start].rsplit(maxsplit=1)[-1:]
    is_led = bool(before) and before[0].islower() and len(before[0]) <= _PREPOSITION
    is_led = is_led and not found.words.list_gap.fullmatch(f" {before[0]} ")
    # "President of Russia Vladimir Putin": what stands before is his office, and no part of his name
    office_ends = (*(title.end for title in found.titles), *(place.end for place in found.places))
    is_titled = any(mention.start - end in (0, 1) for end in office_ends)
    is_name = bool(before) and before[0].istitle() and before[0][-1].isalpha()
    is_last = is_name and text[: mention.start].endswith(f"{before[0]} ") and not is_titled
    return not is_led and not is_last


def _is_behind_title(found: _Reading, token: Token) -> bool:
    """Whether a lone word stands right behind a title, as a surname may."""
    ends = [hit.end for hit in found.titles if hit.end <= token.start]
    return len(token.text) > 3 and bool(ends) and token.start - max(ends) == 1


def _mention(found: _Reading, start: int, end: int, before: Span | None, after: Span | None) -> PersonMention:
    written = found.text[start:end]
    name = nominative(written, found.words.endings)
    spans = [span for span in (after, before) if span]
    role = ", ".join(without_article(found.text[a:b].strip(" ,–—-("), found.words.articles) for a, b in spans) or None
    never = any(hit.tag == "never" and any(a <= hit.start < b for a, b in spans) for hit in found.titles)
    country = _bracket(found, end) or next((c for c in (_office_of(found, a, b) for a, b in spans) if c), None)
    country = country or _represented(found, before[0] if before else start)
    return PersonMention(name, start, end, role, country, never, inflected=name != written)


_BARRIER = re.compile(r"[;:!?«»\"“”|•،؛，、。；：！？]|,\s|(?<![A-ZА-Я])\.\s|\s[–—-]\s")
_DASHES = ("–", "—", "-")
_FAR_BACK = 130
_FAR_AHEAD = 110
_CHAIN_WORDS = 13


def _title_before(found: _Reading, floor: int, start: int) -> Span | None:
    """From the title that leads to the name, with the country before it, up to the name."""
    low = max(floor, start - _FAR_BACK)
    if not any(low <= hit.start and hit.end <= start for hit in found.titles):
        return None
    barrier = max((end for end in _barriers(found, low, start) if end < start), default=low)
    low = max(low, _after_comma(found, barrier, low, start))
    heads = [hit for hit in found.titles if low <= hit.start and hit.end <= start]
    if not heads:
        return None
    first = heads[-1]
    for hit in reversed(heads[:-1]):
        if _is_chained(found, hit.end, first.start):
            first = hit
    if _has_verb(found, first.end, start):
        return None
    return _leading_left(found, first, low), start


def _barriers(found: _Reading, low: int, high: int) -> Iterator[int]:
    """Where the barriers end. A dash behind an office is none: "the deputy prime minister – foreign minister X"."""
    for m in _BARRIER.finditer(found.text, low, high):
        if m.group().strip() not in _DASHES or all(m.start() != title.end for title in found.titles):
            yield m.end()


def _after_comma(found: _Reading, barrier: int, low: int, start: int) -> int:
    """A comma right before the name is no barrier: "Kazakhstan's President, Kassym-Jomart Tokayev"."""
    if barrier < start - 1 or not found.text[low:barrier].endswith((", ", "،")):
        return barrier
    earlier = (m.end() for m in _BARRIER.finditer(found.text, low, barrier - 2))
    return max(earlier, default=low)


def _is_chained(found: _Reading, start: int, end: int) -> bool:
    """Whether two titles belong together: "заместитель председателя", "Chairman … - CIS Executive Secretary"."""
    # "at the ministers' meeting in Brussels on 15 October President X": a city or a day parts them
    is_parted = any(start <= p.start < end and p.place.kind is PlaceKind.CITY for p in found.places)
    is_parted = is_parted or _DAY.search(found.text, start, end) is not None
    return not is_parted and found.text.count(" ", start, end) <= _CHAIN_WORDS and not _has_verb(found, start, end)


_DAY = re.compile(r"\s\d{1,2}\s")


_TITLES = frozenset({"title", "never"})
_VERBS = frozenset({"takes_part", "receives", "received_by", "says", "not_part", "break"})


def _has_verb(found: _Reading, start: int, end: int) -> bool:
    return any(start <= hit.start and hit.end <= end for hit in found.verbs)


def _leading_left(found: _Reading, title: Hit[str], low: int) -> int:
    """Where the words that belong to the title on its left begin: "Russian …", "Kazakhstan's …", "CSTO …"."""
    if found.words.role_leads_left:
        breaks = [hit.end for hit in found.verbs if hit.tag == "break"]
        # "in Baku Azerbaijan's President …": the city is the meeting's, and no part of the office
        breaks += [p.end for p in found.places if p.is_locative and p.place.kind is PlaceKind.CITY]
        return max((end for end in breaks if low < end <= title.start), default=word_start(found.text, low))
    lefts = [(p.start, p.end) for p in found.places if p.place.kind is not PlaceKind.CITY]
    lefts += [(hit.start, hit.end) for hit in found.organisations]
    near = [
        start
        for start, end in lefts
        if low <= start and end <= title.start and _ATTRIBUTES.fullmatch(found.text, end, title.start)
    ]
    return min(near, default=title.start)


# "Russian ", "Kazakhstan's ", "Latvian State Security Service "
_ATTRIBUTES = re.compile(r"(?:['’]s?|\.)?[ \u00a0]?(?:(?!\d)[A-ZÀ-Þ][\w'’-]+ |(?:of|and|for|the) ){0,6}")


_BARRIER_BEHIND = re.compile(r"[,;:)։،؛，、。；：]|\s[–—]\s|(?<!\s[^\W\d_])\.(?:\s|$)")
_AFTER = re.compile(r"\s?[,،]\s|\s[–—-]\s|\s?\(")


def _apposition(found: _Reading, name: Named, then: int | None) -> Span | None:
    """The office behind a name, unless it is the next one's, which begins at `then` with its office: where a role
    always stands before its name, and in lists of such roles ("the prime minister, Ion Ion, the minister, Ana Ana")."""
    start, end, before = name
    if before and (found.words.role_leads_left or found.text.startswith(", ", start - 2)):
        return None
    after = _title_after(found, end)
    if after and then is not None and end < then < after[1]:
        after = _own(found, after[0], then)
    # "the presidents Ana Ana of Angola, Ion Ion …": what "of" leads to is her own
    leads_on = before and after and after[0] > end and found.text.startswith(", ", after[1])
    return None if leads_on and after and names_somebody(found.text, after[1] + 1, len(found.text)) else after


def _own(found: _Reading, start: int, then: int) -> Span | None:
    """What of the office behind a name is its own, when the next name begins at `then` without a comma between: up to a
    verb or "and"; nothing where the office leads to the next name ("Ion Ion, the minister of Angola Ana Ana")."""
    joint = found.words.joint.search(found.text, start, then)
    ends = [verb.start for verb in found.verbs if start < verb.start < then] + ([joint.start()] if joint else [])
    stop = min(ends, default=start)
    return (start, stop) if any(start <= hit.start and hit.end <= stop for hit in found.titles) else None


def _title_after(found: _Reading, end: int, following: int | None = None) -> Span | None:
    """The apposition behind a name: ", the Head of …" up to the next barrier, or " of Angola". `following` is where the
    next name begins, in a script whose capitals do not tell."""
    text = found.text
    joint = _AFTER.match(text, end)
    if joint is None:
        # a title right behind a name of ideographs
        return next(((hit.start, hit.end) for hit in found.titles if hit.start == end), _of_after(found, end))
    limit = min(len(text), end + _FAR_AHEAD)
    barrier = _BARRIER_BEHIND.search(text[joint.end() : limit])
    stop = joint.end() + barrier.start() if barrier else limit
    head = next((h for h in found.titles if joint.end() <= h.start < stop), None)
    if head is None or text.count(" ", joint.end(), head.start) > 4:
        return None
    if following < stop if following is not None else names_somebody(text, head.end, stop):
        return None
    if text.startswith(found.words.and_words, joint.end()):
        return None
    if any(joint.end() <= verb.start <= head.start for verb in found.verbs):
        return None
    return joint.end(), stop


def _apposed(found: _Reading, end: int, following: int) -> Span | None:
    """The office right behind a name, with the country behind it, unless it leads to the name `following`: "Ali
    Larijani secretary of Iran's council" without a comma, as Persian and Arabic may write."""
    title = max((hit for hit in found.titles if hit.start - end == 1), key=lambda hit: hit.end, default=None)
    if title is None:
        return None
    ends = [*_barriers(found, title.end, following), *(verb.start for verb in found.verbs)]
    stop = min((at for at in ends if title.end <= at < following), default=following)
    state = next((place.end for place in found.places if title.end <= place.start < stop), title.end)
    return (title.start, state) if stop < following or following == len(found.text) else None


def _of_after(found: _Reading, end: int) -> Span | None:
    for place in found.places:
        between = found.text[end : place.start]
        if 0 < place.start - end <= 12 and fold(between.strip()) in found.words.of_words:
            return end, place.end
    return None


def _bracket(found: _Reading, end: int) -> str | None:
    """The country in brackets right behind the name."""
    place = _bracketed(found, end)
    return place.place.country if place else None


def _bracket_end(found: _Reading, end: int) -> int:
    """Where the name that ends at `end` is over, with the country in brackets behind it."""
    place = _bracketed(found, end)
    return place.end + 1 if place else end


def _represented(found: _Reading, start: int) -> str | None:
    """The state that stands right before the name or its office and is represented by it."""
    verbs = [(hit.start, hit.end) for hit in found.stands_for]
    last = [p for p in found.places if p.end <= start and p.place.kind is not PlaceKind.CITY][-1:]
    return next((p.place.country for p in last if is_represented(found.text, p.end, start, verbs)), None)


def _bracketed(found: _Reading, end: int) -> PlaceMention | None:
    places = (p for p in found.places if 0 <= p.start - end <= 2)
    return next((p for p in places if found.text[end : p.start].strip() == "("), None)


def _office_of(found: _Reading, start: int, end: int) -> str | None:
    """Whose office the words `start`..`end` name: the first country, else the first organisation. Where offices lead
    left, it is the last country, but not the one that an ambassador is sent to."""
    countries = [p for p in found.places if start <= p.start < end and p.place.kind is not PlaceKind.CITY]
    if countries and found.words.role_leads_left:
        return next((p for p in reversed(countries) if not p.is_locative), countries[-1]).place.country
    if countries:
        return countries[0].place.country
    named = (hit.tag for hit in found.organisations if start <= hit.start < end)
    return next((tag.removeprefix(ORGANISATION) for tag in named), None)
