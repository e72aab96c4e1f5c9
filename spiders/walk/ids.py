"""Articles that are counted: the next numbers are asked for, and what answers is an article.

A number's page is an article's page: it is asked for once, kept in hand until its link is stored, and read then. So a
number without a page leaves nothing behind but the walk's own memory of it: no failed link fills the ledger, and what
appears under that number later is new. If the crawl dies in between, the link is pending and is visited by the next.

It must not choose the numbers: `spiders.discover.id_walk` does.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection, Sequence
from typing import Any

from readout.articles.clean import clean_line
from readout.articles.markup import parse
from readout.articles.wall import front_of, visible_start
from readout.discovery import IdWalk
from readout.error import ReadoutError, SourceChanged
from readout.found_links import Find
from readout.model import Link, OutcomeKind, Page
from readout.storage.places import Asked

from ..discover.id_walk import Past, Walk, after, after_backward, backward, id_of, url_of, wanted
from .way import Older, UnansweredError, Way

_SHOWN = 500  # of the links found last, those whose numbers a walk may set out from
_A_STRIDE = 20  # numbers of the past that are asked for before what came of them is stored
_LONGEST_LOOKED_AT = 256 * 1024
_LONGEST_HEADING = 500


async def window(place: IdWalk, way: Way) -> AsyncIterator[Find]:
    """The articles after the newest known, and those of the holes below it that are filled by now."""
    before = Walk.from_cursor((await way.looking.asked(place.url)).cursor)
    known = await _known(place, way)
    walk, answers, failure = before, dict[int, bool](), None
    while failure is None and (numbers := wanted(walk, place, known, answers)):
        failure = await _ask(numbers, known, answers, place, way)
        walk = after(before, place, answers)
    links = [Link(url=url_of(number, place)) for number, is_there in sorted(answers.items()) if is_there]
    if walk != before or links:
        yield Find(url=place.url, links=links, asked=Asked(cursor=walk.to_cursor()))
    if failure is not None:
        raise failure


async def older(place: IdWalk, way: Way, cursor: Any) -> AsyncIterator[Older]:
    """The articles from the newest known downward, or from `cursor` on, some at a time."""
    walk = Walk.from_cursor((await way.looking.asked(place.url)).cursor)
    known = await _known(place, way)
    walk = walk if walk.newest is not None or not known else Walk(newest=max(known))
    past = Past.from_cursor(cursor)
    while numbers := backward(walk, place, past, most=_A_STRIDE):
        answers: dict[int, bool] = {}
        failure = await _ask(numbers, known, answers, place, way)
        past = after_backward(past, numbers, answers)
        links = [Link(url=url_of(number, place)) for number, is_there in answers.items() if is_there]
        if answers:
            yield Older(url=place.url, links=links, cursor=past.to_cursor())
        if failure is not None:
            raise failure


async def _known(place: IdWalk, way: Way) -> frozenset[int]:
    """The numbers of links that are stored: the source's other places show them, or the walk found them."""
    numbers = (id_of(url, place) for url in await way.looking.newest_urls(_SHOWN))
    return frozenset(number for number in numbers if number is not None)


async def _ask(
    numbers: Sequence[int], known: Collection[int], answers: dict[int, bool], place: IdWalk, way: Way
) -> ReadoutError | None:
    """Ask for `numbers` in order and note the `answers`; what made it stop before the end, if anything did."""
    for number in numbers:
        try:
            answers[number] = number in known or await _is_there(number, place, way)
        except ReadoutError as error:
            return error
    return None


async def _is_there(number: int, place: IdWalk, way: Way) -> bool:
    url = url_of(number, place)
    try:
        page = await way.fetch(url, whole=True, keep=True)
    except UnansweredError as error:
        if error.is_missing:
            return False
        raise
    assert page is not None, "a page that is wanted whole is never unchanged"
    is_elsewhere = page.final_url != url and id_of(page.final_url, place) != number
    return not is_elsewhere and await asyncio.to_thread(_is_article, page, way)


def _is_article(page: Page, way: Way) -> bool:
    """False where a page says in words that there is none, in its heading or because it says little else.

    Raises SourceChanged where a wall stands before it: that is no answer to the question.
    """
    if "html" not in page.content_type:
        return True
    tree = parse(way.text(page)[:_LONGEST_LOOKED_AT])
    if tree is None:
        return False
    headings = [clean_line(each.text_content())[:_LONGEST_HEADING] for each in tree.iter("title", "h1")]
    front = front_of(headings, visible_start(tree))
    if front is not None and front.outcome is OutcomeKind.WALL:
        raise SourceChanged(f"{page.url}: {front.reason}")
    return front is None
