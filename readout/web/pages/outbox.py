"""The outbox as a ledger: what is owed to whom and what became of it; an alert with its whole story; a hand to move it.

It must not compose a message, nor show an address that is a key.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, HTTPException, Path, Query
from starlette.responses import HTMLResponse, RedirectResponse, Response

from readout.channels import CHANNELS, Preview
from readout.channels.mail.clean import body_text
from readout.channels.mail.saying import line
from readout.error import ChannelError, ConfigError
from readout.model import Alert, AlertKind, AlertState
from readout.outbox import preview, send_test
from readout.owing import may_have_left
from readout.recipient import shown_recipient
from readout.storage.alerts import alerts_before, count_alerts, get_alert
from readout.storage.sending import RETRIABLE, retry
from readout.web.form import Form
from readout.web.pages.sources import Choice
from readout.web.pages.watch_words import because
from readout.web.view import View, Viewed

A_PAGE = 50
_LARGEST = 2**63 - 1
_LONGEST_TEXT = 100_000
_TONES: Mapping[AlertState, str] = {
    AlertState.ACCEPTED: "good",
    AlertState.DOUBTFUL: "warn",
    AlertState.FAILED: "bad",
}

Number = Annotated[int, Path(ge=1, le=_LARGEST)]

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """An alert in the ledger."""

    path: str
    number: int
    meeting: str
    meeting_path: str | None
    kind: str
    recipient: str
    watches: str
    state: str
    tone: str
    answer: str
    when: str


@router.get("/outbox")
def outbox(
    view: Viewed,
    state: str = "",
    before: Annotated[int | None, Query(ge=1, le=_LARGEST)] = None,
    done: Annotated[str, Query(max_length=20)] = "",
) -> HTMLResponse:
    """The ledger, newest first: of one state, or of any."""
    states = [each for each in AlertState if each == state]
    with view.site.database.read() as connection:
        counts = count_alerts(connection)
        found = alerts_before(connection, before, states=states, limit=A_PAGE + 1)
    return view.page(
        "outbox",
        title=view.words("outbox.title"),
        here="outbox",
        rows=[row_of(alert, view) for alert in found[:A_PAGE]],
        states=_states(counts, state, view),
        earlier=view.url("/outbox", state=state, before=found[A_PAGE - 1].id) if len(found) > A_PAGE else None,
        waits=sum(counts.get(each, 0) for each in RETRIABLE),
        done=done if done.isdecimal() and done.isascii() else None,
    )


def _states(counts: Mapping[AlertState, int], chosen: str, view: View) -> list[Choice]:
    return [
        Choice(
            value=state,
            said=view.words(f"alert_state.{state}"),
            count=counts[state],
            path=view.url("/outbox", state="" if state == chosen else state),
            is_chosen=state == chosen,
        )
        for state in AlertState
        if state in counts
    ]


def row_of(alert: Alert, view: View) -> Row:
    """An alert as lists show it."""
    return Row(
        path=view.url(f"/outbox/{alert.id}"),
        number=alert.id,
        meeting=f"M{alert.meeting_id}" if alert.meeting_id else "–",
        meeting_path=view.url(f"/meetings/{alert.meeting_id}") if alert.meeting_id else None,
        kind=_kind(alert, view),
        recipient=line(shown_recipient(alert.recipient)),
        watches=line(", ".join(alert.watch_names)),
        state=view.words(f"alert_state.{alert.state}"),
        tone=_TONES.get(alert.state, ""),
        answer=_answer(alert),
        when=_when(alert, view),
    )


def _kind(alert: Alert, view: View) -> str:
    """ "first", "update 2", "digest 2024-10-04"."""
    which = {AlertKind.UPDATE: alert.revision, AlertKind.DIGEST: alert.content.get("day")}.get(alert.kind)
    said = str(view.words(f"alert_kind.{alert.kind}"))
    return said if which is None else line(f"{said} {which}")


def _answer(alert: Alert) -> str:
    return line(" ".join(str(part) for part in (alert.answer_code, alert.answer) if part))


def _when(alert: Alert, view: View) -> str:
    """When it left, or what it waits for."""
    words = view.words
    if alert.sent_at is not None:
        return view.moment(alert.sent_at)
    if alert.digest_id is not None:
        return words("outbox.in_digest", number=alert.digest_id).striptags()
    if alert.next_try is not None:
        return words("outbox.next_try", time=view.moment(alert.next_try)).striptags()
    return words("outbox.waits_for_digest") if alert.state is AlertState.OWED else ""


# --- a test message ---------------------------------------------------------------------------------------------------


@router.get("/outbox/test")
def ask_test(view: Viewed) -> HTMLResponse:
    """To whom a test message is to go."""
    return _test_page(view)


@router.post("/outbox/test")
def test(view: Viewed, fields: Form) -> Response:
    """Send it, and say what was answered."""
    address, channel = fields.get("address", "").strip()[:4000], fields.get("channel", "email")
    if channel not in CHANNELS or not address:
        return _test_page(view, address, channel, fault=str(view.words("outbox.no_address")), status=400)
    try:
        accepted = send_test(view.site.config, channel, address, now=view.site.now())
    except (ChannelError, ConfigError) as error:
        return _test_page(view, address, channel, fault=str(error), status=400)
    answer = " ".join(str(part) for part in (accepted.code, accepted.text) if part is not None)
    said = view.words("outbox.test_accepted", to=shown_recipient(address), answer=answer)
    return _test_page(view, done=said)


def _test_page(
    view: View, address: str = "", channel: str = "email", *, fault: str = "", done: str = "", status: int = 200
) -> HTMLResponse:
    return view.page(
        "test_message",
        title=view.words("outbox.test"),
        here="outbox",
        status=status,
        channels=list(CHANNELS),
        channel=channel,
        address=address,
        fault=line(fault),
        done=done,
    )


# --- one alert --------------------------------------------------------------------------------------------------------


@router.get("/outbox/{number}")
def alert(view: Viewed, number: Number, done: str = "") -> HTMLResponse:
    """One alert: its fate, and its message as it would be written now; of one that is withheld, why."""
    found = _known(view, number)
    message, fault = _message(view, found)
    return view.page(
        "alert",
        title=view.words("outbox.one", number=number).striptags(),
        here="outbox",
        done=done == "retry",
        row=row_of(found, view),
        facts=list(_facts(found, view)),
        changes=[_change(change.fact, change.before, change.after, view) for change in found.changes],
        message=message,
        text=body_text(message.text)[:_LONGEST_TEXT] if message else "",
        subject=line(message.subject) if message else "",
        fault=fault,
        may_retry=found.state in RETRIABLE and found.digest_id is None,
        number=number,
    )


def _known(view: View, number: int) -> Alert:
    with view.site.database.read() as connection:
        found = get_alert(connection, number)
    if found is None:
        raise HTTPException(404)
    return found


def _message(view: View, alert: Alert) -> tuple[Preview | None, str]:
    """What it says, if it says anything, and how that text is to what left; else why there is none.

    Who may only read is not shown it: whoever has its links can stop alerts by them.
    """
    if not view.may_change:
        return None, view.words("outbox.not_yours")
    site = view.site
    try:
        message = preview(site.database, site.config, alert, names=site.names, now=site.now())
    except ChannelError as error:
        return None, view.words("outbox.no_message", why=str(error))
    if message is None:
        return None, view.words("outbox.withheld")
    left = "left" if alert.sent_at else "perhaps_left" if may_have_left(alert) else "not_left"
    return message, view.words(f"as_written.{left}")


def _facts(alert: Alert, view: View) -> Iterator[tuple[str, str]]:
    """What is known of it beside what lists show, each with the name of what it is."""
    yield "channel", alert.channel
    if alert.matched or alert.kind is AlertKind.FIRST:
        yield "because", because(alert.matched, view)
    if alert.kind is AlertKind.DIGEST:
        yield "holds", view.saying.words.count("alert", int(alert.content.get("count", 0)))
    yield "created", view.moment(alert.created_at)
    yield "attempts", str(alert.attempts)
    if alert.doubts:
        yield "doubts", str(alert.doubts)
    yield "message_id", line(alert.message_id)


def _change(fact: str, before: str | None, after: str | None, view: View) -> str:
    """ "When: 4 Oct 2024 → 5 Oct 2024"."""
    said = (view.saying.told(fact, value) if value else "–" for value in (before, after))
    return f"{view.saying.words.fact.get(fact, line(fact))}: {' → '.join(said)}"


# --- what may be done -------------------------------------------------------------------------------------------------


@router.post("/outbox/retry")
def retry_all(view: Viewed, _fields: Form) -> RedirectResponse:
    """Every alert that was not accepted is due now."""
    with view.site.database.write() as connection:
        count = retry(connection, None, view.site.now())
    return view.see("/outbox", done=count)


@router.post("/outbox/{number}/retry")
def retry_one(view: Viewed, number: Number, _fields: Form) -> RedirectResponse:
    """It is due now, if it waits at all."""
    _known(view, number)
    with view.site.database.write() as connection:
        count = retry(connection, [number], view.site.now())
    return view.see(f"/outbox/{number}", done="retry" if count else None)
