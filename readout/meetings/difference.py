"""What changed of a meeting between two states of its facts, in plain words, and what of that is worth telling.

It must not weigh who said what: it is handed the best-supported facts of before and after.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from readout.meetings.person import name_words, same_person
from readout.model import BodyName, Fact, Participant, Report
from readout.watching import Change


def differences(before: Report, after: Report) -> tuple[Change, ...]:
    """The facts that readers go by and that differ: ``status``, ``days``, ``body``, ``session_number``, ``city``,
    ``country``, ``received_by``, and a ``participants`` for everybody who came, went or took another's place.

    Another spelling of a person's name is no change, nor is another wording of a body that the registry knows.
    """
    return (
        *_differing("status", before.status.value.value, after.status.value.value),
        *_differing("days", days_in_words(before), days_in_words(after)),
        *_body(before.body, after.body),
        *_differing("session_number", _plain(before.session_number), _plain(after.session_number)),
        *_differing("city", _plain(before.city), _plain(after.city)),
        *_differing("country", _plain(before.country), _plain(after.country)),
        *_receiver(_plain(before.received_by), _plain(after.received_by)),
        *_people(before, after),
    )


def worth_telling(changes: Iterable[Change], before: Report, after: Report) -> tuple[Change, ...]:
    """Those of `changes` from `before` to `after` that somebody who was told of the meeting must hear.

    That is whatever was told and is now said otherwise, a replaced name among it, and what was not known before, but
    for further names: every outlet lists others. What a body that the registry lacks is called may be a matter of
    language.
    """
    bodies_are_known = all(report.body and report.body.value.id for report in (before, after))
    return tuple(
        change
        for change in changes
        if change.after is not None
        and (change.before is not None or change.fact != "participants")
        and (change.fact != "body" or change.before is None or bodies_are_known)
    )


def joined(earlier: Sequence[Change], later: Iterable[Change]) -> tuple[Change, ...]:
    """`earlier` and `later` changes as one step: what goes on is one change, what is as it was before is none."""
    steps = list(earlier)
    for change in later:
        at = next((i for i, step in enumerate(steps) if goes_on(step, change)), None)
        if at is None:
            steps.append(change)
        else:
            steps[at] = Change(fact=change.fact, before=steps[at].before, after=change.after)
    return tuple(step for step in steps if step.before != step.after)


def goes_on(step: Change, change: Change) -> bool:
    """Whether `change` begins where `step` ended. Of people none follows on one who went."""
    is_one_value = change.fact != "participants" or change.before is not None
    return step.fact == change.fact and step.after == change.before and is_one_value


def days_in_words(report: Report) -> str | None:
    """ "2024-10-04", "2024-10-04 to 2024-10-05", "until 2024-10-05", "10-04, no year said"; None for no day at all."""
    if report.date_partial is not None and report.start_date is None and report.end_date is None:
        return " to ".join(report.date_partial.value.split("/")) + ", no year said"
    first, last = _plain(report.start_date), _plain(report.end_date)
    if first is None:
        return last and f"until {last}"
    return first if last in (None, first) else f"{first} to {last}"


def _differing(fact: str, before: str | None, after: str | None) -> Iterator[Change]:
    if before != after:
        yield Change(fact=fact, before=before, after=after)


def _plain(fact: Fact[Any] | None) -> str | None:
    return None if fact is None else str(fact.value)


def _body(before: Fact[BodyName] | None, after: Fact[BodyName] | None) -> Iterator[Change]:
    if before and after and _is_same_body(before.value, after.value):
        return
    yield from _differing("body", before.value.name if before else None, after.value.name if after else None)


def _is_same_body(one: BodyName, other: BodyName) -> bool:
    known = one.id is not None and one.id == other.id
    return known or one.name.casefold() == other.name.casefold()


def _receiver(before: str | None, after: str | None) -> Iterator[Change]:
    if not (before and after and same_person(before, after)):
        yield from _differing("received_by", before, after)


# --- people ---------------------------------------------------------------------------------------------------------


def _people(before: Report, after: Report) -> Iterator[Change]:
    gone, come = _missing(before, after), _missing(after, before)
    for person in gone:
        successor = next((other for other in come if _takes_the_place(person, other)), None)
        if successor is None and len(gone) == len(come) == 1:
            successor = come[0]
        if successor is not None:
            come = [other for other in come if other is not successor]
        yield Change(fact="participants", before=_name(person), after=_name(successor) if successor else None)
    for person in come:
        yield Change(fact="participants", before=None, after=_name(person))


def _missing(here: Report, there: Report) -> list[Participant]:
    """Who is named `here`, and `there` neither as taking part nor as the receiver."""
    names = [fact.value.name for fact in there.participants] + ([there.received_by.value] if there.received_by else [])
    named = (fact.value for fact in here.participants)
    return [person for person in named if not any(same_person(person.name, name) for name in names)]


def _takes_the_place(gone: Participant, come: Participant) -> bool:
    """Whether one can be the other corrected: the same office of the same state, or a name that shares a word."""
    if gone.role and come.role and gone.role.casefold() == come.role.casefold() and gone.country == come.country:
        return True
    shared = set(name_words(gone.name)) & set(name_words(come.name))
    return any(len(word) > 1 for word in shared)


def _name(person: Participant) -> str:
    return person.name_latin or person.name
