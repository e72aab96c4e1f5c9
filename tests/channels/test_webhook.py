"""Webhooks: signed as the standard says, sent to nobody inside, every answer told apart, the URL kept to itself."""

import base64
import hashlib
import hmac
import json
import socket
import ssl
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from readout.channels import ChannelDown, OutgoingMessage, StopLink
from readout.channels import https as exchange
from readout.channels.endpoint import Endpoint, read_endpoint
from readout.channels.https import post
from readout.channels.webhook import WebhookChannel, signature
from readout.config import Config
from readout.error import ChannelError
from readout.recipient import shown_recipient
from tests.channels.hooks import HookServer
from tests.channels.outgoing import FIRST_ID, digest, first, notice, update
from tests.channels.smtp_faults import self_signed
from tests.telling import NOW, meeting, session, telling

KEY = b"thirty-two bytes that nobody has"
SECRET = f"whsec_{base64.b64encode(KEY).decode()}"
HERE = ["127.0.0.0/8"]
TOKEN = "T0PSECRETTOKEN"


def config(allowed: list[str] | None = None, **webhook: Any) -> Config:
    return Config(alerts={"allow_networks": HERE if allowed is None else allowed}, webhook={"timeout": 5, **webhook})


def send(message: OutgoingMessage, settings: Config | None = None) -> ChannelError | None:
    """Send one message; the error, or None when it was accepted."""
    with closing(WebhookChannel(settings or config())) as channel:
        try:
            channel.send(message)
        except ChannelError as error:
            return error
        return None


@pytest.fixture
def hooks() -> Iterator[HookServer]:
    with HookServer() as server:
        yield server


def at(hooks: HookServer, host: str = "127.0.0.1", scheme: str = "http") -> str:
    return f"{scheme}://{host}:{hooks.port}/hooks/{TOKEN}?key={TOKEN}"


# --- what is sent -------------------------------------------------------------------------------------------------


def test_the_signature_is_that_of_the_standard() -> None:
    secret, name = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek"
    signed = signature(secret, name, "1614265330", b'{"test": 2432232314}')
    assert signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_every_try_has_the_same_id_and_its_own_moment_and_signature(hooks: HookServer) -> None:
    message = first(at(hooks))
    retried = replace(message.alert, message_id="<0123456789abcdef@elsewhere.example>")
    assert send(message, config(secret=SECRET)) is None
    assert send(replace(message, alert=retried, now=NOW + timedelta(hours=1)), config(secret=SECRET)) is None
    before, after = hooks.posted
    assert before.headers["webhook-id"] == after.headers["webhook-id"] == "0123456789abcdef"
    assert before.headers["webhook-timestamp"] == str(int(NOW.timestamp()))
    assert int(after.headers["webhook-timestamp"]) - int(before.headers["webhook-timestamp"]) == 3600
    for each in hooks.posted:
        told = f"{each.headers['webhook-id']}.{each.headers['webhook-timestamp']}.".encode() + each.body
        expected = base64.b64encode(hmac.new(KEY, told, hashlib.sha256).digest()).decode()
        assert each.headers["webhook-signature"] == f"v1,{expected}"


def test_without_a_secret_nothing_is_signed(hooks: HookServer) -> None:
    assert send(first(at(hooks))) is None
    (posted,) = hooks.posted
    assert "webhook-signature" not in posted.headers
    assert posted.headers["content-type"] == "application/json"
    assert posted.headers["host"] == f"127.0.0.1:{hooks.port}"
    assert posted.path == f"/hooks/{TOKEN}?key={TOKEN}"


def event(hooks: HookServer, message: OutgoingMessage) -> dict[str, Any]:
    assert send(message) is None
    body = hooks.posted[-1].body
    assert body.isascii()
    told: dict[str, Any] = json.loads(body)
    assert set(told) == {"type", "timestamp", "data"}
    assert datetime.fromisoformat(told["timestamp"]) == NOW
    return told


def test_a_first_alert_has_the_meeting_as_exports_write_it(hooks: HookServer) -> None:
    told = event(hooks, first(at(hooks)))
    assert told["type"] == "meeting.first"
    data = told["data"]
    assert (data["watches"], data["matched"]) == (["chiefs"], {"person": "Alexander Bortnikov"})
    assert (data["meeting"]["city"], data["meeting"]["session_number"]) == ("Astana", 55)
    assert data["meeting"]["reports"][0]["url"] == "https://agency.example/news/1"
    assert data["meeting"]["evidence"]["city"]["text"] == "Astana"


def test_an_update_says_what_changed_and_what_it_follows(hooks: HookServer) -> None:
    told = event(hooks, update(at(hooks)))
    assert told["type"] == "meeting.update"
    assert told["data"]["changes"] == [{"fact": "city", "before": "Almaty", "after": "Astana"}]
    assert told["data"]["follows"] == FIRST_ID.strip("<>").partition("@")[0]


def test_each_watch_is_told_with_its_link_to_stop_it(hooks: HookServer) -> None:
    stops = [{"watch": name, "url": f"https://r.example/stop/{name}"} for name in ("chiefs", "terror")]
    for message in (first(at(hooks)), digest(at(hooks))):
        assert event(hooks, message)["data"]["stops"] == []
        linked = replace(message, stops=tuple(StopLink(**each) for each in stops))
        assert event(hooks, linked)["data"]["stops"] == stops


def test_a_digest_has_its_meetings_and_a_notice_its_lines(hooks: HookServer) -> None:
    told = event(hooks, digest(at(hooks)))
    assert (told["type"], told["data"]["day"], told["data"]["reason"]) == ("digest", "2024-10-05", "daily")
    assert [each["meeting"]["id"] for each in told["data"]["meetings"]] == [2, 3]
    told = event(hooks, notice(at(hooks)))
    assert (told["type"], told["data"]["subject"]) == ("notice", "source down: palace")


def test_cleaned_evidence_stands_where_it_stood(hooks: HookServer) -> None:
    text = "one\r\ntwo \ud800 \u202ethree"
    told = event(hooks, first(at(hooks), meeting(telling(title=text))))
    title = told["data"]["meeting"]["reports"][0]["title"]
    assert len(title) == len(text)
    assert title.isprintable() or "\n" in title


# --- answers ------------------------------------------------------------------------------------------------------

ANSWERS = [
    *((code, True, False) for code in (408, 425, 429, 500, 502, 503, 504, 599)),
    *((code, False, False) for code in (300, 301, 302, 307, 308, 400, 401, 403, 404, 405, 410, 413, 422)),
    (199, True, True),
]


@pytest.mark.parametrize(("code", "retry", "doubtful"), ANSWERS)
def test_every_refusal_is_told_apart(hooks: HookServer, code: int, retry: bool, doubtful: bool) -> None:
    hooks.answer = (code, "because")
    error = send(first(at(hooks)))
    assert error is not None
    assert (error.code, error.retry, error.doubtful) == (code, retry, doubtful)
    assert "because" in str(error) or code < 200  # such an answer has no body
    assert not isinstance(error, ChannelDown)


@pytest.mark.parametrize("code", [200, 201, 202, 204, 299])
def test_every_success_is_a_success(hooks: HookServer, code: int) -> None:
    hooks.answer = (code, "" if code == 204 else "noted")
    with closing(WebhookChannel(config())) as channel:
        accepted = channel.send(first(at(hooks)))
    assert accepted.code == code
    assert accepted.text


def test_gone_says_what_to_do_and_too_many_says_when(hooks: HookServer) -> None:
    hooks.answer = (410, "")
    assert "gone: remove it" in str(send(first(at(hooks))))
    hooks.answer, hooks.said = (429, "slow down"), {"Retry-After": "120"}
    assert "slow down (Retry-After: 120)" in str(send(first(at(hooks))))


def test_a_redirect_is_not_followed(hooks: HookServer) -> None:
    hooks.answer, hooks.said = (307, "over there"), {"Location": f"http://127.0.0.1:{hooks.port}/elsewhere"}
    error = send(first(at(hooks)))
    assert error is not None
    assert "moved" in str(error)
    assert len(hooks.posted) == 1


def test_an_endless_answer_is_read_no_further_than_is_kept(hooks: HookServer) -> None:
    hooks.answer = (200, "thanks \x1b[31m\r\n" + "x" * 5_000_000)
    with closing(WebhookChannel(config())) as channel:
        accepted = channel.send(first(at(hooks)))
    assert accepted.text.startswith("thanks [31m xxx")
    assert len(accepted.text) <= 200


def dripping(line: socket.socket) -> None:
    """A byte now and then: a client that waits for each anew hears the end of it, and is satisfied."""
    for byte in b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 10 + b"\r\n":
        line.sendall(bytes([byte]))
        Event().wait(0.02)


def silent(line: socket.socket) -> None:
    while line.recv(1024):
        pass


TALKS = {
    "hang up": lambda line: None,
    "silence": silent,
    "dripping": dripping,
    "garbage": lambda line: line.sendall(b"220 mail.example ESMTP\r\n\r\n"),
    "half a head": lambda line: line.sendall(b"HTTP/1.1 20"),
    "endless heads": lambda line: line.sendall(b"HTTP/1.1 100 Continue\r\n\r\n" * 50_000),
}


@pytest.mark.parametrize("name", TALKS)
def test_what_was_sent_and_not_answered_is_doubtful(hooks: HookServer, name: str) -> None:
    hooks.talk = TALKS[name]
    error = send(first(at(hooks)), config(timeout=0.3 if name in ("silence", "dripping") else 5))
    assert error is not None
    assert (error.retry, error.doubtful, isinstance(error, ChannelDown)) == (True, True, False)
    assert error.place == (f"127.0.0.1:{hooks.port}" if name in ("silence", "dripping") else None)
    assert len(hooks.posted) == 1


def test_an_answer_that_breaks_after_its_code_is_an_answer(hooks: HookServer) -> None:
    hooks.talk = lambda line: line.sendall(b"HTTP/1.1 202 Accepted\r\nContent-Length: 99\r\n\r\nso far")
    with closing(WebhookChannel(config())) as channel:
        accepted = channel.send(first(at(hooks)))
        assert (accepted.code, accepted.text) == (202, "so far")
        hooks.talk = lambda line: line.sendall(b"HTTP/1.1 204 OK\r\nX: " + b"y" * 1_000_000)
        assert channel.send(first(at(hooks))).code == 204


def test_a_line_that_breaks_before_all_is_sent_is_no_doubt() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        endpoint = read_endpoint(f"http://127.0.0.1:{port}/")
        with pytest.raises(ChannelError) as caught:  # nobody reads: the line is full before the end has left
            post(endpoint, b"x" * 50_000_000, {}, allowed=config().alerts.allow_networks, timeout=0.3)
    assert (caught.value.retry, caught.value.doubtful) == (True, False)


def test_one_bad_url_does_not_stop_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    with HookServer() as gone:
        pass
    refused = send(first(at(gone)))
    unknown = send(first("https://hooks.invalid/x"))
    for error in (refused, unknown):
        assert error is not None
        assert (error.retry, error.doubtful, isinstance(error, ChannelDown)) == (True, False, False)
    assert [error.place for error in (refused, unknown) if error] == [f"127.0.0.1:{gone.port}", "hooks.invalid:443"]


# --- nobody inside ------------------------------------------------------------------------------------------------


def places(*addresses: str) -> list[Any]:
    """What a look-up answers."""
    return [
        (socket.AF_INET6 if ":" in each else socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, 443))
        for each in addresses
    ]


@pytest.mark.parametrize(
    "addresses",
    [
        ("127.0.0.1",),
        ("10.0.0.1",),
        ("169.254.169.254",),
        ("100.64.0.1",),
        ("0.0.0.0",),
        ("224.0.0.1",),
        ("::1",),
        ("fe80::1%2",),
        ("fd00::1",),
        ("::ffff:127.0.0.1",),
        ("::ffff:169.254.169.254",),
        ("64:ff9b::a9fe:a9fe",),
        ("2002:7f00:1::",),
        ("ff02::1",),
        ("93.184.215.14", "10.0.0.1"),
        ("2606:4700::1111", "::1"),
    ],
)
def test_a_name_that_leads_inside_is_not_followed_and_may_lead_elsewhere_later(
    monkeypatch: pytest.MonkeyPatch, addresses: tuple[str, ...]
) -> None:
    dialled: list[Any] = []
    monkeypatch.setattr(exchange, "_look_up", lambda _: places(*addresses))
    monkeypatch.setattr(exchange, "_dial", lambda *given: dialled.append(given))
    error = send(first(f"https://hooks.example/{TOKEN}"), config(allowed=[]))
    assert error is not None
    assert (error.retry, error.doubtful, error.place, dialled) == (True, False, "hooks.example:443", [])
    assert "not public" in str(error)


SPELLINGS = ["127.0.0.1", "2130706433", "0x7f000001", "0177.0.0.1", "127.1", "[::1]", "[::ffff:127.0.0.1]", "localhost"]


@pytest.mark.parametrize("host", SPELLINGS)
def test_loopback_is_inside_however_it_is_spelled(hooks: HookServer, host: str) -> None:
    for scheme in ("http", "https"):
        error = send(first(at(hooks, host, scheme)), config(allowed=[]))
        assert error is not None
        assert error.retry is (host == "localhost"), (scheme, str(error))
    assert hooks.posted == []
    if host != "localhost":
        assert WebhookChannel(config(allowed=[])).unready(at(hooks, host, "https"))


def test_the_open_is_for_opened_networks_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exchange, "_look_up", lambda _: places("93.184.215.14"))
    for host, may_change in (("hooks.example", True), ("93.184.215.14", False)):
        error = send(first(f"http://{host}/"))
        assert error is not None
        assert error.retry is may_change
        assert "https" in str(error)


def test_a_host_is_looked_up_once_and_no_other_address_is_dialled(
    hooks: HookServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_up: list[str] = []

    def changing(host: str, port: int, *_: Any, **__: Any) -> list[Any]:
        looked_up.append(host)
        if len(looked_up) > 1:
            raise AssertionError("looked up again")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    monkeypatch.setattr(socket, "getaddrinfo", changing)
    assert send(first(at(hooks, "hooks.example"))) is None
    assert looked_up == ["hooks.example"]
    assert hooks.posted[0].headers["host"] == f"hooks.example:{hooks.port}"


def test_an_address_that_does_not_answer_gives_way_to_the_next(
    hooks: HookServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = (socket.AF_INET, socket.SOCK_STREAM, 6, "")
    with HookServer() as gone:
        pass
    two = [(*here, ("127.0.0.1", gone.port)), (*here, ("127.0.0.1", hooks.port))]
    monkeypatch.setattr(exchange, "_look_up", lambda _: two)
    assert send(first(at(hooks))) is None


def test_a_proxy_of_the_environment_is_not_asked(hooks: HookServer, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    assert send(first(at(hooks))) is None


# --- certificates -------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def signed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for hooks.example that it signed itself, with its key."""
    return self_signed(tmp_path_factory.mktemp("hooks"), "hooks.example")


@pytest.fixture
def secure(signed: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[HookServer]:
    """A server with that certificate, which every name leads to."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(signed)
    with HookServer(context) as server:
        here = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", server.port))]
        monkeypatch.setattr(exchange, "_look_up", lambda _: here)
        exchange._tls.cache_clear()
        yield server
    exchange._tls.cache_clear()


def test_a_certificate_must_be_trusted_and_of_that_host(
    secure: HookServer, signed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    distrusted = send(first(at(secure, "hooks.example", "https")))
    monkeypatch.setenv("SSL_CERT_FILE", str(signed))
    exchange._tls.cache_clear()
    assert send(first(at(secure, "hooks.example", "https"))) is None
    misnamed = send(first(at(secure, "other.example", "https")))
    for error in (distrusted, misnamed):
        assert error is not None
        assert (error.retry, error.doubtful) == (True, False)
        assert "certificate" in str(error)
        assert TOKEN not in str(error)
    assert len(secure.posted) == 1


# --- the URL ------------------------------------------------------------------------------------------------------

URLS = [
    ("https://hooks.example/a/b?c=d", Endpoint("https", "hooks.example", 443, "/a/b?c=d")),
    ("HTTPS://Hooks.Example:8443", Endpoint("https", "hooks.example", 8443, "/")),
    ("https://крючок.example./x", Endpoint("https", "xn--j1aqcgdf.example", 443, "/x")),
    ("http://[2001:db8::1]:8080/", Endpoint("http", "2001:db8::1", 8080, "/")),
]


@pytest.mark.parametrize(("url", "endpoint"), URLS)
def test_a_url_is_read(url: str, endpoint: Endpoint) -> None:
    read = read_endpoint(url)
    assert replace(read, host=endpoint.host) == endpoint
    assert read.host.isascii()
    assert WebhookChannel.refuse_recipient(url) is None


@pytest.mark.parametrize(
    "url",
    [
        *("", "hook", "hooks.example/x", "ftp://hooks.example/", "file:///etc/passwd", "https://", "https:///x"),
        *("https://me@hooks.example/", "https://me:pass@hooks.example/", "https://hooks.example\\@evil.example/"),
        *("https://hooks.example/#x", "https://hooks.example:99999/", "https://hooks.example:x/"),
        *("https://hooks.example/ x", "https://hooks.example/\r\nX: y", "https://hooks.example/\u2028", "https://h/ü"),
        *("https://ho oks/", "https://ho%6fks/", "https://[::1/", "https://[fe80::1%25eth0]/", "https://[::1]x/"),
        *("https://-.example/", "https://" + "x" * 64 + ".example/", "https://hooks.example/" + "x" * 2000),
        *("https://hooks.example/<script>", "https://*.example/", "https://a..b/", "https://\ud800.example/"),
    ],
)
def test_what_is_no_url_of_a_webhook_is_refused_without_being_shown(url: str) -> None:
    wrong = WebhookChannel.refuse_recipient(url)
    assert wrong
    assert len(url) < 10 or url not in wrong
    error = send(first(url), config(allowed=[]))
    assert error is not None
    assert (error.retry, error.doubtful) == (False, False)


@pytest.mark.parametrize("code", [200, 404, 500])
def test_a_server_that_repeats_the_url_does_not_put_it_into_the_ledger(hooks: HookServer, code: int) -> None:
    hooks.answer = (code, f"POST /hooks/{TOKEN}?key={TOKEN}: token {TOKEN} is not known")
    with closing(WebhookChannel(config())) as channel:
        try:
            said = channel.send(first(at(hooks))).text
        except ChannelError as error:
            said = str(error)
    assert TOKEN not in said
    assert "is not known" in said


LONG = "ab/" + "cd12" * 100


@pytest.mark.parametrize(
    "answer",
    [
        b"POST /%s HTTP/1.1\r\n\r\n",
        b"HTTP/9.%s\r\n\r\n",
        b"HTTP/1.1 404 /%s\r\n\r\n",
        b"HTTP/1.1 503 no\r\nRetry-After: %s\r\n\r\n",
        b"HTTP/1.1 404 no\r\n\r\nnot known: /%s",
        b"HTTP/1.1 404 no\r\n\r\n" + b"no such page, " * 13 + b"/%s",
    ],
)
@pytest.mark.parametrize("spell", [str, str.upper, lambda text: text.replace("/", "\\/"), "\u200b".join])
def test_no_part_of_a_secret_stays_wherever_it_is_repeated(hooks: HookServer, answer: bytes, spell: Any) -> None:
    hooks.talk = lambda line: line.sendall(answer % spell(LONG).encode())
    error = send(first(f"http://127.0.0.1:{hooks.port}/{LONG}"))
    assert error is not None
    assert "cd12" not in str(error).lower()


def test_no_more_of_a_url_is_shown_than_its_host() -> None:
    assert shown_recipient(f"https://hooks.example:8443/{TOKEN}?key={TOKEN}") == "https://hooks.example:8443/…"
    assert shown_recipient(f"https://me:{TOKEN}@hooks.example/{TOKEN}") == "https://…"
    assert shown_recipient("reader@example.org") == "reader@example.org"
    assert shown_recipient("team") == "team"


def test_what_would_be_refused_is_said_before_anything_is_sent() -> None:
    closed, opened = WebhookChannel(config(allowed=[])), WebhookChannel(config())
    assert "https" in str(closed.unready("http://hooks.example/"))
    assert "not public" in str(closed.unready("https://169.254.169.254/latest"))
    assert closed.unready("https://hooks.example/") is None
    assert opened.unready("http://hooks.example/") is None
    assert opened.unready("http://127.0.0.1/") is None
    assert ip_address("127.0.0.1") in opened._allowed[0]


def test_a_meeting_of_many_reports_is_one_request(hooks: HookServer) -> None:
    many = meeting(*(telling(number, title="x" * 5000) for number in range(1, 101)), report=session())
    assert send(first(at(hooks), many)) is None
    assert len(json.loads(hooks.posted[0].body)["data"]["meeting"]["reports"]) == 100
