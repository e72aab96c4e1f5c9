"""When sources are due, and who crawls them."""

import subprocess
import sys
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, event, select

from readout.discovery import Feed
from readout.model import OutcomeKind, SourceId
from readout.storage import schema
from readout.storage.crawls import finish_crawl, start_crawl
from readout.storage.hosts import set_wait, wait_until
from readout.storage.sources import (
    break_leases,
    claim,
    due_sources,
    give_chance,
    is_enabled,
    keep_rhythm,
    release,
    rhythm_of,
    set_enabled,
    states,
    sync_sources,
)
from tests.reported import NOW, source
from tests.store import store_url

LEASE = timedelta(minutes=15)
HOUR = timedelta(hours=1)
A, B, C = SourceId("a"), SourceId("b"), SourceId("c")


def catalogue(*sources):
    return {each.id: each for each in sources}


def due(database, sources, *, owner="one", now=NOW, limit=10):
    with database.write() as connection:
        sync_sources(connection, sources)
        chosen = due_sources(connection, sources, now=now, limit=limit)
        return claim(connection, sources, chosen, owner=owner, now=now, lease=LEASE)


def done(database, source_id, *, owner="one", now=NOW, error=None):
    with database.write() as connection:
        return release(connection, source_id, owner, now=now, next_due=now + HOUR, error=error)


def test_a_new_source_is_due_at_once_and_crawled_once(database):
    sources = catalogue(source("a"), source("b"))
    assert due(database, sources) == [A, B]
    assert due(database, sources, owner="two") == []


def test_the_longest_due_comes_first(database):
    sources = catalogue(source("a"), source("b"), source("c"))
    due(database, sources)
    done(database, B)
    done(database, A, now=NOW + HOUR)
    done(database, C, now=NOW + HOUR)
    assert due(database, sources, now=NOW + 3 * HOUR, limit=2) == [B, A]


def test_a_released_source_is_due_when_it_says(database):
    sources = catalogue(source("a"))
    due(database, sources)
    assert done(database, A) is True
    assert due(database, sources, now=NOW + HOUR - timedelta(seconds=1)) == []
    assert due(database, sources, now=NOW + HOUR) == [A]


def test_failures_are_counted_until_an_answer(database):
    sources = catalogue(source("a"))
    counted = []
    for error in ("no items", "timeout", None):
        with database.write() as connection:
            claim(connection, sources, [A], owner="one", now=NOW, lease=LEASE)
        done(database, A, error=error)
        with database.read() as connection:
            counted.append((states(connection)[A].failures, states(connection)[A].last_error))
    assert counted == [(1, "no items"), (2, "timeout"), (0, None)]


def test_a_source_given_a_chance_is_due_with_no_more_failures_than_that(database):
    sources = catalogue(source("a"), source("b"), source("c"))
    for failures in (1, 2, 3):
        due(database, sources, now=NOW + failures * HOUR)
        done(database, A, error="timeout", now=NOW + failures * HOUR)
        done(database, B, error="timeout" if failures == 3 else None, now=NOW + failures * HOUR)
        done(database, C, error="timeout", now=NOW + failures * HOUR)
    with database.write() as connection:
        give_chance(connection, [A, B], failures=2, now=NOW)
        known = states(connection)
    assert [known[key].failures for key in (A, B, C)] == [2, 1, 3]
    assert due(database, sources) == [A, B]


def test_a_dead_owners_lease_runs_out_and_its_word_counts_no_more(database):
    sources = catalogue(source("a"))
    due(database, sources, owner="dead")
    assert due(database, sources, owner="two", now=NOW + LEASE) == [A]
    assert done(database, A, owner="dead") is False
    assert due(database, sources, owner="three", now=NOW + LEASE) == []


def test_who_starts_alone_breaks_all_leases(database):
    sources = catalogue(source("a"), source("b"))
    due(database, sources, owner="dead")
    with database.write() as connection:
        assert break_leases(connection) == 2
    assert due(database, sources) == [A, B]


def test_one_host_is_crawled_by_one_source_at_a_time(database):
    feed = Feed(url="https://Feeds.example:8080/b.xml")
    sources = catalogue(
        source("a", home="https://www.site.example/en/", discover=(feed,)),
        source("b", home="https://site.example/ru/"),
        source("c", home="https://other.example/", discover=(feed,)),
    )
    assert due(database, sources) == [A]
    assert due(database, sources, owner="two") == []
    done(database, A)
    assert due(database, sources, owner="two") == [B, C]


def test_an_alias_is_a_host_like_any_other(database):
    sources = catalogue(source("a", aliases=("WWW.Shared.example",)), source("b", home="https://shared.example/"))
    assert due(database, sources) == [A]
    done(database, A)
    with database.write() as connection:
        set_wait(connection, "shared.example", NOW + 9 * HOUR)
    assert due(database, sources, now=NOW + HOUR) == []


def test_a_host_that_asked_to_wait_is_left_alone(database):
    sources = catalogue(source("a"))
    with database.write() as connection:
        set_wait(connection, "WWW.a.example", NOW + HOUR)
        assert wait_until(connection, "www.a.example") == NOW + HOUR
    assert due(database, sources) == []
    assert due(database, sources, now=NOW + HOUR) == [A]


def test_a_persons_word_counts_before_the_file(database):
    on, off = source("a"), source("b", enabled=False)
    assert due(database, catalogue(on, off)) == [A]
    done(database, A)
    with database.write() as connection:
        set_enabled(connection, A, False)
        set_enabled(connection, B, True)
    assert due(database, catalogue(on, off), now=NOW + HOUR) == [B]
    with database.write() as connection:
        set_enabled(connection, A, None)
        assert is_enabled(on, states(connection)[A]) is True


def test_sources_that_left_the_catalogue_are_remembered(database):
    with database.write() as connection:
        sync_sources(connection, catalogue(source("a"), source("b")))
        left = catalogue(source("b"), source("c"))
        sync_sources(connection, left)
        assert list(states(connection)) == [A, B, C]
        both = catalogue(source("a"), source("b"), source("c"))
        assert due_sources(connection, both, now=NOW, limit=9) == [B, C]


def test_what_a_file_says_counts_when_it_was_read(database):
    off, on = catalogue(source("a", enabled=False), source("b")), catalogue(source("a"), source("b", enabled=False))
    assert due(database, off) == [B]
    done(database, B)
    assert due(database, on, now=NOW + HOUR) == [A]


@contextmanager
def statements():
    """What the database is asked inside."""
    said = []

    def note(_connection, _cursor, statement, values, *_):
        said.append((statement, values))

    event.listen(Engine, "before_cursor_execute", note)
    yield said
    event.remove(Engine, "before_cursor_execute", note)


def test_a_catalogue_that_did_not_change_is_not_written_again(database):
    sources = catalogue(source("a"), source("b", enabled=False))
    with database.write() as connection:
        sync_sources(connection, sources)
        with statements() as said:
            sync_sources(connection, sources)
    assert [statement.split()[0] for statement, _ in said] == ["SELECT"]


def test_a_source_that_is_not_in_the_catalogue_at_hand_is_not_due(database):
    with database.write() as connection:
        sync_sources(connection, catalogue(source("a"), source("b")))
        assert due_sources(connection, catalogue(source("b")), now=NOW, limit=9) == [B]


@pytest.mark.in_file
def test_due_sources_are_found_by_index(database):
    """Ten thousand that are not due must not be looked through every two seconds."""
    with database.read() as connection:
        with statements() as said:
            due_sources(connection, {}, now=NOW, limit=9)
        plans = [
            str(connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).all())
            for statement, values in said
        ]
    assert len(plans) == 3
    assert all("USING INDEX ix_source_next_due (next_due" in plan for plan in plans)


def test_those_that_cannot_be_crawled_now_do_not_stand_before_others(database):
    sources = catalogue(*(source(f"a{number}", home="https://a.example/") for number in range(5)), source("b"))
    with database.write() as connection:
        set_wait(connection, "a.example", NOW + HOUR)
    assert due(database, sources, limit=1) == [B]


def test_a_rhythm_is_kept_for_each_source(database):
    with database.write() as connection:
        sync_sources(connection, catalogue(source("a"), source("b")))
        keep_rhythm(connection, A, {"at": "2024"})
        assert (rhythm_of(connection, A), rhythm_of(connection, B)) == ({"at": "2024"}, None)
        assert rhythm_of(connection, C) is None


CLAIM = """# warm
import sys
from datetime import timedelta
from readout.storage.database import open_database
from readout.storage.sources import claim, due_sources, sync_sources
from tests.reported import NOW, source
sources = {each.id: each for each in (source(f"s{number}") for number in range(40))}
database = open_database(sys.argv[1], create=False)
with database.write() as connection:
    sync_sources(connection, sources)
while True:
    with database.read() as connection:
        due = due_sources(connection, sources, now=NOW, limit=2)
    with database.write() as connection:
        claimed = claim(connection, sources, due, owner=sys.argv[2], now=NOW, lease=timedelta(hours=1), limit=1)
    if due and not claimed:
        continue  # the other was faster
    if not claimed:
        break
    print(claimed[0])
"""


def test_two_processes_never_crawl_one_source(database, tmp_path):
    command = [sys.executable, "-c", CLAIM, store_url(tmp_path)]
    root = Path(__file__).parents[2]
    processes = [
        subprocess.Popen([*command, owner], cwd=root, stdout=subprocess.PIPE, text=True) for owner in ("one", "two")
    ]
    claimed = [line for process in processes for line in process.communicate()[0].split()]
    assert sorted(claimed) == sorted({f"s{number}" for number in range(40)})


@pytest.mark.parametrize("finished", [True, False])
def test_crawls_are_logged(database, finished):
    with database.write() as connection:
        crawl_id = start_crawl(connection, A, now=NOW)
        if finished:
            outcomes = {OutcomeKind.STORED: 2}
            finish_crawl(
                connection, crawl_id, now=NOW + HOUR, reason="finished", requests=3, new_links=2, outcomes=outcomes
            )
        (crawl,) = connection.execute(select(schema.crawl))
    assert (crawl.finished_at, dict(crawl.outcomes)) == ((NOW + HOUR, {"stored": 2}) if finished else (None, {}))
