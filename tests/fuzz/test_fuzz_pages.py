"""Pages of any kind at the extractor's door, and whatever was read from them in a mail."""

import unicodedata
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from readout.articles.clean import clean_line, clean_text
from readout.articles.extract import extract
from readout.channels.mail.compose import compose
from readout.channels.mail.wire import seal
from readout.config import Mail
from readout.finding import Rejected
from readout.model import AlertKind, Link, Page
from readout.site_rules import DateRules, PageRules
from tests.channels.test_hostile import EXPECTED, HOSTILE, PIECES, READER, hostile
from tests.fuzz.chaos import TEXT, fuzzed, golden_pages, mutated, seed

URL = "https://agency.example/news/1"
FETCHED = datetime(2026, 11, 1, 12, tzinfo=UTC)
OURS = [seed("article.html"), seed("listing.html"), seed("telegram.html")]
PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Kids[2 0 R]/Count 9>>endobj trailer<</Root 1 0 R>>"
)
KINDS = st.sampled_from(
    [
        *(
            "text/html",
            "text/html; charset=utf-8",
            "text/html; charset=utf-16",
            'TEXT/HTML;charset="windows-1251',
            "",
            "\0",
        ),
        *(
            "application/xhtml+xml",
            "text/plain; charset=cp037",
            "application/pdf",
            "text/html; charset=idna",
            "image/png",
        ),
    ]
)
RULED = PageRules(
    title="h1", body="article", drop=("nav",), encoding="windows-1251", date=DateRules(css=".date", first_sentence=True)
)


@fuzzed(40)
@given(mutated(*OURS) | mutated(*golden_pages()) | mutated(PDF), KINDS, st.sampled_from([PageRules(), RULED]))
def test_a_page_is_an_article_or_says_why_not(body: bytes, kind: str, rules: PageRules) -> None:
    page = Page(url=URL, final_url=URL, status=200, body=body, content_type=kind, fetched_at=FETCHED)
    read = extract(page, link=Link(url=URL), zone=ZoneInfo("Asia/Baku"), rules=rules)
    if isinstance(read, Rejected):
        assert read.reason
        assert clean_line(read.evidence) == read.evidence
        return
    assert clean_text(read.text) == read.text
    assert read.title is None or clean_line(read.title) == read.title
    assert unicodedata.is_normalized("NFC", read.text)
    if read.published is not None:
        assert datetime(1990, 1, 1, tzinfo=UTC) <= read.published <= FETCHED + timedelta(days=2)


@fuzzed(25)
@given(
    st.sampled_from(list(AlertKind)),
    st.lists(st.sampled_from([*HOSTILE[:45], *PIECES]) | TEXT, min_size=1, max_size=3).map("".join),
)
def test_a_mail_has_the_headers_that_were_set_and_one_recipient(kind: AlertKind, text: str) -> None:
    mail = Mail(sender="Readout <readout@example.org>", operator="operator@example.org")
    read = message_from_bytes(seal(compose(hostile(kind, text), mail), to=READER), policy=policy.default)
    assert sorted(read.keys()) == sorted(EXPECTED[kind])
    assert [address.addr_spec for address in read["To"].addresses] == [READER]
    assert not {"Bcc", "Cc"} & set(read.keys())
