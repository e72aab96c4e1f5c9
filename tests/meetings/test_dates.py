"""Days: how they are written, and which of them are the meeting's."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readout.catalog import load_knowledge
from readout.meetings.date_words import Precision
from readout.meetings.dates import MeetingDays, meeting_days
from readout.meetings.days import find_days
from readout.model import LanguageCode, Status
from tests.meetings.stage import assert_spans_are_true, stage

PUBLISHED = date(2024, 10, 9)  # a Wednesday


def words(language):
    return load_knowledge().lexicons[LanguageCode(language)].dates


def spans(text, language, published=PUBLISHED, status=None):
    return [(m.first.isoformat(), m.last.isoformat()) for m in find_days(text, words(language), published, status)]


WRITTEN = [
    ("en", "on October 4", "2024-10-04", "2024-10-04"),
    ("en", "on 4 October", "2024-10-04", "2024-10-04"),
    ("en", "on the 4th of October 2023", "2023-10-04", "2023-10-04"),
    ("en", "October 16–17, 2025", "2025-10-16", "2025-10-17"),
    ("en", "16-17 October 2025", "2025-10-16", "2025-10-17"),
    ("en", "from October 18 to 21, 2022", "2022-10-18", "2022-10-21"),
    ("en", "from 18 to 21 October 2022", "2022-10-18", "2022-10-21"),
    ("en", "from October 30 to November 1, 2023", "2023-10-30", "2023-11-01"),
    ("en", "from 30 December to 2 January 2023", "2022-12-30", "2023-01-02"),
    ("en", "on the fourth of June 2024", "2024-06-04", "2024-06-04"),
    ("en", "on the twenty-first of October", "2024-10-21", "2024-10-21"),
    ("ru", "двадцать седьмого августа", "2024-08-27", "2024-08-27"),
    ("ru", "четвертого октября 2023 года", "2023-10-04", "2023-10-04"),
    ("en", "from 7th to 9th August 2024", "2024-08-07", "2024-08-09"),
    ("en", "Sept. 5, 2024", "2024-09-05", "2024-09-05"),
    ("en", "on 14/11/2018", "2018-11-14", "2018-11-14"),
    ("en", "2024-03-05", "2024-03-05", "2024-03-05"),
    ("ru", "4 октября", "2024-10-04", "2024-10-04"),
    ("ru", "7-го октября 2011 года", "2011-10-07", "2011-10-07"),
    ("ru", "16–17 октября 2025 года", "2025-10-16", "2025-10-17"),
    ("ru", "с 16 по 18 октября 2025 года", "2025-10-16", "2025-10-18"),
    ("ru", "30 октября – 1 ноября 2025 года", "2025-10-30", "2025-11-01"),
    ("ru", "05.03.2024", "2024-03-05", "2024-03-05"),
    ("ru", "23-24.10.2025", "2025-10-23", "2025-10-24"),
    ("az", "oktyabrın 4-də", "2024-10-04", "2024-10-04"),
    ("az", "2021-ci il oktyabrın 4-də", "2021-10-04", "2021-10-04"),
    ("az", "4 oktyabr 2021-ci ildə", "2021-10-04", "2021-10-04"),
    ("az", "16-17 oktyabr 2025", "2025-10-16", "2025-10-17"),
    ("uz", "2023-yil 4-oktabr kuni", "2023-10-04", "2023-10-04"),
    ("uz", "18-19 avgust kunlari", "2024-08-18", "2024-08-19"),
    ("uz", "oktabr oyining 4-kuni", "2024-10-04", "2024-10-04"),
    ("uz", "4-oktabrdan 6-oktabrgacha", "2024-10-04", "2024-10-06"),
    ("uz-Cyrl", "2026 йилнинг 14-15 май кунлари", "2026-05-14", "2026-05-15"),
    ("uz-Cyrl", "16 - май куни", "2024-05-16", "2024-05-16"),
    ("de", "am 23. und 24. Oktober", "2024-10-23", "2024-10-24"),
    ("de", "vom 3. bis 5. Mai 2025", "2025-05-03", "2025-05-05"),
    ("de", "am 23./24. Oktober 2025", "2025-10-23", "2025-10-24"),
    ("fr", "les 4 et 5 avril 2019", "2019-04-04", "2019-04-05"),
    ("fr", "du 1er au 3 juin 2025", "2025-06-01", "2025-06-03"),
    ("fr", "jeudi 4 et vendredi 5 avril 2019", "2019-04-04", "2019-04-05"),
    ("es", "el 16 y 17 de octubre de 2025", "2025-10-16", "2025-10-17"),
    ("es", "entre el 7 y el 8 de marzo de 2024", "2024-03-07", "2024-03-08"),
    ("az", "bu ayın 7-də", "2024-10-07", "2024-10-07"),
    ("es", "el 7 del presente mes", "2024-10-07", "2024-10-07"),
    ("ar", "في 7 من الشهر الجاري", "2024-10-07", "2024-10-07"),
    ("tk", "2025-nji ýylyň 10-njy oktýabrynda", "2025-10-10", "2025-10-10"),
    ("tk", "14-15-nji sentýabry aralygynda", "2024-09-14", "2024-09-15"),
    ("fa", "۲۴ فروردین ۱۴۰۳", "2024-04-12", "2024-04-12"),
    ("fa", "24 فروردین‌ماه سال 1403", "2024-04-12", "2024-04-12"),
    ("fa", "۱۷ مهر", "2024-10-08", "2024-10-08"),
    ("fa", "به تاریخ ۲۷ عقرب", "2024-11-17", "2024-11-17"),
    ("fa", "بیست‌ و چهارم حمل", "2024-04-12", "2024-04-12"),
    ("fa", "از ۲۳ تا ۲۵ اسفند ۱۴۰۲", "2024-03-13", "2024-03-15"),
    ("fa", "۳۰ مهر تا ۲ آبان", "2024-10-21", "2024-10-23"),
    ("fa", "۱۴۰۳/۰۷/۱۵", "2024-10-06", "2024-10-06"),
    ("fa", "15/7/1403", "2024-10-06", "2024-10-06"),
    ("fa", "۱۲ اکتبر ۲۰۲۴", "2024-10-12", "2024-10-12"),
    ("fa", "۲۴ فروردین ۱۳۹۴ (۱۳ آوریل ۲۰۱۵)", "2015-04-13", "2015-04-13"),
    ("fa", "سه‌شنبه و چهارشنبه", "2024-10-08", "2024-10-09"),
    ("ar", "15 تشرين الأول/أكتوبر 2024", "2024-10-15", "2024-10-15"),
    ("ar", "١٥ من شهر أكتوبر عام ٢٠٢٤", "2024-10-15", "2024-10-15"),
    ("ar", "يومي 11 و12 فيفري 2025", "2025-02-11", "2025-02-12"),
    ("ar", "من 15 إلى 17 أيلول", "2024-09-15", "2024-09-17"),
    ("ar", "الخامس عشر من أكتوبر", "2024-10-15", "2024-10-15"),
    ("ar", "12 ربيع الآخر 1446هـ", "2024-10-15", "2024-10-15"),
    ("ar", "11 ربيع الأول 1445هـ الموافق 27 سبتمبر 2023م", "2023-09-27", "2023-09-27"),
    ("ar", "04/05/2024", "2024-05-04", "2024-05-04"),
    ("ar", "بعد غد الجمعة", "2024-10-11", "2024-10-11"),
    ("ar", "الاثنين والثلاثاء", "2024-10-07", "2024-10-08"),
]

UNWRITTEN = [
    ("en", "It may 4 times a year march 12 miles"),
    ("en", "on 31 February 2024"),
    ("en", "In October first of all, the second March round and the first of five"),
    ("ru", "В августе первого заместителя приняли первого"),
    ("en", "on 04/05/2024"),
    ("en", "the 2026–2028 programme, at 10:30, 15 documents"),
    ("ru", "на 2026–2029 годы, 15 документов, в 10.30"),
    ("az", "55-ci iclası, 3 nəfər"),
    ("fa", "شمار آنان به ۱۵ می‌رسد"),
    ("fa", "به میزان 20 درصد، ۳۰ اسفند ۱۴۰۴"),
    ("fa", "در شهر دوشنبه"),
    ("ar", "أحد المسؤولين في 15 دولة"),
    ("en", "on 24/01/1403"),
]


@pytest.mark.parametrize(("language", "text", "first", "last"), WRITTEN)
def test_written_days(language, text, first, last):
    assert spans(text, language) == [(first, last)]


@pytest.mark.parametrize(("language", "text"), UNWRITTEN)
def test_what_is_no_day(language, text):
    assert spans(text, language) == []


def test_no_year_needs_a_publication_date():
    found = find_days("on October 4, the 7th of this month, on Friday, tomorrow", words("en"), None)
    assert [(f"{m.first:%m-%d}", m.precision) for m in found] == [("10-04", Precision.UNSETTLED)]
    assert spans("on October 4, 2024", "en", published=None) == [("2024-10-04", "2024-10-04")]


@pytest.mark.parametrize(
    ("published", "status", "expected"),
    [
        (date(2025, 1, 3), Status.HELD, "2024-12-30"),
        (date(2024, 12, 20), Status.PLANNED, "2024-12-30"),
        (date(2024, 3, 1), Status.HELD, "2023-12-30"),
        (date(2024, 8, 1), Status.PLANNED, "2024-12-30"),
        (date(2024, 11, 1), None, "2024-12-30"),
    ],
)
def test_year_is_taken_from_the_publication_date(published, status, expected):
    assert spans("on 30 December", "en", published, status) == [(expected, expected)]


SPOKEN = [
    ("en", "met on Friday", Status.HELD, "2024-10-04"),
    ("en", "will meet on Friday", Status.PLANNED, "2024-10-11"),
    ("en", "met yesterday", Status.HELD, "2024-10-08"),
    ("en", "are meeting on Thursday", Status.ONGOING, "2024-10-10"),
    ("de", "heute Morgen begann", Status.ONGOING, "2024-10-09"),
    ("de", "morgen beginnt", Status.PLANNED, "2024-10-10"),
    ("es", "se reunieron el lunes 30", Status.HELD, "2024-09-30"),
    ("es", "se reunieron el martes por la mañana", Status.HELD, "2024-10-08"),
    ("es", "se reunirán mañana", Status.PLANNED, "2024-10-10"),
    ("fr", "aujourd'hui", Status.ONGOING, "2024-10-09"),
    ("ru", "прошла в пятницу", Status.HELD, "2024-10-04"),
    ("ru", "состоится завтра", Status.PLANNED, "2024-10-10"),
    ("az", "cümə günü keçirilib", Status.HELD, "2024-10-04"),
    ("az", "dünən keçirilib", Status.HELD, "2024-10-08"),
]


@pytest.mark.parametrize(("language", "text", "status", "expected"), SPOKEN)
def test_weekdays_and_relative_days(language, text, status, expected):
    assert spans(text, language, PUBLISHED, status) == [(expected, expected)]


def test_two_spoken_days_are_a_range():
    assert spans("jeudi et vendredi", "fr", PUBLISHED, Status.ONGOING) == [("2024-10-10", "2024-10-11")]
    assert spans("hoy y mañana", "es") == [("2024-10-09", "2024-10-10")]


def test_weekday_beside_a_written_day_says_nothing_of_its_own():
    found = find_days("on Monday, 7 October 2024", words("en"), PUBLISHED)
    assert [(m.first, m.precision) for m in found] == [(date(2024, 10, 7), Precision.FULL)]


def written(day, language):
    # month names in the form that running text uses
    names = {
        "en": "January February March April May June July August September October November December",
        "ru": "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
        "az": "yanvar fevral mart aprel may iyun iyul avqust sentyabr oktyabr noyabr dekabr",
    }
    return f"{day.day} {names[language].split()[day.month - 1]} {day.year}"


@given(st.dates(date(1900, 1, 1), date(2099, 12, 31)), st.sampled_from(["en", "ru", "az"]))
def test_a_written_day_is_read_back(day, language):
    assert [m.first for m in find_days(written(day, language), words(language), None)] == [day]


@given(st.text(alphabet="4A -–.,октябряOctober/:to18", max_size=120))
def test_spans_lie_in_order_within_any_text(text):
    found = find_days(text, words("en"), PUBLISHED)
    assert all(0 <= m.start < m.end <= len(text) and m.first <= m.last for m in found)
    assert [m.start for m in found] == sorted(m.start for m in found)


DAYS = [
    # a day in the anchor's sentence
    ("The 12th session of the Council met in Osh on 4 October.", "session", Status.HELD, "2024-10-04", "2024-10-04"),
    # the day of the event, not of the founding or of the next meeting
    ("The session took place on 4 October. The body was founded on 1 June 2001.", "session", Status.HELD, "2024-10-04",
     "2024-10-04"),
    ("The session was chaired by Uganda. The next session is to be held on 3 March 2025.", "session", Status.HELD, None,
     None),
    # a dateline and the page's date line are no days of a meeting
    ("TASHKENT, October 8. The ministers held a session.", "session", Status.HELD, None, None),
    ("8 October, 10:15\nThe ministers held a session in the old town hall.", "session", Status.HELD, None, None),
    # one end only
    ("The session opened on 7 October in Osh.", "session", Status.ONGOING, "2024-10-07", None),
    ("The session closed on 7 October in Osh.", "session", Status.HELD, None, "2024-10-07"),
    ("The session was held from 1 to 3 October 2024.", "session", Status.HELD, "2024-10-01", "2024-10-03"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "anchor", "status", "start", "end"), DAYS)
def test_which_day_is_the_meetings(text, anchor, status, start, end):
    scene = stage(text, anchor, published=PUBLISHED, status=status)
    found = meeting_days(scene)
    assert_spans_are_true(scene, *found)
    assert tuple(fact.value.isoformat() if fact else None for fact in found[:2]) == (start, end)


def test_the_publication_day_is_the_sources_own():
    scene = stage("The session was held in Osh today.", "session", published=PUBLISHED)
    night = replace(scene.article, published=datetime(2024, 10, 8, 21, tzinfo=UTC))
    assert [fact.value for fact in meeting_days(replace(scene, article=night))[:2]] == [PUBLISHED] * 2


def test_postponed_meetings_have_the_new_day():
    scene = stage(
        "The talks due on 9 October were put off to 20 October.", "talks", published=PUBLISHED, status=Status.POSTPONED
    )
    assert [fact.value for fact in meeting_days(scene)[:2]] == [date(2024, 10, 20)] * 2


def test_from_one_day_to_another_far_off_is_no_range_of_a_meeting_put_off():
    text = "أعلن تأجيل الاجتماع من 12 أيار إلى 20 حزيران 2024."
    scene = stage(text, "الاجتماع", language="ar", published=PUBLISHED, status=Status.POSTPONED)
    assert [fact.value for fact in meeting_days(scene)[:2]] == [date(2024, 6, 20)] * 2


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("ar", "تونس - 28 فيفري 2024 (وات) - عقد الوزراء اجتماعا في القصر."),
        ("ar", "أبوظبي في 8 أكتوبر / وام / عقد الوزراء اجتماعا في القصر."),
        ("ar", "الرياض 5 ربيع الآخر 1446 هـ واس\nعقد الوزراء اجتماعا في القصر."),
        ("fa", "تهران - ۱۷ مهر ۱۴۰۳ - ایرنا - اجتماع وزیران در کاخ برگزار شد."),
    ],
)
def test_datelines_without_capitals_are_no_days_of_a_meeting(language, text):
    assert meeting_days(stage(text, "اجتماع", language=language, published=PUBLISHED)) == MeetingDays()


def test_today_behind_a_dateline_is_a_day_of_its_own():
    told = find_days("Астана, 9 қазан – Бүгін кездесу өтті", words("kk"), PUBLISHED)
    assert [mention.precision for mention in told] == [Precision.NO_YEAR, Precision.RELATIVE]


def test_what_opens_and_lasts_until_a_day_has_both_ends():
    told = stage(
        "La conférence s'ouvre mercredi à Nice et se poursuivra jusqu'au 12 octobre.",
        "conférence",
        language="fr",
        published=PUBLISHED,
        status=Status.ONGOING,
    )
    start, end, _ = meeting_days(told)
    assert (start.value, end.value) == (date(2024, 10, 9), date(2024, 10, 12))


def test_title_gives_the_range_that_the_text_begins():
    scene = stage(
        "The meeting starts on Monday, 14 October.",
        "meeting",
        title="Board of the Agency, 14–18 October 2024",
        published=PUBLISHED,
        status=Status.PLANNED,
    )
    start, end, _ = meeting_days(scene)
    assert end.value - start.value == timedelta(days=4)


AT_THE_ENDS = [
    ("en", "Yesterday and tomorrow; on Wednesday and Sunday, on Monday 17, the 5th of October."),
    ("ru", "Вчера и завтра, в среду и в воскресенье, в понедельник 17, 5 октября."),
    ("fa", "روز چهارشنبه ۱۲ مهر، فردا و دیروز"),
    ("ar", "أمس وغدا، الأربعاء 12 ربيع الأول"),
    ("zh", "昨天和明天，6日，31日"),
]


@pytest.mark.parametrize("status", [None, *Status])
@pytest.mark.parametrize(("language", "text"), AT_THE_ENDS)
@pytest.mark.parametrize("end", [date.min, date.max])
def test_no_day_lies_beyond_the_ends_of_the_calendar(end, language, text, status):
    published = [date.fromordinal(end.toordinal() + away) for away in range(-8, 9) if _is_a_day(end, away)]
    for day in published:
        assert all(m.first <= m.last for m in find_days(text, words(language), day, status))


def _is_a_day(end, away):
    return date.min.toordinal() <= end.toordinal() + away <= date.max.toordinal()


# Published on a Wednesday, told of the Thursday six days before.
TOLD_AS_PAST = [
    ("en", "The assembly opened in Geneva on Thursday."),
    ("en", "The president received his guest in Geneva on Thursday."),
    ("ru", "Ассамблея открылась в Женеве в четверг."),
    ("es", "La asamblea se inauguró el jueves en Ginebra."),
    ("tr", "Kurul Perşembe günü Cenevre'de başladı."),
]


@pytest.mark.parametrize("status", [Status.ONGOING, Status.PLANNED])
@pytest.mark.parametrize(("language", "text"), TOLD_AS_PAST)
def test_a_weekday_with_a_verb_in_the_past_is_never_ahead(language, text, status):
    assert spans(text, language, status=status) == [("2024-10-03", "2024-10-03")]


def test_a_held_meeting_has_no_day_to_come_from_another_sentence():
    text = "Заседание Совета прошло 7 октября. Выставка пройдёт 27 ноября в Бишкеке."
    start, end, _ = meeting_days(stage(text, "Заседание", language="ru", published=PUBLISHED))
    assert (start.value, end.value) == (date(2024, 10, 7), date(2024, 10, 7))
    text = "Состоялось заседание Совета. Выставка пройдёт 27 ноября в Бишкеке."
    assert meeting_days(stage(text, "заседание", language="ru", published=PUBLISHED)) == MeetingDays()
