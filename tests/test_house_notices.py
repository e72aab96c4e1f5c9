"""What the operator is told of mail, database and disk."""

from datetime import timedelta

import pytest

from readout.storage import schema
from readout.storage.database import Database, open_database
from readout.storage.soundness import Damage, damage_of
from tests.desk import APA, DAY, HOUR, Desk
from tests.reported import NOW
from tests.store import store_url


@pytest.fixture
def desk(database):
    return Desk(database, "apa", "tass", "ria")


def owe(database: Database, number: int, **columns) -> None:
    fields = {
        "recipient": f"r{number}@example.org",
        "channel": "email",
        "kind": "first",
        "state": "failed",
        "message_id": f"<{number}@x>",
        "watch_names": ["w"],
        "matched": {},
        "created_at": NOW,
    }
    with database.write() as connection:
        connection.execute(schema.alert.insert().values(fields | columns))


def test_failed_alerts_are_told_again_only_when_more_fail(desk):
    for number in range(3):
        owe(desk.database, number)
    (notice,) = desk.look()
    assert notice["lines"][0] == "3 alerts failed: readout alerts list --state failed"
    desk.now += 2 * DAY
    assert desk.look() == []
    owe(desk.database, 3)
    (again,) = desk.look()
    assert again["subject"].startswith("4 alerts failed")
    owe(desk.database, 4)
    desk.now += 2 * HOUR
    assert desk.look() == [], "at most once a day"
    with desk.database.write() as connection:
        connection.execute(schema.alert.update().where(schema.alert.c.kind == "first").values(state="accepted"))
    assert desk.look()[0]["subject"] == "no alert stands failed any more"


def test_a_notice_that_fails_is_no_reason_for_another(desk):
    owe(desk.database, 1, kind="notice", content={"subject": "old"})
    assert desk.look() == [{"subject": "old"}]
    desk.now += DAY
    assert desk.look() == []
    assert desk.concerns() == ["1 notices to the operator failed: readout alerts list --state failed"]


def test_a_server_that_refuses_for_an_hour_is_told_of_and_who_asks_sees_it_before(desk):
    owe(desk.database, 1, state="owed", attempts=2, next_try=NOW, answer_code=451, answer="later, please")
    (said,) = desk.concerns()
    assert said.startswith("1 alerts refused so far, owed since 2024-10-04 12:00 UTC; last answer: 451 later, please")
    assert desk.look() == []
    owe(desk.database, 2, state="owed", attempts=7, next_try=NOW, answer="later")
    desk.now += 2 * HOUR
    assert "2 alerts refused so far" in desk.look()[0]["subject"]


def test_what_stays_in_doubt_is_told_of_when_nothing_more_is_tried(desk):
    owe(desk.database, 1, state="doubtful", attempts=1, next_try=NOW)
    assert desk.look() == []
    assert len(desk.concerns()) == 1
    owe(desk.database, 2, state="doubtful", attempts=4)
    assert "alerts doubtful" in desk.look()[0]["subject"]


@pytest.mark.in_file
def test_a_damaged_database_and_a_full_disk_are_told_at_once(desk, monkeypatch):
    desk.crawl()
    desk.fail(APA)
    assert len(desk.look()) == 1
    monkeypatch.setattr("readout.notices.damage_of", lambda *_, **__: Damage(said="row 7 missing from index"))
    desk.database.home.free_bytes = lambda: 100 << 20
    desk.now += DAY
    (notice,) = desk.look()
    assert "the database is damaged" in notice["subject"]
    assert "the disk of the database is nearly full" in notice["subject"]
    desk.now += timedelta(minutes=5)
    desk.database.home.free_bytes = lambda: 300 << 20
    assert desk.look() == []
    assert any("damaged" in said for said in desk.concerns()), "found a while ago, and still so"
    desk.database.home.free_bytes = lambda: 900 << 20
    desk.now += HOUR
    assert [notice["subject"] for notice in desk.look()] == ["the disk of the database has room again"]


@pytest.mark.in_file
def test_the_file_is_checked_once_a_day(desk, monkeypatch):
    checks = []
    monkeypatch.setattr(
        "readout.notices.damage_of", lambda file, **_: checks.append(file) or damage_of(file, limit_s=60)
    )
    for _ in range(50):
        desk.look()
        desk.now += HOUR
    assert checks == [desk.database.home.file] * 3


@pytest.mark.in_file
def test_a_check_that_came_to_no_end_neither_finds_damage_nor_ends_it(desk, monkeypatch):
    found = iter((Damage(said="row 7 missing"), Damage(said=None, is_finished=False), Damage(said=None)))
    monkeypatch.setattr("readout.notices.damage_of", lambda *_, **__: next(found))
    told = []
    for _ in range(3):
        told.append([notice["subject"] for notice in desk.look()])
        desk.now += DAY
    assert told == [["the database is damaged"], [], ["the database is sound"]]


@pytest.mark.in_file
def test_what_is_damaged_says_so_and_what_is_not_does_not(tmp_path):
    database = open_database(store_url(tmp_path), create=True)
    with database.write() as connection:
        for number in range(500):
            connection.execute(schema.secret.insert().values(name=f"{number:0500}", value=b"x" * 500))
    assert damage_of(database.home.file, limit_s=60) == Damage(said=None)
    database.checkpoint()
    database.close()
    file = tmp_path / "readout.db"
    raw = bytearray(file.read_bytes())
    for page in range(len(raw) // 4096 - 8, len(raw) // 4096):
        raw[page * 4096 : page * 4096 + 16] = b"\xff" * 16
    file.write_bytes(raw)
    desk = Desk(open_database(f"sqlite:///{file}", create=False))
    (notice,) = desk.look()
    assert "restore the last backup" in notice["lines"][0]
    desk.database.close()
