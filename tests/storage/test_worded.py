"""The sieve by words loses no meeting that a query asks for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readout.articles.body import LONGEST_TEXT
from readout.storage import worded
from readout.storage.database import open_database
from readout.storage.newest import newest
from readout.storage.word_index import WordIndex, index_of
from readout.watches.match import first_told
from readout.watches.stem import MOST_TEXT
from readout.watching import Filter, Query, Term
from tests.store import store_url
from tests.telling import meeting, session, store, telling

WORDS = (
    "Совет",
    "советы",
    "Нур-Султан",
    "北京会议",
    "ь",
    "Council",
    "councils",
    "İclas",
    "x" * 60,
    "a\u0301b",
    "O'zbek",
    "2024",
    "of",
)
TOLD = [
    ("Совет министров", "Вчера в Нур-Султане прошёл совет ььь."),
    ("Councils meet", "The Council of heads met in 北京会议 on 4 October 2024."),
    (None, "İclas keçirildi; O'zbekiston " + "x" * 70),
    ("á" + "b", "ab of_x"),
]


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    database = open_database(store_url(tmp_path_factory.mktemp("worded")), create=True)
    with database.write() as connection:
        for title, words in TOLD:
            store(connection, meeting(telling(title=title, text=words, report=session())))
    yield database
    database.close()


values = st.builds(
    lambda words, star, quoted: f'"{" ".join(words)}{star}"' if quoted else words[0] + star,
    st.lists(st.one_of(st.sampled_from(WORDS), st.text(min_size=1, max_size=6)), min_size=1, max_size=3),
    st.sampled_from(["", "*"]),
    st.booleans(),
)
terms = st.builds(
    lambda wanted, values, is_not: Term(wanted, tuple(values), is_not),
    st.sampled_from([Filter.TITLE, Filter.TEXT, Filter.WORDS]),
    st.lists(values, min_size=1, max_size=2),
    st.booleans(),
)


@given(st.lists(terms, min_size=1, max_size=3))
def test_no_meeting_is_lost(told, asked):
    query = Query(tuple(asked))
    with told.read() as connection:
        everyone = [found for _, found in newest(connection, most=50).found]
        sieved = {found.id for _, found in newest(connection, query, most=50).found}
    assert sieved == {found.id for found in everyone if first_told(query, found, {}) is not None}


def test_it_sieves(told):
    with told.read() as connection:
        assert worded.may_be_said(connection, Query((Term(Filter.WORDS, ("council",)),))) is not None
        for idle in ((), (Term(Filter.WORDS, ("of",)),), (Term(Filter.WORDS, ("council",), True),)):
            assert worded.may_be_said(connection, Query(idle)) is None


def test_what_too_many_say_is_found_without(told, monkeypatch):
    monkeypatch.setattr(WordIndex, "MANY", 0)
    with told.read() as connection:
        assert worded.may_be_said(connection, Query((Term(Filter.WORDS, ("council",)),))) is None


def test_a_report_of_a_former_version_is_found_by_the_words_of_then(database):
    with database.write() as connection:
        kept = store(connection, meeting(telling(text="The council met.", report=session())))
        connection.exec_driver_sql(
            "INSERT INTO article_version (article_id, version, text, text_hash, seen_at)"
            " SELECT id, 1, text, '', first_seen FROM article"
        )
        connection.exec_driver_sql("UPDATE article SET version = 2, text = 'Corrected.'")
        index_of(connection).clear(connection)
        query = Query((Term(Filter.TEXT, ("council",)),))
        assert [found.id for _, found in newest(connection, query, most=5).found] == [kept.id]


def test_the_index_holds_all_of_the_longest_text():
    assert MOST_TEXT >= LONGEST_TEXT
