"""What the addresses of a site's articles look like."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readout.surveying.pattern import host_pattern, learn_pattern, likely_articles

CASES = [
    (
        [
            "https://en.apa.az/asia/jordan-says-518023",
            "https://apa.az/social/wage-rises-459952",
            "https://apa.az/sport/x-y-459953",
        ],
        ["https://apa.az/economy/another-one-518024", "https://www.apa.az/new-section/title-1000000"],
        [
            "https://apa.az/",
            "https://apa.az/asia",
            "https://apa.az/tag/nato-518023",
            "https://evil.az/asia/jordan-says-518023",
        ],
    ),
    (
        ["https://dtx.gov.az/en/news/1845.html", "https://dtx.gov.az/en/news/1844.html"],
        ["https://www.dtx.gov.az/en/news/2001.html"],
        [
            "https://dtx.gov.az/en/news",
            "https://dtx.gov.az/en/leadership/1.html",
            "https://dtx.gov.az/en/news/1845.html/x",
        ],
    ),
    (
        ["https://x.org/2026/11/22/some-words-here/", "https://x.org/2026/11/21/more/"],
        ["https://x.org/2027/01/02/other/"],
        ["https://x.org/2026/11/", "https://x.org/author/ann/", "https://x.org/2026/11/22/page/2/"],
    ),
    (
        ["https://cis.minsk.by/news.php?id=10077", "https://cis.minsk.by/news.php?id=10076"],
        ["https://cis.minsk.by/news.php?id=1"],
        [
            "https://cis.minsk.by/news.php",
            "https://cis.minsk.by/page.php?id=10076",
            "https://cis.minsk.by/news.php?page=2",
        ],
    ),
    (
        [
            "https://c.az/en/post/security-chiefs-convene",
            "https://c.az/post/v-baku-proshla-vstrecha",
            "https://c.az/post/a-b-c",
        ],
        ["https://c.az/en/post/one-more-story"],
        ["https://c.az/en/post/", "https://c.az/category/world-and-its-news", "https://c.az/post/search"],
    ),
    (
        ["https://24.kg/obschestvo/312358_v_bishkeke/", "https://24.kg/english/294938_Council/"],
        ["https://24.kg/vlast/1_x/"],
        ["https://24.kg/english/", "https://24.kg/english/page_2/"],
    ),
    (
        ["https://k.uz/news/2026/11/22/bir-ikki", "https://k.uz/uz/news/2026/11/22/uch-tort"],
        ["https://k.uz/news/2026/12/01/besh"],
        ["https://k.uz/news", "https://k.uz/news/2026/12"],
    ),
]


@pytest.mark.parametrize(("articles", "more", "others"), CASES)
def test_a_pattern_matches_what_it_has_not_seen_and_nothing_around(articles, more, others):
    learnt = learn_pattern(articles)
    assert (learnt.matched, learnt.seen) == (len(articles), len(articles))
    assert [url for url in (*articles, *more) if not re.search(learnt.pattern, url)] == []
    assert [url for url in others if re.search(learnt.pattern, url)] == []


@pytest.mark.parametrize(
    "urls", [[], ["https://a.az/"], ["https://a.az/n/x", "https://a.az/n/y"], ["http://["], ["mailto:a"]]
)
def test_without_a_shape_of_their_own_nothing_is_learnt(urls):
    assert learn_pattern(urls) is None


def test_a_shape_that_takes_in_a_known_page_is_not_taken():
    articles = ["https://a.az/one-two-three", "https://a.az/four-five-six"]
    assert learn_pattern(articles) is not None
    assert learn_pattern(articles, ["https://a.az/about-our-agency"]) is None


def test_of_a_page_the_links_of_one_shape_are_its_articles():
    sections = [f"https://a.az/{word}" for word in ("politics", "sport", "economy", "culture")]
    articles = [f"https://a.az/news/{number}" for number in (1001, 1002, 1003)]
    assert likely_articles([*sections, *articles, "https://b.az/news/1004"], "https://a.az/") == articles
    assert likely_articles(sections, "https://a.az/") == []


def test_any_page_of_a_host_but_its_front():
    pattern = host_pattern("www.a-b.az")
    assert re.search(pattern, "https://en.a-b.az/x")
    assert not re.search(pattern, "https://a-b.az/")
    assert not re.search(pattern, "https://evil.az/?https://a-b.az/x")
    assert not re.search(pattern, "https://xa-b.az/x")


@given(st.lists(st.text(alphabet="ab1-_/?=.%&é(*+\\[", min_size=1, max_size=30), min_size=1, max_size=8))
def test_whatever_a_site_calls_its_pages_the_pattern_is_anchored_and_harmless(paths):
    learnt = learn_pattern([f"https://a.az/{path}" for path in paths])
    if learnt is None:
        return
    assert learnt.pattern.startswith("^https?://")
    assert learnt.pattern.endswith("$")
    for sign in ("1", "-", "a-", "-1", "a/", "/"):
        assert re.search(learnt.pattern, f"https://a.az/{sign * 1000}#!") is None
