"""The sieve by what reports say loses no meeting that a query asks for, and leaves out what it can."""

from dataclasses import replace
from datetime import date
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from readout.meetings.person import same_person
from readout.model import BodyName, Judgement, LanguageCode, MeetingKind, SourceId, Status, Verdict
from readout.ruling import correct, merge, split, undo
from readout.storage import schema
from readout.storage.asked import may_be_asked
from readout.storage.database import open_database
from readout.storage.meetings import list_meetings, open_meeting
from readout.storage.newest import newest
from readout.storage.reports import judge, put_report
from readout.storage.said import name_sounds
from readout.watches.match import first_told
from readout.watching import EVERYTHING, Filter, Query, Term
from tests.store import store_url
from tests.telling import NOW, fact, meeting, person, session, store, telling

PEOPLE = ("Alexander Bortnikov", "Александр Бортников", "Əli Nağıyev", "Али Нагиев", "Ali", "Ou Yi", "习近平", "Ö")
VALUES = {
    Filter.BODY: ("cis-sorb", "sco-rats", "ots"),
    Filter.BODY_KIND: ("session", "council", "committee"),
    Filter.KIND: ("session", "bilateral"),
    Filter.STATUS: ("held", "planned"),
    Filter.SESSION: ("55", "50..60", "..7", "0..", "999999999.."),
    Filter.DAY: ("2024", "2024-10", "2024-10-04", "2023-12-31..2024-01-01", "..2019", "2031..", "0007..0999"),
    Filter.COUNTRY: ("KZ", "AZ", "RU"),
    Filter.CITY: ("Astana", "astana", "Нур-Султан", "nur sultan", "ь", "x" * 120),
    Filter.STATE: ("KZ", "AZ", "RU"),
    Filter.PERSON: PEOPLE,
    Filter.TOPIC: ("terrorism", "trade"),
    Filter.LANGUAGE: ("ru", "uz", "uz-cyrl", "en"),
    Filter.SOURCE: ("agency", "ministry"),
    Filter.SOURCE_KIND: ("agency", "government"),
    Filter.CONFIDENCE: ("0", "0.85", ".9", "1"),
    Filter.WORDS: ("terrorism", "absent"),
}
KINDS = {"cis-sorb": "council", "sco-rats": "committee", "ots": "session"}
MEETINGS = 40


def told_facts(dice):
    day = dice.choice([date(2024, 10, 4), date(2023, 12, 31), date(2019, 1, 1), date(999, 5, 5), None])
    last = day and day.replace(year=day.year + dice.choice((0, 0, 1, 12)))
    body = dice.choice(["cis-sorb", "sco-rats", None])
    one = {
        "kind": fact(dice.choice([MeetingKind.SESSION, MeetingKind.BILATERAL]), "session"),
        "status": fact(dice.choice([Status.HELD, Status.PLANNED]), "met"),
        "body": fact(BodyName(id=body, name="Council"), "Council") if dice.random() < 0.7 else None,
        "session_number": fact(dice.choice([7, 55, 60, 10**9]), "55th") if dice.random() < 0.6 else None,
        "start_date": fact(day, "4 October") if day and dice.random() < 0.8 else None,
        "end_date": fact(last, "4 October") if day else None,
        "city": fact(dice.choice(["Astana", "Нур-Султан", "ь", "x" * 120]), "Astana") if dice.random() < 0.6 else None,
        "country": fact(dice.choice(["KZ", "AZ"]), "Kazakhstan") if dice.random() < 0.6 else None,
        "countries": (fact(dice.choice(["RU", "AZ"]), "Azerbaijan"),) if dice.random() < 0.4 else (),
        "participants": tuple(somebody(dice) for _ in range(dice.randrange(3))),
        "received_by": fact(dice.choice(PEOPLE), "Ermek Sagimbayev") if dice.random() < 0.3 else None,
        "topics": (fact(dice.choice(["terrorism", "trade"]), "terrorism"),) if dice.random() < 0.5 else (),
        "subjects": (fact(dice.choice(["terrorism", "trade"]), "terrorism"),) if dice.random() < 0.3 else (),
    }
    return session(**one)


def somebody(dice):
    named = person("Ermek Sagimbayev", country=dice.choice(["RU", "KZ", None]))
    value = replace(named.value, name=dice.choice(PEOPLE), name_latin=dice.choice(PEOPLE))
    return replace(named, value=value)


def told_by(dice, number):
    return telling(
        number,
        report=told_facts(dice),
        language=dice.choice([LanguageCode("ru"), LanguageCode("uz-Cyrl"), None]),
        source=dice.choice([SourceId("agency"), None]),
    )


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    dice = Random(20241004)
    database = open_database(store_url(tmp_path_factory.mktemp("asked")), create=True)
    with database.write() as connection:
        for _ in range(MEETINGS):
            store(connection, meeting(*(told_by(dice, number) for number in range(dice.randrange(1, 4)))))
        article = schema.article
        for row in connection.execute(select(article.c.id)).all():
            values = {"source_kind": dice.choice(["agency", "government", None]), "score": dice.choice([0.85, 0.9, 1])}
            connection.execute(article.update().where(article.c.id == row.id).values(values))
    yield database
    database.close()


terms = st.sampled_from(sorted(VALUES)).flatmap(
    lambda wanted: st.builds(
        lambda values, is_not: Term(wanted, tuple(values), is_not),
        st.lists(st.sampled_from(VALUES[wanted]), min_size=1, max_size=2),
        st.sampled_from([False, False, True]),
    )
)


@pytest.fixture(scope="module")
def everyone(told):
    with told.read() as connection:
        return list(list_meetings(connection))


@given(st.lists(terms, min_size=1, max_size=3), st.sampled_from([0, 5, 4_000]))
@settings(max_examples=300)
def test_no_meeting_is_lost(told, everyone, asked, few):
    query = Query(tuple(asked))
    kinds = pytest.MonkeyPatch()
    kinds.setattr("readout.storage.asked._FEW", few)
    with told.read() as connection:
        for module in ("newest", "meetings"):
            kinds.setattr(f"readout.storage.{module}.load_body_kinds", lambda: KINDS)
        sheet = {found.id for _, found in newest(connection, query, most=MEETINGS).found}
        listed = [found.id for found in list_meetings(connection, query)]
        kinds.undo()
    wanted = [found.id for found in everyone if first_told(query, found, KINDS) is not None]
    assert (sheet, listed) == (set(wanted), wanted)


@pytest.mark.parametrize("wanted", sorted(set(VALUES) - {Filter.WORDS, Filter.CONFIDENCE}))
def test_each_filter_sieves(told, everyone, wanted):
    """Words are another sieve's."""
    asked = Query((Term(wanted, VALUES[wanted][:1]),))
    with told.read() as connection:
        statement = select(schema.meeting.c.id).where(*may_be_asked(connection, asked, KINDS))
        assert len(connection.scalars(statement).all()) < len(everyone)


@given(st.text(min_size=1, max_size=12), st.sampled_from(PEOPLE))
def test_who_may_be_one_person_has_a_word_that_sounds_the_same(wanted, written):
    both = [name_sounds(name) for name in (wanted, written)]
    assert not same_person(wanted, written) or frozenset() in both or both[0] & both[1]


# --- kept up --------------------------------------------------------------------------------------------------------


def asked_by(connection, **wanted):
    query = Query(tuple(Term(Filter(name), (value,)) for name, value in wanted.items()))
    return [found.id for found in list_meetings(connection, query)]


def test_what_is_judged_is_found_at_once_by_what_its_report_says(database):
    with database.write() as connection:
        stored = store(connection, meeting())
        other = store(connection, meeting(telling(report=session(country=fact("AZ", "Azerbaijan")))))
        also = Judgement(
            report_id=other.tellings[0].report_id, meeting_id=stored.id, verdict=Verdict.SAME, score=1.0, reasons=()
        )
        judge(connection, also, now=NOW)
        assert stored.id in asked_by(connection, country="AZ")


def test_it_follows_rulings(database):
    with database.write() as connection:
        one = store(connection, meeting(telling(report=session(city=None))))
        other = store(connection, meeting(telling(report=session(city=fact("Baku", "Astana")))))
        merge(connection, one.id, other.id, "the same", now=NOW)
        assert asked_by(connection, city="Baku") == [one.id]
        undo(connection, None, "not the same", now=NOW)
        assert asked_by(connection, city="Baku") == [other.id]
        correct(connection, one.id, "city", "Osh", "it was there", now=NOW)
        assert asked_by(connection, city="Osh") == [one.id]


@pytest.mark.parametrize("few", [0, 4_000])
@pytest.mark.parametrize(
    ("fact_name", "value", "wanted"),
    [
        ("body", {"id": "sco-rats", "name": "RATS"}, {"body": "sco-rats"}),
        ("session_number", 7, {"session": "7"}),
        ("start_date", "2024-10-03", {"day": "2024-10-03"}),
        ("country", "TJ", {"country": "TJ"}),
        ("city", "Osh", {"city": "Osh"}),
    ],
)
def test_what_a_person_set_is_found_though_no_report_says_so(database, monkeypatch, fact_name, value, wanted, few):
    monkeypatch.setattr("readout.storage.asked._FEW", few)
    with database.write() as connection:
        one = store(connection, meeting())
        assert asked_by(connection, **wanted) == []
        correct(connection, one.id, fact_name, value, "it was so", now=NOW)
        assert asked_by(connection, **wanted) == [one.id]


def test_a_report_that_is_split_off_is_found_where_it_stands(database):
    with database.write() as connection:
        told = meeting(telling(1), telling(2, report=session(city=fact("Baku", "Astana"))))
        stored = store(connection, told)
        own = split(connection, stored.id, stored.tellings[1].article_key, "another", now=NOW)
        assert asked_by(connection, city="Baku") == [own]


def test_an_empty_meeting_is_found_by_its_own_facts(database):
    with database.write() as connection:
        number = open_meeting(connection, session(), late=False, now=NOW)
        article = store(connection, meeting()).tellings[0].article_id
        report_id = put_report(connection, article, 1, session(), version=1)
        same = Judgement(report_id=report_id, meeting_id=number, verdict=Verdict.SAME, score=1.0, reasons=())
        judge(connection, same, now=NOW)
        assert number in asked_by(connection, city="Astana")
        assert next(found.id for found in list_meetings(connection, EVERYTHING)) == number


def test_of_a_hall_full_of_people_everybody_is_found(database):
    crowd = tuple(person("Ermek Sagimbayev") for _ in range(400))
    last = replace(crowd[0], value=replace(crowd[0].value, name="Ou Yi", name_latin="Ou Yi"))
    with database.write() as connection:
        stored = store(connection, meeting(telling(report=session(participants=(*crowd, last)))))
        assert asked_by(connection, person="Ou Yi") == [stored.id]
