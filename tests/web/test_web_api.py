"""The JSON interface, asked as its own description says, and by whoever does not keep to it."""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from urllib.parse import quote

import pytest
import schemathesis
from argon2 import PasswordHasher
from hypothesis import HealthCheck, Phase, settings
from pydantic import TypeAdapter
from schemathesis.specs.openapi.checks import positive_data_acceptance

from readout.config import Config
from readout.exports.rows import report_rows
from readout.intake import Intake
from readout.model import Status
from readout.storage import schema, watches
from readout.storage.database import Database, open_database
from readout.web.api import roster, shape
from readout.web.app import pages
from tests.payloads import PAYLOADS, bad_signs
from tests.reported import DAY, NOW, OTHER_TEXT, TEXT, link, reading, report, source
from tests.store import store_url
from tests.telling import meeting, store, telling
from tests.web.visiting import Guest, served

CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
LOCKED = Config(web={"password_hash": CHEAP.hash("correct horse")})
SOURCES = {"agency": source(), "other": source("other", enabled=False, note="closed")}
HOOK = "https://hooks.example/T0/secret"


def fill(database: Database) -> None:
    """Two meetings, of which one page tells both, a reprint, a page that tells of none, one announced; a watch."""
    with database.write() as connection:
        watch = {"recipients": ["a@example.org", HOOK], "now": NOW - timedelta(days=1)}
        watches.add_watch(connection, name="All", channel="webhook", **watch)
    session = report("cis-sorb", session=55, days=DAY, city="Astana", country="KZ", people=("A", "B"))
    other = report("cis-intel", session=21, name="Conference")
    planned = report("cis-sorb", session=56, days=DAY + timedelta(days=9), status=Status.PLANNED)
    rows = [
        ("https://x.example/r1?a=b", TEXT, (session, other)),
        ("r2", TEXT, (session, other)),
        ("r3", OTHER_TEXT, ()),
        ("r4", f"Next time. {OTHER_TEXT}", (planned,)),
    ]
    intake = Intake(database, max_age=None)
    for key, text, told in rows:
        intake.take_row(key, f"https://x.example/{key[-2:]}", None, reading(text, *told), now=NOW, alert=True)


@pytest.fixture(scope="module")
def guest(tmp_path_factory) -> Iterator[Guest]:
    with ExitStack() as house:
        folder = tmp_path_factory.mktemp("api")
        database = open_database(store_url(folder), create=True)
        house.callback(database.close)
        fill(database)
        yield house.enter_context(served(database, LOCKED, SOURCES, now=NOW))


api = schemathesis.openapi.from_dict(pages(None).openapi())
"""The interface as it describes itself."""
BOUNDED = settings(
    max_examples=8,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@api.parametrize()
@BOUNDED
def test_it_answers_as_it_says(case, guest):
    case.call_and_validate(
        base_url=f"http://127.0.0.1:{guest.address[1]}",
        headers={"Authorization": f"Bearer {guest.site.keys.program}"},
        excluded_checks=[positive_data_acceptance],  # what a query may say is no matter of JSON
        timeout=60,
    )


def asked(guest: Guest, path: str, status: int = 200):
    answer = guest.get(path, Authorization=f"Bearer {guest.site.keys.program}")
    assert answer.status == status, answer.body
    assert answer.headers["Content-Type"] == "application/json"
    return json.loads(answer.body)


KEY = quote("https://x.example/r1?a=b", safe="")


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("meetings", shape.Meetings),
        ("meetings/1", shape.Dossier),
        ("meetings/2", shape.Dossier),
        (f"reports/{KEY}", shape.Reports),
        (f"articles/{KEY}", shape.Article),
        ("articles/r3", shape.Article),
        ("why?url=https://x.example/r2", shape.Trace),
        ("bodies", roster.Bodies),
        ("bodies/cis-sorb", roster.SittingBody),
        ("sources", roster.Sources),
        ("sources/agency", roster.CountedSource),
        ("sources/other", roster.CountedSource),
        ("expected", roster.AllExpected),
        ("expected?body=cis-sorb&until=2030-01-01&all=true", roster.AllExpected),
        ("watches", roster.Watches),
        ("watches/1", roster.Watch),
        ("alerts", roster.Alerts),
        ("alerts?state=owed", roster.Alerts),
        ("alerts/1", roster.Alert),
    ],
)
def test_what_it_answers_has_the_shape_that_it_says(guest, path, expected):
    answered = asked(guest, f"/api/{path}")
    TypeAdapter(expected).validate_json(json.dumps(answered))
    first = answered.get("items", [answered])
    assert first


def test_what_is_served_is_the_description(guest):
    assert asked(guest, "/openapi.json") == json.loads(json.dumps(pages(None).openapi())) | {"servers": [{"url": "/"}]}


def test_ids_are_those_of_exports(guest):
    exported = guest.get("/export/reports.jsonl", Authorization=f"Bearer {guest.site.keys.program}").html
    rows = [json.loads(line) for line in exported.splitlines()]
    assert asked(guest, f"/api/reports/{KEY}")["items"] == [row for row in rows if row["id"] == rows[0]["id"]]
    told = asked(guest, "/api/meetings/1")["reports"]
    assert [asked(guest, f"/api/articles/{quote(each['id'], safe='')}")["url"] for each in told] == [
        each["url"] for each in told
    ]


def test_a_list_goes_on_where_the_last_page_ended(guest):
    everything = asked(guest, "/api/meetings")
    assert everything["next"] is None
    one_by_one, after = [], ""
    while after is not None:
        leaf = asked(guest, f"/api/meetings?limit=1&after={after}" if after else "/api/meetings?limit=1")
        one_by_one += leaf["items"]
        after = leaf["next"]
    assert one_by_one == everything["items"]
    ledger = asked(guest, "/api/alerts")["items"]
    first = asked(guest, "/api/alerts?limit=1")
    assert first["items"] + asked(guest, f"/api/alerts?after={first['next']}")["items"] == ledger
    assert len(ledger) > 1


def test_fifty_are_a_page(database):
    with database.write() as connection:
        for _ in range(51):
            store(connection, meeting())
    with served(database) as visitor:
        assert len(json.loads(visitor.get("/api/meetings").body)["items"]) == 50


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("meetings/99", 404),
        ("meetings/x", 400),
        ("meetings/0", 400),
        (f"meetings/{2**63}", 400),
        ("meetings?q=body:nobody", 400),
        ("meetings?after=x", 400),
        ("meetings?after=2024-99-99~1", 400),
        ("meetings?limit=51", 400),
        ("meetings?limit=0", 400),
        ("articles/nobody", 404),
        ("reports/r3", 404),
        ("bodies/nobody", 404),
        ("sources/nobody", 404),
        ("expected?body=nobody", 404),
        ("expected?until=x", 400),
        ("expected?until=0", 400),
        ("watches/9", 404),
        ("alerts/9999", 404),
        ("alerts?state=x", 400),
        ("why", 400),
        ("why?url=https://x.example/never", 404),
        ("nothing", 404),
        ("", 404),
        ("articles/%00", 404),
        ("why?url=http://[", 404),
    ],
)
def test_what_cannot_be_asked_is_told_as_json(guest, path, status):
    assert list(asked(guest, f"/api/{path}", status)) == ["detail"]


def test_nothing_can_be_sent(guest):
    guest.ask("POST", "/login", b"password=correct+horse")
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        answer = guest.ask(method, "/api/meetings", b"{}")
        assert (answer.status, answer.headers["Allow"]) == (405, "GET, HEAD")
        assert json.loads(answer.body) == {"detail": "Method Not Allowed"}
        assert guest.ask(method, "/api/meetings", b"", Origin="https://evil.example").status == 403
    guest.cookies.clear()


def test_no_secret_of_a_recipient_is_shown(guest):
    for path in ("watches", "alerts", "why?url=https://x.example/r2", "meetings/1"):
        assert "T0/secret" not in json.dumps(asked(guest, f"/api/{path}"))
    assert asked(guest, "/api/watches/1")["to"] == ["a@example.org", "https://hooks.example/…"]


def test_another_of_a_merged_meeting_answers(database):
    with database.write() as connection:
        first, second = (store(connection, meeting(telling(number))) for number in (1, 2))
        merged = schema.meeting.update().where(schema.meeting.c.id == second.id).values(merged_into=first.id)
        connection.execute(merged)
    with served(database) as visitor:
        assert json.loads(visitor.get(f"/api/meetings/{second.id}").body)["id"] == first.id


def test_a_link_that_waits_is_traced(database):
    from readout.storage.links import add_links

    with database.write() as connection:
        add_links(connection, "agency", "https://agency.example/rss", [link("7", title="News")], now=NOW)
    with served(database, sources=SOURCES) as visitor:
        traced = json.loads(visitor.get(f"/api/why?url={quote(link('7').url)}").body)
        assert (traced["link"]["source"], traced["link"]["outcome"], traced["articles"]) == ("agency", None, [])
        assert json.loads(visitor.get("/api/sources/agency").body)["outcomes"] == {"pending": 1}


def test_json_is_json_whatever_a_page_says(database):
    stored = [payload.encode("utf-8", "replace").decode() for payload in PAYLOADS.values()]
    with database.write() as connection:
        for text in stored:
            store(connection, meeting(telling(title=text, text=text)))
    with served(database) as visitor:
        answer = visitor.get("/api/meetings")
        rest = visitor.get(f"/api/meetings?after={json.loads(answer.body)['next']}")
        items = [each for some in (answer, rest) for each in json.loads(some.body)["items"]]
    titles = [row["title"] for row in report_rows(database)]
    assert len(titles) == len(stored)
    assert [each["reports"][0]["title"] for each in items] == titles[::-1]
    assert bad_signs(answer.html + rest.html, lines="") == []
