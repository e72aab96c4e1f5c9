"""Lines around an article that are not the article: its repeated headline, pointers to other stories, calls to act.

It must not know any site: only wording and place that are furniture wherever they stand.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import takewhile

from readout.articles.clean import bare_name
from readout.articles.month import fold, month_of
from readout.articles.phrases import CALLS, LABELS, POINTERS, any_of
from readout.articles.worded_date import read_stated

# Above the headline stand breadcrumbs and other stories' teasers, never the article; further down it is a quotation.
_HEADLINE_WITHIN = 12
_REPEATED_WITHIN = 3
_FEWEST_WORDS = 2  # fewer are too common to cut at, but at the very top
_LONGEST_FURNITURE = 220
_PROSE = 100
_STEM = 4  # letters of a word's beginning that its cases have in common

_LABEL = re.compile(rf"\W*(?:\d+\s*)?{any_of(LABELS)}\W*", re.IGNORECASE)
_POINTER = re.compile(rf"[\W_]*{any_of(POINTERS)}\s*:", re.IGNORECASE)
_CALL = re.compile(rf"[^\w©]*{any_of(CALLS)}", re.IGNORECASE)
_SIGN = re.compile(r"[_\-–—=*•.\s|]+|https?://\S+")
_WORD = re.compile(r"\w+")
_LETTERS = re.compile(r"[^\W\d_]+")
_LONGEST_DAY = 40
_SIGNED_WITHIN = 3
_OF_A_DAY = frozenset(
    ["г", "год", "года", "рік", "року", "жыл", "жылы", "жылдын", "il", "yil", "соли", "at", "utc", "gmt"]
)


def without_furniture(
    text: str, headlines: Iterable[str], site_names: frozenset[str] = frozenset(), *, is_chosen: bool = False
) -> str:
    """`text` (a paragraph a line) without the headline it repeats, what stands above that, and furniture lines.

    `headlines` are the page's own, `site_names` the site's, of which one alone signs the text at its beginning or end.
    A day alone at the beginning is no part of it either. What would leave nothing is left as it is. `is_chosen`: the
    text is what the source's own rule selects, which holds no stories of others.
    """
    lines = text.split("\n")
    kept = [line for line in _below_headline(lines, headlines, is_chosen=is_chosen) if not is_furniture(line)]
    return "\n".join(_unsigned(kept, site_names)) or text


def is_furniture(line: str) -> bool:
    """True for a line that says nothing of the article: a label, a pointer to another story, a call to subscribe."""
    if len(line) > _LONGEST_FURNITURE:
        return False
    bare = line.removeprefix("- ").strip()
    return bool(_LABEL.fullmatch(bare) or _POINTER.match(bare) or _CALL.match(bare) or _SIGN.fullmatch(bare))


def _unsigned(lines: list[str], site_names: frozenset[str]) -> list[str]:
    def is_sign(line: str) -> bool:
        return len(line) <= _LONGEST_FURNITURE and bare_name(line) in site_names

    top = takewhile(lambda line: is_sign(line) or _is_day(line), lines[:_SIGNED_WITHIN])
    end = takewhile(is_sign, reversed(lines[-_SIGNED_WITHIN:]))
    return lines[len(list(top)) : len(lines) - len(list(end))]


def _is_day(line: str) -> bool:
    """Whether a line is a day, perhaps with its time, and nothing else."""
    if len(line) > _LONGEST_DAY or not any(sign.isdigit() for sign in line):
        return False
    words = (fold(word) for word in _LETTERS.findall(line))
    is_bare = all(word in _OF_A_DAY or month_of(word, None) for word in words)
    stated = read_stated(line, (), None) if is_bare else None
    return stated is not None and stated.whole_day is not None


def _below_headline(lines: list[str], headlines: Iterable[str], *, is_chosen: bool) -> list[str]:
    """The lines without the headline, its immediate repetition, and what stands above it but for the article's lead.

    A headline repeated under a picture or to be copied stands in the midst of the text or behind it: where more stands
    above than below, all of that stays.
    """
    wanted = {_words(headline) for headline in headlines} - {()}
    top = enumerate(map(_words, lines[:_HEADLINE_WITHIN]))
    found = [at for at, words in top if words in wanted and (at == 0 or len(words) > _FEWEST_WORDS)]
    if not found:
        return lines
    repeated = [at for at in found if at < found[0] + _REPEATED_WITHIN]
    above, between, below = lines[: found[0]], lines[found[0] + 1 : repeated[-1]], lines[repeated[-1] + 1 :]
    is_midst = is_chosen or _is_text(above, sum(map(len, below)))
    leads = [line for line in above if is_midst or _is_lead(line, lines[found[0]])]
    return [*leads, *(line for line in between if len(line) > _LONGEST_DAY and _words(line) not in wanted), *below]


def _is_text(above: list[str], length: int) -> bool:
    """Whether lines that stand above a headline are prose, and more of it than `length`."""
    return sum(map(len, above)) > length and any(len(line) >= _PROSE for line in above)


def _is_lead(line: str, headline: str) -> bool:
    """Whether a paragraph tells what the headline does: most of its words begin alike."""
    told = {word[:_STEM] for word in _words(line)}
    words = {word[:_STEM] for word in _words(headline) if len(word) >= _STEM}
    return len(line) > 2 * len(headline) and len(words) > _FEWEST_WORDS and 2 * len(words & told) > len(words)


def _words(text: str) -> tuple[str, ...]:
    return tuple(_WORD.findall(text.casefold()))
