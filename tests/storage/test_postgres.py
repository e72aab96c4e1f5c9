"""What is so on a server alone: who waits for whom, who is let in, what is said where something is amiss."""

import re
from contextlib import closing
from datetime import date, timedelta
from threading import Event, Thread

import pytest
from sqlalchemy import event, insert, select, text

from readout.error import AlreadyRunning, StorageError
from readout.found_links import Find
from readout.intake import Intake
from readout.model import OutcomeKind
from readout.storage import schema
from readout.storage.database import open_database, upgrade
from readout.storage.histories import source_facts
from readout.storage.home import Turn, home_of
from readout.storage.lock import data_lock
from readout.storage.search import Place
from readout.storage.soundness import examine_home
from readout.storage.tsvector import expression, vector
from readout.storage.word_index import AllOf, AnyOf, Entry, In, Line, Words, index_of
from tests.reported import MAX_AGE, NOW, link, page, reading, source
from tests.storage.test_sources import statements
from tests.store import is_on_server, store_url

on_server = pytest.mark.skipif(not is_on_server(), reason="of stores on a server alone: pytest --postgres")


@pytest.fixture
def url(tmp_path):
    return store_url(tmp_path)


@on_server
def test_whoever_writes_waits_for_who_writes_already(url):
    """What is read in a writing transaction stays true until it commits, whichever process the other is."""
    counted = []

    def count_up():
        with closing(open_database(url, create=False)) as mine, mine.write() as connection:
            counted.append(connection.scalar(text("SELECT count(*) FROM secret")))

    with closing(open_database(url, create=False)) as database:
        other = Thread(target=count_up)
        with database.write() as connection:
            other.start()
            connection.execute(text("INSERT INTO secret (name, value) VALUES ('a', 'b')"))
            assert counted == []
        other.join()
    assert counted == [1]


@on_server
def test_a_page_that_tells_of_no_meeting_waits_for_nobody(url):
    with closing(open_database(url, create=False)) as database, closing(open_database(url, create=False)) as other:
        intake = Intake(database, max_age=MAX_AGE)
        intake.take_links(source(), Find(url="https://agency.example/feed", links=[link()]), now=NOW)
        (due,) = intake.due_links(source().id, now=NOW, limit=1)
        with other.write():
            outcome = intake.take_page(source(), due, page(due.url), reading(), now=NOW)
    assert outcome.kind is OutcomeKind.NOT_A_REPORT


@on_server
def test_pages_of_one_source_are_taken_one_after_the_other(url):
    order = []

    def take_second(began):
        with closing(open_database(url, create=False)) as database:
            began.wait()
            with database.write(turn=Turn.OWN, of="agency"):
                order.append("second")

    with closing(open_database(url, create=False)) as database, database.read() as watching:
        began = Event()
        second = Thread(target=take_second, args=(began,))
        second.start()
        with database.write(turn=Turn.OWN, of="agency"), database.write(turn=Turn.OWN, of="paper"):
            began.set()
            while second.is_alive() and not order and not watching.scalar(text(_WAITING)):
                pass
            order.append("first")
        second.join()
    assert order == ["first", "second"]


_WAITING = """SELECT count(*) FROM pg_locks JOIN pg_database ON oid = database
WHERE locktype = 'advisory' AND NOT granted AND datname = current_database()"""


@on_server
def test_who_reads_sees_one_moment_and_changes_nothing(url):
    with closing(open_database(url, create=False)) as database, closing(open_database(url, create=False)) as other:
        with database.read() as connection:
            assert connection.scalar(text("SELECT count(*) FROM secret")) == 0
            with other.write() as writing:
                writing.execute(text("INSERT INTO secret (name, value) VALUES ('a', 'b')"))
            assert connection.scalar(text("SELECT count(*) FROM secret")) == 0
        with pytest.raises(StorageError, match="only reads"), database.read() as connection:
            connection.execute(text("DELETE FROM secret"))


@on_server
def test_no_text_breaks_a_transaction(url):
    secrets = schema.secret
    with closing(open_database(url, create=False)) as database:
        with database.write() as connection:
            connection.execute(secrets.insert().values(name="a\0b", value=b"\0"))
        with database.read() as connection:
            assert connection.execute(select(secrets).where(secrets.c.name == "a\0b")).all() == [("a\ufffdb", b"\0")]
            assert connection.scalar(text("SELECT :asked"), {"asked": "\0"}) == "\ufffd"
            assert connection.scalars(select(secrets.c.name).where(secrets.c.name.in_(["\0", "x"]))).all() == []


@on_server
def test_one_works_on_a_database_at_a_time(url, tmp_path):
    one, two = data_lock(tmp_path / "one", url), data_lock(tmp_path / "two", url)
    with one, pytest.raises(AlreadyRunning, match="is in use by another Readout"), two:
        pass
    with data_lock(tmp_path / "two", url):
        pass


@on_server
def test_verify_counts_and_looks(url):
    found = examine_home(home_of(url))
    assert (found.is_sound, found.rows["meeting"], found.log) == (True, 0, None)


@on_server
def test_the_last_crawls_are_looked_up_once_for_each_source(database):
    """Not once for each pair of a source and a crawl: the log has thousands of crawls of each."""
    names = [f"s{number}" for number in range(20)]
    with database.write() as connection:
        connection.execute(insert(schema.source), [{"id": name, "failures": 1, "last_finished": NOW} for name in names])
        crawl = {"heard": "all", "outcomes": {}}
        rows = [
            crawl | {"source_id": name, "started_at": NOW - timedelta(hours=number)}
            for name in names
            for number in range(50)
        ]
        connection.execute(insert(schema.crawl), rows)
    with database.write() as connection:
        connection.execute(text("ANALYZE"))
    with database.read() as connection:
        with statements() as said:
            found = source_facts(connection, {name: source(name) for name in names}, now=NOW)
        assert [len(facts.crawls) for facts in found] == [8] * len(names)
        plans = [
            connection.exec_driver_sql(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}", values).scalar_one()
            for statement, values in said
        ]
    assert len(plans) >= 2
    assert max(int(loops) for loops in re.findall(r"'Actual Loops': (\d+)", str(plans))) <= 20 * 8


@on_server
def test_a_database_that_is_not_there_is_said_plainly(url):
    nowhere = url.replace("/t_", "/gone_")
    with pytest.raises(StorageError, match=r"no connection: .* does not exist"):
        open_database(nowhere, create=True)


def test_a_server_that_is_not_there_is_said_plainly_without_the_password():
    pytest.importorskip("psycopg")
    with pytest.raises(StorageError, match="no connection: is the server there") as refused:
        open_database("postgresql+psycopg://me:canary@127.0.0.1:1/readout", create=True)
    assert "canary" not in str(refused.value)


@on_server
def test_an_index_of_before_has_spans_and_words_of_titles(url):
    place = Place(date(2024, 10, 4), 7).number
    with closing(open_database(url, create=False)) as database, database.write() as connection:
        index_of(connection).put(connection, [Entry(place, "council", "council meets")])
        kept = connection.scalar(text("SELECT words::text FROM article_words"))
        connection.execute(text("UPDATE article_words SET words = 'council:1A,2 meets:3'"))
        connection.execute(text("DROP INDEX ix_meeting_newest"))
        connection.execute(text("UPDATE alembic_version SET version_num = '0008'"))
    assert upgrade(url)[0] == "0008"
    with closing(open_database(url, create=False)) as database, database.read() as connection:
        assert connection.scalar(text("SELECT words::text FROM article_words")) == kept


@on_server
def test_gin_is_asked_for_words_whatever_is_reckoned(url):
    """PostgreSQL takes it to read a vector that is stored apart for free: it would read all of them for a rare word."""
    plans = []

    def explained(connection, _cursor, statement, parameters, *_):
        if "@@" in statement and "AS near" not in statement:
            with connection.connection.cursor() as cursor:
                plans.append(str(cursor.execute(f"EXPLAIN {statement}", parameters).fetchall()))

    council = AllOf((Words(("council",)),))
    with closing(open_database(url, create=False)) as database:
        with database.write() as connection:
            each = [Entry(Place(date(2024, 10, 4), number).number, "rain", "rain") for number in range(300)]
            index_of(connection).put(connection, each)
        event.listen(database._engine, "before_cursor_execute", explained)
        with database.read() as connection:
            assert index_of(connection).newest(connection, council, before=2**62, most=5) == []
            assert index_of(connection).places(connection, council) is not None
            assert connection.scalar(text("SHOW enable_seqscan")) == "on"
            assert connection.scalar(text("SHOW enable_indexscan")) == "on"
    assert len(plans) >= 3
    assert all("Bitmap Index Scan on ix_article_words_words" in plan for plan in plans)


def test_words_as_a_vector():
    entry = Entry(1, "council meets", "the council of ministers")
    assert vector(entry) == "'council':1A,4 'meets':2A 'the':3 'of':5 'ministers':6 '=tcouncil' '=tmeets' '=0'"


@pytest.mark.parametrize(
    ("wanted", "asked"),
    [
        (Words(("council",)), "('council')"),
        (Words(("council", "of")), "(('=tcouncil' & '=tof' & ('council':A <-> 'of':A)) | ('council':D <-> 'of':D))"),
        (Words(("counc",), is_begun=True), "('counc':*)"),
        (In((Line.TITLE,), Words(("a",), is_begun=True)), "('=ta':*)"),
        (In((Line.TEXT,), Words(("a",), is_begun=True)), "(('a':D*))"),
        (AllOf((Words(("a",)),), (Words(("b",)),)), "(('a') & !('b'))"),
        (AnyOf((Words(("a",)), Words(("b",)))), "(('a') | ('b'))"),
    ],
)
def test_what_is_asked_as_a_tsquery(wanted, asked):
    assert expression(wanted, tuple(Line)) == asked


def test_a_url_that_the_driver_does_not_understand_is_said_without_its_password():
    with pytest.raises(StorageError, match=r'its URL \(invalid connection option "nonsense"\)') as refused:
        home_of("postgresql+psycopg://readout:hidden@/readout?nonsense=1").is_there()
    assert "hidden" not in str(refused.value)
