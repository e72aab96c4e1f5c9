"""What the CSS selectors of a source's rules choose on its pages.

It must not know any site, nor fail on a page: a selector that chooses nothing is an answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache

from cssselect import HTMLTranslator, SelectorError
from lxml import etree
from lxml.html import HtmlElement

from readout.articles.clean import clean_line, clean_text

_MOST = 5_000  # elements of one selector: an article's paragraphs are hundreds
# What begins a paragraph of its own, whatever stands around it.
_BLOCKS = frozenset(
    (
        *("p", "div", "br", "hr", "pre", "h1", "h2", "h3", "h4", "h5", "h6", "article", "main", "section", "address"),
        *(
            "ul",
            "ol",
            "li",
            "dl",
            "dt",
            "dd",
            "table",
            "tr",
            "th",
            "td",
            "blockquote",
            "center",
            "figure",
            "figcaption",
        ),
    )
)
_UNSEEN = frozenset(
    (
        *("head", "title", "script", "style", "svg", "template", "noscript", "iframe", "object", "embed", "canvas"),
        *("audio", "video", "picture", "button", "input", "select", "textarea"),
    )
)


def select(tree: HtmlElement, css: str) -> list[HtmlElement]:
    """The elements that `css` chooses, in the page's order; none for a selector that is none."""
    path = _path(css)
    if path is None:
        return []
    try:
        return [element for element in path(tree)[:_MOST] if isinstance(element, etree.ElementBase)]
    except etree.XPathError:
        return []


def drop(tree: HtmlElement, selectors: Iterable[str]) -> None:
    """Take out of `tree` what `selectors` choose; the text behind it stays."""
    for css in selectors:
        for element in select(tree, css):
            if element.getparent() is not None and element.tag != "body":
                element.drop_tree()


def first_line(tree: HtmlElement, css: str) -> str | None:
    """The words of the first element chosen that has any, on one line."""
    lines = (clean_line(element.text_content()) for element in select(tree, css))
    return next((line for line in lines if line), None)


def paragraphs(tree: HtmlElement, css: str) -> str:
    """The text of the elements chosen, a paragraph a line; one that lies in another counts once."""
    chosen = select(tree, css)
    known = set(chosen)
    outer = (element for element in chosen if known.isdisjoint(element.iterancestors()))
    return clean_text("\n".join(map(_text, outer)))


def _text(element: HtmlElement) -> str:
    """All words of an element, with a line break where a reader sees one."""
    return "".join(_pieces(element))


def _pieces(element: HtmlElement) -> Iterator[str]:
    hidden = 0
    for event, node in etree.iterwalk(element, events=("start", "end")):
        is_start, is_unseen = event == "start", node.tag in _UNSEEN
        hidden += is_unseen if is_start else 0
        if not hidden:
            yield "\n" if node.tag in _BLOCKS else ""
            yield _flat(node.text) if is_start else ""
        hidden -= is_unseen if not is_start else 0
        if not is_start and not hidden and node is not element:
            yield _flat(node.tail)


def _flat(text: str | None) -> str:
    """Line breaks of the source are spaces to a reader."""
    return text.replace("\n", " ").replace("\r", " ") if text else ""


@lru_cache(maxsize=1_024)
def _path(css: str) -> etree.XPath | None:
    try:
        return etree.XPath(HTMLTranslator().css_to_xpath(css))
    except (SelectorError, etree.XPathError):
        return None
