"""One page of bytes to an article, or the reason why it is none.

It must not fetch, open or look at a clock: the page, its link and its source's zone are all it knows.
"""

from __future__ import annotations

import logging
from datetime import datetime, tzinfo

from htmldate import find_date
from lxml.etree import strip_elements
from lxml.html import HtmlElement
from trafilatura import bare_extraction

from readout.articles.clean import clean_line, clean_text
from readout.articles.furniture import without_furniture
from readout.articles.language import detect_language
from readout.articles.markup import decode, is_binary, parse, text_as_html
from readout.articles.metadata import Metadata, read_metadata
from readout.articles.timestamp import Moment, is_believable, read_moment, settle
from readout.articles.wall import visible_start, wall_machinery, wall_phrase
from readout.finding import Rejected
from readout.model import Article, DateOrigin, Link, OutcomeKind, Page

LONGEST_TEXT = 200_000
_SHORTEST_TEXT = 20
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
_HTML = ("text/html", "application/xhtml+xml")
_PLAIN = "text/plain"

# These report every odd page as an error; what became of a page is said by its outcome.
for _name in ("trafilatura", "htmldate", "charset_normalizer", "readability"):
    logging.getLogger(_name).setLevel(logging.CRITICAL + 1)


def extract(page: Page, *, link: Link, zone: tzinfo) -> Article | Rejected:
    """The article on `page`; `link` is how it was found, `zone` is where its source's naive dates are at home."""
    kind = clean_line(page.content_type.partition(";")[0].lower())
    if kind and kind not in (*_HTML, _PLAIN):
        return _rejection(OutcomeKind.UNSUPPORTED, "neither HTML nor plain text", kind)
    if is_binary(page.body):
        return _rejection(OutcomeKind.UNSUPPORTED, "not text, whatever the server calls it", kind)
    source = decode(page.body, page.content_type)
    tree = parse(text_as_html(source) if kind == _PLAIN else source)
    if tree is None:
        return _rejection(OutcomeKind.UNREADABLE, "no document in the answer", source[:100])
    return _article(tree, page, link, zone)


def _article(tree: HtmlElement, page: Page, link: Link, zone: tzinfo) -> Article | Rejected:
    metadata = read_metadata(tree, page.final_url)
    title = metadata.title or clean_line(link.title or "") or None
    date = _published(tree, metadata, page, link, zone)
    text = without_furniture(body_text(tree), metadata.headlines)
    if rejected := _rejected(page, tree, title or "", text):
        return rejected
    moment, origin = date or (None, None)
    return Article(
        url=page.url,
        title=title,
        text=text,
        published=moment.at if moment else None,
        published_day=moment.day if moment else None,
        published_day_only=moment.day_only if moment else False,
        published_from=origin,
        language=detect_language(f"{title or ''}\n{text}"),
        canonical_url=metadata.canonical_url,
    )


def body_text(tree: HtmlElement) -> str:
    """The article's own text in paragraphs of a line each; empty where the page has none. Uses the tree up."""
    _strip_inert(tree)
    quick = _recalled(tree, fast=True)
    if len(quick) >= _QUICK_IS_ENOUGH and len(quick) * _PROSE_LEFT_OUT >= _prose_length(tree):
        return quick
    return _recalled(tree, fast=False)


def _strip_inert(tree: HtmlElement) -> None:
    for script in tree.xpath("//script[not(contains(@type, 'ld+json'))]"):
        script.drop_tree()
    strip_elements(tree, *_INERT, with_tail=False)


def _recalled(tree: HtmlElement, *, fast: bool) -> str:
    document = bare_extraction(tree, fast=fast, with_metadata=False, include_comments=False)
    return clean_text(getattr(document, "text", None) or "")[:LONGEST_TEXT]


def _prose_length(tree: HtmlElement) -> int:
    """Characters in the page's paragraphs that are long enough to be prose."""
    lengths = (len(paragraph.text_content().strip()) for paragraph in tree.iter("p"))
    return sum(length for length in lengths if length > _SHORTEST_PROSE)


def _published(
    tree: HtmlElement, metadata: Metadata, page: Page, link: Link, zone: tzinfo
) -> tuple[Moment, DateOrigin] | None:
    """When the article was published and who says so: the link first, a search through the page last."""
    beside = settle(link.published, zone, day_only=link.published_day_only) if link.published else None
    if beside and is_believable(beside, page.fetched_at):
        return beside, DateOrigin.LINK
    for text, origin in metadata.dates:
        found = read_moment(text, zone)
        if found and is_believable(found, page.fetched_at):
            return found, origin
    found = read_moment(_searched_day(tree, page.fetched_at), zone)
    return (found, DateOrigin.HTMLDATE) if found else None


def _searched_day(tree: HtmlElement, fetched_at: datetime) -> str | None:
    """The day, in ISO 8601, that a search through the whole page finds."""
    for extensive in (False, True):
        found: str | None = find_date(
            tree, extensive_search=extensive, original_date=True, max_date=fetched_at, min_date="1995-01-01"
        )
        if found:
            return found
    return None


def _rejected(page: Page, tree: HtmlElement, title: str, text: str) -> Rejected | None:
    """Why there is no article here; None where there is one."""
    is_empty = len(text) < _SHORTEST_TEXT
    wall = wall_phrase(title, visible_start(tree) if is_empty else text)
    if wall is None and is_empty:
        wall = wall_machinery(page.body)
    if wall is not None:
        return _rejection(OutcomeKind.WALL, "a challenge, login or error page stands in the article's place", wall)
    if is_empty:
        return _rejection(OutcomeKind.UNREADABLE, "no text found on the page", text)
    return None


def _rejection(outcome: OutcomeKind, reason: str, evidence: str) -> Rejected:
    return Rejected(outcome=outcome, reason=reason, evidence=clean_line(evidence)[:100])
