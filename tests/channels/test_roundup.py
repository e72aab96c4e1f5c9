from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

import pytest

from readout.channels import Item, Names, OutgoingMessage
from readout.channels.mail.compose import compose
from readout.channels.mail.roundup import Brief, Roundup, by_meeting, write_roundup
from readout.channels.mail.wire import seal
from readout.channels.mail.words import languages, words_in
from readout.config import Mail
from readout.model import (
    Alert,
    AlertKind,
    AlertState,
    BodyName,
    Change,
    LanguageCode,
    Meeting,
    MeetingKind,
    Report,
    Source,
    SourceId,
    SourceKind,
)
from readout.watching import Delivery
from tests.telling import NOW, fact, meeting, session, telling

# A Monday: the digest is sent in the morning, after what was stored by then.
MONDAY = datetime(2026, 11, 23, 4, tzinfo=UTC)
READER = "reader@example.org"


def source(name: str, kind: SourceKind = SourceKind.NEWS_AGENCY) -> Source:
    return Source(
        id=SourceId(name.lower()),
        name=name,
        kind=kind,
        country="KZ",
        languages=(LanguageCode("en"),),
        timezone="UTC",
        home="https://example.org",
        article="x",
        discover=(),
    )


NAMES = Names(
    bodies={"cis-sorb": "CIS security chiefs", "sco-rats": "SCO RATS Council"},
    countries={"KZ": "Kazakhstan"},
    sources={each.id: each for each in (source("Agency"), source("Palace", SourceKind.GOVERNMENT))},
)


def alert(number: int = 1, kind: AlertKind = AlertKind.FIRST, **changes: Any) -> Alert:
    fields: dict[str, Any] = {
        "id": number,
        "meeting_id": number,
        "watch_names": ("chiefs",),
        "recipient": READER,
        "channel": "email",
        "kind": kind,
        "revision": 0,
        "state": AlertState.SENDING,
        "message_id": "<0123456789@example.org>",
        "attempts": 1,
        "created_at": MONDAY,
    }
    return Alert(**fields | changes)


def digest(*items: Item, delivery: Delivery = Delivery(), **content: Any) -> OutgoingMessage:  # noqa: B008
    """A digest of the 23rd, unless `content` says otherwise."""
    said = {"reason": "daily", "day": "2026-11-23", "count": len(items)} | content
    owed = alert(9, AlertKind.DIGEST, content={name: value for name, value in said.items() if value is not None})
    return OutgoingMessage(alert=owed, names=NAMES, now=MONDAY, items=items, delivery=delivery)


def item(told: Meeting, kind: AlertKind = AlertKind.FIRST, **changes: Any) -> Item:
    return Item(alert(told.id, kind, **changes), told)


def of_body(body: str | None, number: int, day: date | None = date(2024, 10, 4), **report: Any) -> Meeting:
    """A meeting of the body with this id."""
    facts = {
        "body": fact(BodyName(id=body, name=body), "Council") if body else None,
        "start_date": fact(day, "4 October") if day else None,
        "end_date": None,
    }
    return meeting(telling(number, report=session(**facts | report)), number=number)


def text_of(message: OutgoingMessage) -> str:
    part = compose(message, Mail()).get_body(("plain",))
    assert part is not None
    return str(part.get_content())


# --- order --------------------------------------------------------------------------------------------------------


def headings(found: Roundup) -> list[tuple[str, list[str]]]:
    return [(chapter.name, [brief.heading for brief in chapter.briefs]) for chapter in found.chapters]


def test_meetings_stand_under_their_bodies_in_order_of_name_and_day() -> None:
    items = [
        item(of_body(None, 1)),
        item(of_body("sco-rats", 2, date(2024, 10, 9), session_number=fact(41, "55th"))),
        item(of_body("sco-rats", 3, None, session_number=fact(42, "55th"))),
        item(of_body("cis-sorb", 4)),
        item(of_body("sco-rats", 5, date(2024, 10, 8), session_number=None)),
        item(of_body("Arctic forum", 6)),
    ]
    assert headings(write_roundup(digest(*items))) == [
        ("Arctic forum", ["55th session, held"]),
        ("CIS security chiefs", ["55th session, held"]),
        ("SCO RATS Council", ["Session, held", "41st session, held", "42nd session, held"]),
        ("Other meetings", ["President receives heads of security services"]),
    ]


def test_the_order_of_arrival_does_not_matter() -> None:
    items = [item(of_body(body, number)) for number, body in enumerate(["b", None, "a", "B", None, "a"], 1)]
    assert headings(write_roundup(digest(*items))) == headings(write_roundup(digest(*reversed(items))))


CHANGE = Change(fact="status", before="planned", after="held")
FURTHER = Change(fact="city", before=None, after="Astana")


@pytest.mark.parametrize(
    ("kinds", "changes"),
    [
        ([AlertKind.FIRST], ()),
        ([AlertKind.FIRST, AlertKind.UPDATE], ()),
        ([AlertKind.UPDATE, AlertKind.FIRST], ()),
        ([AlertKind.UPDATE], (CHANGE,)),
        ([AlertKind.UPDATE, AlertKind.UPDATE], (CHANGE, CHANGE)),
    ],
)
def test_a_meeting_is_told_of_once(kinds: Sequence[AlertKind], changes: tuple[Change, ...]) -> None:
    changed = {AlertKind.FIRST: (), AlertKind.UPDATE: (CHANGE,)}
    found = by_meeting([item(meeting(), kind, changes=changed[kind]) for kind in kinds])
    assert [each.alert.changes for each in found] == [changes]


# --- one meeting --------------------------------------------------------------------------------------------------


def brief(told: Meeting, **changes: Any) -> Brief:
    (chapter,) = write_roundup(digest(item(told, **changes))).chapters
    return chapter.briefs[0]


def test_a_meeting_is_told_in_a_few_lines_with_the_report_to_read_first() -> None:
    official = telling(2, source=SourceId("palace"), title="The President received them", official=True)
    found = brief(meeting(telling(), official), matched={"person": "Alexander Bortnikov"})
    assert found == Brief(
        heading="55th session, held",
        facts="4 Oct 2024 · Astana, Kazakhstan",
        marks=(),
        amended=(),
        title="The President received them",
        link="https://agency.example/news/2",
        meta="Palace · 2 reports",
        matched="person: Alexander Bortnikov",
    )


def test_a_meeting_of_no_body_is_called_by_its_title_once() -> None:
    found = brief(of_body(None, 1))
    assert (found.heading, found.title) == ("President receives heads of security services", "Agency")
    assert found.facts == "55th session, held · 4 Oct 2024 · Astana, Kazakhstan"
    assert found.meta == "1 report"


def test_what_nobody_says_is_left_out() -> None:
    bare = Report(kind=fact(MeetingKind.CALL, "met"), status=session().status)
    found = brief(meeting(telling(report=bare, title=None, source=None, url="javascript:alert(1)")))
    assert (found.heading, found.facts, found.meta) == ("Call", "call, held", "1 report")
    assert (found.title, found.link, found.matched) == ("(no title)", None, None)


def test_an_update_says_what_changed_and_a_late_find_that_it_is_one() -> None:
    late = meeting(late=True)
    found = brief(late, kind=AlertKind.UPDATE, changes=(CHANGE, FURTHER))
    assert [(each.label, each.before, each.after) for each in found.amended] == [
        ("Status", "planned", "held"),
        ("City", None, "Astana"),
    ]
    assert found.marks == ("found late",)
    text = text_of(digest(item(late, AlertKind.UPDATE, changes=(CHANGE, FURTHER))))
    assert "4 Oct 2024 · Astana, Kazakhstan · found late\n    Status: planned → held\n    City: Astana (new)\n" in text


def test_why_it_matched_is_said_where_that_is_short() -> None:
    assert brief(meeting(), matched={"words": "x" * 120}).matched is None


# --- the whole ----------------------------------------------------------------------------------------------------

ITEMS = tuple(item(of_body("cis-sorb", number)) for number in range(1, 8))
SUBJECTS: list[tuple[OutgoingMessage, str]] = [
    (digest(*ITEMS), "Readout daily: 7 meetings, 23 Nov 2026 (chiefs)"),
    (digest(ITEMS[0], reason="weekly"), "Readout weekly: 1 meeting, 23 Nov 2026 (chiefs)"),
    (digest(), "Readout daily: nothing new, 23 Nov 2026 (chiefs)"),
    (digest(*ITEMS, reason="flood", limit=20, day=None), "Readout, all in one: 7 meetings, 23 Nov 2026 (chiefs)"),
    (
        digest(*ITEMS, delivery=Delivery(language="ru")),
        "Readout за день: 7 встреч, 23 ноября 2026 г. (chiefs)",
    ),
    (
        digest(*ITEMS, delivery=Delivery(language="az"), reason="weekly"),
        "Readout, həftəlik: 7 görüş, 23 noyabr 2026 (chiefs)",
    ),
    (digest(ITEMS[0], delivery=Delivery(language="xx")), "Readout daily: 1 meeting, 23 Nov 2026 (chiefs)"),
]


@pytest.mark.parametrize(("message", "subject"), SUBJECTS)
def test_the_subject_says_how_many_and_of_which_day(message: OutgoingMessage, subject: str) -> None:
    assert write_roundup(message).subject == subject
    assert seal(compose(message, Mail()), to=READER)


def test_the_day_of_a_flood_is_that_of_the_readers_zone() -> None:
    told = digest(ITEMS[0], reason="flood", limit=1, day=None, delivery=Delivery(timezone="Pacific/Honolulu"))
    assert "22 Nov 2026" in write_roundup(told).subject


def test_more_than_two_hundred_meetings_are_counted_not_told() -> None:
    items = [item(of_body(None, number)) for number in range(1, 238)]
    found = write_roundup(digest(*items))
    assert found.heading == "237 meetings"
    assert [len(chapter.briefs) for chapter in found.chapters] == [200]
    assert found.further == "and 37 more"
    assert found.further in text_of(digest(*items))
    assert write_roundup(digest(*items[:200])).further is None


def test_what_was_not_handed_in_is_counted_too() -> None:
    found = write_roundup(digest(*(item(of_body(None, number)) for number in range(1, 201)), count=480))
    assert (found.heading, found.further) == ("480 meetings", "and 280 more")


def test_a_meeting_that_is_gone_is_not_missed() -> None:
    assert write_roundup(digest(*ITEMS, count=8)).further is None


def test_a_flood_says_that_it_is_one() -> None:
    told = digest(*ITEMS, reason="flood", limit=20, day=None)
    said = "More than 20 alerts in an hour for this watch; held back and told here: 7 meetings."
    assert write_roundup(told).flooded == said
    assert said in text_of(told).replace("\n", " ")
    assert write_roundup(digest(*ITEMS)).flooded is None


FLOODS = [
    ("en", 1, 1, "More than 1 alert in an hour for this watch; held back and told here: 1 meeting."),
    ("ru", 1, 1, "По этой подписке за час накопилось больше 1 письма; остальное – здесь: 1 встреча."),
    ("ru", 20, 3, "По этой подписке за час накопилось больше 20 писем; остальное – здесь: 3 встречи."),
    ("ru", 22, 7, "По этой подписке за час накопилось больше 22 писем; остальное – здесь: 7 встреч."),
    ("az", 20, 1, "Bu abunəlik üzrə bir saat ərzində 20 məktub həddi keçilib; qalanı buradadır: 1 görüş."),
]


@pytest.mark.parametrize(("language", "limit", "count", "said"), FLOODS)
def test_a_flood_is_counted_as_the_language_counts(language: str, limit: int, count: int, said: str) -> None:
    told = digest(*ITEMS[:count], reason="flood", limit=limit, day=None, delivery=Delivery(language=language))
    assert write_roundup(told).flooded == said


def test_nothing_new_is_said_with_the_coverage() -> None:
    text = text_of(digest(coverage={"checked": 43, "sources": 43, "down": []}))
    assert text.startswith("Nothing new\nReadout daily · 23 Nov 2026 · “chiefs”\n\n43 of 43 sources checked\n\n-- \n")


def test_the_digest_says_why_it_came_and_how_to_stop_it() -> None:
    text = text_of(digest(*ITEMS))
    assert "asked for by the watch “chiefs”" in text
    assert "readout watch remove chiefs --to reader@example.org" in text


# --- coverage -----------------------------------------------------------------------------------------------------


def down(name: str, since: str | None) -> dict[str, Any]:
    return {"id": name.lower(), "name": name, "since": since}


COVERAGES: list[tuple[list[dict[str, Any]], str]] = [
    ([], "41 of 43 sources checked"),
    (
        [down("Palace", "2026-11-17T09:00:00+00:00"), down("Agency", "2026-11-17T07:00:00+00:00")],
        "41 of 43 sources checked; 2 down since Tuesday (Agency, Palace)",
    ),
    (
        [down("Palace", "2026-11-22T09:00:00+00:00"), down("Agency", "2026-11-03T07:00:00+00:00")],
        "41 of 43 sources checked; 1 down since 3 Nov 2026 (Agency); 1 down since Sunday (Palace)",
    ),
    # a week ago it was the same weekday
    ([down("Agency", "2026-11-16T12:00:00+00:00")], "41 of 43 sources checked; 1 down since 16 Nov 2026 (Agency)"),
    # late on Saturday in UTC is Sunday in Baku
    ([down("Agency", "2026-11-21T21:00:00+00:00")], "41 of 43 sources checked; 1 down since Sunday (Agency)"),
    ([down("Agency", None)], "41 of 43 sources checked; 1 down (Agency)"),
    ([down("Agency", "2027-01-01T00:00:00+00:00")], "41 of 43 sources checked; 1 down since 1 Jan 2027 (Agency)"),
    (
        [down(letter, "2026-11-17T09:00:00+00:00") for letter in "abcdefghijkl"],
        "41 of 43 sources checked; 12 down since Tuesday (a, b, c, d, e, f, g, h, i, j, and 2 more)",
    ),
]


@pytest.mark.parametrize(("rows", "said"), COVERAGES)
def test_the_coverage_says_how_much_was_seen_and_since_when_not(rows: list[dict[str, Any]], said: str) -> None:
    coverage = {"checked": 41, "sources": 43, "down": rows}
    told = digest(*ITEMS, coverage=coverage, delivery=Delivery(timezone="Asia/Baku"))
    assert write_roundup(told).coverage == said


def test_no_coverage_is_claimed_where_none_was_counted() -> None:
    assert write_roundup(digest(*ITEMS)).coverage is None


@pytest.mark.parametrize("language", languages())
def test_every_language_has_the_words_of_a_digest(language: str) -> None:
    coverage = {
        "checked": 1,
        "sources": 3,
        "down": [down("A", "2026-11-17T09:00:00+00:00"), down("B", NOW.isoformat())],
    }
    for reason in ("daily", "weekly", "flood"):
        told = digest(*ITEMS, reason=reason, limit=5, coverage=coverage, delivery=Delivery(language=language))
        found = write_roundup(told)
        assert found.words.code == language
        assert "{" not in text_of(told)
        assert found.coverage
        assert "A" in found.coverage
    assert set(words_in(language).digest) == set(words_in("en").digest)
    assert set(words_in(language).since) == {*map(str, range(7)), "day"}
