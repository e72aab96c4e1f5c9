"""A page of bytes becomes an article with the right text and date, or says why not."""

import time
from datetime import UTC, datetime

import pytest
from pages import BAKU, FETCHED, PARAGRAPHS, URL, html, page, read

from readout.articles.extract import LONGEST_TEXT, extract
from readout.date_origin import DateOrigin
from readout.finding import Rejected
from readout.model import Article, Link, OutcomeKind

RUSSIAN = (
    "В Астане состоялось заседание Совета руководителей органов безопасности и специальных служб.",
    "Участники обсудили совместные меры против терроризма, наркоторговли и преступности в сети.",
    "План совместной работы на два года одобрен, место следующего заседания согласовано участниками.",
    "Президент принял руководителей делегаций и пожелал им успехов в работе, сообщает пресс-служба.",
)


def test_an_article_is_read_whole():
    article = read(html())
    assert isinstance(article, Article)
    assert article.url == URL
    assert article.title == "Session in Astana"
    assert article.text == "\n".join(PARAGRAPHS)
    assert article.language == "en"
    assert article.published is None
    assert article.published_from is None


def test_windows_1251_by_meta_alone():
    head = '<meta http-equiv="Content-Type" content="text/html; charset=windows-1251"><title>Заседание</title>'
    article = read(html(RUSSIAN, head=head, before="<h1>Заседание</h1>").encode("cp1251"), "text/html")
    assert article.text == "\n".join(RUSSIAN)
    assert article.title == "Заседание"
    assert article.language == "ru"


def test_plain_text_is_an_article_too():
    article = read("\n\n".join(PARAGRAPHS), "text/plain; charset=utf-8", link=Link(url=URL, title="From the feed"))
    assert article.text == "\n".join(PARAGRAPHS)
    assert article.title == "From the feed"


META = '<title>T</title><meta property="article:published_time" content="2024-10-04T09:30:00+05:00">'
LD = """<script type="application/ld+json">{"@type": "NewsArticle", "datePublished": "2024-10-05"}</script>"""
BAD_LD = """<script type="application/ld+json">{"@type": "NewsArticle", "datePublished": "%s"}</script>"""
TIME = '<h1>T</h1><time datetime="2024-10-06 10:00">6 October</time>'
OCTOBER_3 = Link(url=URL, published=datetime(2024, 10, 3, 8, tzinfo=UTC))
DATES = {
    "link": (META + LD, TIME, OCTOBER_3, "2024-10-03T08:00", DateOrigin.LINK, False),
    "json-ld": (META + LD, TIME, None, "2024-10-04T20:00", DateOrigin.JSON_LD, True),
    "meta": (META, TIME, None, "2024-10-04T04:30", DateOrigin.META, False),
    "time": ("", TIME, None, "2024-10-06T06:00", DateOrigin.TIME_TAG, False),
    "search": ("", "<h1>T</h1><i class=date>4 October 2024</i>", None, "2024-10-03T20:00", DateOrigin.BYLINE, True),
    "a future": (BAD_LD % "2031-01-01" + META, "", None, "2024-10-04T04:30", DateOrigin.META, False),
    "a past": (BAD_LD % "1970-01-01" + META, "", None, "2024-10-04T04:30", DateOrigin.META, False),
    "nonsense": (BAD_LD % "Invalid date" + META, "", None, "2024-10-04T04:30", DateOrigin.META, False),
    "a link's future": (
        META, "", Link(url=URL, published=datetime(2027, 1, 1, tzinfo=UTC)), "2024-10-04T04:30", DateOrigin.META, False,
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", DATES)
def test_dates_and_who_says_so(case):
    head, before, link, expected, origin, day_only = DATES[case]
    article = read(html(head=head, before=before), link=link)
    assert article.published == datetime.fromisoformat(expected).replace(tzinfo=UTC)
    assert article.published_from is origin
    assert article.published_day_only is day_only
    assert article.published_day == article.published.astimezone(BAKU).date()


def test_a_page_of_an_unsupported_kind_says_its_kind():
    for kind in ("application/msword", "image/jpeg", "application/json", "application/rss+xml"):
        answer = read(b"\xd0\xcf\x11\xe0", kind)
        assert answer.outcome is OutcomeKind.UNSUPPORTED
        assert answer.evidence == kind


@pytest.mark.parametrize("body", [b"\x00\xff" * 50, b"PK\x03\x04" + b"a" * 99])
def test_a_file_that_is_called_html_is_still_a_file(body):
    assert read(body, "text/html").outcome is OutcomeKind.UNSUPPORTED


def test_an_unnamed_kind_is_read_as_html():
    assert isinstance(read(html(), ""), Article)


@pytest.mark.parametrize("body", [b"", b"   ", b"<html></html>", b"<html><body><img src=a.jpg></body></html>"])
def test_a_page_without_text_is_unreadable(body):
    assert read(body, "text/html").outcome is OutcomeKind.UNREADABLE


def test_hostile_text_is_made_harmless():
    bad = "The \x00council\u202e met&#0;&#xD800;&#x202e; in Astana\u200b on Friday, its press service said."
    article = read(html([bad, *PARAGRAPHS], head="<title>Met\u202e&#0; in\x1b Astana today</title>", before=""))
    article.text.encode("utf-8")
    assert not {"\x00", "\u202e", "\u200b", "\x1b"} & set(article.text + article.title)
    assert article.text.startswith("The council met")
    assert article.title.startswith("Met")


def test_a_text_without_end_is_cut():
    article = read(html([f"Sentence number {n} of a text that does not want to end." for n in range(8_000)]))
    assert len(article.text) <= LONGEST_TEXT


def test_deep_nesting_is_survived():
    body = "<div>" * 5_000 + "".join(f"<p>{text}</p>" for text in PARAGRAPHS)
    answer = read(f"<html><head><title>Deep</title></head><body>{body}</body></html>")
    assert isinstance(answer, Article | Rejected)


def test_the_address_asked_for_stays_the_key():
    asked = page(html(head='<title>T</title><link rel=canonical href="https://elsewhere.example/x">'))
    article = extract(asked, link=Link(url=URL), zone=BAKU)
    assert article.url == URL
    assert article.canonical_url == "https://elsewhere.example/x"
    assert asked.fetched_at == FETCHED


JOINED = {
    "a blank in an element of its own": "met<span> </span>in Astana",
    "a blank that does not break": "met<b>&nbsp;</b>in Astana",
    "an element that ends a line": "met<div></div>in Astana",
}


@pytest.mark.parametrize("case", JOINED)
def test_words_that_an_empty_element_parts_stay_apart(case):
    article = read(
        html([f"The heads of the security agencies {JOINED[case]} on Friday, the service said.", *PARAGRAPHS])
    )
    assert "met in Astana" in " ".join(article.text.split())


def test_a_word_that_an_empty_element_stands_in_stays_whole():
    article = read(html(["The heads of the secu<b></b>rity agen<wbr>cies met in Astana on Friday.", *PARAGRAPHS]))
    assert "security agencies met" in article.text


def test_empty_elements_without_end_are_taken_out_in_no_time():
    began = time.process_time()
    assert "Astana" in read(html(["<b></b>xy " * 15_000, "<div></div>" * 50_000, *PARAGRAPHS])).text
    assert time.process_time() - began < 8


def test_what_stands_behind_a_million_characters_is_not_looked_at():
    flood = f"<footer>{'. ' * 500_000}</footer>"
    article = read(html((*PARAGRAPHS, f"{flood}<p>{PARAGRAPHS[0]} Too late.")))
    assert isinstance(article, Article)
    assert article.text == "\n".join(PARAGRAPHS)
