"""Meetings as feeds and calendars, read by libraries that know nothing of us."""

import io
import json
import re
from datetime import UTC, date, datetime, timedelta

import feedparser
import pytest
from icalendar import Calendar
from lxml import etree

from readout.channels import Names
from readout.channels.mail.saying import Saying
from readout.channels.mail.words import words_in
from readout.cli import main
from readout.exports import Format, write_meetings
from readout.exports.atom import atom_parts
from readout.exports.entry import Feed, Publisher, entry_of, store_name
from readout.exports.ics import ics_parts
from readout.exports.json_feed import json_feed_parts
from readout.exports.rss import rss_parts
from readout.model import BodyName, Status
from readout.storage.latest import Revision, revisions
from tests.payloads import PAYLOADS, bad_signs
from tests.store import store_url
from tests.telling import NOW, fact, meeting, session, store, telling

PUBLISHER = Publisher(store="abc", saying=Saying(words_in("en"), Names()), root="https://x.example/r")
LATER = NOW + timedelta(hours=3)
NOTHING = {"start_date": None, "end_date": None}


def entry(told=None, *, number=0, at=NOW, publisher=PUBLISHER):
    return entry_of(told or meeting(), Revision(number, at), publisher)


def feed(*told, title="Readout"):
    return Feed(id="tag:x", title=title, language="en", updated=NOW, entries=told, home="https://x.example/", own=None)


def events(*told, title="Readout"):
    return Calendar.from_ical("".join(ics_parts(title, told))).events


def days(first, last, **more):
    facts = {"start_date": fact(first, "4 October"), "end_date": fact(last, "4 October")}
    return meeting(telling(report=session(**facts, **more)))


# --- feeds ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("write", [atom_parts, rss_parts])
def test_feed_readers_read_a_meeting(write):
    read = feedparser.parse("".join(write(feed(entry(at=LATER)))).encode())
    assert not read.bozo
    assert read.feed.title == "Readout"
    (item,) = read.entries
    assert item.id == "tag:abc.readout.invalid,2024:meeting:1"
    assert item.link == "https://x.example/r/meetings/1"
    assert item.title.endswith("Special Services: 55th session, held")
    assert datetime(*item.published_parsed[:6], tzinfo=UTC) == NOW
    assert datetime(*item.updated_parsed[:6], tzinfo=UTC) == LATER
    content = item.content[0].value if write is atom_parts else item.description
    assert "Astana, KZ" in content
    assert 'href="https://agency.example/news/1"' in content


def test_a_json_feed_has_what_version_1_1_demands():
    read = json.loads("".join(json_feed_parts(feed(entry(at=LATER)))))
    assert read["version"] == "https://jsonfeed.org/version/1.1"
    (item,) = read["items"]
    assert item["id"] == "tag:abc.readout.invalid,2024:meeting:1"
    assert item["external_url"] == "https://agency.example/news/1"
    assert (item["date_published"], item["date_modified"]) == ("2024-10-04T18:30:00Z", "2024-10-04T21:30:00Z")
    assert "https://agency.example/news/1" in item["content_text"]
    assert None not in (*read.values(), *item.values())


def test_without_pages_of_ours_an_entry_leads_to_its_first_report():
    nobody = Publisher(store="abc", saying=PUBLISHER.saying)
    assert entry(publisher=nobody).url == "https://agency.example/news/1"
    assert entry(meeting(telling(url="javascript:alert(1)")), publisher=nobody).url is None


def test_each_page_is_mentioned_once_and_a_meeting_of_hundreds_by_some():
    twice = meeting(telling(1), telling(2, article_id=1), telling(3))
    assert len(entry(twice).mentions) == 2
    assert len(entry(meeting(*(telling(number) for number in range(1, 300)))).mentions) == 20


# --- calendars ------------------------------------------------------------------------------------------------------


def test_a_meeting_is_an_event_of_whole_days():
    (event,) = events(entry(days(date(2024, 10, 3), date(2024, 10, 4)), number=2, at=LATER))
    assert (event["DTSTART"].dt, event["DTEND"].dt) == (date(2024, 10, 3), date(2024, 10, 5))
    assert event["DTSTART"].params["VALUE"] == "DATE"
    assert event["UID"] == "meeting-1@abc.readout.invalid"
    assert event["SEQUENCE"] == 2
    assert event["DTSTAMP"].dt == event["LAST-MODIFIED"].dt == LATER
    assert event["URL"] == "https://x.example/r/meetings/1"
    assert event["LOCATION"] == "Astana, KZ"
    assert "https://agency.example/news/1" in event["DESCRIPTION"]


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (Status.PLANNED, "TENTATIVE"),
        (Status.POSTPONED, "TENTATIVE"),
        (Status.ONGOING, "CONFIRMED"),
        (Status.HELD, "CONFIRMED"),
        (Status.CANCELLED, "CANCELLED"),
    ],
)
def test_how_a_meeting_stands_is_said_as_calendars_say_it(status, expected):
    (event,) = events(entry(meeting(telling(report=session(status=fact(status, "met"))))))
    assert event["STATUS"] == expected


def test_a_meeting_of_no_known_day_is_in_no_calendar():
    undated = entry(meeting(telling(report=session(**NOTHING))))
    no_year = entry(meeting(telling(report=session(**NOTHING, date_partial=fact("10-04", "4 October")))))
    assert events(undated, no_year, entry()) == events(entry())


@pytest.mark.parametrize("day", [date.min, date(1899, 12, 31), date(2024, 2, 29), date.max])
def test_a_calendar_has_any_day(day):
    (event,) = events(entry(days(day, day)))
    assert event["DTSTART"].dt == day


def test_an_end_before_the_beginning_is_none():
    (event,) = events(entry(days(date(2024, 10, 4), date(2024, 10, 1))))
    assert event["DTEND"].dt == date(2024, 10, 5)


LINE = re.compile(r"([A-Z0-9-]+)((?:;[A-Z0-9-]+=(?:\"[^\"]*\"|[^\";:,]*))*):(.*)", re.DOTALL)
"""A content line as RFC 5545, 3.1, has it."""


def content_lines(text):
    """The lines of a calendar by the grammar of the standard, not by a library."""
    *physical, last = text.encode().split(b"\r\n")
    assert last == b""
    assert all(len(line) <= 75 and b"\r" not in line and b"\n" not in line for line in physical)
    logical = b"\r\n".join(physical).replace(b"\r\n ", b"").split(b"\r\n")
    found = [LINE.fullmatch(line.decode()) for line in logical]
    assert all(found)
    return [(match[1], match[3]) for match in found]


def shape(lines):
    return [value for name, value in lines if name in ("BEGIN", "END")]


@pytest.mark.parametrize("payload", PAYLOADS.values(), ids=PAYLOADS)
def test_nothing_that_a_page_says_becomes_part_of_a_format(payload):
    body = fact(BodyName(id=None, name=payload), "Council")
    told = meeting(telling(title=payload, url=payload, report=session(body=body, city=fact(payload, "Astana"))))
    made, title = entry(told), f"Readout: {PAYLOADS['calendar']} END:VCALENDAR"
    calendar = "".join(ics_parts(title, [made]))
    assert shape(content_lines(calendar)) == ["VCALENDAR", "VEVENT", "VEVENT", "VCALENDAR"]
    assert bad_signs(calendar, lines="\r\n") == []
    for write in (atom_parts, rss_parts):
        document = "".join(write(feed(made, title=title)))
        root = etree.fromstring(document.encode(), etree.XMLParser(resolve_entities=False, no_network=True))
        assert len(root.findall(".//{*}entry") + root.findall(".//item")) == 1
        assert bad_signs(document) == []
    read = json.loads("".join(json_feed_parts(feed(made))))
    for html in (read["items"][0]["content_html"],):
        assert set(re.findall(r"<(/?\w+)", html)) <= {"p", "/p", "br", "ul", "/ul", "li", "/li", "a", "/a"}
        assert all(href.startswith(("http://", "https://")) for href in re.findall(r'href="([^"]*)"', html))


# --- from the store -------------------------------------------------------------------------------------------------


def test_a_store_has_a_name_of_its_own_for_ever(database, tmp_path):
    first = store_name(database)
    assert store_name(database) == first
    assert re.fullmatch(r"[0-9a-f]{16}", first)


def test_a_meeting_that_changes_is_another_revision(database):
    from readout.storage.changes import add_changes
    from readout.watching import Change

    with database.write() as connection:
        stored = store(connection, meeting())
        assert revisions(connection, [stored.id]) == {stored.id: Revision(0, NOW)}
        change = Change(fact="city", before="Astana", after="Almaty")
        add_changes(connection, stored.id, [change, change], article_id=None, now=LATER)
        assert revisions(connection, [stored.id]) == {stored.id: Revision(2, LATER)}


def test_the_command_writes_calendars_and_feeds(database):
    with database.write() as connection:
        for number in range(3):
            store(connection, meeting(telling(title=f"M{number}")))
    written = {}
    for form in (Format.ICS, Format.ATOM):
        stream = io.BytesIO()
        write_meetings(database, form, PUBLISHER, stream, limit=2, now=NOW)
        written[form] = stream.getvalue()
    assert len(Calendar.from_ical(written[Format.ICS]).events) == 2
    assert len(feedparser.parse(written[Format.ATOM]).entries) == 2


@pytest.mark.parametrize("form", ["ics", "atom"])
def test_a_person_runs_the_command(database, tmp_path, monkeypatch, capsysbinary, form):
    with database.write() as connection:
        store(connection, meeting())
    (tmp_path / "sources").mkdir()
    settings = f'sources = ["sources"]\ndatabase.url = "{store_url(tmp_path)}"\n'
    (tmp_path / "readout.toml").write_text(f'{settings}alerts.public_url = "https://x.example/r"\n')
    monkeypatch.chdir(tmp_path)
    assert run("export", "meetings", "--format", form) == 0
    written = capsysbinary.readouterr().out
    assert b"https://x.example/r/meetings/1" in written.replace(b"\r\n ", b"")
    assert Calendar.from_ical(written).events if form == "ics" else feedparser.parse(written).entries
    assert run("export", "reports", "--format", form) == 2
    assert b"list meetings" in capsysbinary.readouterr().err


def run(*words):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.argv", ["readout", *words])
        return main()
