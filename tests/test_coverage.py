"""How much of what is watched was seen: what a digest says of it."""

from datetime import datetime

import pytest

from readout.condition import Heard
from readout.coverage import coverage_row
from readout.model import OutcomeKind, Source
from tests.desk import APA, TASS, Desk
from tests.reported import NOW, source


@pytest.fixture
def desk(database):
    return Desk(database, "apa", "tass", "ria")


def coverage(desk: Desk, since: datetime) -> dict:
    with desk.database.read() as connection:
        return coverage_row(connection, desk.sources, since, desk.now)


def test_a_digest_counts_who_was_heard_and_names_who_was_not(desk):
    desk.sources["off"] = off = Source(**{**_fields(source("off")), "enabled": False})
    assert off.enabled is False
    desk.crawl(*(key for key in desk.sources if key != "off"))
    assert coverage(desk, NOW) == {"checked": 3, "sources": 3, "down": []}
    began = desk.now
    desk.fail(APA)
    desk.look()
    (down,) = coverage(desk, NOW)["down"]
    assert down == {"id": "apa", "name": "Apa", "since": began.isoformat(), "state": "down"}
    since = desk.now
    desk.crawl(TASS)
    said = coverage(desk, since)
    assert (said["checked"], said["sources"]) == (1, 3)
    desk.crawl(APA)
    assert coverage(desk, since) == {"checked": 2, "sources": 3, "down": []}


def test_one_failure_after_an_answer_is_no_gap_in_a_digest(desk):
    desk.crawl()
    desk.crawl(APA, heard=Heard.NOTHING)
    assert coverage(desk, NOW)["down"] == []
    assert [row["id"] for row in coverage(desk, desk.now)["down"]] == ["apa"]


def test_a_source_none_of_whose_pages_can_be_read_was_not_seen(desk):
    desk.crawl()
    began = desk.now
    desk.fail(APA, heard=Heard.ALL, outcomes={OutcomeKind.WALL: 4})
    assert coverage(desk, NOW)["down"] == [], "it may be over soon"
    desk.look()
    (down,) = coverage(desk, NOW)["down"]
    assert (down["id"], down["since"], down["state"]) == ("apa", began.isoformat(), "wall")


def _fields(each: Source) -> dict:
    return {name: getattr(each, name) for name in each.__dataclass_fields__}
