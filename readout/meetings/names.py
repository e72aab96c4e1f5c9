"""People named in a sentence: name, role and whose office it is, in Latin and Cyrillic script.

It must not decide who took part in anything, nor know any person: a name is what stands beside a title or a verb.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from readout.meetings.holders import OfficeHolders
from readout.meetings.places import PlaceKind, PlaceMention
from readout.meetings.spelling import NameEndings, nominative
from readout.meetings.words import Hit, Matcher, fold, split_words


@dataclass(frozen=True, slots=True)
class PersonMention:
    """A person named at `start`..`end` of a sentence. `name` is nominative where that is simple, else as written;
    `country` is alpha-2 or an organisation's short name; `never`: a role that takes no part (spokesman, author)."""

    name: str
    start: int
    end: int
    role: str | None = None
    country: str | None = None
    never: bool = False
    inflected: bool = False

    @property
    def surname(self) -> str:
        """The last word of the name, folded."""
        return fold(self.name.split()[-1])


@dataclass(frozen=True, slots=True)
class PeopleWords:
    """The section ``[people]`` of a lexicon: titles, what is no name, organisations, and the words around a part
    taken."""

    marks: Matcher[str] = field(default_factory=Matcher)
    no_names: frozenset[str] = frozenset()
    particles: frozenset[str] = frozenset()
    articles: frozenset[str] = frozenset()
    role_leads_left: bool = False
    free_order: bool = False
    of_words: frozenset[str] = frozenset()
    endings: NameEndings = field(default_factory=NameEndings)

    @classmethod
    def from_mapping(cls, section: Mapping[str, Any]) -> PeopleWords:
        """The words that a lexicon's section gives; all empty for an empty section."""
        return cls(
            marks=Matcher.of(_marks(section)),
            no_names=frozenset(fold(word) for word in section.get("not_names", ()) if _is_word(word)),
            particles=frozenset(section.get("particles", ())),
            articles=frozenset(section.get("articles", ())),
            role_leads_left=section.get("role_leads_left", False),
            free_order=section.get("free_order", False),
            of_words=frozenset(map(fold, section.get("of", ()))),
            endings=NameEndings.from_mapping(section),
        )


_ORGANISATION = "organisation "


def _marks(section: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """All phrases of the section under one matcher, so that a sentence is walked through once."""
    stems = [phrase for phrase in section.get("not_names", ()) if not _is_word(phrase)]
    groups = {"no_name": stems, **section.get("titles", {}), **section.get("frames", {})}
    groups |= {_ORGANISATION + name: phrases for name, phrases in section.get("organisations", {}).items()}
    return ((phrase, name) for name, phrases in groups.items() for phrase in phrases)


def _is_word(phrase: str) -> bool:
    return " " not in phrase and "*" not in phrase


# --- runs of capitalised words ------------------------------------------------------------------------------------

_TOKEN = re.compile(r"[^\W\d_]\.(?:\s?-?[^\W\d_]\.)*|[^\W\d_]+(?:['’ʻ‘ʼ-](?!s\b)[^\W\d_]+)*")
_MOST_TOKENS = 4
_MOST_CYRILLIC = 3
_CYRILLIC = "\u0400"
_SHORT_CITY = 4
_PREPOSITION = 2
_LONG_SHOUT = 4


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    start: int
    end: int

    @property
    def is_initial(self) -> bool:
        return self.text.endswith(".") or (len(self.text) == 1 and self.text.isupper())

    @property
    def is_capital(self) -> bool:
        """Written like a name: "Ali", "Al-Raisi", "А.", and a surname in capitals, but no short acronym."""
        if not self.text[0].isupper():
            return False
        return self.is_initial or not self.text.isupper() or len(self.text) > _LONG_SHOUT or len(self.text) == 1


def _runs(text: str, known: Sequence[tuple[int, int]], words: PeopleWords) -> Iterator[list[_Token]]:
    """Capitalised words that stand side by side, cut wherever a word is known to be no name."""
    run: list[_Token] = []
    spans = iter(sorted(known))
    span = next(spans, None)
    for m in _TOKEN.finditer(text):
        if not run and not text[m.start()].isupper():
            continue
        token = _Token(m.group(), m.start(), m.end())
        while span and span[1] <= token.start:
            span = next(spans, None)
        is_known = (span is not None and span[0] < token.end and token.start < span[1]) or _is_no_name(token, words)
        if run and (is_known or text[run[-1].end : token.start] not in _GAPS):
            yield run
            run = []
        if is_known:
            continue
        if token.is_capital or (run and token.text in words.particles):
            run.append(token)
        elif run:
            yield run
            run = []
    if run:
        yield run


def _is_no_name(token: _Token, words: PeopleWords) -> bool:
    """A capitalised word that is no name; a single capital inside a sentence may be an initial or "Ван И"."""
    if not token.text[0].isupper() or (len(token.text) == 1 and token.start > 0):
        return False
    return not words.no_names.isdisjoint(fold(token.text).split("-"))


_GAPS = (" ", "\u00a0", "")


def _name_of(run: list[_Token], particles: frozenset[str]) -> list[_Token]:
    """The run without particles at its end; empty when it cannot be a name."""
    while run and run[-1].text in particles:
        run = run[:-1]
    full = [token for token in run if not token.is_initial]
    most = _MOST_CYRILLIC if full and full[0].text[0] >= _CYRILLIC else _MOST_TOKENS
    return run if full and sum(token.text not in particles for token in run) <= most else []


# --- people -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Reading:
    """A sentence with all that was found in it."""

    text: str
    places: Sequence[PlaceMention]
    titles: Sequence[Hit[str]]
    organisations: Sequence[Hit[str]]
    verbs: Sequence[Hit[str]]
    no_names: Sequence[Hit[str]]
    words: PeopleWords


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
    found = _reading(text, words, places, words.marks.find(split_words(text)) if marks is None else marks)
    people: list[PersonMention] = []
    for run in _runs(text, _no_names(found), words):
        name = _name_of(run, words.particles)
        if not name:
            continue
        start, end = name[0].start, name[-1].end
        before = _title_before(found, _bracket_end(found, people[-1].end) if people else 0, start)
        is_city = before is None and any(start <= place.start < end for place in places)
        if is_city and holders and holders.state_of(text[start:end]):
            is_city = False
        if not is_city and (len(name) > 1 or _is_bare_surname(found, name[0], before)):
            people.append(_mention(found, start, end, before, _title_after(found, end)))
    return people


def _reading(text: str, words: PeopleWords, places: Sequence[PlaceMention], marks: Sequence[Hit[str]]) -> _Reading:
    return _Reading(
        text,
        places,
        titles=[hit for hit in marks if hit.tag in _TITLES],
        organisations=[hit for hit in marks if hit.tag.startswith(_ORGANISATION)],
        verbs=[hit for hit in marks if hit.tag in _VERBS],
        no_names=[hit for hit in marks if hit.tag == "no_name"],
        words=words,
    )


def _no_names(found: _Reading) -> list[tuple[int, int]]:
    """Spans that are no part of a name."""
    spans = [(hit.start, hit.end) for hit in (*found.titles, *found.organisations, *found.no_names)]
    return spans + [(p.start, p.end) for p in found.places if not _may_be_a_name(found, p)]


def _may_be_a_name(found: _Reading, mention: PlaceMention) -> bool:
    """Whether a city may be a person's name: "Vladimir Putin", "Ван И"; not "in Vladimir Governor X", "X Astanada"."""
    if mention.place.kind is not PlaceKind.CITY:
        return False
    text = found.text
    behind = text[mention.end : mention.end + 2]
    before = text[: mention.start].rsplit(maxsplit=1)[-1:]
    is_led = bool(before) and before[0].islower() and len(before[0]) <= _PREPOSITION
    # "President of Russia Vladimir Putin": what stands before is his office, and no part of his name
    office_ends = (*(title.end for title in found.titles), *(place.end for place in found.places))
    is_titled = any(mention.start - end in (0, 1) for end in office_ends)
    is_last = bool(before) and before[0].istitle() and text[: mention.start].endswith(f"{before[0]} ") and not is_titled
    return mention.end - mention.start <= _SHORT_CITY or (
        behind[:1] == " " and behind[1:].isupper() and not is_led and not is_last
    )


def _is_bare_surname(found: _Reading, token: _Token, title: tuple[int, int] | None) -> bool:
    return title is not None and len(token.text) > 3 and 0 < token.start - _last_title_end(found, token.start) <= 1


def _last_title_end(found: _Reading, before: int) -> int:
    return max((hit.end for hit in found.titles if hit.end <= before), default=-9)


def _mention(
    found: _Reading, start: int, end: int, before: tuple[int, int] | None, after: tuple[int, int] | None
) -> PersonMention:
    written = found.text[start:end]
    name = nominative(written, found.words.endings)
    spans = [span for span in (after, before) if span]
    role = ", ".join(_without_article(found.text[a:b].strip(" ,–—-("), found.words) for a, b in spans) or None
    never = any(hit.tag == "never" and any(a <= hit.start < b for a, b in spans) for hit in found.titles)
    country = _bracket(found, end) or next((c for c in (_office_of(found, a, b) for a, b in spans) if c), None)
    return PersonMention(name, start, end, role, country, never, inflected=name != written)


def _without_article(role: str, words: PeopleWords) -> str:
    first, space, rest = role.partition(" ")
    return rest if space and first.lower() in words.articles else role


_BARRIER = re.compile(r"[;:!?«»\"“”|•]|,\s|(?<![A-ZА-Я])\.\s|\s[–—-]\s")
_FAR_BACK = 130
_FAR_AHEAD = 110
_CHAIN_WORDS = 13


def _title_before(found: _Reading, floor: int, start: int) -> tuple[int, int] | None:
    """From the title that leads to the name, with the country before it, up to the name."""
    low = max(floor, start - _FAR_BACK)
    barrier = max((m.end() for m in _BARRIER.finditer(found.text, low, start) if m.end() < start), default=low)
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


def _after_comma(found: _Reading, barrier: int, low: int, start: int) -> int:
    """A comma right before the name is no barrier: "Kazakhstan's President, Kassym-Jomart Tokayev"."""
    if barrier < start - 1 or found.text[max(0, barrier - 2) : barrier] != ", ":
        return barrier
    earlier = (m.end() for m in _BARRIER.finditer(found.text, low, barrier - 2))
    return max(earlier, default=low)


def _is_chained(found: _Reading, start: int, end: int) -> bool:
    """Whether two titles belong together: "заместитель председателя", "Chairman … - CIS Executive Secretary"."""
    return found.text.count(" ", start, end) <= _CHAIN_WORDS and not _has_verb(found, start, end)


_TITLES = frozenset({"title", "never"})
_VERBS = frozenset({"takes_part", "receives", "received_by", "says", "not_part", "break"})


def _has_verb(found: _Reading, start: int, end: int) -> bool:
    return any(start <= hit.start and hit.end <= end for hit in found.verbs)


def _leading_left(found: _Reading, title: Hit[str], low: int) -> int:
    """Where the words that belong to the title on its left begin: "Russian …", "Kazakhstan's …", "CSTO …"."""
    if found.words.role_leads_left:
        return low
    lefts = [(p.start, p.end) for p in found.places if p.place.kind is not PlaceKind.CITY]
    lefts += [(hit.start, hit.end) for hit in found.organisations]
    near = [start for start, end in lefts if low <= start and found.text[end : title.start] in _POSSESSIVES]
    return min(near, default=title.start)


_POSSESSIVES = (" ", "'s ", "’s ", ". ", "' ", "’ ", "\u00a0")


_AFTER = re.compile(r"\s?,\s|\s[–—-]\s|\s?\(")


def _title_after(found: _Reading, end: int) -> tuple[int, int] | None:
    """The apposition behind a name: ", the Head of …" up to the next barrier, or " of Angola"."""
    text = found.text
    joint = _AFTER.match(text, end)
    if joint is None:
        return _of_after(found, end)
    limit = min(len(text), end + _FAR_AHEAD)
    stop = next((m.start() for m in re.finditer(r"[,;:)]|\s[–—]\s|\.(?:\s|$)", text[joint.end() : limit])), None)
    stop = limit if stop is None else joint.end() + stop
    head = next((h for h in found.titles if joint.end() <= h.start < stop), None)
    if head is None or text.count(" ", joint.end(), head.start) > 4 or _names_somebody(text, head.end, stop):
        return None
    if any(joint.end() <= verb.start <= head.start for verb in found.verbs):
        return None
    return joint.end(), stop


def _names_somebody(text: str, start: int, stop: int) -> bool:
    """Whether the next title leads to another name ("Putin, President Tokayev"): two capitalised words right behind."""
    return (
        re.match(r"\s[^\W\d_a-zа-я][^\W\d_]+\s[^\W\d_a-zа-я][^\W\d_]+(?=[\s,.;)]|$)", text[start:stop] + " ")
        is not None
    )


def _of_after(found: _Reading, end: int) -> tuple[int, int] | None:
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


def _bracketed(found: _Reading, end: int) -> PlaceMention | None:
    places = (p for p in found.places if 0 <= p.start - end <= 2)
    return next((p for p in places if found.text[end : p.start].strip() == "("), None)


def _office_of(found: _Reading, start: int, end: int) -> str | None:
    """Whose office the words `start`..`end` name: the first country, else the first organisation."""
    countries = [p for p in found.places if start <= p.start < end and p.place.kind is not PlaceKind.CITY]
    if countries:
        return countries[0].place.country
    named = (hit.tag for hit in found.organisations if start <= hit.start < end)
    return next((tag.removeprefix(_ORGANISATION) for tag in named), None)
