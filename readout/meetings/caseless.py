"""Names in scripts without capital letters: what stands beside a title and is no word of the language.

It must not know a title, a verb or a place: the caller says where they stand. Every word that the lexicon holds, for
whatever reason, is no name; of the words left over, those behind a title are one, and those that look like one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from readout.meetings.ideograph_names import IDEOGRAPHS, NameLetters, ideograph_names
from readout.meetings.landmarks import Landmarks, Span, mask
from readout.meetings.words import Matcher, fold, split_words


@dataclass(frozen=True, slots=True)
class CaselessWords:
    """What tells names from words: all words of the lexicon, and from its section ``[people]`` given names, how
    surnames end in some case (`sure_tails`: as no other word does), the letters of names in ideographs, and whether an
    office may follow its name without a comma."""

    known: Matcher[bool] = field(default_factory=Matcher)
    given: frozenset[str] = frozenset()
    particles: frozenset[str] = frozenset()
    tails: tuple[str, ...] = ()
    sure_tails: tuple[str, ...] = ()
    letters: NameLetters = field(default_factory=NameLetters)
    offices_follow: bool = False

    @classmethod
    def from_mapping(cls, lexicon: Mapping[str, Any]) -> CaselessWords:
        """The words of a whole parsed lexicon."""
        people = lexicon["people"]
        endings = people.get("surname_endings", {})
        return cls(
            known=Matcher.of((piece, True) for piece in {p for phrase in _phrases(lexicon) for p in _pieces(phrase)}),
            given=frozenset(fold(" ".join(people.get("given_names", ()))).split()),
            particles=frozenset(people.get("particles", ())),
            tails=tuple(_declined(people.get("surname_tails", ()), endings)),
            sure_tails=tuple(_declined(people.get("sure_tails", ()), endings)),
            offices_follow=people.get("offices_follow", False),
            letters=NameLetters(
                surnames=frozenset(" ".join(people.get("surnames", ())).split()),
                foreign=frozenset(people.get("name_letters", "").replace("\n", "")),
            ),
        )


# Sections and keys that hold no words of the language: names, endings, patterns.
_NO_WORDS = frozenset(
    {
        "language",
        "name",
        "script",
        "stands_in_for",
        "examples",
        "announced",
        "surname_endings",
        "given_endings",
        "kept_given",
    }
    | {"given_names", "surname_tails", "sure_tails", "surnames", "name_letters", "particles", "known"}
    | {"endings", "suffixes", "prefixes", "adjective_endings", "locative", "year_before", "from_endings", "marks"}
)


def _phrases(section: Any) -> Iterator[str]:
    """All phrases of a lexicon; the keys of ``[dates.relative]`` are words too."""
    if isinstance(section, str):
        yield section
    elif isinstance(section, list):
        for item in section:
            yield from _phrases(item)
    elif isinstance(section, Mapping):
        for key, value in section.items():
            if isinstance(value, int) and not isinstance(value, bool) and not key.isascii():
                yield key
            elif key not in _NO_WORDS:
                yield from _phrases(value)


def _pieces(phrase: str) -> Iterator[str]:
    """The words of a phrase one by one; ideographs that stand together stay together."""
    return (piece for piece in phrase.split() if split_words(piece))


def _declined(tails: Iterable[str], endings: Mapping[str, str]) -> Iterator[str]:
    """Endings of surnames in the nominative, and in the cases that `endings` lead back to it."""
    for tail in tails:
        yield tail
        yield from (tail.removesuffix(plain) + written for written, plain in endings.items() if tail.endswith(plain))


def caseless_names(text: str, words: CaselessWords, around: Landmarks) -> list[Span]:
    """Where people are named in `text`, in order."""
    around = replace(around, known=[(hit.start, hit.end) for hit in words.known.find(split_words(text))])
    if IDEOGRAPHS.search(text):
        return list(ideograph_names(fold(text), words.letters, around))
    return list(_spaced(text, words, around))


# --- names of words between spaces --------------------------------------------------------------------------------

_LETTER = r"(?:[^\W\d_][\u064b-\u065f\u0670]*)"
_TOKEN = re.compile(rf"{_LETTER}+(?:['’\u200c-]{_LETTER}+)*")
_BREAK = re.compile(r"[.,;:!?()«»\"“”„|–—։՝،؛؟\n]")
_MOST_WORDS = 3
# So far behind its title a name may stand: an office with its institution and country stands between.
_FAR_BEHIND = 90
_SHORTEST_BARE = 4


def _spaced(text: str, words: CaselessWords, around: Landmarks) -> Iterator[Span]:
    previous = 0
    for run in _free_runs(text, words, around):
        title = _title_behind(text, around, previous, run[0][0])
        if title is None and words.offices_follow and _is_before_office(run, around):
            title = run[0][0]
        yield from _names_in(text, run, words, title)
        previous = run[-1][1]


def _free_runs(text: str, words: CaselessWords, around: Landmarks) -> Iterator[list[Span]]:
    """Words side by side that nothing else explains."""
    is_known = mask(text, around.known)
    is_taken = mask(text, [*around.titles, *around.countries, *around.cities])
    run: list[Span] = []
    for m in _TOKEN.finditer(text):
        low, high = m.span()
        is_word = any(is_known[low:high]) and not _is_part_of_name(text, m.span(), words)
        is_free = not (is_word or any(is_taken[low:high]))
        if run and not (is_free and text[run[-1][1] : m.start()] in (" ", "\u00a0")):
            yield run
            run = []
        if is_free:
            run.append(m.span())
    if run:
        yield run


def _is_part_of_name(text: str, span: Span, words: CaselessWords) -> bool:
    """Whether a word is sure to be a name, though it begins like another ("მაისურაძე" like "May")."""
    return _written(text, span) in words.given or _ends_with(text, span, words.sure_tails)


def _is_before_office(run: list[Span], around: Landmarks) -> bool:
    """Whether an office stands right behind two words or three: "سورن پاپیکیان وزیر دفاع"."""
    return 1 < len(run) <= _MOST_WORDS and any(low - run[-1][1] == 1 for low, _ in around.titles)


def _title_behind(text: str, around: Landmarks, previous: int, start: int) -> int | None:
    """The end of the title that leads to the word at `start`, over words that are known; None without one."""
    ends = [high for _, high in around.titles if max(previous, start - _FAR_BEHIND) <= high <= start]
    if not ends or _BREAK.search(text, max(ends), start):
        return None
    return None if any(max(ends) <= low < start for low, _ in around.verbs) else max(ends)


def _names_in(text: str, run: list[Span], words: CaselessWords, title: int | None) -> Iterator[Span]:
    """The names in a run: the one its title leads to, and those that look like names; "A B C D" may be two."""
    while run:
        first = _first_of_name(text, run, words, title)
        if first is None:
            return
        name = _cut(text, run[first:], words)
        if _is_name(text, name, words, title, is_whole=len(name) == len(run)):
            yield name[0][0], name[-1][1]
        run = run[first + len(name) :]
        title = name[-1][1] if len(run) > 1 else None


def _first_of_name(text: str, run: list[Span], words: CaselessWords, title: int | None) -> int | None:
    given = next((i for i, span in enumerate(run[:-1]) if _written(text, span) in words.given), None)
    if given is not None:
        return given
    sure = next((i - 1 for i, span in enumerate(run) if i and _ends_with(text, span, words.sure_tails)), None)
    return sure if title is None else 0


def _cut(text: str, run: list[Span], words: CaselessWords) -> list[Span]:
    """As many words as make a name: up to the first that ends like a surname, else two; at most three where surnames
    have no look. Particles do not count."""
    counted = 0
    for i, span in enumerate(run):
        counted += _written(text, span) not in words.particles
        if i and counted > 1 and _ends_with(text, span, words.tails):
            return run[: i + 1]
        if counted == _MOST_WORDS:
            return run[:2] if words.tails else run[: i + 1]
    return run[:2] if words.tails else run


def _is_name(text: str, name: list[Span], words: CaselessWords, title: int | None, *, is_whole: bool) -> bool:
    """Whether the words look like a name; where names have no look, or a run right behind a title is just two words,
    the title is enough."""
    is_shaped = not words.tails or _ends_with(text, name[-1], words.tails)
    is_led = title is not None and name[0][0] - title <= 1
    if len(name) == 1:
        return is_shaped and is_led and name[0][1] - name[0][0] >= _SHORTEST_BARE
    return is_shaped or (is_led and is_whole) or _written(text, name[0]) in words.given


def _written(text: str, span: Span) -> str:
    return fold(text[span[0] : span[1]])


def _ends_with(text: str, span: Span, tails: tuple[str, ...]) -> bool:
    return span[1] - span[0] >= _SHORTEST_BARE and text[span[0] : span[1]].endswith(tails)
