"""How a source stands, judged by what its crawls saw: the one rule behind lists, notices and what digests say of gaps.

It must not look anything up, nor tell anybody: it is given histories, and answers with a condition and its reason.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import takewhile
from statistics import median

from readout.articles.clean import clean_line
from readout.articles.template import likeness, merge
from readout.condition import Aspect, Condition, Crawled, Diagnosis, Heard, SourceFacts
from readout.model import OutcomeKind

_Found = Iterator[tuple[Aspect, Diagnosis | None]]

CRAWLS_TO_HOLD = 3
"""Crawls in a row, before it is told."""

_A_DAY = timedelta(days=1)
_LONGEST_REASON = 300
_STALE_PLACE = timedelta(days=7)

# A page that was not read weighs by how sure it is that the site does not want us, or is another: a line breaks by
# itself, an error is an answer, a wall is meant.
_WEIGHTS = {
    OutcomeKind.WALL: 6,
    OutcomeKind.REFUSED: 6,
    OutcomeKind.FAILED: 2,
    OutcomeKind.UNREADABLE: 2,
    OutcomeKind.UNSUPPORTED: 0,
}
_WEIGHT_UNANSWERED = 1
_CLOSED = 18  # three walls, nine errors, eighteen lines that broke
_CLOSED_AT_ONCE = 60  # ten walls: two crawls are enough
_CLOSED_CONDITION = {
    OutcomeKind.WALL: Condition.WALL,
    OutcomeKind.REFUSED: Condition.REFUSING,
    OutcomeKind.FAILED: Condition.DOWN,
    OutcomeKind.UNREADABLE: Condition.REDESIGNED,
}

_FEWEST_ARTICLES = 5  # to say what pages are like now, of two crawls at least
_FEWEST_BEFORE = 10  # to say what they were like
_USUAL = 0.8  # of the pages had it before
_LOST = 0.2
_BACK = 0.5
_A_BODY = 500  # characters
_BODY_BACK = 400
_SAME_TEMPLATE = 0.5
_MANY_LINKS = 8  # of a place, before fewer of them mean anything

_LEAST_QUIET = timedelta(days=7)
_QUIET_GAPS = 6  # so many usual gaps between two days with news
_DAYS_WITH_NEWS = 4  # fewer tell of no rhythm

_NO_LINKS = {
    Condition.DOWN: "has not answered",
    Condition.REFUSING: "refuses to be asked",
    Condition.WALL: "puts a wall before its links",
    Condition.REDESIGNED: "answers, but gives no links any more,",
    Condition.WAITING: "asks to wait",
}


def diagnose(facts: SourceFacts, now: datetime) -> Mapping[Aspect, Diagnosis | None]:
    """What is wrong with a source, and what is well (None), by aspect. Of an aspect without an entry nothing can be
    said now: what was found of it before stands.
    """
    if facts.failures:
        return {Aspect.LINKS: _diagnose_silence(facts, now)}
    if facts.crawls and not facts.crawls[0].heard.is_answer:
        return {}  # what ended with our own process was counted as no failure, and is no answer either
    found: dict[Aspect, Diagnosis | None] = {Aspect.LINKS: None}
    for judged in (_diagnose_part, _diagnose_pages, _diagnose_readings, _diagnose_yield, _diagnose_pace):
        found |= dict(judged(facts))
    return found | dict(_diagnose_news(facts, now))


def worst_of(found: Mapping[Aspect, Diagnosis | None]) -> Diagnosis | None:
    """What is to be said of a source first; None where nothing is wrong."""
    return next((wrong for aspect in Aspect if (wrong := found.get(aspect))), None)


def silent_since(facts: SourceFacts) -> datetime:
    """When the first of its crawls in a row without an answer began, as far as is known."""
    silent = _silent(facts)
    return silent[-1].started_at if silent else facts.finished_at


# --- as seen from where -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A source as it is seen from a place of running (None: one without a name)."""

    place: str | None
    found: Mapping[Aspect, Diagnosis | None]

    @property
    def condition(self) -> Condition:
        """How it stands from there."""
        wrong = worst_of(self.found)
        return wrong.condition if wrong else Condition.OK


def views_of(facts: SourceFacts, now: datetime) -> Sequence[View]:
    """The source as each place of running sees it, best first, of equals the one that reported last. A place that has
    reported nothing for a week, while another has, is left out."""
    by_place: dict[str | None, list[Crawled]] = {}
    for crawl in facts.crawls:
        by_place.setdefault(crawl.place, []).append(crawl)
    if len(by_place) < 2:
        place = facts.crawls[0].place if facts.crawls else None
        alone = facts if place is None else replace(facts, place=place)
        return [View(place=place, found=diagnose(alone, now))]
    last = facts.crawls[0].started_at
    views = [
        View(place=place, found=diagnose(_from(facts, place, crawls), now))
        for place, crawls in by_place.items()
        if last - crawls[0].started_at < _STALE_PLACE
    ]
    return sorted(views, key=lambda view: view.condition.rank)


def _from(facts: SourceFacts, place: str | None, crawls: Sequence[Crawled]) -> SourceFacts:
    """`failures` counts those of all places: a place has had no more of them than its crawls tell."""
    silent = len(list(takewhile(lambda crawl: not crawl.heard.is_answer, crawls)))
    readings = [crawl for crawl in facts.readings if crawl.place == place]
    newest = crawls[0] is facts.crawls[0]
    failures = min(silent, facts.failures) if newest else silent
    error = facts.error if newest else crawls[0].error
    return replace(facts, place=place, crawls=crawls, readings=readings, failures=failures, error=error)


# --- where links are found ----------------------------------------------------------------------------------------


def _silent(facts: SourceFacts) -> list[Crawled]:
    return list(takewhile(lambda crawl: not crawl.heard.is_answer, facts.crawls))


def _diagnose_silence(facts: SourceFacts, now: datetime) -> Diagnosis:
    since = silent_since(facts)
    # The usual one of the last few: what is down now and refuses then would else be another thing each time.
    usual = Counter(crawl.heard.condition for crawl in _silent(facts)).most_common(1)
    condition = usual[0][0] if usual else Condition.DOWN
    # A source that is about to be asked may answer: a machine that slept tells of nobody when it wakes.
    is_long = facts.is_waiting and now - since > _A_DAY
    return Diagnosis(
        condition=condition,
        what=_NO_LINKS[condition],
        since=since,
        why=brief(facts.error),
        place=facts.place,
        holds=facts.failures >= CRAWLS_TO_HOLD or is_long,
    )


def _diagnose_part(facts: SourceFacts) -> _Found:
    in_part = list(takewhile(lambda crawl: crawl.heard is Heard.SOME, facts.crawls))
    if facts.error is None:
        yield from () if in_part else ((Aspect.PART, None),)
        return
    since = in_part[-1].started_at if in_part else facts.finished_at
    amiss = in_part[0].amiss if in_part else None
    yield (
        Aspect.PART,
        Diagnosis(
            condition=amiss.condition if amiss else Condition.DOWN,
            what="answers only in part",
            since=since,
            why=brief(facts.error),
            place=facts.place,
            holds=len(in_part) >= CRAWLS_TO_HOLD,
        ),
    )


def _diagnose_yield(facts: SourceFacts) -> _Found:
    """Whether a place gives far fewer links than it did: where all are gone, it gives an error by itself."""
    given = [crawl for crawl in facts.crawls if crawl.seen and crawl.seen.links]
    places = {place for crawl in given for place in (crawl.seen.links if crawl.seen else ())}
    histories = {place: [crawl for crawl in given if crawl.seen and place in crawl.seen.links] for place in places}
    judged = [_thinned(place, history) for place, history in sorted(histories.items())]
    thinned = [wrong for wrong, _ in judged if wrong]
    if thinned:
        yield Aspect.YIELD, thinned[0]
    elif any(is_rich for _, is_rich in judged):
        yield Aspect.YIELD, None


def _thinned(place: str, history: Sequence[Crawled]) -> tuple[Diagnosis | None, bool]:
    """What is wrong with the yield of a place, and whether its last one is as large as any that means something."""
    numbers = [crawl.seen.links[place] for crawl in history if crawl.seen]
    recent, before = numbers[:CRAWLS_TO_HOLD], numbers[CRAWLS_TO_HOLD:]
    is_rich = numbers[0] >= _MANY_LINKS
    if len(recent) < CRAWLS_TO_HOLD or len(before) < CRAWLS_TO_HOLD or is_rich:
        return None, is_rich
    usual = median(before)
    if usual < _MANY_LINKS or max(recent) > _LOST * usual:
        return None, False
    since = history[CRAWLS_TO_HOLD - 1].started_at
    return _redesigned(
        "gives few links", since, f"{max(recent)} where there were {usual:.0f}, at {brief(place)}"
    ), False


# --- its pages ----------------------------------------------------------------------------------------------------


def _diagnose_pages(facts: SourceFacts) -> _Found:
    """Whether the pages it links to can be read; one that can be is enough."""
    visited = [crawl for crawl in facts.crawls if sum(crawl.outcomes.values())]
    if not visited:
        return
    closed = list(takewhile(lambda crawl: sum(_weights(crawl).values()) > 0, visited))
    weights = Counter[str]()
    for crawl in closed:
        weights.update(_weights(crawl))
    if not closed:
        yield Aspect.PAGES, None
    elif weights.total() >= _CLOSED:
        since = closed[-1].started_at
        visits = sum(sum(crawl.outcomes.values()) for crawl in closed)
        fates = " or ".join(kind for kind in _WEIGHTS if any(crawl.outcomes.get(kind) for crawl in closed))
        yield (
            Aspect.PAGES,
            Diagnosis(
                condition=_CLOSED_CONDITION[OutcomeKind(weights.most_common(1)[0][0])],
                what="lets none of its pages be read",
                since=since,
                why=f"{visits} visits, all {fates}",
                place=facts.place,
                holds=len(closed) >= CRAWLS_TO_HOLD or (len(closed) > 1 and weights.total() >= _CLOSED_AT_ONCE),
            ),
        )


def _weights(crawl: Crawled) -> Mapping[str, int]:
    """How much the fates of a crawl's visits weigh, by fate; empty where a page could be read."""
    if any(number for kind, number in crawl.outcomes.items() if kind not in _WEIGHTS):
        return {}
    weights = {kind: _WEIGHTS[OutcomeKind(kind)] * number for kind, number in crawl.outcomes.items()}
    if crawl.seen and weights.get(OutcomeKind.FAILED):
        lighter = _WEIGHTS[OutcomeKind.FAILED] - _WEIGHT_UNANSWERED
        weights[OutcomeKind.FAILED] -= lighter * min(crawl.seen.unanswered, crawl.outcomes[OutcomeKind.FAILED])
    return weights


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pages:
    """What the articles of some crawls in a row were like."""

    articles: int
    since: datetime
    shares: Mapping[Aspect, float]
    characters: float
    template: str


def _diagnose_readings(facts: SourceFacts) -> _Found:
    """Whether what is read of its pages is still there: titles, dates, bodies, and what its file's rules select."""
    recent, before = _halves([crawl for crawl in facts.readings if crawl.seen and crawl.seen.articles])
    if recent is None:
        return
    yield from _diagnose_rules(facts.readings, recent)
    tail = _other_template(recent, before)
    for aspect, share in recent.shares.items():
        usual = before.shares[aspect] if before else 0
        if usual >= _USUAL and share <= _LOST * usual:
            why = f"{_percent(usual)} of them had{tail}"
            yield aspect, _redesigned(f"has no {aspect} on its pages", recent.since, why)
        elif share >= _BACK:
            yield aspect, None
    usual_length = before.characters if before else 0
    if usual_length >= _A_BODY and recent.characters <= _LOST * usual_length:
        why = f"{recent.characters:.0f} characters where there were {usual_length:.0f}{tail}"
        yield Aspect.BODIES, _redesigned("gives next to no text", recent.since, why)
    elif recent.characters >= _BODY_BACK:
        yield Aspect.BODIES, None


def _diagnose_rules(readings: Sequence[Crawled], recent: _Pages) -> _Found:
    """Whether a rule of the source's file selects something: one that never did is as wrong as one that ceased to."""
    missed = Counter[str]()
    for crawl in readings:
        if crawl.started_at >= recent.since and crawl.seen:
            missed.update(crawl.seen.missed_rules)
    rule, number = max(missed.items(), key=lambda item: item[1], default=("", 0))
    if number >= _USUAL * recent.articles:
        why = f"{brief(rule)}, on {number} of {recent.articles}"
        yield Aspect.RULES, _redesigned("has pages on which a rule of its file finds nothing", recent.since, why)
    elif number <= _BACK * recent.articles:
        yield Aspect.RULES, None


def _halves(readings: Sequence[Crawled]) -> tuple[_Pages | None, _Pages | None]:
    """What pages are like now, and what they were like; None where too few were read to say."""
    articles = size = 0
    for crawl in readings:
        if size >= 2 and articles >= _FEWEST_ARTICLES:
            break
        articles += crawl.seen.articles if crawl.seen else 0
        size += 1
    recent, before = _pages(readings[:size]), _pages(readings[size:])
    enough = size >= 2 and recent is not None and recent.articles >= _FEWEST_ARTICLES
    return (recent if enough else None), (before if before and before.articles >= _FEWEST_BEFORE else None)


def _pages(readings: Sequence[Crawled]) -> _Pages | None:
    all_seen = [crawl.seen for crawl in readings if crawl.seen]
    articles = sum(seen.articles for seen in all_seen)
    if not articles:
        return None
    return _Pages(
        articles=articles,
        since=readings[-1].started_at,
        shares={
            Aspect.TITLES: sum(seen.titled for seen in all_seen) / articles,
            Aspect.DATES: sum(seen.dated for seen in all_seen) / articles,
        },
        characters=median(seen.characters for seen in all_seen),
        template=merge(seen.template for seen in all_seen),
    )


def _other_template(recent: _Pages, before: _Pages | None) -> str:
    if before is None or not recent.template or not before.template:
        return ""
    alike = likeness(recent.template, before.template)
    return "" if alike >= _SAME_TEMPLATE else f"; {_percent(1 - alike)} of how they are built is new"


# --- its news -----------------------------------------------------------------------------------------------------


def _diagnose_pace(facts: SourceFacts) -> _Found:
    """Whether its links come and go faster than it is asked: once may be our own pause, twice in a row is not."""
    if not facts.crawls:
        return
    missed = list(takewhile(lambda crawl: crawl.missed, facts.crawls))
    if not missed:
        yield Aspect.PACE, _diagnose_backlog(facts.crawls)
        return
    since = missed[-1].started_at
    why = "some may have come and gone unseen"
    wrong = Diagnosis(condition=Condition.OK, what="names nothing but new links", since=since, why=why)
    yield Aspect.PACE, replace(wrong, holds=len(missed) > 1)


def _diagnose_backlog(crawls: Sequence[Crawled]) -> Diagnosis | None:
    """Whether links are left for later, crawl after crawl: once a sitemap may name more than a day can visit."""
    left = [crawl.seen.waiting if crawl.seen else 0 for crawl in crawls]
    begun = len(list(takewhile(bool, left)))
    if not begun:
        return None
    why = f"{left[0]} wait for another crawl: one may make no more requests, or take no longer"
    wrong = Diagnosis(
        condition=Condition.OK, what="names more links than are visited", since=crawls[begun - 1].started_at, why=why
    )
    return replace(wrong, holds=begun >= CRAWLS_TO_HOLD)


def _diagnose_news(facts: SourceFacts, now: datetime) -> _Found:
    """Whether it has stopped to publish, by its own rhythm, or its pages of links have stopped to change."""
    if any(crawl.new_links for crawl in facts.crawls):
        yield Aspect.NEWS, None
    elif facts.days_with_news is not None and len(facts.days_with_news) >= _DAYS_WITH_NEWS:
        first, last = min(facts.days_with_news), max(facts.days_with_news)
        gap = (last - first) / (len(facts.days_with_news) - 1)
        if now.date() - last > max(_LEAST_QUIET, _QUIET_GAPS * gap):
            why = f"it had one every {gap / _A_DAY:.0f} days".replace("every 1 days", "every day")
            since = datetime.combine(last, datetime.min.time(), tzinfo=now.tzinfo)
            yield Aspect.NEWS, Diagnosis(condition=Condition.QUIET, what="has had no new link", since=since, why=why)


def _redesigned(what: str, since: datetime, why: str) -> Diagnosis:
    return Diagnosis(condition=Condition.REDESIGNED, what=what, since=since, why=why)


def moment(at: datetime) -> str:
    """A moment as the operator reads it."""
    return f"{at:%Y-%m-%d %H:%M} UTC"


def brief(text: str | None) -> str:
    """What a site or a server said, on one line and not long."""
    line = clean_line(text or "no reason was noted")
    return line if len(line) <= _LONGEST_REASON else line[: _LONGEST_REASON - 1] + "…"


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"
