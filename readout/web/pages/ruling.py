"""What a visitor rules about meetings: they are one or two, a report is of another, a fact is wrong; and taken back.

It must not rule by itself: it reads what was sent, hands it on, and shows what came of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from fastapi import APIRouter, HTTPException
from sqlalchemy import Connection
from starlette.responses import Response

from readout import ruling as rules
from readout.articles.clean import clean_line
from readout.error import ConfigError
from readout.fact_value import fact_value
from readout.storage.meetings import load_meeting
from readout.storage.rulings import Ruling, last_ruling, ruling_by_id
from readout.web.asking import stored_id
from readout.web.form import Form
from readout.web.pages.meeting import Asked, meeting_again
from readout.web.pages.review import review_again
from readout.web.view import View, Viewed

_LONGEST_REASON = 1_000
_LONGEST_VALUE = 4_000
_REVIEW = "review"

router = APIRouter(include_in_schema=False)

_Act = Callable[[Connection, int, str, datetime], None]


@router.post("/meetings/{number}/merge")
def merge(view: Viewed, number: str, fields: Form) -> Response:
    """Another meeting is this one."""

    def act(connection: Connection, meeting_id: int, reason: str, now: datetime) -> None:
        rules.merge(connection, meeting_id, _other(fields), reason, now=now)

    return _rule(view, number, fields, act)


@router.post("/meetings/{number}/differ")
def differ(view: Viewed, number: str, fields: Form) -> Response:
    """Another meeting, which was perhaps this one, is not."""

    def act(connection: Connection, meeting_id: int, reason: str, now: datetime) -> None:
        rules.differ(connection, meeting_id, _other(fields), reason, now=now)

    return _rule(view, number, fields, act)


@router.post("/meetings/{number}/split")
def split(view: Viewed, number: str, fields: Form) -> Response:
    """A report of this meeting is of another."""

    def act(connection: Connection, meeting_id: int, reason: str, now: datetime) -> None:
        report_id = stored_id(fields.get("report", ""))
        rules.split_off(connection, meeting_id, report_id or 0, reason, now=now)

    return _rule(view, number, fields, act)


@router.post("/meetings/{number}/correct")
def correct(view: Viewed, number: str, fields: Form) -> Response:
    """A fact of this meeting is another than the reports say."""

    def act(connection: Connection, meeting_id: int, reason: str, now: datetime) -> None:
        fact, value = fields.get("fact", ""), clean_line(fields.get("value", ""))
        if len(value) > _LONGEST_VALUE:
            raise ConfigError([f"{fact}: the value is longer than {_LONGEST_VALUE} characters"])
        rules.correct(connection, meeting_id, fact, fact_value(fact, value), reason, now=now)

    return _rule(view, number, fields, act)


@router.post("/rulings/{number}/undo")
def undo(view: Viewed, number: str, fields: Form) -> Response:
    """A ruling is taken back."""
    known = _known(view, stored_id(number))
    try:
        reason = _reason(fields, view)
        with view.site.database.write() as connection:
            rules.undo(connection, known.id, reason, now=view.site.now())
    except ConfigError as error:
        return _refused(view, known.meeting_id, fields, error)
    return _seen(view, known, fields)


def _rule(view: View, number: str, fields: Mapping[str, str], act: _Act) -> Response:
    """Do as a person says, in one transaction, and show it."""
    meeting_id = stored_id(number, prefix="M")
    if meeting_id is None:
        raise HTTPException(404)
    try:
        reason = _reason(fields, view)
        with view.site.database.write() as connection:
            if load_meeting(connection, meeting_id) is None:
                raise HTTPException(404)
            act(connection, meeting_id, reason, view.site.now())
            made = last_ruling(connection)
    except ConfigError as error:
        return _refused(view, meeting_id, fields, error)
    assert made is not None, "it was just made"
    return _seen(view, made, fields)


def _seen(view: View, ruling: Ruling, fields: Mapping[str, str]) -> Response:
    """Where it is seen: on the page that it was sent from."""
    path = "/review" if fields.get("back") == _REVIEW else f"/meetings/{ruling.meeting_id}"
    return view.see(path, ruling=ruling.id)


def _refused(view: View, meeting_id: int, fields: Mapping[str, str], error: ConfigError) -> Response:
    faults = tuple(clean_line(fault)[:_LONGEST_REASON] for fault in error.faults)
    if fields.get("back") == _REVIEW:
        return review_again(view, faults)
    return meeting_again(view, meeting_id, Asked({name: clean_line(typed) for name, typed in fields.items()}, faults))


def _known(view: View, ruling_id: int | None) -> Ruling:
    with view.site.database.read() as connection:
        known = ruling_id and ruling_by_id(connection, ruling_id)
    if not known:
        raise HTTPException(404)
    return known


def _other(fields: Mapping[str, str]) -> int:
    said = clean_line(fields.get("other", ""))[:50]
    other = stored_id(said, prefix="M")
    if other is None:
        raise ConfigError([f"{said!r} is no meeting: write its number, as M12"])
    return other


def _reason(fields: Mapping[str, str], view: View) -> str:
    reason = clean_line(fields.get("reason", ""))[:_LONGEST_REASON]
    if not reason:
        raise ConfigError([view.words.sentences["ruled.reason_missing"]])
    return reason
