"""Days that a page tells its readers: beside the headline, and in the first sentence.

It must not settle them: a year that is not written is not known here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import Any

from lxml import etree
from lxml.html import HtmlElement

from readout.articles.worded_date import Stated, days_in, read_stated

_LONGEST_SENTENCE = 400
# Not after an abbreviation or an initial: those are shorter.
_SENTENCE_END = re.compile(r"(?<=[^\W\d_]{4})[.!?…]+[»”\"]?\s|[。！？]")
_DATELINE = 40  # characters of a first line that is none of the article's sentences
_MOST_PIECES = 40
_LONGEST_PIECE = 80
_PROSE = 160
# A lead stands between headline and date; where a second long piece is, the article has begun.
_LONG_PIECES = 2
_MOST_AROUND = 3  # elements around a day that are looked at for its time
_MOST_HEADINGS = 10
_MOST_TEXTS = 100  # of one element: what has more is no short piece
_MOST_NODES = 400
_FRAME = ("header", "nav", "footer", "script", "style", "body", "head")
_Piece = tuple[HtmlElement, str]
"""Words and the element that holds them; a `time` element itself has none here."""
_UNREAD = ("script", "style", "template", "noscript")
# What a piece says that gives a day, or is the label of the next one, where that day is not of the publication.
_OF_ANOTHER_DAY = re.compile(
    r"\b(?:updated?\b|modified|event|обновл|изменен|событи|оновлен|подія|yenilən|tədbir|güncelle|etkinlik|жаңарт|жаңыр"
    r"|yangilan|янгилан)",
    re.IGNORECASE,
)
_MOST_WORDS = 8  # of a byline that ends as a sentence does


def sentence_day(text: str, locale: str | None) -> Stated | None:
    """The one day that the first sentence of `text` names; None where it names none or several."""
    lines = text[: 2 * _LONGEST_SENTENCE].split("\n")
    start = " ".join(lines[:2]) if len(lines[0]) <= _DATELINE else lines[0]
    sentence = _SENTENCE_END.split(start, maxsplit=1)[0][:_LONGEST_SENTENCE]
    days = set(days_in(sentence, locale))
    return days.pop() if len(days) == 1 else None


def byline(tree: HtmlElement) -> Iterator[Stated]:
    """What is said of days, with their times, in the short pieces between headline and article."""
    label = ""
    for holder, words in _below(tree):
        is_byline = words and len(words) <= _LONGEST_PIECE and not _OF_ANOTHER_DAY.search(label + words)
        stated = read_stated(words, (), None) if is_byline and not _is_sentence(words) else None
        if stated and stated.day is not None:
            yield stated if stated.clock else _with_time(stated, holder)
        label = f"{words} " if words.endswith(":") else ""


def _is_sentence(words: str) -> bool:
    return words.endswith((".", "!", "?", "…")) and len(words.split()) > _MOST_WORDS


def above_headline(tree: HtmlElement) -> list[Stated]:
    """What the short piece right above the headline says of a day, a time, or both."""
    above = _above(tree)
    stated = read_stated(_words(above), (), None) if above is not None else None
    return [stated] if stated else []


def times_beside_headline(tree: HtmlElement) -> Iterator[HtmlElement]:
    """The `time` elements between headline and article, then those right above the headline."""
    yield from (element for element, words in _below(tree) if not words)
    above = _above(tree)
    if above is not None:
        yield from above.xpath("descendant-or-self::time[@datetime]")


def _below(tree: HtmlElement) -> Iterator[_Piece]:
    """Pieces of text and `time` elements after the headline, as far as the article's own words."""
    headline = _headline(tree)
    if headline is None:
        return
    pieces, long = 0, 0
    for holder, text in islice(_after(headline), _MOST_NODES):
        words = " ".join(text.split())
        pieces, long = pieces + bool(words), long + (len(words) > _LONGEST_PIECE)
        if pieces > _MOST_PIECES or len(words) > _PROSE or long == _LONG_PIECES:
            return
        yield holder, words


def _after(element: HtmlElement) -> Iterator[_Piece]:
    """What follows an element, in the page's order and no further than it is asked for."""
    place: Any = element
    while place is not None:
        parent = place.getparent()
        if parent is not None:
            yield from _piece(parent, place.tail)
            for sibling in place.itersiblings():
                yield from _inside(sibling)
                yield from _piece(parent, sibling.tail)
        place = parent


def _inside(element: HtmlElement) -> Iterator[_Piece]:
    walk = etree.iterwalk(element, events=("start", "end"))
    for event, node in walk:
        if event == "start":
            if node.tag in _UNREAD:
                walk.skip_subtree()
            elif node.tag == "time" and node.get("datetime"):
                yield node, ""
            yield from _piece(node, node.text) if node.tag not in _UNREAD else ()
        elif node is not element:
            yield from _piece(node.getparent(), node.tail)


def _piece(holder: HtmlElement, text: str | None) -> Iterator[_Piece]:
    if text and not text.isspace():
        yield holder, text


def _with_time(stated: Stated, holder: HtmlElement) -> Stated:
    """A day with the time that stands beside it: in one of the elements around, which names no other day."""
    for element in islice((holder, *holder.iterancestors()), _MOST_AROUND):
        words = _words(element)
        if len(words) > _LONGEST_PIECE:
            break
        wider = read_stated(words, (), None)
        if wider and wider.clock and (wider.month, wider.day) == (stated.month, stated.day):
            return wider
    return stated


def _above(tree: HtmlElement) -> HtmlElement | None:
    """The nearest element above the headline that says anything, if it is short and no part of the page's frame."""
    headline = _headline(tree)
    before = headline.itersiblings(preceding=True) if headline is not None else ()
    nearest = next((element for element in before if _words(element)), None)
    is_beside = nearest is not None and nearest.tag not in _FRAME and len(_words(nearest)) <= _LONGEST_PIECE
    return nearest if is_beside else None


def _headline(tree: HtmlElement) -> HtmlElement | None:
    """The first `h1`; where there is none, a smaller heading that is the page's title."""
    first = next(tree.iter("h1"), None)
    if first is not None:
        return first
    claims = tree.xpath("//meta[@property='og:title']/@content | //title/text()")
    titles = [" ".join(claim.split()) for claim in claims]
    headings = islice(tree.iter("h2", "h3"), _MOST_HEADINGS)
    return next((heading for heading in headings if (words := _words(heading)) and _begins_any(words, titles)), None)


def _begins_any(words: str, titles: list[str]) -> bool:
    return any(title.startswith(words) for title in titles)


def _words(element: HtmlElement) -> str:
    """The words of an element; of a long one more than a short piece has."""
    texts = islice(element.itertext(), _MOST_TEXTS)
    return " ".join(" ".join(text[:_LONGEST_SENTENCE] for text in texts).split())
