"""The status is what the page tells of the meeting, not of others it names."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from readout.catalog import load_knowledge
from readout.meetings.recognise import recognise
from readout.model import Status
from tests.meetings.tellings import article

TABLE = [
    ("en", "The council of defence ministers held its session in Minsk.", Status.HELD),
    ("en", "The council of defence ministers is meeting in Minsk today.", Status.ONGOING),
    ("en", "The session of the council of ministers has opened in Minsk.", Status.ONGOING),
    ("en", "The council of defence ministers will meet in Minsk next week.", Status.PLANNED),
    ("en", "A summit of the presidents is scheduled for May in Minsk.", Status.PLANNED),
    ("en", "The summit of the presidents in Minsk has been called off.", Status.CANCELLED),
    ("en", "The meeting of the foreign ministers in Minsk was postponed.", Status.POSTPONED),
    ("ru", "В Минске прошло заседание Совета министров обороны.", Status.HELD),
    ("ru", "В Минске началось заседание Совета министров обороны.", Status.ONGOING),
    ("ru", "Заседание Совета министров обороны состоится в Минске.", Status.PLANNED),
    ("ru", "Саммит президентов в Минске отменён.", Status.CANCELLED),
    ("ru", "Встреча министров иностранных дел в Минске перенесена.", Status.POSTPONED),
    ("az", "Minskdə müdafiə nazirləri şurasının iclası keçirilib.", Status.HELD),
    ("az", "Minskdə müdafiə nazirləri şurasının iclası keçirilir.", Status.ONGOING),
    ("az", "Minskdə müdafiə nazirləri şurasının iclası keçiriləcək.", Status.PLANNED),
    ("az", "Minskdə nazirlər şurasının iclası ləğv edilib.", Status.CANCELLED),
    ("az", "Minskdə nazirlər şurasının iclası təxirə salınıb.", Status.POSTPONED),
    ("fa", "نشست وزیران دفاع در مینسک برگزار شد.", Status.HELD),
    ("fa", "نشست وزیران دفاع هم‌اکنون در مینسک در حال برگزاری است.", Status.ONGOING),
    ("fa", "نشست وزیران دفاع هفته آینده در مینسک برگزار خواهد شد.", Status.PLANNED),
    ("fa", "نشست وزیران دفاع در مینسک لغو شد.", Status.CANCELLED),
    ("fa", "نشست وزیران دفاع به تعویق افتاد.", Status.POSTPONED),
    ("ar", "عُقد في مسقط اجتماع وزراء الدفاع.", Status.HELD),
    ("ar", "بدأت في مسقط أعمال اجتماع وزراء الدفاع.", Status.ONGOING),
    ("ar", "ستعقد قمة الرؤساء في مسقط الأسبوع المقبل.", Status.PLANNED),
    ("ar", "أُلغي اجتماع وزراء الدفاع في مسقط.", Status.CANCELLED),
    ("ar", "تأجّل اجتماع وزراء الدفاع في مسقط.", Status.POSTPONED),
]


@pytest.mark.parametrize(("language", "text", "status"), TABLE)
def test_the_status_is_told_by_verbs_near_the_meeting(language, text, status):
    (report,) = recognise(article(text, language=language), load_knowledge()).reports
    assert report.status.value is status


def test_a_headline_tells_the_past_in_the_present_tense():
    told = article(
        "عقد وزراء الخارجية اجتماعهم في مسقط أمس. وشارك فيه الأمين العام.",
        title="وزراء الخارجية يعقدون اجتماعهم في مسقط",
        language="ar",
    )
    (report,) = recognise(told, load_knowledge()).reports
    assert report.status.value is Status.HELD


def test_the_present_tense_about_a_day_to_come_is_a_plan():
    text = "The secretary of the security council attends the session of ministers in Minsk on 9 May 2024."
    reports = [recognise(article(text, day=day), load_knowledge()).reports[0] for day in ("2024-05-08", "2024-05-09")]
    assert [report.status.value for report in reports] == [Status.PLANNED, Status.ONGOING]


def test_a_day_that_has_come_for_the_sources_readers_is_no_plan():
    text = "The secretary of the security council attends the session of ministers in Minsk on 9 May 2024."
    night = replace(article(text, day="2024-05-09"), published=datetime(2024, 5, 8, 21, 30, tzinfo=UTC))
    assert recognise(night, load_knowledge()).reports[0].status.value is Status.ONGOING
