"""`readout show`: all that is known of one meeting, for people and for machines.

It must not change anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from readout.cli.page import fact_rows, fact_text
from readout.cli.session import Session, session_of, shown
from readout.error import ConfigError
from readout.meetings.agreement import Support
from readout.meetings.timeline import Appearance, Stage, Timeline, outlet
from readout.model import Judgement, Meeting, Telling, Verdict
from readout.numbering import stored_number
from readout.plainly import days, heading, place, published, what
from readout.record import plain_value, report_row

if TYPE_CHECKING:
    from readout.dossier import Dossier
    from readout.storage.related import Related
    from readout.storage.rulings import Ruling

# More spellings of one name, and more outlets that differ alike, tell nothing new.
_MOST_SPELLINGS = 6
_MOST_OUTLETS = 3
_PLACED = {Verdict.SAME: "under", Verdict.UNSURE: "perhaps", Verdict.DIFFERENT: "not"}
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)


def register(app: typer.Typer) -> None:
    """Add this module's command."""
    app.command("show")(show)


def show(context: typer.Context, number: Annotated[str, typer.Argument(metavar="MEETING")]) -> None:
    """One meeting: its facts and who supports them, its people, how word of it spread, and why its reports are one."""
    session = session_of(context)
    asked, dossier = _dossier(session, number)
    if session.as_json:
        from readout.exports.dossier import dossier_row

        session.print_json(dossier_row(dossier))
        return
    _print_head(session, asked, dossier)
    _print_facts(session, dossier)
    _print_reports(session, dossier)
    if dossier.changes:
        session.console.print()
        session.print_table(("changed", "fact", "before", "after", "by"), _change_cells(dossier), empty="")


def _dossier(session: Session, number: str) -> tuple[int, Dossier]:
    from readout.dossier import open_dossier

    wanted = stored_number(number, prefix="M")
    if wanted is not None:
        with session.database() as database, database.read() as connection:
            if dossier := open_dossier(connection, wanted):
                return wanted, dossier
    raise ConfigError([f"there is no meeting {number!r}; `readout meetings` names them"])


# --- the meeting ----------------------------------------------------------------------------------------------------


def _print_head(session: Session, asked: int, dossier: Dossier) -> None:
    """What it is, where it stands in its life, and the meetings around it."""
    meeting = dossier.meeting
    say = session.console.print
    if asked != meeting.id:
        say(f"M{asked} was merged into M{meeting.id}")
    say(shown(f"M{meeting.id} · {heading(meeting)}"), style="bold")
    say()
    session.print_table(("", ""), _around(meeting, dossier), empty="")
    say()


def _around(meeting: Meeting, dossier: Dossier) -> Iterator[tuple[str, str]]:
    yield "status", meeting.report.status.value + (", reported late" if meeting.late else "")
    if dossier.timeline.stages:
        yield "told as", ", then ".join(map(_stage, dossier.timeline.stages))
    for other in dossier.perhaps:
        yield "perhaps the same as", _named(other)
    if dossier.merged:
        yield "merged into it", ", ".join(f"M{other}" for other in dossier.merged)
    if dossier.whole:
        yield "part of", _named(dossier.whole)
    for part in dossier.parts:
        yield "has as a part", _named(part)
    for ruling in dossier.rulings:
        yield f"ruling {ruling.id}", _ruled(ruling)
    for label, session in (("session before", dossier.before), ("session after", dossier.after)):
        if session:
            yield label, _sitting(session)


def _ruled(ruling: Ruling) -> str:
    """What a person ruled, and why; also why it was taken back."""
    words = {
        "merge": f"M{ruling.other_id} is M{ruling.meeting_id}",
        "split": f"a report of M{ruling.meeting_id} is of M{ruling.other_id}",
        "differ": f"M{ruling.meeting_id} is not M{ruling.other_id}",
        "correct": f"{ruling.fact} set by hand",
    }
    undone = f"; taken back: {ruling.undone_why}" if ruling.undone_at else ""
    return f"{words[ruling.kind]}: {ruling.reason}{undone}"


def _stage(stage: Stage) -> str:
    return f"{stage.status} {published(stage.telling)} ({outlet(stage.telling)})"


def _named(other: Related) -> str:
    return _listed(f"M{other.meeting_id}", what(other.report), place(other.report), days(other.report))


def _sitting(other: Related) -> str:
    """Another session of the same body, which need not be named again."""
    number = other.report.session_number
    session = f"session {number.value}" if number else ""
    return _listed(f"M{other.meeting_id}", session, place(other.report), days(other.report))


def _listed(*words: str) -> str:
    return ", ".join(word for word in words if word)


def _print_facts(session: Session, dossier: Dossier) -> None:
    meeting = dossier.meeting
    rows = zip(fact_rows(report_row(meeting.report)), dossier.agreement, strict=True)
    told = [(row, support) for row, support in rows if support.fact != "participants"]
    people = [support for support in dossier.agreement if support.fact == "participants"]
    session.print_table(("fact", "value", "read from", "reports"), _fact_cells(told), empty="no facts")
    if people:
        session.console.print()
        session.print_table(("who", "office", "of", "reports"), map(_person_cells, people), empty="")


def _fact_cells(told: Iterable[tuple[tuple[str, str, str], Support]]) -> Iterator[tuple[object, ...]]:
    """Each fact with its values; the name of a list stands before the first of them."""
    before = ""
    for (name, value, words), support in told:
        yield name if name != before else "", _spelt(value, support), words, _in_words(support)
        before = name


def _person_cells(support: Support) -> tuple[object, ...]:
    person = support.value
    return _spelt(person.name, support), person.role or "", person.country or "", _in_words(support)


def _spelt(name: str, support: Support) -> str:
    """A name with its other spellings."""
    others = [spelling for spelling in support.spellings if spelling != name]
    return f"{name} ({_some(others, _MOST_SPELLINGS)})" if others else name


def _some(names: Sequence[str], most: int) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def _in_words(support: Support) -> str:
    """How many reports support a value, how many of them official ones, and whose differ."""
    count = len(support.supports) + len(support.omits) + len(support.contradicts)
    differing: dict[str, dict[str, None]] = {}
    for each in support.contradicts:
        differing.setdefault(fact_text(plain_value(each.value)), {})[outlet(each.telling)] = None
    differs = "; ".join(f"{value} ({_some(list(outlets), _MOST_OUTLETS)})" for value, outlets in differing.items())
    official = sum(telling.official for telling in support.supports)
    said = f"{len(support.supports)} of {count}" + (f", {official} official" if official else "")
    return f"{said}; differs: {differs}" if differs else said


# --- its reports ----------------------------------------------------------------------------------------------------


def _print_reports(session: Session, dossier: Dossier) -> None:
    """When each came out, then where it is found and why it stands here."""
    from rich.padding import Padding
    from rich.text import Text

    say = session.console.print
    say()
    say(_spread(dossier.timeline), style="bold")
    cells = map(_appearance_cells, dossier.timeline.appearances)
    session.print_table(("report", "published", "after", "by", "in", ""), cells, empty="–")
    for telling in (appearance.telling for appearance in dossier.timeline.appearances):
        say()
        say(Text(shown(f"{telling.article_key} · {telling.title or 'without a title'}")))
        # on one line, so that a terminal lets it be opened
        say(Text("  " + shown(telling.url)), soft_wrap=True)
        for judgement in dossier.judgements[telling.report_id]:
            say(Padding(Text(shown(_judged(judgement))), (0, 0, 0, 2)))


def _spread(timeline: Timeline) -> str:
    """How many told of it, in how many languages, within which time."""
    told = (
        _counted(len(timeline.appearances), "report"),
        f"by {_counted(len(timeline.outlets), 'outlet')}",
        f"in {_counted(len(timeline.languages), 'language')}",
    )
    last = timeline.last
    within = f" within {_duration(last.after, by_day=last.by_day)}" if last and last.after else ""
    return " ".join(told) + within


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _appearance_cells(appearance: Appearance) -> tuple[object, ...]:
    telling = appearance.telling
    marks = ", ".join(_marks(telling))
    return telling.article_key, published(telling), _after(appearance), outlet(telling), telling.language, marks


def _after(appearance: Appearance) -> str:
    """How long after the first report, as exactly as the pages say."""
    if appearance.after is None:
        return "unknown"
    return f"+{_duration(appearance.after, by_day=appearance.by_day)}"


def _duration(time: timedelta, *, by_day: bool) -> str:
    if by_day:
        return _counted(time.days, "day")
    if time < _HOUR:
        return f"{time // timedelta(minutes=1)} min"
    if time < 2 * _DAY:
        return f"{time // _HOUR} h {time % _HOUR // timedelta(minutes=1)} min"
    return f"{time.days} d {time % _DAY // _HOUR} h"


def _marks(telling: Telling) -> Iterator[str]:
    if telling.official:
        yield "official"
    if telling.duplicate_of:
        yield f"reprint of {telling.duplicate_of}"
    if telling.credit:
        yield f"citing {telling.credit}"
    if telling.version > 1:
        yield f"version {telling.version}"
    if telling.gone_at:
        yield f"gone since {shown(telling.gone_at)}"


def _judged(judgement: Judgement) -> str:
    by = "" if judgement.by == "rule" else f", says a {judgement.by}"
    reasons = "; ".join(judgement.reasons) or "no reason given"
    return f"{_PLACED[judgement.verdict]} M{judgement.meeting_id}{by}: {reasons}"


def _change_cells(dossier: Dossier) -> Iterator[tuple[object, ...]]:
    for noted in dossier.changes:
        change = noted.change
        yield noted.at, change.fact.replace("_", " "), change.before, change.after, noted.article_key or "a person"
