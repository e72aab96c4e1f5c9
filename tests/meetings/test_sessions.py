"""Session numbers in digits, Roman numerals and words, and what looks like one and is none."""

import pytest

from readout.catalog import load_knowledge
from readout.meetings.sessions import roman_value, session_number
from readout.model import Evidence
from tests.meetings.tellings import senses

NUMBERED = [
    ("en", "The 31st session of the council was held.", 31),
    ("en", "The committee held its 3rd regular meeting.", 3),
    ("en", "Ministers gathered for the twenty-second session in Minsk.", 22),
    ("en", "The XIV meeting of the Conference of Ministers took place.", 14),
    ("en", "The council met for the 12th time.", 12),
    ("en", "The heads of the council met for the first time ever.", 1),
    ("ru", "Состоялось 31-е заседание Совета министров.", 31),
    ("ru", "В Минске прошло ХХI заседание комитета.", 21),
    ("ru", "Открылось тридцать первое заседание Совета.", 31),
    ("ru", "Прошло пятьдесят пятое заседание Совета.", 55),
    ("ru", "Прошло пятнадцатое заседание Совета.", 15),
    ("en", "The council held its sixteenth session.", 16),
    ("ru", "Совет министров иностранных дел СНГ соберётся в 31-й раз.", 31),
    ("ru", "7-го октября соберётся 66-ое заседание Совета.", 66),
    ("az", "Şuranın 31-ci iclası keçirilib.", 31),
    ("az", "Nazirlər şurasının XXI iclası olub.", 21),
    ("az", "Şuranın səkkizinci iclası keçirilib.", 8),
    ("az", "Şuranın on ikinci iclası keçirilib.", 12),
    ("az", "Şuranın əlli beşinci iclası keçirilib.", 55),
    ("de", "In Genf tagte die 44. Sitzung des Rates.", 44),
    ("de", "Das achte Treffen der Minister fand statt.", 8),
    ("fr", "La 24e session du Conseil s'est tenue.", 24),
    ("fr", "La 8ème réunion du Comité s'est tenue.", 8),
    ("es", "Se celebró la 24.ª sesión del Consejo.", 24),
    ("uz", "Kengashning 57-majlisi bo‘lib o‘tdi.", 57),
    ("uz", "Kotiblarning 17-yig‘ilishi boshlandi.", 17),
    ("uz", "Komissiyaning o‘n to‘qqizinchi yig‘ilishi bo‘lib o‘tdi.", 19),
    ("uz-Cyrl", "Раҳбарлар 5-минтақавий йиғилишини ўтказди.", 5),
    ("tk", "Geňeşiň 54-nji mejlisi geçirildi.", 54),
    ("tk", "Geňeşiň otuz birinji mejlisi geçirildi.", 31),
    ("fa", "بیست و پنجمین نشست شورای وزیران برگزار شد.", 25),
    ("fa", "۵۵مین اجلاس و نشست وزیران برگزار شد.", 55),
    ("ar", "عقدت الدورة الخامسة والخمسون للمجلس.", 55),
    ("ar", "عقد المؤتمر العربي الخامس عشر للمسؤولين.", 15),
    ("ar", "عقد المجلس اجتماعه الحادي والعشرين.", 21),
    ("ar", "عقد الاجتماع الـ42 للوزراء.", 42),
    ("ar", "انعقدت الدورة 36 لمجلس الوزراء.", 36),
]

NOT_NUMBERED = [
    ("en", "The council met for the first time in years."),
    ("ru", "Десятки заседаний совета прошли в этом зале."),
    ("ru", "Двадцатка, совет министров, собралась в Минске."),
    ("en", "On the 25th anniversary of the council a session was held."),
    ("en", "From August 2nd to 4th, 2023 the council meets."),
    ("en", "The council held its first meeting of 2024."),
    ("en", "The session took place on the 9th floor."),
    ("en", "I attended the session of the council."),
    ("ru", "К 30-й годовщине прошло заседание Совета."),
    ("ru", "Заседание Совета прошло 7-го октября."),
    ("ru", "Закон № 55 обсуждён на заседании."),
    ("az", "Qurumun 30-cu ildönümündə iclas keçirilib."),
    ("en", "The G7-meeting was held."),
    ("ar", "عقد اجتماع 15 دولة برئاسة النائب الأول للرئيس."),
    ("ar", "شارك في الاجتماع الفريق الأول أحمد."),
    ("fa", "نشست ۵ کشور با حضور معاون اول رئیس جمهور برگزار شد."),
    ("uz", "Majlis 18-avgust kuni bo‘lib o‘tdi."),
    ("uz", "Tashkilotning 30-yilligiga bag‘ishlangan majlis bo‘lib o‘tdi."),
]


def read(language, text):
    found = senses(text, language)
    anchor = Evidence(text="", start=len(text) // 2, end=len(text) // 2)
    return session_number(found, load_knowledge().lexicons[language], anchor)


@pytest.mark.parametrize(("language", "text", "number"), NUMBERED)
def test_a_session_number_is_read_from_its_words(language, text, number):
    fact = read(language, text)
    assert fact is not None
    assert fact.value == number
    assert text[fact.evidence.start : fact.evidence.end] == fact.evidence.text


@pytest.mark.parametrize(("language", "text"), NOT_NUMBERED)
def test_other_numbers_are_none(language, text):
    assert read(language, text) is None


@pytest.mark.parametrize(
    ("written", "value"),
    [("I", 1), ("IV", 4), ("IX", 9), ("XIX", 19), ("LV", 55), ("XCIX", 99), ("ХІХ", 19), ("IIX", None), ("", None)],
)
def test_roman_numerals(written, value):
    assert roman_value(written) == value
