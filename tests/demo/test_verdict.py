"""The demo's verdict: silent about a perfect run, and it says each thing that goes wrong."""

from email.message import EmailMessage

import pytest

from readout.demo.sink import Received
from readout.demo.verdict import Findings, differences
from readout.demo.web import load_web

WEB = load_web()
ADDRESSES = {story.key: f"http://127.0.0.2/{story.key}" for _, story in WEB.stories()}


def meeting_row(number, expected):
    return {
        "id": number,
        "body": {"id": expected.body, "name": "as written"},
        "session_number": expected.session_number,
        "city": expected.city,
        "start_date": expected.start_date.isoformat(),
        "status": expected.status,
        "reports": [{"url": ADDRESSES[key]} for key in expected.stories],
    }


def mail(message_id):
    message = EmailMessage()
    message["Message-ID"] = message_id
    return Received("readout@example.org", ("somebody@example.org",), b"", message)


class Run:
    """A perfect run, to be spoilt."""

    languages = ("az", "en", "kk", "ru", "uz")

    def __init__(self):
        numbers = {expected.key: number for number, expected in enumerate(WEB.meetings, start=1)}
        self.meetings = [meeting_row(numbers[expected.key], expected) for expected in WEB.meetings]
        self.alerts = [
            {"meeting_id": numbers[key], "recipient": watch.to, "message_id": f"<{number}.{key}@example.org>"}
            for number, watch in enumerate(WEB.watches)
            for key in watch.hears_of
        ]
        self.mails = [mail(alert["message_id"]) for alert in self.alerts]

    def differences(self):
        found = Findings(
            languages=self.languages,
            addresses=ADDRESSES,
            meetings=self.meetings,
            alerts=self.alerts,
            mails=self.mails,
        )
        return differences(WEB, found)


def lose_a_meeting(run):
    del run.meetings[0]


def lose_a_report(run):
    run.meetings[0]["reports"].pop()


def split_a_meeting(run):
    run.meetings.append({**run.meetings[0], "id": 99, "reports": [run.meetings[0]["reports"].pop()]})


def merge_two_meetings(run):
    run.meetings[0]["reports"] += run.meetings.pop(1)["reports"]


def misread_a_day(run):
    run.meetings[0]["start_date"] = None


def misread_the_body(run):
    run.meetings[0]["body"] = None


def take_a_match_for_a_meeting(run):
    url = ADDRESSES["khazar-xeber/04-paytaxt-derbisi"]
    run.meetings.append({**run.meetings[0], "id": 99, "reports": [{"url": url}]})


def mail_twice(run):
    run.mails.append(run.mails[0])


def mail_nothing(run):
    run.mails.pop()


def mail_about_something_else(run):
    run.mails.append(mail("<other@example.org>"))


def test_a_perfect_run_has_no_differences():
    assert Run().differences() == []


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lose_a_meeting, "sorb-55 was not found"),
        (lose_a_report, "sorb-55: steppe-herald/03-toqaev-qabyldady does not stand under it"),
        (split_a_meeting, "M99 should not be there: steppe-herald/03-toqaev-qabyldady"),
        (merge_two_meetings, "2 meetings were taken for one, M1"),
        (misread_a_day, "sorb-55: start_date is None, not 2024-10-04"),
        (misread_the_body, "sorb-55: the body is None, not cis-sorb"),
        (take_a_match_for_a_meeting, "M99 should not be there: khazar-xeber/04-paytaxt-derbisi"),
        (mail_twice, "analyst@example.org got 2 mails about sorb-55"),
        (mail_nothing, "desk@example.org got 0 mails about turkic-28"),
        (mail_about_something_else, "9 mails arrived, not 8"),
    ],
)
def test_what_goes_wrong_is_said(spoil, said):
    run = Run()
    spoil(run)
    assert said in run.differences()


def test_a_report_in_a_language_that_is_not_known_yet_may_be_missing():
    run = Run()
    lose_a_report(run)
    run.languages = ("az", "en", "ru")
    assert run.differences() == []


def test_an_empty_run_is_told_as_such():
    run = Run()
    run.meetings, run.alerts, run.mails = [], [], []
    assert {f"{expected.key} was not found" for expected in WEB.meetings} <= set(run.differences())
