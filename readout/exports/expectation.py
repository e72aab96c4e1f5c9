"""What should have been reported, as a row.

It must not decide what is expected.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from readout.catalog import load_body_names
from readout.meetings.expected import Expectation
from readout.record import Row


def expectation_row(each: Expectation, urls: Mapping[int, str], today: date) -> Row:
    """It as `readout --json expected` has it. `urls`: of each meeting that is a reason the address of a report."""
    told = each.report
    return {
        "what": each.absence.name.lower(),
        "meeting": each.meeting_id,
        "kind": told and told.kind.value,
        "body": _body_row(each),
        "first_number": each.first_number,
        "last_number": each.last_number,
        "earliest": each.earliest,
        "latest": each.latest,
        "date_partial": each.partial,
        "days_overdue": each.days_overdue(today),
        "city": told and told.city and told.city.value,
        "country": told and told.country and told.country.value,
        "reasons": [
            {"says": reason.says, "meeting": reason.meeting_id, "url": urls.get(reason.meeting_id or 0)}
            for reason in each.reasons
        ],
    }


def _body_row(each: Expectation) -> Row | None:
    if each.body:
        return {"id": each.body, "name": load_body_names().get(each.body, each.body)}
    return {"id": None, "name": each.report.body.value.name} if each.report and each.report.body else None
