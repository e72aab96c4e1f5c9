"""What link, rules and page say of a day is weighed; a wrong date is worse than none."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from pages import PARAGRAPHS, URL, html, page

from readout.articles.extract import extract
from readout.date_origin import DateOrigin
from readout.model import Link
from readout.site_rules import DateRules, PageRules

BAKU = ZoneInfo("Asia/Baku")  # UTC+4
FETCHED = datetime(2026, 11, 1, 12, tzinfo=UTC)  # 16:00 in Baku
NEW = FETCHED - timedelta(hours=2)
META = '<meta property="article:published_time" content="{}">'


def dated(*, head="", before="", link=None, rules=None, new_at=None, paragraphs=PARAGRAPHS, url=URL):
    body = html(paragraphs, head=f"<title>Session in Astana</title>{head}", before=f"<h1>Session</h1>{before}")
    given = PageRules(date=rules or DateRules())
    return extract(page(body, url=url), link=link or Link(url=url), zone=BAKU, rules=given, new_at=new_at)


def of(year, month, day, hour=None, minute=0):
    """A time in Baku; a day alone is its midnight."""
    return datetime(year, month, day, hour or 0, minute, tzinfo=BAKU).astimezone(UTC), hour is None


CSS = DateRules(css=".post_time", formats=("%d %B %Y %H:%M",), locale="ru")
BARE_CSS = DateRules(css=".post_time", locale="az")
URL_DATE = DateRules(url=r"/(?P<y>\d{4})(?P<m>\d\d)(?P<d>\d\d)/")
URL_TIME = DateRules(url=r"/(?P<y>\d{4})(?P<m>\d\d)(?P<d>\d\d)-(?P<H>\d\d)(?P<M>\d\d)/")


def at(text, attributes=""):
    return f'<div class="post_time" {attributes}>{text}</div>'


RULED = {
    "by format": (at("25 Июня 2026 17:24"), CSS, URL, of(2026, 6, 25, 17, 24)),
    "among other words": (at("25 Июня 2026 17:24 | 345 просмотров"), CSS, URL, of(2026, 6, 25, 17, 24)),
    "by attribute": (at("today", "datetime=2026-06-25T17:24"), BARE_CSS, URL, of(2026, 6, 25, 17, 24)),
    "in digits": (at("25.06.2026 17:24"), BARE_CSS, URL, of(2026, 6, 25, 17, 24)),
    "in words without a format": (at("25 iyun 2026, 17:24"), BARE_CSS, URL, of(2026, 6, 25, 17, 24)),
    "the first that says anything": (at("soon") + at("25 iyun 2026"), BARE_CSS, URL, of(2026, 6, 25)),
    "by address": ("", URL_DATE, "https://example.org/20260923/slug-1.html", of(2026, 9, 23)),
    "by address with a time": ("", URL_TIME, "https://example.org/20260923-0906/1", of(2026, 9, 23, 9, 6)),
    "a clock with the address's day": (
        at("17:35"), DateRules(css=".post_time", url=URL_DATE.url), "https://example.org/20260923/1",
        of(2026, 9, 23, 17, 35),
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", RULED)
def test_a_rule_finds_the_date(case):
    before, rules, url, expected = RULED[case]
    article = dated(before=before, rules=rules, url=url, head=META.format("2026-01-01T10:00"))
    assert (article.published, article.published_day_only) == expected
    assert article.published_from in (DateOrigin.SELECTOR, DateOrigin.ADDRESS)
    assert article.missed_rules == ()


MISSED = {
    "no element": (CSS, URL, "", ("date.css",)),
    "no date in it": (CSS, URL, at("recently"), ("date.css",)),
    "prose": (CSS, URL, at("x" * 400), ("date.css",)),
    "no such address": (URL_DATE, URL, "", ("url_date",)),
    "no such day": (URL_DATE, "https://example.org/20261399/1", "", ("url_date",)),
    "a selector that is none": (DateRules(css="div["), URL, "", ("date.css",)),
}


@pytest.mark.parametrize("case", MISSED)
def test_a_rule_that_finds_nothing_gives_way_and_is_named(case):
    rules, url, before, missed = MISSED[case]
    article = dated(before=before, rules=rules, url=url, head=META.format("2026-01-02T10:00"))
    assert article.published == of(2026, 1, 2, 10)[0]
    assert article.published_from is DateOrigin.META
    assert article.missed_rules == missed


def test_where_a_rule_missed_the_page_is_not_searched():
    stray = f"<p>{'A long first paragraph. ' * 10}</p><footer><span class=date>2024-10-04</span></footer>"
    assert dated(before=stray).published_from is DateOrigin.HTMLDATE
    assert dated(before=stray, rules=CSS).published is None


def test_the_link_comes_before_the_rule():
    link = Link(url=URL, published=datetime(2026, 6, 24, 8, tzinfo=UTC))
    article = dated(before=at("25 Июня 2026 17:24"), rules=CSS, link=link)
    assert (article.published, article.published_from) == (link.published, DateOrigin.LINK)


@pytest.mark.parametrize(
    ("claim", "expected"),
    [
        ("2026-06-25T17:24+04:00", of(2026, 6, 25, 17, 24)),
        ("2026-06-24T23:24Z", of(2026, 6, 25, 3, 24)),
        ("2026-06-26T17:24+04:00", of(2026, 6, 25)),
        ("2026-06-25", of(2026, 6, 25)),
    ],
)
def test_a_days_link_takes_the_time_that_agrees_with_it(claim, expected):
    link = Link(url=URL, published=of(2026, 6, 25)[0], published_day_only=True)
    article = dated(head=META.format(claim), link=link)
    assert (article.published, article.published_day_only) == expected
    assert (article.published_day, article.published_from) == (date(2026, 6, 25), DateOrigin.LINK)


# --- what needs a page that was just found ---------------------------------------------------------------------------

FRESH = {
    "a clock": (at("15:35"), NEW, of(2026, 11, 1, 15, 35)),
    "a clock that has not come yet": (at("17:35"), NEW, None),
    "a clock on a page found yesterday": (at("15:35"), NEW - timedelta(days=1), None),
    "a clock on a page of any age": (at("15:35"), None, None),
    "a day without a year": (at("31 oktyabr"), NEW, of(2026, 10, 31)),
    "with a time": (at("31 oktyabr, 09:15"), NEW, of(2026, 10, 31, 9, 15)),
    "today": (at("1 noyabr"), NEW, of(2026, 11, 1)),
    "tomorrow": (at("2 noyabr"), NEW, None),
    "of the last months": (at("5 avqust"), NEW, of(2026, 8, 5)),
    "of half a year ago": (at("5 may"), NEW, None),
    "of next month": (at("11 dekabr"), NEW, None),
    "on a page of any age": (at("31 oktyabr"), None, None),
    "around the new year": (at("30 dekabr"), datetime(2026, 1, 2, tzinfo=UTC), of(2025, 12, 30)),
    "29 February of a year without one": (at("29 fevral"), NEW, None),
}


@pytest.mark.parametrize("case", FRESH)
def test_what_is_written_in_part_counts_where_one_reading_is_left(case):
    before, new_at, expected = FRESH[case]
    article = dated(before=before, rules=BARE_CSS, new_at=new_at)
    assert (article.published, article.published_day_only) == (expected or (None, False))


SENTENCES = {
    "On May 16, 2026 the session was held in Dushanbe.": ("en", None, of(2026, 5, 16)),
    "25 октября 2025 года в Алматы прошло заседание Совета.": ("ru", None, of(2025, 10, 25)),
    "On October 16th the session was held in Samarkand.": ("en", NEW, of(2026, 10, 16)),
    "Oktyabrın 16-da Səmərqənddə Şuranın iclası keçirilib.": ("az", NEW, of(2026, 10, 16)),
    "DUSHANBE, October 16.\nThe session was held on Thursday.": ("en", NEW, of(2026, 10, 16)),
    "On October 16th the session was held in Samarkand. ": ("en", None, None),
    "On October 15-16 the session was held in Samarkand.": ("en", NEW, None),
    "On October 16th, a year after 4 October 2025, the session was held.": ("en", NEW, None),
    "The session was held. On October 16th the guests left.": ("en", NEW, None),
    "On December 4, 2026 the session will be held in Minsk.": ("en", NEW, None),
    "On October 25, 2018 the council was founded in Almaty.": ("en", NEW, None),
    "The council may 4 times a year meet in Astana, it said.": ("en", NEW, None),
}


@pytest.mark.parametrize("sentence", SENTENCES)
def test_the_first_sentence_names_the_day(sentence):
    locale, new_at, expected = SENTENCES[sentence]
    rules = DateRules(first_sentence=True, locale=locale)
    article = dated(paragraphs=(*sentence.split("\n"), *PARAGRAPHS[1:]), rules=rules, new_at=new_at)
    assert (article.published, article.published_day_only) == (expected or (None, False))
    assert article.missed_rules == (() if expected else ("date.text",))
    assert article.published_from is (DateOrigin.FIRST_SENTENCE if expected else None)


def test_a_first_sentence_without_a_day_gives_way_to_what_the_page_claims():
    article = dated(rules=DateRules(first_sentence=True), head=META.format("2026-01-02T10:00"))
    assert article.published == of(2026, 1, 2, 10)[0]


# --- pages without rules ---------------------------------------------------------------------------------------------

LEAD = "A lead of more than eighty signs that tells in one sentence what the page is all about."
SHOWN = {
    "under the headline": ("<div>25 Июня 2026, 17:24</div>", None, of(2026, 6, 25, 17, 24)),
    "with a counter": ("<div>25 iyun 2026 | 17:24 | 345</div>", None, of(2026, 6, 25, 17, 24)),
    "twice, once with its time": ("<p>25.06.2026</p><p>25 июня 2026, 17:24</p>", None, of(2026, 6, 25, 17, 24)),
    "another item's day beside it": ("<i>25 июня 2026</i><a>Other news</a><i>26 июня 2026</i>", None, None),
    "no year": ("<div>31 октября</div>", NEW, of(2026, 10, 31)),
    "no year on a page of any age": ("<div>31 октября</div>", None, None),
    "a day to come": ("<div>25 июня 2027</div>", None, None),
    "below a lead": (f"<p>{LEAD}</p><i>25 июня 2026, 17:24</i>", None, of(2026, 6, 25, 17, 24)),
    "other items' days below the text": (
        f"<i>25.06.2026</i><p>{LEAD}</p><p>{LEAD}</p><i>26.06.2026</i>",
        None,
        of(2026, 6, 25),
    ),
    "its time in an element beside": ("<p><b>17:24</b> <i>25 июня 2026</i></p>", None, of(2026, 6, 25, 17, 24)),
    "two times beside it": ("<p><i>25 июня 2026</i> <b>17:24</b> <b>18:30</b></p>", None, of(2026, 6, 25)),
    "a script between": (f"<script>{'x = 1; ' * 40}</script><i>25 июня 2026</i>", None, of(2026, 6, 25)),
    "below the first paragraph": (f"<p>{'A long first paragraph. ' * 10}</p><i>25 июня 2026</i>", None, None),
}


@pytest.mark.parametrize("case", SHOWN)
def test_a_day_between_headline_and_article(case):
    before, new_at, expected = SHOWN[case]
    article = dated(before=before, new_at=new_at)
    assert (article.published, article.published_day_only) == (expected or (None, False))
    assert article.published_from is (DateOrigin.BYLINE if expected else None)


ABOVE = {
    "a day": ("<div>Events 15 October 2021</div>", "", None, of(2021, 10, 15)),
    "a day with its time": ("<p>17:24 / 25.06.2026</p>", "", None, of(2026, 6, 25, 17, 24)),
    "the nearest only": ("<p>25.06.2026</p><p>Events</p>", "", None, None),
    "a long piece": (f"<p>25.06.2026 {LEAD}</p>", "", None, None),
    "the page's frame": ("<header>25.06.2026</header>", "", None, None),
    "a time alone": ("<div>Events 15:35</div>", "", NEW, None),
    "a day below counts more": ("<p>25.06.2026</p>", "<p>24.06.2026</p>", None, of(2026, 6, 24)),
    "the time of the day below": ("<p>24.06.2026 17:24</p>", "<p>24.06.2026</p>", None, of(2026, 6, 24, 17, 24)),
    "today's day": ("<p>01.11.2026</p>", "", None, None),
    "today's day on a new page": ("<p>01.11.2026</p>", "", NEW, of(2026, 11, 1)),
    "a time element": ("<p><time datetime=2026-06-25T17:24>today</time></p>", "", None, of(2026, 6, 25, 17, 24)),
    "a smaller heading that is the title": ("", "", None, of(2026, 6, 25)),
}


@pytest.mark.parametrize("case", ABOVE)
def test_a_day_right_above_the_headline(case):
    above, below, new_at, expected = ABOVE[case]
    heading = "<h1>T</h1>" if above else "<h2>Other</h2><h2>T</h2><i>25.06.2026</i>"
    paragraphs = "".join(f"<p>{text}</p>" for text in PARAGRAPHS)
    body = f"<html><head><title>T - Site</title></head><body>{above}{heading}{below}{paragraphs}</body></html>"
    article = extract(page(body), link=Link(url=URL), zone=BAKU, new_at=new_at)
    assert (article.published, article.published_day_only) == (expected or (None, False))


def test_a_time_above_the_headline_is_that_of_a_day_told_today():
    sentence = "On November 1 the session was held in Samarkand."
    before = "<div>Events 15:35</div><h1>Guests in Samarkand</h1>"
    body = html((sentence, *PARAGRAPHS[1:]), head="<title>Guests in Samarkand</title>", before=before)
    rules = PageRules(date=DateRules(first_sentence=True))
    for new_at, expected in ((NEW, of(2026, 11, 1, 15, 35)), (FETCHED - timedelta(days=30), (None, False))):
        article = extract(page(body), link=Link(url=URL), zone=BAKU, rules=rules, new_at=new_at)
        assert (article.published, article.published_day_only) == expected


def test_the_day_above_the_headline_comes_before_the_first_sentence():
    body = html(("On October 14th the session was held.", *PARAGRAPHS[1:]), before="<div>15.10.2026</div><h1>T</h1>")
    rules = PageRules(date=DateRules(first_sentence=True))
    article = extract(page(body), link=Link(url=URL), zone=BAKU, rules=rules, new_at=NEW)
    assert (article.published_day, article.published_from) == (date(2026, 10, 15), DateOrigin.BYLINE)


def test_a_page_made_to_be_slow_is_not():
    many = "<i>25.06.2026</i>" * 20_000
    body = f"<html><body><div>{many}</div><h1>T</h1><div><div><div>{many}</div></div></div></body></html>"
    assert extract(page(body), link=Link(url=URL), zone=BAKU)


FRAMES = {
    "today's rate above the article": "<div class=date>01.11.2026</div>",
    "today's rate with its day in ISO": "<span class=date>2026-11-01</span>",
    "a day to come": "<div class=date>2026-12-24</div>",
    "a copyright's year": "<footer>© 2019-2026</footer>",
}


@pytest.mark.parametrize("case", FRAMES)
def test_a_day_in_a_pages_frame_is_none(case):
    paragraphs = "".join(f"<p>{text}</p>" for text in PARAGRAPHS)
    body = f"<html><head><title>T</title></head><body>{FRAMES[case]}<h1>T</h1>{paragraphs}</body></html>"
    assert extract(page(body), link=Link(url=URL), zone=BAKU).published is None


BAD_CLAIM = '<meta property="{}" content="2026-06-25T10:00:00Z">'
OTHER = '{{"@type": "NewsArticle", "url": "https://example.org/news/{}", "datePublished": "2026-06-2{}"}}'
LIST = '<script type="application/ld+json">{{"@type": "ItemList", "itemListElement": [{}]}}</script>'
CARD = "<p>" + "word " * 40 + "</p><i class=date>2026-06-{}</i>"
NO_DAYS = {
    "changed": (BAD_CLAIM.format("article:modified_time"), ""),
    "changed, by an older name": ('<meta name="last-modified" content="2026-06-25">', ""),
    "changed, in a script": (
        '<script type="application/ld+json">{"@type": "NewsArticle", "dateModified": "2026-06-25"}</script>', "",
    ),
    "a year of rights": ('<meta itemprop="copyrightYear" content="2024">', ""),
    "two readings": (META.format("03/04/2026"), ""),
    "other stories": (f'<script type="application/ld+json">[{OTHER.format(7, 4)}, {OTHER.format(8, 5)}]</script>', ""),
    "a list of others": (LIST.format(OTHER.format(7, 4)), ""),
    "changed, beside the headline": ("", "<div>Last updated: 25 June 2026</div>"),
    "changed, the word apart": ("", "<div><b>Обновлено:</b> <i>25.06.2026</i></div>"),
    "an event": ("", "<div>Event date: 25 June 2026</div>"),
    "a lead": ("", "<p>The session of the council was held on 25 June 2026.</p>"),
    "lists of others": ("", CARD.format(24) + CARD.format(25)),
}  # fmt: skip


@pytest.mark.parametrize("case", NO_DAYS)
def test_a_day_of_a_change_an_event_or_another_story_is_none(case):
    head, before = NO_DAYS[case]
    assert dated(head=head, before=before, new_at=NEW).published is None


def test_the_day_of_publication_stands_beside_that_of_a_change():
    before = "<span>Updated: 25.06.2026</span><span>Published: 20.06.2026</span>"
    assert dated(before=before).published == of(2026, 6, 20)[0]


def test_a_video_of_years_ago_gives_no_article_its_day():
    video = '<script type="application/ld+json">{"@type": "VideoObject", "uploadDate": "2020-01-10"}</script>'
    article = dated(head=video, before='<time datetime="2026-06-25T17:24">25 June</time>')
    assert article.published == of(2026, 6, 25, 17, 24)[0]


@pytest.mark.parametrize("path", ["99999999999999999999/1/1", "2026/1/1/99999999999999999999"])
def test_an_address_with_endless_numbers_breaks_nothing(path):
    rules = DateRules(url=r"/(?P<y>\d+)/(?P<m>\d+)/(?P<d>\d+)(?:/(?P<H>\d+))?")
    assert dated(rules=rules, url=f"https://example.org/{path}").title == "Session in Astana"


def test_a_format_without_a_year_reads_none_beside_one():
    rules = DateRules(css=".post_time", formats=("%d %B",), locale="en")
    assert dated(before=at("20 October 2019"), rules=rules, new_at=NEW).published == of(2019, 10, 20)[0]


@pytest.mark.parametrize("stated", ["2026-10-31T00:00:00+99:99", "2026-10-31T10:00:00-25:00", "0001-01-01T00:00+14"])
def test_a_date_that_no_calendar_has_costs_the_page_nothing(stated):
    article = dated(head=META.format(stated), before=f'<time datetime="{stated}">{stated}</time>')
    assert article.title == "Session in Astana"
