"""When a source's articles come, and how long to wait so that they are found soon."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from readout.model import Link
from readout.pace import Rhythm, Sighting, bounds, densities, from_row, learn, next_wait, rates, to_row

BAKU = ZoneInfo("Asia/Baku")  # four hours ahead all year
BERLIN = ZoneInfo("Europe/Berlin")
MONDAY = datetime(2024, 3, 4, tzinfo=UTC)
SECOND, HOUR, DAY = timedelta(seconds=1), timedelta(hours=1), timedelta(days=1)
INTERVAL = 3 * HOUR
LIMITS = bounds(INTERVAL, shortest=timedelta(minutes=10), longest=DAY)


def wait(rhythm, now, *, zone=BAKU, interval=INTERVAL, limits=LIMITS):
    return next_wait(rhythm, zone=zone, interval=interval, bounds=limits, now=now)


def taught(publishes, *, weeks=4, zone=BAKU, dated=True, step=HOUR):
    """The rhythm of a site that is asked each `step` and publishes in the local hours that `publishes` says."""
    rhythm, asked_at = None, MONDAY
    while asked_at <= MONDAY + weeks * 7 * DAY:
        moment = asked_at - step / 2
        new = publishes(moment.astimezone(zone))
        published = {f"{moment} {number}": moment for number in range(new)} if dated else {}
        seen = Sighting(published=published, new=new)
        rhythm = learn(rhythm, seen, zone=zone, interval=INTERVAL, asked_at=asked_at)
        asked_at += step
    return rhythm


def office(local):
    return 2 if local.weekday() < 5 and 9 <= local.hour < 18 else 0


def always(local):
    return 1


def never(local):
    return 0


@pytest.fixture(scope="module")
def ministry():
    return taught(office)


# --- learning ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dated", [True, False])
def test_office_hours_are_learned_in_the_zone_of_the_source(dated):
    week = rates(taught(office, dated=dated))
    at_work = [week[day][hour] for day in range(5) for hour in range(10, 17)]
    at_rest = [week[day][hour] for day in range(7) for hour in range(24) if hour not in range(8, 19) or day > 4]
    assert min(at_work) > 2.5
    assert max(at_rest) < 0.4


def test_a_site_without_a_pattern_has_none_after_a_while():
    flat = [rate for day in rates(taught(always)) for rate in day]
    assert max(flat) / min(flat) < 1.15


def test_where_little_came_the_likeliest_pattern_of_work_is_thought_of():
    def seldom(local):
        return int((local.weekday(), local.hour) in ((1, 11), (3, 15)))

    week = rates(taught(seldom, weeks=2))
    assert week[2][13] > 1.8 > 0.5 > week[2][3]
    assert week[6][13] < 0.75 * week[2][13]


def test_what_was_not_watched_is_not_thought_empty():
    one_day = taught(always, weeks=1 / 7)
    days = [sum(day) / 24 for day in rates(one_day)]
    assert max(days) / min(days) < 1.6  # Monday alone would be without bound


def test_the_dates_of_a_first_crawl_tell_of_the_weeks_before():
    moments = [MONDAY - back * DAY + 6 * HOUR for back in range(1, 40) if (MONDAY - back * DAY).weekday() < 5]
    seen = Sighting(published={str(moment): moment for moment in moments})
    week = rates(learn(None, seen, zone=BAKU, interval=INTERVAL, asked_at=MONDAY))
    assert week[2][10] > 3 > 0.5 > week[2][2]
    assert week[2][10] > 3 * week[6][10]


def test_what_a_new_place_of_a_known_source_shows_is_no_news():
    links = [Link(url=f"https://a.example/{number}") for number in range(30)]
    seen = Sighting().with_page(links, new=30, was_known=False, windowed=True, zone=BAKU)
    assert (seen.new, seen.turnover) == (0, 0.0)


def test_an_article_on_two_pages_counts_once():
    link = Link(url="https://a.example/1", published=MONDAY + 9 * HOUR)
    seen = Sighting()
    for new in (1, 0):
        seen = seen.with_page([link], new=new, was_known=True, windowed=True, zone=BAKU)
    assert (len(seen.published), seen.new) == (1, 1)


@pytest.mark.parametrize(
    ("published", "counts"),
    [
        (MONDAY + 9 * HOUR, True),
        (MONDAY + timedelta(seconds=1), True),
        (MONDAY, False),  # midnight of UTC
        (MONDAY - 4 * HOUR, False),  # midnight in Baku
        (datetime.min.replace(tzinfo=UTC), False),
        (datetime.max.replace(tzinfo=UTC), False),
        (None, False),
    ],
)
def test_midnight_is_how_sites_write_a_day_alone(published, counts):
    link = Link(url="https://a.example/1", published=published)
    assert bool(Sighting().with_page([link], new=1, was_known=True, windowed=True, zone=BAKU).published) is counts


@pytest.mark.parametrize("lie", [-400 * DAY, -5 * DAY, 2 * HOUR, 400 * DAY], ids=str)
def test_a_date_from_before_the_last_crawl_or_to_come_is_not_believed(lie):
    """The article is counted where it can have come: between the crawls."""
    before = taught(never, weeks=1)
    asked_at = before.at + 2 * HOUR
    seen = Sighting(published={"a": asked_at + lie}, new=1)
    after = learn(before, seen, zone=BAKU, interval=INTERVAL, asked_at=asked_at)
    hours = [(before.at + part * HOUR).astimezone(BAKU).hour for part in range(2)]
    came = {hour: number for hour, number in enumerate(after.hours_came) if number > 0}
    assert came == {hour: pytest.approx(0.5, rel=0.01) for hour in hours}


def test_one_crawl_counts_no_more_than_so_many():
    before = taught(never, weeks=1)
    asked_at = before.at + HOUR
    moment = before.at + HOUR / 2
    flood = Sighting(published={str(number): moment for number in range(1000)}, new=10**9)
    assert sum(learn(before, flood, zone=BAKU, interval=INTERVAL, asked_at=asked_at).days_came) <= 200


def test_what_was_counted_fades(ministry):
    later = learn(ministry, Sighting(), zone=BAKU, interval=INTERVAL, asked_at=ministry.at + 21 * DAY)
    assert sum(later.days_came) == pytest.approx(sum(ministry.days_came) / 2, rel=0.01)


@pytest.mark.parametrize("jump", [-3650 * DAY, -5 * HOUR, 3650 * DAY], ids=str)
def test_a_clock_that_jumps_costs_what_was_learned_at_most(ministry, jump):
    wild = learn(ministry, Sighting(new=3), zone=BAKU, interval=INTERVAL, asked_at=ministry.at + jump)
    back = learn(wild, Sighting(new=3), zone=BAKU, interval=INTERVAL, asked_at=ministry.at + HOUR)
    for rhythm in (wild, back):
        assert LIMITS.shortest <= wait(rhythm, ministry.at) <= LIMITS.longest
    assert back.at == ministry.at + HOUR
    assert sum(back.days_came) <= sum(ministry.days_came) + 6


def test_an_hour_is_the_same_hour_in_summer_and_winter():
    def at_nine(local):
        return 3 if local.hour == 9 else 0

    begin = datetime(2024, 3, 18, tzinfo=UTC)  # the clock is set on at the end of March
    rhythm = None
    for hour in range(24 * 28):
        asked_at = begin + hour * HOUR
        moment = asked_at - HOUR / 2
        number = at_nine(moment.astimezone(BERLIN))
        seen = Sighting(published={f"{moment}{each}": moment for each in range(number)}, new=number)
        rhythm = learn(rhythm, seen, zone=BERLIN, interval=INTERVAL, asked_at=asked_at)
    assert rhythm.hours_came[9] == pytest.approx(sum(rhythm.hours_came))


# --- waiting ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("interval", "shortest", "longest"),
    [
        (3 * HOUR, 0.75 * HOUR, 6 * HOUR),
        (HOUR / 2, HOUR / 6, HOUR),  # not below ten minutes
        (HOUR / 12, HOUR / 12, HOUR / 6),  # unless it is asked for
        (18 * HOUR, 4.5 * HOUR, 24 * HOUR),  # nor beyond a day
        (48 * HOUR, 12 * HOUR, 48 * HOUR),
    ],
    ids=str,
)
def test_a_wait_is_bounded_by_the_interval(interval, shortest, longest):
    limits = bounds(interval, shortest=timedelta(minutes=10), longest=DAY)
    assert (limits.shortest, limits.longest) == (shortest, longest)


def test_where_nothing_is_known_the_wait_is_about_the_interval():
    waits = [wait(Rhythm(at=MONDAY), MONDAY + hour * HOUR) for hour in range(168)]
    assert max(waits) <= INTERVAL
    assert min(waits) >= 0.7 * INTERVAL


def test_by_day_the_office_is_asked_often_and_at_night_seldom(ministry):
    noon, night = MONDAY + 8 * HOUR, MONDAY + 20 * HOUR
    assert wait(ministry, noon) < INTERVAL / 2
    assert wait(ministry, night - 2 * HOUR) > 1.7 * INTERVAL


@pytest.mark.parametrize("publishes", [office, always, never])
def test_over_a_week_a_source_is_asked_as_often_as_by_its_interval(publishes):
    rhythm = taught(publishes)
    now, end, asked = MONDAY, MONDAY + 28 * DAY, 0
    while now < end:
        now += wait(rhythm, now)
        asked += 1
    assert asked == pytest.approx(28 * DAY / INTERVAL, rel=0.02)


@pytest.mark.parametrize(("least", "most"), [(0.5, 4), (1, 1), (0.25, 2)])
def test_densities_keep_their_bounds_and_their_mean(ministry, least, most):
    cells = [density for day in densities(ministry, least, most) for density in day]
    assert least <= min(cells) <= max(cells) <= most
    assert sum(cells) / len(cells) == pytest.approx(1, abs=0.001)


def test_links_are_not_left_until_they_are_pushed_out(ministry):
    """Twenty links, of which ten are new after an hour: the others are gone in another."""
    links = [Link(url=f"https://a.example/{number}") for number in range(20)]
    seen = Sighting().with_page(links, new=10, was_known=True, windowed=True, zone=BAKU)
    noon = ministry.at.replace(hour=8)
    busy = learn(replace(ministry, at=noon - INTERVAL), seen, zone=BAKU, interval=INTERVAL, asked_at=noon)
    assert LIMITS.shortest <= wait(replace(busy, window=busy.window / 3), noon) < wait(ministry, noon)
    calm = learn(busy, Sighting(), zone=BAKU, interval=INTERVAL, asked_at=noon + 2 * DAY)
    assert calm.window > 3 * busy.window


def test_a_place_that_names_all_there_is_pushes_nothing_out():
    links = [Link(url=f"https://a.example/{number}") for number in range(20)]
    assert Sighting().with_page(links, new=20, was_known=True, windowed=False, zone=BAKU).turnover == 0


def test_no_wait_is_stretched_before_a_day_was_watched():
    """All that a first feed shows may be one busy morning."""
    seen = Sighting(published={str(number): MONDAY - number * HOUR / 10 for number in range(50)})
    first = learn(None, seen, zone=BAKU, interval=INTERVAL, asked_at=MONDAY)
    assert max(wait(first, MONDAY + hour * HOUR) for hour in range(24)) <= INTERVAL


MOMENTS = st.integers(-62_000_000_000, 253_000_000_000).map(
    lambda seconds: datetime(1970, 1, 1, tzinfo=UTC) + seconds * SECOND
)
SIGHTINGS = st.builds(
    Sighting,
    published=st.dictionaries(st.text(max_size=3), MOMENTS, max_size=8),
    new=st.integers(0, 10**9),
    turnover=st.floats(0, 1),
)


@settings(deadline=None, max_examples=60)
@given(
    st.lists(st.tuples(SIGHTINGS, MOMENTS), min_size=1, max_size=4),
    st.sampled_from([BAKU, BERLIN, ZoneInfo("Australia/Lord_Howe"), ZoneInfo("Asia/Kathmandu")]),
    st.integers(60, 400_000),
)
def test_whatever_a_site_or_a_clock_says_a_wait_keeps_its_bounds(crawls, zone, seconds):
    interval, rhythm = timedelta(seconds=seconds), None
    limits = bounds(interval, shortest=timedelta(minutes=10), longest=DAY)
    for seen, asked_at in crawls:
        rhythm = from_row(to_row(learn(rhythm, seen, zone=zone, interval=interval, asked_at=asked_at)))
        assert limits.shortest <= wait(rhythm, MONDAY, zone=zone, interval=interval, limits=limits) <= limits.longest


# --- as it is kept ----------------------------------------------------------------------------------------------------


def test_a_rhythm_is_kept_as_json(ministry):
    kept = from_row(to_row(ministry))
    assert (kept.at, kept.window) == (ministry.at, ministry.window)
    assert kept.days_came == pytest.approx(ministry.days_came, abs=0.001)


@pytest.mark.parametrize(
    "broken",
    [
        None,
        [],
        "",
        {},
        {"at": "yesterday"},
        {"at": "2024-03-04T00:00:00"},  # in which zone?
        {"hours_came": [1.0] * 23},
        {"days_came": [float("nan")] * 7},
        {"days_came": [-1.0] * 7},
        {"days_watched": [1e300] * 7},
        {"hours_watched": ["much"] * 24},
        {"window": -5},
        {"window": "long"},
    ],
    ids=str,
)
def test_what_is_no_rhythm_is_learned_anew(broken, ministry):
    row = {**to_row(ministry), **broken} if broken else broken
    assert from_row(row) is None
