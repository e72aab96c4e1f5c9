"""A page that vanishes, as a real site lets it vanish: noted, our copy kept, forgotten when it is back."""

import pytest

from readout.demo.server import Answer, SiteServer
from spiders.fate import fate_of_address
from tests.sites import configure, crawls, query, source, story

HOME = "https://courier.example/en/"


WALL = "<html><title>Just a moment...</title><script src=/cdn-cgi/challenge-platform/x></script>"
HIDDEN = {
    "/news/forbidden": Answer(403),
    "/news/broken": Answer(500),
    "/news/front": Answer.redirect("/"),
    "/news/wall": Answer.of(WALL),
    "/news/empty": Answer.of(b""),
}
SITES = {
    "vanishing": [{"/news/1": answer} for answer in (story(1), Answer(404), Answer(410), story(1))],
    "hiding": [{path: story(path[6:]) for path in HIDDEN}, HIDDEN],
}


def listed(web, site, paths, day):
    entries = (f"<url><loc>{web.url(site, p)}</loc><lastmod>2025-10-{day}</lastmod></url>" for p in paths)
    return Answer.of(f"<urlset>{''.join(entries)}</urlset>", "application/xml")


@pytest.fixture(scope="module")
def after_each_crawl(tmp_path_factory):
    """Crawl sites that show other phases of the same pages at each crawl, and say each time that all were edited;
    of each page, since when it is gone, its version and text, and its link's fate."""
    with SiteServer(*SITES) as web:
        sources = []
        for site, phases in SITES.items():
            front = {"/": story("of the day")}
            days = enumerate(phases, 10)
            web.host(site, *({"/map.xml": listed(web, site, pages, day)} | front | pages for day, pages in days))
            sources.append(source(site, web.url(site, "/"), {"type": "sitemap", "url": web.url(site, "/map.xml")}))
        config = configure(tmp_path_factory.mktemp("vanished"), *sources)
        seen = {site: [] for site in SITES}
        with crawls(config) as crawl:
            for phase in range(1, 5):
                web.set_phase(phase)
                crawl()
                for site in SITES:
                    seen[site].append(rows_of(config, site))
        yield seen


def rows_of(config, site):
    rows = query(config, "SELECT url, gone_at, version, text FROM article WHERE source_id = ?", site)
    links = query(config, "SELECT url, outcome, reason FROM link WHERE source_id = ?", site)
    return tuple({"/" + url.split("/", 3)[3]: row for url, *row in each} for each in (rows, links))


def test_a_page_that_vanishes_is_noted_until_it_is_back_and_its_text_is_kept(after_each_crawl):
    seen = after_each_crawl["vanishing"]
    there, gone, still_gone, back = ((*rows["/news/1"], fate["/news/1"][0]) for rows, fate in seen)
    assert "This was story number 1." in there[2]
    assert (there[0], back[0]) == (None, None)
    assert gone[0] is not None
    assert gone[0] == still_gone[0], "since when it is gone is noted once"
    assert there[1:] == gone[1:] == still_gone[1:] == back[1:] == (1, there[2], "not_a_report")


def test_a_page_that_is_not_shown_has_not_vanished(after_each_crawl):
    before, after, *_ = after_each_crawl["hiding"]
    assert before == after
    assert [(gone_at, version) for gone_at, version, _ in after[0].values()] == [(None, 1)] * len(HIDDEN)


@pytest.mark.parametrize(
    ("asked", "answered", "is_front"),
    [
        ("https://courier.example/en/news/1", "https://courier.example/", True),
        ("https://courier.example/en/news/1", "https://courier.example/en", True),
        ("https://courier.example/en/news/1", "https://parked.example", True),
        ("https://courier.example/en/news/1", "https://courier.example/en/news/2", False),
        ("https://courier.example/?p=1", "https://www.courier.example/?p=1", False),
        ("https://courier.example/en/news/1", "https://courier.example/en/news/1", False),
    ],
)
def test_a_redirect_to_the_front_page_is_no_article(asked, answered, is_front):
    assert (fate_of_address(asked, answered, HOME) is not None) is is_front
