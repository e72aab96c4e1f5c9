"""Which further meetings a page tells of beside its main one: another body's in the same place, the next session.

It must not take a second telling of one meeting, or a meeting only remembered, for another meeting.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta

from readout.meetings.lexicon import Lexicon
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
    for naming, body in _tellings(found[1:], main.body, lexicon):
        if len(told) > _MOST:
            break
        outline = outline_of(naming, body)
        if not _is_only_spoken_of(naming, outline) and all(_is_another(outline, known) for known in told):
            told.append(in_full(naming, outline))
    return tuple(told[1:])


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
    for naming in found[:_MOST_NAMINGS]:
        if naming.weight < _TELLS or not naming.says("status") or (body := own_body(naming, lexicon)) is None:
            continue
        most = _MOST_OF_ONE if main and main.value.id == body.value.id else 1
        heard[body.value.id] = heard.get(body.value.id, 0) + 1
        if heard[body.value.id] <= most:
            yield naming, body


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
