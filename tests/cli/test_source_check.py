"""Whether a source works, told so that a person sees it."""

import json

import pytest

from readout.demo.server import SiteServer
from tests.newcomers import SITES, at, begin, blog_source, end, serve, settle_in
from tests.sites import source


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """What `source check` says of a good source, of one that is described wrongly, and of one that is not let in."""
    folder = tmp_path_factory.mktemp("check")
    with SiteServer(*SITES) as web:
        serve(web)
        faulty = source(
            "faulty",
            web.url("listing"),
            {"type": "feed", "url": web.url("listing", "/rss")},
            {"type": "listing", "url": web.url("listing", "/en/news"), "item": "li", "date": ".date"},
            article=r"/en/news/\d+\.html$",
            languages=["az"],
            title=".headline",
        )
        shut = source("shut", web.url("closed"), {"type": "feed", "url": web.url("closed", "/rss")})
        other = blog_source(web, article=r"/novosti/\d+$") | {"id": "other"}
        file = settle_in(folder, blog_source(web), faulty, shut, other)
        good = begin(file, "source", "check", "blog")
        rest = {key: begin(file, "--json", "source", "check", key) for key in ("faulty", "shut", "other")}
        answers = {"blog": end(good)} | {key: end(running) for key, running in rest.items()}
        answers["stored"] = list(folder.rglob("*.db"))
        answers["asked"] = [request.path for request in web.log("blog")]
    return answers


def steps(told, key, kind):
    return [step for step in json.loads(told[key][1]) if step["step"] == kind]


def test_a_source_that_works_says_so_and_what_to_write_into_its_file(told):
    code, said, errors = told["blog"]
    assert (code, errors) == (0, "")
    assert "blog works: 1 of 1 places answer as they should, 3 of 3 articles are read as they should" in said
    assert 'from = "bench", result = "ok" }' in said
    assert f"5 articles, all dated, the newest of {at(0):%Y-%m-%d %H:%M} UTC" in said
    assert "Heads of security agencies meet in Samarkand" in said
    assert max(map(len, said.splitlines())) <= 100


def test_robots_comes_first_then_places_then_articles(told):
    said = told["blog"][1]
    places = [said.index(heading) for heading in ("robots.txt\n", "where links are found\n", "articles\n", "works:")]
    assert places == sorted(places)
    assert "allows all 3 addresses" in said  # home, feed and an article


def test_nothing_is_stored(told):
    assert told["stored"] == []
    assert told["asked"].count("/robots.txt") <= 2  # once by each of two commands


def test_a_page_that_is_gone_is_told_with_its_remedy(told):
    gone, listing = steps(told, "faulty", "place")
    assert (gone["ok"], gone["status"], gone["articles"]) == (False, 404, 0)
    assert gone["said"] == "the server answered 404 Not Found"
    assert "change `url` in `discover`" in gone["remedy"]
    assert (listing["ok"], listing["articles"], listing["dated"], listing["kind"]) == (True, 5, 5, "listing")


def test_a_rule_that_found_nothing_and_a_language_that_is_not_named_are_told(told):
    read = steps(told, "faulty", "article")
    assert [step["missed_rules"] for step in read] == [["title"]] * 3
    assert all(not step["ok"] and "`title` found nothing" in step["remedy"] for step in read)
    assert {step["language"] for step in read} == {"en"}
    (summary,) = steps(told, "faulty", "summary")
    assert summary["hints"] == ["articles are in en, `languages` says az"]
    assert (told["faulty"][0], summary["ok"]) == (1, False)


def test_what_robots_forbids_is_named_and_not_asked_for(told):
    (robots,) = steps(told, "shut", "robots")
    assert not robots["ok"]
    assert [url.rpartition("/")[2] for url in robots["forbidden"]] == ["", "rss"]
    (place,) = steps(told, "shut", "place")
    assert "its site does not want it" in place["remedy"]


def test_links_of_another_shape_point_at_article(told):
    (place,) = steps(told, "other", "place")
    assert "none of the 5 links" in place["said"]
    assert "`article` matches none of them" in place["remedy"]
