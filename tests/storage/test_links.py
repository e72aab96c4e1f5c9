"""Links: found once, visited when due, each with one fate."""

from datetime import timedelta

import pytest

from readout.model import Link, Outcome, OutcomeKind, SourceId
from readout.site_rules import UrlRules
from readout.storage import links
from readout.storage.articles import Origin, add_article
from readout.storage.histories import outcomes
from readout.storage.links import add_links, due_links, link_by_url, link_key, record_visit, visits
from tests.reported import NOW, TEXT, link, reading

AGENCY = SourceId("agency")
HOUR = timedelta(hours=1)
FEED = "https://agency.example/rss"


def found(database, *new, now=NOW, source_id=AGENCY):
    with database.write() as connection:
        return add_links(connection, source_id, FEED, new, now=now)


def origin(*, link_id, url):
    return Origin(key=f"a{link_id}", url=url, source_id=AGENCY, official=False, told_at=NOW, link_id=link_id)


def pending(database, *, now=NOW, limit=10):
    with database.read() as connection:
        return [each.url.rsplit("/", 1)[1] for each in due_links(connection, AGENCY, now=now, limit=limit)]


def visit(database, url, kind=OutcomeKind.NOT_A_REPORT, *, now=NOW, **how):
    with database.write() as connection:
        known = link_by_url(connection, url)
        record_visit(connection, known, Outcome(kind=kind, reason="why"), now=now, **{"next_visit": None, **how})


def test_new_links_are_pending_in_the_order_they_were_found(database):
    assert found(database, link("b"), link("a"), link("c")) == 3
    assert pending(database, limit=2) == ["b", "a"]


@pytest.mark.parametrize("day_only", [False, True])
def test_what_stood_beside_a_link_is_kept(database, day_only):
    told = link("1", title="Talks", published=NOW - HOUR, published_day_only=day_only, modified=NOW, guid="g")
    found(database, told)
    with database.read() as connection:
        assert link_by_url(connection, told.url).link == told


def test_a_link_is_one_however_it_is_spelled(database):
    assert found(database, link("1"), Link(url="HTTPS://Agency.example:443/1?utm_source=feed#top")) == 1
    assert found(database, link("1")) == 0


def test_of_several_addresses_of_one_page_the_first_is_visited(database):
    assert found(database, link("1"), link("1/amp"), Link(url="http://www.agency.example/1/?print=1")) == 1
    assert pending(database) == ["1"]


def test_a_sources_own_rules_make_the_key(database):
    rules = UrlRules(drop=("q",), mirrors=(("old.example", "agency.example"),))
    with database.write() as connection:
        spelled = [link("1?q=2"), Link(url="https://old.example/1?q=3")]
        assert add_links(connection, AGENCY, FEED, spelled, rules=rules, now=NOW) == 1
        assert link_by_url(connection, "http://old.example/1", rules).url == link("1?q=2").url
        assert link_by_url(connection, link("1?q=2").url) is None


@pytest.mark.parametrize(("source_id", "new"), [(AGENCY, 0), (SourceId("thief"), 1)])
def test_a_link_under_a_key_of_former_rules_takes_the_new_one_when_its_source_finds_it_again(database, source_id, new):
    found(database, link("1?q=2"))
    with database.write() as connection:
        known = link_by_url(connection, link("1?q=2").url)
        add_article(connection, reading(TEXT), origin(link_id=known.id, url=known.url), outcome="stored", now=NOW)
        again = {"rules": UrlRules(drop=("q",)), "now": NOW}
        assert add_links(connection, source_id, FEED, [link("1?q=2")], **again) == new
        assert add_links(connection, source_id, FEED, [link("1?q=9")], **again) == 0
        assert (link_by_url(connection, link("1").url).id == known.id) is (new == 0)


@pytest.mark.parametrize("first", ["g1", None])
def test_the_first_name_a_feed_gives_is_kept(database, first):
    found(database, link("1", guid=first))
    found(database, link("1", guid="g1"))
    found(database, link("1", guid="g2"))
    with database.read() as connection:
        assert link_by_url(connection, link("1").url).link.guid == "g1"


def test_a_name_is_looked_up_inside_its_source_and_by_article(database):
    found(database, *(link(path, guid="g") for path in "abc"), link("d", guid="other"))
    found(database, link("e", "paper", guid="g"), source_id=SourceId("paper"))
    with database.write() as connection:
        a, b, c = (link_by_url(connection, link(path).url) for path in "abc")
        assert len(links.links_by_guid(connection, AGENCY, "g", besides=a.id)) == 2
        links.set_same_as(connection, c, b.id)
        assert links.links_by_guid(connection, AGENCY, "g", besides=a.id) == [b.id]
        assert links.links_by_guid(connection, AGENCY, "g", besides=b.id) == [a.id]
        assert link_by_url(connection, link("c").url).same_as == b.id


@pytest.mark.parametrize("guid", ["\ud800\0", "ж" * 9_000])
def test_hostile_names_are_stored_and_found(database, guid):
    found(database, link("1", guid=guid), link("2", guid=guid + "x"))
    with database.read() as connection:
        known = link_by_url(connection, link("1").url)
        assert links.links_by_guid(connection, AGENCY, guid, besides=0) == [known.id]
        assert len(known.link.guid.encode()) <= 2_000


def test_no_other_source_takes_a_link_over(database):
    found(database, link("1"))
    assert found(database, link("1"), source_id=SourceId("thief")) == 0
    with database.read() as connection:
        assert link_by_url(connection, link("1").url).source_id == AGENCY


def test_a_visited_link_rests_until_its_place_dates_it_later(database):
    found(database, link("1", modified=NOW - HOUR))
    visit(database, link("1").url)
    found(database, link("1", modified=NOW - HOUR))
    assert pending(database) == []
    found(database, link("1", modified=NOW + HOUR), now=NOW + 2 * HOUR)
    assert pending(database, now=NOW + 2 * HOUR) == ["1"]


@pytest.mark.parametrize(("modified", "is_due"), [(-HOUR, False), (HOUR, True), (5 * HOUR, False)])
def test_a_date_that_appears_later_counts_from_our_last_look(database, modified, is_due):
    found(database, link("1"))
    visit(database, link("1").url)
    found(database, link("1", modified=NOW + modified), now=NOW + 2 * HOUR)  # five hours on is a date to come: a lie
    assert bool(pending(database, now=NOW + 2 * HOUR)) is is_due


def test_the_never_visited_go_before_visits_again(database):
    found(database, link("old"))
    visit(database, link("old").url, OutcomeKind.STORED, next_visit=NOW + HOUR)
    found(database, link("new"), now=NOW + 2 * HOUR)
    assert pending(database, now=NOW + 2 * HOUR) == ["new", "old"]


def test_every_visit_is_logged_and_reasons_are_bounded_and_clean(database):
    found(database, link("1"))
    with database.write() as connection:
        known = link_by_url(connection, link("1").url)
        hostile = Outcome(kind=OutcomeKind.FAILED, reason="\x1b[2J\ud800\n" + "x" * 10_000)
        record_visit(connection, known, hostile, now=NOW, next_visit=NOW + HOUR, attempts=1)
        record_visit(connection, known, Outcome(kind=OutcomeKind.WALL, reason="login"), now=NOW, next_visit=None)
        first, second = visits(connection, known.id)
        now = link_by_url(connection, link("1").url)
    assert len(first.outcome.reason) == 500
    assert first.outcome.reason.isprintable()
    assert (second.outcome.kind, now.outcome.kind, now.visits, now.attempts) == ("wall", "wall", 1, 0)


@pytest.mark.parametrize(
    "url",
    [
        "mailto:x@agency.example",
        "javascript:alert(1)",
        "not a url",
        "ftp://agency.example/",
        "https://agency.example/" + "x" * 5_000,
    ],
)
def test_what_no_browser_would_fetch_has_its_fate_at_once(database, url):
    found(database, Link(url=url))
    with database.read() as connection:
        assert outcomes(connection) == {AGENCY: {OutcomeKind.UNSUPPORTED: 1}}
        assert link_by_url(connection, url).outcome.kind == OutcomeKind.UNSUPPORTED


@pytest.mark.parametrize("url", [f"https://agency.example/{path}" for path in ("\ud800", "\0", "x" * 9_000)])
def test_hostile_urls_are_stored(database, url):
    assert found(database, Link(url=url, title="a\ud800\0b")) == 1
    with database.read() as connection:
        assert link_by_url(connection, url) is not None
    assert len(link_key(url)) <= 2_000


def test_signs_that_no_reader_sees_are_written_as_urls_write_them(database):
    assert found(database, link("\u202egnp.exe\x1b[2J\u200b")) == 1
    assert pending(database) == ["%E2%80%AEgnp.exe%1B[2J%E2%80%8B"]


def test_two_long_urls_are_two(database):
    long = "https://agency.example/" + "x" * 5_000
    assert link_key(long + "1") != link_key(long + "2")


def test_many_links_at_once(database):
    many = [link(str(number)) for number in range(1_500)]
    assert found(database, *many) == 1_500
    assert found(database, *many, link("one more")) == 1


def test_what_a_search_of_the_past_found_is_visited_last(database):
    with database.write() as connection:
        add_links(connection, AGENCY, FEED, [link("old")], quiet=True, now=NOW)
        add_links(connection, AGENCY, FEED, [link("new")], now=NOW + HOUR)
    with database.read() as connection:
        due = due_links(connection, AGENCY, now=NOW + HOUR, limit=10)
    assert [(each.url[-3:], each.quiet) for each in due] == [("new", False), ("old", True)]


def test_what_a_search_of_the_past_found_first_stays_quiet(database):
    with database.write() as connection:
        add_links(connection, AGENCY, FEED, [link("1")], quiet=True, now=NOW)
        add_links(connection, AGENCY, FEED, [link("1")], now=NOW)
        assert [each.quiet for each in due_links(connection, AGENCY, now=NOW, limit=9)] == [True]
