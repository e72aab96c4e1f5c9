"""Which links of a place lead to articles of its source."""

from readout.catalog import load_sources
from readout.model import Link
from spiders.walk.way import own_links

COURIER = """
[[source]]
id = "courier"
name = "Courier"
kind = "newspaper"
country = "AZ"
languages = ["en"]
timezone = "Asia/Baku"
home = "https://courier.example/"
article = '^https://courier\\.example/\\d+$'
discover = [{ type = "feed", url = "https://courier.example/rss.xml" }]
"""


def test_what_a_feed_adds_to_its_links_hides_no_article(tmp_path):
    (tmp_path / "courier.toml").write_text(COURIER, encoding="utf-8")
    source = load_sources([tmp_path])["courier"]
    links = [
        Link(url="https://courier.example/1?utm_source=rss#comments"),
        Link(url="https://courier.example/2"),
        Link(url="https://courier.example/2"),
        Link(url="https://courier.example/3?page=2"),
        Link(url="https://elsewhere.example/4"),
        Link(url="https://[courier.example/5"),
    ]
    assert [link.url for link in own_links(source, links)] == [links[0].url, links[1].url]
