"""Whole letters, word for word, in each language; and that nothing makes one longer or other than it should be."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import lxml.html
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from readout.channels import Item, OutgoingMessage, StopLink
from readout.channels.mail.clean import SUBJECT_LIMIT
from readout.channels.mail.compose import compose
from readout.channels.mail.letter import write_letter
from readout.channels.mail.words import Words, languages, words_in
from readout.config import Mail
from readout.model import Alert, AlertKind, BodyName, Meeting, MeetingKind, Status
from readout.naming import names_of
from readout.watching import Change, Delivery, Filter
from tests.channels.accounts import SOURCES, told_differently
from tests.channels.outgoing import alert
from tests.telling import NOW, fact, meeting, person, session, telling

LETTERS = Path(__file__).parent / "letters"
NAMES = names_of(SOURCES)
FIRST = alert(
    "analyst@example.org",
    watch_names=("security chiefs",),
    matched={Filter.STATE: "AZ", Filter.TOPIC: "terrorism", Filter.STATUS: "held"},
)
UPDATE = replace(
    FIRST,
    kind=AlertKind.UPDATE,
    matched={},
    changes=(
        Change(fact="days", before="2024-10-05", after="2024-10-04"),
        Change(fact="city", before=None, after="Astana"),
        Change(fact="report", before=None, after="https://committee.example/2"),
    ),
)
STOP = "https://readout.example/stop/1.2.ab.cd"


def message(language: str, told: Meeting, alert: Alert = FIRST, stop: str | None = None) -> OutgoingMessage:
    delivery = Delivery(language=language, timezone="Asia/Baku")
    return OutgoingMessage(
        alert=alert,
        items=(Item(alert, told),),
        names=NAMES,
        now=NOW,
        related={7: meeting(number=7)},
        delivery=delivery,
        stops=(StopLink(alert.watch_names[0], stop),) if stop else (),
    )


def parts(outgoing: OutgoingMessage) -> tuple[str, str]:
    mail = compose(outgoing, Mail())
    text, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert text is not None
    assert html is not None
    return text.get_content().replace("\r\n", "\n"), html.get_content()


def written(language: str, kind: AlertKind) -> str:
    owed, stop = (FIRST, STOP) if kind is AlertKind.FIRST else (UPDATE, None)
    outgoing = message(language, told_differently(), owed, stop)
    return f"{compose(outgoing, Mail())['Subject']}\n\n{parts(outgoing)[0]}"


@pytest.mark.parametrize("kind", [AlertKind.FIRST, AlertKind.UPDATE])
@pytest.mark.parametrize("language", languages())
def test_a_letter_reads_as_it_was_approved(language: str, kind: AlertKind) -> None:
    approved = (LETTERS / f"{kind}.{language}.txt").read_text("utf-8")
    assert written(language, kind) == approved


def spoken(text: str, words: Words) -> set[str]:
    """The words of `text` in capitals, as labels are in the text part."""
    return {words.upper(word.strip("«»“”.,:;()")) for word in text.split() if not word.startswith("https://")}


@pytest.mark.parametrize("language", languages())
def test_text_and_html_say_the_same(language: str) -> None:
    text, html = parts(message(language, told_differently(), stop=STOP))
    body = lxml.html.fromstring(html).find("body")
    words = words_in(language)
    assert spoken(text, words) - spoken(" ".join(body.itertext()), words) == {"--"}
    assert {link.get("href") for link in body.iter("a")} == {each for each in text.split() if each.startswith("https:")}


@pytest.mark.parametrize("language", languages())
def test_the_html_says_which_language_it_is_in(language: str) -> None:
    tree = lxml.html.fromstring(parts(message(language, told_differently()))[1])
    assert tree.get("lang") == language
    assert {quote.get("lang") for quote in tree.iter("blockquote")} == {"en", "ru", "fa"}
    assert all(quote.get("dir") == "auto" for quote in tree.iter("blockquote"))


# --- subjects -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", languages())
def test_a_subject_has_room_for_number_city_and_day_whatever_the_body_is_called(language: str) -> None:
    for body, name in NAMES.said_in(language).bodies.items():
        report = session(body=fact(BodyName(id=body, name="?"), "Council"), status=fact(Status.POSTPONED, "met"))
        for owed in (FIRST, UPDATE):
            found = write_letter(message(language, meeting(telling(report=report)), owed))
            subject = found.subject
            assert len(subject) <= SUBJECT_LIMIT
            assert found.heading == name
            assert found.words.subject["postponed"] + name[:30].rpartition(" ")[0] in subject
            assert subject.endswith(found.words.numbered("session", 55) + subject[subject.rindex(": ") :])
            assert "2024" in subject


@settings(max_examples=100, deadline=None)
@example("ru", MeetingKind.CALL, Status.POSTPONED, 10**60, "Petropavlovsk-Kamchatsky", "Council")
@given(
    language=st.sampled_from(languages()),
    kind=st.sampled_from(MeetingKind),
    status=st.sampled_from(Status),
    number=st.integers(min_value=0, max_value=10**40),
    city=st.text(max_size=200),
    name=st.text(max_size=300),
)
def test_no_subject_is_longer_than_it_may_be(
    language: str, kind: MeetingKind, status: Status, number: int, city: str, name: str
) -> None:
    report = session(
        kind=fact(kind, "session"),
        status=fact(status, "met"),
        session_number=fact(number, "55th"),
        city=fact(city, "Astana"),
        body=fact(BodyName(id=None, name=name), "Council"),
    )
    found = write_letter(message(language, meeting(telling(report=report)), UPDATE))
    assert 0 < len(found.subject) <= SUBJECT_LIMIT


# --- hostile text -------------------------------------------------------------------------------------------------

BAD = st.one_of(
    st.text(st.characters(exclude_categories=()), max_size=60),
    st.sampled_from(
        [
            "{{ 7*7 }}{% include '/etc/passwd' %}{#",
            "<script>alert(1)</script><img src=x onerror=alert(1)>",
            "'\"><a href=javascript:alert(1)>",
            "\u202egnp.exe\u2066 \u200f\u061c",
            "\ud800\udfff \x00\x1b[31m\r\nBcc: x@example.org",
            "{names} {count} {0.__class__} %s %(a)s",
            "]]><!--",
            "&lt;b&gt;",
            "\u2028.\r\n.\r\n",
        ]
    ),
)


def hostile(bad: str) -> tuple[Meeting, Alert]:
    """A meeting and an alert that say `bad` wherever somebody else wrote something."""
    text = f"{bad} met {bad}"
    at: dict[str, Any] = {
        "kind": fact(MeetingKind.SESSION, "met", text),
        "status": fact(Status.HELD, "met", text),
        "body": fact(BodyName(id=bad, name=bad), "met", text),
        "city": fact(bad, "met", text),
        "country": fact(bad, "met", text),
        "participants": (person("met", text, name_latin=bad, role=bad, country=bad),),
        "received_by": fact(bad, "met", text),
        "countries": (fact(bad, "met", text),),
        "topics": (fact(bad, "met", text),),
    }
    report = session(**at)
    other = replace(report, city=fact(bad + "x", "met", text), received_by=fact(bad + " y", "met", text))
    one = telling(1, title=bad, text=text, url=bad, source=None, language=bad or None, report=report)
    two = telling(2, title=bad, text=text, url=f"https://example.org/{bad}", source=None, report=other)
    changes = tuple(Change(fact=each, before=bad, after=bad + "x") for each in ("days", "city", "report", bad))
    owed = replace(UPDATE, watch_names=(bad,), matched=dict.fromkeys((*Filter, bad), bad), changes=changes)
    return meeting(one, two), owed


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(bad=BAD, language=st.sampled_from(languages()))
def test_whatever_somebody_wrote_is_text_and_nothing_else(bad: str, language: str) -> None:
    told, owed = hostile(bad)
    text, html = parts(message(language, told, owed))
    assert not set(text) & {*map(chr, range(9)), "\x1b", "\r", "\u2028", "\u202e", "\u2066"}
    text.encode("utf-8")
    tree = lxml.html.fromstring(html)
    # what our own letter has, and no element, attribute or address beside
    assert {each.tag for each in tree.iter() if isinstance(each.tag, str)} <= TAGS
    assert {name for each in tree.iter() if isinstance(each.tag, str) for name in each.attrib} <= ATTRIBUTES
    assert all(link.get("href").startswith("https://example.org/") for link in tree.iter("a"))
    assert ("{{ 7*7 }}" in bad) <= ("{{ 7*7 }}" in text)


TAGS = set("html head meta title style body div p h1 b s bdi span blockquote a br code".split())  # noqa: SIM905
ATTRIBUTES = set("lang dir class style href charset name content".split())  # noqa: SIM905
