"""`readout alerts`: the outbox as a ledger, and a hand to move it.

It must not compose a message: the outbox does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from readout.cli.session import Session, now, one_of, session_of, shown, shown_line
from readout.cli.watch import because
from readout.error import ChannelError, ConfigError, ReadoutError
from readout.exports.alert import alert_row
from readout.model import Alert, AlertKind, AlertState
from readout.numbering import LARGEST_NUMBER, stored_number
from readout.recipient import shown_recipient
from readout.watching import Change

if TYPE_CHECKING:
    from readout.channels import Preview
    from readout.config import Config
    from readout.storage.database import Database


_WAITS = "waits for its digest"


def register(app: typer.Typer) -> None:
    """Add this module's commands; without one, the ledger is listed."""
    app.callback(invoke_without_command=True, no_args_is_help=False)(_group)
    app.command("list")(list_alerts)
    app.command("show")(show)
    app.command("send")(send)
    app.command("retry")(retry)
    app.command("test")(try_out)


def _group(context: typer.Context) -> None:
    """The outbox: what is owed, what arrived."""
    if context.invoked_subcommand is None:
        list_alerts(context)


def list_alerts(
    context: typer.Context,
    state: Annotated[
        list[AlertState] | None, typer.Option(help="Only these; may be repeated.", parser=one_of(AlertState))
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=LARGEST_NUMBER, help="How many, newest first.")] = 100,
) -> None:
    """The ledger, newest first: owed, accepted (code, time), doubtful, failed, suppressed or withdrawn and why."""
    from readout.storage.alerts import list_alerts as stored

    session = session_of(context)
    with session.database() as database, database.read() as connection:
        alerts = stored(connection, states=state or (), limit=limit)
    if session.as_json:
        session.print_json([alert_row(alert) for alert in alerts])
        return
    rows = (
        (
            alert.id,
            f"M{alert.meeting_id}" if alert.meeting_id else "–",
            _kind(alert),
            shown_recipient(alert.recipient),
            ", ".join(alert.watch_names),
            alert.state,
            _fate(alert),
        )
        for alert in alerts
    )
    columns = ("id", "meeting", "kind", "to", "watch", "state", "")
    session.print_table(columns, rows, empty="nothing is or was owed")


def _kind(alert: Alert) -> str:
    """ "first", "update 2", "digest 2024-10-04"."""
    which = {AlertKind.UPDATE: alert.revision, AlertKind.DIGEST: alert.content.get("day")}.get(alert.kind)
    return str(alert.kind) if which is None else f"{alert.kind} {which}"


def _fate(alert: Alert) -> str:
    """What became of it, in a line."""
    said = " ".join(str(part) for part in (alert.answer_code, alert.answer) if part)
    if alert.state is AlertState.ACCEPTED:
        said = f"{shown(alert.sent_at)}: {said}"
    return "; ".join(part for part in (said, _waits(alert)) if part)


def _waits(alert: Alert) -> str:
    """What it waits for, or how it left."""
    if alert.digest_id is not None:
        return f"in digest {alert.digest_id}"
    if alert.next_try is not None:
        return f"next try {shown(alert.next_try)}"
    return _WAITS if alert.state is AlertState.OWED else ""


def show(context: typer.Context, number: Annotated[str, typer.Argument(metavar="ID")]) -> None:
    """One alert: its fate, and its message as it would be written now; of one that is withheld, why."""
    from readout.storage.alerts import get_alert

    session = session_of(context)
    with session.database() as database:
        with database.read() as connection:
            wanted = stored_number(number)
            alert = None if wanted is None else get_alert(connection, wanted)
        if alert is None:
            raise ConfigError([f"there is no alert {number!r}; `readout alerts list` names them"])
        message, how = _message(session, database, alert)
    if session.as_json:
        subject, text = (message.subject, message.text) if message else (None, None)
        session.print_json({**alert_row(alert), "subject": subject, "text": text})
        return
    for name, value in _fields(alert):
        if value not in (None, ""):
            session.console.print(f"{name:>10}  {shown(value)}", soft_wrap=True)
    session.console.print(f"\n{how}", soft_wrap=True)
    if message is not None:
        _print_message(session, message)


def _message(session: Session, database: Database, alert: Alert) -> tuple[Preview | None, str]:
    """What `alert` says, if it says anything, and what that text is to what left."""
    from readout.naming import names_of
    from readout.outbox import preview

    try:
        message = preview(database, session.config, alert, names=names_of(session.sources), now=now())
    except ChannelError as error:
        return None, f"No message can be written now: {shown(str(error))}"
    if message is None:
        return None, f"Nothing of it leaves, it is {alert.state}: {shown(alert.answer)}"
    return message, _about_text(alert)


def _about_text(alert: Alert) -> str:
    """How a text that is written now stands to what left."""
    from readout.owing import may_have_left

    digest = "" if alert.digest_id is None else f" in digest {alert.digest_id}"
    alone = " by itself" if digest or _waits(alert) == _WAITS else ""
    fate = "it has not left"
    if alert.sent_at is not None:
        fate = f"it left{digest} at {shown(alert.sent_at)} UTC, and may have read otherwise"
    elif may_have_left(alert):
        fate = f"it may have left{digest}, and may have read otherwise"
    return f"As it would be written now{alone}; {fate}:"


def _print_message(session: Session, message: Preview) -> None:
    session.console.print(f"\n{shown(message.subject)}\n", style="bold", soft_wrap=True)
    for line in message.text.splitlines():
        session.console.print(shown_line(line), soft_wrap=True)


def _fields(alert: Alert) -> Iterator[tuple[str, object]]:
    """What is known of an alert, for people; what is not, is None or empty."""
    yield "id", alert.id
    yield "meeting", f"M{alert.meeting_id}" if alert.meeting_id else None
    yield "kind", _kind(alert)
    yield "to", shown_recipient(alert.recipient)
    yield "channel", alert.channel
    yield "watch", ", ".join(alert.watch_names)
    yield "because", because(alert.matched) if alert.matched or alert.kind is AlertKind.FIRST else None
    yield "changes", "; ".join(map(_in_words, alert.changes))
    yield "holds", _digest_in_words(alert) if alert.kind is AlertKind.DIGEST else None
    yield "owed since", alert.created_at
    yield "state", alert.state
    yield "sent", alert.sent_at
    yield "answer", " ".join(str(part) for part in (alert.answer_code, alert.answer) if part)
    yield "waits", _waits(alert)
    yield "attempts", alert.attempts
    yield "in doubt", alert.doubts or None
    yield "message id", alert.message_id


def _digest_in_words(alert: Alert) -> str:
    """ "7 alerts; 41 of 43 sources checked, 2 down"."""
    content = alert.content
    count, coverage = content.get("count", 0), content.get("coverage")
    parts = [f"{count} alert{'' if count == 1 else 's'}"]
    if "limit" in content:
        parts.append(f"held back by the limit of {content['limit']} an hour")
    if coverage:
        down = len(coverage.get("down", ()))
        parts.append(f"{coverage['checked']} of {coverage['sources']} sources checked, {down} down")
    return "; ".join(parts)


def _in_words(change: Change) -> str:
    """ "days: 2024-10-04 → 2024-10-05"."""
    return f"{change.fact.replace('_', ' ')}: {shown(change.before)} → {shown(change.after)}"


def send(context: typer.Context) -> None:
    """Deliver what is owed and due now; exit 1 if some of it was not accepted."""
    session = session_of(context)
    session.check_sources()
    with session.database(writes=True) as database:
        told = deliver_now(session, database)
    raise typer.Exit(0 if told else 1)


def deliver_now(session: Session, database: Database, *, is_over: Callable[[], bool] = lambda: False) -> bool:
    """Whether all that was due was accepted; what came of it is said on standard error, with the server's answer.

    When `is_over` says so, no more are begun. First it owes what the operator is to be told: where cron crawls and
    sends, nobody else does.
    """
    from readout.naming import names_of
    from readout.notices import tell_operator
    from readout.outbox import deliver

    tell_operator(database, session.config.mail.operator, session.sources, now=now())
    delivered = deliver(database, session.config, names=names_of(session.sources), now=now, is_over=is_over)
    typer.echo(delivered.in_words(), err=True)
    if delivered.not_accepted:
        answer = delivered.answer or "none"
        typer.echo(f"readout: alerts that were due were not accepted; last answer: {shown(answer)}", err=True)
    return not delivered.not_accepted


def retry(context: typer.Context, which: Annotated[str, typer.Argument(metavar="ID|all")]) -> None:
    """Make an alert that was not accepted due now; `all`: every one of them."""
    from readout.storage.sending import retry as make_due

    number = None if which == "all" else stored_number(which)
    if number is None and which != "all":
        raise ConfigError([f"{which}: the number of an alert belongs here, or all; `readout alerts list` names them"])
    session = session_of(context)
    with session.database(writes=True) as database, database.write() as connection:
        count = make_due(connection, None if number is None else [number], now())
    if not count and which != "all":
        raise ReadoutError(
            f"alert {which} is not waiting: it was accepted or withheld, leaves in a digest, or does not exist"
        )
    typer.echo(f"{count} due now; `readout alerts send` sends them at once")


def try_out(
    context: typer.Context,
    address: Annotated[str, typer.Argument(help="An e-mail address, a URL, or the name of a target.")],
    channel: Annotated[str, typer.Option(help="How it leaves.")] = "email",
) -> None:
    """Send a test message."""
    from readout.channels import CHANNELS
    from readout.watches.vocabulary import some

    if channel not in CHANNELS:
        raise ConfigError([f"--channel {shown(channel)}: not known; known are {some(CHANNELS)}"])
    tell_test(session_of(context).config, channel, address)


def tell_test(config: Config, channel: str, address: str) -> None:
    """Send a test message and say what was answered. Raises ChannelError when it was not accepted, and ConfigError
    when nobody can be told at `address`."""
    from readout.outbox import send_test

    accepted = send_test(config, channel, address, now=now())
    answer = " ".join(str(part) for part in (accepted.code, accepted.text) if part is not None)
    typer.echo(shown(f"a test message for {shown_recipient(address)} was accepted: {answer}"))
