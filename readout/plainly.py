"""Meetings and moments in a line of plain English, as the terminal and traces say them.

It must not print: pages and mails in other languages say such things by `readout.channels.mail.saying`.
"""

from __future__ import annotations

from datetime import UTC, datetime

from readout.model import Article, Meeting, Report, Telling


def at(moment: datetime) -> str:
    """ "2024-10-04 18:30", in UTC."""
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M")


def published(told: Article | Telling) -> str:
    """When it was published: the day where the page gave no time."""
    day = told.published_day if told.published_day_only else None
    return str(day) if day else at(told.published) if told.published else "–"


def heading(meeting: Meeting) -> str:
    """A meeting in one line: body, number, place, day."""
    report = meeting.report
    return ", ".join(part for part in (what(report), place(report), days(report)) if part)


def what(report: Report) -> str:
    """Body and session number; without a body, the kind of meeting and who took part."""
    from readout.catalog import load_body_names

    number = f", session {report.session_number.value}" if report.session_number else ""
    if report.body:
        body = report.body.value
        return load_body_names().get(body.id or "", body.name) + number
    who = ", ".join(person.value.name for person in report.participants[:2])
    kind = report.kind.value.replace("_", " ")
    return f"{kind}: {who}" if who else kind


def days(report: Report) -> str:
    """First to last day, as far as known."""
    known = [fact.value.isoformat() for fact in (report.start_date, report.end_date) if fact]
    if report.date_partial and not known:
        return f"{report.date_partial.value.replace('/', ' – ')} of an unknown year"
    return " – ".join(dict.fromkeys(known))


def place(report: Report) -> str:
    """City and country, as far as known."""
    return " ".join(fact.value for fact in (report.city, report.country) if fact)
