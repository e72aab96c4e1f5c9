"""In what two accounts of an event agree or differ: one named comparator for each thing to look at.

It must not weigh what it finds: `readout.meetings.identity` does.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cached_property, lru_cache
from itertools import product
from typing import TypeVar

from readout.articles.fingerprint import ALIKE
from readout.meetings.event_days import (
    Days,
    days_between,
    days_nearest,
    days_of,
    in_words,
    is_timeless,
    possible_days,
    window,
)
from readout.meetings.person import same_person, spelled_alike
from readout.model import Fact, MeetingKind, Report, Status

_Value = TypeVar("_Value")


@dataclass(frozen=True, kw_only=True)
class Account:
    """What is told of an event, by one report or by all of a meeting together: the facts, and when it was told of.

    `told_at` holds, as far as known, when each article was published or, failing that, first seen. `put_off`: somebody
    tells that it was postponed.
    """

    report: Report
    told_at: tuple[datetime, ...] = ()
    put_off: bool = False

    @classmethod
    def of(cls, report: Report, told_at: datetime | None) -> Account:
        """What one report tells."""
        put_off = report.status.value is Status.POSTPONED
        return cls(report=report, told_at=(told_at,) if told_at else (), put_off=put_off)

    @cached_property
    def host(self) -> str | None:
        """Who receives the others."""
        return _value(self.report.received_by)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Everybody who is there, the host too."""
        people = (person.value.name_latin or person.value.name for person in self.report.participants)
        return tuple(dict.fromkeys((*people, *filter(None, [self.host]))))

    @cached_property
    def states(self) -> frozenset[str]:
        """The states that take part."""
        return frozenset(country.value for country in self.report.countries)

    @cached_property
    def is_talk(self) -> bool:
        """Whether a few talk, without a body that convenes them."""
        kind = self.report.kind.value
        return kind in _TALKS or (kind in _PERHAPS_TALKS and self.report.body is None and len(self.names) == 2)

    @property
    def is_talk_of_two(self) -> bool:
        """Whether two states talk."""
        return self.is_talk and len(self.states) == 2


class Finding(StrEnum):
    """What a comparator found."""

    AGREES = "agrees"
    NEARLY = "nearly"
    DIFFERS = "differs"
    EXCLUDES = "excludes"


Said = tuple[Finding, str] | None
"""A finding and its reason in words; None: one side does not say."""

_REPRINT = 0.9  # a line more or less; one desk's notes on two meetings were seen at 0.81
SAME_SESSION = timedelta(days=30)
"""No session is put off further, or its day told more wrongly, without being another."""
_TOLD_TOGETHER = timedelta(days=5)
# Of what nobody dates all tellings lie so near one another: from day to day many meetings of one body would make one.
_TOLD_ALTOGETHER = timedelta(days=7)
# Who talks on the telephone, or in a corridor, is told of at once, and talks again next week.
_TALKS_TOLD_TOGETHER = timedelta(days=1)
_TOLD_APART = timedelta(days=45)
_A_SESSION_HAS_STATES = 3
_OPEN_DAYS = 3  # few meetings last longer than from the day before yesterday
_NO_DAYS = (date.max, date.max)
_TALKS = frozenset({MeetingKind.BILATERAL, MeetingKind.CALL})
_PERHAPS_TALKS = frozenset({MeetingKind.RECEPTION, MeetingKind.VISIT, MeetingKind.OTHER})
_ASSEMBLIES = frozenset(
    {
        MeetingKind.SESSION,
        MeetingKind.SUMMIT,
        MeetingKind.WORKING_GROUP,
        MeetingKind.COMMITTEE,
        MeetingKind.CONFERENCE,
    }
)


def compare_bodies(one: Account, other: Account) -> Said:
    """Who convenes. Two ids of the registry are two bodies, however alike their names."""
    mine, theirs = one.report.body, other.report.body
    if mine is None or theirs is None:
        return None
    finding = which_body(one.report, other.report)
    if finding in (Finding.AGREES, Finding.NEARLY):
        return finding, f"{'same body' if finding is Finding.AGREES else 'bodies of one name'}: {mine.value.name}"
    if finding is Finding.EXCLUDES:
        return finding, f"another body: {mine.value.name}, not {theirs.value.name}"
    return None


def which_body(mine: Report, theirs: Report) -> Finding | None:
    """Whether two reports name one body; None: nobody can tell."""
    if mine.body is None or theirs.body is None:
        return None
    a, b = mine.body.value, theirs.body.value
    if a.id and b.id:
        return Finding.AGREES if a.id == b.id else Finding.EXCLUDES
    # Two states' "Joint Commission" has many namesakes; a name in another language says nothing.
    return Finding.NEARLY if _plain(a.name) == _plain(b.name) else None


def compare_sessions(one: Account, other: Account) -> Said:
    """Which session. A body does not count two sessions alike."""
    mine, theirs = _value(one.report.session_number), _value(other.report.session_number)
    if mine is None or theirs is None:
        return None
    body = which_body(one.report, other.report)
    if mine == theirs:
        # Two commissions of two states may both be at their twelfth session.
        if body is None and all(account.report.body and not account.report.body.value.id for account in (one, other)):
            return None
        return (body if body is Finding.AGREES else Finding.NEARLY), f"same session number: {mine}"
    is_slip = body is not Finding.AGREES or _is_there_and_then(one, other)
    return (Finding.DIFFERS if is_slip else Finding.EXCLUDES), f"session number {mine}, not {theirs}"


def _is_there_and_then(one: Account, other: Account) -> bool:
    """Whether both are told of in one city on the same days: a number may be a slip."""
    told = (compare(one, other) for compare in (compare_places, compare_days))  # the cheaper one first
    return all(found is not None and found[0] is Finding.AGREES for found in told)


def compare_days(one: Account, other: Account) -> Said:
    """On which days. One day apart is nearly the same: of an arrival, a second day, another zone.

    Days told without a year agree with the same days of any year; the day on which it opened, with the day soon after
    on which it closed.
    """
    if _was_put_off(one, other):
        return None
    mine, theirs = possible_days(one.report, other.report), possible_days(other.report, one.report)
    if not mine or not theirs:
        return None
    gap, here, there = min((days_between(a, b), a, b) for a, b in product(mine, theirs))
    partly = not (days_of(one.report) and days_of(other.report))
    if gap == 0 or (gap <= _OPEN_DAYS and _is_open_between(one.report, other.report)):
        return Finding.AGREES, f"same days{' of a year' if partly else ''}: {in_words(here, without_year=partly)}"
    words = f"{in_words(here, without_year=partly)}, not {in_words(there, without_year=partly)}"
    if gap > SAME_SESSION.days:
        return Finding.EXCLUDES, f"{gap} days apart: {words}"
    is_near = gap == 1 and not _are_other_matters(one.report, other.report)
    return (Finding.NEARLY if is_near else Finding.DIFFERS), f"days differ by {gap}: {words}"


def _are_other_matters(one: Report, other: Report) -> bool:
    """Whether each side names what was spoken of, and nothing of it is the other's: a council that sits every day."""
    mine, theirs = ({fact.value for fact in (*report.topics, *report.subjects)} for report in (one, other))
    return bool(mine and theirs) and not mine & theirs


def _is_open_between(one: Report, other: Report) -> bool:
    """Whether the earlier side tells the first day alone and the later one the last: what lies between is open."""
    if days_of(one) is None or days_of(other) is None:
        return False
    first, second = sorted((one, other), key=lambda report: days_of(report) or _NO_DAYS)
    return first.end_date is None and second.start_date is None


def compare_postponement(one: Account, other: Account) -> Said:
    """A day that was announced, and the day to which somebody says it was put off."""
    for announced, later in ((one, other), (other, one)):
        if days := _put_off(announced, later):
            first, second = (in_words(each, without_year=False) for each in days)
            return Finding.AGREES, f"put off: {first}, now {second}"
    return None


def _was_put_off(one: Account, other: Account) -> bool:
    return _put_off(one, other) is not None or _put_off(other, one) is not None


def _put_off(announced: Account, later: Account) -> tuple[Days, Days] | None:
    """The days that one side announces and those, within the next weeks, to which the other says it was put off."""
    days, new_days = days_of(announced.report), days_of(later.report)
    if not later.put_off or announced.report.status.value is not Status.PLANNED or not days or not new_days:
        return None
    return (days, new_days) if days[1] < new_days[0] <= window(days[1], SAME_SESSION)[1] else None


def compare_places(one: Account, other: Account) -> Said:
    """In which city, else in which country."""
    city, their_city = _value(one.report.city), _value(other.report.city)
    country, their_country = _value(one.report.country), _value(other.report.country)
    if country and their_country and country != their_country:
        return Finding.DIFFERS, f"in {country}, not {their_country}"
    if city and their_city:
        same = _plain(city) == _plain(their_city)
        return (Finding.AGREES, f"same city: {city}") if same else (Finding.DIFFERS, f"in {city}, not {their_city}")
    if country and their_country:
        return Finding.NEARLY, f"same country: {country}"
    return None


def compare_publication(one: Account, other: Account) -> Said:
    """How near in time it was told, where not both name their days."""
    if compare_days(one, other) or _was_put_off(one, other):
        return None
    for dated, undated in ((one, other), (other, one)):
        if days_of(dated.report) or dated.report.date_partial:
            return _told_beside_days(dated, undated)
    if not (one.told_at and other.told_at):
        return None
    nearest = min(abs(mine - theirs) for mine, theirs in product(one.told_at, other.told_at))
    told = (*one.told_at, *other.told_at)
    talks = one.is_talk and other.is_talk
    longest = _TALKS_TOLD_TOGETHER if talks else _TOLD_ALTOGETHER
    if nearest <= _TOLD_TOGETHER and max(told) - min(told) > longest:
        return None
    return _nearness(nearest, "published")


def _told_beside_days(dated: Account, undated: Account) -> Said:
    """One side names its days, the other only when it spoke."""
    told = [moment.date() for moment in undated.told_at]
    days = days_of(dated.report) or (days_nearest(dated.report, told[0]) if told else None)
    if days is None or not told:
        return None
    if undated.report.status.value is Status.HELD and (days[0] - max(told)).days > 1:
        return Finding.DIFFERS, f"told as held before {days[0]}"
    return _nearness(timedelta(days=min(days_between(days, (day, day)) for day in told)), "published and held")


def _nearness(gap: timedelta, what: str) -> Said:
    if gap <= _TOLD_TOGETHER:
        return Finding.AGREES, f"{what} within {_TOLD_TOGETHER.days} days"
    if gap > _TOLD_APART:
        return Finding.DIFFERS, f"{what} {gap.days} days apart"
    return None


def compare_people(one: Account, other: Account) -> Said:
    """Who took part, however they are spelled. No list is complete: only two with nobody in common differ. But whoever
    talks to two others on one day holds two talks."""
    mine, theirs = one.names, other.names
    common = _common(mine, theirs)
    if _are_other_talks(one, other):
        return Finding.EXCLUDES, f"talks with others than {', '.join(theirs)}"
    guests = [name for name in common if name not in (one.host, other.host)]
    if guests and len(common) >= 2:
        return Finding.AGREES, f"same people: {', '.join(sorted(common))}"
    if guests and min(len(mine), len(theirs)) == 1:
        return Finding.NEARLY, f"same person: {guests[0]}"
    if not common and min(len(mine), len(theirs)) >= 2:
        return Finding.DIFFERS, "nobody in common"
    return None


def _are_other_talks(one: Account, other: Account) -> bool:
    """Whether each side names two who talk, and not the same two."""
    if not (one.is_talk and other.is_talk):
        return False
    mine, theirs = one.names, other.names
    common = len(_common(mine, theirs))
    return min(len(mine), len(theirs)) >= 2 and common < len(mine) and common < len(theirs)


def compare_timeless(one: Account, other: Account) -> Said:
    """One side does not say when at all: the same people at one body's table, in no other place, tell the time, since
    offices change hands."""
    timeless = (is_timeless(account.report, *account.told_at) for account in (one, other))
    if not any(timeless) or which_body(one.report, other.report) is not Finding.AGREES:
        return None
    people, place = compare_people(one, other), compare_places(one, other)
    if people is None or people[0] is not Finding.AGREES or (place and place[0] is Finding.DIFFERS):
        return None
    return Finding.AGREES, "the same people at the table of one body, told without a date"


def compare_countries(one: Account, other: Account) -> Said:
    """Which states took part, where both sides name two or more; where two talk, both and no third."""
    mine, theirs = one.states, other.states
    talks = one.is_talk_of_two or other.is_talk_of_two
    if min(len(mine), len(theirs)) < 2 or (mine & theirs and not talks and mine != theirs):
        return None
    if mine == theirs:
        return Finding.AGREES, f"same states: {', '.join(sorted(mine))}"
    return Finding.DIFFERS, f"states {', '.join(sorted(mine))}, not {', '.join(sorted(theirs))}"


def compare_kinds(one: Account, other: Account) -> Said:
    """What sort of meeting. Who telephones does not meet, and two who talk beside a session are not the session; the
    rest are matters of wording."""
    mine, theirs = one.report.kind.value, other.report.kind.value
    if mine == theirs:
        return Finding.AGREES, f"both a {mine.replace('_', ' ')}"
    beside = _is_talk_beside(one.report, other.report) or _is_talk_beside(other.report, one.report)
    if beside or MeetingKind.CALL in (mine, theirs):
        return Finding.DIFFERS, f"a {mine.replace('_', ' ')}, not a {theirs.replace('_', ' ')}"
    return None


def _is_talk_beside(talk: Report, session: Report) -> bool:
    """Whether `talk` is of two, without a body, and `session` the meeting of a body of many states."""
    of_two = talk.kind.value in _TALKS and talk.body is None
    of_many = (
        session.body is not None
        and session.body.value.id is not None
        and len(session.countries) >= _A_SESSION_HAS_STATES
    )
    return of_two and of_many and session.kind.value in _ASSEMBLIES


def compare_receptions(one: Account, other: Account) -> Said:
    """A head of state receiving the delegates is part of their session, though the page may not name the body."""
    pair = (one.report, other.report)
    receives = any(report.kind.value is MeetingKind.RECEPTION for report in pair)
    assembles = any(report.kind.value in _ASSEMBLIES for report in pair)
    if not (receives and assembles) or (one.host and other.host and not same_person(one.host, other.host)):
        return None
    return Finding.AGREES, "a reception of the participants"


def compare_texts(likeness: float) -> Said:
    """Whether one text is a version of the other: their `likeness`, 0..1."""
    if likeness < ALIKE:
        return None
    return (Finding.AGREES if likeness >= _REPRINT else Finding.NEARLY), f"the texts are alike to {likeness:.0%}"


COMPARATORS: Mapping[str, Callable[[Account, Account], Said]] = {
    "body": compare_bodies,
    "session": compare_sessions,
    "days": compare_days,
    "postponement": compare_postponement,
    "place": compare_places,
    "publication": compare_publication,
    "people": compare_people,
    "timeless": compare_timeless,
    "countries": compare_countries,
    "kind": compare_kinds,
    "reception": compare_receptions,
}


# --- values ---------------------------------------------------------------------------------------------------------


def _common(mine: tuple[str, ...], theirs: tuple[str, ...]) -> list[str]:
    """Those of `mine` who are among `theirs`."""
    exactly = set(theirs)
    return [name for name in mine if name in exactly or any(_may_be_one(name, each) for each in theirs)]


@lru_cache(maxsize=16_384)
def _may_be_one(name: str, other: str) -> bool:
    """Among those who sit at one table, names spelled much alike are one person's."""
    return same_person(name, other) or spelled_alike(name, other)


def _value(fact: Fact[_Value] | None) -> _Value | None:
    return None if fact is None else fact.value


@lru_cache(maxsize=4096)
def _plain(name: str) -> str:
    """Letters alone, without case and accents."""
    letters = unicodedata.normalize("NFKD", name).casefold()
    kept = "".join(c if c.isalnum() else " " for c in letters if not unicodedata.combining(c))
    return " ".join(kept.split())
