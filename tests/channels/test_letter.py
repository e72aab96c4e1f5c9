import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes, policy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from readout.channels import Item, Names, OutgoingMessage, StopLink
from readout.channels.mail.clean import header_text, safe_link, shortened
from readout.channels.mail.compose import compose
from readout.channels.mail.letter import Letter, write_letter
from readout.channels.mail.wire import seal
from readout.channels.mail.words import languages
from readout.config import Mail
from readout.model import (
    Alert,
    AlertKind,
    AlertState,
    BodyName,
    Change,
    Evidence,
    Fact,
    LanguageCode,
    Meeting,
    MeetingKind,
    Report,
    Source,
    SourceId,
    SourceKind,
    Status,
)
from readout.watching import Delivery, Filter
from tests.telling import NOW, TEXT, fact, meeting, person, session, telling

CIS = "CIS Council of Heads of Security Agencies and Special Services"


def source(name: str, kind: SourceKind = SourceKind.NEWS_AGENCY, zone: str = "UTC") -> Source:
    return Source(
        id=SourceId(name.lower()),
        name=name,
        kind=kind,
        country="KZ",
        languages=(LanguageCode("en"),),
        timezone=zone,
        home="https://example.org",
        article="x",
        discover=(),
    )


SOURCES = {
    SourceId("agency"): source("Agency", zone="Asia/Almaty"),
    SourceId("palace"): source("Palace", SourceKind.GOVERNMENT, zone="Asia/Almaty"),
}
NAMES = Names(
    bodies={"cis-sorb": CIS},
    countries={"KZ": "Kazakhstan", "AZ": "Azerbaijan", "RU": "Russia"},
    sources=SOURCES,
    others={
        "ru": Names(
            bodies={"cis-sorb": "Совет руководителей органов безопасности и спецслужб СНГ"},
            countries={"KZ": "Казахстан", "AZ": "Азербайджан", "BY": "Беларусь", "RU": "Россия"},
            cities={"Astana": "Астана"},
            sources=SOURCES,
        ),
        "az": Names(
            bodies={"cis-sorb": "MDB ölkələrinin təhlükəsizlik orqanları rəhbərləri Şurası"},
            countries={"KZ": "Qazaxıstan", "AZ": "Azərbaycan", "BY": "Belarus", "RU": "Rusiya"},
            sources=SOURCES,
        ),
    },
)


def message(
    told: Meeting | None = None,
    names: Names = NAMES,
    *,
    language: str = "en",
    stops: Sequence[StopLink] = (),
    related: Sequence[Meeting] = (),
    **alert: Any,
) -> OutgoingMessage:
    owed = Alert(
        id=1,
        meeting_id=1,
        watch_names=("chiefs",),
        recipient="reader@example.org",
        channel="email",
        kind=AlertKind.FIRST,
        revision=0,
        state=AlertState.SENDING,
        message_id="<0123456789@example.org>",
        attempts=1,
        created_at=NOW,
        matched={Filter.PERSON: "Alexander Bortnikov"},
    )
    owed = replace(owed, **alert)
    delivery = Delivery(language=language, timezone="Asia/Almaty")
    items = (Item(owed, told or meeting()),)
    return OutgoingMessage(
        alert=owed,
        items=items,
        names=names,
        now=NOW,
        related={each.id: each for each in related},
        delivery=delivery,
        stops=tuple(stops),
    )


def letter(told: Meeting | None = None, names: Names = NAMES, **alert: Any) -> Letter:
    return write_letter(message(told, names, **alert))


def text_of(told: Meeting | None = None, **alert: Any) -> str:
    part = compose(message(told, **alert), Mail()).get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def html_of(told: Meeting | None = None, **alert: Any) -> str:
    part = compose(message(told, **alert), Mail()).get_body(("html",))
    assert part is not None
    return str(part.get_content())


# --- subject ------------------------------------------------------------------------------------------------------

SUBJECTS: list[tuple[Report, str]] = [
    (session(), f"{CIS}, 55th session: Astana, 4 Oct 2024"),
    (session(session_number=None), f"{CIS}: Astana, 4 Oct 2024"),
    (session(city=None), f"{CIS}, 55th session: 4 Oct 2024"),
    (session(city=None, start_date=None, end_date=None), f"{CIS}, 55th session"),
    (session(start_date=None), f"{CIS}, 55th session: Astana, until 4 Oct 2024"),
    (session(status=fact(Status.PLANNED, "met")), f"Planned: {CIS}, 55th session: Astana, 4 Oct 2024"),
    (session(status=fact(Status.CANCELLED, "met")), f"Cancelled: {CIS}, 55th session: Astana, 4 Oct 2024"),
    (
        session(body=fact(BodyName(id=None, name="Council of Heads"), "Council of Heads"), session_number=None),
        "Council of Heads: Astana, 4 Oct 2024",
    ),
    (session(body=None, session_number=None), "President receives heads of security services: Astana, 4 Oct 2024"),
]


@pytest.mark.parametrize(("report", "subject"), SUBJECTS)
def test_the_subject_says_body_number_city_and_day(report: Report, subject: str) -> None:
    assert letter(meeting(telling(report=report))).subject == subject


def test_a_long_name_gives_way_to_number_city_and_day() -> None:
    name = "Interstate Commission of the Plenipotentiary Representatives of the Ministries and Agencies of the States"
    report = session(body=fact(BodyName(id=None, name=name), "Council"))
    subject = letter(meeting(telling(report=report))).subject
    assert len(subject) <= 120
    assert subject.startswith("Interstate Commission")
    assert subject.endswith("…, 55th session: Astana, 4 Oct 2024")


def test_a_meeting_without_body_and_title_is_called_by_its_kind() -> None:
    report = Report(kind=fact(MeetingKind.CALL, "met"), status=fact(Status.HELD, "met"))
    told = letter(meeting(telling(report=report, title=None)))
    assert (told.subject, told.heading, told.subheading) == ("Call", "Call", "call, held")
    states = replace(report, countries=session().countries)
    assert letter(meeting(telling(report=states, title=None))).heading == "Call: Azerbaijan, BY, Kazakhstan"
    people = replace(states, participants=session().participants)
    assert letter(meeting(telling(report=people, title=None))).heading == "Call: Alexander Bortnikov, Ermek Sagimbayev"


@pytest.mark.parametrize(
    ("partial", "said"), [("10-04", "4 Oct"), ("10-03/10-04", "3–4 Oct"), ("12-30/01-02", "30 Dec – 2 Jan")]
)
def test_days_without_a_year_are_said_without_one(partial: str, said: str) -> None:
    told = session(start_date=None, end_date=None, date_partial=fact(partial, "4 October"))
    found = letter(meeting(telling(report=told)))
    assert found.subject == f"{CIS}, 55th session: Astana, {said}"
    lines = (f"{said} (no report says of which year)",)
    assert [row.blocks[0].lines for row in found.rows if row.label == "When"] == [lines]


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=150), st.sampled_from(["", "Abuja, 7–9 Aug", "Council of ", "é"]))
def test_a_subject_reads_back_as_it_was_written(title: str, before: str) -> None:
    told = message(meeting(telling(title=before + title, report=session(body=None))))
    content = seal(compose(told, Mail()), to="reader@example.org")
    assert message_from_bytes(content, policy=policy.default)["Subject"] == write_letter(told).subject
    headers = content.partition(b"\r\n\r\n")[0] + b"\r\n"
    (field,) = re.findall(rb"\r\nSubject:((?:[^\r]+\r\n[ \t])*[^\r]*)\r\n", headers)
    assert field.split(b"\r\n")[0].strip()
    assert all(len(line) <= 130 for line in field.split(b"\r\n"))


# --- facts and their sentences ------------------------------------------------------------------------------------


def rows(told: Letter) -> dict[str, list[tuple[Sequence[str], str]]]:
    return {
        row.label: [(block.lines, block.quote.text if block.quote else "") for block in row.blocks] for row in told.rows
    }


def test_each_fact_stands_over_the_sentence_it_was_read_from() -> None:
    found = rows(letter())
    lead = (
        "On 4 October the 55th session of the Council of Heads of Security Agencies and Special Services met in "
        "Astana, Kazakhstan."
    )
    assert found[""] == [((), lead)]
    assert found["When"] == [(("4 Oct 2024",), "On 4 October the 55th session of the Council of …")]
    assert found["Where"] == [(("Astana, Kazakhstan",), "… Agencies and Special Services met in Astana, Kazakhstan.")]
    assert found["Who"][0][0] == (
        "Alexander Bortnikov, director of the Federal Security Service, Russia",
        "Ermek Sagimbayev, chairman of the National Security Committee, Kazakhstan",
    )
    assert found["Received by"] == [
        (("Kassym-Jomart Tokayev",), "The President, Kassym-Jomart Tokayev, received the participants.")
    ]
    assert found["Countries"][0] == (
        ("Azerbaijan, BY, Kazakhstan",),
        "Delegations of Azerbaijan and Belarus took part.",
    )
    assert found["Topics"][0][0] == ("terrorism, information security",)


def test_subjects_stand_beside_the_topics() -> None:
    told = session(topics=session().topics[:1], subjects=(fact("climate", "information space"),))
    found = rows(write_letter(message(meeting(telling(report=told)))))
    assert found["Topics"][0][0] == ("terrorism, climate and environment",)


def test_the_words_a_fact_was_read_from_are_marked() -> None:
    (block,) = next(row for row in letter().rows if row.label == "Received by").blocks
    assert block.quote is not None
    assert [piece.text for piece in block.quote.pieces if piece.said] == ["Kassym-Jomart Tokayev"]
    assert block.outlet == "Agency"


def test_what_the_page_does_not_say_has_no_row() -> None:
    bare = Report(kind=fact(MeetingKind.SESSION, "session"), status=fact(Status.HELD, "met"))
    assert set(rows(letter(meeting(telling(report=bare))))) == {""}


def test_a_meeting_of_which_only_kind_and_status_are_told_makes_a_mail() -> None:
    bare = Report(kind=fact(MeetingKind.OTHER, "session"), status=fact(Status.HELD, "met"))
    assert "<html" in html_of(meeting(telling(report=bare)))


def test_nothing_is_quoted_that_no_stored_text_says() -> None:
    told = meeting(telling(text="Rewritten. " + TEXT))
    assert all(block.quote is None for row in letter(told).rows for block in row.blocks)


def test_a_sentence_is_quoted_from_the_report_that_holds_the_fact() -> None:
    bare = Report(kind=fact(MeetingKind.SESSION, "session"), status=fact(Status.HELD, "met"))
    official = telling(2, source=SourceId("palace"), report=bare)
    told = meeting(telling(), official)
    found = letter(told)
    assert {block.outlet for row in found.rows if row.label for block in row.blocks} == {"Agency"}


@pytest.mark.parametrize(
    ("language", "name", "latin", "said"),
    [
        ("en", "Бортников", "Bortnikov", "Bortnikov (Бортников)"),
        ("ru", "Бортников", "Bortnikov", "Бортников"),
        ("az", "Əli Nağıyev", "Ali Nagiyev", "Əli Nağıyev"),
        ("ru", "علی لاریجانی", "Ali Larijani", "Ali Larijani (علی لاریجانی)"),
        ("en", "李强", "", "李强"),
    ],
)
def test_a_name_in_a_script_that_its_readers_do_not_read_is_spelt_in_latin_letters(
    language: str, name: str, latin: str, said: str
) -> None:
    told = meeting(telling(report=session(participants=(person(name, name, name_latin=latin),))))
    found = write_letter(message(told, language=language))
    who = next(row for row in found.rows if row.label == found.words.label["who"])
    assert who.blocks[0].lines == (said,)


# --- reports and reasons ------------------------------------------------------------------------------------------


def test_reports_stand_official_first_with_outlet_language_time_and_link() -> None:
    day_alone = {"published_day": date(2024, 10, 4), "published_day_only": True}
    russian = telling(
        2,
        source=SourceId("palace"),
        language=LanguageCode("ru"),
        published=datetime(2024, 10, 3, 19, tzinfo=UTC),
        **day_alone,
    )
    row = telling(5, source=None, published=datetime(2024, 10, 3, 20, tzinfo=UTC), duplicate_of="a1", **day_alone)
    copy = telling(3, source=None, published=NOW - timedelta(days=3), duplicate_of="a1", url="https://other.example/x")
    undated = telling(4, source=None, published=None, language=LanguageCode("xx"), url="javascript:alert(1)")
    found = letter(meeting(telling(), russian, row, copy, undated)).entries
    assert [(entry.outlet, entry.language, entry.time, entry.is_official, entry.is_copy) for entry in found] == [
        ("Palace", "Russian", "4 Oct 2024", True, False),
        ("Agency", "English", "4 Oct 2024, 21:30 UTC+5", False, False),
        ("", "xx", "no date given, first seen 4 Oct 2024, 23:30 UTC+5", False, False),
        ("other.example", "English", "1 Oct 2024, 23:30 UTC+5", False, True),
        ("agency.example", "English", "4 Oct 2024", False, True),
    ]
    assert [entry.link for entry in found] == [
        "https://agency.example/news/2",
        "https://agency.example/news/1",
        None,
        "https://other.example/x",
        "https://agency.example/news/5",
    ]


def test_a_meeting_everybody_reports_does_not_make_an_endless_mail() -> None:
    found = letter(meeting(*(telling(number) for number in range(1, 31))))
    assert len(found.entries) == 20
    assert found.further == "and 10 more"


def test_the_mail_says_why_it_came_and_how_to_stop_it() -> None:
    text = text_of(watch_names=("chiefs", "it's mine"))
    assert "asked for by the watch “chiefs”, “it's mine”" in text
    assert "person: Alexander Bortnikov" in text
    assert "readout watch remove chiefs --to reader@example.org\n" in text
    assert """readout watch remove 'it'"'"'s mine' --to reader@example.org\n""" in text
    assert letter(matched={}).reasons == (
        "asked for by the watch “chiefs”, which has no filter and hears of every meeting",
    )


def test_what_filters_found_is_said_as_the_rest_of_the_mail_says_it() -> None:
    matched = {
        Filter.BODY_KIND: "session (Council of Heads)",
        Filter.KIND: "summit",
        Filter.STATUS: "held",
        Filter.SESSION: "55",
        Filter.DAY: "2024-10-03 – 2024-10-04",
        Filter.STATE: "AZ; BY; XX",
        Filter.TOPIC: "terrorism",
        Filter.LANGUAGE: "ru",
        Filter.SOURCE: "palace; gone",
        Filter.SOURCE_KIND: "news_agency",
        Filter.WORDS: "information space",
        "made up": "<b>",
    }
    assert letter(matched=matched).reasons[1:] == (
        "sort of body: session (Council of Heads)",
        "sort of meeting: summit",
        "status: held",
        "number: 55",
        "day: 3–4 Oct 2024",
        "taking part: Azerbaijan; BY; XX",
        "topic: terrorism",
        "language: Russian",
        "source: Palace; gone",
        "sort of source: news agency",
        "words: information space",
        "made up: <b>",
    )


def test_a_body_that_a_filter_found_is_called_by_its_name() -> None:
    name = "Council of Heads of Security Agencies and Special Services"
    assert letter(matched={Filter.BODY: name}).reasons[1] == f"body: {CIS}"
    assert letter(matched={Filter.BODY: "Another Council"}).reasons[1] == "body: Another Council"


@pytest.mark.parametrize("filter_", Filter)
@pytest.mark.parametrize("value", ["", "?", "a; b", "(", "9999-99-99"])
def test_whatever_a_filter_found_can_be_said(filter_: Filter, value: str) -> None:
    assert letter(matched={filter_: value}).reasons[1].endswith(f": {value.strip()}")


def test_a_reader_who_can_stop_by_a_link_needs_no_command() -> None:
    stop = StopLink("chiefs", "https://readout.example/stop/1.2.ab")
    found = letter(stops=[stop])
    assert ([way.link for way in found.ways_out], found.commands) == ([stop.url], ())
    assert f"Stop the mails of the watch “chiefs”:\n  {stop.url}\n" in text_of(stops=[stop])
    assert letter(stops=[StopLink("chiefs", "javascript:alert(1)")]).commands


def test_each_watch_that_a_mail_names_has_a_link_of_its_own_and_its_list_is_that_of_the_first() -> None:
    stops = [StopLink(name, f"https://readout.example/stop/{name}") for name in ("terror", "chiefs")]
    told = message(watch_names=("chiefs", "terror"), stops=stops)
    mail = compose(told, Mail())
    assert str(mail["List-Id"]).startswith('"Readout terror" <terror-')
    assert mail["List-Unsubscribe"] == "<https://readout.example/stop/terror>"
    ending = text_of(watch_names=("chiefs", "terror"), stops=stops).partition("-- \n")[2]
    assert ending.endswith(
        "Stop the mails of the watch “terror”:\n  https://readout.example/stop/terror\n"
        "Stop the mails of the watch “chiefs”:\n  https://readout.example/stop/chiefs\n"
    )
    links = re.findall(r'href="(https://readout.example/stop/[a-z]+)"', html_of(stops=stops))
    assert links == [stop.url for stop in stops]


def test_what_is_not_sure_of_the_meeting_is_said_at_its_head() -> None:
    told = meeting(number=12, perhaps_same_as=(7, 9, 8), part_of=3)
    nameless = telling(9, title="Heads confer", report=session(body=None, session_number=None))
    summit = session(kind=fact(MeetingKind.SUMMIT, "session"), session_number=None)
    related = [meeting(number=7), meeting(nameless, number=9), meeting(telling(3, report=summit), number=3)]
    assert letter(told, related=related).notes == (
        f"Perhaps the same as another meeting, which the facts do not settle: {CIS}, 55th session, Astana, 4 Oct 2024",
        "Perhaps the same as another meeting, which the facts do not settle: Heads confer, Astana, 4 Oct 2024",
        f"Held within another meeting: {CIS}, Astana, 4 Oct 2024",
    )
    assert letter(told).notes == ()


def test_a_long_title_of_another_meeting_leaves_room_for_its_day() -> None:
    other = meeting(telling(7, title="word " * 200, report=session(body=None)), number=7)
    (note,) = letter(meeting(number=12, perhaps_same_as=(7,)), related=[other]).notes
    assert note.endswith("…, 55th session, Astana, 4 Oct 2024")


@pytest.mark.parametrize("language", languages())
def test_no_mail_that_can_be_stopped_by_a_link_has_a_command_or_a_number_of_ours(language: str) -> None:
    told = meeting(*(telling(number) for number in range(1, 31)), number=12, perhaps_same_as=(7,), part_of=3)
    how: dict[str, Any] = {
        "language": language,
        "related": [meeting(number=7), meeting(number=3)],
        "stops": [StopLink("chiefs", "https://r.example/stop/x")],
    }
    for said in (text_of(told, **how), html_of(told, **how)):
        assert not re.search(r"\breadout \w|\bM\d", said)


def test_a_value_set_by_hand_is_said_to_be_and_no_sentence_about_another_stands_by_it() -> None:
    hand = Evidence(text="the host wrote to us", start=0, end=0, where="ruling")
    best = session(city=Fact(value="Minsk", evidence=hand), status=Fact(value=Status.CANCELLED, evidence=hand))
    told = meeting(telling(), report=best)
    found = {row.label: row for row in letter(told).rows}
    assert found["Where"].ruled == "City: corrected by hand"
    assert [(block.lines, block.quote) for block in found["Where"].blocks] == [(("Minsk, Kazakhstan",), None)]
    assert found[""].ruled == "Status: corrected by hand"
    assert [block.quote is not None for block in found[""].blocks] == [True]
    assert {row.ruled for label, row in found.items() if label not in ("", "Where")} == {None}
    assert all(block.quote for label, row in found.items() if label not in ("", "Where") for block in row.blocks)
    assert "\nWHERE\n  Minsk, Kazakhstan\n  City: corrected by hand\n\nWHO\n" in text_of(told)
    assert "City: corrected by hand" in html_of(told)


def test_days_and_people_set_by_hand_are_said_to_be() -> None:
    hand = Evidence(text="", start=0, end=0, where="ruling")
    best = session(
        start_date=Fact(value=date(2024, 10, 3), evidence=hand),
        participants=tuple(replace(each, evidence=hand) for each in session().participants),
    )
    found = {row.label: row for row in letter(meeting(telling(), report=best)).rows}
    for label in ("When", "Who"):
        assert found[label].ruled == "corrected by hand"
        assert [block.quote for block in found[label].blocks] == [None]


def test_a_copy_is_called_one() -> None:
    copy = telling(2, duplicate_of="a1", url="https://other.example/x", source=None)
    text = text_of(meeting(telling(), copy))
    assert "other.example · English · 4 Oct 2024, 21:30 UTC+5" in text
    assert "same text as another report" in " ".join(text.split())


def test_a_page_that_vanished_is_said_to_have() -> None:
    text = text_of(meeting(telling(gone_at=NOW)))
    assert "4 Oct 2024, 21:30 UTC+5 · page is gone\n" in text


# --- updates ------------------------------------------------------------------------------------------------------

CHANGES: list[tuple[Change, tuple[str, str | None, str | None]]] = [
    (Change(fact="status", before="planned", after="held"), ("Status", "planned", "held")),
    (
        Change(fact="days", before="2024-10-03 to 2024-10-04", after="10-04, no year said"),
        ("When", "3–4 Oct 2024", "4 Oct"),
    ),
    (Change(fact="days", before="until 2024-10-04", after="2024-10-05"), ("When", "until 4 Oct 2024", "5 Oct 2024")),
    (Change(fact="country", before="KZ", after="XX"), ("Country", "Kazakhstan", "XX")),
    (Change(fact="city", before=None, after="Astana"), ("City", None, "Astana")),
    (Change(fact="session_number", before="54", after="55"), ("Number", "54", "55")),
    (Change(fact="participants", before="A. Person", after=None), ("Taking part", "A. Person", None)),
    (
        Change(fact="report", before=None, after="https://agency.example/news/1"),
        ("A further report", None, "Agency: President receives heads of security services"),
    ),
    (
        Change(fact="report", before=None, after="https://gone.example/1"),
        ("A further report", None, "https://gone.example/1"),
    ),
    (Change(fact="new_fact", before="a\nb", after="<c>"), ("new fact", "a b", "<c>")),
]


@pytest.mark.parametrize(("change", "said"), CHANGES)
def test_what_changed_is_said_as_the_rest_of_the_mail_says_it(
    change: Change, said: tuple[str, str | None, str | None]
) -> None:
    (found,) = letter(kind=AlertKind.UPDATE, changes=(change,)).amended
    assert (found.label, found.before, found.after) == said


def test_an_update_says_what_is_new_and_what_is_no_longer_said() -> None:
    changes = (
        Change(fact="days", before="2024-10-03", after="2024-10-04"),
        Change(fact="city", before=None, after="Astana"),
        Change(fact="received_by", before="The President", after=None),
    )
    text = text_of(kind=AlertKind.UPDATE, changes=changes)
    assert "  When: 3 Oct 2024 → 4 Oct 2024\n" in text
    assert "  City: Astana (new)\n" in text
    assert "  Received by: The President → no longer said\n" in text
    assert letter(kind=AlertKind.UPDATE, changes=changes).subject.startswith("Update: ")


# --- hostile text -------------------------------------------------------------------------------------------------


def test_what_pages_and_operators_write_is_text_in_the_html() -> None:
    told = meeting(telling(title="<b>bold</b> & {{ 7*7 }}", report=session(body=None)))
    html = html_of(told, watch_names=("<i>",))
    assert "&lt;b&gt;bold&lt;/b&gt; &amp; {{ 7*7 }}" in html
    assert "<b>bold" not in html
    assert "<i>" not in html


def test_the_html_loads_nothing_and_is_fit_for_dark_screens() -> None:
    html = html_of()
    for loads in ("<img", "<link", "<script", "src=", "url(", "@import", "<iframe"):
        assert loads not in html
    assert "prefers-color-scheme: dark" in html
    assert 'style="' in html


def test_text_comes_first_and_headers_are_ours() -> None:
    mail = compose(message(), Mail(sender="Watch <watch@example.org>"))
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    assert mail["Auto-Submitted"] == "auto-generated"
    assert str(mail["List-Id"]).startswith('"Readout chiefs" <chiefs-')
    assert str(mail["List-Id"]).endswith(".example.org>")
    assert mail["Message-ID"] == "<0123456789@example.org>"
    assert mail["From"] == "Watch <watch@example.org>"
    assert mail["Date"].datetime == NOW
    assert all(len(line) <= 998 for line in mail.as_bytes().split(b"\r\n"))


# --- cleaning -----------------------------------------------------------------------------------------------------


@given(st.text(), st.integers(min_value=1, max_value=200))
def test_header_text_is_one_printable_line_that_decodes_to_itself(text: str, limit: int) -> None:
    line = header_text(text, limit)
    assert len(line) <= limit
    assert line == line.strip()
    assert not set(line) & set("\r\n\0\u2028\u2029\u202e\u2066")
    assert "=?" not in line
    assert "?=" not in line
    line.encode("utf-8")


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=300), st.text(max_size=60), st.text(max_size=40))
def test_any_text_makes_a_mail(title: str, name: str, watch: str) -> None:
    report = session(body=fact(BodyName(id=None, name=name), "Council")) if name else session(body=None)
    mail = compose(message(meeting(telling(title=title, report=report)), watch_names=(watch,)), Mail())
    assert 0 < len(str(mail["Subject"])) <= 120


LINKS = [
    ("https://example.org/a?b=c&d=e#f", "https://example.org/a?b=c&d=e#f"),
    ("http://example.org/новости/1", "http://example.org/%D0%BD%D0%BE%D0%B2%D0%BE%D1%81%D1%82%D0%B8/1"),
    ("https://пример.example/", "https://xn--e1afmkfd.example/"),
    ("javascript:alert(1)", None),
    ("data:text/html,x", None),
    ("ftp://example.org/", None),
    ("https://", None),
    ("//example.org/", None),
    ("https://[::1", None),
    ("", None),
]


@pytest.mark.parametrize(("url", "link"), LINKS)
def test_only_addresses_of_the_web_become_links(url: str, link: str | None) -> None:
    assert safe_link(url) == link


@given(st.text())
def test_a_link_has_nothing_that_could_leave_its_attribute(url: str) -> None:
    for link in (safe_link(url), safe_link(f"https://example.org/{url}")):
        assert link is None or (link.isascii() and not set(link) & set(" \"'<>\\`\r\n\t"))


def test_shortening_marks_the_cut_and_prefers_the_end_of_a_word() -> None:
    assert shortened("as it is", 8) == "as it is"
    assert shortened("a word too many", 12) == "a word too…"
    assert shortened("x" * 20, 10) == "x" * 9 + "…"
    assert shortened("anything", 0) == "…"
