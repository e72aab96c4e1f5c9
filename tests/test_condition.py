"""Histories of crawls, and the condition in which each leaves its source."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from readout.articles.template import likeness, merge, template_of
from readout.condition import Aspect, Condition, Crawled, Diagnosis, Heard, Seen, SourceFacts, heard_status
from readout.diagnosis import diagnose, views_of, worst_of
from readout.model import SourceId

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
WHOLE = Seen(articles=5, titled=5, dated=5, characters=2_000, template="aaaaaabbbbbb")
NO_DATES = replace(WHOLE, dated=0)
NO_TITLES = replace(WHOLE, titled=0)
SHORT = replace(WHOLE, characters=90, template="ccccccdddddd")
READ = {"not_a_report": 5}


def crawl(heard: Heard = Heard.ALL, **fields) -> Crawled:
    return Crawled(started_at=NOW, heard=heard, **fields)


def read(seen: Seen) -> Crawled:
    return crawl(outcomes=READ, seen=seen)


def facts(*crawls: Crawled, **fields) -> SourceFacts:
    """A source with these crawls, newest first, three hours apart."""
    dated = [replace(each, started_at=NOW - timedelta(hours=3 * n)) for n, each in enumerate(crawls)]
    failures = next((n for n, each in enumerate(dated) if each.heard.is_answer), len(dated))
    told = {
        "id": SourceId("apa"),
        "host": "apa.example",
        "failures": failures,
        "error": "why" if failures or (crawls and crawls[0].heard is Heard.SOME) else None,
        "finished_at": NOW,
        "crawls": dated,
        "readings": [each for each in dated if each.seen and each.seen.articles],
    }
    return SourceFacts(**told | fields)


def links(*numbers: int) -> list[Crawled]:
    return [crawl(seen=Seen(links={"/rss": number})) for number in numbers]


def ruled(*missed: int) -> list[Crawled]:
    return [read(replace(WHOLE, missed_rules={"body.css": number})) for number in missed]


FAILED = {"failed": 6}
WALL, OK, DOWN, REFUSING = Condition.WALL, Condition.OK, Condition.DOWN, Condition.REFUSING
REDESIGNED, QUIET, WAITING = Condition.REDESIGNED, Condition.QUIET, Condition.WAITING
SILENT = crawl(Heard.NOTHING)

HISTORIES = [
    ("nothing known", [], OK, None, True),
    ("all well", [read(WHOLE)] * 6, OK, None, True),
    ("one silence", [SILENT, crawl()], DOWN, Aspect.LINKS, False),
    ("three silences", [SILENT] * 3, DOWN, Aspect.LINKS, True),
    ("errors", [crawl(Heard.ERROR)] * 3, DOWN, Aspect.LINKS, True),
    ("403", [crawl(Heard.REFUSED)] * 3, REFUSING, Aspect.LINKS, True),
    ("a wall", [crawl(Heard.WALL)] * 3, WALL, Aspect.LINKS, True),
    ("HTML where a feed was", [crawl(Heard.CHANGED)] * 3, REDESIGNED, Aspect.LINKS, True),
    ("429", [crawl(Heard.WAIT)] * 3, WAITING, Aspect.LINKS, True),
    ("mostly refusals", [SILENT, *[crawl(Heard.REFUSED)] * 4], REFUSING, Aspect.LINKS, True),
    ("a place refuses", [crawl(Heard.SOME, amiss=Heard.REFUSED)] * 3, REFUSING, Aspect.PART, True),
    ("a place that is not known", [crawl(Heard.SOME)] * 3, DOWN, Aspect.PART, True),
    ("walled pages", [crawl(outcomes={"wall": 1})] * 3, WALL, Aspect.PAGES, True),
    ("two walled pages", [crawl(outcomes={"wall": 1})] * 2, OK, None, True),
    ("many walled pages at once", [crawl(outcomes={"wall": 5})] * 2, WALL, Aspect.PAGES, True),
    ("refused pages", [crawl(outcomes={"refused": 2, "wall": 1})] * 3, REFUSING, Aspect.PAGES, True),
    ("pages with errors", [crawl(outcomes={"failed": 3})] * 3, DOWN, Aspect.PAGES, True),
    ("few pages with errors", [crawl(outcomes={"failed": 2})] * 3, OK, None, True),
    ("lines that break", [crawl(outcomes=FAILED, seen=Seen(unanswered=6))] * 3, DOWN, Aspect.PAGES, True),
    ("few lines that break", [crawl(outcomes={"failed": 3}, seen=Seen(unanswered=3))] * 3, OK, None, True),
    ("pages without text", [crawl(outcomes={"unreadable": 4})] * 3, REDESIGNED, Aspect.PAGES, True),
    ("papers alone", [crawl(outcomes={"unsupported": 9})] * 6, OK, None, True),
    ("one page of many", [crawl(outcomes={"wall": 9, "stored": 1})] * 6, OK, None, True),
    ("dates gone", [read(NO_DATES)] * 2 + [read(WHOLE)] * 3, REDESIGNED, Aspect.DATES, True),
    ("dates gone once", [read(NO_DATES)] + [read(WHOLE)] * 3, OK, None, True),
    ("never had dates", [read(NO_DATES)] * 8, OK, None, True),
    ("titles gone", [read(NO_TITLES)] * 2 + [read(WHOLE)] * 3, REDESIGNED, Aspect.TITLES, True),
    ("texts gone", [read(SHORT)] * 2 + [read(WHOLE)] * 3, REDESIGNED, Aspect.BODIES, True),
    ("always short", [read(SHORT)] * 8, OK, None, True),
    ("a rule finds nothing", ruled(5, 5, 0, 0), REDESIGNED, Aspect.RULES, True),
    ("a rule never found anything", ruled(5, 5, 5), REDESIGNED, Aspect.RULES, True),
    ("a rule finds most", ruled(1, 2, 0), OK, None, True),
    ("few links", links(2, 2, 3, 20, 20, 21), REDESIGNED, Aspect.YIELD, True),
    ("few links twice", links(2, 2, 20, 20, 20, 21), OK, None, True),
    ("always few", links(2, 2, 3, 3, 2, 4), OK, None, True),
    ("half the links", links(10, 10, 10, 20, 20, 20), OK, None, True),
    ("new links alone", [crawl(missed=True)] * 2, OK, Aspect.PACE, True),
    ("new links alone once", [crawl(missed=True), crawl()], OK, Aspect.PACE, False),
    ("links left for later", [crawl(seen=Seen(waiting=300))] * 3, OK, Aspect.PACE, True),
    ("links left for later twice", [*[crawl(seen=Seen(waiting=9))] * 2, crawl()], OK, Aspect.PACE, False),
    ("links left once, and visited", [crawl(), *[crawl(seen=Seen(waiting=9))] * 3], OK, None, True),
]


@pytest.mark.parametrize(
    ("_said", "crawls", "condition", "aspect", "holds"), HISTORIES, ids=[row[0] for row in HISTORIES]
)
def test_a_history_leaves_its_source_in_a_condition(_said, crawls, condition, aspect, holds):
    found = diagnose(facts(*crawls), NOW)
    wrong = worst_of(found)
    assert (wrong.condition if wrong else OK) == condition
    assert next((each for each in Aspect if found.get(each)), None) == aspect
    if wrong:
        assert wrong.holds is holds


@pytest.mark.parametrize(
    ("days", "condition"),
    [
        ([date(2026, 2, day) for day in (10, 11, 12, 13, 14)], QUIET),
        ([date(2026, 2, day) for day in (20, 21, 22, 23, 24)], OK),
        ([date(2026, 1, day) for day in (1, 8, 15, 22)], OK),
        ([date(2025, 12, 1)], OK),
    ],
)
def test_silence_is_judged_by_a_rhythm_of_its_own(days, condition):
    wrong = worst_of(diagnose(facts(crawl(), days_with_news=days), NOW))
    assert (wrong.condition if wrong else OK) == condition


def test_what_cannot_be_said_now_has_no_entry():
    assert diagnose(facts(SILENT, crawl(outcomes=READ)), NOW).keys() == {Aspect.LINKS}
    assert Aspect.PAGES not in diagnose(facts(crawl()), NOW), "no page was visited"
    assert Aspect.DATES not in diagnose(facts(*[read(NO_DATES)] * 12), NOW), "what was lost has not come back by this"
    assert diagnose(facts(*[read(WHOLE)] * 12), NOW)[Aspect.DATES] is None


def test_a_redesign_says_how_much_of_the_pages_is_built_anew():
    wrong = worst_of(diagnose(facts(*[read(SHORT)] * 2, *[read(WHOLE)] * 3), NOW))
    assert wrong.why == "90 characters where there were 2000; 100 % of how they are built is new"


def test_each_place_of_running_has_a_view_of_its_own():
    seen = facts(
        crawl(Heard.REFUSED, place="cloud", error="403"), crawl(place="home"), crawl(place="cloud"), failures=1
    )
    views = views_of(seen, NOW)
    assert [(view.place, view.condition) for view in views] == [("home", OK), ("cloud", REFUSING)]
    wrong = views[1].found[Aspect.LINKS]
    assert isinstance(wrong, Diagnosis)
    assert wrong.said == "refuses to be asked since 2026-03-02 12:00 UTC, as seen from cloud: why"


@pytest.mark.parametrize(
    ("status", "heard"),
    [
        *((401, "refused"), (403, "refused"), (451, "refused"), (404, "changed"), (410, "changed"), (429, "wait")),
        *((500, "error"), (503, "error"), (418, "error")),
    ],
)
def test_a_status_says_what_a_source_is(status, heard):
    assert heard_status(status) == heard


# --- how a page is built ------------------------------------------------------------------------------------------


def page(*classes: str, extra: str = "") -> bytes:
    return ("<html><body>" + "".join(f'<div class="{name}">x</div>' for name in classes) + extra + "</body>").encode()


OLD = tuple(f"news-{letter}-box" for letter in "abcdefghijklmnopqrstuvwxyz")
NEW = tuple(f"sc{letter}{letter}x" for letter in "abcdefghijklmnopqrstuvwxyz")


@pytest.mark.parametrize(
    ("other", "least", "most"),
    [
        (page(*OLD), 1, 1),
        (page(*OLD[::-1], *OLD), 1, 1),
        (page(*OLD, extra='<p class="post post-id-48211">y</p>'), 0.8, 1),
        (page(*OLD, extra="<ins class='adsbygoogle slot7'></ins>"), 0.7, 1),
        (page(*NEW), 0, 0),
        (b"", 0, 0),
        (b"\x00\xff<<<class=", 0, 0),
    ],
)
def test_pages_of_one_design_are_built_alike(other, least, most):
    assert least <= likeness(template_of(page(*OLD)), template_of(other)) <= most


def test_counters_in_classes_do_not_matter_and_sketches_add_up():
    one, two = template_of(page("a", "post-12")), template_of(page("b", "post-99"))
    assert likeness(one, two) == pytest.approx(1 / 3)
    assert merge([one, two]) == template_of(page("a", "b", "post-1"))
    assert len(template_of(page(*OLD, *NEW))) == 24 * 6
