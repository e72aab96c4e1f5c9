"""What a page claims of itself is found wherever software puts it."""

import json

import pytest

from readout.articles.markup import parse
from readout.articles.metadata import read_metadata
from readout.date_origin import DateOrigin

URL = "https://www.report-agency.az/news/55"


def claims(head="", body=""):
    return read_metadata(parse(f"<html><head>{head}</head><body>{body}<p>.</p></body></html>"), URL)


def json_ld(value):
    return f"<script type='application/ld+json'>{value if isinstance(value, str) else json.dumps(value)}</script>"


ARTICLE = {
    "@context": "https://schema.org",
    "@type": "NewsArticle",
    "headline": "Session in Astana",
    "datePublished": "D",
}
OTHER = {
    "@type": "NewsArticle",
    "headline": "Other",
    "datePublished": "WRONG",
    "url": "https://www.report-agency.az/news/9",
}
OURS = {**ARTICLE, "mainEntityOfPage": {"@type": "WebPage", "@id": URL}}
DATED = {
    "plain": ARTICLE,
    "in a list": [ARTICLE],
    "in a graph": {"@graph": [{"@type": "Organization"}, ARTICLE]},
    "in a graph in a list": [{"@graph": [ARTICLE]}],
    "under a page": {"@type": "WebPage", "mainEntity": ARTICLE},
    "of several types": {**ARTICLE, "@type": ["Article", "NewsArticle"]},
    "of a type by address": {**ARTICLE, "@type": "http://schema.org/NewsArticle"},
    "a report": {**ARTICLE, "@type": "Report"},
    "a date in a list": {**ARTICLE, "datePublished": ["D"]},
    "a date as a value": {**ARTICLE, "datePublished": {"@type": "Date", "@value": "D"}},
    "beside other stories": [OTHER, OURS],
    "after a list of stories": [{"@type": "ItemList", "itemListElement": [OTHER]}, ARTICLE],
    "in a comment": f"<!-- {json.dumps(ARTICLE)} -->",
    "in CDATA": f"//<![CDATA[\n{json.dumps(ARTICLE)}\n//]]>",
    "with a semicolon": json.dumps(ARTICLE) + ";",
    "with raw line breaks": json.dumps({**ARTICLE, "description": "x"}).replace('"x"', '"a\nb\tc"'),
}
BROKEN = ["", "{", "null", "[]", "3", '"text"', "[" * 100_000, '{"@graph": null}', '{"@type": {"a": 1}}', "{'a': 1}"]


@pytest.mark.parametrize("case", DATED)
def test_json_ld_is_read_however_it_nests(case):
    assert claims(json_ld(DATED[case])).dates[0] == ("D", DateOrigin.JSON_LD)


@pytest.mark.parametrize("block", BROKEN)
def test_broken_json_ld_is_passed_over(block):
    found = claims(json_ld(block) + json_ld(ARTICLE))
    assert found.dates == (("D", DateOrigin.JSON_LD),)


def test_lists_that_contain_themselves_by_name_only_end():
    deep = ARTICLE
    for _ in range(300):
        deep = {"@type": "WebPage", "mainEntity": [deep, {"@graph": []}]}
    assert claims(json_ld(deep)).dates == (("D", DateOrigin.JSON_LD),)


def test_dates_come_in_the_order_of_trust():
    found = claims(
        "<meta name=date content=M2><meta property=article:published_time content=M1>" + json_ld(ARTICLE),
        "<h1>T</h1><time datetime=T1>now</time><time datetime=T2></time>",
    )
    assert [text for text, _ in found.dates] == ["D", "M1", "M2", "T1"]
    assert [origin for _, origin in found.dates] == [
        DateOrigin.JSON_LD,
        DateOrigin.META,
        DateOrigin.META,
        DateOrigin.TIME_TAG,
    ]


TIMES = {
    "<time datetime=OLD></time><h1>T</h1><time datetime=D></time>": ("D",),
    "<time datetime=OLD></time><h1>T</h1><time itemprop=datePublished datetime=D></time>": ("D",),
    "<time datetime=OTHERS></time><p>no headline</p>": (),
    "<h1>T</h1><time>yesterday</time>": (),
    "<p><time datetime=D>1 May</time></p><h1>T</h1><p>Text.</p>": ("D",),
    "<p><time datetime=OLD></time></p><h1>T</h1><time datetime=D></time>": ("D",),
    f"<h1>T</h1><p>{'Text. ' * 15}</p><p>{'Text. ' * 15}</p><time datetime=OTHERS></time>": (),
    "<h1>T</h1><time datetime=2026-11-17T12:00:00Z>17 November</time>": ("2026-11-17",),
    "<h1>T</h1><time datetime=2026-11-17T12:00:00Z>17 November, 16:00</time>": ("2026-11-17T12:00:00Z",),
}


@pytest.mark.parametrize("body", TIMES)
def test_only_a_time_that_belongs_to_the_article_counts(body):
    assert tuple(text for text, _ in claims(body=body).dates) == TIMES[body]


TITLES = {
    "<title>Session in Astana</title>": "Session in Astana",
    "<title>Talks | Report Agency</title><meta property=og:site_name content='Report Agency'>": "Talks",
    "<title>Session in Astana - report-agency.az</title>": "Session in Astana",
    "<title>Report-Agency — Session in Astana</title>": "Session in Astana",
    "<title>Talks - and what came of them</title>": "Talks - and what came of them",
    "<title>Site</title><meta property=og:title content='Session in Astana'>": "Session in Astana",
    "<title>A &amp;amp; B meet in Astana</title>": "A & B meet in Astana",
    "<title>Şura\u202e\u0000 iclası\n\n keçirilib</title>": "Şura iclası keçirilib",
    "<title>  </title>": None,
}


@pytest.mark.parametrize("head", TITLES)
def test_titles_lose_the_name_of_the_site(head):
    assert claims(head).title == TITLES[head]


def test_the_form_that_most_others_repeat_is_the_title():
    head = "<title>Session held in Astana | Site</title><meta property=og:title content='You will not believe this'>"
    assert claims(head, "<h1>Session held in Astana</h1>").title == "Session held in Astana"


CANONICAL = {
    "<link rel=canonical href=https://example.org/a>": "https://example.org/a",
    "<link rel=canonical href=/news/1>": "https://www.report-agency.az/news/1",
    "<link rel=CANONICAL href=//example.org/a>": "https://example.org/a",
    "<meta property=og:url content=https://example.org/b>": "https://example.org/b",
    "<link rel=canonical href='javascript:alert(1)'><meta property=og:url content=/b>": "https://www.report-agency.az/b",
    "<link rel=canonical href='http://[::1/'>": None,
    "<link rel=canonical href=''>": None,
    "<link rel=canonical href='https://example.org/%s'>" % ("a" * 5000): None,
    "": None,
}


@pytest.mark.parametrize("head", CANONICAL)
def test_the_claimed_address_is_resolved_or_dropped(head):
    assert claims(head).canonical_url == CANONICAL[head]
