"""A wall, or the notice of a closed site, in the place of a page that is watched or of links: told, and never news."""

from dataclasses import replace

import pytest

from readout.demo.server import Answer, SiteServer
from tests.sites import configure, crawls, query, source

TEXT = "The council of ministers met in Baku on Tuesday and agreed on the plan for the coming year, it was said. " * 3
NOTICE = f"<html><head><title>Statement</title></head><body><h1>Statement</h1><main><p>{TEXT}</p></main></body></html>"
LISTING = '<html><body><h1>News</h1><main><a href="/news/1">The council met in Baku</a></main></body></html>'
CLOSED = """<html><head><title>Under maintenance</title></head><body><main><h1>We will be back</h1>
<p>The site is under maintenance. <a href="/">Home</a></p></main></body></html>"""
WALL = """<html><head><title>Just a moment...</title></head><body><main>
<a href="/">Checking your browser</a></main></body></html>"""
STORY = Answer.of(b"\0\1\2\3", "image/png")

PLACES = {
    "page": ({"type": "page"}, NOTICE),
    "part": ({"type": "page", "part": "main"}, NOTICE),
    "listing": ({"type": "listing"}, LISTING),
}
IN_PLACE = {
    "closed": (CLOSED, 200, "error", "shows the words of a closed site: "),
    "closed-503": (CLOSED, 503, "error", "503 Service Unavailable, with the words of a closed site: "),
    "wall": (WALL, 200, "wall", "shows a challenge: "),
    "wall-403": (WALL, 403, "wall", "403 Forbidden, with a challenge: "),
}
SITES = [f"{place}-{shown}" for place in PLACES for shown in IN_PLACE]


def split(site):
    place, _, shown = site.partition("-")
    return *PLACES[place], *IN_PLACE[shown]


@pytest.fixture(scope="module")
def press(tmp_path_factory):
    """The configuration, and how each of three crawls ended: as ever, while a wall stood there, and as ever again."""
    with SiteServer(*SITES) as web:
        rows = []
        for site in SITES:
            spot, content, shown, status, _, _ = split(site)
            there = {"/place": Answer.of(content), "/news/1": STORY}
            web.host(site, there, {"/place": replace(Answer.of(shown), status=status)}, there)
            rows.append(source(site, web.url(site), spot | {"url": web.url(site, "/place")}, article="/news/|/place$"))
        config = configure(tmp_path_factory.mktemp("closed"), *rows)
        ends = []
        with crawls(config) as crawl:
            for phase in (1, 2, 3):
                web.set_phase(phase)
                ends.append({str(end.source): end for end in crawl()})
    return config, ends


@pytest.mark.parametrize("site", SITES)
def test_what_stands_in_the_place_of_a_site_for_a_while_is_told_and_no_news(press, site):
    config, ends = press
    first, second, third = (crawl[site] for crawl in ends)
    _, _, _, _, heard, said = split(site)
    assert [(end.new, len(end.outcomes)) for end in (first, second, third)] == [(1, 1), (0, 0), (0, 0)]
    assert (first.error, third.error) == (None, None)
    assert said in second.error
    rows = query(config, "SELECT heard FROM crawl WHERE source_id = ? ORDER BY id", site)
    assert rows == [("all",), (heard,), ("all",)]


def test_a_page_that_is_back_is_the_version_that_it_was(press):
    config, _ = press
    assert query(config, "SELECT DISTINCT version FROM article") == [(1,)]
