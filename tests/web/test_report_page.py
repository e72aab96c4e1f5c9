"""The page of a report, its words marked, and the page of an article's versions."""

import re
from datetime import timedelta

import pytest

from readout.articles.word_diff import Kind, compare
from readout.intake import Intake
from readout.model import BodyName, Evidence, Fact, LanguageCode, SourceId
from readout.storage import schema
from readout.storage.database import Database
from tests.reported import DAY, reading, report, source
from tests.telling import NOW, TEXT, TITLE, fact, meeting, session, store, telling
from tests.web.visiting import served

HOSTILE = "<script>alert(1)</script>\u202e<img src=x onerror=y>"


@pytest.fixture
def guest(database):
    with served(database, sources={SourceId("agency"): source()}) as visitor:
        yield visitor


def keep(database: Database, **changes) -> int:
    """A meeting of one report; the report's number."""
    with database.write() as connection:
        return store(connection, meeting(telling(**changes))).tellings[0].report_id


def marks(html: str) -> list[tuple[str, str, str]]:
    """What is marked: its anchor, its label, its words."""
    found = re.findall(r'<mark(?: id="([^"]*)")? title="([^"]*)">(.*?)</mark>', html)
    return [(anchor, label, re.sub("<sup>.*?</sup>|<[^>]*>", "", words)) for anchor, label, words in found]


def test_the_words_of_every_fact_are_marked_and_named(guest, database):
    page = guest.get(f"/reports/{keep(database)}")
    found = marks(page.html)
    assert ("fact-city", "City", "Astana") in found
    assert ("fact-start_date", "When", "4 October") in found
    assert ("fact-countries-1", "Countries", "Azerbaijan") in found
    assert '<span id="fact-end_date">' in page.html, "two facts of one span: both are led to"
    assert "<sup>City</sup>" in page.html
    assert 'lang="en"' in page.html
    ids = re.findall(r' id="([^"]+)"', page.html)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#(fact[^"]*)"', page.html)) <= set(ids)


def test_the_text_is_whole_whatever_is_marked(guest, database):
    page = guest.get(f"/reports/{keep(database)}").html
    article = page[page.index("<article") : page.index("</article>")]
    assert re.sub(r"\s+", " ", re.sub("<sup>.*?</sup>|<[^>]*>", "", article)).strip() == TEXT


def test_spans_that_overlap_are_each_marked(guest, database):
    report = session(
        kind=fact(session().kind.value, "55th session"),
        session_number=fact(55, "55th"),
        body=fact(BodyName(id=None, name="b"), "session of the Council"),
    )
    page = guest.get(f"/reports/{keep(database, report=report)}").html
    assert ("fact-kind", "What, Number", "55th") in marks(page)
    assert ("fact-body", "What, Who meets", "session") in marks(page)
    assert ("", "Who meets", " of the Council") in marks(page)


def test_a_span_over_several_lines_is_marked_in_each(guest, database):
    text = "The council met in\nAstana.\n\nIt spoke."
    whole = Fact(value=session().kind.value, evidence=Evidence(text=text[4:25], start=4, end=25))
    told = report(city=None)
    page = guest.get(f"/reports/{keep(database, text=text, report=session_with(told, whole))}").html
    assert [each[0] for each in marks(page)] == ["fact-kind", ""]
    assert page.count("<sup>What</sup>") == 1


def session_with(told, kind):
    from dataclasses import replace

    return replace(told, kind=kind)


def test_words_that_the_text_does_not_hold_are_not_marked(guest, database):
    wrong = Fact(value="Astana", evidence=Evidence(text="Astana", start=0, end=6))
    far = Fact(value="KZ", evidence=Evidence(text="x", start=10**9, end=10**9 + 1))
    page = guest.get(f"/reports/{keep(database, report=session(city=wrong, country=far))}").html
    assert "fact-city" not in page
    assert "fact-country" not in page.replace("fact-countries", "")


def test_a_fact_of_the_title_is_marked_there(guest, database):
    told = Fact(value="President", evidence=Evidence(text="President", start=0, end=9, where="title"))
    page = guest.get(f"/reports/{keep(database, report=session(received_by=told))}").html
    heading = page[page.index("<h1>") : page.index("</h1>")]
    assert '<mark id="fact-received_by" title="Received by">President' in heading
    assert re.sub("<sup>.*?</sup>|<[^>]*>", "", heading) == TITLE


def test_a_report_leads_to_its_page_its_meeting_and_its_versions(guest, database):
    page = guest.get(f"/reports/{keep(database)}")
    assert '<a href="https://agency.example/news/1" rel="noreferrer">' in page.html
    assert 'href="/meetings/1"' in page.html
    assert "4 Oct 2024, 16:30 UTC (at its source: 4 Oct 2024, 21:30 UTC+5 )" in page.text
    versions = re.search(r'href="(/articles/[^"]+/versions)"', page.html)[1]
    assert guest.get(versions).status == 200


def test_nothing_of_a_page_becomes_markup(guest, database):
    report = session(city=fact(HOSTILE, HOSTILE, HOSTILE))
    number = keep(
        database, title=HOSTILE, text=HOSTILE, report=report, url="javascript:alert(1)", language=LanguageCode('x"y')
    )
    page = guest.get(f"/reports/{number}").html
    assert "<script" not in page
    assert "<img" not in page
    assert 'href="javascript' not in page
    assert "\u202e" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_a_text_that_was_let_go_and_a_page_that_is_gone_say_so(guest, database):
    number = keep(database)
    with database.write() as connection:
        connection.execute(schema.article.update().values(gone_at=NOW, shed_at=NOW, text="", title=None))
    page = guest.get(f"/reports/{number}")
    assert "The page has been gone since 4 Oct 2024" in page.text
    assert "The text was let go" in page.text
    assert "(no title)" in page.text


def test_a_long_text_is_cut(guest, database):
    page = guest.get(f"/reports/{keep(database, text=TEXT + ' word' * 60_000)}")
    assert page.status == 200
    assert len(page.body) < 300_000
    assert "The text goes on" in page.text


# --- versions -------------------------------------------------------------------------------------------------------


def edit(database: Database, *texts: str, key: str = "a") -> None:
    """An article that read so, one after the other."""
    for number, text in enumerate(texts):
        told = reading(text, report(days=DAY, city="Astana"), published=NOW, title=f"Title {number}")
        moment = NOW + timedelta(hours=number)
        Intake(database, max_age=None).take_row(key, "https://x.example/a", None, told, now=moment, alert=False)


WORDS = " ".join(f"word{number}" for number in range(30))


def test_versions_are_compared_word_by_word(guest, database):
    edit(database, f"{WORDS}\nAli came.\nEnd.", f"{WORDS}\nOmar came too.\nEnd.", f"{WORDS}\nOmar came.\nEnd.")
    page = guest.get("/articles/a/versions")
    assert "What version 3 changed" in page.text
    assert "<del>came too.</del><ins>came.</ins>" in page.html
    assert "<del>2</del><ins>2</ins>" not in page.html
    page = guest.get("/articles/a/versions?version=2")
    assert "<del>Ali came.</del><ins>Omar came too.</ins>" in page.html
    assert "The latest version" in page.text
    first = guest.get("/articles/a/versions?version=1")
    assert "As version 1 read" in first.text
    assert "Ali came." in first.text
    assert guest.get("/articles/a/versions?version=99").status == 200


def test_a_report_says_that_its_page_says_something_else_now(guest, database):
    edit(database, f"{WORDS} one", f"{WORDS} two words more")
    with database.write() as connection:
        connection.execute(schema.report.update().values(version=1))
    page = guest.get("/reports/1")
    assert "The facts were read from version 1" in page.text
    assert "word29 one" in page.text


def test_there_are_no_versions_of_what_is_not_there(guest, database):
    edit(database, WORDS)
    for key in ("b", "a/b", "..", "%00", "%ff", "a%2Fversions"):
        assert guest.get(f"/articles/{key}/versions").status == 404, key
    assert guest.get("/articles/a/versions?version=-1").status == 400
    assert guest.get(f"/articles/a/versions?version={10**30}").status == 400


def test_the_key_of_an_imported_row_may_be_anything(guest, database):
    for key in ("x/y z", "é?#&", "<b>"):
        edit(database, f"{WORDS} {key}", key=key)
    html = "".join(guest.get(f"/reports/{number}").html for number in (1, 2, 3))
    paths = re.findall(r'href="(/articles/[^"]+/versions)"', html)
    assert len(paths) == 3
    assert [guest.get(path).status for path in paths] == [200] * 3


def test_a_text_that_was_let_go_is_not_compared(guest, database):
    edit(database, f"{WORDS} one", f"{WORDS} two words more")
    with database.write() as connection:
        connection.execute(schema.article_version.update().values(text=""))
    page = guest.get("/articles/a/versions")
    assert "A text of these two was let go" in page.text
    assert "<ins>two" not in page.html


# --- comparing ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after", "changed"),
    [
        ("a b c", "a b c", []),
        ("a b c", "a x c", ["-b ", "+x "]),
        ("", "a", ["+a"]),
        ("a", "", ["-a"]),
        ("one\ntwo\nthree", "one\nthree", ["-two"]),
        ("one\nthree", "one\ntwo words\nthree", ["+two words"]),
    ],
)
def test_what_differs_is_shown_and_nothing_else(before, after, changed):
    signs = {Kind.TAKEN: "-", Kind.ADDED: "+"}
    pieces = [piece for passage in compare(before, after) for piece in passage]
    assert [signs[piece.kind] + piece.text for piece in pieces if piece.kind in signs] == changed


def test_paragraphs_that_are_the_same_are_left_out():
    found = compare("\n".join(["same"] * 50 + ["a"] + ["same"] * 50), "\n".join(["same"] * 50 + ["b"] + ["same"] * 50))
    assert len(found) <= 3


def test_what_would_take_long_to_compare_is_shown_as_it_was_and_is():
    before, after = " ".join("ab" * 5_000), " ".join("ba" * 5_001)
    (passage,) = compare(f"x {before}", f"y {after}")
    assert [piece.kind for piece in passage[:2]] == [Kind.TAKEN, Kind.ADDED]
    assert all(len(piece.text) <= 5_001 for piece in passage)
