"""A crawl for looking."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from readout.condition import Heard
from readout.demo.server import SiteServer
from readout.discovery import Feed, Listing, NewsSitemap, Sitemap
from readout.model import Link, Page
from readout.storage.database import open_database
from readout.storage.hosts import set_wait
from readout.workers.trial_step import PlaceSeen, place_step
from tests.sites import configure, source, story

TRY = """# warm
import sys
from pathlib import Path
from tests.sites import configure
from readout.workers.trial import try_page
print(try_page(sys.argv[2], configure(Path(sys.argv[1]))).reason)
"""


def test_a_host_that_asked_real_crawls_to_wait_is_left_alone_here_too(tmp_path):
    with SiteServer("courier") as web:
        web.host("courier", {"/news/1": story(1)})
        config = configure(tmp_path, source("courier", web.url("courier"), {"type": "feed", "url": web.url("courier")}))
        database = open_database(config.database.url, create=True)
        with database.write() as connection:
            set_wait(connection, web.url("courier").split("/")[2].split(":")[0], datetime.now(UTC) + timedelta(hours=1))
        database.close()
        said = subprocess.run(
            [sys.executable, "-c", TRY, str(tmp_path), web.url("courier", "/news/1")],
            cwd=Path(__file__).parents[2],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        assert "asked to be left alone" in said
        assert web.log() == []


FEED, LISTING = Feed(url="https://a.example/rss"), Listing(url="https://a.example/news")


@pytest.mark.parametrize(
    ("place", "heard", "wrong", "remedy"),
    [
        (FEED, Heard.CHANGED, "https://a.example/rss: the server answered 410 Gone", "change `url`"),
        (FEED, Heard.CHANGED, "https://a.example/rss answered with text/html that is no feed", "no feed stands here"),
        (FEED, Heard.CHANGED, "none of the 9 links of x is of the shape of an article", "`article` matches none"),
        (LISTING, Heard.CHANGED, "the listing x holds nothing that 'a[href]' selects", 'render = "browser"'),
        (Sitemap(url="https://a.example/s.xml"), Heard.CHANGED, "x answered with <html>", "no sitemap stands here"),
        (FEED, Heard.WALL, "https://a.example/rss shows a challenge: x", "whether we are a person"),
        (FEED, Heard.REFUSED, "https://a.example/rss: the server answered 403 Forbidden", "another network"),
        (FEED, Heard.REFUSED, "https://a.example/rss: robots.txt does not allow it", "its site does not want it"),
        (FEED, Heard.WAIT, "https://a.example/rss: a.example is left alone", "longer `delay`"),
        (FEED, Heard.ERROR, "https://a.example/rss: the server answered 500", "try again later"),
        (FEED, Heard.NOTHING, "https://a.example/rss: no whole answer came in time", "no answer"),
    ],
)
def test_what_is_wrong_with_a_place_names_its_remedy(place, heard, wrong, remedy):
    step = place_step(PlaceSeen(place=place, wrong=wrong, heard=heard), 0.5)
    assert not step.ok
    assert remedy in step.remedy
    assert not step.said.startswith("https://a.example/rss: ")


def test_an_empty_sitemap_of_news_is_a_quiet_day_and_any_other_empty_place_is_not():
    quiet, empty = (place_step(PlaceSeen(place=place), 0) for place in (NewsSitemap(url="https://a.example/n"), FEED))
    assert (quiet.ok, quiet.said) == (True, "empty: a quiet day")
    assert (empty.ok, empty.said) == (False, "no articles")


def test_a_place_that_leads_elsewhere_is_said_to():
    page = Page(
        url=FEED.url,
        final_url="https://a.example/feed",
        status=200,
        body=b"",
        content_type="",
        fetched_at=datetime.now(UTC),
    )
    step = place_step(PlaceSeen(place=FEED, pages=[page], links={"x": Link(url="x")}), 0)
    assert step.ok
    assert "https://a.example/feed: write that" in step.remedy
