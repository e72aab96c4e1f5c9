"""A report survives its row."""

import json
from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from readout.model import BodyName, Evidence, Fact, MeetingKind, Participant, Report, Status
from readout.record import report_from_row, report_row

spans = st.builds(
    Evidence,
    text=st.text(max_size=9),
    start=st.integers(0, 99),
    end=st.integers(0, 99),
    where=st.sampled_from(["text", "title"]),
)
words = st.text(min_size=1, max_size=12)


def fact(values):
    return st.builds(Fact, value=values, evidence=spans)


def maybe(values):
    return st.none() | fact(values)


def several(values):
    return st.lists(fact(values), max_size=3).map(tuple)


persons = st.builds(Participant, name=words, name_latin=words, role=st.none() | words, country=st.none() | words)
reports = st.builds(
    Report,
    kind=fact(st.sampled_from(MeetingKind)),
    status=fact(st.sampled_from(Status)),
    body=maybe(st.builds(BodyName, id=st.none() | words, name=words)),
    session_number=maybe(st.integers(1, 999)),
    start_date=maybe(st.dates(date(1900, 1, 1))),
    end_date=maybe(st.dates(date(1900, 1, 1))),
    city=maybe(words),
    country=maybe(words),
    participants=several(persons),
    countries=several(words),
    received_by=maybe(words),
    topics=several(words),
    subjects=several(words),
)


@given(reports)
def test_a_report_survives_its_row(report):
    row = json.loads(json.dumps(report_row(report)))
    assert report_from_row(row) == report


@given(reports)
def test_a_row_stored_before_subjects_were_read_says_nothing_of_them(report):
    row = report_row(replace(report, subjects=()))
    del row["subjects"]
    assert report_from_row(row) == replace(report, subjects=())
