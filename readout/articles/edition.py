"""The versions of an article: what makes a text another one, and what was changed from one to the next.

It must not weigh what an edit means for a meeting.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher

from readout.articles.clean import clean_line
from readout.articles.volatile import is_volatile

_WORD = re.compile(r"\w+")
_SENTENCE_END = re.compile(r"(?<=[.!?…؟۔])\s+|(?<=[。！？])|\n+")
_MOST_LINES = 1_000  # a text of more is no article, and is taken as it is
# Beyond these the comparing of sentences, whose cost grows with their product, gives way to looking each one up.
_MOST_SENTENCES = 100
_AROUND = 3  # words shown on either side of those that changed
_MOST_EDITS = 5
_LONGEST_SHOWN = 160


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """How an article read from `seen_at` on: `number` 1 is its first version. `shed`: the hash of its text, where that
    was let go and is empty."""

    number: int
    title: str | None
    text: str
    seen_at: datetime
    shed: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """A passage as it stood and as it stands: empty where words were added, or taken out."""

    before: str
    after: str

    def in_words(self) -> str:
        """One line for people."""
        if not self.before:
            return f"added “{self.after}”"
        return f"“{self.before}” became “{self.after}”" if self.after else f"took out “{self.before}”"


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """A version in the history of its article: since when, which earlier one it repeats, else what was changed.

    `is_known` False: nobody can say what was changed, since its text or the one before was let go.
    """

    number: int
    seen_at: datetime
    back_to: int | None
    edits: tuple[Edit, ...]
    is_known: bool = True

    def in_words(self) -> str:
        """What changed, in one line of bounded length; empty for the first version."""
        if self.number == 1:
            return ""
        if self.back_to is not None:
            return f"back to version {self.back_to}"
        if not self.is_known:
            return "what changed is not known any more: the text was let go"
        shown = [edit.in_words() for edit in self.edits[:_MOST_EDITS]]
        more = len(self.edits) - len(shown)
        return "; ".join([*shown, *([f"and {more} more"] if more else [])]) or "its words are the same"


def gist(edition: Edition) -> str:
    """A key that two editions share whose words are the same: SHA-256, hex.

    Letter case, spacing and punctuation do not count, nor do lines that differ from visit to visit: counters of
    readers, minutes that passed, the day on which the page was looked at. A text that was let go shares its key with
    none but the same text let go.
    """
    if edition.shed is not None:
        return edition.shed
    words = _words("\n".join((edition.title or "", *_lasting_lines(edition))))
    return hashlib.sha256(" ".join(words).encode("utf-8", "replace")).hexdigest()


def history(editions: Sequence[Edition]) -> Iterator[Revision]:
    """What became of an article, version by version, in their order."""
    keys = [gist(edition) for edition in editions]
    for i, edition in enumerate(editions):
        first = keys.index(keys[i])
        goes_back = first < i and keys[i] != keys[i - 1]
        is_known = i == 0 or (edition.shed is None and editions[i - 1].shed is None)
        yield Revision(
            number=edition.number,
            seen_at=edition.seen_at,
            back_to=editions[first].number if goes_back else None,
            edits=edits(editions[i - 1], edition) if 0 < i == first and is_known else (),
            is_known=is_known,
        )


def repeats(editions: Sequence[Edition]) -> int:
    """How many of the versions say what one before them said."""
    return len(editions) - len({gist(edition) for edition in editions})


def edits(before: Edition, after: Edition) -> tuple[Edit, ...]:
    """What was changed from one edition to another, title first; bounded in cost, whatever their length."""
    titles = _edit(clean_line(before.title or ""), clean_line(after.title or ""))
    olds, news = _sentences(before), _sentences(after)
    runs = (_edit(" ".join(old), " ".join(new)) for old, new in _runs(olds, news))
    return tuple(edit for edit in (titles, *runs) if edit is not None)


# --- what does not count --------------------------------------------------------------------------------------------


def _words(text: str) -> list[str]:
    return _WORD.findall(unicodedata.normalize("NFKC", text).casefold())


def _lasting_lines(edition: Edition) -> list[str]:
    lines, seen = edition.text.split("\n"), edition.seen_at.date()
    return lines if len(lines) > _MOST_LINES else [line for line in lines if not is_volatile(line, seen)]


# --- what changed ---------------------------------------------------------------------------------------------------


def _sentences(edition: Edition) -> list[str]:
    parts = (part for line in _lasting_lines(edition) for part in _SENTENCE_END.split(line))
    return [clean_line(part) for part in parts if _WORD.search(part)]


def _runs(olds: Sequence[str], news: Sequence[str]) -> Iterator[tuple[Sequence[str], Sequence[str]]]:
    """The sentences that differ, those that stood in one place before and after side by side."""
    olds, news = _differing(olds, news)
    old_keys, new_keys = [_key(each) for each in olds], [_key(each) for each in news]
    if max(len(olds), len(news)) > _MOST_SENTENCES:
        lost, come = _not_in(olds, old_keys, new_keys), _not_in(news, new_keys, old_keys)
        yield (lost, come) if lost or come else (olds, news)  # none is new: they stand in another order
        return
    for kind, i, j, k, m in SequenceMatcher(None, old_keys, new_keys, autojunk=False).get_opcodes():
        if kind != "equal":
            yield olds[i:j], news[k:m]


def _not_in(sentences: Sequence[str], keys: Sequence[str], others: Sequence[str]) -> list[str]:
    known = frozenset(others)
    return [sentence for sentence, key in zip(sentences, keys, strict=True) if key not in known]


def _edit(before: str, after: str) -> Edit | None:
    """The words that differ, with a few on either side; None where none do."""
    olds, news = before.split(), after.split()
    less_old, less_new = _differing(olds, news)
    if not less_old and not less_new:
        return None
    less_old, less_new = _differing(olds, news, around=_AROUND)
    return Edit(before=_shown(less_old), after=_shown(less_new))


def _differing(olds: Sequence[str], news: Sequence[str], *, around: int = 0) -> tuple[Sequence[str], Sequence[str]]:
    """Both without what they begin and end with in common, but for so many `around` what is left."""
    start = _common(olds, news)
    end = _common(olds[start:][::-1], news[start:][::-1])
    start, end = max(start - around, 0), max(end - around, 0)
    return olds[start : len(olds) - end], news[start : len(news) - end]


def _common(olds: Sequence[str], news: Sequence[str]) -> int:
    """How many there are before the first that differ."""
    pairs = enumerate(zip(olds, news, strict=False))
    return next((i for i, (old, new) in pairs if old != new and _key(old) != _key(new)), min(len(olds), len(news)))


def _key(words: str) -> str:
    return " ".join(_words(words))


def _shown(words: Sequence[str]) -> str:
    text = " ".join(words)
    return text if len(text) <= _LONGEST_SHOWN else text[: _LONGEST_SHOWN - 1].rstrip() + "…"
