"""Who may open the pages, and what a stranger, a reader, another site and a program may not."""

import re
from concurrent.futures import ThreadPoolExecutor, as_completed
from datetime import timedelta
from itertools import islice
from threading import Event, Semaphore

import pytest
from argon2 import PasswordHasher

from readout.config import Config
from readout.web.app import routes
from readout.web.gate import COOKIE, is_private
from readout.web.key import LIFETIME
from readout.web.pages import login
from readout.web.pages.login import Attempts
from tests.telling import NOW
from tests.web.visiting import Guest, served

PASSWORD, READERS = "correct horse battery", "only to look at"
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
HASHES = {"password_hash": CHEAP.hash(PASSWORD), "reader_password_hash": CHEAP.hash(READERS)}
OPEN = {"/stop/{token}", "/style/{name}", "/login", "/healthz"}


@pytest.fixture
def guest(database):
    """A stranger at pages that have a password."""
    with served(database, Config(web=HASHES)) as visitor:
        yield visitor


def signed_in(guest: Guest, password: str = PASSWORD) -> Guest:
    assert guest.ask("POST", "/login", f"password={password.replace(' ', '+')}".encode()).status == 303
    return guest


def everything() -> list[tuple[str, str]]:
    """Each page and each thing that may be sent, as somebody could ask for it."""
    return [(method, re.sub(r"\{[^}]*\}", "1", route.path)) for route in routes() for method in sorted(route.methods)]


def is_open(path: str) -> bool:
    return any(re.fullmatch(re.sub(r"\{[^}]*\}", "[^/]+", known), path) for known in OPEN)


@pytest.mark.parametrize(("method", "path"), [each for each in everything() if not is_open(each[1])])
def test_a_stranger_sees_and_changes_nothing(guest, method, path):
    answer = guest.ask(method, path, b"" if method != "GET" else None)
    assert answer.status in ({303, 401} if method == "GET" else {403}), answer.html
    assert answer.status != 303 or answer.headers["Location"].startswith("/login?next=%2F")


@pytest.mark.parametrize(("method", "path"), [each for each in everything() if each[0] != "GET"])
def test_nothing_changes_without_the_mark_of_our_pages(guest, method, path):
    if path in ("/login", "/stop/1"):
        return  # who signs in has no session yet; whoever stops alerts shows a key of ours
    signed_in(guest)
    for mark in ("", "0" * 64):
        assert guest.post(path, mark=mark).status == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
    ],
)
def test_no_other_site_can_send_anything(guest, headers):
    signed_in(guest)
    body = f"mark={guest.mark}&language=ru".encode()
    assert guest.ask("POST", "/settings", body, **headers).status == 403
    assert guest.ask("POST", "/settings", body, Origin="http://127.0.0.1").status == 303


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_other_sites_lead_here_and_load_nothing(database, site):
    """Where no password is wanted they could have packs and rows made, and measure how long it takes."""
    with served(database) as guest:
        for mode, dest in (("no-cors", "image"), ("cors", "empty"), ("navigate", "iframe")):
            said = {"Sec_Fetch_Site": site, "Sec_Fetch_Mode": mode, "Sec_Fetch_Dest": dest}
            for path in ("/", "/search?q=x", "/export/meetings.csv"):
                assert guest.get(path, **said).status == 403
        led = {"Sec_Fetch_Site": site, "Sec_Fetch_Mode": "navigate", "Sec_Fetch_Dest": "document"}
        assert guest.get("/", **led).status == 200
        assert guest.get("/export/meetings.csv").status == 200


@pytest.mark.parametrize("path", ["/login%0A", "/stop%0A/1", "/healthz%0A"])
def test_what_only_looks_open_is_closed(guest, path):
    assert guest.get(path).headers["Location"].startswith("/login?next=")


def test_a_reader_reads_and_changes_nothing_but_how_pages_look(guest):
    signed_in(guest, READERS)
    assert guest.get("/").status == 200
    assert guest.post("/settings", language="ru").status == 303
    assert "Встречи" in guest.get("/").text
    changing = [path for method, path in everything() if method == "POST" and not is_open(path)]
    for path in set(changing) - {"/settings", "/logout"}:
        assert guest.post(path).status == 403, path


def test_who_knows_the_password_comes_in_and_is_led_to_where_they_wanted(guest):
    answer = guest.get("/?q=country:KZ")
    assert answer.headers["Location"] == "/login?next=%2F%3Fq%3Dcountry%3AKZ"
    body = b"password=correct+horse+battery&next=%2F%3Fq%3Dcountry%3AKZ"
    answer = guest.ask("POST", "/login", body)
    assert (answer.status, answer.headers["Location"]) == (303, "/?q=country:KZ")
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert guest.get("/").status == 200


@pytest.mark.parametrize(
    "wanted", ["//evil.example", "https://evil.example/", "/\\evil.example", "\\\\evil", "x", "/\n"]
)
def test_nobody_is_led_elsewhere(guest, wanted):
    from urllib.parse import urlencode

    body = urlencode({"password": PASSWORD, "next": wanted}).encode()
    assert guest.ask("POST", "/login", body).headers["Location"] == "/"


def test_wrong_passwords_are_looked_at_five_times(guest):
    wrong = [guest.ask("POST", "/login", b"password=guess%d" % number).status for number in range(6)]
    assert wrong == [403] * 5 + [429]
    assert guest.ask("POST", "/login", b"password=correct+horse+battery").status == 429


@pytest.mark.parametrize(
    ("one", "other", "is_one"),
    [
        ("2001:db8::1", "2001:db8::ffff:2", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("::ffff:192.0.2.1", "::ffff:192.0.2.2", False),
        ("192.0.2.1", "192.0.2.2", False),
        ("fe80::1%eth0", "fe80::2%eth0", True),
    ],
)
def test_wrong_passwords_are_counted_by_whoever_has_the_addresses(one, other, is_one):
    attempts = Attempts()
    for _ in range(5):
        attempts.note(one, NOW)
    assert attempts.is_over(one, NOW)
    assert attempts.is_over(other, NOW) is is_one


def test_who_waits_to_sign_in_takes_no_thread_from_the_pages(database, monkeypatch):
    """However many try at once, from however many addresses."""
    begun, may_go_on = Semaphore(0), Event()

    def slowly(*_):
        begun.release()
        return may_go_on.wait(60) and None

    monkeypatch.setattr(login, "_role", slowly)
    with served(database, Config(web=HASHES)) as guest, ThreadPoolExecutor(20) as pool:
        asked = [pool.submit(guest.ask, "POST", "/login", b"password=guess") for _ in range(20)]
        assert begun.acquire(timeout=60)
        early = [each.result().status for each in islice(as_completed(asked), 16)]
        assert guest.get("/healthz").status == 200
        may_go_on.set()
        assert early == [429] * 16
        assert [each.result().status for each in asked].count(403) == 4


def test_who_signs_out_is_a_stranger_again(guest):
    signed_in(guest)
    assert guest.post("/logout").status == 303
    assert guest.get("/").status == 303


def test_a_session_ends_after_its_time_and_is_nobody_elses(guest):
    signed_in(guest)
    session = guest.cookies[COOKIE]
    keys = guest.site.keys
    assert keys.visitor(session, NOW + LIFETIME - timedelta(seconds=1))
    assert not keys.visitor(session, NOW + LIFETIME)
    for spoilt in (session.replace("editor", "reader"), session[:-1], session + "0", "", "editor.1.2.3"):
        guest.cookies[COOKIE] = spoilt
        assert guest.get("/").status == 303, spoilt


@pytest.mark.parametrize("foreign", ['state={"open": true}', "name=Jos\xc3\xa9", "a b=c", "path"])
def test_cookies_of_other_servers_on_this_host_shut_nobody_out(guest, foreign):
    """A browser sends them along: cookies know no port."""
    session = signed_in(guest).cookies[COOKIE]
    answer = guest.get("/", Cookie=f"{foreign}; {COOKIE}={session}; language=ru")
    assert answer.status == 200
    assert '<html lang="ru">' in answer.html


def test_another_password_ends_every_session(database):
    with served(database, Config(web=HASHES)) as guest:
        session = signed_in(guest).cookies[COOKIE]
    with served(database, Config(web=HASHES | {"password_hash": CHEAP.hash("another one")})) as guest:
        guest.cookies[COOKIE] = session
        assert guest.get("/").status == 303


def test_cookies_are_for_https_alone_where_we_are_reached_by_it(database):
    with served(database, Config(web=HASHES, alerts={"public_url": "https://x.example/readout"})) as guest:
        guest.host = "x.example"
        answer = guest.ask("POST", "/login", b"password=correct+horse+battery")
        assert answer.headers["Location"] == "/readout/"
        assert "Secure" in answer.headers["Set-Cookie"]
        assert "Path=/readout/" in answer.headers["Set-Cookie"]
        assert 'href="/readout/"' in guest.get("/").html


@pytest.mark.parametrize(
    ("host", "public_url", "hosts", "expected"),
    [
        ("127.0.0.1", None, [], True),
        ("localhost", None, ["127.0.0.2"], True),
        ("::1", "http://localhost:8080", [], True),
        ("127.0.0.1", "https://x.example", [], False),
        ("127.0.0.1", None, ["x.example"], False),
        ("0.0.0.0", None, [], False),
        ("192.0.2.1", None, [], False),
        ("::", None, [], False),
    ],
)
def test_pages_are_private_where_only_this_machine_reaches_them(host, public_url, hosts, expected):
    assert is_private(Config(web={"host": host, "hosts": hosts}, alerts={"public_url": public_url})) is expected


def test_at_ones_own_machine_no_password_is_needed(database):
    with served(database) as guest:
        assert guest.get("/").status == 200
        assert guest.post("/settings", language="az").status == 303
        assert guest.post("/settings", mark="", language="ru").status == 403
        guest.host = "evil.example"
        answer = guest.get("/")
        assert (answer.status, "web.hosts" in answer.html) == (421, True)


@pytest.mark.parametrize("header", ["X_Forwarded_For", "X_Forwarded_Host", "Forwarded"])
def test_whoever_comes_through_a_proxy_is_not_at_this_machine(database, header):
    """Though the configuration knows of none."""
    with served(database) as guest:
        for answer in (guest.get("/", **{header: "192.0.2.1"}), guest.get("/api/meetings", **{header: "192.0.2.1"})):
            assert answer.status == 403
            assert "no password is set" in answer.html
        body = f"mark={guest.mark}&language=ru".encode()
        assert guest.ask("POST", "/settings", body, **{header: "192.0.2.1"}).status == 403
        assert guest.get("/healthz", **{header: "192.0.2.1"}).status == 200


def test_forms_are_read_within_bounds(guest):
    signed_in(guest)
    assert guest.post("/settings", language="ru", padding="x" * 70_000).status == 413
    assert guest.post("/settings", **{f"field{number}": "" for number in range(300)}).status == 400
    assert guest.ask("POST", "/settings", b"mark=%ff").status == 400
