"""The form by which a watch is made, with what is wrong said under the field that is at fault.

It must not decide what is wrong: `readout.watch_row` does, as for the command line.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import ValidationError
from starlette.responses import HTMLResponse, Response

from readout.channels import CHANNELS, unready
from readout.channels.mail.words import languages
from readout.error import StorageError
from readout.fault import faults_of
from readout.naming import vocabulary_of
from readout.recipient import shown_recipient
from readout.storage.watches import add_watch, watch_named
from readout.watch_row import EMAIL, WEEKDAYS, WatchRow, texts_of
from readout.watches.query import LONGEST_QUERY, parse
from readout.watching import Every
from readout.web.form import Form
from readout.web.view import View, Viewed, zones

_MOST_RECIPIENTS = 50
_TEXTS = ("name", "query", "channel", "digest", "at", "on", "quiet", "tz", "language")
_SWITCHES = ("heartbeat", "updates")

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Filled:
    """The form as it was filled in, and by field what is wrong there."""

    values: Mapping[str, str]
    faults: Mapping[str, list[str]] = field(default_factory=dict)


@router.get("/watches/new")
def ask(view: Viewed, q: Annotated[str, Query(max_length=LONGEST_QUERY)] = "") -> HTMLResponse:
    """What is to be watched, for a query that may be there already."""
    fresh = {"query": q, "channel": EMAIL, "tz": view.zone, "language": view.words.code, "at": "08:00"}
    return _form_page(view, Filled(fresh))


@router.post("/watches")
def make(view: Viewed, fields: Form) -> Response:
    """The watch is made, or what is wrong is shown."""
    row, faults = _read(view, fields)
    if row is None or faults:
        return _form_page(view, Filled(fields, faults), status=400)
    made = _make(view, row)
    if made is None:
        return _form_page(view, Filled(fields, {"name": [str(view.words("watches.name_taken"))]}), status=400)
    return view.see(f"/watches/{made}", done="made")


def _make(view: View, row: WatchRow) -> int | None:
    """The number of the new watch; None where its name is taken."""
    try:
        with view.site.database.write() as connection:
            if watch_named(connection, row.name) is not None:
                return None
            return add_watch(connection, name=row.name, now=view.site.now(), **row.settings()).id
    except StorageError:
        return None


def _read(view: View, fields: Mapping[str, str]) -> tuple[WatchRow | None, dict[str, list[str]]]:
    known = vocabulary_of(view.site.sources)
    try:
        row = WatchRow.model_validate(_row(fields), context=lambda text: parse(text, known))
    except ValidationError as error:
        return None, _by_field(error)
    recipients = dict.fromkeys(row.to)
    faults = [f"{shown_recipient(to)}: {why}" for to, why in unready(view.site.config, row.channel, recipients).items()]
    if len(recipients) > _MOST_RECIPIENTS:
        faults.append(str(view.words("watches.too_many")))
    return row, {"to": faults} if faults else {}


def _row(fields: Mapping[str, str]) -> dict[str, Any]:
    """The form's fields as a row; what was left empty is not said. What only a digest has is of no meaning without."""
    row: dict[str, Any] = {name: value for name in _TEXTS if (value := fields.get(name, "").strip())}
    row |= {name: name in fields for name in _SWITCHES}
    row["to"] = fields.get("to", "").split()
    row.setdefault("name", "")
    if "digest" not in row:
        row = {name: value for name, value in row.items() if name not in ("at", "on", "heartbeat")}
    if row.get("digest") != Every.WEEKLY:
        row.pop("on", None)
    return row


def _by_field(error: ValidationError) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for fault in faults_of(error):
        key = str(fault["loc"][0])
        found.setdefault(key, []).extend(texts_of(fault))
    return found


def _form_page(view: View, filled: Filled, *, status: int = 200) -> HTMLResponse:
    words = view.words
    return view.page(
        "watch_form",
        title=words("watches.new"),
        here="watches",
        status=status,
        values={name: filled.values.get(name, "") for name in (*_TEXTS, *_SWITCHES, "to")},
        faults=filled.faults,
        channels=[(name, name) for name in CHANNELS],
        digests=[(every, words(f"watch_digest.{every or 'at_once'}")) for every in ("", *Every)],
        weekdays=[(day.value, words(f"weekday.{day}")) for day in WEEKDAYS],
        zones=[(zone, zone) for zone in zones()],
        alert_languages=[(code, view.saying.language(code)) for code in languages()],
    )
