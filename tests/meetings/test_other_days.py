"""Days of the sessions before and after the one that a page reports are none of its own."""

from datetime import date

import pytest

from readout.meetings.dates import meeting_days
from readout.model import Status
from tests.meetings.stage import stage

PUBLISHED = date(2025, 11, 27)

# language, what is reported without a day, what names it, what is said of the session after it
NEXT = [
    ("en", "The Council held a plenary in Osh.", "plenary",
     "The next session of the Council of Ministers of the Commonwealth will be held in Minsk on 11 November."),
    ("en", "The Council held a plenary in Osh.", "plenary", "They agreed to gather again in Minsk on 11 November."),
    ("en", "The Council ended its plenary in Osh and set its next meeting in Minsk for 11 November.", "plenary", ""),
    ("ru", "В Оше прошло заседание Совета.", "заседание",
     "Очередная встреча министров Содружества состоится в Минске 11 ноября."),
    ("ru", "В Оше прошло заседание Совета.", "заседание",
     "Следующее заседание Совета министров государств Содружества решено провести в Минске 11 ноября."),
    ("uk", "У Києві відбулося засідання Ради.", "засідання",
     "Чергова зустріч міністрів Співдружності відбудеться у Львові 11 листопада."),
    ("be", "У Оршы адбылося пасяджэнне Савета.", "пасяджэнне",
     "Чарговая сустрэча міністраў адбудзецца ў Мінску 11 лістапада."),
    ("az", "Gəncədə Şuranın iclası keçirilib.", "iclası",
     "Nazirlərin növbəti görüşü noyabrın 11-də Şuşada keçiriləcək."),
    ("tr", "Konya'da Konseyin toplantısı yapıldı.", "toplantısı",
     "Bakanların bir sonraki toplantısı 11 Kasım tarihinde İzmir'de yapılacak."),
    ("tk", "Maryda Geňeşiň mejlisi geçirildi.", "mejlisi",
     "Ministrleriň nobatdaky duşuşygy 11-nji noýabrda Daşoguzda geçiriler."),
    ("uz", "Xivada Kengashning majlisi bo‘lib o‘tdi.", "majlisi",
     "Vazirlarning navbatdagi uchrashuvi 11-noyabr kuni Buxoroda bo‘lib o‘tadi."),
    ("uz-Cyrl", "Хивада Кенгашнинг мажлиси бўлиб ўтди.", "мажлиси",
     "Вазирларнинг навбатдаги учрашуви 11 ноябрь куни Бухорода бўлиб ўтади."),
    ("kk", "Таразда Кеңестің отырысы өтті.", "отырысы", "Министрлердің кезекті кездесуі 11 қарашада Семейде өтеді."),
    ("ky", "Нарында Кеңештин жыйыны өттү.", "жыйыны", "Министрлердин кезектеги жолугушуусу 11-ноябрда Ошто өтөт."),
    ("tg", "Дар Хуҷанд ҷаласаи Шӯро баргузор шуд.", "ҷаласаи",
     "Мулоқоти навбатии вазирон 11 ноябр дар Кӯлоб баргузор мешавад."),
    ("fa", "نشست شورا در شیراز برگزار شد.", "نشست", "دور بعدی گفت‌وگوها روز ۱۱ نوامبر در تبریز برگزار خواهد شد."),
    ("ar", "عقد المجلس اجتماعا في إربد.", "اجتماعا",
     "ومن المقرر أن تعقد الدورة المقبلة للوزراء في عمان يوم 11 نوفمبر."),
    ("hy", "Գյումրիում կայացավ Խորհրդի նիստը։", "նիստը",
     "Նախարարների հաջորդ հանդիպումը տեղի կունենա Երևանում նոյեմբերի 11-ին։"),
    ("ka", "ქუთაისში საბჭოს სხდომა გაიმართა.", "სხდომა",
     "მინისტრების შემდეგი შეხვედრა ბათუმში 11 ნოემბერს გაიმართება."),
    ("de", "Der Rat hielt in Graz seine Sitzung ab.", "Sitzung",
     "Die nächste Tagung der Minister der Gemeinschaft findet am 11. November in Linz statt."),
    ("fr", "La réunion du Conseil s'est tenue à Nice.", "réunion",
     "La prochaine rencontre des ministres des pays membres se tiendra à Lille le 11 novembre."),
    ("es", "La reunión del Consejo se celebró en Lima.", "reunión",
     "El próximo encuentro de los ministros de la Comunidad se celebrará en Quito el 11 de noviembre."),
    ("ro", "Ședința Consiliului a avut loc la Bălți.", "Ședința",
     "Următoarea întâlnire a miniștrilor va avea loc la Cahul pe 11 noiembrie."),
    ("zh", "理事会会议在昆明举行。", "会议", "下次各国部长会晤将于11月11日在大连举行。"),
]  # fmt: skip


@pytest.mark.parametrize("published", [None, PUBLISHED])
@pytest.mark.parametrize(("language", "held", "anchor", "following"), NEXT)
def test_the_day_of_the_next_session_is_not_this_ones(language, held, anchor, following, published):
    scene = stage(f"{held} {following}", anchor, language=language, published=published)
    assert meeting_days(scene) == (None, None, None)


HELD_ON = [
    # the same words where they name the meeting of the page itself, or nothing is planned
    ("en", "The next session of the Council will be held in Minsk on 11 November.", "session", Status.PLANNED),
    ("en", "The Council prepares a session in Minsk. The next session will open on 11 November.", "session of",
     Status.PLANNED),
    ("az", "Şuranın növbəti iclası noyabrın 11-də Şuşada keçirilib.", "iclası", Status.HELD),
    ("uz", "Kengashning navbatdagi majlisi 11-noyabr kuni Buxoroda bo‘lib o‘tdi.", "majlisi", Status.HELD),
    ("kk", "Кеңестің кезекті отырысы 11 қарашада Семейде өтті.", "отырысы", Status.HELD),
    ("ru", "Заседание Совета прошло в Минске. Оно состоялось 11 ноября, ещё одно пройдёт весной.", "Заседание",
     Status.HELD),
]  # fmt: skip


@pytest.mark.parametrize(("language", "text", "anchor", "status"), HELD_ON)
def test_a_day_of_this_session_stays_its_own(language, text, anchor, status):
    anchor = anchor.split()[0]
    found = meeting_days(stage(text, anchor, language=language, status=status))
    assert found.partial.value == "11-11"


EARLIER = [
    ("en", "The Council will meet in Osh for its plenary.", "plenary", "Its members gathered in Minsk on 11 November."),
    ("ru", "Заседание Совета пройдёт в Оше.", "Заседание", "Министры обсудили его повестку в Минске 11 ноября."),
    ("tr", "Konya'da Konseyin toplantısı yapılacak.", "toplantısı", "Bakanlar en son 11 Kasım'da bir araya gelmişti."),
]


@pytest.mark.parametrize(("language", "planned", "anchor", "before"), EARLIER)
def test_what_is_over_is_no_day_of_a_meeting_to_come(language, planned, anchor, before):
    told = stage(f"{planned} {before}", anchor, language=language, status=Status.PLANNED)
    assert meeting_days(told) == (None, None, None)


def test_the_days_of_a_sentence_have_each_their_own_words():
    text = "The session opened in Osh on 4 October 2025 and closes on 6 October 2025."
    start, end, _ = meeting_days(stage(text, "session", status=Status.ONGOING))
    assert (start.value, end.value) == (date(2025, 10, 4), date(2025, 10, 6))


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("14 October 2025: Communiqué of the ministers", "The ministers held a session in Osh."),
        (None, "14 Oct, 2025In Osh the ministers held a session."),
        (None, "2025-10-14T10:15:00+03:00 In Osh the ministers held a session."),
    ],
)
def test_a_stamp_before_title_or_text_is_no_day_of_the_meeting(title, text):
    assert meeting_days(stage(text, "session", title=title)) == (None, None, None)
