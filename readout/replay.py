"""Runs the rules again over what is stored, after they have changed: what is read of each article, and what belongs
together.

It must not fetch or alert, and changes nothing that a person has ruled.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection

from readout import handover
from readout.articles.fingerprint import ALIKE
from readout.finding import Reading
from readout.judging import Told, likeness_of, neighbourhood, place_reports
from readout.meetings.identity import identify
from readout.meetings.retelling import retold
from readout.model import Article, OutcomeKind
from readout.standing import Moment, rearrange, refresh
from readout.storage import articles, reports
from readout.storage.articles import TELLS, StoredArticle
from readout.storage.candidates import account_of, candidates
from readout.storage.database import Database
from readout.storage.emptied import emptied, remove
from readout.storage.meetings import gone_into, standing_meetings
from readout.storage.members import members_of
from readout.storage.reports import Place
from readout.update import note_forgotten

_A_BATCH = 100
_READ = TELLS | {OutcomeKind.NOT_A_REPORT}

Clock = Callable[[], datetime]
Progress = Callable[[int, int], None]
"""Is told how many of how many are done."""


@dataclass(slots=True)
class Replayed:
    """What came of it: reports added and lost, those that moved from one meeting to another, meetings that went into
    others, and meetings that nobody tells of any more. A report is named by its article and its place there. `shed`:
    articles that could not be read again, their texts having been let go."""

    articles: int = 0
    shed: int = 0
    added: list[Place] = field(default_factory=list)
    lost: list[Place] = field(default_factory=list)
    moved: list[tuple[Place, int, int]] = field(default_factory=list)
    merged: dict[int, int] = field(default_factory=dict)
    removed: list[int] = field(default_factory=list)


def replay(
    database: Database, read: Callable[[Article], Reading], *, now: Clock, note: Progress = lambda *_: None
) -> Replayed:
    """Read every stored article again by `read`, and put what it tells under its meetings; nobody hears of it.

    Committed a batch at a time: where it is broken off, it is run again.
    """
    done = Replayed()
    with database.read() as connection:
        before, stood = reports.places(connection), standing_meetings(connection)
    _read_again(database, read, done, now, note)
    _arrange_again(database, done, now, note)
    with database.read() as connection:
        after, gone = reports.places(connection), gone_into(connection)
    done.merged = {former: gone[former] for former in stood if former in gone}
    done.added = sorted(after[each][0] for each in after.keys() - before.keys())
    done.lost = sorted(before[each][0] for each in before.keys() - after.keys())
    done.moved = sorted(_moved(before, after, done.merged))
    return done


_Places = Mapping[int, tuple[Place, int]]


def _moved(before: _Places, after: _Places, merged: Mapping[int, int]) -> Iterator[tuple[Place, int, int]]:
    """The reports that stand under another meeting, but for those that only went with theirs."""
    for report_id in before.keys() & after.keys():
        (_, former), (place, into) = before[report_id], after[report_id]
        if merged.get(former, former) != into:
            yield place, former, into


def _read_again(
    database: Database, read: Callable[[Article], Reading], done: Replayed, now: Clock, note: Progress
) -> None:
    with database.read() as connection:
        numbers = articles.article_numbers(connection)
    for start in range(0, len(numbers), _A_BATCH):
        with database.read() as connection:
            batch = [articles.article_by_id(connection, number) for number in numbers[start : start + _A_BATCH]]
        wanted = [each for each in batch if each and each.outcome in _READ]
        again = [(each, read(each.article)) for each in wanted if each.shed_at is None]
        with database.write() as connection:
            for stored, reading in again:
                _take_again(connection, stored, reading, now=now())
        done.articles += len(again)
        done.shed += len(wanted) - len(again)
        note(start + len(batch), len(numbers))


def _take_again(connection: Connection, stored: StoredArticle, reading: Reading, *, now: datetime) -> None:
    """What the rules of now make of an article: its standing version tells that, and no more."""
    told = reading.recognition.reports
    articles.reread(connection, stored, reading, outcome=_outcome(stored, bool(told)))
    known = retold(reports.retellings(connection, stored.id), told, stored.told_at)
    kept = [each for each in known if each]
    left = reports.forget_reports(connection, stored.id, version=stored.version, besides=kept)
    note_forgotten(connection, stored, left, now=now)
    if told:
        near = articles.alike(connection, reading.fingerprint.signature, besides=stored.id, least=ALIKE)
        article = Told(
            article_id=stored.id,
            version=stored.version,
            told_at=stored.told_at,
            near=tuple(near),
            late=True,
            quiet=True,
        )
        place_reports(connection, article, told, now=now)


def _outcome(stored: StoredArticle, tells: bool) -> str:
    if not tells:
        return OutcomeKind.NOT_A_REPORT.value
    if stored.outcome in TELLS:
        return stored.outcome
    return (OutcomeKind.DUPLICATE if stored.duplicate_of else OutcomeKind.STORED).value


def _arrange_again(database: Database, done: Replayed, now: Clock, note: Progress) -> None:
    """Put the reports of every meeting and those near it into groups again, and take away what is told no more."""
    with database.read() as connection:
        numbers = standing_meetings(connection)
    gone: set[int] = set()
    order = _Order()
    for start in range(0, len(numbers), _A_BATCH):
        with database.write() as connection:
            for number in numbers[start : start + _A_BATCH]:
                if number not in gone:
                    gone |= _arrange(connection, number, Moment(now=now(), late=True, quiet=True), order)
        note(min(start + _A_BATCH, len(numbers)), len(numbers))
    with database.write() as connection:
        done.removed = [number for number in emptied(connection) if remove(connection, number)]


@dataclass(frozen=True, slots=True)
class _Order:
    """What is in order: neighbourhoods that nothing has moved in since anything last moved anywhere, for meetings have
    them in common; and meetings whose facts are those of their reports."""

    settled: set[frozenset[int]] = field(default_factory=set)
    fresh: set[int] = field(default_factory=set)


def _arrange(connection: Connection, meeting_id: int, moment: Moment, order: _Order) -> set[int]:
    """Arrange one meeting's neighbourhood; which meetings went into others."""
    account = account_of(connection, meeting_id)
    likeness = _likeness(connection, meeting_id)
    known = candidates(connection, account, likeness=likeness, without=[meeting_id])
    near = frozenset(neighbourhood(account, identify(account, known), known, beside=meeting_id))
    if near in order.settled:
        return set()
    arrangement = rearrange(connection, near, moment=moment)
    if arrangement is None:
        refresh(connection, meeting_id, moment=moment)
        return set()
    for former, into in arrangement.absorbed.items():
        handover.hand_over(connection, former, into=into)
    standing = set(arrangement.meeting_of.values())
    for touched in sorted((standing - order.fresh) | (standing & arrangement.changed)):
        refresh(connection, touched, moment=moment)
    order.fresh.update(standing)
    for left in sorted(arrangement.changed):
        handover.sort_out(connection, left, arrangement.changed - {left})
    if arrangement.changed or arrangement.absorbed:
        order.settled.clear()
    else:
        order.settled.add(near)
    return set(arrangement.absorbed)


def _likeness(connection: Connection, meeting_id: int) -> dict[int, float]:
    """How alike the texts of other meetings are to those of this one."""
    likeness: dict[int, float] = {}
    for member in members_of(connection, [meeting_id]):
        near = articles.alike(connection, member.signature, besides=member.article_id, least=ALIKE)
        for other, alike in likeness_of(connection, near, member.position).items():
            likeness[other] = max(alike, likeness.get(other, 0.0))
    likeness.pop(meeting_id, None)
    return likeness
