"""Days that a page tells its readers: under the headline, and in the first sentence.

It must not settle them: a year that is not written is not known here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml.html import HtmlElement

from readout.articles.worded_date import Stated, days_in, read_stated

_LONGEST_SENTENCE = 400
# Not after an abbreviation or an initial: those are shorter.
_SENTENCE_END = re.compile(r"(?<=[^\W\d_]{4})[.!?…]+[»”\"]?\s|[。！？]")
_DATELINE = 40  # characters of a first line that is none of the article's sentences
_MOST_PIECES = 40
_LONGEST_PIECE = 80
_PROSE = 160


def sentence_day(text: str, locale: str | None) -> Stated | None:
    """The one day that the first sentence of `text` names; None where it names none or several."""
    lines = text[: 2 * _LONGEST_SENTENCE].split("\n")
    start = " ".join(lines[:2]) if len(lines[0]) <= _DATELINE else lines[0]
    sentence = _SENTENCE_END.split(start, maxsplit=1)[0][:_LONGEST_SENTENCE]
    days = set(days_in(sentence, locale))
    return days.pop() if len(days) == 1 else None


def byline(tree: HtmlElement) -> Iterator[Stated]:
    """What is said of days, with their times, in the short pieces between headline and article."""
    pieces = tree.xpath(f"((//h1)[1]/following::text()[normalize-space()])[position() <= {_MOST_PIECES}]")
    for piece in pieces:
        words = " ".join(piece.split())
        if len(words) > _PROSE:
            return
        stated = read_stated(words, (), None) if len(words) <= _LONGEST_PIECE else None
        if stated and stated.day is not None:
            yield stated
