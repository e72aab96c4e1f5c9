"""Changes of meetings and updates of alerts, as they are kept."""

from datetime import UTC, datetime

from readout.model import AlertKind, AlertState, Watch
from readout.storage import alerts, watches
from readout.storage.changes import NotedChange, add_changes, changes_of
from readout.storage.meetings import open_meeting
from readout.watching import Change
from tests.reported import NOW, report

MOVED = Change(fact="days", before="2024-10-04", after=None)
NAMED = Change(fact="participants", before=None, after="Əli Nağıyev")


def watch(connection, *, updates: bool) -> Watch:
    return watches.add_watch(
        connection, name="w", recipients=["x@y.example"], channel="email", updates=updates, now=NOW
    )


def test_changes_are_listed_by_meeting_in_the_order_they_came(database):
    with database.write() as connection:
        one, other = (open_meeting(connection, report(), late=False, now=NOW) for _ in range(2))
        add_changes(connection, one, [MOVED, NAMED], article_id=None, now=NOW)
        add_changes(connection, other, [], article_id=None, now=NOW)
        add_changes(connection, one, [MOVED], article_id=None, now=datetime(2024, 10, 5, tzinfo=UTC))
        assert changes_of(connection, other) == []
        assert [noted.change for noted in changes_of(connection, one)] == [MOVED, NAMED, MOVED]
        assert changes_of(connection, one)[0] == NotedChange(change=MOVED, at=NOW, article_key=None, url=None)


def test_a_watch_keeps_whether_it_asks_for_updates(database):
    with database.write() as connection:
        made = watch(connection, updates=True)
        assert (made.updates, watches.list_watches(connection)) == (True, [made])
        watches.remove_watch(connection, "w", NOW)
        assert watch(connection, updates=False).updates is False


def test_an_update_keeps_its_changes_until_none_is_left_to_tell(database):
    with database.write() as connection:
        meeting = open_meeting(connection, report(), late=False, now=NOW)
        owed = alerts.owe_row(
            connection,
            meeting_id=meeting,
            watch=watch(connection, updates=True),
            recipient="x@y.example",
            kind=AlertKind.UPDATE,
            revision=1,
            message_id="<1@readout.invalid>",
            matched={},
            watch_names=["w", "v"],
            changes=[MOVED],
            now=NOW,
        )
        assert (owed.changes, owed.watch_names, owed.state) == ((MOVED,), ("w", "v"), AlertState.OWED)
        alerts.set_changes(connection, owed.id, ["w"], [MOVED, NAMED])
        assert alerts.get_alert(connection, owed.id).changes == (MOVED, NAMED)
        alerts.set_changes(connection, owed.id, ["w"], [])
        kept = alerts.get_alert(connection, owed.id)
    assert (kept.state, kept.next_try, kept.changes) == (AlertState.WITHDRAWN, None, ())
    assert kept.answer == "all was as told before when it was to leave"
