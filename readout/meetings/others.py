"""Which further meetings a page tells of beside its main one: another body's in the same place, the next session, the
session at which the next one was announced.

It must not take a second telling of one meeting, or a meeting only remembered, for another meeting.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import islice

from readout.meetings.announced import announced_at
from readout.meetings.lexicon import Lexicon
from readout.meetings.listed import listed_bodies
from readout.meetings.signals import Naming
from readout.meetings.subject import own_body
from readout.model import BodyName, Fact, Report, Status

# What a sentence must come to before it tells of a meeting of its own.
_TELLS = 3.0
_MOST = 4
# Namings looked at; a page names its meeting in every second sentence.
_MOST_NAMINGS = 40
_MOST_OF_ONE = 4
# A body that met this long before or after meets again; nearer days are a slip or a second day.
_AGAIN = timedelta(days=20)
# The next meeting of a body is announced no longer before.
_LONG_BEFORE = timedelta(days=500)

OutlineOf = Callable[[Naming, Fact[BodyName]], Report]
InFull = Callable[[Naming, Report], Report]


def other_meetings(
    found: Sequence[Naming], main: Report, lexicon: Lexicon, outline_of: OutlineOf, in_full: InFull
) -> tuple[Report, ...]:
    """The reports of the further meetings that `found` (main naming first) tells, in the order of their weight. Most
    tellings are of a meeting already told: `outline_of` says what shows that, `in_full` the rest."""
    # one meeting is told from another by their bodies
    if main.body is None or main.body.value.id is None:
        return ()
    told = [main]
    for naming, body in _tellings(found, main.body, lexicon):
        if len(told) > _MOST:
            break
        outline = _with_status(outline_of(naming, body), naming, found[0], main)
        if not _is_only_spoken_of(naming, outline) and all(_is_another(outline, known) for known in told):
            told.append(in_full(naming, outline))
    if main.status.value is Status.PLANNED and (meeting := _announced_at(found, main, lexicon, outline_of, in_full)):
        told += [meeting] if not any(_may_be(meeting, known) for known in told[1:]) else []
    return tuple(told[1:])


def _with_status(outline: Report, naming: Naming, first: Naming, main: Report) -> Report:
    """`outline` with the status of the main meeting where one verb tells of both: "пройдут заседание … и сессия"."""
    is_told = outline.status.evidence != naming.anchor
    return outline if is_told or naming.sense is not first.sense else replace(outline, status=main.status)


def _announced_at(
    found: Sequence[Naming], main: Report, lexicon: Lexicon, outline_of: OutlineOf, in_full: InFull
) -> Report | None:
    """The meeting at which that of `main` was announced as the next, as its fullest telling has it."""
    if main.body is None:
        return None
    tellings = list(islice(announced_at(found, main.body, lexicon), _MOST))
    reports = [in_full(naming, outline_of(naming, body)) for naming, body in tellings]
    return max((each for each in reports if _is_before(each, main)), key=_fullness, default=None)


def _is_before(report: Report, main: Report) -> bool:
    """Whether nothing that is said of a meeting makes it the planned one after all, or one not yet begun."""
    if report.status.value not in (Status.HELD, Status.ONGOING) or report.body is None or main.body is None:
        return False
    days = report.start_date and main.start_date and main.start_date.value - report.start_date.value
    if days and not timedelta(0) < days < _LONG_BEFORE:
        return False
    if report.body.value.id != main.body.value.id:
        return True
    if report.city and main.city and report.city.value == main.city.value and not report.start_date:
        return False
    number = main.session_number and main.session_number.value
    return number is None or report.session_number is None or report.session_number.value != number


def _fullness(report: Report) -> int:
    return sum(fact is not None for fact in (report.start_date, report.session_number, report.city))


def _may_be(report: Report, known: Report) -> bool:
    """Whether a meeting told already may be the one where something was announced."""
    return not _is_another(report, known) and known.status.value is not Status.PLANNED


def _is_only_spoken_of(naming: Naming, outline: Report) -> bool:
    """Whether a meeting held is remembered, or told without day and number: it may be this one under another name."""
    is_vague = outline.start_date is None and outline.end_date is None and outline.session_number is None
    return outline.status.value is Status.HELD and (is_vague or naming.says("background"))


def _tellings(
    found: Sequence[Naming], main: Fact[BodyName] | None, lexicon: Lexicon
) -> Iterator[tuple[Naming, Fact[BodyName]]]:
    """Namings that say what becomes of a meeting, and the body of their own that they tell of; a body is heard once
    or, the main meeting's body, where a sentence may tell of its next session, a few times."""
    heard: dict[str | None, int] = {}
    for at, naming in enumerate(found[:_MOST_NAMINGS]):
        if naming.weight < _TELLS or not naming.says("status") or (body := own_body(naming, lexicon)) is None:
            continue
        listed = listed_bodies(naming, body, lexicon)
        if at or listed:
            most = _MOST_OF_ONE if main and main.value.id == body.value.id else 1
            heard[body.value.id] = heard.get(body.value.id, 0) + 1
            if heard[body.value.id] <= most:
                yield naming, body
        yield from ((naming, other) for other in listed)


def _is_another(report: Report, known: Report) -> bool:
    """Whether the two cannot be one meeting: another body, another session, or days far apart."""
    if report.body is None or known.body is None:
        return False
    if report.body.value.id != known.body.value.id:
        return known.body.value.id is not None
    if report.session_number and known.session_number:
        return report.session_number.value != known.session_number.value
    if report.start_date is None or known.start_date is None:
        return False
    return abs(report.start_date.value - known.start_date.value) > _AGAIN
