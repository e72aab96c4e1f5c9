"""Days without a year: what an undated page still tells of when its meeting was."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readout.catalog import load_knowledge
from readout.cli.page import fact_rows
from readout.meetings.dates import meeting_days
from readout.meetings.recognise import recognise
from readout.model import Article, LanguageCode, Status
from readout.record import report_row
from tests.meetings.stage import assert_spans_are_true, stage

PUBLISHED = date(2024, 10, 9)

# language, text, what names the meeting, its days
TOLD = [
    ("en", "The 12th session of the Council met in Osh on 4 October.", "session", "10-04"),
    ("en", "The summit will be held in Osh from October 30 to November 1.", "summit", "10-30/11-01"),
    ("ru", "В Оше 4 октября прошло заседание Совета.", "заседание", "10-04"),
    ("ru", "Саммит состоялся в Оше с 6 по 8 июня.", "Саммит", "06-06/06-08"),
    ("uk", "Засідання Ради відбулося в Києві 4 жовтня.", "Засідання", "10-04"),
    ("be", "Пасяджэнне Савета прайшло ў Мінску 4–5 кастрычніка.", "Пасяджэнне", "10-04/10-05"),
    ("az", "Şuranın iclası oktyabrın 4-də Bakıda keçirilib.", "iclası", "10-04"),
    ("tr", "Konsey toplantısı 4-5 Ekim tarihlerinde Ankara'da yapıldı.", "toplantısı", "10-04/10-05"),
    ("tk", "Geňeşiň mejlisi 4-nji oktýabrda Aşgabatda geçirildi.", "mejlisi", "10-04"),
    ("uz", "Kengash majlisi 4-oktabr kuni Toshkentda bo‘lib o‘tdi.", "majlisi", "10-04"),
    ("uz-Cyrl", "Кенгаш мажлиси 14-15 май кунлари Тошкентда бўлиб ўтди.", "мажлиси", "05-14/05-15"),
    ("kk", "Кеңестің отырысы 4 қазанда Астанада өтті.", "отырысы", "10-04"),
    ("ky", "Кеңештин жыйыны 4-октябрда Бишкекте өттү.", "жыйыны", "10-04"),
    ("tg", "Ҷаласаи Шӯро 4 октябр дар Душанбе баргузор шуд.", "Ҷаласаи", "10-04"),
    ("fa", "نشست شورا روز ۱۲ اکتبر در تهران برگزار شد.", "نشست", "10-12"),
    ("ar", "عقد المجلس اجتماعا في عمان يومي 11 و12 تشرين الثاني.", "اجتماعا", "11-11/11-12"),
    ("hy", "Խորհրդի նիստը կայացավ Երևանում հոկտեմբերի 4-ին։", "նիստը", "10-04"),
    ("ka", "საბჭოს სხდომა თბილისში 4 ოქტომბერს გაიმართა.", "სხდომა", "10-04"),
    ("de", "Der Rat tagte vom 3. bis 5. Mai in Wien zu seiner Sitzung.", "Sitzung", "05-03/05-05"),
    ("fr", "La réunion du Conseil s'est tenue à Nice du 4 au 5 avril.", "réunion", "04-04/04-05"),
    ("es", "La reunión del Consejo se celebró en Lima los días 7 y 8 de marzo.", "reunión", "03-07/03-08"),
    ("ro", "Ședința Consiliului a avut loc la Chișinău pe 4 octombrie.", "Ședința", "10-04"),
    ("zh", "理事会会议于2月27日至3月1日在北京举行。", "会议", "02-27/03-01"),
]

LEFT_OPEN = [
    # a dateline, the page's date line, a stamp before the title
    ("en", "MOSCOW, Oct 4 (TASS) - The ministers held a session in the old town hall.", "session"),
    ("ru", "МОСКВА, 4 октября. /ТАСС/. Министры провели заседание в Кремле.", "заседание"),
    ("en", "4 October, 10:15\nThe ministers held a session in the old town hall.", "session"),
    # a weekday, today, a day of "this month"
    ("en", "The Council met for its session on Friday.", "session"),
    ("ru", "Сегодня прошло заседание Совета.", "заседание"),
    ("az", "Şuranın iclası bu ayın 7-də keçirilib.", "iclası"),
    ("zh", "理事会会议6日在北京举行。", "会议"),
    # the Iranian and the Islamic year begin on another day of ours from one year to the next
    ("fa", "نشست شورا روز ۲۴ فروردین در تهران برگزار شد.", "نشست"),
    ("ar", "عقد المجلس اجتماعا في عمان يوم 12 ربيع الأول.", "اجتماعا"),
    # a founding, an earlier session, no day of any calendar
    ("en", "The Council held a session. It was founded on 4 October.", "session"),
    ("ru", "Прошло заседание Совета. Предыдущее было 4 октября.", "заседание"),
    ("en", "The Council held a session on 31 February.", "session"),
    # two days as near as each other
    ("en", "The session was held on 4 October in Osh, on 9 October in Bishkek.", "session"),
]


def partial(text, anchor, **told):
    """The days without a year, when no day with one is told; their words are the page's."""
    scene = stage(text, anchor, **told)
    found = meeting_days(scene)
    assert_spans_are_true(scene, *found)
    assert found.start is None
    assert found.end is None
    return found.partial.value if found.partial else None


@pytest.mark.parametrize(("language", "text", "anchor", "days"), TOLD)
def test_an_undated_page_tells_days_without_a_year(language, text, anchor, days):
    assert partial(text, anchor, language=language) == days


@pytest.mark.parametrize(("language", "text", "anchor", "days"), TOLD)
def test_a_dated_page_settles_them(language, text, anchor, days):
    found = meeting_days(stage(text, anchor, language=language, published=PUBLISHED))
    first, _, last = days.partition("/")
    assert found.partial is None
    assert {f"{fact.value:%m-%d}" for fact in found[:2] if fact} == {first, last or first}


@pytest.mark.parametrize(("language", "text", "anchor"), LEFT_OPEN)
def test_what_no_year_can_settle_is_left_open(language, text, anchor):
    assert partial(text, anchor, language=language) is None


def test_a_leap_day_needs_no_leap_year():
    assert partial("The session was held in Osh on 29 February.", "session") == "02-29"


def test_a_year_written_with_the_same_days_settles_them():
    text = "The session will be held in Osh on 4 October."
    for title in ("Session of the Council, 3–5 October 2023", "4 October 2023: the Council will meet"):
        found = meeting_days(stage(text, "session", title=title, status=Status.PLANNED))
        assert found.partial is None
        assert found.start.value.year == 2023
    found = meeting_days(stage("OSH, 4 October 2023 (AKI) - " + text, "session", status=Status.PLANNED))
    assert [fact.value for fact in found[:2]] == [date(2023, 10, 4)] * 2


def test_a_year_written_with_other_days_settles_nothing():
    text = "The session was held in Osh on 4 October. The treaty was signed there on 9 May 2021."
    assert partial(text, "session") == "10-04"


def test_opening_and_closing_told_together_are_a_range():
    text = "The session opened in Osh on 4 October and closes on 6 October."
    assert partial(text, "session", status=Status.ONGOING) == "10-04/10-06"
    assert partial("The session opened in Osh on 4 October.", "session", status=Status.ONGOING) == "10-04"


def test_a_meeting_put_off_has_the_new_day():
    text = "The talks due on 9 October were put off to 20 October."
    assert partial(text, "talks", status=Status.POSTPONED) == "10-20"


def test_a_visit_lasts_longer_than_the_meeting():
    text = "On 26-27 November the minister visits Osh and will take part in the session. It opens on 27 November."
    assert partial(text, "session", status=Status.PLANNED) == "11-27"


@given(st.dates(date(1999, 1, 1), date(2030, 12, 31)))
def test_month_and_day_are_those_of_the_page(day):
    text = f"The session was held in Osh on {day.day} {day:%B}."
    assert partial(text, "session") == f"{day:%m-%d}"


def test_a_report_says_them_beside_its_other_facts():
    article = Article(
        url="https://a.example/1",
        title=None,
        text="The Council of Foreign Ministers of the CIS held its session in Bishkek on 27 November.",
        published=None,
        language=LanguageCode("en"),
    )
    row = report_row(recognise(article, load_knowledge()).reports[0])
    assert (row["start_date"], row["end_date"], row["date_partial"]) == (None, None, "11-27")
    assert row["evidence"]["date_partial"]["text"] == "27 November"
    assert ("date partial", "11-27", "27 November") in fact_rows(row)
