"""People: names beside titles, who took part, for which states, and who received them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readout.catalog import load_knowledge
from readout.meetings.names import find_people
from readout.meetings.people import attendance
from readout.meetings.spelling import latin, nominative
from readout.model import LanguageCode, Status
from tests.meetings.stage import assert_spans_are_true, stage

KNOWLEDGE = load_knowledge()


def named(text, language):
    knowledge = load_knowledge()
    lexicon = knowledge.lexicons[LanguageCode(language)]
    people = find_people(text, lexicon.people, knowledge.places.find(text, lexicon.places))
    return [(p.name, p.role, p.country) for p in people]


NAMED = [
    ("en", "Lieutenant General Tomas Okoro, the Head of the Guard of Nigeria, spoke.",
     ("Tomas Okoro", "Head of the Guard of Nigeria, Lieutenant General", "NG")),
    ("en", "Uzbek Foreign Minister Anvar Kadyrov spoke.", ("Anvar Kadyrov", "Uzbek Foreign Minister", "UZ")),
    ("en", "Kenya's President, Amina Wanjiru, spoke.", ("Amina Wanjiru", "Kenya's President", "KE")),
    ("en", "President Jan de Vries of the Netherlands spoke.",
     ("Jan de Vries", "of the Netherlands, President", "NL")),
    ("en", "the delegate Omar Haddad (Jordan) spoke.", ("Omar Haddad", None, "JO")),
    ("en", "CSTO Secretary General Pavel Orlov spoke.", ("Pavel Orlov", "CSTO Secretary General", "CSTO")),
    ("fr", "la visite d’Amélie Duval, ministre de la France, a eu lieu.",
     ("Amélie Duval", "ministre de la France", "FR")),
    ("de", "Der Außenminister der Schweiz, Urs Ammann, sprach.", ("Urs Ammann", "Außenminister der Schweiz", "CH")),
    ("ru", "Выступил директор службы разведки Армении Ашот Бабаян.",
     ("Ашот Бабаян", "директор службы разведки Армении", "AM")),
    ("ru", "Тимур Асанов, секретарь Совета безопасности Киргизии, прибыл.",
     ("Тимур Асанов", "секретарь Совета безопасности Киргизии", "KG")),
    ("az", "İclasda Tacikistan xarici işlər naziri Rüstəm Kərimov çıxış edib.",
     ("Rüstəm Kərimov", "Tacikistan xarici işlər naziri", "TJ")),
    ("tr", "12 Mart'ta Bakü'de Kenya Dışişleri Bakanı Amina Wanjiru konuştu.",
     ("Amina Wanjiru", "Kenya Dışişleri Bakanı", "KE")),
    ("tr", "Toplantıda Ürdün Aile ve Sosyal Hizmetler Bakanı Ömer es-Haddad konuştu.",
     ("Ömer es-Haddad", "Ürdün Aile ve Sosyal Hizmetler Bakanı", "JO")),
    ("ro", "A vorbit ministrul de externe al Irlandei, Sean Murphy.",
     ("Sean Murphy", "ministrul de externe al Irlandei", "IE")),
    ("fa", "در این نشست کریم رحیمی دبیر شورای امنیت سخنرانی کرد.", ("کریم رحیمی", "دبیر شورای امنیت", None)),
    ("ar", "وألقى كلمة الأمين العام للمجلس، أحمد الخطيب.", ("أحمد الخطيب", "الأمين العام للمجلس،", None)),
    ("tk", "Türkmenistana gelen TDG-niň Baş sekretary Timur Asanow gürledi.",
     ("Timur Asanow", "TDG-niň Baş sekretary", "OTS")),
]  # fmt: skip


def test_in_a_list_an_office_leads_to_the_name_behind_it():
    text = "Au participat premierul Ion Rusu, ministrul apărării, Ana Lungu, și președintele Cehiei, Jan Novak."
    assert named(text, "ro") == [
        ("Ion Rusu", "premierul", None),
        ("Ana Lungu", "ministrul apărării", None),
        ("Jan Novak", "președintele Cehiei", "CZ"),
    ]


@pytest.mark.parametrize(
    ("language", "text", "people"),
    [
        ("ru", "Министр обороны Кении Иван Орлов, министр обороны Уганды Пётр Белов приняли участие.",
         [("Иван Орлов", "Министр обороны Кении", "KE"), ("Пётр Белов", "министр обороны Уганды", "UG")]),
        ("en", "Tomas Okoro, Defence Minister of Uganda Peter Moss and others took part.",
         [("Tomas Okoro", None, None), ("Peter Moss", "Defence Minister of Uganda", "UG")]),
        ("fr", "Le ministre kényan Jean Morel, la ministre française Anne Duval se sont réunis.",
         [("Jean Morel", "ministre kényan", "KE"), ("Anne Duval", "ministre française", "FR")]),
        ("en", "King Harald III spoke.", [("Harald III", "King", None)]),
    ],
)  # fmt: skip
def test_an_office_glued_to_the_next_name_is_not_the_one_before(language, text, people):
    assert named(text, language) == people


@pytest.mark.parametrize(("language", "text", "person"), NAMED)
def test_names_roles_and_countries(language, text, person):
    assert named(text, language) == [person]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "The Council of Heads of Security Agencies met in New York on Monday."),
        ("en", "The Collective Security Treaty Organization adopted an Action Plan."),
        ("ru", "Совет коллективной безопасности Организации Договора о коллективной безопасности."),
        ("az", "Müstəqil Dövlətlər Birliyinin Dövlət Başçıları Şurası."),
    ],
)
def test_bodies_and_places_are_no_people(language, text):
    assert named(text, language) == []


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("Тимуром Асановым", "Тимур Асанов"),
        ("Сергея Петрова", "Сергей Петров"),
        ("Мария Захарова", "Мария Захарова"),
        ("Тимур Асанов", "Тимур Асанов"),
        ("Ван И", "Ван И"),
    ],
)
def test_nominative(written, expected):
    assert nominative(written, load_knowledge().lexicons[LanguageCode("ru")].people.endings) == expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [("Əli Nağıyev", "Ali Nagiyev"), ("Садыр Жапаров", "Sadyr Zhaparov"), ("Михаил Хренин", "Mikhail Khrenin")],
)
def test_latin(written, expected):
    assert latin(written) == expected


ATTENDED = [
    # (language, text, anchor, participants, countries, received by)
    ("en", "Minister Anvar Kadyrov of Uzbekistan attended the session.", "session", ["Anvar Kadyrov"], {"UZ"}, None),
    ("en", "The session was chaired by Tomas Okoro, Minister of Nigeria.", "session", ["Tomas Okoro"], {"NG"}, None),
    ("en", "The session met in Osh. Kyrgyz President Askar Toktogulov received the heads of delegations.",
     "session met", [], {"KG"}, "Askar Toktogulov"),
    ("en", "The session met in Osh. The participants were received by Kyrgyz President Askar Toktogulov.",
     "session met", [], {"KG"}, "Askar Toktogulov"),
    ("en", "The session met in Osh, spokesman Omar Haddad said.", "session", [], set(), None),
    ("en", "Greetings from Kyrgyz President Askar Toktogulov were read at the session.", "session", [], set(), None),
    ("en", "Delegations of Kenya, Uganda and Rwanda came to the session.", "session", [], {"KE", "UG", "RW"}, None),
    ("en", "The session met. The body has three members: Kenya, Uganda and Rwanda.", "session met", [], set(), None),
    ("ru", "В заседании принял участие министр обороны Казахстана Тимур Асанов.", "заседании", ["Тимур Асанов"], {"KZ"},
     None),
    ("ru", "Прошло заседание. Участников принял президент Казахстана Тимур Асанов.", "заседание", [], {"KZ"},
     "Тимур Асанов"),
    ("ru", "Заседание прошло с участием глав МИД Армении, Белоруссии и Казахстана.", "Заседание", [],
     {"AM", "BY", "KZ"}, None),
    ("az", "İclasda Tacikistanın müdafiə naziri Rüstəm Kərimov iştirak edib.", "İclasda", ["Rüstəm Kərimov"],
     {"TJ"}, None),
    ("az", "İclas keçirilib. Heyət rəhbərlərini Tacikistan Prezidenti Rüstəm Kərimov qəbul edib.", "İclas", [], {"TJ"},
     "Rüstəm Kərimov"),
    ("de", "Die Tagung ist zu Ende. Die Leiter wurden von Präsident Timur Asanow in Osch empfangen.", "Tagung", [],
     set(), "Timur Asanow"),
    ("de", "Die Tagung ist zu Ende. Präsident Timur Asanow hat Minister Anton Berger empfangen.", "Tagung",
     ["Anton Berger"], set(), "Timur Asanow"),
    ("fr", "La réunion de Jean Morel, ministre de la France, et de son homologue Timur Asanov est finie.", "réunion",
     ["Jean Morel", "Timur Asanov"], {"FR"}, None),
    ("es", "La reunión tuvo lugar en Villa Hermosa con el ministro Juan Pérez.", "reunión", ["Juan Pérez"], set(),
     None),
    ("fa", "نشست پایان یافت. رئیس جمهور کریم رحیمی روسای هیئت‌ها را به حضور پذیرفت.", "نشست پایان یافت", [], set(),
     "کریم رحیمی"),
    ("ar", "ترأس الوزير سعيد منصور الاجتماع، واستقبل الرئيس أحمد الخطيب رؤساء الوفود.", "الاجتماع", ["سعيد منصور"],
     set(), "أحمد الخطيب"),
    ("en", "The session ended. Absent were Minister Omar Haddad and Minister Peter Moss.", "session", [], set(), None),
    ("ru", "Заседание прошло. Президент Тимур Асанов принял в тот же день в Душанбе глав делегаций.", "Заседание", [],
     set(), "Тимур Асанов"),
    ("ar", "انتهى الاجتماع. واستقبل الرئيس أحمد الخطيب رؤساء الوفود.", "الاجتماع", [], set(), "أحمد الخطيب"),
    ("uz", "Majlis bo‘lib o‘tdi. Prezident Anvar Qodirov delegatsiya rahbarlarini qabul qildi.", "Majlis", [], set(),
     "Anvar Qodirov"),
    ("uz", "Majlis bo‘lib o‘tdi. Prezident Anvar Qodirov soliqlar haqida qaror qabul qildi.", "Majlis",
     ["Anvar Qodirov"], set(), None),
    ("uz", "Majlisda Qozog‘iston, Ozarbayjon va Gruziya delegatsiyalari ishtirok etdi.", "Majlisda", [],
     {"KZ", "AZ", "GE"}, None),
    ("uz-Cyrl", "Мажлисда Қозоғистон бош вазири Тимур Асанов иштирок этди.", "Мажлисда", ["Тимур Асанов"], {"KZ"},
     None),
    ("uz", "Mirziyoyev Putin bilan majlisda uchrashdi.", "majlisda", ["Mirziyoyev", "Putin"], {"UZ", "RU"}, None),
    ("tk", "Mejlise Gazagystanyň ministri Timur Asanow, Gruziýanyň ministri Irakli Beridze gatnaşdylar.", "Mejlise",
     ["Timur Asanow", "Irakli Beridze"], {"KZ", "GE"}, None),
    ("tk", "Mejlise Prezident Serdar Berdimuhamedow we Başlyk Gurbanguly Berdimuhamedow gatnaşdylar.", "Mejlise",
     ["Serdar Berdimuhamedow", "Gurbanguly Berdimuhamedow"], {"TM"}, None),
    ("tk", "Mejlis geçirildi. Prezident Timur Asanow myhmanlary kabul etdi.", "Mejlis geçirildi", [], set(),
     "Timur Asanow"),
]  # fmt: skip


@pytest.mark.parametrize(("language", "text", "anchor", "participants", "countries", "receiver"), ATTENDED)
def test_attendance(language, text, anchor, participants, countries, receiver):
    scene = stage(text, anchor, language=language)
    found = attendance(scene, KNOWLEDGE.places, KNOWLEDGE.holders)
    assert_spans_are_true(scene, *found.participants, *found.countries, found.received_by)
    assert [fact.value.name for fact in found.participants] == participants
    assert {fact.value for fact in found.countries} == countries
    assert (found.received_by.value if found.received_by else None) == receiver


def test_one_person_named_twice_is_one_participant_with_the_fuller_name():
    text = "General Tomas Okoro of Nigeria opened the session. Minister Okoro spoke of the border."
    found = attendance(stage(text, "session"), KNOWLEDGE.places, KNOWLEDGE.holders)
    assert [fact.value.name for fact in found.participants] == ["Tomas Okoro"]


def test_who_announces_a_meeting_does_not_thereby_take_part():
    text = "Deputy Minister Anvar Kadyrov said on Friday that the session will be held in Osh."
    found = attendance(stage(text, "session", status=Status.PLANNED), KNOWLEDGE.places, KNOWLEDGE.holders)
    assert found.participants == ()


@given(st.text(alphabet="AaБб .,-()ИиPresident министр'’İı\n", min_size=1, max_size=200))
def test_any_text_can_be_read(text):
    scene = stage(f"x {text}", "x")
    found = attendance(scene, KNOWLEDGE.places, KNOWLEDGE.holders)
    assert_spans_are_true(scene, *found.participants, *found.countries, found.received_by)


@pytest.mark.parametrize(
    "unit", ["A ", "4 ", "Ali Nagiyev, ", "President ", "in Astana, ", "Oct 4 - ", "1-", "ü'", "A\n"]
)
def test_attendance_of_a_huge_text_ends(unit):
    # what is looked through is bounded, so this is quick or something has become quadratic
    found = attendance(stage("x " + unit * (300_000 // len(unit)), "x"), KNOWLEDGE.places, KNOWLEDGE.holders)
    assert len(found.participants) <= 80


@pytest.mark.parametrize(
    ("language", "told", "receiver"),
    [
        ("en", "President Vladimir Putin of Russia received the heads of delegations.", "Vladimir Putin"),
        ("en", "The heads of delegations were received by President Vladimir Putin.", "Vladimir Putin"),
        ("ru", "Президент России Владимир Путин принял глав делегаций.", "Владимир Путин"),
        ("az", "Rusiya Prezidenti Vladimir Putin nümayəndə heyətlərinin rəhbərlərini qəbul edib.", "Vladimir Putin"),
    ],
)
def test_a_given_name_that_is_a_city_too_stays_a_name(language, told, receiver):
    lead = {
        "en": "The council met in Moscow on October 13. ",
        "ru": "Совет собрался в Москве 13 октября. ",
        "az": "Şuranın iclası oktyabrın 13-də Moskvada keçirilib. ",
    }[language]
    anchor = {"en": "council", "ru": "Совет", "az": "Şuranın"}[language]
    found = attendance(stage(lead + told, anchor, language=language), KNOWLEDGE.places, KNOWLEDGE.holders)
    assert found.received_by.value == receiver
