"""What the operator is told, and how often: once when a trouble holds, once when it is over."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from readout.condition import Heard
from readout.model import OutcomeKind, SourceId
from readout.notices import Lookout, tell_operator
from readout.storage import schema
from readout.storage.crawls import start_crawl
from readout.storage.database import Database, open_database
from readout.storage.sources import claim, release, set_enabled, states
from readout.storage.troubles import known_troubles
from tests.desk import APA, DAY, HOUR, OPERATOR, TASS, Desk
from tests.reported import NOW, source
from tests.store import store_url


@pytest.fixture
def desk(database):
    return Desk(database, "apa", "tass", "ria")


# --- sources ------------------------------------------------------------------------------------------------------


def test_a_source_that_fails_three_times_is_told_of_once_and_once_when_it_answers(desk):
    desk.crawl()
    assert desk.look() == []
    desk.fail(APA, times=2)
    assert desk.look() == []
    began = NOW + timedelta(seconds=3)
    desk.fail(APA, times=1)
    (down,) = desk.look()
    assert down["subject"] == f"source apa has not answered since {began:%Y-%m-%d %H:%M} UTC"
    assert "no whole answer came in time" in down["lines"][0]
    assert "readout source check" in down["lines"][1]
    desk.fail(APA, times=9)
    assert desk.look() == []
    desk.crawl(APA)
    (back,) = desk.look()
    assert back["subject"] == "source apa answers again"
    assert f"this began {began:%Y-%m-%d %H:%M} UTC" in back["lines"][0]
    desk.now += DAY
    assert desk.look() == []
    with desk.database.read() as connection:
        assert known_troubles(connection) == {}


@pytest.mark.parametrize("heard", [Heard.NOTHING, Heard.SOME])
def test_a_crawl_that_was_cut_short_by_our_own_end_is_no_recovery(desk, heard):
    desk.crawl()
    desk.fail(APA, heard=heard)
    assert len(desk.look()) == 1
    with desk.database.write() as connection:
        claim(connection, desk.sources, [APA], owner="w", now=desk.now, lease=HOUR)
        start_crawl(connection, APA, now=desk.now)
        release(connection, APA, "w", now=desk.now, next_due=desk.now, error=None)
    desk.now += HOUR
    assert desk.look() == []
    desk.crawl(APA)
    assert "again" in desk.look()[0]["subject"]


def test_a_failure_is_a_concern_at_once_for_who_asks(desk):
    desk.crawl()
    assert desk.concerns() == []
    desk.fail(APA, times=1)
    (said,) = desk.concerns()
    assert said.startswith("source apa has not answered since")
    assert desk.look() == []


def test_a_source_that_flaps_is_told_of_only_when_it_holds(desk):
    desk.crawl()
    told = []
    for _ in range(12):
        desk.fail(APA, times=2)
        told += desk.look()
        desk.crawl(APA)
        told += desk.look()
        desk.now += HOUR
    assert told == []


def test_an_answer_and_new_failures_within_the_hour_of_a_notice_cancel_out(desk):
    desk.crawl()
    desk.fail(APA)
    assert len(desk.look()) == 1
    desk.crawl(APA)
    assert desk.look() == [], "a notice left just now"
    for _ in range(3):
        desk.crawl(APA, heard=Heard.NOTHING)
        assert desk.look() == []
    desk.now += 2 * HOUR
    assert desk.look() == [], "it is as was told"
    desk.crawl(APA)
    assert [notice["subject"] for notice in desk.look()] == ["source apa answers again"]


def test_one_failure_of_a_source_seldom_asked_is_told_after_a_day(desk):
    desk.crawl(next_due=7 * DAY)
    desk.fail(APA, times=1, next_due=7 * DAY)
    desk.now += 20 * HOUR
    assert desk.look() == []
    desk.now += 3 * HOUR
    assert len(desk.look()) == 1


def test_a_machine_that_wakes_tells_of_nobody_before_it_asked(desk):
    desk.crawl()
    desk.fail(APA, times=1, next_due=6 * HOUR)
    desk.now += 3 * DAY
    assert desk.look() == []


def test_a_page_that_changed_is_told_as_such(desk):
    desk.crawl()
    desk.fail(APA, heard=Heard.CHANGED, error="https://apa.example/rss answered with HTML where a feed was expected")
    (notice,) = desk.look()
    assert "answers, but gives no links any more" in notice["subject"]
    assert "answered with HTML" in notice["lines"][0]


def test_what_fails_otherwise_than_before_is_told_no_second_time(desk):
    desk.crawl()
    desk.fail(APA, heard=Heard.REFUSED)
    assert len(desk.look()) == 1
    desk.fail(APA, heard=Heard.CHANGED)
    desk.fail(APA, heard=Heard.NOTHING)
    assert desk.look() == []


def test_what_stands_otherwise_for_long_is_told_again_after_a_day(desk):
    desk.crawl()
    desk.fail(APA, heard=Heard.NOTHING)
    assert "has not answered" in desk.look()[0]["subject"]
    desk.fail(APA, heard=Heard.REFUSED, times=8)
    assert desk.look() == [], "not within a day"
    desk.fail(APA, heard=Heard.REFUSED, times=8)
    (notice,) = desk.look()
    assert notice["subject"].startswith("source apa refuses to be asked since")
    for heard in (Heard.NOTHING, Heard.REFUSED, Heard.REFUSED) * 8:
        desk.crawl(APA, heard=heard)
        desk.now += 3 * HOUR
        assert desk.look() == [], "what flaps is what it mostly is"


def test_a_look_at_what_changed_finds_what_a_look_at_all_finds(desk):
    lookout = Lookout()
    told = []

    def look() -> None:
        nonlocal told
        tell_operator(desk.database, OPERATOR, desk.sources, now=desk.now, lookout=lookout)
        told += desk.told()

    desk.crawl()
    look()
    for _ in range(3):
        desk.crawl(APA, heard=Heard.REFUSED)
        desk.now += HOUR
        desk.crawl(TASS)
        look()
    desk.now += DAY
    desk.crawl(APA)
    look()
    assert [notice["subject"][:26] for notice in told] == ["source apa refuses to be a", "source apa answers again"]


def test_a_source_that_answers_in_part_is_told_of_when_that_lasts(desk):
    desk.fail(APA, heard=Heard.SOME, times=2)
    assert desk.look() == []
    desk.fail(APA, heard=Heard.SOME, times=1)
    assert "answers only in part" in desk.look()[0]["subject"]
    desk.fail(APA, heard=Heard.NOTHING)
    assert [notice["subject"][:20] for notice in desk.look()] == ["source apa has not a"], "it did not get whole by it"
    desk.crawl(APA)
    desk.now += HOUR
    (back,) = desk.look()
    assert sorted(back["subject"].split("; ")) == ["source apa answers again", "source apa answers in full again"]


def test_a_wall_before_every_page_is_told_until_one_can_be_read(desk):
    closed = {OutcomeKind.WALL: 3, OutcomeKind.REFUSED: 1}
    desk.fail(APA, heard=Heard.ALL, times=1, outcomes=closed)
    assert desk.look() == []
    assert len(desk.concerns()) == 1
    desk.fail(APA, heard=Heard.ALL, times=2, outcomes=closed)
    (notice,) = desk.look()
    assert "lets none of its pages be read" in notice["subject"]
    assert "12 visits, all wall or refused" in notice["lines"][0]
    desk.fail(APA, heard=Heard.ALL, times=9)
    assert desk.look() == [], "no visit, no news"
    desk.crawl(APA, outcomes={OutcomeKind.WALL: 1, OutcomeKind.STORED: 1})
    assert desk.look()[0]["subject"] == "pages of source apa can be read again"


def test_a_place_that_names_new_links_alone_twice_is_asked_too_seldom(desk):
    desk.crawl(APA, new=20)
    desk.fail(APA, heard=Heard.ALL, times=1, new=20, missed=True)
    assert desk.look() == []
    desk.fail(APA, heard=Heard.ALL, times=1, new=20, missed=True)
    assert "nothing but new links" in desk.look()[0]["subject"]
    desk.crawl(APA, new=3)
    desk.now += HOUR
    assert desk.look()[0]["subject"] == "source apa is asked often enough again"


def test_silence_is_told_by_the_rhythm_of_a_source(desk):
    for _ in range(10):
        desk.crawl(APA, new=2)
        desk.crawl(TASS, new=2)
        desk.now += DAY
    last = desk.now
    said = []
    while not said and desk.now < last + 30 * DAY:
        desk.crawl(APA)
        desk.crawl(TASS, new=1)
        said = desk.look()
        desk.now += 6 * HOUR
    (notice,) = said
    assert "source apa has had no new link since" in notice["subject"]
    assert timedelta(days=7) < desk.now - last < timedelta(days=9)
    desk.now += 2 * DAY
    desk.crawl(APA)
    assert desk.look() == []
    desk.crawl(APA, new=1)
    assert desk.look()[0]["subject"] == "source apa has new links again"


def test_a_source_that_is_disabled_is_forgotten_without_a_word(desk):
    desk.crawl()
    desk.fail(APA)
    assert len(desk.look()) == 1
    with desk.database.write() as connection:
        set_enabled(connection, APA, False)
    desk.now += DAY
    assert desk.look() == []
    assert desk.concerns() == []
    with desk.database.read() as connection:
        assert known_troubles(connection) == {}


# --- many at once -------------------------------------------------------------------------------------------------


@pytest.fixture
def house(database):
    desk = Desk(database, *(f"s{number:02}" for number in range(50)))
    desk.crawl()
    return desk


def test_an_outage_of_ours_is_one_mail_and_one_when_it_is_over(house):
    told = []
    for wait in (3, 6, 12):
        for key in house.sources:
            house.crawl(key, heard=Heard.NOTHING, next_due=2 * wait * HOUR)
            told += house.look()
            house.now += timedelta(minutes=3)
        house.now += wait * HOUR
    assert len(told) == 1
    assert told[0]["subject"].startswith("no source has answered since")
    assert "5 in a row" in told[0]["subject"]

    first, second, third, *others = house.sources
    house.crawl(first, second)
    assert house.look() == [], "two may be on our side of what is broken"
    house.crawl(third)
    (back,) = house.look()
    assert back["subject"] == "sources answer again"
    with house.database.read() as connection:
        left = [states(connection)[key] for key in others]
    assert {state.failures for state in left} == {2}
    assert all(state.next_due <= house.now for state in left), "they are asked again at once"
    house.now += 2 * HOUR
    house.crawl(*others[:-2])
    assert house.look() == []
    house.crawl(*others[-2:], heard=Heard.NOTHING)
    assert [notice["subject"] for notice in house.look()] == ["2 sources do not answer"]


def test_fifty_sources_that_are_down_by_themselves_are_one_mail(house):
    house.fail(heard=Heard.REFUSED, error="https://x.example/rss: the server answered 403 Forbidden")
    (notice,) = house.look()
    assert notice["subject"] == "50 sources refuse to be asked"
    assert len(notice["lines"]) == 51
    house.crawl()
    house.now += HOUR
    (back,) = house.look()
    assert back["subject"] == "50 sources answer again"


def test_a_mail_names_no_more_than_a_hundred(database):
    desk = Desk(database, *(f"s{number:03}" for number in range(130)))
    desk.fail(heard=Heard.REFUSED)
    (notice,) = desk.look()
    assert len(notice["lines"]) == 102
    assert "and 30 more" in notice["lines"][100]


def test_what_comes_about_within_an_hour_leaves_together(house):
    told = []
    for key in list(house.sources)[:20]:
        for _ in range(3):
            house.crawl(key, heard=Heard.REFUSED)
        told += house.look()
        house.now += timedelta(minutes=4)
    house.now += HOUR
    told += house.look()
    assert [notice["subject"][:22] for notice in told] == [
        "source s00 refuses to ",
        "15 sources refuse to b",
        "4 sources refuse to be",
    ]


def test_sources_of_one_site_that_fail_together_are_no_outage(database):
    desk = Desk(database)
    desk.sources = {
        SourceId(f"s{n}"): source(f"s{n}", home=f"https://{lang}.agency.example/")
        for n, lang in enumerate(("az", "en", "ru", "tr", "fa", "ar"))
    }
    desk.fail(times=1)
    assert desk.look() == []
    desk.fail(times=2)
    assert [notice["subject"] for notice in desk.look()] == ["6 sources do not answer"]


# --- once ---------------------------------------------------------------------------------------------------------


def test_a_restart_tells_nothing_twice(desk, tmp_path):
    desk.crawl()
    desk.fail(APA)
    assert len(desk.look()) == 1
    desk.database.close()
    desk.database = open_database(store_url(tmp_path), create=False)
    desk.now += DAY
    desk.fail(APA, times=1)
    assert desk.look() == []
    desk.crawl(APA)
    assert len(desk.look()) == 1
    desk.database.close()


def test_many_that_look_at_once_tell_once(desk, tmp_path):
    desk.crawl()
    desk.fail(APA, TASS)
    start = threading.Barrier(6)
    opened = [open_database(store_url(tmp_path), create=False) for _ in range(6)]

    def look(database: Database) -> None:
        start.wait(30)
        tell_operator(database, OPERATOR, desk.sources, now=desk.now)

    threads = [threading.Thread(target=look, args=(each,)) for each in opened]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for each in opened:
        each.close()
    with desk.database.read() as connection:
        assert connection.scalar(select(func.count()).select_from(schema.alert)) == 1


def test_nothing_is_written_where_nothing_changed(desk):
    desk.crawl()
    desk.fail(APA)
    desk.look()

    def refused(*_):
        raise AssertionError("written")

    desk.database.write = refused
    desk.now += timedelta(minutes=1)
    desk.look()


def test_who_becomes_operator_later_is_told_once_of_what_stands(desk):
    desk.crawl()
    desk.fail(APA, TASS)
    assert desk.look(None) == []
    desk.crawl(TASS)
    assert desk.look(None) == []
    assert [said[:10] for said in desk.concerns()] == ["source apa"]
    (notice,) = desk.look()
    assert notice["subject"].startswith("source apa has not answered since")
    desk.now += DAY
    assert desk.look() == []


def test_what_is_over_while_there_is_no_operator_is_told_to_nobody(desk):
    desk.crawl()
    desk.fail(APA)
    desk.look()
    desk.crawl(APA)
    assert desk.look(None) == []
    desk.now += DAY
    assert desk.look() == []


def test_a_notice_is_an_alert_of_no_watch(desk):
    desk.crawl()
    desk.fail(APA)
    desk.look()
    desk.crawl(APA)
    desk.now += HOUR
    desk.look()
    with desk.database.read() as connection:
        one, two = connection.execute(select(schema.alert)).all()
    assert (one.watch_id, one.meeting_id, one.recipient, one.channel) == (None, None, OPERATOR, "email")
    assert (one.state, one.next_try) == ("owed", one.created_at)
    assert one.message_id != two.message_id
    assert one.period != two.period


def test_what_a_site_said_is_harmless_and_short(desk):
    desk.crawl()
    bad = "https://x.example/\r\nBcc: all@example.org\x1b[2J\u202e" + "=?utf-8?q?=0a?=" + "<script>" * 2000
    desk.fail(APA, error=bad, heard=Heard.REFUSED)
    (notice,) = desk.look()
    for text in (notice["subject"], *notice["lines"]):
        assert text.isprintable()
        assert len(text) < 500
