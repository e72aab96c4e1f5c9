"""`readout review`, `merge`, `split`, `correct` and `undo`: what a person rules about meetings, with a reason.

It must not rule by itself: it reads what was typed and hands it on.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from readout.cli.session import Session, now, session_of, shown
from readout.error import ConfigError
from readout.fact_value import fact_names, fact_value
from readout.numbering import stored_number
from readout.plainly import heading

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from readout.storage.questions import Question

Meeting = Annotated[str, typer.Argument(metavar="MEETING", help="Its number, e.g. M12.")]
Reason = Annotated[str, typer.Option("--reason", "-r", help="Why, for those who read it later.")]
_BY_HAND = "by hand"


def register(app: typer.Typer) -> None:
    """Add this module's commands."""
    for command in (review, merge, split, correct, undo):
        app.command(command.__name__)(command)


def review(
    context: typer.Context,
    different: Annotated[
        tuple[str, str] | None, typer.Option(metavar="MEETING MEETING", help="Rule that these two are two meetings.")
    ] = None,
    reason: Reason = _BY_HAND,
    limit: Annotated[int, typer.Option(min=1, help="How many to list.")] = 50,
) -> None:
    """The meetings that are perhaps the same, and why; `merge` joins two of them, --different keeps them apart."""
    session = session_of(context)
    if different:
        _keep_apart(session, different, reason)
        return
    questions = _questions(session, limit)
    if session.as_json:
        session.print_json([_question_row(question) for question in questions])
        return
    for question in questions:
        session.console.print(shown(f"M{question.meeting.id} · {heading(question.meeting)}"), style="bold")
        session.console.print(shown(f"  perhaps M{question.other.id} · {heading(question.other)}"))
        session.console.print(shown(f"  {'; '.join(question.reasons)}"), soft_wrap=True)
    if not questions:
        session.console.print("nothing to review: of every report the rules are sure")


def merge(context: typer.Context, one: Meeting, other: Meeting, reason: Reason = _BY_HAND) -> None:
    """Two meetings are one: the reports of the second come under the first, for good."""
    session = session_of(context)
    numbers = _number(one), _number(other)
    meeting_id = _rule(session, lambda ruling, at: ruling.merge(at, *numbers, reason, now=now()))
    _say(session, f"M{numbers[1]} is M{meeting_id} now; `readout undo` takes it back", {"meeting": meeting_id})


def split(
    context: typer.Context,
    meeting: Meeting,
    report: Annotated[
        str, typer.Argument(metavar="REPORT", help="Its id, as `readout show` gives it, or URL; id#2: its page's 2nd.")
    ],
    reason: Reason = _BY_HAND,
) -> None:
    """A report is of another meeting: it gets one of its own, for good. Nobody is alerted."""
    session = session_of(context)
    number = _number(meeting)
    own = _rule(session, lambda ruling, at: ruling.split(at, number, report, reason, now=now()))
    _say(session, f"{report} is of M{own} now; `readout undo` takes it back", {"meeting": own, "split_from": number})


def correct(
    context: typer.Context,
    meeting: Meeting,
    fact: Annotated[str, typer.Argument(metavar="FACT", help=f"One of {', '.join(fact_names())}.")],
    value: Annotated[str, typer.Argument(metavar="VALUE", help="As `readout show` gives it; - for not known.")],
    reason: Reason = _BY_HAND,
) -> None:
    """A fact is wrong: what you say holds from now on, whatever reports say."""
    session = session_of(context)
    number, said = _number(meeting), fact_value(fact, value)
    meeting_id = _rule(session, lambda ruling, at: ruling.correct(at, number, fact, said, reason, now=now()))
    _say(session, f"M{meeting_id}: {fact} is {value}; `readout undo` takes it back", {"meeting": meeting_id})
    if fact == "city" and not session.as_json:
        _say_country(session, meeting_id)


def undo(
    context: typer.Context,
    ruling: Annotated[str | None, typer.Argument(help="Its number; else the last one.")] = None,
    reason: Reason = _BY_HAND,
) -> None:
    """Take back a merge, split, correction or --different. Mails that have left stay sent."""
    session = session_of(context)
    number = None if ruling is None else stored_number(ruling)
    if ruling is not None and number is None:
        raise ConfigError([f"{ruling!r} is no ruling: write its number, as 3; `readout show` gives those of a meeting"])
    undone = _rule(session, lambda rule, at: rule.undo(at, number, reason, now=now()))
    words = f"taken back: ruling {undone.id}, {undone.kind.value} of M{undone.meeting_id} ({undone.reason})"
    _say(session, words, {"ruling": undone.id, "kind": undone.kind.value, "meeting": undone.meeting_id})


def _say_country(session: Session, meeting_id: int) -> None:
    """A city that is corrected may be in another country, which nobody has said."""
    from readout.storage.meetings import load_meeting

    with session.database() as database, database.read() as connection:
        meeting = load_meeting(connection, meeting_id)
    if meeting and (country := meeting.report.country):
        words = f"its country stays {country.value}: if that is wrong, `readout correct M{meeting_id} country XX`"
        session.console.print(shown(words), soft_wrap=True)


def _keep_apart(session: Session, pair: tuple[str, str], reason: str) -> None:
    one, other = map(_number, pair)
    _rule(session, lambda ruling, at: ruling.differ(at, one, other, reason, now=now()))
    _say(session, f"M{one} and M{other} are two; `readout undo` takes it back", {"meetings": [one, other]})


def _rule(session: Session, act: Callable[[Any, Connection], Any]) -> Any:
    """Do as a person says, in one transaction."""
    from readout import ruling

    with session.database() as database, database.write() as connection:
        return act(ruling, connection)


def _questions(session: Session, limit: int) -> list[Question]:
    from readout.storage.questions import open_questions

    with session.database() as database, database.read() as connection:
        return open_questions(connection, limit=limit)


def _question_row(question: Question) -> dict[str, Any]:
    from readout.record import meeting_row

    return {
        "meeting": meeting_row(question.meeting),
        "perhaps": meeting_row(question.other),
        "score": question.score,
        "reasons": list(question.reasons),
    }


def _say(session: Session, words: str, row: dict[str, Any]) -> None:
    if session.as_json:
        session.print_json(row)
    else:
        session.console.print(shown(words), soft_wrap=True)


def _number(text: str) -> int:
    number = stored_number(text, prefix="M")
    if number is None:
        raise ConfigError([f"{text!r} is no meeting: write its number, as M12; `readout meetings` lists them"])
    return number
