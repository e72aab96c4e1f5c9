"""Pages that stand in front of an article instead of being one: challenges, consent, logins, "no such page", "be back".

It must not call a real article a wall: a known phrase counts only where next to nothing else is on the page, and not in
quotation marks.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from lxml.html import HtmlElement

from readout.articles.clean import clean_line
from readout.articles.paywall_phrases import CONSENT_TEXTS, PAYWALL_TEXTS
from readout.articles.phrases import any_of, folded, pieces_of
from readout.articles.wall_phrases import (
    CLOSED_TEXTS,
    CLOSED_TITLES,
    GONE_TEXTS,
    GONE_TITLES,
    WALL_MACHINERY,
    WALL_TEXTS,
    WALL_TITLES,
)
from readout.model import OutcomeKind

# A wall's words are few. A short news item has fewer than this too, but not a wall's phrase in its title.
_LONGEST_WALL = 1_500
# One phrase among so few words is the page's message; among more it takes two.
_LONGEST_MESSAGE = 500
_MOST_WORDS_OF_A_SITE = 5
# What stands beside a wall's words on a page that says it is an article: so much is one.
_SHORTEST_ITEM = 150
# Consent is asked for at length, in lines of which most speak of it; an offer to subscribe ends what is given away.
_LONGEST_CONSENT = 8_000
_CONSENT_PHRASES = 3
_END_OF_A_TEASER = 300
_BEFORE_A_NAME = " -–—|·•,.!?…"
_QUOTES = re.compile(r"[\"«»“”„]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Front:
    """What stands in an article's place, and the words that gave it away."""

    outcome: OutcomeKind
    reason: str
    evidence: str

    @property
    def is_missing(self) -> bool:
        """Whether the page says that there is no such article."""
        return self.reason == _GONE.reason


@dataclass(frozen=True, slots=True)
class _Wording:
    """How pages of one sort speak: in their titles, and anywhere in their few words."""

    outcome: OutcomeKind
    reason: str
    title: re.Pattern[str]
    text: re.Pattern[str]

    @classmethod
    def of(cls, outcome: OutcomeKind, reason: str, titles: str, texts: str) -> _Wording:
        title = re.compile(rf"\W*{any_of(titles)}(?P<rest>\W*$|\s*[^\w\s].*)", re.IGNORECASE)
        return cls(outcome, reason, title, re.compile(any_of(texts), re.IGNORECASE))


_WALL = _Wording.of(
    OutcomeKind.WALL, "a challenge, consent or login page stands in the article's place", WALL_TITLES, WALL_TEXTS
)
_GONE = _Wording.of(OutcomeKind.FAILED, "no such page, says the page, whatever its status", GONE_TITLES, GONE_TEXTS)

_CLOSED = _Wording.of(
    OutcomeKind.FAILED, "the site is closed for now, says the page, whatever its status", CLOSED_TITLES, CLOSED_TEXTS
)
_CONSENT = re.compile(any_of(CONSENT_TEXTS), re.IGNORECASE)
_CONSENT_PIECES = pieces_of(CONSENT_TEXTS)
_PAYWALL = re.compile(any_of(PAYWALL_TEXTS), re.IGNORECASE)


def front_of(titles: Iterable[str], text: str, *, claims_article: bool = False) -> Front | None:
    """What stands in the place of an article with these `titles` and this `text`; None for what may be an article.

    `claims_article`: the page tells machines when it was published, which no page does that is none.
    """
    if words := _asks_consent(text) or _offers_the_rest(text):
        return Front(outcome=_WALL.outcome, reason=_WALL.reason, evidence=clean_line(words))
    if len(text) > _LONGEST_WALL:
        return None
    for wording in (_WALL, _GONE, _CLOSED):
        spoken = _in_title(wording, titles) if not claims_article else None
        words = spoken or _in_text(wording, text)
        if words and not (claims_article and _tells_more(wording, text)):
            return Front(outcome=wording.outcome, reason=wording.reason, evidence=clean_line(words))
    return None


def machinery_of(body: bytes) -> Front | None:
    """The challenge whose scripts a page carries; to be asked only for a page without text."""
    mark = next((mark for mark in WALL_MACHINERY if mark.encode() in body), None)
    return Front(outcome=_WALL.outcome, reason=_WALL.reason, evidence=mark) if mark else None


def visible_start(tree: HtmlElement) -> str:
    """The first words a visitor of the page sees, article or not."""
    texts = tree.xpath("//body//text()[not(parent::script or parent::style or parent::template)]")
    return clean_line(" ".join(texts))[:_LONGEST_WALL]


def _in_title(wording: _Wording, titles: Iterable[str]) -> str | None:
    """A phrase that is all of a title but for the name of the site."""
    for title in titles:
        found = wording.title.match(title)
        if found and len(found["rest"].split()) <= _MOST_WORDS_OF_A_SITE and not _goes_on(found):
            return title[: found.start("rest")]
    return None


def _goes_on(found: re.Match[str]) -> bool:
    """Whether a title tells more after the phrase, as news do ("Access denied: inspectors wait"): behind a colon, or
    without the capital or the dot of a site's name. A number is no news: "Error 404: no such page"."""
    said, rest = found[0][: found.start("rest") - found.start()], found["rest"].strip(_BEFORE_A_NAME)
    is_more = rest.startswith(":") or rest[:1].islower()
    return is_more and "." not in rest and re.search(r"[^\W\d_]", rest) is not None and re.search(r"\d", said) is None


def _in_text(wording: _Wording, text: str) -> str | None:
    """The first phrase of a page that says little else, or says two such things."""
    spoken = {found[0].casefold(): found[0] for found in wording.text.finditer(text) if not _is_quoted(text, found)}
    return next(iter(spoken.values())) if len(spoken) > (len(text) > _LONGEST_MESSAGE) else None


def _tells_more(wording: _Wording, text: str) -> bool:
    """Whether a page tells something beside a wall's words, as a short item does under a site's own remarks."""
    others = [line for line in text.splitlines() if wording.text.search(line) is None]
    return sum(map(len, others)) >= _SHORTEST_ITEM


def _asks_consent(text: str) -> str | None:
    """The first words of a page most of whose lines ask to be allowed something; an article outweighs a banner."""
    if len(text) > _LONGEST_CONSENT or not _may_ask_consent(text):
        return None
    lines = [line for line in text.splitlines() if _CONSENT.search(line)]
    spoken = {found[0].casefold(): found[0] for line in lines for found in _CONSENT.finditer(line)}
    is_most = 2 * sum(map(len, lines)) > len(text)
    return next(iter(spoken.values())) if len(spoken) >= _CONSENT_PHRASES and is_most else None


def _may_ask_consent(text: str) -> bool:
    """Whether enough of its phrases can stand in the text at all: in a glance, for most texts are news."""
    said = folded(text)
    found = (phrase for phrase in _CONSENT_PIECES if all(piece in said for piece in phrase))
    return sum(1 for _ in found) >= _CONSENT_PHRASES


def _offers_the_rest(text: str) -> str | None:
    """The words by which the beginning of an article ends that is sold."""
    if len(text) > _LONGEST_WALL:
        return None
    offers = (found for found in _PAYWALL.finditer(text) if found.end() > len(text) - _END_OF_A_TEASER)
    return next((found[0] for found in offers if not _is_quoted(text, found)), None)


def _is_quoted(text: str, found: re.Match[str]) -> bool:
    """Whether somebody else's words are repeated: an odd number of marks stands before them in their paragraph."""
    start = text.rfind("\n", 0, found.start()) + 1
    before = text[start : found.start()]
    return len(_QUOTES.findall(before)) % 2 == 1 or before.endswith(("'", "‘", "‹"))
