"""One article under many addresses is one article; two articles stay two, whatever a site says of them."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from readout.found_links import Find
from readout.intake import Intake
from readout.model import Link, Outcome, OutcomeKind, Source
from readout.site_rules import UrlRules
from readout.storage import articles, links
from readout.storage.alerts import list_alerts
from readout.storage.database import Database, open_database
from readout.storage.links import StoredLink
from readout.storage.meetings import list_meetings
from readout.storage.watches import add_watch
from readout.trace import why
from readout.trace_lines import trace_lines
from tests.reported import DAY, MAX_AGE, NOW, OTHER_TEXT, TEXT, page, reading, report, source
from tests.store import store_url

HOUR = timedelta(hours=1)
AGENCY, PAPER = source("agency"), source("paper")
SESSION = report(session=55, days=DAY, city="Astana", country="KZ")
OTHER = report("intel", session=21, days=DAY, city="Samarkand")
SITE = "https://agency.example"
MAIN = f"{SITE}/news/heads-meet"
OTHER_PAGE = f"{SITE}/world/heads-meet"
EDITED = TEXT + " The statement was corrected later."
DUPLICATE, STORED = OutcomeKind.DUPLICATE, OutcomeKind.STORED


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = open_database(store_url(tmp_path), create=True)
    with opened.write() as connection:
        add_watch(connection, name="w", recipients=["x@y.example"], channel="email", now=NOW - HOUR)
    yield opened
    opened.close()


@pytest.fixture
def intake(database: Database) -> Intake:
    return Intake(database, max_age=MAX_AGE)


def take(
    intake: Intake,
    url: str,
    text: str,
    *reports,
    who: Source = AGENCY,
    guid=None,
    canonical=None,
    led_to=None,
    now=NOW,
    **more,
) -> Outcome:
    """Find `url` in the feed of `who`, fetch it, and take in what it told."""
    found = Link(url=url, guid=guid, modified=more.pop("modified", None))
    intake.take_links(who, Find(url="rss", links=[found]), now=now)
    due = next(each for each in intake.due_links(who.id, now=now, limit=99) if each.url == url)
    told = reading(text, *reports, **more)
    told = replace(told, article=replace(told.article, canonical_url=canonical))
    return intake.take_page(who, due, page(url, text.encode(), final_url=led_to or url), told, now=now)


def stored(database: Database) -> list[tuple[str, int]]:
    """The URL and version of every article."""
    with database.read() as connection:
        return [(each.article.url, each.version) for each in articles.stream_articles(connection)]


def known(database: Database, url: str) -> StoredLink:
    with database.read() as connection:
        return links.link_by_url(connection, url)


def tellings(database: Database) -> list[list[str]]:
    """The URLs that tell of each meeting."""
    with database.read() as connection:
        return [[told.url for told in meeting.tellings] for meeting in list_meetings(connection)]


def alerts(database: Database) -> int:
    with database.read() as connection:
        return len(list_alerts(connection))


# --- what the page says of itself -----------------------------------------------------------------------------------


def test_another_address_of_an_article_makes_no_second_one(intake, database):
    take(intake, MAIN, TEXT, SESSION)
    outcome = take(intake, OTHER_PAGE, TEXT, SESSION, canonical=MAIN + "?utm_source=x")
    assert outcome == Outcome(kind=DUPLICATE, reason=f"another address of {MAIN}")
    assert stored(database) == [(MAIN, 1)]
    assert tellings(database) == [[MAIN]]
    assert alerts(database) == 1
    assert known(database, OTHER_PAGE).same_as == known(database, MAIN).id
    assert known(database, OTHER_PAGE).outcome == outcome


def test_a_newer_text_at_another_address_is_a_version_of_the_article(intake, database):
    take(intake, MAIN, TEXT, report(session=55))
    outcome = take(intake, OTHER_PAGE, EDITED, report(session=55, city="Astana"), canonical=MAIN, now=NOW + HOUR)
    assert outcome.kind is DUPLICATE
    assert outcome.reason.startswith(f"another address of {MAIN}; version 2")
    assert stored(database) == [(MAIN, 2)]
    with database.read() as connection:
        (meeting,) = list_meetings(connection)
    assert (meeting.report.city.value, [told.text for told in meeting.tellings]) == ("Astana", [EDITED])
    assert alerts(database) == 1


def test_a_first_line_grown_to_a_story_under_its_title_is_a_version(intake, database):
    first_line = TEXT[: len(TEXT) // 4]
    take(intake, MAIN, first_line, title="Heads of security agencies meet")
    grown = take(intake, OTHER_PAGE, TEXT, SESSION, canonical=MAIN, title="Heads of security agencies meet")
    assert grown.kind is DUPLICATE
    assert stored(database) == [(MAIN, 2)]
    assert tellings(database) == [[MAIN]]


def test_a_former_or_poorer_text_at_another_address_changes_nothing(intake, database):
    take(intake, MAIN, TEXT, SESSION)
    take(intake, MAIN, EDITED, SESSION, now=NOW + HOUR)
    for number, text, *reports in ((1, TEXT, SESSION), (2, EDITED + " Read more.")):
        outcome = take(intake, f"{OTHER_PAGE}{number}", text, *reports, canonical=MAIN, now=NOW + HOUR)
        assert outcome == Outcome(kind=DUPLICATE, reason=f"another address of {MAIN}")
    assert stored(database) == [(MAIN, 2)]


def test_an_address_of_an_address_leads_to_the_article(intake, database):
    take(intake, MAIN, TEXT, SESSION)
    take(intake, f"{SITE}/2", TEXT, SESSION, canonical=MAIN)
    take(intake, f"{SITE}/3", TEXT, SESSION, canonical=f"{SITE}/2")
    assert known(database, f"{SITE}/3").same_as == known(database, MAIN).id
    assert stored(database) == [(MAIN, 1)]


def test_the_true_address_may_come_after_the_other(intake, database):
    take(intake, OTHER_PAGE, TEXT, SESSION, canonical=MAIN)
    assert take(intake, MAIN, TEXT, SESSION, canonical=MAIN).kind is DUPLICATE
    assert stored(database) == [(OTHER_PAGE, 1)]


def test_what_is_no_report_has_other_addresses_too(intake, database):
    take(intake, MAIN, OTHER_TEXT)
    assert take(intake, OTHER_PAGE, OTHER_TEXT, canonical=MAIN).kind is DUPLICATE
    assert stored(database) == [(MAIN, 1)]


@pytest.mark.parametrize(
    ("canonical", "text"),
    [
        (MAIN, OTHER_TEXT),  # a lie
        (SITE + "/", TEXT),  # what all pages of the site say
        ("https://paper.example/news/heads-meet", TEXT),
        ("http://[", TEXT),
        ("javascript:alert(1)", TEXT),
        (OTHER_PAGE, TEXT),
    ],
)
def test_a_claim_that_leads_nowhere_or_lies_leaves_an_article_of_its_own(intake, database, canonical, text):
    take(intake, MAIN, TEXT, SESSION)
    take(intake, OTHER_PAGE, text, SESSION, canonical=canonical)
    assert stored(database) == [(MAIN, 1), (OTHER_PAGE, 1)]
    assert known(database, OTHER_PAGE).same_as is None


def test_no_site_takes_over_anothers_article(intake, database):
    take(intake, MAIN, TEXT, SESSION)
    thief = source("paper", aliases=("agency.example",))  # it may call the other's host its own
    for url in ("https://paper.example/1", f"{SITE}/planted"):
        outcome = take(intake, url, EDITED, SESSION, who=thief, canonical=MAIN, guid=MAIN)
        assert outcome.kind in (STORED, DUPLICATE)
        assert known(database, url).same_as != known(database, MAIN).id
    assert stored(database)[0] == (MAIN, 1)
    with database.read() as connection:
        assert articles.article_of_link(connection, known(database, MAIN).id).article.text == TEXT


def test_all_pages_that_claim_to_be_the_first_stay_what_they_are(intake, database):
    texts = [f"{name} met the envoy of {name}land on trade. " * 4 for name in ("Ivanov", "Aliyev", "Karimov")]
    for number, text in enumerate(texts):
        take(
            intake, f"{SITE}/{number}", text, report(None, people=(text[:6],)), title="Ministry", canonical=f"{SITE}/0"
        )
    assert stored(database) == [(f"{SITE}/{number}", 1) for number in range(3)]


@pytest.mark.parametrize("minutes", [0, 5])
def test_stories_by_one_pattern_are_told_apart_by_their_hour(intake, database, minutes):
    take(intake, MAIN, TEXT, SESSION, published=NOW)
    template = TEXT.replace("Astana", "Minsk")
    published = NOW + timedelta(minutes=minutes)
    take(intake, OTHER_PAGE, template, SESSION, canonical=MAIN, published=published, title="Another title")
    assert len(stored(database)) == (2 if minutes else 1)


def test_without_a_date_title_and_text_must_agree(intake, database):
    said = {"canonical": MAIN, "published": None}
    take(intake, MAIN, TEXT, SESSION, title="Heads meet", published=None)
    take(intake, f"{SITE}/2", EDITED, SESSION, title="Other heads meet", **said)
    take(intake, f"{SITE}/3", EDITED, SESSION, title="Heads meet", **said)
    assert stored(database) == [(MAIN, 2), (f"{SITE}/2", 1)]


def test_a_day_alone_is_compared_with_a_day(intake, database):
    take(intake, MAIN, TEXT, SESSION, day=DAY)
    next_day = NOW + timedelta(days=1)
    take(intake, f"{SITE}/2", EDITED + " Again.", SESSION, canonical=MAIN, published=next_day, now=next_day)
    take(intake, f"{SITE}/3", EDITED, SESSION, canonical=MAIN, published=NOW + 2 * HOUR, now=next_day)
    assert stored(database) == [(MAIN, 2), (f"{SITE}/2", 1)]


def test_visits_of_one_day_written_up_by_one_pattern_stay_apart(intake, database):
    for number, country in enumerate(("Kazakhstan", "Uzbekistan")):
        text = TEXT.replace("Astana", country)
        told = {"title": f"Envoy of {country} received", "day": DAY, "canonical": f"{SITE}/0", "guid": "1"}
        take(intake, f"{SITE}/{number}", text, SESSION, **told)
    assert len(stored(database)) == 2


def test_a_page_that_a_redirect_leads_to_is_one_article(intake, database):
    take(intake, MAIN, TEXT, SESSION)
    outcome = take(intake, OTHER_PAGE, EDITED, SESSION, led_to=MAIN + "?utm_source=x")
    assert outcome.reason.startswith(f"another address of {MAIN}; version 2")
    assert take(intake, f"{SITE}/3", OTHER_TEXT, OTHER, led_to=MAIN).kind is STORED, "another story stands there now"
    assert stored(database) == [(MAIN, 2), (f"{SITE}/3", 1)]


@pytest.mark.parametrize("first", [AGENCY, PAPER])
def test_a_redirect_to_the_page_of_another_source_is_a_reprint_and_takes_nothing_over(intake, database, first):
    """Whoever is crawled first: both keep an article, of which one is the copy, and one alert leaves."""
    detour = "https://paper.example/1"
    for who in (first, PAPER if first is AGENCY else AGENCY):
        if who is AGENCY:
            take(intake, MAIN, TEXT, SESSION)
        else:
            take(intake, detour, TEXT, SESSION, who=PAPER, led_to=MAIN)
    assert {url for url, _ in stored(database)} == {MAIN, detour}
    assert known(database, detour).same_as is None
    assert alerts(database) == 1
    with database.read() as connection:
        (meeting,) = list_meetings(connection)
    assert len(meeting.tellings) == 2
    assert sorted(len(each.duplicate_of or "") > 0 for each in meeting.tellings) == [False, True]


# --- what the feed calls it -----------------------------------------------------------------------------------------


def test_a_new_title_and_a_new_address_under_one_name_are_a_version(intake, database):
    take(intake, MAIN, TEXT, SESSION, title="Heads meet", guid="g1")
    outcome = take(intake, OTHER_PAGE, EDITED, SESSION, title="Security heads met in Astana", guid="g1")
    assert outcome.reason.startswith(f"another address of {MAIN}; version 2")
    assert stored(database) == [(MAIN, 2)]
    assert alerts(database) == 1


def test_a_new_title_at_the_same_address_is_a_version(intake, database):
    take(intake, MAIN, TEXT, SESSION, title="Heads meet")
    take(intake, MAIN, TEXT, SESSION, title="Heads met", now=NOW + HOUR)
    assert stored(database) == [(MAIN, 2)]
    assert tellings(database) == [[MAIN]]


def test_a_name_that_repeats_loses_no_article(intake, database):
    """Each at a poll of its own, so that no feed shows two of them side by side."""
    texts = [TEXT, OTHER_TEXT, TEXT.replace("terrorism", "trade") + " It was late.", TEXT]
    for number, text in enumerate(texts):
        take(intake, f"{SITE}/{number}", text, SESSION, guid="same", published=NOW + number * HOUR, now=NOW + 4 * HOUR)
    assert stored(database) == [(f"{SITE}/{number}", 1) for number in range(4)]


def test_a_name_that_changes_makes_no_second_article(intake, database):
    take(intake, MAIN, TEXT, SESSION, guid="g1")
    for poll in range(2, 5):
        intake.take_links(AGENCY, Find(url="rss", links=[Link(url=MAIN, guid=f"g{poll}")]), now=NOW)
    assert intake.due_links(AGENCY.id, now=NOW, limit=9) == []
    assert stored(database) == [(MAIN, 1)]


def test_a_name_that_is_another_articles_address_joins_nothing(intake, database):
    take(intake, MAIN, TEXT, SESSION)
    take(intake, OTHER_PAGE, OTHER_TEXT, OTHER, guid=MAIN)
    take(intake, f"{SITE}/3", TEXT, SESSION, guid=OTHER_PAGE)
    assert stored(database) == [(MAIN, 1), (OTHER_PAGE, 1), (f"{SITE}/3", 1)]


def test_names_of_different_feeds_have_nothing_in_common(intake, database):
    take(intake, MAIN, TEXT, SESSION, guid="1")
    take(intake, "https://paper.example/1", TEXT, SESSION, who=PAPER, guid="1")
    assert len(stored(database)) == 2


# --- how it is spelled ----------------------------------------------------------------------------------------------


def test_a_page_and_its_views_are_one_link(intake, database):
    take(intake, MAIN, TEXT, SESSION)
    views = [f"{MAIN}/amp", "http://m.agency.example/news/heads-meet/?print=1", f"{MAIN}?utm_source=feed"]
    assert intake.take_links(AGENCY, Find(url="rss", links=[Link(url=url) for url in views]), now=NOW).new == 0


def test_a_mirror_is_the_source_itself(intake, database):
    mirrored = source("agency", url_rules=UrlRules(mirrors=(("mirror.example", "agency.example"),)))
    take(intake, MAIN, TEXT, SESSION, who=mirrored)
    again = [Link(url="https://mirror.example/news/heads-meet")]
    assert mirrored.owns(again[0].url)
    assert intake.take_links(mirrored, Find(url="rss", links=again), now=NOW).new == 0


def test_an_article_stored_under_former_rules_is_found_again_as_itself(intake, database):
    take(intake, f"{MAIN}?q=1", TEXT, SESSION)
    ruled = source("agency", url_rules=UrlRules(drop=("q",)))
    assert intake.take_links(ruled, Find(url="rss", links=[Link(url=f"{MAIN}?q=1")]), now=NOW).new == 0
    assert known(database, MAIN).url == f"{MAIN}?q=1"


def test_another_spelling_of_an_article_stored_under_former_rules_is_its_other_address(intake, database):
    take(intake, f"{MAIN}?q=1", TEXT, SESSION)
    ruled = source("agency", url_rules=UrlRules(drop=("q",)))
    outcome = take(intake, f"{MAIN}?q=2", TEXT, SESSION, who=ruled)
    assert outcome == Outcome(kind=DUPLICATE, reason=f"another address of {MAIN}?q=1")
    assert stored(database) == [(f"{MAIN}?q=1", 1)]


# --- later ----------------------------------------------------------------------------------------------------------


def test_only_the_main_address_is_visited_again(intake, database):
    take(intake, MAIN, TEXT, SESSION)
    take(intake, OTHER_PAGE, TEXT, SESSION, canonical=MAIN)
    assert known(database, OTHER_PAGE).next_visit is None
    assert [each.url for each in intake.due_links(AGENCY.id, now=NOW + HOUR, limit=9)] == [MAIN]


def test_an_address_that_its_place_dates_later_brings_the_newer_text(intake, database):
    take(intake, MAIN, TEXT, SESSION)
    take(intake, OTHER_PAGE, TEXT, SESSION, canonical=MAIN)
    take(intake, OTHER_PAGE, EDITED, SESSION, now=NOW + HOUR, modified=NOW + HOUR)
    assert stored(database) == [(MAIN, 2)]
    assert known(database, OTHER_PAGE).next_visit is None


def test_an_article_whose_first_address_is_gone_lives_at_its_newer_one(intake, database):
    take(intake, MAIN, TEXT, SESSION)
    take(intake, OTHER_PAGE, TEXT, SESSION, canonical=MAIN, now=NOW + HOUR)
    gone = Outcome(kind=OutcomeKind.FAILED, reason="404")
    (due,) = intake.due_links(AGENCY.id, now=NOW + 2 * HOUR, limit=9)
    intake.settle(due, gone, now=NOW + 2 * HOUR, is_gone=True)
    assert known(database, MAIN).same_as == known(database, OTHER_PAGE).id
    (due,) = intake.due_links(AGENCY.id, now=NOW + 2 * HOUR, limit=9)
    assert due.url == OTHER_PAGE
    with database.read() as connection:
        (meeting,) = list_meetings(connection)
    assert meeting.tellings[0].gone_at is None
    intake.settle(due, gone, now=NOW + 3 * HOUR, is_gone=True)
    with database.read() as connection:
        (meeting,) = list_meetings(connection)
    assert meeting.tellings[0].gone_at == NOW + 3 * HOUR


def test_an_address_that_is_given_to_another_story_is_that_storys(intake, database):
    take(intake, MAIN, TEXT, SESSION)
    take(intake, OTHER_PAGE, TEXT, SESSION, canonical=MAIN)
    take(intake, OTHER_PAGE, OTHER_TEXT, OTHER, now=NOW + HOUR, modified=NOW + HOUR)
    assert stored(database) == [(MAIN, 1), (OTHER_PAGE, 1)]
    assert known(database, OTHER_PAGE).same_as is None


@pytest.mark.parametrize("kind", [OutcomeKind.UNCHANGED, OutcomeKind.FAILED, OutcomeKind.WALL])
def test_an_address_keeps_its_fate_when_a_later_visit_brings_nothing(intake, database, kind):
    take(intake, MAIN, TEXT, SESSION)
    first = take(intake, OTHER_PAGE, TEXT, SESSION, canonical=MAIN)
    later = [Link(url=OTHER_PAGE, modified=NOW + HOUR)]
    intake.take_links(AGENCY, Find(url="rss", links=later), now=NOW + HOUR)
    due = next(each for each in intake.due_links(AGENCY.id, now=NOW + HOUR, limit=9) if each.url == OTHER_PAGE)
    intake.settle(due, Outcome(kind=kind, reason="why"), now=NOW + HOUR)
    assert known(database, OTHER_PAGE).outcome == first


def test_why_says_whose_address_it_is_and_what_became_of_the_article(intake, database):
    take(intake, MAIN, TEXT, SESSION)
    take(intake, OTHER_PAGE, TEXT, SESSION, canonical=MAIN)
    with database.read() as connection:
        trace = why(connection, OTHER_PAGE + "#top")
    lines = list(trace_lines(trace))
    assert f"another address of {MAIN}" in lines
    assert [article.stored.article.url for article in trace.articles] == [MAIN]
