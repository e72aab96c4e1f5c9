"""The spider as a worker runs it: a real process crawls a real site."""

import pytest

from readout.demo.server import Answer, SiteServer
from tests.sites import RSS, asked, configure, crawl, fates, feed, outcomes, query, source, story


@pytest.fixture
def web():
    with SiteServer("courier", "trap") as web:
        yield web


def feed_source(web, **others):
    return source("courier", web.url("courier"), {"type": "feed", "url": web.url("courier", "/rss")}, **others)


def urls(web, *paths):
    return [web.url("courier", path) for path in paths]


def test_every_link_ends_in_an_outcome_with_a_reason(web, tmp_path):
    answers = {
        "/news/good": story("good"),
        "/news/gone": Answer(404),
        "/news/secret": Answer(403),
        "/news/broken": Answer(500),
        "/news/paper": Answer.of(b"%PDF-1.7", "application/pdf"),
        "/news/empty": Answer.of(b""),
        "/news/huge": Answer.of(b"<p>" + b"x" * 3_000_000),
        "/news/forbidden": story("forbidden"),
        "/news/circle": Answer.redirect("/news/circle"),
        "/news/inward": Answer.redirect("http://10.0.0.1/news/inward"),
        "/news/file": Answer.redirect("file:///etc/passwd"),
        "/news/cut": Answer(headers={"Content-Length": "999"}, body=b"<p>cut", validators=False),
        "/news/moved": Answer.redirect("/news/good"),
    }
    robots = Answer.of("User-agent: *\nDisallow: /news/forbidden", "text/plain")
    web.host("courier", {"/robots.txt": robots, "/rss": feed(*urls(web, *answers)), **answers})
    config = configure(tmp_path, feed_source(web), max_page_mib=2)

    end = crawl(config)

    assert outcomes(config) == {
        "/news/good": "not_a_report",
        "/news/gone": "failed",
        "/news/secret": "refused",
        "/news/broken": "failed",
        "/news/paper": "unsupported",
        "/news/empty": "failed",
        "/news/huge": "unsupported",
        "/news/forbidden": "refused",
        "/news/circle": "failed",
        "/news/inward": "failed",
        "/news/file": "failed",
        "/news/cut": "failed",
        "/news/moved": "not_a_report",
    }
    said = fates(config)
    assert all(reason for _, reason in said.values())
    assert said["/news/gone"][1] == "the server answered 404 Not Found"
    assert said["/news/huge"][1] == "larger than a page may be"
    assert said["/news/inward"][1] == "its host has no public address, or none at all"
    assert (end.new, end.expected, end.reason, end.error) == (13, 13, "finished", None)
    assert sum(end.outcomes.values()) == 13
    assert "/news/forbidden" not in dict(asked(web))


def test_a_second_look_at_an_unchanged_site_is_one_304_for_each_place(web, tmp_path):
    sitemap = "<urlset><url><loc>{}</loc><lastmod>2025-10-16</lastmod></url></urlset>"
    web.host(
        "courier",
        {
            "/rss": feed(*urls(web, "/news/1", "/news/2")),
            "/list": Answer.of("<a href=/news/3>Three</a>"),
            "/map.xml": Answer.of(sitemap.format(web.url("courier", "/news/4")), "application/xml"),
            **{f"/news/{number}": story(number) for number in range(1, 5)},
        },
    )
    places = [("feed", "/rss"), ("listing", "/list"), ("sitemap", "/map.xml")]
    discover = [{"type": kind, "url": web.url("courier", path)} for kind, path in places]
    config = configure(tmp_path, source("courier", web.url("courier"), *discover))
    crawl(config)
    before = len(asked(web))

    end = crawl(config)

    assert asked(web)[before:] == [("/rss", 304), ("/list", 304), ("/map.xml", 304)]
    assert (end.new, end.outcomes, end.error, end.answered) == (0, {}, None, True)


def test_only_what_is_new_is_fetched(web, tmp_path):
    stories = {f"/news/{number}": story(number) for number in range(1, 4)}
    first = {"/rss": feed(*urls(web, "/news/1", "/news/2")), **stories}
    later = {"/rss": feed(*urls(web, "/news/1", "/news/2", "/news/3")), **stories}
    web.host("courier", first, later)
    config = configure(tmp_path, feed_source(web))
    crawl(config)
    before = len(asked(web))
    web.set_phase(2)

    end = crawl(config)

    assert asked(web)[before:] == [("/rss", 200), ("/news/3", 200)]
    assert end.new == 1


def test_a_pending_link_is_visited_even_when_the_feed_says_nothing_new(web, tmp_path):
    numbers = range(1, 6)
    paths = [f"/news/{number}" for number in numbers]
    web.host("courier", {"/rss": feed(*urls(web, *paths)), **{path: story(path) for path in paths}})
    crawl(configure(tmp_path, feed_source(web), max_requests=4))  # robots.txt, the feed, and two stories

    left = [path for path, outcome in outcomes(configure(tmp_path)).items() if outcome is None]
    assert len(left) == 3

    config = configure(tmp_path)
    crawl(config)
    assert None not in outcomes(config).values()
    assert asked(web).count(("/rss", 304)) == 1


@pytest.mark.parametrize(
    ("kind", "answer", "said"),
    [
        ("feed", Answer.of("<html><body><h1>Welcome</h1></body></html>"), "that is no feed"),
        ("feed", Answer.of(b"", RSS), "is empty"),
        ("feed", Answer.of('<rss version="2.0"><channel/></rss>', RSS), "without entries"),
        ("feed", Answer(503), "503 Service Unavailable"),
        ("feed", Answer(404), "404 Not Found"),
        ("sitemap", Answer.of("<html><body>Oops</body></html>"), "where a sitemap was expected"),
        ("listing", Answer.of("<p>Nothing here</p>"), "holds nothing"),
        ("listing", Answer.of("<a href=/about>About us</a>"), "of the shape of an article"),
        ("listing", Answer.of("<a href=http://elsewhere.example/news/1>Story</a>"), "of the shape of an article"),
    ],
)
def test_a_place_that_says_nothing_is_an_error_of_the_source(web, tmp_path, kind, answer, said):
    web.host("courier", {"/place": answer})
    config = configure(
        tmp_path, source("courier", web.url("courier"), {"type": kind, "url": web.url("courier", "/place")})
    )
    end = crawl(config)
    assert said in end.error
    assert not end.answered
    ((error, failures),) = query(config, "SELECT last_error, failures FROM source")
    assert said in error
    assert failures == 1
    assert query(config, "SELECT etag FROM discovery WHERE etag IS NOT NULL") == []


def test_a_broken_place_does_not_hide_the_others(web, tmp_path):
    web.host("courier", {"/rss": feed(*urls(web, "/news/1")), "/news/1": story(1)})
    places = [{"type": "feed", "url": web.url("courier", path)} for path in ("/dead", "/rss")]
    config = configure(tmp_path, source("courier", web.url("courier"), *places))
    end = crawl(config)
    assert "404" in end.error
    assert end.answered
    assert outcomes(config) == {"/news/1": "not_a_report"}


def test_a_listing_is_followed_as_far_as_the_source_says(web, tmp_path):
    pages = {
        f"/list/{number}": Answer.of(f"<a href=/news/{number}>Story</a><a class=next href=/list/{number + 1}>More</a>")
        for number in range(1, 6)
    }
    web.host("courier", pages | {f"/news/{number}": story(number) for number in range(1, 6)})
    place = {"type": "listing", "url": web.url("courier", "/list/1"), "next": ".next", "pages": 3}
    config = configure(tmp_path, source("courier", web.url("courier"), place))
    crawl(config)
    assert sorted(outcomes(config)) == ["/news/1", "/news/2", "/news/3"]


def test_an_index_of_sitemaps_leads_to_its_newest_children(web, tmp_path):
    def index(*children):
        rows = (f"<sitemap><loc>{web.url('courier', path)}</loc>{dated}</sitemap>" for path, dated in children)
        return Answer.of(f"<sitemapindex>{''.join(rows)}</sitemapindex>", "application/xml")

    def child(number):
        return Answer.of(f"<urlset><url><loc>{web.url('courier', f'/news/{number}')}</loc></url></urlset>", "text/xml")

    dates = [(f"/map-{number}.xml", f"<lastmod>2025-0{number}-01</lastmod>") for number in range(1, 5)]
    web.host(
        "courier",
        {
            "/index.xml": index(*dates),
            **{f"/map-{number}.xml": child(number) for number in range(1, 5)},
            **{f"/news/{number}": story(number) for number in range(1, 5)},
        },
    )
    place = {"type": "sitemap", "url": web.url("courier", "/index.xml"), "pages": 2}
    config = configure(tmp_path, source("courier", web.url("courier"), place))
    crawl(config)
    assert sorted(outcomes(config)) == ["/news/3", "/news/4"]
    before = len(asked(web))
    crawl(config)
    assert asked(web)[before:] == [("/index.xml", 304)]


def test_an_article_changed_by_its_own_word_is_asked_for_again_conditionally(web, tmp_path):
    def sitemap(day):
        entry = f"<url><loc>{web.url('courier', '/news/1')}</loc><lastmod>2025-10-{day}</lastmod></url>"
        return Answer.of(f"<urlset>{entry}</urlset>", "application/xml")

    web.host("courier", *({"/map.xml": sitemap(day), "/news/1": story(1)} for day in (16, 17)))
    place = {"type": "sitemap", "url": web.url("courier", "/map.xml")}
    config = configure(tmp_path, source("courier", web.url("courier"), place))
    crawl(config)
    web.set_phase(2)
    end = crawl(config)
    assert asked(web)[-2:] == [("/map.xml", 200), ("/news/1", 304)]
    assert end.outcomes == {"unchanged": 1}
    assert outcomes(config) == {"/news/1": "not_a_report"}


def test_the_headers_are_honest_and_of_the_sources_language(web, tmp_path):
    web.host("courier", {"/rss": feed(*urls(web, "/news/1")), "/news/1": story(1)})
    crawl(configure(tmp_path, feed_source(web), contact="desk@example.org"))
    for request in web.log("courier"):
        assert request.headers["accept-language"] == "az, en;q=0.9"
        assert "Readout/" in request.headers["user-agent"]
        assert "desk@example.org" in request.headers["user-agent"]
        assert not {"cookie", "referer"} & request.headers.keys()


def test_nothing_goes_to_an_address_that_is_not_public(web, tmp_path):
    web.host("trap", {"/rss": feed(web.url("trap", "/news/1"))})
    place = {"type": "feed", "url": web.url("trap", "/rss")}
    end = crawl(configure(tmp_path, source("trap", web.url("trap"), place), allow_networks=[]))
    assert "no public address" in end.error
    assert web.log() == []


def test_a_site_cannot_lead_us_to_an_address_that_is_not_public(web, tmp_path):
    """The courier's address is let through, the trap's beside it is not."""
    web.host("courier", {"/rss": feed(*urls(web, "/news/1")), "/news/1": Answer.redirect(web.url("trap", "/news/1"))})
    home = web.url("courier").split("/")[2].split(":")[0]
    if home in web.url("trap"):
        pytest.skip("this system gives loopback one address only")
    config = configure(tmp_path, feed_source(web), allow_networks=[f"{home}/32"])
    crawl(config)
    assert outcomes(config) == {"/news/1": "failed"}
    assert web.log("trap") == []
