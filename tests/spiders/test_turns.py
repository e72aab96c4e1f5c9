"""What a crawl has no time for, or no permission to do now, is done by another."""

from datetime import timedelta

import pytest

from readout.demo.server import Answer, SiteServer
from readout.rhythm import next_permission
from tests.reported import NOW
from tests.sites import asked, configure, crawl, fates, feed, query, source

PAPER = Answer.of(b"\0\1\2\3", "image/png")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def test_a_robots_txt_that_cannot_be_had_uses_up_no_tries(tmp_path):
    with SiteServer("agency", "annex") as web:
        pages = {"/news/1": Answer.redirect(web.url("annex", "/news/1")), "/news/2": PAPER}
        web.host("agency", pages | {"/rss": feed(*(web.url("agency", path) for path in pages))})
        web.host("annex", {"/robots.txt": Answer(503)})
        config = configure(
            tmp_path, source("agency", web.url("agency"), {"type": "feed", "url": web.url("agency", "/rss")})
        )
        crawl(config)
    outcome, reason = fates(config)["/news/1"]
    assert outcome == "failed"
    assert "stay away for now" in reason
    ((attempts, visits, wait),) = query(
        config, "SELECT attempts, visits, next_visit > first_seen FROM link WHERE url LIKE '%/news/1'"
    )
    assert (attempts, visits, wait) == (0, 0, 1)


@pytest.mark.parametrize(
    ("age", "wait"), [(timedelta(0), HOUR / 4), (4 * HOUR, HOUR), (2 * DAY, DAY / 2), (99 * DAY, DAY)]
)
def test_permission_is_asked_for_again_the_later_the_older_a_link_is(age, wait):
    assert next_permission(NOW - age, NOW) == NOW + wait


def test_places_of_a_host_that_wants_long_pauses_take_turns_and_leave_time_for_pages(tmp_path):
    names = range(6)
    with SiteServer("slow") as web:
        pages = {f"/news/{name}": PAPER for name in names}
        feeds = {f"/rss/{name}": feed(web.url("slow", f"/news/{name}")) for name in names}
        robots = Answer.of("User-agent: *\nCrawl-delay: 1.2", "text/plain")
        web.host("slow", {"/robots.txt": robots, **feeds, **pages})
        places = [{"type": "feed", "url": web.url("slow", path)} for path in feeds]
        config = configure(tmp_path, source("slow", web.url("slow"), *places), max_minutes=0.12)
        first = []
        for _ in range(2):
            before = len(asked(web))
            crawl(config)
            paths = [path for path, _ in asked(web)[before:]]
            first.append(paths[0])
            assert 1 <= sum(path in feeds for path in paths) < len(feeds)
            assert any(path in pages for path in paths)
    assert len(set(first)) == 2
