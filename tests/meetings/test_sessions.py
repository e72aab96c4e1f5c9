"""Session numbers in digits, Roman numerals and words, and what looks like one and is none."""

import pytest

from readout.catalog import load_knowledge
from readout.meetings.sessions import roman_value, session_number
from readout.model import Evidence, Status
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
    ("ar", "انعقدت الدورة (36) للمجلس.", 36),
    ("ar", "انعقدت الدورة السادسة والثلاثين لمجلس وزراء الصحة.", 36),
    ("en", "The Security Council held its 9584th meeting.", 9584),
    ("fr", "Le Conseil a tenu sa 1206e réunion.", 1206),
    ("fr", "Le XIXe sommet de l'organisation s'est ouvert.", 19),
    ("de", "Der Rat ist zu seiner 222. Sitzung zusammengekommen.", 222),
    ("de", "Der XII. Gipfel fand in Graz statt.", 12),
    ("tr", "Konseyin XII. Zirvesi yapıldı.", 12),
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
    ("fr", "Le sommet de l'organisation s'est ouvert."),
    ("uz", "Kengashning 2025-yil majlislari rejasi."),
    ("ar", "عقد اجتماع 15 دولة برئاسة النائب الأول للرئيس."),
    ("ar", "شارك في الاجتماع الفريق الأول أحمد."),
    ("fa", "نشست ۵ کشور با حضور معاون اول رئیس جمهور برگزار شد."),
    ("fr", "L'assemblée du Conseil s'est réunie."),
    ("fr", "L’session du Conseil s’est tenue."),
    ("ru", "Победе во II мировой войне посвящено заседание Совета."),
    ("en", "Patriarch Ilia II attended the session of the council."),
    ("en", "Pope Leo XIV addressed the session."),
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


ANOTHER_SESSION = [
    ("en", "The committee met in Moscow on October 16. The 8th meeting will be held in Bishkek in 2026."),
    ("en", "The council met in Samarkand on Thursday. The 54th session was held in Astana a year ago."),
    ("ru", "Заседание Совета состоялось в Москве. 23-е заседание пройдёт в Бишкеке в 2026 году."),
    ("de", "Der Rat tagte am 16. Mai in Brüssel. Die 3. Sitzung folgt im Juni."),
    ("zh", "公安部长会议16日在北京举行。第八次会议将于2026年在比什凯克举行。"),
]


@pytest.mark.parametrize(("language", "text"), ANOTHER_SESSION)
def test_the_number_of_another_session_is_not_this_ones(language, text):
    lexicon = load_knowledge().lexicons[language]
    anchor = Evidence(text="", start=3, end=3)
    assert session_number(senses(text, language), lexicon, anchor, Status.HELD, 2025) is None


def test_another_sentence_may_number_the_session():
    text = "The council met in Samarkand on Thursday. The 54th session was attended by twelve ministers."
    anchor = Evidence(text="", start=3, end=3)
    fact = session_number(senses(text, "en"), load_knowledge().lexicons["en"], anchor, Status.HELD, 2025)
    assert fact is not None
    assert fact.value == 54
