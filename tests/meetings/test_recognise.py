"""Reports are told from other pages, their facts are read and not invented, and no text breaks the reading."""

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from readout.catalog import load_knowledge
from readout.meetings.recognise import recognise
from readout.model import Article, MeetingKind, Status
from tests.meetings.tellings import SHARED, article, rows, untrue_evidence

needs_labels = pytest.mark.skipif(not SHARED.exists(), reason="the labelled set is not here")

COUNCIL = (
    "The 61st session of the Council of Heads of Security Agencies and Special Services of the CIS was held in Minsk "
    "on 4 October 2024. Colonel-General Tural Aliyev, head of the State Security Service of Azerbaijan, took part. "
    "The heads of delegations were received by the President of Belarus, Ivan Ivanov. "
    "Terrorism and drug trafficking were discussed."
)
CONFERENCE = (
    "Очередное, двадцать второе заседание Совещания руководителей органов безопасности и разведывательных служб СНГ "
    "состоится 5 октября 2024 года в Минске. На повестке — обстановка в Афганистане."
)


def only_report(told):
    recognition = recognise(told, load_knowledge())
    assert not list(untrue_evidence(told, recognition))
    (report,) = recognition.reports
    return report


def test_a_session_is_read_whole():
    report = only_report(article(COUNCIL, title="Security chiefs meet in Minsk"))
    assert report.kind.value is MeetingKind.SESSION
    assert report.status.value is Status.HELD
    assert report.body.value.id == "cis-sorb"
    assert report.session_number.value == 61
    assert report.start_date.value == report.end_date.value == date(2024, 10, 4)
    assert (report.city.value, report.country.value) == ("Minsk", "BY")
    assert {fact.value for fact in report.topics} == {"terrorism", "drug_trafficking"}


def test_the_look_alike_is_the_other_body():
    report = only_report(article(CONFERENCE, language="ru"))
    assert report.body.value.id == "cis-intel"
    assert report.session_number.value == 22
    assert report.status.value is Status.PLANNED


def test_a_body_that_is_not_registered_keeps_its_name():
    text = "The Council of Ministers of Fisheries held its 4th session in Baku on Monday, the ministers said."
    report = only_report(article(text))
    assert report.body.value.id is None
    assert report.body.value.name.startswith("Council of Ministers of Fisheries")


def test_the_state_whose_own_body_convenes_takes_part():
    report = only_report(article("The Security Council of Armenia held a meeting in Dilijan on 4 October 2024."))
    assert [fact.value for fact in report.countries] == ["AM"]


def test_a_first_meeting_of_persons_has_no_number():
    report = only_report(article("The two ministers held their first meeting in Geneva on 4 October 2024."))
    assert report.session_number is None


def test_a_call_has_no_body_though_its_subject_has():
    text = "The presidents of Belarus and Armenia spoke by telephone. They discussed the coming CSTO summit in Minsk."
    report = only_report(article(text, title="Presidents discuss trade in phone call"))
    assert report.kind.value is MeetingKind.CALL
    assert report.body is None


def test_signals_explain_the_score():
    recognition = recognise(article(COUNCIL), load_knowledge())
    named = {signal.name for signal in recognition.signals}
    assert {"start", "meeting", "body", "session_number", "status"} <= named
    assert all(signal.evidence for signal in recognition.signals if signal.name != "start")
    assert 0.9 < recognition.score <= 1


@pytest.mark.parametrize(
    "text",
    ["", " ", "\n\n", "404", "?" * 50, "a " * 60_000, "55 " * 40_000, "w" * 120_000, "met " * 30_000, ".x" * 60_000],
)
@pytest.mark.parametrize("language", ["en", "ru", None, "xx"])
def test_no_text_breaks_the_reading(text, language):
    told = article(text, title=text or None, language=language)
    assert not recognise(told, load_knowledge()).is_report


WORDS = (
    *COUNCIL.split(),
    *CONFERENCE.split(),
    "MDB",
    "iclası",
    "İclas",
    "\u202e",
    "XVII",
    "ХХІ",
    "—",
    "«",
    "H.E.",
    "\n",
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.sampled_from(WORDS), max_size=60), st.sampled_from(["en", "ru", "az", "kk", None]))
def test_every_fact_stands_in_the_article(words, language):
    told = article(" ".join(words), title=" ".join(words[:7]) or None, language=language)
    recognition = recognise(told, load_knowledge())
    assert recognition.is_report == bool(recognition.reports)
    assert not list(untrue_evidence(told, recognition))


# --- quality gates: floors that only a spoken decision lowers ------------------------------------------------------


def f1(hits, said, true):
    return 200 * hits / (said + true) if said + true else 0.0


@needs_labels
@pytest.mark.parametrize(("language", "floor"), [("en", 93), ("ru", 95), ("az", 90)])
def test_labelled_pages_are_recognised(language, floor):
    labelled = [row for row in rows(SHARED / "gold" / "dev.jsonl") if row["lang"] == language]
    labelled = [row for row in labelled if row["label"] != "borderline"]
    said = {row["id"] for row in labelled if recognised(row)}
    true = {row["id"] for row in labelled if row["label"] == "meeting"}
    assert f1(len(said & true), len(said), len(true)) >= floor


@needs_labels
def test_labelled_bodies_numbers_and_statuses_are_read():
    wanted = {"body": 93, "session_number": 90, "status": 90}
    counts = {name: [0, 0, 0] for name in wanted}
    for row in rows(SHARED / "gold" / "dev.jsonl"):
        if row["lang"] in {"en", "ru", "az"} and row["label"] == "meeting":
            count(counts, row, recognised(row))
    for name, floor in wanted.items():
        assert f1(*counts[name]) >= floor, (name, counts[name])


@needs_labels
def test_ordinary_news_raises_no_alarm():
    pages = rows(SHARED / "pages" / "index.jsonl")
    told = [article(row["body"], title=row["title"], language=None) for row in pages]
    assert [page.title for page in told if recognise(page, load_knowledge()).is_report] == []


def recognised(row):
    told = article(row["text"], title=row["title"], language=row["lang"], day=row["published"])
    return recognise(told, load_knowledge()).reports


def count(counts, row, reports):
    read = reports[0] if reports else None
    gold = {"body": row["body_id"], "session_number": row["session_number"], "status": row["status"]}
    for name, true in gold.items():
        if name == "body" and row["body"] and not true:
            continue
        fact = getattr(read, name) if read else None
        said = None if fact is None else fact.value.id if name == "body" else fact.value
        for place, adds in enumerate((said is not None and said == true, said is not None, true is not None)):
            counts[name][place] += adds


def test_every_signal_against_a_page_has_words_for_a_reader():
    weights = load_knowledge().weights
    told = set(weights.said)
    assert set(weights.against) <= told
    assert {name for name, weight in weights.signals.items() if weight < 0} - {"start"} <= told


def test_a_page_that_is_no_report_is_told_why():
    derby = Article(
        url="https://x.example/",
        title="Derby ends in a draw",
        text="The meeting of the two clubs ended 1:1. The match drew a crowd of twelve thousand football fans.",
        published=None,
        language="en",
    )
    found = recognise(derby, load_knowledge())
    assert not found.is_report
    assert "words of sport (“" in found.why_not


IRAN = (
    "Iran's Supreme National Security Council secretary Ali Akbar Ahmadian attended the 13th International Meeting of "
    "High Representatives for Security Issues in Moscow on May 28."
)
ARMENIA = (
    "Հայաստանի Անվտանգության խորհրդի քարտուղար Արմեն Գրիգորյանը մայիսի 28-ին Մոսկվայում հանդիպել է Ռուսաստանի "
    "անվտանգության խորհրդի քարտուղար Սերգեյ Շոյգուի հետ։"
)


@pytest.mark.parametrize(("language", "text"), [("en", IRAN), ("hy", ARMENIA)])
def test_a_body_in_an_office_alone_does_not_convene(language, text):
    assert only_report(article(text, language=language, day="2025-05-29")).body is None


def test_a_body_that_will_meet_is_not_the_one_that_met():
    text = (
        "The heads of special services of Turkic-Speaking States held their 27th conference in Baku on April 17. "
        "The secretaries of Security Councils of the OTS will meet in May."
    )
    main = recognise(article(text, day="2025-04-18"), load_knowledge()).reports[0]
    assert (main.body.value.id, main.session_number.value) == ("turkic-special-services", 27)
