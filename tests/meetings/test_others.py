"""Several meetings on one page: told apart, and never one meeting told twice."""

import pytest

from readout.catalog import load_knowledge
from readout.meetings.recognise import recognise
from tests.meetings.tellings import article, untrue_evidence

# (language, title, text, what is told: body, number, status and first day of each, the main one first)
TOLD = [
    (
        "en",
        "SCO foreign ministers meet in Tashkent",
        (
            "The Council of Foreign Ministers of the Shanghai Cooperation Organisation met in Tashkent on 3 "
            "June 2031. "
            "The Council of Heads of State of the Shanghai Cooperation Organisation will meet in Samarkand on 9 "
            "July 2031, "
            "the presidents' offices confirmed."
        ),
        [("sco-foreign", None, "held", "2031-06-03"), ("sco-hos", None, "planned", "2031-07-09")],
    ),
    (
        "ru",
        None,
        (
            "В Минске 4 октября 2030 года прошло 71-е заседание Совета руководителей органов безопасности и "
            "специальных "
            "служб СНГ под председательством министра. "
            "72-е заседание Совета руководителей органов безопасности и специальных служб СНГ состоится 6 "
            "октября 2031 года "
            "в Баку, договорились руководители делегаций."
        ),
        [("cis-sorb", 71, "held", "2030-10-04"), ("cis-sorb", 72, "planned", "2031-10-06")],
    ),
    (
        "ru",
        "Президент прибыл на сессию Совета коллективной безопасности ОДКБ",
        (
            "Сессия Совета коллективной безопасности ОДКБ пройдет в Бишкеке 5 мая 2031 года, сообщил министр. "
            "До неё состоится заседание Совета министров обороны ОДКБ, в нём примут участие министры."
        ),
        [("csto-csc", None, "planned", "2031-05-05"), ("csto-defence", None, "planned", None)],
    ),
]

# One meeting, though the page speaks of others.
ONE = [
    (
        "en",
        (
            "The 61st session of the Council of Heads of Security Agencies and Special Services of the CIS was held in "
            "Minsk on 4 October 2024. The Council of Foreign Ministers of the CIS held talks, the minister said."
        ),
    ),
    (
        "en",
        (
            "The 61st session of the Council of Heads of Security Agencies and Special Services of the CIS was "
            "held in Minsk "
            "on 4 October 2024. The session was chaired by the director of the service. The council met in "
            "closed session. "
            "The previous, 60th session of the Council of Heads of Security Agencies and Special Services of "
            "the CIS was held "
            "in Baku."
        ),
    ),
    (
        "en",
        (
            "The President received the heads of delegations to the 61st session of the Council of Heads of "
            "Security Agencies "
            "and Special Services of the CIS in Minsk on Friday. The session was held the same day, the "
            "ministers took part."
        ),
    ),
    (
        "ru",
        (
            "В Ташкенте прошло заседание Комитета секретарей советов безопасности ОДКБ. Секретарь Совета "
            "безопасности России "
            "принял участие в заседании. Ранее в Москве состоялось заседание Совета министров обороны ОДКБ."
        ),
    ),
]


# Bodies in a row: the text, and whose meetings are told.
ROWS = [
    (
        "en",
        (
            "Meetings of the CIS Council of Foreign Ministers and the CIS Council of Heads of Government were held in "
            "Ashgabat on 27 November 2031, the ministry said."
        ),
        {"cis-cfm", "cis-hog"},
    ),
    (
        "ru",
        (
            "27 ноября 2031 года в Бишкеке пройдут заседания Совета министров иностранных дел, Совета министров "
            "обороны, "
            "Комитета секретарей советов безопасности и сессия Совета коллективной безопасности ОДКБ, сообщил министр."
        ),
        {"csto-foreign", "csto-defence", "csto-secretaries", "csto-csc"},
    ),
    (
        "az",
        (
            "MDB Xarici İşlər Nazirləri Şurasının və MDB Hökumət Başçıları Şurasının iclasları 27 noyabr 2031-ci ildə "
            "Bakıda keçiriləcək, nazir bildirib."
        ),
        {"cis-cfm", "cis-hog"},
    ),
    (
        "es",
        (
            "Las reuniones del Consejo de Ministros de Relaciones Exteriores de la CEI y del Consejo de Jefes "
            "de Gobierno "
            "de la CEI se celebrarán en Minsk el 27 de noviembre de 2031, anunció el ministro."
        ),
        {"cis-cfm", "cis-hog"},
    ),
]

# Bodies that only take part, of whom a meeting speaks, or who sit together.
NO_ROWS = [
    (
        "en",
        (
            "The Council of Heads of State of the CIS met in Ashgabat on 27 November 2031 and approved the "
            "results of the "
            "meetings of the CIS Council of Foreign Ministers and the CIS Council of Heads of Government."
        ),
    ),
    (
        "en",
        (
            "The Council of Heads of State of the CIS met in Ashgabat on 27 November 2031 and heard the heads "
            "of the CIS "
            "Council of Foreign Ministers and the CIS Council of Heads of Government."
        ),
    ),
    (
        "ru",
        (
            "27 ноября 2031 года в Ашхабаде прошло заседание Совета глав государств СНГ, в нем участвовали "
            "председатели "
            "Совета министров иностранных дел СНГ и Совета глав правительств СНГ."
        ),
    ),
    (
        "az",
        (
            "MDB Dövlət Başçıları Şurasının iclası 27 noyabr 2031-ci ildə Bakıda keçirildi, iclasda MDB Xarici İşlər "
            "Nazirləri Şurasının və MDB Hökumət Başçıları Şurasının qərarları təsdiq edildi, nazir bildirib."
        ),
    ),
]


def heard(told):
    recognition = recognise(told, load_knowledge())
    assert not list(untrue_evidence(told, recognition))
    return recognition.reports


@pytest.mark.parametrize(("language", "title", "text", "told"), TOLD)
def test_meetings_of_one_page_are_told_apart(language, title, text, told):
    reports = heard(article(text, title=title, language=language))
    facts = [
        (
            report.body and report.body.value.id,
            report.session_number and report.session_number.value,
            str(report.status.value),
            report.start_date and report.start_date.value.isoformat(),
        )
        for report in reports
    ]
    assert facts == told


@pytest.mark.parametrize(("language", "text"), ONE)
def test_one_meeting_stays_one(language, text):
    assert len(heard(article(text, language=language))) == 1


@pytest.mark.parametrize(("language", "text", "bodies"), ROWS)
def test_of_bodies_in_a_row_each_is_told_with_the_day_and_place_of_the_sentence(language, text, bodies):
    reports = heard(article(text, language=language))
    assert {report.body.value.id for report in reports} == bodies
    assert len({(report.status.value, report.start_date.value, report.city.value) for report in reports}) == 1
    assert len(reports) == len(bodies)


@pytest.mark.parametrize(("language", "text"), NO_ROWS)
def test_bodies_in_a_row_that_are_only_spoken_of_do_not_meet(language, text):
    assert "cis-hog" not in {report.body.value.id for report in heard(article(text, language=language))}


def test_a_page_that_names_a_hundred_bodies_tells_of_few():
    names = "Foreign Ministers", "Defence Ministers", "Heads of State", "Heads of Government"
    text = " ".join(
        f"The Council of {names[at % 4]} of the {'CIS' if at % 8 < 4 else 'SCO'} met on {at % 28 + 1} May 20{at:02}, "
        f"the ministers said."
        for at in range(60)
    )
    assert 1 <= len(heard(article(text))) <= 5
