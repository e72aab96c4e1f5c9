"""One page has one address, and different pages keep different ones."""

from unicodedata import normalize
from urllib.parse import quote

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from readout.articles.urls import canonical_url, without_tracking
from readout.site_rules import UrlRules

SAME = [
    ("HTTP://Example.COM:80/news", "https://example.com/news"),
    ("https://example.com:443", "https://example.com/"),
    ("https://example.com./a", "https://example.com/a"),
    ("https://example.com/a#comments", "https://example.com/a"),
    ("https://example.com/a/../b/./c", "https://example.com/b/c"),
    ("https://example.com/a?b=2&a=1", "https://example.com/a?a=1&b=2"),
    ("https://example.com/a?utm_source=x&utm_medium=y&id=7", "https://example.com/a?id=7"),
    ("https://example.com/a?UTM_Source=x", "https://example.com/a"),
    ("https://example.com/a?fbclid=1&gclid=2&yclid=3&_openstat=4", "https://example.com/a"),
    ("https://example.com/a?from=rss", "https://example.com/a"),
    ("https://example.com/a;jsessionid=0A1B?id=1", "https://example.com/a?id=1"),
    ("https://example.com/a?PHPSESSID=8f14e45fceea167a5a36dedd4bea2543", "https://example.com/a"),
    ("https://example.com/a?sessionid=55", "https://example.com/a?sessionid=55"),
    ("https://example.com/a?pk_id=1", "https://example.com/a?pk_id=1"),
    ("https://example.com/a?pk_campaign=x", "https://example.com/a"),
    ("https://example.com/?ncid=12", "https://example.com/?ncid=12"),
    ("https://example.com/a?ncid=newsltushp", "https://example.com/a"),
    ("https://example.com/#!/news/1", "https://example.com/#!/news/1"),
    ("https://example.com/#/news/1", "https://example.com/#/news/1"),
    ("https://m.com.tr/a", "https://m.com.tr/a"),
    ("https://m.agency.com.tr/a", "https://agency.com.tr/a"),
    ("https://пример.рф/новость", "https://xn--e1afmkfd.xn--p1ai/%D0%BD%D0%BE%D0%B2%D0%BE%D1%81%D1%82%D1%8C"),
    ("https://example.com/caf%c3%a9", "https://example.com/caf%C3%A9"),
    ("  https://example.com/a\n", "https://example.com/a"),
    ("http://[2001:DB8::1]:80/", "https://[2001:db8::1]/"),
    # one path
    ("https://example.com/a/", "https://example.com/a"),
    ("https://example.com//news///a", "https://example.com/news/a"),
    ("https://example.com/a/index.html", "https://example.com/a"),
    ("https://example.com/Default.aspx?id=5", "https://example.com/?id=5"),
    ("https://example.com/index.php?id=5", "https://example.com/?id=5"),
    # one host
    ("http://www.example.com/a", "https://example.com/a"),
    ("https://m.example.com/a", "https://example.com/a"),
    ("https://www.mobile.example.com/a", "https://example.com/a"),
    ("https://lite.example.com/amp/news/7", "https://example.com/news/7"),
    ("https://m.az/a", "https://m.az/a"),
    ("https://www.az/a", "https://www.az/a"),
    # views of one page
    ("https://example.com/a_a3959774/amp", "https://example.com/a_a3959774"),
    ("https://example.com/a/AMP/", "https://example.com/a/AMP"),
    ("https://example.com/a/amp/?amp=1", "https://example.com/a"),
    ("https://example.com/amp/20251127/a-10.html", "https://example.com/20251127/a-10.html"),
    ("https://example.com/a.amp.html", "https://example.com/a.html"),
    ("https://example.com/a?outputType=amp", "https://example.com/a"),
    ("https://example.com/articles/view/5/print", "https://example.com/articles/view/5"),
    ("https://example.com/a?print=Y&id=2", "https://example.com/a?id=2"),
    ("https://example.com/?option=x&id=5&tmpl=component&print=1", "https://example.com/?id=5&option=x"),
    ("https://example.com/amp", "https://example.com/amp"),
    # percent-encoding
    ("https://example.com/single.htm%21id%3D1%40x.html", "https://example.com/single.htm!id=1@x.html"),
    ("https://example.com/%61%7Eb", "https://example.com/a~b"),
    ("https://example.com/и\u0306", "https://example.com/%D0%B9"),
    ("https://example.com/cafe%CC%81", "https://example.com/caf%C3%A9"),
    ("https://example.com/a?q=cafe%CC%81", "https://example.com/a?q=caf%C3%A9"),
    ("https://XN--E1AFMKFD.xn--p1ai/a", "https://xn--e1afmkfd.xn--p1ai/a"),
    ("https://example.com/a?t=%cf%f0", "https://example.com/a?t=%CF%F0"),
]
DIFFERENT = [
    ("https://example.com/a?id=1", "https://example.com/a?id=2"),
    ("https://example.com/a?language=ru", "https://example.com/a?language=uz"),
    ("https://example.com/a?from=2024-01-01", "https://example.com/a?from=2024-02-01"),
    ("http://example.com:8080/a", "http://example.com/a"),
    ("https://example.com/a", "https://example.com/A"),
    ("https://en.example.com/events/5", "https://example.com/events/5"),
    ("https://special.example.com/5", "https://example.com/5"),
    ("https://example.com/en/5", "https://example.com/5"),
    ("https://example.com/a%2Fb", "https://example.com/a/b"),
    ("https://example.com/a?t=%CF%F0", "https://example.com/a?t=%D0%E0"),  # windows-1251
    ("https://example.com/%E8", "https://example.com/%E9"),
    ("https://example.com/a?view=page&id=5", "https://example.com/a?id=5"),
    ("https://example.com/a?print=2024-10-04", "https://example.com/a?print=2024-10-05"),
    ("https://example.com/a?amp=16", "https://example.com/a?amp=50"),
    ("https://example.com/index.php/5", "https://example.com/index.php/6"),
    ("https://example.com/print/5", "https://example.com/5"),
    ("https://example.com/amplifier", "https://example.com/"),
    ("https://example.com/news/print-media", "https://example.com/news"),
    ("https://example.com/news.php?id=1", "https://example.com/news.php"),
]
RULED = [
    (UrlRules(keep=("id",)), "https://example.com/a?id=5&q=2&from=rss", "https://example.com/a?id=5"),
    (UrlRules(keep=("from",)), "https://example.com/a?from=rss", "https://example.com/a?from=rss"),
    (UrlRules(keep=()), "https://example.com/a?id=5", "https://example.com/a"),
    (UrlRules(drop=("q",)), "https://example.com/a?id=5&q=2&utm_source=x", "https://example.com/a?id=5"),
    (
        UrlRules(replace=((r"/index\.php/", "/"), (r"/post/(\d+)/.*", r"/post/\1"))),
        "http://www.example.com/index.php/ru/post/68233/slug/",
        "https://example.com/ru/post/68233",
    ),
    (UrlRules(replace=((r"/view$", "/amp"),)), "https://example.com/a/view", "https://example.com/a"),
    (UrlRules(mirrors=(("old.example.com", "www.example.com"),)), "http://Old.Example.com/a", "https://example.com/a"),
    (UrlRules(mirrors=(("www.example.net", "example.com"),)), "https://m.example.net/a", "https://example.com/a"),
]
NOT_WEB = [
    "",
    "a/b",
    "ftp://example.com/a",
    "javascript:alert(1)",
    "mailto:a@b.c",
    "http://",
    "https:///a",
    "file:///etc",
]
NOT_WEB += ["http://example.com:port/", "http://[::1/", "http://.", "http://\x7fx\x89/"]


@pytest.mark.parametrize(("url", "expected"), SAME)
def test_spellings_of_one_address(url, expected):
    assert canonical_url(url) == expected


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_addresses_that_differ(one, other):
    assert canonical_url(one) != canonical_url(other)


@pytest.mark.parametrize(("rules", "url", "expected"), RULED)
def test_a_sources_own_rules(rules, url, expected):
    assert canonical_url(url, rules) == expected


@pytest.mark.parametrize("url", NOT_WEB)
def test_what_is_no_web_address_is_refused(url):
    with pytest.raises(ValueError):
        canonical_url(url)


ODD = st.text(st.sampled_from("/.;%amprint25eCi\u0306=&"), max_size=25)
HOSTS = st.sampled_from(["Example.com", "www.m.example.com", "www.www.az:443", "пример.рф", "amp.m.az."])
SLUG = st.text(st.sampled_from("abcdefghij0123456789-_ığщй"), min_size=1, max_size=12)
VIEWS = [
    "http://example.com/news/{}",
    "https://www.example.com/news/{}/",
    "https://m.example.com/news/{}/amp",
    "https://example.com/news/{}?amp",
    "https://example.com/amp/news/{}",
    "https://example.com/news/{}/print/?utm_source=x#top",
    "https://example.com//news/{}/index.html",
]


@given(st.sampled_from(VIEWS), st.sampled_from(VIEWS), SLUG, SLUG)
def test_all_views_of_a_page_are_one_and_of_two_pages_two(one, other, slug, other_slug):
    encoded = quote(normalize("NFD", other_slug))
    is_same = canonical_url(one.format(slug)) == canonical_url(other.format(encoded))
    assert is_same == (slug == other_slug)


@given(HOSTS, st.text(max_size=40) | ODD, st.text(max_size=40) | ODD)
@example("Example.com", "a%2%25zz", "q=%zz&utm_x=1&&=")
@example("Example.com", "//", "%")
@example("Example.com", "/amp/amp/print/index.html/amp.amp", "")
@example("Example.com", "%61mp/a/%70rint", "")
def test_a_canonical_address_is_its_own(host, path, query):
    try:
        once = canonical_url(f"https://{host}/{path}?{query}")
    except ValueError:
        assume(False)
    assert canonical_url(once) == once


@pytest.mark.parametrize(
    ("url", "bare"),
    [
        ("https://a.example/1?utm_source=rss&utm_medium=feed", "https://a.example/1"),
        ("https://a.example/1?id=7&fbclid=x#top", "https://a.example/1?id=7"),
        ("https://a.example/1?id=7&lang=ru", "https://a.example/1?id=7&lang=ru"),
        ("https://a.example/1?from=rss", "https://a.example/1?from=rss"),  # may name a page elsewhere
        ("https://a.example/%E2%82%AC?", "https://a.example/%E2%82%AC"),
    ],
)
def test_what_names_the_way_to_a_page_can_be_left_out(url, bare):
    assert without_tracking(url) == bare
