"""One hop from page or row to article, reports and fingerprint."""

from datetime import UTC, date, datetime

import pytest

from readout.catalog import load_knowledge
from readout.date_origin import DateOrigin
from readout.finding import Reading, Rejected
from readout.model import Link, OutcomeKind, Page
from readout.reading.read import RowInput, read_page, read_row
from readout.site_rules import PageRules

URL = "https://example.org/news/55"
TITLE = "55th session of the council held in Tashkent"
TEXT = (
    "On October 4 Tashkent hosted the 55th session of the Council of Heads of Security Agencies and Special Services.\n"
    "The delegations discussed joint measures against terrorism and drug trafficking.\n"
    "A plan of joint work for the next two years was approved at the meeting."
)
HTML = (
    f"<html><head><title>{TITLE}</title><meta name=date content=2024-10-05></head><body><article><h1>{TITLE}</h1>"
    + "".join(f"<p>{line}</p>" for line in TEXT.split("\n"))
    + "</article></body></html>"
)


@pytest.fixture(scope="module")
def knowledge():
    return load_knowledge()


def page(body=HTML, content_type="text/html"):
    at = datetime(2024, 10, 6, tzinfo=UTC)
    return Page(url=URL, final_url=URL, status=200, body=body.encode(), content_type=content_type, fetched_at=at)


def test_a_page_becomes_a_reading(knowledge):
    reading = read_page(page(), link=Link(url=URL), zone="Asia/Tashkent", knowledge=knowledge)
    assert isinstance(reading, Reading)
    assert reading.article.text == TEXT
    assert reading.article.published == datetime(2024, 10, 4, 19, tzinfo=UTC)
    assert reading.recognition.is_report
    assert len(reading.fingerprint.signature) == 512


def test_an_outlets_own_report_credits_nobody(knowledge):
    told = page(HTML.replace("The delegations", "As TASS reported, the minister told Caliber.Az, the delegations"))
    link, rules = Link(url=URL), PageRules(credits=("told Caliber.Az",))
    assert read_page(told, link=link, zone="UTC", knowledge=knowledge).credit == "tass"
    assert read_page(told, link=link, zone="UTC", knowledge=knowledge, rules=rules).credit is None


def test_a_rejection_is_handed_on(knowledge):
    answer = read_page(page(content_type="image/png"), link=Link(url=URL), zone="UTC", knowledge=knowledge)
    assert isinstance(answer, Rejected)
    assert answer.outcome is OutcomeKind.UNSUPPORTED


def test_a_row_of_text_and_its_page_read_alike(knowledge):
    row = read_row(RowInput(id="1", url=URL, title=TITLE, published="2024-10-05", text=TEXT), knowledge)
    fetched = read_row(RowInput(id="1", url=URL, html=HTML), knowledge)
    assert row.article.text == fetched.article.text
    assert row.fingerprint == fetched.fingerprint
    assert row.recognition == fetched.recognition


PUBLISHED = [
    ("2024-10-05", datetime(2024, 10, 5, tzinfo=UTC), True),
    ("2024-10-05T09:30:00+05:00", datetime(2024, 10, 5, 4, 30, tzinfo=UTC), False),
    ("2024-10", None, False),
    ("2024", None, False),
    ("soon", None, False),
    (None, None, False),
]


@pytest.mark.parametrize(("stated", "expected", "day_only"), PUBLISHED)
def test_a_rows_date_is_taken_as_exactly_as_it_is(knowledge, stated, expected, day_only):
    article = read_row(RowInput(id="1", url=URL, published=stated, text=TEXT), knowledge).article
    assert article.published == expected
    assert article.published_day_only is day_only
    assert article.published_from is (DateOrigin.ROW if expected else None)
    assert article.published_day == (date(2024, 10, 5) if expected else None)


@pytest.mark.parametrize("text", ["", " ", "\x00\ud800", "…", "a" * 300_000])
def test_any_row_is_read(knowledge, text):
    reading = read_row(RowInput(id="1", url=URL, title=text, text=text), knowledge)
    reading.article.text.encode("utf-8")
    assert not reading.recognition.is_report


def test_a_row_of_html_has_its_date_searched(knowledge):
    html = HTML.replace("<meta name=date content=2024-10-05>", "").replace(
        "</h1>", "</h1><i class=date>5 October 2024</i>"
    )
    article = read_row(RowInput(id="1", url=URL, html=html), knowledge).article
    assert article.published == datetime(2024, 10, 5, tzinfo=UTC)
    assert article.published_from is DateOrigin.BYLINE


def test_a_row_of_html_that_says_nothing_is_rejected(knowledge):
    assert isinstance(read_row(RowInput(id="1", url=URL, html="<html></html>"), knowledge), Rejected)
