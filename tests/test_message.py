"""From an alert in the ledger to its message: how each watch is stopped, what else is named, how it is looked at."""

import re
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from sqlalchemy import func, select

from readout.config import Alerts, Config, Mail
from readout.demo.sink import MailSink
from readout.error import ChannelError
from readout.message import Pen
from readout.model import Alert, AlertState, Meeting
from readout.naming import names_of
from readout.outbox import deliver, preview
from readout.owing import owe
from readout.ruling import correct
from readout.stop import read_token
from readout.storage import alerts, schema, watches
from readout.storage.database import Database
from readout.storage.meetings import load_meeting
from readout.storage.secrets import STOP, kept_secret, secret
from readout.turn import asked_by
from readout.watching import Delivery, Digest, Every
from tests.owed import clock, ledger, tell_all, watch_all
from tests.telling import NOW, fact, meeting, session, store, telling

READER = "reader@example.org"
NAMES = names_of({})


@pytest.fixture
def sink() -> Iterator[MailSink]:
    with MailSink() as server:
        yield server


def config(port: int = 25, *, public_url: str | None = "https://r.example") -> Config:
    mail = Mail(host="127.0.0.1", port=port, sender="readout@example.org", timeout=5)
    return Config(mail=mail, alerts=Alerts(public_url=public_url))


def stopped_by(database: Database, text: str) -> list[tuple[int, bool]]:
    """Which watches the links of a mail stop, and whether for its reader."""
    with database.read() as connection:
        key = kept_secret(connection, STOP) or b""
    links = re.findall(r"https://r\.example/stop/\S+", text)
    found = [read_token(urlsplit(link).path.rpartition("/")[2], key) for link in links]
    return [(each.watch_id, each.is_of(READER, key)) for each in found if each is not None]


# --- how it is stopped --------------------------------------------------------------------------------------------


def test_each_live_watch_that_a_mail_names_can_be_stopped_by_it(database: Database, sink: MailSink) -> None:
    for name in ("one", "two", "gone"):
        watch_all(database, READER.upper() if name == "two" else READER, name=name)
    watch_all(database, "other@example.org", name="not theirs")
    tell_all(database)
    with database.write() as connection:
        watches.remove_watch(connection, "gone", NOW)
    deliver(database, config(sink.port), now=clock(NOW))
    (received,) = [each for each in sink.received if each.recipients == (READER,)]
    assert stopped_by(database, received.text) == [(1, True), (2, True)]
    assert "“one”:\r\n" in received.text
    assert "“two”:\r\n" in received.text
    assert stopped_by(database, received.message["List-Unsubscribe"].strip("<>")) == [(1, True)]
    assert received.message["List-Id"].startswith('"Readout one" <one-')


def test_the_watch_that_owes_is_the_one_a_mail_program_stops(database: Database, sink: MailSink) -> None:
    """Also where it was made after another that the mail names."""
    watch_all(database, READER, name="slow", delivery=Delivery(digest=Digest(every=Every.DAILY)))
    watch_all(database, READER, name="soon")
    tell_all(database)
    deliver(database, config(sink.port), now=clock(NOW))
    (received,) = sink.received
    assert stopped_by(database, received.message["List-Unsubscribe"].strip("<>")) == [(2, True)]
    assert received.message["List-Id"].startswith('"Readout soon" <soon-')


# --- what else is named -------------------------------------------------------------------------------------------


def perhaps_two(database: Database) -> Meeting:
    """A meeting that is perhaps another, both told of."""
    with database.write() as connection:
        first = store(connection, meeting(telling(report=session(session_number=fact(54, "55th")))))
        other = store(connection, meeting(telling(2)))
        unsure = {"report_id": other.tellings[0].report_id, "meeting_id": first.id, "verdict": "unsure", "score": 0.5}
        connection.execute(schema.judgement.insert().values(**unsure, reasons=[], made_by="rule", made_at=NOW))
        doubted = load_meeting(connection, other.id)
        assert doubted is not None
        assert doubted.perhaps_same_as == (first.id,)
        owe(connection, doubted, doubted.tellings[0], now=NOW)
    return doubted


def test_a_meeting_that_is_perhaps_the_same_is_named_as_readers_know_it(database: Database, sink: MailSink) -> None:
    watch_all(database, READER)
    perhaps_two(database)
    deliver(database, config(sink.port), now=clock(NOW), names=NAMES)
    said = " ".join(sink.received[0].text.split())
    assert re.search("Perhaps the same as another meeting, .*: CIS .*, 54th session, Astana, 4 Oct 2024", said)
    assert not re.search(r"\bM\d", said)


# --- looking at it ------------------------------------------------------------------------------------------------


def shown(database: Database, alert: Alert, **how: str | None) -> str:
    message = preview(database, config(**how), alert, names=NAMES, now=NOW)
    assert message is not None
    return message.text


def test_a_preview_has_the_links_that_the_mail_has(database: Database, sink: MailSink) -> None:
    watch_all(database, READER)
    tell_all(database)
    with database.write() as connection:
        secret(connection, STOP)
    seen = shown(database, ledger(database)[0])
    deliver(database, config(sink.port), now=clock(NOW), names=NAMES)
    assert stopped_by(database, seen) == [(1, True)]
    assert seen.splitlines() == sink.received[0].text.splitlines()


def test_a_preview_makes_no_key(database: Database) -> None:
    watch_all(database, READER)
    tell_all(database)
    assert "/stop/" not in shown(database, ledger(database)[0])
    with database.read() as connection:
        assert connection.scalar(select(func.count()).select_from(schema.secret)) == 0


def test_a_preview_tells_what_is_known_now_and_not_what_left(database: Database, sink: MailSink) -> None:
    watch_all(database, READER, delivery=Delivery(language="ru"))
    tell_all(database)
    deliver(database, config(sink.port), now=clock(NOW), names=NAMES)
    with database.write() as connection:
        correct(connection, 1, "city", "Minsk", "a letter", now=NOW + timedelta(hours=1))
        watches.remove_watch(connection, "chiefs", NOW)
    seen = shown(database, ledger(database)[0])
    assert "Город: исправлено вручную" in seen
    assert "Минск" in seen
    assert "Минск" not in sink.received[0].text
    assert "/stop/" not in seen


def test_there_is_no_preview_of_what_is_withheld(database: Database) -> None:
    watch_all(database, READER)
    watch_all(database, READER, name="again")
    tell_all(database)
    with database.write() as connection:
        alerts.take_back(connection, 1, "its meeting is another")
    assert [alert.state for alert in ledger(database)] == [AlertState.WITHDRAWN, AlertState.SUPPRESSED]
    assert [preview(database, config(), alert, now=NOW) for alert in ledger(database)] == [None, None]


def test_what_is_laid_out_is_as_it_is_now_however_many_there_are(database: Database) -> None:
    watch_all(database, READER)
    tell_all(database, meetings=20)
    pen = Pen(names=NAMES)

    def cities() -> list[str]:
        with database.read() as connection:
            told = [pen.write(connection, each, asked_by(connection, each)[0], now=NOW) for each in ledger(database)]
        return [each.meeting.report.city.value for each in told if each.meeting.report.city]

    assert cities() == ["Astana"] * 20
    with database.write() as connection:
        correct(connection, 20, "city", "Minsk", "a letter", now=NOW)
    assert cities() == [*["Astana"] * 19, "Minsk"]


def test_a_meeting_that_is_gone_has_no_message(database: Database) -> None:
    watch_all(database, READER)
    tell_all(database)
    (alert,) = ledger(database)
    with database.write() as connection:
        connection.execute(schema.alert.update().values(meeting_id=None))
    with pytest.raises(ChannelError, match="no meeting"):
        preview(database, config(), ledger(database)[0], now=NOW)
    assert alert.meeting_id == 1
