"""The page that searches, and the same as JSON."""

import json
import logging
import re
from dataclasses import replace
from datetime import timedelta
from urllib.parse import quote

import pytest
from argon2 import PasswordHasher
from sqlalchemy import text

from readout.config import Config
from readout.model import LanguageCode
from readout.storage.search import index_all
from readout.web.mark import place_in, place_text
from tests.store import no_such_table
from tests.telling import NOW, TEXT, meeting, session, store, telling
from tests.web.visiting import served

HOSTILE = '<script>alert(1)</script> "><img src=x onerror=alert(2)> \u202egnissik javascript:alert(3) {{7*7}} Astana'


def tell(database, *tellings):
    with database.write() as connection:
        told = store(connection, meeting(*tellings))
        index_all(connection)
    return told


@pytest.fixture
def guest(database):
    with served(database) as visitor:
        yield visitor


def search(guest, asked, **query):
    more = "".join(f"&{name}={quote(str(value))}" for name, value in query.items())
    return guest.get(f"/search?q={quote(asked)}{more}")


def marks(html):
    return re.findall("<mark>([^<]*)</mark>", html)


def test_an_empty_page_says_how_to_search(guest):
    page = guest.get("/search")
    assert page.status == 200
    assert "<details" in page.html
    assert " open>" in page.html
    assert "Articles" not in page.text


def test_an_empty_store_has_nothing(guest):
    page = search(guest, "council")
    assert page.status == 200
    assert "No article has these words." in page.text


def test_a_hit_is_shown_with_its_meeting_and_marked(guest, database):
    told = tell(database, telling(language=LanguageCode("en")))
    page = search(guest, "kazakh* councils -farmers")
    assert marks(page.html) == ["Council", "Kazakhstan"]
    assert f'href="/meetings/{told.id}"' in page.html
    assert "agency.example" in page.text
    assert "4 Oct 2024" in page.text
    assert "English" in page.text
    assert 'href="https://agency.example/news/1" rel="noreferrer"' in page.html
    assert 'value="kazakh* councils -farmers"' in page.html


def test_declined_forms_are_marked(guest, database):
    words = "Вчера министры встретились с министром."
    tell(
        database, telling(text=words, title="О министерстве и министрах", language=LanguageCode("ru"), report=session())
    )
    assert marks(search(guest, "министров").html) == ["министрах", "министры", "министром"]


def test_meetings_are_found_by_body_and_by_title(guest, database):
    by_title = tell(database, telling(report=replace(session(), body=None), title="Ministers talk of grain"))
    by_body = tell(database, telling())
    assert "Meetings" in search(guest, "grain").html.partition("<h1>")[2]
    assert f'<a href="/meetings/{by_title.id}"' in search(guest, "grain").html.partition("Articles</h2>")[0]
    for asked in ("heads of security agencies", "совет руководителей органов", "əməkdaşlıq orqanları sorb"):
        found = search(guest, asked).html.partition("Articles</h2>")[0]
        assert (f'<a href="/meetings/{by_body.id}"' in found) is ("sorb" not in asked)
    assert "/meetings/" not in search(guest, "tomatoes").html


def test_pages_follow_one_another_without_loss(guest, database):
    tell(
        database,
        *(telling(number, title=f"Number {number}", published=NOW - timedelta(days=number)) for number in range(45)),
    )
    with database.write() as connection:
        connection.exec_driver_sql("UPDATE article SET told_at = published")
        index_all(connection)
    seen, at = [], f"/search?q={quote('council')}"
    while at:
        page = guest.get(at)
        seen += re.findall(r"<bdi>Number (\d+)</bdi>", page.html)
        later = re.search(r'rel="next" href="([^"]+)"', page.html)
        at = later and later[1].replace("&amp;", "&")
    assert seen == [str(number) for number in range(45)]


@pytest.mark.parametrize("after", ["x", "2024-13-01~1", "none~0", "2024-10-04~99999999999", "9999-99-99~1", "~"])
def test_a_place_that_no_page_wrote_is_the_beginning(guest, database, after):
    tell(database, telling())
    assert marks(search(guest, "astana", after=after).html)
    assert place_in(after) is None


@pytest.mark.parametrize("text", ["2024-10-04~7", "none~1"])
def test_a_place_is_read_as_it_is_written(text):
    assert place_text(place_in(text)) == text


def test_what_pages_say_is_no_markup(guest, database):
    tell(database, telling(title=HOSTILE, text=f"{HOSTILE} {TEXT}", url="javascript:alert(1)", report=session()))
    for asked in ("astana", "alert", "script", HOSTILE, '"><script>'):
        html = search(guest, asked).html
        assert "<script" not in html
        assert "<img" not in html
        assert 'javascript:alert(1)"' not in html
        assert "\u202e" not in html.partition("<h2>")[2]
        assert "49" not in re.sub(r"\d{5,}", "", html.partition("Articles")[2])


@pytest.mark.parametrize(
    "asked", ['"', "a AND (", "NEAR(", "* -", "\x00", "'; DROP TABLE article", "\u202e", "-", "^x", "{title}: a"]
)
def test_no_question_is_an_error(guest, database, asked):
    tell(database, telling())
    assert search(guest, asked).status == 200
    assert guest.get(f"/api/search?q={quote(asked)}").status == 200


def test_a_question_without_measure_is_refused(guest):
    assert search(guest, "x" * 1001).status == 400


def test_only_what_must_not_be_asks_for_nothing(guest):
    assert "Say at least one word" in search(guest, "-council").text


@pytest.mark.parametrize(("language", "said"), [("ru", "Статьи"), ("az", "Məqalələr")])
def test_it_speaks_the_reader_s_language(guest, database, language, said):
    tell(database, telling())
    assert said in guest.get("/search?q=astana", Accept_Language=language).text


def test_readers_may_search(database):
    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    with served(database, Config(web={"reader_password_hash": cheap.hash("look")})) as guest:
        assert search(guest, "x").status == 303
        guest.ask("POST", "/login", b"password=look")
        assert search(guest, "x").status == 200


# --- as JSON --------------------------------------------------------------------------------------------------------


def test_the_same_as_json(guest, database):
    told = tell(database, *(telling(number, language=LanguageCode("en")) for number in range(3)))
    with database.write() as connection:
        connection.exec_driver_sql("UPDATE article SET published_day = '2024-10-04'")
        index_all(connection)
    answer = guest.get("/api/search?q=councils&limit=2")
    assert answer.headers["Content-Type"] == "application/json"
    found = json.loads(answer.body)
    assert len(found["articles"]) == 2
    first = found["articles"][0]
    assert first["meetings"] == [told.id]
    assert first["day"] == "2024-10-04"
    assert first["source"] == "agency"
    assert [piece["text"] for piece in first["snippet"] if piece["hit"]] == ["Council"]
    behind = json.loads(guest.get(f"/api/search?q=councils&limit=2&after={found['next']}").body)
    assert len(behind["articles"]) == 1
    assert behind["next"] is None
    assert json.loads(guest.get("/api/search?q=-x").body) == {"articles": [], "next": None}


@pytest.mark.parametrize("query", ["", "?q=x&limit=0", "?q=x&limit=101", "?q=x&limit=many"])
def test_json_that_cannot_be_asked(guest, query):
    assert guest.get(f"/api/search{query}").status == 400


def test_what_was_searched_for_is_in_no_log(database, caplog):
    with database.write() as connection:
        connection.execute(text("DROP TABLE article_words"))
    with served(database) as guest, caplog.at_level(logging.DEBUG):
        assert guest.get("/search?q=whistleblower").status == 500
    assert no_such_table() in caplog.text
    assert "whistleblower" not in caplog.text
