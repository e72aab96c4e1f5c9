"""What a crawl notes of the places where links are found: the operator is told by it."""

from readout.demo.server import Answer, SiteServer
from readout.workers.once import crawl_once
from tests.sites import configure, feed, query, source

SITES = ("well", "part", "changed", "refused", "trouble", "silent", "window")
HTML = Answer.of("<html><body>We have moved.</body></html>")
NEWS = {f"/news/{number}": Answer.of(b"\xd0\xcf\x11\xe0", "application/msword") for number in range(12)}


def test_each_way_of_not_answering_is_noted_as_such(tmp_path):
    with SiteServer(*SITES) as web:

        def rss(site: str, *numbers: int) -> Answer:
            return feed(*(web.url(site, f"/news/{number}") for number in numbers))

        web.host("well", {"/rss": rss("well", 1)} | NEWS)
        web.host("part", {"/rss": rss("part", 1), "/other": Answer(status=404)} | NEWS)
        web.host("changed", {"/rss": HTML})
        web.host("refused", {"/rss": Answer(status=403)})
        web.host("trouble", {"/rss": Answer(status=503)})
        web.host("window", {"/rss": rss("window", *range(6))} | NEWS, {"/rss": rss("window", *range(6, 12))} | NEWS)
        rows = {
            site: source(site, web.url(site), {"type": "feed", "url": web.url(site, "/rss")}, article="/news/")
            for site in SITES
        }
        rows["part"]["discover"].append({"type": "feed", "url": web.url("part", "/other")})
        rows["silent"]["discover"] = [{"type": "feed", "url": "http://127.0.0.1:1/rss"}]
        config = configure(tmp_path, *rows.values())
        crawl_once(config)
        heard = dict(query(config, "SELECT source_id, heard FROM crawl"))
        missed = query(config, "SELECT source_id FROM crawl WHERE missed")
        web.set_phase(2)
        crawl_once(config)
        missed_then = query(config, "SELECT source_id FROM crawl WHERE missed")
    expected = {"well": "all", "part": "some", "changed": "changed", "refused": "refused", "trouble": "error"}
    assert heard == expected | {"silent": "nothing", "window": "all"}
    assert missed == []
    assert missed_then == [("window",)]
