"""Articles that are counted: the next numbers are asked for, and what answers is an article.

A number's page is an article's page: it is asked for once, kept in hand until its link is stored, and read then. So a
number without a page leaves nothing behind but the walk's own memory of it: no failed link fills the ledger, and what
appears under that number later is new. If the crawl dies in between, the link is pending and is visited by the next.

It must not choose the numbers: `spiders.discover.id_walk` does.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from readout.discovery import IdWalk
from readout.error import ReadoutError, SourceChanged
from readout.found_links import Find
from readout.model import Link
from readout.storage.places import Asked

from ..discover.id_walk import Past, Walk, after, after_backward, backward, id_of, url_of, wanted
from ..discover.leaf import is_article
from .way import Older, UnansweredError, Way

_SHOWN = 500  # of the links found last, those whose numbers a walk may set out from
_A_STRIDE = 20  # numbers that are asked for before what came of them is stored
_NOT_YET = 1_000_000  # beyond the newest number; a site that has a page there has one everywhere
_MOST_BROKEN = 3  # in a row: more are not pages that are broken, but a server


@dataclass(frozen=True, slots=True)
class _Heard:
    """What was heard of the numbers asked for: whether a page is there, or why that is not known."""

    answers: dict[int, bool] = field(default_factory=dict)
    failed: dict[int, ReadoutError] = field(default_factory=dict)


async def window(place: IdWalk, way: Way) -> AsyncIterator[Find]:
    """The articles after the newest known, and those of the holes below it that are filled by now.

    All at once where none is known yet, later some at a time: a crawl that is cut short keeps what it had found. Raises
    SourceChanged where the site answers every number.
    """
    before = Walk.from_cursor((await way.looking.asked(place.url)).cursor)
    known = await _known(place, way)
    walk, heard, is_over, found = before, _Heard(), False, list[int]()
    while not is_over and (numbers := _untried(wanted(walk, place, known, heard.answers), walk, heard.failed)):
        is_first = not heard.answers
        is_over = await _ask(numbers[:_A_STRIDE], known, heard, place, way)
        if is_first and not is_over and _is_full(heard, known):
            await _doubt(max(heard.answers), place, way)
        walk = after(before, place, heard.answers)
        found += [number for number in numbers[:_A_STRIDE] if heard.answers.get(number)]
        if found and before.newest is not None:
            yield _found(found, walk, place)
            found = []
    if found or walk != before:
        yield _found(found, walk, place)
    # A page that is broken below one that answers is broken by itself, and stays to be asked for.
    for number, error in heard.failed.items():
        if is_over or walk.newest is None or number > walk.newest:
            raise error


def _found(numbers: Sequence[int], walk: Walk, place: IdWalk) -> Find:
    links = [Link(url=url_of(number, place)) for number in sorted(numbers)]
    return Find(url=place.url, links=links, asked=Asked(cursor=walk.to_cursor()))


async def older(place: IdWalk, way: Way, cursor: Any) -> AsyncIterator[Older]:
    """The articles from the newest known downward, or from `cursor` on, some at a time."""
    walk = Walk.from_cursor((await way.looking.asked(place.url)).cursor)
    known = await _known(place, way)
    walk = walk if walk.newest is not None or not known else Walk(newest=max(known))
    past = Past.from_cursor(cursor)
    while numbers := backward(walk, place, past, most=_A_STRIDE):
        heard = _Heard()
        is_over = await _ask(numbers, known, heard, place, way)
        past = after_backward(past, numbers, heard.answers | dict.fromkeys(_broken(numbers, heard.answers), False))
        links = [Link(url=url_of(number, place)) for number, is_there in heard.answers.items() if is_there]
        if heard.answers:
            yield Older(url=place.url, links=links, cursor=past.to_cursor())
        if heard.failed and (is_over or not heard.answers):
            raise next(iter(heard.failed.values()))


async def _known(place: IdWalk, way: Way) -> frozenset[int]:
    """The numbers of links that are stored: the source's other places show them, or the walk found them."""
    numbers = (id_of(url, place) for url in await way.looking.newest_urls(_SHOWN))
    return frozenset(number for number in numbers if number is not None)


def _untried(numbers: Sequence[int], walk: Walk, failed: Collection[int]) -> list[int]:
    """Those of `numbers` that did not fail in this crawl, what may be new before the holes: those may stay broken."""
    untried = [number for number in numbers if number not in failed]
    return sorted(untried, key=lambda number: walk.newest is not None and number <= walk.newest)


def _broken(numbers: Sequence[int], answers: Collection[int]) -> list[int]:
    """Those of `numbers` that have no answer though one asked for later has: a search must not stop there for ever."""
    last = max((at for at, number in enumerate(numbers) if number in answers), default=0)
    return [number for number in numbers[:last] if number not in answers]


async def _ask(numbers: Sequence[int], known: Collection[int], heard: _Heard, place: IdWalk, way: Way) -> bool:
    """Ask for `numbers` in order and note what is `heard`; True where it is of no use to go on: the server is silent or
    wants to be left alone, or not a single page is broken but several in a row."""
    in_a_row = 0
    for number in numbers:
        try:
            heard.answers[number] = number in known or await _is_there(number, place, way)
            in_a_row = 0
        except ReadoutError as error:
            heard.failed[number] = error
            in_a_row += 1
            if in_a_row == _MOST_BROKEN or (isinstance(error, UnansweredError) and error.status is None):
                return True
    return False


def _is_full(heard: _Heard, known: Collection[int]) -> bool:
    """Whether every number asked for has a page: seldom is there so much news, and some sites never say no."""
    return all(heard.answers.values()) and any(number not in known for number in heard.answers)


async def _doubt(newest: int, place: IdWalk, way: Way) -> None:
    """Raise SourceChanged where a number that no article can have yet is answered like those before it."""
    url = url_of(newest + _NOT_YET, place)
    if await _is_there(newest + _NOT_YET, place, way, keep=False):
        raise SourceChanged(f"{url} answers with a page: it has one for every number, so that none tells of an article")


async def _is_there(number: int, place: IdWalk, way: Way, *, keep: bool = True) -> bool:
    url = url_of(number, place)
    try:
        page = await way.fetch(url, whole=True, keep=keep)
    except UnansweredError as error:
        if error.is_missing:
            return False
        raise
    assert page is not None, "a page that is wanted whole is never unchanged"
    is_elsewhere = page.final_url != url and id_of(page.final_url, place) != number
    return not is_elsewhere and await way.parse(page, is_article, page, way.encoding)
