"""What pages, catalogues and operators may write, in every place of every kind of mail, through a real mail server."""

import unicodedata
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from email import policy
from email.header import decode_header, make_header
from email.message import EmailMessage, Message
from email.parser import BytesParser
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qs, urlsplit

import lxml.html
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from readout.channels import ChannelDown, Item, Names, OutgoingMessage, StopLink
from readout.channels.email import EmailChannel
from readout.channels.mail.clean import body_text, header_text, is_mail_address, stop_link
from readout.channels.mail.compose import compose
from readout.channels.mail.wire import WIRE, seal
from readout.config import Config, Mail
from readout.demo.sink import MailSink, Received
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
    Participant,
    Source,
    SourceId,
    SourceKind,
)
from readout.watching import Delivery
from tests.telling import NOW, TEXT, fact, meeting, session, telling

READER = "reader@example.org"
OPERATOR = "operator@example.org"
STOP = "https://readout.example/stop/1.2.ab.cd"
KINDS = tuple(AlertKind)
OF_LINES = (AlertKind.NOTICE, AlertKind.TEST)
PRODUCT = str(7654321 * 1234567)  # what a template would make of one of the texts

HOSTILE = [
    # headers, in every encoding that a reader may undo
    "Council\r\nBcc: victim@example.org",
    "Council\nBcc: victim@example.org\n\nbody",
    "Council\rBcc: victim@example.org",
    "Council\r\n\tBcc: victim@example.org\r\n .\r\n",
    "=?UTF-8?Q?=0A?=Bcc: victim@example.org",
    "=?UTF-8?Q?=0D=0A?==?UTF-8?Q?Bcc:_v@example.org?=",
    "=?utf-8?b?DQpCY2M6IHZpY3RpbUBleGFtcGxlLm9yZw==?=",
    "=?utf-8*en?q?=0d=0aBcc:_v@example.org?=",
    "=?utf-7?q?+AA0ACg-Bcc:_v@example.org?=",
    "=?utf-16?b?AA0ACgBCAGMAYw==?=",
    "==??UTF-8?Q?=0A??==",
    "=?UTF-8?Q?=00=1B[31m?=",
    "=?unknown-8bit?q?=FF=0A?= =?x-nowhere?z?zz?=",
    "=0D=0ABcc: victim@example.org=\r\n",
    "+AA0ACg-Bcc: victim@example.org",
    "%0d%0aBcc:%20victim@example.org",
    "?subject=x&bcc=victim@example.org&body=%0d%0a",
    "https://example.org/\r\nBcc: v@example.org",
    "https://example.org/%0d%0aBcc:%20v@example.org",
    'https://example.org/" onmouseover="alert(1)',
    "https://user:secret@example.org:99999/<script>",
    "javascript:alert(document.cookie)",
    "JaVaScRiPt\t:alert(1)",
    "data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==",
    # the ends of lines, parts and messages
    "Council\u2028Bcc: victim@example.org\u2029x",
    "Council\x85Bcc: v@example.org\x0b\x0c\x1c\x1d\x1e\x1f",
    "--===============0==\r\nContent-Type: text/html\r\n\r\n<script>alert(1)</script>\r\n--===============0==--",
    "Content-Type: multipart/mixed; boundary=x\n\n--x\nContent-Type: application/x-sh\n\n#!/bin/sh\n--x--",
    "From nobody Thu Jan  1 00:00:00 1970\n.\n..\nQUIT\r\n.\r\nMAIL FROM:<x@y>",
    # what a screen does not show, or turns around
    "\u202egnp.exe\u2066x\u2067y\u2069\u200f\u200e\u061c",
    "lone \ud800 surrogate \udfff, \udc0a\udc0d a pair \ud83d\ude00",
    "nul \x00 and \x1b[31mred\x1b]0;title\x07 \x7f\x80\x9b31m",
    "\ufeff\u200b\u2060\u00ad\ufffe\uffff",
    "z\u0301\u0302\u0303" * 200,
    # markup, templates, formulas
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)><svg/onload=alert(1)>',
    "</title></style></head><body onload=alert(1)><base href=//evil.example>",
    "<!--[if mso]><iframe src=//evil.example><![endif]--><meta http-equiv=refresh content=0>",
    "&lt;script&gt; &#60;img src=x&#62; &#13;&#10;Bcc: v@example.org",
    "' style='background:url(//evil.example)' x='",
    "</style><link rel=stylesheet href=//evil.example>{} @import '//evil.example';",
    "{{ 7654321*1234567 }} {% raw %} {# x #} ${7654321*1234567} {{ letter.__class__ }} {count} {0} %s %(x)s",
    '=HYPERLINK("http://example.org","x")',
    "@SUM(1+1)|cmd",
    # sizes, and nothing at all
    "x" * 10_000,
    "слово " * 2_000,
    "é" * 10_000,
    "会议 🎉 " * 3_000,
    "\n" * 10_000,
    "",
    " ",
    ".",
    "a,b;c:<d>\"e'@f\\",
    "tab\there",
]
PIECES = [
    "\r\n",
    "\n",
    "=?",
    "?=",
    "=?UTF-8?Q?",
    "=0A",
    "Bcc: v@example.org",
    "<",
    '"',
    "&",
    "{{",
    "\u2028",
    "\x00",
    "\ud800",
]


# --- a mail with the same text everywhere -------------------------------------------------------------------------


def said(value: Any) -> Fact[Any]:
    """A fact without a place in the text."""
    return Fact(value=value, evidence=Evidence(text="", start=0, end=0))


def told_of(text: str, number: int, *, has_body: bool) -> Meeting:
    """A meeting of which `text` is told wherever a page can tell something."""
    person = Participant(name=text, name_latin=text, role=text, country=text)
    report = session(
        body=fact(BodyName(id=None, name=text), "Council") if has_body and text.strip() else None,
        city=said(text),
        country=said(text),
        participants=(said(person), said(person)),
        countries=(said(text),),
        received_by=said(text),
        subjects=(said(text),),
    )
    page = {"title": text, "url": text, "language": LanguageCode(text), "text": TEXT + text, "report": report}
    elsewhere = page | {"url": f"https://news.example/{text}", "source": SourceId("none"), "credit": text}
    return meeting(telling(1, **page), telling(2, **elsewhere), number=number, late=True)


def named(text: str) -> Names:
    """A catalogue in which everything is called `text`."""
    source = Source(
        id=SourceId("agency"),
        name=text,
        kind=SourceKind.GOVERNMENT,
        country="KZ",
        languages=(LanguageCode("en"),),
        timezone=text,
        home="https://example.org",
        article="x",
        discover=(),
    )
    return Names(bodies={"cis-sorb": text}, countries={"KZ": text, "AZ": text}, sources={source.id: source})


def alert(kind: AlertKind, text: str, number: int = 1) -> Alert:
    """An alert of a watch called `text`."""
    down = {"id": text, "name": text, "since": "2024-10-01T00:00:00+00:00"}
    changes = (Change(fact=text, before=text, after=text), Change(fact="days", before=text, after=None))
    content: dict[str, Any] = {}
    if kind is AlertKind.DIGEST:
        coverage = {"checked": 1, "sources": 2, "down": [down]}
        content = {"reason": "daily", "day": "2024-10-04", "count": 300, "coverage": coverage}
    if kind in OF_LINES:
        content = {"subject": text, "lines": [text, "readout health", text]}
    return Alert(
        id=number,
        meeting_id=number,
        watch_names=() if kind in OF_LINES else (text, text),
        recipient=READER,
        channel="email",
        kind=kind,
        revision=0,
        state=AlertState.SENDING,
        message_id="<0123456789@example.org>",
        attempts=1,
        created_at=NOW,
        matched={"person": text, text: text},
        changes=changes if kind is AlertKind.UPDATE else (),
        content=content,
    )


def hostile(kind: AlertKind, text: str) -> OutgoingMessage:
    """A mail of this kind with `text` wherever somebody else has a say."""
    items: tuple[Item, ...] = ()
    if kind is AlertKind.DIGEST:
        first, update = (
            alert(each, text, number) for number, each in enumerate([AlertKind.FIRST, AlertKind.UPDATE], 1)
        )
        items = (
            Item(first, told_of(text, 1, has_body=True)),
            Item(update, told_of(text, 2, has_body=False)),
            Item(first, meeting(number=3)),
        )
    elif kind not in OF_LINES:
        told = replace(told_of(text, 1, has_body=kind is AlertKind.UPDATE), perhaps_same_as=(7,))
        items = (Item(alert(kind, text), told),)
    return OutgoingMessage(
        alert=alert(kind, text),
        names=named(text),
        now=NOW,
        items=items,
        delivery=Delivery(language="ru" if kind is AlertKind.UPDATE else "en"),
        follows="<first@example.org>" if kind is AlertKind.UPDATE else None,
        stops=() if kind in OF_LINES else (StopLink(text, STOP),),
        related={7: told_of(text, 7, has_body=True)},
    )


# --- what arrives -------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def sink() -> Iterator[MailSink]:
    with MailSink() as running:
        yield running


@pytest.fixture(scope="module")
def channel(sink: MailSink) -> Iterator[EmailChannel]:
    mail = Mail(host="127.0.0.1", port=sink.port, sender="Обзор <readout@example.org>", operator=OPERATOR, timeout=30)
    with closing(EmailChannel(Config(mail=mail))) as line:
        yield line


def arrived(sink: MailSink, channel: EmailChannel, message: OutgoingMessage) -> Received:
    """`message` as it arrived, alone."""
    before = len(sink.received)
    channel.send(message)
    (received,) = sink.received[before:]
    return received


HEADERS = ("From", "To", "Subject", "Date", "Message-ID", "List-Id", "Auto-Submitted", "Content-Type", "MIME-Version")
WAYS_OUT = ("List-Unsubscribe", "List-Unsubscribe-Post")
THREAD = ("In-Reply-To", "References")
EXPECTED = {
    AlertKind.FIRST: HEADERS + WAYS_OUT,
    AlertKind.UPDATE: HEADERS + WAYS_OUT + THREAD,
    AlertKind.DIGEST: HEADERS + WAYS_OUT,
    AlertKind.NOTICE: HEADERS,
    AlertKind.TEST: HEADERS,
}
TAGS = {*"html head meta title style body div p span h1 h2 h3 a b s br code blockquote bdi".split(" ")}  # noqa: SIM905
ATTRIBUTES = {"class", "style", "href", "dir", "lang", "charset", "name", "content"}


def check(received: Received, kind: AlertKind) -> None:
    """The mail is one of ours, whichever way it is read."""
    assert received.recipients == (READER,)
    assert received.raw.isascii()
    assert b"\0" not in received.raw
    assert all(len(line) <= 998 for line in received.raw.split(b"\r\n"))
    assert b"\n" not in received.raw.replace(b"\r\n", b"")
    assert b"\r" not in received.raw.replace(b"\r\n", b"")
    strict: EmailMessage = BytesParser(policy=policy.strict).parsebytes(received.raw)  # raises on any defect
    legacy: Message = BytesParser(policy=policy.compat32).parsebytes(received.raw)
    for read in (strict, legacy):
        assert sorted(read.keys()) == sorted(EXPECTED[kind])
        parts = [part.get_content_type() for part in read.walk()]
        assert parts == ["multipart/alternative", "text/plain", "text/html"]
        assert not any(part.defects for part in read.walk())
    for name in strict:
        assert str(strict[name]).isprintable(), name
    assert str(strict["To"]) == READER
    check_subject(str(strict["Subject"]))
    assert str(make_header(decode_header(str(legacy["Subject"])))).replace("\n", "") == str(strict["Subject"])
    check_bodies(strict)


def check_subject(subject: str) -> None:
    assert 0 < len(subject) <= 120
    assert subject == subject.strip()
    assert "=?" not in subject
    assert PRODUCT not in subject


def check_bodies(read: EmailMessage) -> None:
    plain, html = (part.get_content().replace("\r\n", "\n") for part in read.iter_parts())
    for text in (plain, html):
        assert not {c for c in text if c != "\n" and unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp")}
        assert not set(text) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")
    assert PRODUCT not in plain
    harmless = _Harmless()
    harmless.feed(html)
    harmless.close()
    tree = lxml.html.document_fromstring(html)
    for element in tree.iter():
        harmless.look_at(str(element.tag), dict(element.attrib))


class _Harmless(HTMLParser):
    """Fails on any tag or attribute that the templates do not use, on addresses that are none of the web, on loads."""

    def look_at(self, tag: str, attributes: dict[str, Any]) -> None:
        assert tag in TAGS
        assert set(attributes) <= ATTRIBUTES
        assert "url(" not in (attributes.get("style") or "")
        if "href" in attributes:
            assert tag == "a"
            assert urlsplit(attributes["href"]).scheme in ("http", "https")
            assert urlsplit(attributes["href"]).hostname

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.look_at(tag, dict(attrs))

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)

    def handle_pi(self, data: str) -> None:
        raise AssertionError(data)

    def unknown_decl(self, data: str) -> None:
        raise AssertionError(data)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("text", HOSTILE, ids=[f"{n}-{ascii(text)[1:25]}" for n, text in enumerate(HOSTILE)])
def test_whatever_others_write_arrives_as_text(
    sink: MailSink, channel: EmailChannel, text: str, kind: AlertKind
) -> None:
    check(arrived(sink, channel, hostile(kind, text)), kind)


ANYTHING = st.text(st.characters(exclude_categories=()), max_size=200)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(PIECES) | ANYTHING, max_size=6).map("".join), st.sampled_from(KINDS))
def test_any_text_arrives_as_text(sink: MailSink, channel: EmailChannel, text: str, kind: AlertKind) -> None:
    check(arrived(sink, channel, hostile(kind, text)), kind)


# --- headers that come from us ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["To", "Message-ID", "In-Reply-To", "List-Id"])
@pytest.mark.parametrize("value", ["<a@b.c>\r\nBcc: v@example.org", "<a@b.c>\n x", "\x85", "\u2028", "\ud800", "a\0b"])
def test_a_header_that_is_not_one_line_is_not_set(name: str, value: str) -> None:
    with pytest.raises(ValueError, match=name):
        EmailMessage(policy=WIRE)[name] = value


def test_a_header_is_set_once() -> None:
    mail = EmailMessage(policy=WIRE)
    mail["List-Id"] = "<a.b.c>"
    with pytest.raises(ValueError, match="at most 1"):
        mail["list-id"] = "<d.e.f>"


def test_a_mail_that_reads_otherwise_than_it_was_meant_does_not_leave() -> None:
    mail = compose(hostile(AlertKind.FIRST, "x"), Mail())
    assert seal(mail, to=READER)
    with pytest.raises(ValueError, match="recipient"):
        seal(mail, to="other@example.org")
    del mail["Subject"]
    mail["Subject"] = "=?UTF-8?Q?=0A?=Bcc: v@example.org"
    with pytest.raises(ValueError, match="subject"):
        seal(mail, to=READER)
    del mail["Subject"]
    mail._headers.append(("Subject", "x\r\nBcc: v@example.org"))  # past what guards the door
    with pytest.raises(ValueError, match="headers"):
        seal(mail, to=READER)


@pytest.mark.parametrize("local", ["=?utf-8?q?=0A?=", "=?utf-8?b?DQo?="])
def test_an_address_that_a_reader_would_decode_is_refused(local: str) -> None:
    assert not is_mail_address(f"{local}@example.org")


SENDERS = [
    ("readout@example.org", "example.org"),
    ("Readout <readout@mail.example.org>", "mail.example.org"),
    ('"Обзор, Ltd." <readout@xn--e1afmkfd.example>', "xn--e1afmkfd.example"),
    ("readout@localhost", "readout.invalid"),
    ("readout@[127.0.0.1]", None),
    ("readout@пример.example", None),
    ("readout@exa_mple.org", None),
    ("readout@-.-", "readout.invalid"),
    ("readout@" + "x" * 64 + ".org", "readout.invalid"),
    ("nobody", None),
    ("=?utf-8?q?=0A?=@example.org", None),
]


@pytest.mark.parametrize(("sender", "domain"), SENDERS)
def test_ids_are_valid_whatever_the_sender_is_called(sender: str, domain: str | None) -> None:
    told = hostile(AlertKind.UPDATE, "x" * 200)
    if domain is None:
        with pytest.raises(ChannelDown, match="no address"):
            compose(told, Mail(sender=sender))
        return
    read = BytesParser(policy=policy.strict).parsebytes(seal(compose(told, Mail(sender=sender)), to=READER))
    assert str(read["List-Id"]).endswith(f".{domain}>")
    assert "@" in str(read["From"])
    assert [str(read[name]) for name in THREAD] == ["<first@example.org>"] * 2


# --- the ways out -------------------------------------------------------------------------------------------------

MAILTO = f"<mailto:{OPERATOR}?subject=Stop%20chiefs%20for%20reader%40example.org>"
ONE_CLICK = "List-Unsubscribe=One-Click"
WAYS: list[tuple[str | None, str | None, str | None, str | None]] = [
    (STOP, None, f"<{STOP}>", ONE_CLICK),
    (STOP, OPERATOR, f"<{STOP}>, {MAILTO}", ONE_CLICK),
    (None, f"The one <{OPERATOR}>", MAILTO, None),
    (None, None, None, None),
    ("http://127.0.0.1:8080/stop/x", None, "<http://127.0.0.1:8080/stop/x>", None),
    ("http://localhost/stop/x", OPERATOR, f"<http://localhost/stop/x>, {MAILTO}", None),
    ("http://[::1]/stop/x", None, "<http://[::1]/stop/x>", None),
    ("http://readout.example/stop/x", None, None, None),
    ("javascript:alert(1)", OPERATOR, MAILTO, None),
    ("https://a.example/>,<https://b.example/", None, "<https://a.example/%3E,%3Chttps://b.example/>", ONE_CLICK),
    (None, "operator@example.org?bcc=v@example.org", None, None),
    (None, "op@a@b", None, None),
]  # fmt: skip


@pytest.mark.parametrize(("stop_url", "operator", "ways", "post"), WAYS)
def test_a_mailbox_is_told_how_to_stop_the_mails(
    stop_url: str | None, operator: str | None, ways: str | None, post: str | None
) -> None:
    told = replace(hostile(AlertKind.FIRST, "chiefs"), stops=(StopLink("chiefs", stop_url),) if stop_url else ())
    mail = compose(told, Mail(operator=operator))
    assert (mail["List-Unsubscribe"], mail["List-Unsubscribe-Post"]) == (ways, post)


@pytest.mark.parametrize("text", HOSTILE)
def test_a_letter_to_the_operator_has_a_subject_and_no_more(text: str) -> None:
    told = replace(hostile(AlertKind.FIRST, text), stops=())
    way = str(compose(told, Mail(operator="a?b&bcc=c%0d@example.org"))["List-Unsubscribe"])
    assert way.startswith("<mailto:a%3Fb%26bcc%3Dc%250d@example.org?subject=Stop%20")
    (name, (subject,)), *others = parse_qs(urlsplit(way.strip("<>")).query).items()
    assert (name, others) == ("subject", [])
    assert subject.isprintable()


def test_notices_and_tests_name_no_way_out() -> None:
    told = replace(hostile(AlertKind.NOTICE, "x"), stops=(StopLink("x", STOP),))
    assert compose(told, Mail(operator=OPERATOR))["List-Unsubscribe"] is None


# --- cleaning -----------------------------------------------------------------------------------------------------


@given(ANYTHING)
def test_a_body_is_made_of_lines_and_what_a_screen_shows(text: str) -> None:
    cleaned = body_text(text)
    assert len(cleaned) == len(text)
    assert not {c for c in cleaned if c != "\n" and unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp")}
    cleaned.encode()


@given(ANYTHING, st.integers(min_value=1, max_value=200))
def test_header_text_can_be_set(text: str, limit: int) -> None:
    mail = EmailMessage(policy=WIRE)
    mail["Subject"] = line = header_text(text, limit)
    assert len(line) <= limit
    assert "=?" not in line


@given(ANYTHING)
def test_a_stop_link_stays_between_its_brackets(url: str) -> None:
    for link in (stop_link(url), stop_link(f"https://readout.example/{url}")):
        assert link is None or not set(link) & set('<>" \r\n')
