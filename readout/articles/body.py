"""Where on a page the article's own text is, by what holds for pages of all sites.

It must not know any site, nor what the text says.
"""

from __future__ import annotations

import logging

from justext import get_stoplist
from lxml.etree import strip_elements, strip_tags
from lxml.html import HtmlElement
from trafilatura import bare_extraction, external

from readout.articles.clean import clean_text

LONGEST_TEXT = 200_000
# The quick look is enough unless it finds little, or under two thirds of the page's prose: the slow second look,
# twice as dear, finds text in unusual places.
_QUICK_IS_ENOUGH = 500
_PROSE_LEFT_OUT = 1.5
_SHORTEST_PROSE = 80
# What never holds an article's words: dropped first, it need not be copied and searched by every method in turn.
# Not <form>: some systems wrap whole pages in one. JSON-LD stays, as a last resort for the text.
_INERT = (
    *("style", "svg", "template", "noscript", "iframe", "object", "embed", "canvas"),
    *("audio", "video", "picture", "img", "link", "meta"),
    *("nav", "footer", "aside", "menu", "dialog", "button", "input", "select"),
)
# Empty, these still say something: a line ends, a table keeps its columns.
_MAY_BE_EMPTY = frozenset({"html", "body", "br", "hr", "p", "table", "tr", "td", "th", "script"})
_EMPTY = "is-empty"
# Empty, these part no words.
_WITHIN_A_WORD = frozenset(
    {"a", "abbr", "b", "bdi", "cite", "code", "em", "font", "i", "ins", "mark", "q", "s", "small", "span", "strong"}
    | {"sub", "sup", "u", "wbr"}
)
# By how many of their words are everyday ones the second look tells prose from menus. Of a hundred languages, which
# would take 36 MiB, those that watched sites write in.
_STOP_WORDS_OF = (
    *("Arabic", "Armenian", "Azerbaijani", "Belarusian", "Czech", "Dutch", "English", "French", "Georgian", "German"),
    *("Italian", "Kazakh", "Persian", "Polish", "Portuguese", "Romanian", "Russian", "Spanish", "Turkish", "Turkmen"),
    *("Ukrainian", "Uzbek"),
)

# These report every odd page as an error; what became of a page is said by its outcome.
for _name in ("trafilatura", "htmldate", "charset_normalizer", "readability"):
    logging.getLogger(_name).setLevel(logging.CRITICAL + 1)


def body_text(tree: HtmlElement) -> str:
    """The article's own text in paragraphs of a line each; empty where the page has none. Uses the tree up."""
    _strip_inert(tree)
    _strip_empty(tree)
    _held = list(tree.iter())  # lxml makes an element's Python side anew at each touch, unless somebody holds it
    quick = _recalled(tree, fast=True)
    if len(quick) >= _QUICK_IS_ENOUGH and len(quick) * _PROSE_LEFT_OUT >= _prose_length(tree):
        return quick
    prepare_second_look()
    return _recalled(tree, fast=False)


def prepare_second_look() -> None:
    """Load what the second look at a page needs, unless it is there."""
    if external.JT_STOPLIST is None:
        words = {word for language in _STOP_WORDS_OF for word in get_stoplist(language)}
        external.JT_STOPLIST = tuple(words)  # type: ignore[assignment]  # it declares only the None it begins with


def _strip_inert(tree: HtmlElement) -> None:
    for script in tree.xpath("//script[not(contains(@type, 'ld+json'))]"):
        script.drop_tree()
    strip_elements(tree, *_INERT, with_tail=False)


def _strip_empty(tree: HtmlElement) -> None:
    """Leave out what holds neither text nor anything else: a fifth of a page's elements, searched again and again.

    A blank stays where one parts the words around it, or where a reader sees a line end.
    """
    around = set()
    for element in reversed(list(tree.iter())):
        if element.tag not in _MAY_BE_EMPTY and element.getparent() is not None and _is_empty(element):
            if element.text or element.tag not in _WITHIN_A_WORD:
                element.text = " "
            element.tag = _EMPTY
            around.add(element.getparent())
    strip_tags(tree, _EMPTY)  # all at once: to take them out one by one is to copy the text behind them each time
    for element in around:
        _join_texts(element)


def _join_texts(element: HtmlElement) -> None:
    """Make one node of each run of text: what was parted by elements still is, and dear to read."""
    element.text = element.text
    for child in element:
        child.tail = child.tail


def _is_empty(element: HtmlElement) -> bool:
    """Whether it holds nothing but blanks and what is marked as empty."""
    within = all(child.tag == _EMPTY and not (child.tail or "").strip() for child in element)
    return within and not (element.text or "").strip()


def _recalled(tree: HtmlElement, *, fast: bool) -> str:
    document = bare_extraction(tree, fast=fast, with_metadata=False, include_comments=False)
    return clean_text(getattr(document, "text", None) or "")[:LONGEST_TEXT]


def _prose_length(tree: HtmlElement) -> int:
    """Characters in the page's paragraphs that are long enough to be prose."""
    lengths = (len(paragraph.text_content().strip()) for paragraph in tree.iter("p"))
    return sum(length for length in lengths if length > _SHORTEST_PROSE)
