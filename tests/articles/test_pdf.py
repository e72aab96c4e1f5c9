"""A press release in a PDF is an article; a scan, a locked or a broken file is said to be one."""

from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pages import BAKU, URL, page
from pdf_file import pdf

from readout.articles.extract import extract
from readout.articles.pdf import PdfError, is_pdf, read_pdf
from readout.date_origin import DateOrigin
from readout.finding import Rejected
from readout.model import Link, OutcomeKind

RELEASE = (
    "О заседании Совета руководителей органов",
    "безопасности и специальных служб",
    "",
    "4 октября в Астане состоялось заседание Совета руководителей органов",
    "безопасности и специальных служб. Участники обсудили совместные ме-",
    "ры против терроризма.",
    "Следующее заседание пройдет в Душанбе в мае будущего года, сообщает",
    "пресс-служба ведомства.",
)
TITLE = "О заседании Совета руководителей органов безопасности и специальных служб"
TEXT = (
    "4 октября в Астане состоялось заседание Совета руководителей органов безопасности и специальных служб. "
    "Участники обсудили совместные меры против терроризма.\n"
    "Следующее заседание пройдет в Душанбе в мае будущего года, сообщает пресс-служба ведомства."
)


def read(body, content_type="application/pdf", link=None):
    return extract(page(body, content_type), link=link or Link(url=URL), zone=BAKU)


def test_a_press_release_is_an_article():
    article = read(pdf([RELEASE]))
    assert article.title == TITLE
    assert article.text == TEXT
    assert article.language == "ru"
    assert article.published is None


def test_only_the_links_date_is_believed():
    link = Link(url=URL, published=datetime(2024, 10, 4, 8, tzinfo=UTC))
    article = read(pdf([RELEASE]), link=link)
    assert (article.published, article.published_from) == (link.published, DateOrigin.LINK)


@pytest.mark.parametrize(
    "content_type", ["application/pdf; charset=binary", "application/octet-stream", "text/html", ""]
)
def test_a_pdf_is_known_by_its_bytes(content_type):
    assert read(pdf([RELEASE]), content_type).title == TITLE


TITLES = {
    "Заявление министра": "Заявление министра",
    TITLE.upper(): TITLE.upper(),
    "Microsoft Word - release_final.doc": TITLE,
    "press-release.docx": TITLE,
    "Untitled1": TITLE,
    "": TITLE,
}


@pytest.mark.parametrize("stated", TITLES)
def test_the_title_is_stated_or_the_first_line(stated):
    article = read(pdf([RELEASE], title=stated))
    assert article.title == TITLES[stated]
    assert article.text.endswith(TEXT)


def test_a_hyphen_at_a_lines_end_is_the_words_own_where_that_is_rare():
    lines = ["Заседание прошло в Астане, участники обсудили меры, как сообщает пресс-", "служба ведомства на сайте и"]
    lines += ["в сообщении для печати, которое разослано сегодня утром всем редакциям и"] * 30
    assert "пресс-служба ведомства" in read_pdf(pdf([lines])).text


def test_a_paragraph_may_go_over_a_page():
    two = read_pdf(pdf([RELEASE[:5], RELEASE[5:]]))
    assert "терроризма" in two.text
    assert len(read_pdf(pdf([[f"Page {n} of a long report."] for n in range(120)])).text.split("\n")) == 100


def test_a_scan_is_unsupported():
    answer = read(pdf([[], []]))
    assert isinstance(answer, Rejected)
    assert answer.outcome is OutcomeKind.UNSUPPORTED
    assert "holds no text" in answer.reason


WHOLE = pdf([RELEASE])
BROKEN = {
    "rubbish": b"%PDF-1.7\n" + b"rubbish " * 40,
    "cut": WHOLE[:600],
    "no end": WHOLE[: WHOLE.index(b"startxref")],
    "a page tree that holds itself": WHOLE.replace(b"/Kids [6 0 R]", b"/Kids [2 0 R]"),
    "no pages": WHOLE.replace(b"/Type /Catalog /Pages 2 0 R", b"/Type /Catalog"),
    "html called a pdf": b"<html><body>Not found</body></html>",
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_file_is_no_article_and_breaks_nothing(case):
    answer = read(BROKEN[case])
    assert isinstance(answer, Rejected)
    assert answer.outcome in (OutcomeKind.UNREADABLE, OutcomeKind.UNSUPPORTED)


@settings(max_examples=60)
@given(st.integers(9, len(WHOLE) - 1), st.binary(min_size=1, max_size=12))
def test_no_damage_raises_anything_else(at, damage):
    body = WHOLE[:at] + damage + WHOLE[at + len(damage) :]
    with suppress(PdfError):
        read_pdf(body)


def test_a_page_that_speaks_of_pdf_is_none():
    assert not is_pdf(b"<html>\n%PDF-1.7")
    assert is_pdf(b"\r\n\n%PDF-1.4")
