"""Walks over the numbers of a site that counts its articles."""

import json
from dataclasses import replace

import pytest

from readout.discovery import IdWalk
from spiders.discover.id_walk import LONGEST_CRAWL, Past, Walk, after, after_backward, backward, id_of, url_of, wanted

PLACE = IdWalk(url="https://service.example/en/news/{id}.html", ahead=3, floor=10, stop_after_missing=6)


def crawl(walk, there, known=(), place=PLACE, silent=()):
    """One crawl of a site whose pages are the numbers `there`; what was asked for, and the walk after it."""
    before, answers, asked = walk, {}, []
    while numbers := [number for number in wanted(walk, place, known, answers) if number not in silent]:
        asked += numbers
        answers |= {number: number in there for number in numbers}
        walk = after(walk, place, answers)
    assert walk == after(before, place, answers), "all answers at once teach what they do one after the other"
    return asked, walk


@pytest.mark.parametrize(
    ("walk", "there", "known", "asked", "expected"),
    [
        # It begins at the greatest number that a listing shows,
        (Walk(), {40, 41}, {38, 40}, [40, 41, 42, 43, 44], Walk(newest=41)),
        (Walk(), {40, 42}, {40}, [40, 41, 42, 43, 41, 44, 45], Walk(newest=42, holes=(41,))),
        # or else at the floor, which may lie too low.
        (Walk(), {14}, (), [10, 11, 12, 13, 14, 15, 11, 12, 13, 16, 17], Walk(newest=14, holes=(11, 12, 13))),
        (Walk(), {50}, (), [10, 11, 12, 13, 14, 15], Walk()),
        # It goes on as long as it finds.
        (Walk(newest=20), set(), (), [21, 22, 23], Walk(newest=20)),
        (Walk(newest=20), {21}, (), [21, 22, 23, 24], Walk(newest=21)),
        (Walk(newest=20), {23, 26}, (), [21, 22, 23, 24, 25, 26, 27, 28, 29], Walk(newest=26, holes=(24, 25))),
        # Holes are asked for again while they lie within `ahead` of the newest.
        (Walk(newest=20, holes=(18,)), {18}, (), [18, 21, 22, 23], Walk(newest=20)),
        (Walk(newest=20, holes=(18,)), set(), (), [18, 21, 22, 23], Walk(newest=20, holes=(18,))),
        (Walk(newest=20, holes=(18,)), {21}, (), [18, 21, 22, 23, 24], Walk(newest=21, holes=(18,))),
        (Walk(newest=20, holes=(18,)), {22}, (), [18, 21, 22, 23, 24, 25], Walk(newest=22, holes=(21,))),
        # What a listing shows further on is gone through to,
        (Walk(newest=20), {29, 30}, {30}, [*range(21, 31), 31, 32, 33], Walk(newest=30, holes=(27, 28))),
        # what lies behind changes nothing, and below the floor nothing is asked for.
        (Walk(newest=20), set(), {5, 12, 20}, [21, 22, 23], Walk(newest=20)),
        (Walk(), set(), {5}, [10, 11, 12, 13, 14, 15], Walk()),
        (Walk(newest=11, holes=(9,)), set(), (), [12, 13, 14], Walk(newest=11, holes=(9,))),
        # A counter that jumped is followed; what lies between was never given out.
        (Walk(newest=20), {9000}, {9000}, [9000, 9001, 9002, 9003], Walk(newest=9000)),
        (Walk(newest=20), set(), {10**30}, [21, 22, 23], Walk(newest=20)),
    ],
)
def test_a_crawl(walk, there, known, asked, expected):
    done, walk = crawl(walk, there, known)
    assert walk == expected
    assert sorted(done) == sorted({*asked})
    assert len(done) == len({*done})


def test_no_number_is_lost_by_a_site_that_is_silent():
    asked, walk = crawl(Walk(newest=20), {21, 22, 23, 24, 25, 26, 27}, silent={21, 22})
    assert 21 not in asked
    assert walk == Walk(newest=27, holes=(21, 22))
    asked, walk = crawl(walk, {21, 22, 27})
    assert asked == [21, 22, 28, 29, 30]
    assert walk == Walk(newest=27)


def test_a_site_with_a_page_for_every_number_is_asked_so_often_and_no_more():
    asked, walk = crawl(Walk(newest=20), range(10**9))
    assert asked == list(range(21, 21 + LONGEST_CRAWL))
    assert walk == Walk(newest=20 + LONGEST_CRAWL)
    asked, _ = crawl(Walk(newest=20, holes=tuple(range(10, 20))), (), {900})
    assert len(asked) == LONGEST_CRAWL


def test_a_long_gap_is_gone_through_crawl_by_crawl():
    walk, asked = Walk(newest=20), []
    for _ in range(12):
        now, walk = crawl(walk, {*range(21, 1000, 7)}, {994})
        asked += now
    assert {*range(21, 1001, 7)} <= {*asked} | {1001}
    assert walk.newest == 994


@pytest.mark.parametrize("walk", [Walk(), Walk(newest=7), Walk(newest=70, holes=(66, 69))])
def test_a_walk_is_kept_as_json(walk):
    assert Walk.from_cursor(json.loads(json.dumps(walk.to_cursor()))) == walk


@pytest.mark.parametrize(
    "rubbish",
    [
        *(None, "", "x", 7, [], {}, {"newest": "7", "holes": []}, {"newest": 7}, {"newest": True, "holes": []}),
        *({"newest": -1, "holes": []}, {"newest": 10**400, "holes": []}, {"newest": 7, "holes": {"a": 1}}),
        *({"newest": 1.5, "holes": []}, {"at": 5, "missing": 1}),
    ],
)
def test_from_rubbish_a_walk_begins_anew(rubbish):
    assert Walk.from_cursor(rubbish) == Walk()


def test_of_a_cursor_what_can_be_used_is():
    cursor = {"newest": 2000, "holes": ["x", None, 3000, 1999, 1999, -5, True, [], *range(1500)]}
    walk = Walk.from_cursor(cursor)
    assert walk.newest == 2000
    assert walk.holes == (*range(501, 1500), 1999)


def search(walk, there, place=PLACE, silent=(), most=4):
    past, asked = Past(), []
    while numbers := backward(walk, place, past, most=most):
        asked.append(numbers)
        now = after_backward(past, numbers, {n: n in there for n in numbers if n not in silent})
        if now == past:
            break
        past = Past.from_cursor(json.loads(json.dumps(now.to_cursor())))
    return [number for numbers in asked for number in numbers], past


@pytest.mark.parametrize(
    ("newest", "there", "asked", "missing"),
    [
        (14, {14, 12, 10}, [14, 13, 12, 11, 10], 0),
        (60, {60, 59}, [60, 59, 58, 57, 56, 55, 54, 53], 6),
        (60, {60, 55, 50}, [*range(60, 43, -1)], 6),
        (60, set(), [*range(60, 54, -1)], 6),
        (9, {9}, [], 0),
        (None, {9}, [], 0),
    ],
)
def test_a_search_of_the_past(newest, there, asked, missing):
    numbers, past = search(Walk(newest=newest), there)
    assert numbers == asked
    assert past.missing == missing


def test_a_search_goes_on_at_what_was_not_answered():
    numbers, past = search(Walk(newest=60), {60, 58}, silent={57})
    assert past == Past(at=57, missing=0)
    assert backward(Walk(newest=90), PLACE, past, most=3) == [57, 56, 55]
    assert numbers[:4] == [60, 59, 58, 57]


def test_a_search_down_to_nought_ends():
    place = replace(PLACE, floor=0)
    numbers, past = search(Walk(newest=3), {0, 1, 2, 3}, place)
    assert numbers == [3, 2, 1, 0]
    assert past == Past(at=-1)
    assert backward(Walk(newest=3), place, past) == []


@pytest.mark.parametrize("rubbish", [None, [], {}, {"at": "x", "missing": 0}, {"at": -2, "missing": 0}, {"at": 1}, "x"])
def test_from_rubbish_a_search_begins_anew(rubbish):
    assert Past.from_cursor(rubbish) == Past()


@pytest.mark.parametrize(
    ("url", "number"),
    [
        ("https://service.example/en/news/1845.html", 1845),
        ("http://www.service.example/en/news/1845.html", 1845),
        ("https://service.example/en/news/0.html", 0),
        ("https://service.example/en/news/01845.html", None),
        ("https://service.example/en/news/x.html", None),
        ("https://service.example/en/news/١٢.html", None),
        ("https://service.example/az/news/1845.html", None),
        ("https://service.example/en/news/1845xhtml", None),
        ("https://service.example/en/news/1845.html?print", None),
        ("https://evil.example/?https://service.example/en/news/1845.html", None),
        ("https://service.example/en/news/" + "9" * 5000 + ".html", None),
        ("", None),
    ],
)
def test_the_number_in_an_address(url, number):
    assert id_of(url, PLACE) == number


@pytest.mark.parametrize(
    "template",
    [
        *(
            "https://a.example/?view=page&id={id}",
            "https://a.example/news/all/{id}/",
            "http://www.a.example/news{id}.php",
        ),
        *("https://a.example/{id}/{id}", "https://a.example/a(b)[c]/{id}"),
    ],
)
def test_address_and_number_belong_together(template):
    place = IdWalk(url=template)
    assert id_of(url_of(37, place), place) == 37
    assert id_of(url_of(37, place).replace("37", "38", 1), place) == (None if template.count("{id}") > 1 else 38)
