"""One page of bytes to an article, or the reason why it is none.

It must not fetch, open or look at a clock: the page, its link and its source's zone and rules are all it knows.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, tzinfo

from lxml.html import HtmlElement

from readout.articles.body import LONGEST_TEXT, body_text
from readout.articles.clean import clean_line
from readout.articles.furniture import without_furniture
from readout.articles.language import detect_language
from readout.articles.markup import MOST_TEXT, decode, fits, is_binary, parse, shorten, text_as_html
from readout.articles.metadata import LONGEST_TITLE, Metadata, read_metadata
from readout.articles.page_date import Dated, Setting, claimed_dates, linked_date, page_date, told_date
from readout.articles.pdf import PDF, PdfError, is_pdf, read_pdf
from readout.articles.selection import drop, first_line, paragraphs
from readout.articles.told_date import above_headline
from readout.articles.wall import front_of, machinery_of, visible_start
from readout.articles.worded_date import Stated
from readout.date_origin import DateOrigin
from readout.finding import Rejected
from readout.model import Article, Link, OutcomeKind, Page
from readout.site_rules import PageRules

_SHORTEST_TEXT = 20
_HTML = ("text/html", "application/xhtml+xml")
_PLAIN = "text/plain"
_NO_RULES = PageRules()
_CLAIMS = (DateOrigin.JSON_LD, DateOrigin.META)


def extract(
    page: Page, *, link: Link, zone: tzinfo, rules: PageRules = _NO_RULES, new_at: datetime | None = None
) -> Article | Rejected:
    """The article on `page`; `link` is how it was found, `zone` is where its source's naive dates are at home.

    `rules` are its source's; what one does not find is read as on any other page, and the answer names the rule.
    `new_at`: when the link was first seen, if it was found as something new at a place known before.
    """
    setting = Setting(link=link, fetched_at=page.fetched_at, zone=zone, rules=rules.date, new_at=new_at)
    kind = clean_line(page.content_type.partition(";")[0].lower())
    if kind == PDF or is_pdf(page.body):
        return _document(page, setting)
    if kind and kind not in (*_HTML, _PLAIN):
        return _rejection(OutcomeKind.UNSUPPORTED, "neither HTML, PDF nor plain text", kind)
    if is_binary(page.body):
        return _rejection(OutcomeKind.UNSUPPORTED, "not text, whatever the server calls it", kind)
    encoding = rules.encoding if rules.encoding and fits(page.body, rules.encoding) else None
    source = decode(page.body, page.content_type, encoding)
    tree = parse(text_as_html(source) if kind == _PLAIN else source)
    if tree is None:
        return _rejection(OutcomeKind.UNREADABLE, "no document in the answer", source[:100])
    if len(source) > MOST_TEXT:
        shorten(tree)
    answer = _answer(tree, page, setting, rules)
    if rules.encoding and encoding is None:
        return replace(answer, missed_rules=("encoding", *answer.missed_rules))
    return answer


# --- a page ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class _Chosen:
    """What was taken for title and text, the day a page claims before its text is read, and the rules that missed."""

    title: str | None
    text: str
    date: Dated | None
    missed: tuple[str, ...]
    beside: tuple[Stated, ...]


def _answer(tree: HtmlElement, page: Page, setting: Setting, rules: PageRules) -> Article | Rejected:
    metadata = read_metadata(tree, page.final_url)
    chosen = _chosen(tree, page, metadata, setting, rules)
    if rejected := _rejected(page, tree, metadata, chosen):
        return replace(rejected, missed_rules=chosen.missed)
    language = detect_language(f"{chosen.title or ''}\n{chosen.text}")
    date, missed = chosen.date, chosen.missed
    if date is None and setting.rules.first_sentence:
        date = told_date(chosen.text, language, setting, chosen.beside)
        missed = missed if date else (*missed, "date.text")
        date = date or next(claimed_dates(metadata.dates, setting), None)
    return _dated(
        Article(
            url=page.url,
            title=chosen.title,
            text=chosen.text,
            published=None,
            language=language,
            canonical_url=metadata.canonical_url,
            missed_rules=missed,
        ),
        date,
    )


def _chosen(tree: HtmlElement, page: Page, metadata: Metadata, setting: Setting, rules: PageRules) -> _Chosen:
    """Date and title come first: reading the text uses the tree up."""
    date, missed = page_date(tree, page.final_url, metadata.dates, setting)
    beside = tuple(above_headline(tree)) if setting.rules.first_sentence else ()
    ruled_title = (first_line(tree, rules.title) or "")[:LONGEST_TITLE] if rules.title else ""
    drop(tree, rules.drop)
    ruled_text = paragraphs(tree, rules.body)[:LONGEST_TEXT] if rules.body else ""
    if len(ruled_text) < _SHORTEST_TEXT:
        ruled_text = ""
    sought = {"title": (rules.title, ruled_title), "body.css": (rules.body, ruled_text)}
    headlines = (*metadata.headlines, ruled_title) if ruled_title else metadata.headlines
    text = without_furniture(ruled_text or body_text(tree), headlines, metadata.site_names, is_chosen=bool(ruled_text))
    return _Chosen(
        title=ruled_title or _title(metadata, clean_line(setting.link.title or ""), text),
        text=text,
        date=date,
        missed=(*(key for key, (rule, found) in sought.items() if rule and not found), *missed),
        beside=beside,
    )


def _title(metadata: Metadata, linked: str, text: str) -> str | None:
    """The page's own title. Where it has but one form and the text begins with that of the link, it is its frame's."""
    is_frame = len(metadata.headlines) <= 1 and linked and text.startswith(linked)
    return linked if is_frame else metadata.title or linked or None


def _dated(article: Article, date: Dated | None) -> Article:
    if date is None:
        return article
    moment, origin = date
    return replace(
        article,
        published=moment.at,
        published_day=moment.day,
        published_day_only=moment.day_only,
        published_from=origin,
    )


def _rejected(page: Page, tree: HtmlElement, metadata: Metadata, chosen: _Chosen) -> Rejected | None:
    """Why there is no article here; None where there is one."""
    is_empty = len(chosen.text) < _SHORTEST_TEXT
    text = visible_start(tree) if is_empty else chosen.text
    titles = (chosen.title or "", *metadata.headlines)
    front = front_of(titles, text, claims_article=any(origin in _CLAIMS for _, origin in metadata.dates))
    if front is None and is_empty:
        front = machinery_of(page.body)
    if front:
        return _rejection(front.outcome, front.reason, front.evidence)
    return _rejection(OutcomeKind.UNREADABLE, "no text found on the page", chosen.text) if is_empty else None


# --- a file ----------------------------------------------------------------------------------------------------------


def _document(page: Page, setting: Setting) -> Article | Rejected:
    """The article in a PDF. Days that the file states are those of its making: only the link's is believed."""
    try:
        document = read_pdf(page.body)
    except PdfError as error:
        return _rejection(OutcomeKind.UNREADABLE, f"a PDF that cannot be read: {error}", PDF)
    if len(document.text) < _SHORTEST_TEXT:
        return _rejection(OutcomeKind.UNSUPPORTED, "a PDF that holds no text", PDF)
    title = (document.title or clean_line(setting.link.title or ""))[:LONGEST_TITLE] or None
    text = document.text[:LONGEST_TEXT]
    language = detect_language(f"{title or ''}\n{text}")
    article = Article(url=page.url, title=title, text=text, published=None, language=language)
    return _dated(article, linked_date(setting, ()))


def _rejection(outcome: OutcomeKind, reason: str, evidence: str) -> Rejected:
    return Rejected(outcome=outcome, reason=reason, evidence=clean_line(evidence)[:100])
