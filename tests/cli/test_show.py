"""`readout show`: what a person sees of one meeting, and what a machine is told of it."""

import io
import json
import sys
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from readout.cli import main
from readout.meetings.consensus import Voice, consensus
from readout.model import Evidence, Fact, Judgement, Participant, SourceId, Status, Verdict
from readout.storage import schema
from readout.storage.articles import Origin, add_article
from readout.storage.changes import add_changes
from readout.storage.database import open_database
from readout.storage.meetings import open_meeting
from readout.storage.reports import judge, put_report
from readout.watching import Change
from tests.reported import DAY, NOW, TEXT, fact, reading, report
from tests.store import store_section, store_url

HOUR = timedelta(hours=1)


@pytest.fixture
def store(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "readout.toml").write_text(f'data_dir = "."\n{store_section(tmp_path)}', encoding="utf-8")
    opened = open_database(store_url(tmp_path), create=True)
    with opened.write() as connection:
        yield connection
    opened.close()


@pytest.fixture
def run(store, monkeypatch):
    """What a command prints once the store is committed."""

    def answer(*arguments, code=0, width=100):
        store.commit()
        out, err = io.StringIO(newline=""), io.StringIO()
        monkeypatch.setenv("COLUMNS", str(width))
        monkeypatch.setattr(sys, "argv", ["readout", *arguments])
        monkeypatch.setattr(sys, "stdout", out)
        monkeypatch.setattr(sys, "stderr", err)
        assert main() == code, err.getvalue()
        return out.getvalue() if code == 0 else err.getvalue()

    return answer


def named(name, role=None, country=None):
    return fact(Participant(name=name, name_latin=name, role=role, country=country))


def tell(store, key, facts, hours=0, *, source=None, copies=None, official=False, day=None, title="Title", **columns):
    """An article of `source` that tells `facts`; the number of its report."""
    moment = NOW + hours * HOUR
    read = reading(f"{TEXT} {key}", facts, title=title, published=moment, day=day)
    origin = Origin(
        key=key, url=f"https://{source or 'paper'}.example/{key}", source_id=source and SourceId(source),
        official=official, told_at=moment,
    )  # fmt: skip
    article_id = add_article(store, read, origin, outcome="stored", duplicate_of=copies, now=moment)
    if columns:
        store.execute(update(schema.article).where(schema.article.c.id == article_id).values(columns))
    return put_report(store, article_id, 0, facts, version=1)


def stand(store, meeting_id, *report_ids, verdict=Verdict.SAME, by="rule", reasons=("same body: sorb", "same days")):
    for report_id in report_ids:
        judgement = Judgement(
            report_id=report_id, meeting_id=meeting_id, verdict=verdict, score=6.0, reasons=reasons, by=by
        )
        judge(store, judgement, now=NOW)


def meet(store, facts, **columns):
    """A meeting with these facts; its number."""
    meeting_id = open_meeting(store, facts, late=False, now=NOW)
    if columns:
        store.execute(update(schema.meeting).where(schema.meeting.c.id == meeting_id).values(columns))
    return meeting_id


def near(store, facts, **columns):
    """Another meeting, that one article tells of."""
    number = meet(store, facts, **columns)
    stand(store, number, tell(store, f"near{number}", facts))
    return number


@pytest.fixture
def session(store):
    """M1: a session that four outlets told of in three languages; one of them another number, one of them a reprint."""
    where = {"city": "Astana", "country": "KZ"}
    told = report(session=55, days=DAY, topics=("terrorism",), **where)
    official = replace(told, participants=(named("Ali Naghiyev", "head of the service", "AZ"),))
    russian = replace(told, participants=(named("Али Нагиев"),))
    other = replace(report(session=54, days=DAY), participants=(named("Əli Nağıyev"),))
    planned = report(days=DAY, status=Status.PLANNED)
    reports = [
        tell(store, "a1", official, source="akorda", official=True, language="en", title="The chiefs meet"),
        tell(store, "a2", russian, 0.5, source="tass", language="ru"),
        tell(store, "a3", other, 3.25, source="apa", language="az", version=2, gone_at=NOW + timedelta(days=2)),
        tell(store, "a4", russian, 12, day=DAY + timedelta(days=1), language="ru", copies=2, credit="tass"),
        tell(store, "a5", planned, -24 * 14, source="apa", language="az"),
    ]
    voices = [
        Voice(report=official, official=True, told_at=NOW),
        *(Voice(report=each, official=False, told_at=NOW + HOUR) for each in (russian, other, planned)),
    ]
    number = meet(store, consensus(voices))
    stand(store, number, *reports)
    return number


def test_facts_stand_beside_who_supports_them(run, session):
    said = run("show", f"M{session}", width=160)
    lines = {line.split("  ")[0]: line for line in said.splitlines()}
    assert "3 of 5, 1 official; differs: 54 (apa)" in " ".join(lines["session number"].split())
    assert "5 of 5, 1 official" in lines["start date"]
    assert "3 of 5, 1 official" in lines["city"]
    assert "4 of 5, 1 official" in lines["status"]
    assert " ".join(lines["told as"].split()) == (
        "told as planned 2024-09-20 12:00 (apa), then held 2024-10-04 12:00 (akorda)"
    )


def test_of_many_who_differ_alike_some_are_named(run, store):
    other = [tell(store, f"o{at}", report(session=54), source=f"paper{at}") for at in range(5)]
    number = meet(store, report(session=55))
    stand(store, number, *other)
    said = run("show", f"M{number}", width=160)
    assert "0 of 5; differs: 54 (paper0, paper1, paper2 and 2 more)" in said


def test_what_a_person_set_is_marked_as_such(run, store):
    by_hand = Fact(value="Astana", evidence=Evidence(text="the communique says so", start=0, end=0, where="ruling"))
    number = meet(store, replace(report(), city=by_hand))
    stand(store, number, tell(store, "k1", report(city="Almaty")))
    said = run("show", f"M{number}", width=160)
    assert " ".join(next(line for line in said.splitlines() if line.startswith("city")).split()) == (
        "city Astana set by a person: the communique says so 0 of 1; differs: Almaty (paper.example)"
    )


def test_a_person_stands_once_with_all_spellings(run, session):
    said = " ".join(run("show", f"M{session}", width=160).split())
    assert "Ali Naghiyev (Али Нагиев, Əli Nağıyev) head of the service AZ 4 of 5, 1 official" in said


def test_reports_stand_in_time_with_what_marks_them(run, session):
    said = [" ".join(line.split()) for line in run("show", f"M{session}", width=160).splitlines()]
    start = said.index("5 reports by 4 outlets in 3 languages within 15 days")
    assert said[start + 2 : start + 7] == [
        "a5 2024-09-20 12:00 +0 min apa az",
        "a1 2024-10-04 12:00 +14 d 0 h akorda en official",
        "a2 2024-10-04 12:30 +14 d 0 h tass ru",
        "a3 2024-10-04 15:15 +14 d 3 h apa az version 2, gone since 2024-10-06 12:00",
        "a4 2024-10-05 +15 days paper.example ru reprint of a2, citing tass",
    ]


def test_each_report_says_why_it_stands_here(run, store, session):
    stand(store, session, 1, by="person", reasons=("I was there",))
    said = run("show", f"M{session}")
    assert "a1 · The chiefs meet\n  https://akorda.example/a1\n  under M1: same body: sorb; same days" in said
    assert "under M1, says a person: I was there" in said


def test_meetings_around_it_are_named(run, store, session):
    before = near(store, report(session=54, days=date(2023, 10, 4), city="Baku", country="AZ"))
    after = near(store, report(session=56, days=date(2025, 10, 4)))
    whole = near(store, report("summit", name="Summit of Chiefs"))
    part = near(store, report("experts", name="Experts"), part_of=session)
    perhaps = near(store, report("sorb2", name="Council"))
    stand(store, perhaps, 5, verdict=Verdict.UNSURE)
    store.execute(update(schema.meeting).where(schema.meeting.c.id == session).values(part_of=whole))
    said = [" ".join(line.split()) for line in run("show", "m1", width=160).splitlines()]
    for line in (
        f"session before M{before}, session 54, Baku AZ, 2023-10-04",
        f"session after M{after}, session 56, 2025-10-04",
        f"part of M{whole}, Summit of Chiefs",
        f"has as a part M{part}, Experts",
        f"perhaps the same as M{perhaps}, Council",
    ):
        assert line in said


def test_one_that_was_merged_leads_to_the_one_it_stands_in(run, store, session):
    merged = meet(store, report(days=DAY), merged_into=session)
    assert run("show", f"M{merged}").startswith(f"M{merged} was merged into M{session}\nM{session} · ")
    assert f"merged into it  M{merged}" in run("show", f"M{session}")
    assert json.loads(run("--json", "show", f"M{merged}"))["id"] == session


def test_changes_are_listed_with_who_brought_them(run, store, session):
    moved = Change(fact="start_date", before=None, after="2024-10-04")
    add_changes(store, session, [moved], article_id=1, now=NOW)
    add_changes(store, session, [replace(moved, before="2024-10-03")], article_id=None, now=NOW)
    said = [" ".join(line.split()) for line in run("show", f"M{session}").splitlines()]
    assert said[-2:] == [
        "2024-10-04 12:00 start date – 2024-10-04 a1",
        "2024-10-04 12:00 start date 2024-10-03 2024-10-04 a person",
    ]


def test_machines_are_told_the_same(run, store, session):
    from readout.exports.rows import meeting_rows

    row = json.loads(run("--json", "show", f"M{session}"))
    database = open_database(store_url(Path.cwd()), create=True)
    (exported,) = meeting_rows(database)
    database.close()
    assert {name: row[name] for name in exported} == json.loads(json.dumps(exported))
    assert row["agreement"]["session_number"] == {
        "value": 55,
        "supports": ["a1", "a2", "a4"],
        "omits": ["a5"],
        "contradicts": [{"report": "a3", "value": 54}],
    }
    (person,) = row["agreement"]["participants"]
    assert person["spellings"] == ["Ali Naghiyev", "Али Нагиев", "Əli Nağıyev"]
    assert row["timeline"]["outlets"] == ["apa", "akorda", "tass", "paper.example"]
    assert row["timeline"]["stages"] == [{"status": "planned", "report": "a5"}, {"status": "held", "report": "a1"}]
    times = [(each["id"], each["after_minutes"], each["after_days"]) for each in row["timeline"]["reports"]]
    first = ("a5", 0, None)
    later = [(key, 14 * 24 * 60 + minutes, None) for key, minutes in (("a1", 0), ("a2", 30), ("a3", 195))]
    assert times == [first, *later, ("a4", None, 15)]
    (judged,) = (each for each in row["judgements"] if each["report"] == "a1")
    assert judged == {
        "report": "a1", "meeting": session, "verdict": "same", "by": "rule", "score": 6.0,
        "reasons": ["same body: sorb", "same days"],
    }  # fmt: skip
    around = ("part_of", "parts", "merged", "session_before", "session_after", "changes")
    assert [row[name] for name in around] == [None, [], [], None, None, []]


@pytest.mark.parametrize("width", [80, 120])
def test_nothing_is_cut_off_nor_wider_than_the_terminal(run, session, width):
    said = run("show", f"M{session}", width=width)
    assert "…" not in said
    assert all(len(line) <= width for line in said.splitlines())
    assert all(word in said for word in ("Naghiyev", "Нагиев", "differs", "paper.example", "terrorism"))


def test_what_pages_wrote_cannot_steer_the_terminal(run, store):
    evil = "x\x1b[31m\n\x9b2J\u202e"
    facts = replace(report("sorb", name=evil, city=evil), participants=(named(evil, evil, evil),))
    facts = replace(facts, received_by=fact(evil))
    number = meet(store, facts)
    stand(store, number, tell(store, "k", facts, source=evil, title=evil, credit=evil), reasons=(evil,))
    add_changes(store, number, [Change(fact="city", before=evil, after=evil)], article_id=None, now=NOW)
    said = run("show", f"M{number}")
    assert not {"\x1b", "\x9b", "\u202e"} & set(said)


def test_a_meeting_that_all_reports_have_left_is_shown(run, store):
    number = meet(store, report("sorb", name="Council"))
    assert "0 reports by 0 outlets in 0 languages" in run("show", f"M{number}")
