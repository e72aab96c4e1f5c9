"""Whom an article names as the source of its text: "APA reports citing …", "передаёт ТАСС", "(Reuters) -".

It must not open a file, and does not say that the article is a copy: whoever names a source may have written anew.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from readout.model import Article, LanguageCode

# A credit stands in the first sentences or at the very end; further inside, agencies are part of the story.
_LEAD = 700
_TAIL = 250
_DATELINE = 90
# What may stand before a name on either side of it: phrase, publisher's kind, quotation marks.
_AROUND = 90
_LONGEST_ENDING = 6
_IDEOGRAPH = "\u3400-\u9fff\uf900-\ufaff"
_MARKS = r"[^\w\n.!?;/]{0,4}"
# Place and day before an agency's name, and what ends them; a colon or a bar before the name speaks of pictures.
_OPENING = re.compile(r"(?:[^\n:|©]*[/(.,–—-])?\s*[«\"“]?")
_CLOSING = re.compile(r"[»\"”]?(?:\s*[/):–—]|\s+-|\.(?=\s|\Z)|[^\S\n]*(?:\n|\Z))")
_APOSTROPHES = "'’‘ʻʼ`"
_ENDING = rf"(?:[»”\"“][^\W\d_]{{0,10}})?(?:[-–{_APOSTROPHES}][^\W\d_]{{1,10}})?"


@dataclass(frozen=True, slots=True, kw_only=True)
class Credit:
    """`source` is a key of the agencies' file; `words` is the place that names it."""

    source: str
    words: str


@dataclass(frozen=True, slots=True)
class Wording:
    """How one language gives credit: what stands right before a name and right after it."""

    before: re.Pattern[str]
    after: re.Pattern[str]

    @classmethod
    def from_mapping(cls, data: Mapping[str, Any]) -> Wording:
        """The wording of a parsed table. Raises KeyError, or ValueError for a phrase with no `…` or words around it."""
        sides = [_sides(phrase) for phrase in data["phrases"]]
        between = f"(?:{_MARKS}{_any(data['between'])})"
        before = _any([left for left, _ in sides if left])
        after = _any([right for _, right in sides if right])
        return cls(
            before=re.compile(rf"{before}{between}{{0,4}}{_MARKS}\Z", re.IGNORECASE),
            after=re.compile(rf"{between}{{0,3}}{_MARKS}{after}", re.IGNORECASE),
        )


class Credits:
    """Agencies by name and host, and how each language gives them credit."""

    def __init__(self, agencies: Mapping[str, Mapping[str, Any]], wordings: Mapping[LanguageCode, Wording]) -> None:
        self._keys = {form: key for key, agency in agencies.items() for form in _forms(agency["names"])}
        self._hosts = {host: key for key, agency in agencies.items() for host in agency["hosts"]}
        self._name = _name_expression(self._keys)
        self._wordings = wordings

    @classmethod
    def from_mappings(cls, agencies: Mapping[str, Any], wordings: Mapping[str, Any]) -> Credits:
        """The credits of the two parsed files. Raises KeyError or ValueError saying what is wrong."""
        tables = {LanguageCode(code): Wording.from_mapping(table) for code, table in wordings.items()}
        return cls(agencies, tables)

    @property
    def languages(self) -> frozenset[LanguageCode]:
        """The languages whose wordings are known."""
        return frozenset(self._wordings)

    def publisher(self, url: str) -> str | None:
        """The key of the agency on whose host, or a host below it, `url` lies; None for anybody else's."""
        try:
            labels = (urlsplit(url).hostname or "").split(".")
        except ValueError:
            return None
        hosts = (".".join(labels[start:]) for start in range(len(labels)))
        return next((self._hosts[host] for host in hosts if host in self._hosts), None)

    def of(self, article: Article, own_words: Sequence[str] = ()) -> Credit | None:
        """Whom `article` names first as its source, its own publisher aside; None where it names nobody known, or says
        by one of `own_words`, where credit is given, that it reports itself.

        Who was told something in an interview, and who is only spoken of, is no source.
        """
        if _is_own(article, own_words):
            return None
        own = self.publisher(article.url)
        wording = self._wording(article.language)
        found = (credit for part in _parts(article.text) for credit in self._named(part, wording))
        return next((credit for credit in found if credit.source != own), None)

    def _wording(self, language: LanguageCode | None) -> Wording | None:
        code = language or LanguageCode("")
        return self._wordings.get(code) or self._wordings.get(LanguageCode(code.split("-")[0]))

    def _named(self, part: str, wording: Wording | None) -> Iterator[Credit]:
        for match in self._name.finditer(part):
            key = self._key(match)
            words = key and (_dateline(part, match) or _signature(part, match) or _phrase(part, match, wording))
            if key and words:
                yield Credit(source=key, words=" ".join(words.split()))

    def _key(self, match: re.Match[str]) -> str | None:
        name, ending = match["name"] or match["bare"], match["ending"] or ""
        fits = not ending or (ending.islower() or not name.isupper() or not ending.isascii())
        return self._keys[name] if fits else None


def _parts(text: str) -> Iterator[str]:
    """Where credit is given: the opening, and what of the end lies behind it."""
    yield text[:_LEAD]
    yield text[max(_LEAD, len(text) - _TAIL) :]


def _is_own(article: Article, own_words: Sequence[str]) -> bool:
    phrases = [f" {spoken} " for words in own_words if (spoken := _spoken(words))]
    return any(phrase in f" {_spoken(part)} " for phrase in phrases for part in _parts(article.text))


def _spoken(text: str) -> str:
    """Words alone, in small letters, with one space between them."""
    return " ".join(re.findall(r"\w+", text.casefold()))


def _phrase(part: str, name: re.Match[str], wording: Wording | None) -> str | None:
    if wording is None:
        return None
    start = max(0, name.start() - _AROUND)
    if before := wording.before.search(part[start : name.start()]):
        return before[0] + name[0]
    after = wording.after.match(part[name.end() : name.end() + _AROUND])
    return name[0] + after[0] if after else None


def _dateline(part: str, name: re.Match[str]) -> str | None:
    """A name that the text begins with, or that ends its line of place and day: ``MINSK, 4 May (BelTA) -``."""
    opening = part[: name.start()]
    if len(opening) > _DATELINE or not _OPENING.fullmatch(opening):
        return None
    closed = _CLOSING.match(part, name.end())
    names_a_photographer = closed and "\n" in closed[0] and opening.rstrip().endswith("/")
    return opening + name[0] if closed and not names_a_photographer else None


def _signature(part: str, name: re.Match[str]) -> str | None:
    """A name that is all of the last line, but for marks."""
    line_start = part.rfind("\n", 0, name.start()) + 1
    beside = part[line_start : name.start()] + part[name.end() :]
    return name[0] if line_start and not re.search(r"\w", beside) else None


# --- expressions ----------------------------------------------------------------------------------------------------


def _forms(names: list[str]) -> Iterator[str]:
    """Each name as spelled and in capitals, without the star."""
    for name in names:
        bare = name.removesuffix("*")
        yield from dict.fromkeys((bare, bare.upper()))


def _name_expression(keys: Mapping[str, str]) -> re.Pattern[str]:
    """Any name, the longest first; behind those of letters the ending that a language puts there."""
    longest_first = sorted(keys, key=len, reverse=True)
    spaced = "|".join(re.escape(name) for name in longest_first if not re.search(f"[{_IDEOGRAPH}]", name))
    unspaced = "|".join(re.escape(name) for name in longest_first if re.search(f"[{_IDEOGRAPH}]", name))
    letters = rf"(?P<ending>[^\W\d_]{{0,{_LONGEST_ENDING}}}){_ENDING}(?!\w)"
    return re.compile(rf"(?<![\w@.])(?P<name>{spaced}){letters}|(?P<bare>{unspaced})")


def _sides(phrase: str) -> tuple[str, str]:
    left, mark, right = (side.strip() for side in phrase.partition("…"))
    if not mark or bool(left) == bool(right):
        raise ValueError(f"phrases: {phrase!r} needs … where the name stands, and words on one side of it")
    return left, right


def _any(phrases: list[str]) -> str:
    """Any of `phrases` as whole words, the longest first; nothing where there are none."""
    if not phrases:
        return "(?!)"
    return "(?:" + "|".join(map(_words, sorted(phrases, key=len, reverse=True))) + ")"


def _words(phrase: str) -> str:
    escaped = re.escape(phrase).replace(r"\ ", r"[^\S\n]+").replace(r"\*", r"\w*")
    escaped = re.sub(f"[{_APOSTROPHES}]", f"[{_APOSTROPHES}]", escaped)
    first, last = phrase[0], phrase[-1]
    opens = r"(?<!\w)" if first.isalnum() and not re.match(f"[{_IDEOGRAPH}]", first) else ""
    opens += "و?" if "\u0600" <= first <= "\u06ff" else ""  # "and" is written as one with the word behind it
    closes = r"(?!\w)" if last.isalnum() and not re.match(f"[{_IDEOGRAPH}]", last) else ""
    return opens + escaped + closes
