"""The words of a language about people: the section ``[people]`` of its lexicon.

It must not look for anybody: `readout.meetings.names` does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from readout.meetings.caseless import CaselessWords
from readout.meetings.spelling import NameEndings
from readout.meetings.words import Matcher, fold

# How the mark of an organisation's name begins.
ORGANISATION = "organisation "


@dataclass(frozen=True, slots=True)
class PeopleWords:
    """The section ``[people]`` of a lexicon: titles, what is no name, organisations, and the words around a part
    taken."""

    marks: Matcher[str] = field(default_factory=Matcher)
    no_names: frozenset[str] = frozenset()
    organisations: frozenset[str] = frozenset()
    particles: frozenset[str] = frozenset()
    articles: frozenset[str] = frozenset()
    role_leads_left: bool = False
    surname_ends: tuple[str, ...] = ()
    free_order: bool = False
    verb_first: bool = False
    of_words: frozenset[str] = frozenset()
    and_words: tuple[str, ...] = ()
    joint: re.Pattern[str] = field(default_factory=lambda: _joint(()))
    list_gap: re.Pattern[str] = field(default_factory=lambda: _list_gap((), ()))
    endings: NameEndings = field(default_factory=NameEndings)
    caseless: CaselessWords | None = None

    @classmethod
    def from_mapping(cls, section: Mapping[str, Any], caseless: CaselessWords | None = None) -> PeopleWords:
        """The words that a lexicon's section gives; all empty for an empty section. `caseless` tells names from words
        in a script without capital letters."""
        return cls(
            marks=Matcher.of(_marks(section)),
            no_names=frozenset(fold(word) for word in section.get("not_names", ()) if _is_word(word)),
            organisations=frozenset(section.get("organisations", ())),
            particles=frozenset(section.get("particles", ())),
            articles=frozenset(section.get("articles", ())),
            role_leads_left=section.get("role_leads_left", False),
            surname_ends=tuple(section.get("surname_ends", ())),
            free_order=section.get("free_order", False),
            verb_first=section.get("verb_first", False),
            of_words=frozenset(map(fold, section.get("of", ()))),
            and_words=tuple(f"{word} " for word in section.get("and", ())),
            joint=_joint(section.get("and", ())),
            list_gap=_list_gap(section.get("and", ()), [*section.get("articles", ()), *section.get("of", ())]),
            endings=NameEndings.from_mapping(section),
            caseless=caseless,
        )


def _joint(words: Sequence[str]) -> re.Pattern[str]:
    """One of `words` ("and") on the way to the end of what is searched."""
    return re.compile(rf"\s{_any_of(words)}\s")


def _list_gap(words: Sequence[str], small: Sequence[str]) -> re.Pattern[str]:
    """What stands between two members of a list: a comma, one of `words` ("and"), or both, and `small` words."""
    both = rf"(?:{_any_of(words)}\s?)"
    return re.compile(rf"\s?(?:[,،、]\s?{both}?|{both})(?:{_any_of(small)}\s?)*")


def _any_of(words: Sequence[str]) -> str:
    return rf"(?:{'|'.join(re.escape(fold(word)) for word in words)})" if words else "(?!)"


def _marks(section: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """All phrases of the section under one matcher, so that a sentence is walked through once."""
    stems = [phrase for phrase in section.get("not_names", ()) if not _is_word(phrase)]
    groups = {"no_name": stems, **section.get("titles", {}), **section.get("frames", {})}
    groups |= {ORGANISATION + name: phrases for name, phrases in section.get("organisations", {}).items()}
    return ((phrase, name) for name, phrases in groups.items() for phrase in phrases)


def _is_word(phrase: str) -> bool:
    return " " not in phrase and "*" not in phrase
