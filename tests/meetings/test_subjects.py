"""Subjects: what a meeting spoke of outside the closed list of topics, in every language."""

import pytest

from readout.meetings.shape import SUBJECTS, TOPICS
from readout.meetings.topics import subjects, topics
from tests.meetings.tellings import lexicon_files, senses

EVERY = {
    "en": {
        "nuclear_safety": "The ministers discussed nuclear safety and the storage of old fuel.",
        "arms_control": "Experts of both sides exchanged views on arms control.",
        "climate": "Adaptation to climate change was the main item of the agenda.",
        "water": "The two sides agreed on the joint use of water resources.",
        "health": "They will work together in the field of health.",
        "transport": "The parties spoke about new transport corridors to the sea.",
        "digital": "The participants considered the digital transformation of public administration.",
        "education_culture": "The ministers agreed to widen cultural exchanges.",
        "human_rights": "The commissioner raised the state of human rights.",
        "elections": "The delegations discussed the observation of parliamentary elections.",
        "sanctions": "The ambassadors could not agree on new sanctions.",
        "disaster_relief": "The heads of the services talked about disaster response.",
        "peacekeeping": "The chiefs of staff considered the training of peacekeepers.",
        "food_security": "The leaders touched upon food security.",
        "space": "The parties will cooperate in the peaceful use of outer space.",
    },
    "ru": {
        "nuclear_safety": "Стороны обсудили вопросы ядерной безопасности.",
        "arms_control": "Эксперты обменялись мнениями о контроле над вооружениями.",
        "climate": "Главным пунктом повестки стало изменение климата.",
        "water": "Министры договорились о рациональном использовании водных ресурсов.",
        "health": "Речь шла о сотрудничестве в сфере здравоохранения.",
        "transport": "Участники рассмотрели развитие транспортных коридоров.",
        "digital": "На совещании говорили о цифровой трансформации.",
        "education_culture": "Главы государств обсудили культурно-гуманитарные связи.",
        "human_rights": "Делегации затронули положение с правами человека.",
        "elections": "Стороны обсудили наблюдение за парламентскими выборами.",
        "sanctions": "Послы не сумели договориться о новых санкциях.",
        "disaster_relief": "Обсуждалась совместная ликвидация последствий землетрясения.",
        "peacekeeping": "Начальники штабов обсудили подготовку миротворцев.",
        "food_security": "Лидеры затронули продовольственную безопасность.",
        "space": "Стороны намерены сотрудничать в освоении космоса.",
    },
}
SOME = {
    "uk": {
        "climate": "Сторони обговорили боротьбу зі зміною клімату.",
        "sanctions": "Міністри говорили про посилення санкційної політики.",
        "food_security": "Йшлося про продовольчу безпеку.",
    },
    "be": {
        "transport": "Бакі абмеркавалі развіццё транспартных калідораў.",
        "digital": "Размова ішла пра лічбавую трансфармацыю.",
        "human_rights": "Удзельнікі закранулі правы чалавека.",
    },
    "az": {
        "climate": "Görüşdə iqlim dəyişikliyi müzakirə olunub.",
        "transport": "Tərəflər nəqliyyat dəhlizlərinin inkişafından danışıblar.",
        "digital": "Rəqəmsallaşma və süni intellekt gündəlikdə olub.",
    },
    "tr": {
        "water": "Taraflar su kaynaklarının ortak kullanımını ele aldı.",
        "disaster_relief": "Görüşmede doğal afetlere karşı iş birliği konuşuldu.",
        "food_security": "Liderler gıda güvenliğini değerlendirdi.",
    },
    "tk": {
        "water": "Taraplar suw serişdelerini dolandyrmak barada pikir alyşdylar.",
        "transport": "Duşuşykda ulag geçelgelerini ösdürmek maslahatlaşyldy.",
        "education_culture": "Medeni-ynsanperwer gatnaşyklar barada aýdyldy.",
    },
    "kk": {
        "climate": "Тараптар климаттың өзгеруін талқылады.",
        "water": "Жиында су ресурстарын бірлесіп пайдалану қаралды.",
        "digital": "Цифрландыру мен жасанды интеллект күн тәртібінде болды.",
    },
    "ky": {
        "water": "Тараптар суу ресурстарын пайдаланууну талкуулашты.",
        "transport": "Жолугушууда жүк ташууну көбөйтүү каралды.",
        "education_culture": "Маданий-гуманитардык байланыштар тууралуу сөз болду.",
    },
    "uz": {
        "climate": "Tomonlar iqlim o‘zgarishi oqibatlarini muhokama qildi.",
        "transport": "Uchrashuvda transport yo‘laklarini rivojlantirish ko‘rib chiqildi.",
        "food_security": "Oziq-ovqat xavfsizligi masalalari ko‘rib chiqildi.",
    },
    "uz-Cyrl": {
        "climate": "Томонлар иқлим ўзгариши оқибатларини муҳокама қилди.",
        "water": "Учрашувда сув ресурсларидан оқилона фойдаланиш кўриб чиқилди.",
        "human_rights": "Инсон ҳуқуқларини таъминлаш ҳақида сўз борди.",
    },
    "tg": {
        "water": "Ҷонибҳо истифодаи захираҳои обро баррасӣ намуданд.",
        "climate": "Дар мулоқот тағйирёбии иқлим муҳокима шуд.",
        "transport": "Рушди долонҳои нақлиётӣ баррасӣ гардид.",
    },
    "ro": {
        "transport": "Părțile au discutat despre infrastructura de transport.",
        "human_rights": "Miniștrii au abordat respectarea drepturilor omului.",
        "elections": "Delegațiile au vorbit despre organizarea alegerilor.",
    },
    "de": {
        "climate": "Die Minister berieten über den Klimawandel.",
        "health": "Beide Seiten sprachen über die Versorgung mit Impfstoffen.",
        "space": "Im Mittelpunkt stand die Zusammenarbeit in der Raumfahrt.",
    },
    "fr": {
        "climate": "Les ministres ont évoqué le changement climatique.",
        "sanctions": "Les ambassadeurs ont examiné le régime de sanctions.",
        "peacekeeping": "Les participants ont parlé des opérations de maintien de la paix.",
    },
    "es": {
        "arms_control": "Las delegaciones debatieron sobre el desarme.",
        "water": "Los cancilleres trataron la gestión del agua.",
        "education_culture": "Ambas partes acordaron ampliar los intercambios culturales.",
    },
    "hy": {
        "transport": "Կողմերը քննարկել են տրանսպորտային միջանցքների զարգացումը։",
        "human_rights": "Անդրադարձ է կատարվել մարդու իրավունքների պաշտպանությանը։",
        "digital": "Քննարկվել է արհեստական բանականության կիրառումը։",
    },
    "ka": {
        "climate": "მხარეებმა კლიმატის ცვლილება განიხილეს.",
        "transport": "შეხვედრაზე სატრანსპორტო დერეფნის განვითარებაზე ისაუბრეს.",
        "human_rights": "საუბარი შეეხო ადამიანის უფლებების დაცვას.",
    },
    "fa": {
        "sanctions": "دو طرف درباره رفع تحریم‌ها گفتگو کردند.",
        "water": "در این نشست مدیریت منابع آب بررسی شد.",
        "transport": "طرفین درباره توسعه کریدورهای ترانزیتی رایزنی کردند.",
    },
    "ar": {
        "climate": "ناقش الوزراء قضايا تغير المناخ.",
        "water": "بحث الجانبان إدارة الموارد المائية المشتركة.",
        "food_security": "تناول الاجتماع الأمن الغذائي في المنطقة.",
    },
    "zh": {
        "climate": "双方讨论了应对气候变化问题。",
        "digital": "与会代表就数字经济交换了意见。",
        "food_security": "各方就粮食安全进行了讨论。",
    },
}
HEARD = [(language, *heard) for language, of in {**EVERY, **SOME}.items() for heard in of.items()]

# Titles, institutions and words of other matters.
SILENT = [
    ("en", "The health minister, the minister of climate change and the environment agency's head came."),
    ("en", "The Minister for Digital Transformation met the ambassador at the railway station."),
    ("en", "The ministers of ecology and water management of five states met in Osh."),
    ("en", "The commission discussed the investment climate and the information space."),
    ("ru", "В переговорах участвовал министр здравоохранения, водитель ждал у входа."),
    ("ru", "Министерство цифрового развития представил заместитель министра."),
    ("ru", "Инвестиционный климат и годовщина образования Содружества обсуждались вчера."),
    ("az", "Görüşdə fövqəladə hallar naziri iştirak edib."),
    ("kk", "Кездесуге төтенше жағдайлар министрі қатысты."),
    ("ar", "استقبل الرئيس وزير الموارد المائية في القصر."),
    ("fr", "Le ministre de la santé publique a pris part à la réunion."),
    ("de", "Der Minister für Klimaschutz nahm an der Sitzung teil."),
    ("zh", "应急管理部长出席了会议。"),
]


def named(text, language):
    return {fact.value for fact in subjects(senses(text, language))}


def test_every_language_is_asked():
    assert set(EVERY) | set(SOME) == set(lexicon_files())
    assert all(set(of) == set(SUBJECTS) for of in EVERY.values())


def test_no_subject_is_a_topic():
    assert set(SUBJECTS).isdisjoint(TOPICS)


@pytest.mark.parametrize(("language", "subject", "text"), HEARD)
def test_a_subject_is_heard(language, subject, text):
    assert named(text, language) == {subject}
    for fact in subjects(senses(text, language)):
        assert text[fact.evidence.start : fact.evidence.end] == fact.evidence.text


@pytest.mark.parametrize(("language", "text"), SILENT)
def test_a_title_an_institution_and_another_matter_are_no_subject(language, text):
    assert named(text, language) == set()


def test_a_page_of_topics_alone_has_no_subject():
    told = senses("The council met in Minsk. Its members discussed terrorism, corruption and border security.", "en")
    assert topics(told)
    assert subjects(told) == ()
