"""The index of words: kept up with the texts, read in the order of days, and deaf to what is no question."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import date, timedelta

import pytest
from alembic import command
from alembic.config import Config
from hypothesis import given
from sqlalchemy import text

from readout.model import LanguageCode
from readout.storage import articles, search
from readout.storage.articles import Origin
from readout.storage.database import Database, open_database, upgrade
from readout.storage.home import home_of
from readout.storage.search import Place, articles_with, index_all
from readout.storage.shedding import shed_texts
from readout.storage.soundness import examine
from readout.storage.word_index import Entry, Words, index_of
from readout.watches.wanted import question
from tests.reported import DAY, NOW, reading
from tests.store import store_url
from tests.telling import meeting, store, telling
from tests.watches.test_wanted import TYPED

WORDS = "The council of ministers met in Astana."


def add(connection, words, key="r1", *, language="en", outcome="not_a_report", told_at=NOW, **said):
    read = reading(words, **said)
    read = replace(read, article=replace(read.article, language=language and LanguageCode(language)))
    origin = Origin(key=key, url=f"https://x.example/{key}", source_id=None, official=False, told_at=told_at)
    return articles.add_article(connection, read, origin, outcome=outcome, now=NOW)


def found(connection, asked, **options):
    return [each.key for each in articles_with(connection, question(asked), **({"most": 10} | options)).found]


def everything(database):
    """The index as it is: every word, in which column of which article it stands and where."""
    with database.write() as connection:
        if connection.dialect.name == "postgresql":
            return connection.execute(text("SELECT id, words::text FROM article_words ORDER BY id")).all()
        connection.execute(text("CREATE VIRTUAL TABLE temp.words USING fts5vocab(main, article_words, instance)"))
        rows = connection.execute(text("SELECT term, doc, col, offset FROM temp.words ORDER BY 1, 2, 3, 4")).all()
        connection.execute(text("DROP TABLE temp.words"))
    return rows


QUESTIONS = (
    ("council", ["en"]),
    ("councils", ["en"]),
    ("ministers astana", ["en"]),
    ("совет", ["uk", "ru"]),
    ("совета", ["ru"]),
    ("sovet", ["uk", "ru"]),
    ("минист* -совет", ["en"]),
    ('"of ministers"', ["en"]),
    ('"ministers of"', []),
    ("coun*", ["en"]),
    ("cou*", []),
    ("co", []),
    ("council -astana", []),
    ("headline", ["en", "uk", "ru"]),
    ("-council", []),
    ("会议", []),
)


@pytest.mark.parametrize(("asked", "keys"), QUESTIONS)
def test_an_article_is_found_by_the_words_of_title_and_text(database, asked, keys):
    with database.write() as connection:
        add(connection, "Совет министров собрался.", "ru", language="ru", title="Headline")
        add(connection, "Советом міністрів", "uk", language="uk", title="Headlines")
        add(connection, WORDS, "en", title="A headline")
        assert found(connection, asked) == keys


def test_an_edition_is_found_by_its_own_words_alone(database):
    with database.write() as connection:
        number = add(connection, WORDS)
        stored = articles.article_by_id(connection, number)
        read = reading("Delegations left Tashkent.", title="Another", published=NOW + timedelta(days=2))
        articles.revise_article(connection, stored, read, url=stored.article.url, outcome="stored", now=NOW)
        assert found(connection, "council") == []
        assert found(connection, "title") == []
        assert found(connection, "delegation") == ["r1"]
        (sheet,) = articles_with(connection, question("tashkent"), most=5).found
        assert sheet.place == Place(DAY + timedelta(days=2), number)


def test_another_language_has_other_stems(database):
    with database.write() as connection:
        stored = articles.article_by_id(connection, add(connection, "Министрами", language="en"))
        assert found(connection, "министров") == []
        read = reading("Министрами")
        read = replace(read, article=replace(read.article, language=LanguageCode("ru")))
        articles.reread(connection, stored, read, outcome="stored")
        assert found(connection, "министров") == ["r1"]


def test_a_text_that_was_let_go_is_not_found(database):
    later = NOW + timedelta(days=400)
    with database.write() as connection:
        number = add(connection, WORDS)
        assert shed_texts(connection, [number], before=later, now=later) == 1
        assert found(connection, "council") == []
        assert found(connection, "title") == ["r1"]
    assert "council" not in str(everything(database))


def test_what_is_rolled_back_is_not_found(database):
    def begin_and_fail():
        with database.write() as connection:
            add(connection, WORDS)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        begin_and_fail()
    with database.read() as connection:
        assert found(connection, "council") == []
    assert everything(database) == []


def test_the_newest_come_first_in_sheets_and_the_undated_last(database):
    days = [DAY + timedelta(days=number // 3) for number in range(20)]
    with database.write() as connection:
        for number, day in enumerate([*days[10:], *days[:10]]):
            add(connection, WORDS, f"k{number}", published=None, day=day)
        add(connection, WORDS, "old", published=None, day=date(1, 1, 1))
        add(connection, WORDS, "undated", published=None, told_at=None)
        everyone, after = [], None
        while True:
            sheet = articles_with(connection, question("council"), after=after, most=4)
            everyone += sheet.found
            if not sheet.more:
                break
            after = sheet.found[-1].place
    assert len({each.key for each in everyone}) == len(everyone) == 22
    assert [each.place.day for each in everyone] == [*sorted(days, reverse=True), date(1, 1, 1), None]
    assert [each.place.number for each in everyone] == sorted((each.place.number for each in everyone), reverse=True)


# of every second word one entry in twenty is near, the others are ever further in the past
AGES = [*range(300), 340, 400, 401, 900, 1_500, 4_000, 4_001, 40_000, 700_000]


@pytest.mark.parametrize("asked", ["council", "meets", '"council meets"', "rare", "nowhere"])
def test_the_newest_are_the_same_however_far_back_they_are(database, asked):
    """Whatever a database does to be quick, it leaves nothing out, and nothing stands before what is newer."""
    words = {number: "council meets" if number % 20 == 0 or age > 300 else "talks" for number, age in enumerate(AGES)}
    words |= {3: "meets council", len(AGES) - 1: "council meets rare", len(AGES): "council meets"}
    places = [Place(DAY - timedelta(days=age), number).number for number, age in enumerate(AGES)]
    entries = [Entry(place, "", words[number]) for number, place in enumerate([*places, Place(None, len(AGES)).number])]
    with database.write() as connection:
        index_of(connection).put(connection, entries)
    wanted = Words(tuple(asked.strip('"').split()))
    holding = [entry.place for entry in entries if " ".join(wanted.terms) in entry.text]
    with database.read() as connection:
        index = index_of(connection)
        for before in (2**63 - 1, *holding, holding[-1] - 1 if holding else 1):
            behind = [place for place in holding if place < before]
            for most in (1, 4, 17, 500):
                assert index.newest(connection, wanted, before=before, most=most) == behind[:most]


def test_what_is_kept_up_is_what_is_made_anew(database):
    with database.write() as connection:
        for number in range(5):
            add(connection, f"Session {number}", f"k{number}", published=None, day=DAY - timedelta(days=number))
        stored = articles.article_by_id(connection, 3)
        articles.revise_article(connection, stored, reading(WORDS), url="https://x.example/", outcome="x", now=NOW)
    kept = everything(database)
    told = []
    with database.write() as connection:
        assert index_all(connection, lambda done, of: told.append((done, of))) == 5
    assert everything(database) == kept
    assert told == [(5, 5)]


def test_what_the_index_alone_knows_of_is_passed_over(database):
    with database.write() as connection:
        add(connection, WORDS)
        places = (Place(date(2030, 1, 1), 1), Place(DAY, 77))
        index_of(connection).put(connection, [Entry(place.number, "", "council") for place in places])
        assert found(connection, "council") == ["r1"]


def test_what_was_never_put_in_is_not_taken_out(database):
    with database.write() as connection:
        number = add(connection, WORDS)
        index_of(connection).clear(connection)
        with search.reworded(connection, [number]):
            connection.execute(text("UPDATE article SET text = 'Tashkent'"))
        assert found(connection, "tashkent") == ["r1"]


def test_the_meetings_that_articles_tell_of(database):
    with database.write() as connection:
        told = store(connection, meeting(telling(1), telling(2)))
        index_all(connection)
        sheet = articles_with(connection, question("bortnikov"), most=5)
        ids = [each.place.article_id for each in sheet.found]
        assert [[each.meeting_id for each in by] for by in search.meetings_told(connection, ids).values()] == [
            [told.id],
            [told.id],
        ]
        assert search.meetings_titled(connection, question("receives"), most=5) == [told.id]
        assert search.meetings_titled(connection, question("bortnikov"), most=5) == []
        assert search.meetings_titled(connection, question("-x"), most=5) == []
        assert search.meetings_of_bodies(connection, ["cis-sorb", "none"], most=5) == [told.id]


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    database = open_database(store_url(tmp_path_factory.mktemp("words")), create=True)
    with database.write() as connection:
        add(connection, WORDS)
    yield database
    database.close()


@given(TYPED)
def test_no_question_is_an_error(kept, asked):
    with kept.read() as connection:
        articles_with(connection, question(asked), most=3)
        search.meetings_titled(connection, question(asked), most=3)


@pytest.mark.parametrize(
    "asked", ["a AND", '"', "NEAR(", "title:", "x^", "{", "* *", "'; DROP TABLE article", "-", "\x00"]
)
def test_what_another_language_would_ask_is_words(kept, asked):
    with kept.read() as connection:
        articles_with(connection, question(f"council {asked}"), most=3)


# --- made by the upgrade, looked at by verify -----------------------------------------------------------------------


@pytest.mark.in_file
def test_the_upgrade_puts_in_what_is_stored(tmp_path):
    url = store_url(tmp_path)
    with closing(Database(home_of(url))) as raw, raw.write() as connection:
        config = Config()
        config.set_main_option("script_location", "readout.storage:migrations")
        config.attributes["connection"] = connection
        command.upgrade(config, "0005")
        connection.execute(
            text(
                "INSERT INTO article (key, official, url, title, text, language, published_day_only, told_at,"
                " first_seen, changed_at, version, text_hash, signature, score, signals, outcome)"
                " VALUES ('old', 0, 'u', 'Headline', :text, 'en', 0, :at, :at, :at, 1, 'h', x'', 0.9, '[]', 'stored')"
            ),
            {"text": WORDS, "at": "2024-10-04 12:00:00.000000"},
        )
    told = []
    assert upgrade(url, told.append)[0] == "0005"
    assert told == ["1 of 1 articles are in the index of words"]
    with closing(open_database(url, create=False)) as database, database.read() as connection:
        (article,) = articles_with(connection, question("councils headline"), most=5).found
        assert article.place.day == DAY


HARM = {
    "1 articles that the index of words lacks": "DELETE FROM article_words_docsize",
    "1 articles in the index of words twice": (
        f"INSERT INTO article_words (rowid, title, text) VALUES ({Place(date(2030, 1, 1), 1).number}, '', 'x')"
    ),
    "or that are no more": "INSERT INTO article_words (rowid, title, text) VALUES (99, '', 'x')",
}


@pytest.mark.in_file
@pytest.mark.parametrize("said", HARM)
def test_verify_sees_an_index_that_disagrees_and_it_can_be_made_anew(database, said):
    with database.write() as connection:
        add(connection, WORDS)
    assert examine(database.home.file).is_sound
    with closing(sqlite3.connect(database.home.file)) as connection, connection:
        connection.execute(HARM[said])
    breaches = examine(database.home.file).breaches
    assert any(said in breach and "readout db reindex" in breach for breach in breaches), breaches
    with database.write() as connection:
        index_all(connection)
    assert examine(database.home.file).is_sound


def test_a_copy_carries_it(database, tmp_path):
    with database.write() as connection:
        add(connection, WORDS)
    database.copy_to(tmp_path / "copy.db")
    with closing(open_database(f"sqlite:///{tmp_path}/copy.db", create=False)) as copy, copy.read() as connection:
        assert found(connection, "council") == ["r1"]
