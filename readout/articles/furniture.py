"""Lines around an article that are not the article: its repeated headline, pointers to other stories, calls to act.

It must not know any site: only wording and place that are furniture wherever they stand.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from readout.articles.phrases import CALLS, LABELS, POINTERS, any_of

# Above the headline stand breadcrumbs and other stories' teasers, never the article; further down it is a quotation.
_HEADLINE_WITHIN = 12
_REPEATED_WITHIN = 3
_FEWEST_WORDS = 2  # fewer are too common to cut at, but at the very top
_LONGEST_FURNITURE = 220

_LABEL = re.compile(rf"\W*(?:\d+\s*)?{any_of(LABELS)}\W*", re.IGNORECASE)
_POINTER = re.compile(rf"[\W_]*{any_of(POINTERS)}\s*:", re.IGNORECASE)
_CALL = re.compile(rf"[^\w©]*{any_of(CALLS)}", re.IGNORECASE)
_SIGN = re.compile(r"[_\-–—=*•.\s|]+|https?://\S+")
_WORD = re.compile(r"\w+")


def without_furniture(text: str, headlines: Iterable[str]) -> str:
    """`text` (a paragraph a line) without the headline it repeats, what stands above that, and furniture lines.

    `headlines` are the page's own. What would leave nothing is left as it is.
    """
    lines = text.split("\n")
    kept = [line for line in lines[_headline_end(lines, headlines) :] if not is_furniture(line)]
    return "\n".join(kept) or text


def is_furniture(line: str) -> bool:
    """True for a line that says nothing of the article: a label, a pointer to another story, a call to subscribe."""
    if len(line) > _LONGEST_FURNITURE:
        return False
    bare = line.removeprefix("- ").strip()
    return bool(_LABEL.fullmatch(bare) or _POINTER.match(bare) or _CALL.match(bare) or _SIGN.fullmatch(bare))


def _headline_end(lines: list[str], headlines: Iterable[str]) -> int:
    """How many first lines are the headline, its immediate repetition, or stand above it."""
    wanted = {_words(headline) for headline in headlines} - {()}
    top = enumerate(map(_words, lines[:_HEADLINE_WITHIN]))
    is_headline = [words in wanted and (place == 0 or len(words) > _FEWEST_WORDS) for place, words in top]
    if True not in is_headline:
        return 0
    first = is_headline.index(True)
    near = is_headline[first : first + _REPEATED_WITHIN]
    return first + len(near) - near[::-1].index(True)


def _words(text: str) -> tuple[str, ...]:
    return tuple(_WORD.findall(text.casefold()))
