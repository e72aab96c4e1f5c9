"""The demo's web server: what it serves, asked over real connections."""

import gzip
import http.client
import threading
from datetime import UTC, datetime, timedelta, timezone

import pytest

from readout.demo.server import ANYTHING_ELSE, Answer, SiteServer

CHANGED = datetime(2024, 10, 4, 18, 30, tzinfo=timezone(timedelta(hours=4)))
LONG = "<p>" + "The council met in the capital. " * 40


@pytest.fixture
def web():
    with SiteServer("one", "two") as server:
        server.host("one", {"/": Answer.of(LONG, modified=CHANGED), "/list?page=2": Answer.of("second")})
        yield server


def connect(web, site="one"):
    host, port = web.url(site).removeprefix("http://").rstrip("/").split(":")
    return http.client.HTTPConnection(host, int(port), timeout=20)


def ask(web, path="/", method="GET", body=None, site="one", **headers):
    connection = connect(web, site)
    try:
        connection.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
        answer = connection.getresponse()
        return answer, answer.read()
    finally:
        connection.close()


def test_a_page_is_served_with_its_validators(web):
    answer, body = ask(web)
    assert (answer.status, body.decode()) == (200, LONG)
    assert answer.headers["Last-Modified"] == "Fri, 04 Oct 2024 14:30:00 GMT"
    assert answer.headers["ETag"].startswith('"')


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"If_None_Match": "{etag}"}, 304),
        ({"If_None_Match": '"other", W/{etag}'}, 304),
        ({"If_None_Match": '"other"'}, 200),
        ({"If_Modified_Since": "Fri, 04 Oct 2024 14:30:00 GMT"}, 304),
        ({"If_Modified_Since": "Fri, 04 Oct 2024 14:29:59 GMT"}, 200),
        ({"If_Modified_Since": "yesterday"}, 200),
        ({"If_None_Match": '"other"', "If_Modified_Since": "Fri, 04 Oct 2034 14:30:00 GMT"}, 200),
    ],
)
def test_a_condition_is_honoured(web, headers, status):
    etag = ask(web)[0].headers["ETag"]
    answer, body = ask(web, **{name: value.replace("{etag}", etag) for name, value in headers.items()})
    assert (answer.status, bool(body)) == (status, status == 200)


def test_a_packed_answer_unpacks_to_the_page_and_its_tag_still_answers(web):
    answer, body = ask(web, Accept_Encoding="gzip, br")
    assert answer.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(body).decode() == LONG
    assert ask(web, If_None_Match=answer.headers["ETag"])[0].status == 304


def test_what_is_packed_already_stays_as_it_is(web):
    packed = gzip.compress(LONG.encode())
    web.host("one", {"/map.xml.gz": Answer.of(packed, "application/gzip")})
    answer, body = ask(web, "/map.xml.gz", Accept_Encoding="gzip")
    assert (answer.headers["Content-Encoding"], body) == (None, packed)


def test_a_head_has_the_headers_alone(web):
    answer, body = ask(web, method="HEAD")
    assert (answer.status, int(answer.headers["Content-Length"]), body) == (200, len(LONG), b"")


@pytest.mark.parametrize(("path", "status"), [("/?from=rss", 200), ("/list?page=2", 200), ("/list", 404), ("/no", 404)])
def test_a_path_is_found_with_its_query_or_without(web, path, status):
    assert ask(web, path)[0].status == status


def test_a_site_may_answer_everything_else(web):
    web.host("two", {ANYTHING_ELSE: lambda asked: Answer(403, {}, asked.path.encode())})
    answer, body = ask(web, "/any/thing", site="two")
    assert (answer.status, body) == (403, b"/any/thing")


def test_a_route_sees_what_was_posted(web):
    web.host("two", {"/hook": lambda asked: Answer.of(asked.body + asked.method.encode())})
    assert ask(web, "/hook", "POST", b"ping ", site="two")[1] == b"ping POST"


def test_a_redirect_says_where_to(web):
    web.host("two", {"/old": Answer.redirect(web.url("one"))})
    assert ask(web, "/old", site="two")[0].headers["Location"] == web.url("one")


def test_the_second_phase_replaces_the_first_and_the_last_one_stays(web):
    web.host("two", {"/": Answer.of("before")}, {"/": Answer.of("after")})
    seen = []
    for phase in (1, 2, 3):
        web.set_phase(phase)
        seen.append(ask(web, site="two")[1])
    assert seen == [b"before", b"after", b"after"]


def test_many_requests_go_over_one_connection(web):
    connection = connect(web)
    try:
        sockets = set()
        for _ in range(3):
            connection.request("GET", "/")
            sockets.add(connection.sock)
            assert connection.getresponse().read()
        assert len(sockets) == 1
    finally:
        connection.close()


def test_the_log_has_who_asked_for_what(web):
    before = datetime.now(UTC)
    ask(web, "/?a=1", User_Agent="Reader")
    ask(web, "/no", site="two")
    assert [(a.site, a.method, a.path, a.status) for a in web.log()] == [
        ("one", "GET", "/?a=1", 200),
        ("two", "GET", "/no", 404),
    ]
    (asked,) = web.log("one")
    assert asked.headers["user-agent"] == "Reader"
    assert before <= asked.at <= datetime.now(UTC)


def test_a_streamed_answer_comes_in_pieces_and_may_break_off(web):
    def broken():
        yield b"half a "
        raise ConnectionAbortedError

    web.host("two", {"/whole": Answer(body=lambda: [b"a ", b"", b"whole"]), "/broken": Answer(body=broken)})
    assert ask(web, "/whole", site="two")[1] == b"a whole"
    with pytest.raises(http.client.IncompleteRead):
        ask(web, "/broken", site="two")


def test_sites_answer_at_the_same_time_and_the_most_at_once_is_known(web):
    both_there = threading.Barrier(2, timeout=20)

    def wait_for_the_other(_asked):
        both_there.wait()
        return Answer.of("met")

    web.host("two", {"/": wait_for_the_other})
    bodies = []
    askers = [threading.Thread(target=lambda: bodies.append(ask(web, site="two")[1])) for _ in range(2)]
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join()
    assert (bodies, web.most_at_once("two"), web.most_at_once("one")) == ([b"met"] * 2, 2, 0)


def test_closing_ends_idle_connections():
    with SiteServer("one") as web:
        web.host("one", {"/": Answer.of("here")})
        connection = connect(web)
        connection.request("GET", "/")
        assert connection.getresponse().read() == b"here"
    try:
        assert connection.sock.recv(1) == b""
    finally:
        connection.close()
