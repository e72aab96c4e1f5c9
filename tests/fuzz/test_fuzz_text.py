"""Text from outside, whatever it is: addresses, dates, titles, queries. Nothing raises but what is promised."""

import unicodedata
from datetime import UTC, datetime
from urllib.parse import quote
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readout.articles.clean import clean_line, clean_text, harmless
from readout.articles.timestamp import is_believable, read_moment
from readout.articles.urls import canonical_url, without_tracking
from readout.articles.worded_date import read_worded
from readout.catalog import load_sources
from readout.config import shipped_sources
from readout.error import QueryError
from readout.site_rules import UrlRules
from readout.watches.query import LONGEST_QUERY, parse, written
from tests.fuzz.chaos import DATE_WORDS, TEXT, fuzzed

FETCHED = datetime(2026, 11, 1, 12, tzinfo=UTC)
ZONES = st.sampled_from([None, *map(ZoneInfo, ("UTC", "Asia/Tehran", "Pacific/Kiritimati", "America/New_York"))])
HOSTS = [
    "a.example",
    "www.m.a.example:80",
    "[::1]",
    "[",
    "пример.рф",
    "a.example:99999",
    "u:p@a.example",
    ".",
    "\x7f⼌\x89Es",
]
ADDRESSES = st.builds(
    lambda scheme, host, rest: f"{scheme}://{host}/{rest}",
    st.sampled_from(["http", "https", "HTTPS", "ftp", "javascript", ""]),
    st.sampled_from(HOSTS) | TEXT,
    st.text(st.sampled_from("/.;%amprint25eCi\u0306=&?#!\\ \t\r\n\0\ud800[]@:"), max_size=40) | TEXT,
)
# Every rule of the catalogue that spells addresses.
RULES = sorted({source.url_rules for source in load_sources([shipped_sources()]).values()}, key=repr)


@fuzzed(150)
@given(ADDRESSES | TEXT)
def test_an_address_has_one_spelling_or_is_refused(url: str) -> None:
    try:
        once = canonical_url(url)
    except ValueError:
        return
    assert canonical_url(once) == once
    assert once.isprintable()
    without_tracking(url)


@fuzzed(150)
@given(ADDRESSES | TEXT, st.sampled_from(RULES))
def test_a_sources_rules_refuse_an_address_or_spell_it(url: str, rules: UrlRules) -> None:
    try:
        assert canonical_url(url, rules)
    except ValueError:
        return


PATHS = st.lists(st.text(st.sampled_from("abz019-_ığщйé.~"), min_size=1, max_size=6), min_size=1, max_size=3)


@fuzzed(150)
@given(PATHS, PATHS, st.integers(0, 99), st.integers(0, 99))
def test_two_pages_are_never_one(one: list[str], other: list[str], number: int, other_number: int) -> None:
    """Paths whose parts have no meaning but to tell pages apart, and a number that is asked for."""
    both = [("/".join(f"p{quote(part)}q" for part in path), n) for path, n in ((one, number), (other, other_number))]
    keys = {canonical_url(f"https://a.example/{path}?id={n}") for path, n in both}
    assert len(keys) == len({(*map(_composed, path), n) for path, n in ((one, number), (other, other_number))})


def _composed(text: str) -> str:
    return unicodedata.normalize("NFC", text)


@fuzzed(200)
@given(DATE_WORDS | TEXT, ZONES)
def test_a_machines_date_is_a_moment_or_none(text: str, zone: ZoneInfo | None) -> None:
    moment = read_moment(text, zone)
    if moment is not None:
        assert moment.at.tzinfo is UTC
        assert is_believable(moment, FETCHED) == (moment.at.year >= 1995 and (moment.at - FETCHED).days < 1)


@fuzzed(200)
@given(
    DATE_WORDS | TEXT,
    ZONES,
    st.sampled_from([None, "ru", "az", "kk", "fa", "en"]),
    st.sampled_from([(), ("%d %B %Y",)]),
)
def test_a_worded_date_is_a_moment_of_our_times_or_none(
    text: str, zone: ZoneInfo | None, locale: str | None, formats: tuple[str, ...]
) -> None:
    moment = read_worded(text, formats, locale, zone or UTC)
    assert moment is None or 1989 <= moment.at.year <= 2100


@fuzzed(200)
@given(TEXT)
def test_clean_text_stays_as_it_is_and_holds_nothing_that_misleads(text: str) -> None:
    for clean in (clean_text, clean_line):
        once = clean(text)
        assert clean(once) == once
        assert unicodedata.is_normalized("NFC", once)
        assert not {sign for sign in once if unicodedata.category(sign) in ("Cc", "Cs") and sign != "\n"}
    assert "\n" not in clean_line(text)
    assert len(harmless(text)) == len(text)


QUERIES = st.lists(
    st.sampled_from(
        [
            *(
                "body:",
                "day:",
                "session:",
                "confidence:",
                "words:",
                "kind:",
                "person:",
                "-",
                "--",
                ",",
                "..",
                "*",
                "OR",
            ),
            *(
                '"',
                "“",
                "”",
                "«",
                "»",
                "„",
                "(",
                "=",
                ":",
                " ",
                "\t",
                "\u2028",
                "\0",
                "\ud800",
                "2024",
                "2024-02-30",
                "55",
            ),
            *("x", "İ", "ß", "cis-sorb", "held", "0.8", "0050", "９", "e\u0301", "\u200b"),
        ]
    )
    | st.text(max_size=5),
    max_size=12,
).map("".join)


def refusal_of(text: str) -> QueryError | None:
    try:
        parse(text)
    except QueryError as error:
        return error
    return None


@fuzzed(250)
@given(QUERIES | TEXT)
def test_a_query_is_read_and_written_alike_or_its_faults_have_places(text: str) -> None:
    if refusal := refusal_of(text):
        assert refusal.faults
        assert all(0 <= start < end <= max(len(text), 1) + 1 for start, end in refusal.spans)
        assert not {unicodedata.category(sign) for sign in "".join(refusal.faults).replace("\n", "")} & {"Cc", "Cs"}
        return
    query = parse(text)
    assert parse(written(query)) == query
    assert len(written(query)) <= LONGEST_QUERY


@pytest.mark.parametrize("text", ["", "\0", "9" * 5_000, "²" * 20, "4 ²" * 30])
def test_what_hurt_dates_before(text: str) -> None:
    assert read_moment(text, None) is None
    assert read_worded(text, (), None, UTC) is None
