"""Languages that end with the verb and lead from the left: who did it to whom, whose office, since when."""

from datetime import date

import pytest

from readout.catalog import load_knowledge
from readout.meetings.dates import meeting_days
from readout.meetings.names import find_people
from readout.meetings.people import attendance
from readout.meetings.recognise import recognise
from readout.model import LanguageCode, Status
from tests.meetings.stage import stage
from tests.meetings.tellings import article

KNOWLEDGE = load_knowledge()


def people(text, language):
    lexicon = KNOWLEDGE.lexicons[LanguageCode(language)]
    found = find_people(text, lexicon.people, KNOWLEDGE.places.find(text, lexicon.places), holders=KNOWLEDGE.holders)
    return [(p.name, p.country) for p in found]


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("kk", "Қазақстан Премьерінің орынбасары – Қаржы министрі Арман Оспанов келді.", [("Арман Оспанов", "KZ")]),
        ("kk", "Ресейдің Қазақстандағы елшісі Павел Орловпен кездесті.", [("Павел Орлов", "RU")]),
        ("kk", "Өзбекстан мен Түркия келісті, Түркия министрі Мехмет Ялчын айтты.", [("Мехмет Ялчын", "TR")]),
        ("kk", "Арман Оспанов Павел Орловты қабылдады.", [("Арман Оспанов", None), ("Павел Орлов", None)]),
        ("ky", "Азамат Эсенов Павел Орловду кабыл алды.", [("Азамат Эсенов", None), ("Павел Орлов", None)]),
        ("ky", "Жыйынга Азамат Эсенов, Путин жана Лукашенко катышты.",
         [("Азамат Эсенов", None), ("Путин", None), ("Лукашенко", None)]),
    ],
)  # fmt: skip
def test_where_a_name_ends_and_whose_office_leads_to_it(language, text, expected):
    assert people(text, language) == expected


@pytest.mark.parametrize(
    ("language", "text", "anchor", "receiver"),
    [
        ("kk", "Президент Арман Оспанов министр Павел Орловты қабылдады.", "қабылдады", "Арман Оспанов"),
        ("kk", "Министр Павел Орловты Президент Арман Оспанов қабылдады.", "қабылдады", "Арман Оспанов"),
        ("kk", "Отырыста төраға Арман Оспанов шешім қабылдады.", "Отырыста", None),
        ("ky", "Министр Павел Орловду президент Азамат Эсенов кабыл алды.", "кабыл алды", "Азамат Эсенов"),
        ("ky", "Жыйында төрага Азамат Эсенов чечим кабыл алды.", "Жыйында", None),
    ],
)
def test_who_is_in_a_case_receives_nobody(language, text, anchor, receiver):
    told = attendance(stage(text, anchor, language=language), KNOWLEDGE.places, KNOWLEDGE.holders)
    assert (told.received_by and told.received_by.value) == receiver


def test_organisations_of_two_letters_are_no_states():
    text = "Жиынға Еуропалық комиссияның төрағасы Клара Вебер мен Түркия министрі Мехмет Ялчын қатысты."
    told = attendance(stage(text, "Жиынға", language="kk"), KNOWLEDGE.places, KNOWLEDGE.holders)
    assert [fact.value for fact in told.countries] == ["TR"]


@pytest.mark.parametrize(
    ("language", "text", "status", "day"),
    [
        ("kk", "Кеңес отырысында сауда мен энергетика сөз болып, 1 қаңтардан төрағалық ауысады.", Status.HELD, None),
        ("kk", "Кеңестің отырысы 27 наурыздан 3 сәуірге ауыстырылды.", Status.POSTPONED, date(2026, 4, 3)),
        ("ky", "2026-жылдын 14-майында кеңештин отуруму өттү.", Status.HELD, date(2026, 5, 14)),
        ("kk", "Кеңестің отырысы 2026 жылғы 14 мамырда өтті.", Status.HELD, date(2026, 5, 14)),
        ("kk", "Кеңестің отырысы мамырдың 14-інде өтті.", Status.HELD, date(2026, 5, 14)),
    ],
)  # fmt: skip
def test_days_in_a_case(language, text, status, day):
    anchor = "отуруму" if language == "ky" else "отырыс"
    scene = stage(text, anchor, language=language, published=date(2026, 5, 20), status=status)
    start, end, _ = meeting_days(scene)
    assert (start and start.value, end and end.value) == (day, day)


def test_a_meeting_beside_a_summit_is_the_one_told():
    text = "ШЫҰ саммиті аясында Қазақстан Президенті Түркия Президентімен кездесті."
    recognition = recognise(article(text, language="kk"), KNOWLEDGE)
    assert recognition.is_report
    assert recognition.reports[0].kind.evidence.text == "кездесті"


def test_who_holds_an_office_of_a_body_is_not_the_body():
    text = "Қауіпсіздік Кеңесінің хатшысы Арман Оспанов ТМД Сыртқы істер министрлері кеңесінің отырысына қатысты."
    body = recognise(article(text, language="kk"), KNOWLEDGE).reports[0].body
    assert body is None or body.value.id != "kz-security-council"
