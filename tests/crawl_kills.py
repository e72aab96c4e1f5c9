"""Crawls that are killed while they crawl and deliver, again and again, and what came of what they were to find.

`readout crawl` goes over sites that grow (tests/growing.py). Dice choose who dies, by signal 9: whoever reaches a
failpoint, or at some time the command, its crawl process, a reader, several of them or all.
"""

from __future__ import annotations

import hashlib
import signal
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from time import monotonic
from typing import Any
from uuid import uuid4

from sqlalchemy import text

from readout.demo.server import SiteServer
from readout.exports.rows import article_rows, meeting_rows, report_rows
from readout.failpoint import Step
from readout.model import Alert, AlertKind
from readout.storage.database import Database, open_database
from readout.storage.sending import RESENDS
from tests.channels.smtp_faults import ScriptedServer
from tests.family import family_of, has_ended, kill, still_there, victims
from tests.forked import Commands
from tests.growing import PHASES, SITES, Growing
from tests.owed import ledger, watch_all
from tests.store import store_url

READERS = ("a@example.org", "b@example.org")
CURIOUS = "c@example.org"  # wants to hear of changes too
WHO = ("command", "crawl", "reader", "some", "all")

_TRIES_A_PHASE = 6
_TIMED = 0.35  # of the plans; the others wait for a failpoint
_LATEST = 0.8  # of the time that a crawl takes which nobody disturbs
_LONGEST_S = 120  # what a command may take on a busy machine
_GONE_S = 60
State = dict[str, Counter[tuple[object, ...]]]
"""What is stored, but for ids and times: rows that are alike, counted, by what they are."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Who dies, and when: at the `count`-th time that a process reaches `point`, or after `share` of the usual time."""

    point: str | None = None
    count: int = 1
    who: str = ""
    share: float = 0.0

    @staticmethod
    def chosen(dice: Random, points: Collection[str]) -> Plan:
        """Any moment of a crawl that comes to these failpoints."""
        if dice.random() < _TIMED:
            return Plan(who=dice.choice(WHO), share=dice.uniform(0, _LATEST))
        point = dice.choice(sorted(points))
        # every reader dies at its so many-th page: not twice in a row of the same one, which would be set aside
        least = 2 if point.startswith(f"{Step.READER}.") else 1
        return Plan(point=point, count=least + dice.choice((0, 0, 0, 0, 1, 2)))

    @property
    def environment(self) -> dict[str, str]:
        """What makes it come true."""
        asked = {"READOUT_FAILPOINT": f"{self.point}:{self.count}"} if self.point else {}
        return {"READOUT_FAILPOINT_CONSENT": "kill", **asked}

    def __str__(self) -> str:
        return f"{self.point}:{self.count}" if self.point else f"{self.who} after {self.share:.2f}"


SPARED = Plan()


@dataclass(kw_only=True)
class Tally:
    """What came of it: `kills` that met somebody, by who or at which failpoint; `copies` of each message that arrived;
    `again` those that came more than once. `faults` is what must not be, in words."""

    met: Counter[str] = field(default_factory=Counter)
    attempts: int = 0
    rounds: int = 0
    again: int = 0
    alerts: int = 0
    lost: int = 0
    faults: list[str] = field(default_factory=list)
    reached: set[str] = field(default_factory=set)

    @property
    def kills(self) -> int:
        """How many."""
        return sum(self.met.values())


def kill_crawls(folder: Path, dice: Random, *, kills: int, cold: bool = False) -> Tally:
    """Kill so many crawls and compare what is left with crawls that nobody disturbed."""
    tally, marker = Tally(), uuid4().hex
    with ExitStack() as house:
        web = house.enter_context(SiteServer(*SITES))
        mail = house.enter_context(ScriptedServer({}))
        commands = house.enter_context(closing(Commands(folder / "said", marker, cold=cold)))
        places = (folder / f"round{number}" for number in range(10**6))
        first = _Round(next(places), Growing(web), mail, commands, tally, marker)
        meant = first.crawled(None, kills=0)
        while tally.kills < kills and not tally.faults:
            tally.rounds += 1
            this = _Round(next(places), Growing(web), mail, commands, tally, marker, usual=first.usual)
            state = this.crawled(dice, kills=kills)
            tally.faults += differences(meant, state)
    if tally.faults:
        tally.faults.append((folder / "said").read_text(errors="replace")[-4000:])
    return tally


@dataclass(frozen=True, slots=True)
class Usual:
    """How long a crawl takes that nobody disturbs, and which failpoints it comes to."""

    seconds: float
    points: frozenset[str]


class _Round:
    """All phases once, into a store of its own. `usual`: what is known of undisturbed ones, by phase."""

    def __init__(
        self,
        folder: Path,
        sites: Growing,
        mail: ScriptedServer,
        commands: Commands,
        tally: Tally,
        marker: str,
        *,
        usual: dict[int, Usual] | None = None,
    ) -> None:
        folder.mkdir()
        self.usual = usual or {}
        self._sites, self._mail, self._commands, self._tally, self._marker = sites, mail, commands, tally, marker
        self._notes = folder / "notes"
        self._windows: dict[str, set[str]] = {}  # by the hash of the page that lists them
        self._config = sites.configure(folder, mail.port)
        self._url = store_url(folder)
        mail.received.clear()
        with closing(open_database(self._url, create=True)) as database:
            watch_all(database, *READERS)
            watch_all(database, CURIOUS, name="changes", updates=True)

    def crawled(self, dice: Random | None, *, kills: int) -> State:
        """Go through the phases, killing as the dice say while fewer than `kills` were; what is stored in the end."""
        for phase in range(1, PHASES + 1):
            self._sites.turn(phase, datetime.now(UTC))
            for site in SITES:
                self._windows[self._page_hash(site)] = self._sites.listed(site, phase)
            if not self._is_disturbed(phase, dice, kills):
                self._leave_alone(phase)
        return self._ended()

    def _is_disturbed(self, phase: int, dice: Random | None, kills: int) -> bool:
        """Crawl under dice until one crawl comes to its end all the same; False where it is to be left alone now."""
        for _ in range(_TRIES_A_PHASE):
            if dice is None or self._tally.kills >= kills or self._is_on_the_brink():
                return False
            if self._attempt(phase, Plan.chosen(dice, self.usual[phase].points)):
                return True
        return False

    def _leave_alone(self, phase: int) -> None:
        began = monotonic()
        if not self._attempt(phase, SPARED):
            self._tally.faults.append(f"phase {phase}: a crawl that nobody disturbed did not end well")
        reached = frozenset(self._notes.read_text().splitlines())
        self.usual.setdefault(phase, Usual(monotonic() - began, reached))

    def _attempt(self, phase: int, plan: Plan) -> bool:
        """Crawl once, and look whether all is as it must be after any kill; whether the command ended well."""
        self._notes.write_text("")
        self._tally.attempts += 1
        command = self._commands.begin(
            *("--json", "--config", str(self._config), "crawl"),
            **plan.environment,
            READOUT_FAILPOINT_NOTES=str(self._notes),
        )
        killed = bool(plan.who) and self._kill_at(command, plan, self.usual[phase].seconds)
        if not has_ended(command, _LONGEST_S):
            self._tally.faults.append(f"{plan}: the command did not end")
            kill(family_of(self._marker, command))
        code = self._commands.wait()
        noted = self._notes.read_text().splitlines()
        died = {line.removeprefix("killed at ") for line in noted if line.startswith("killed at ")}
        self._tally.reached |= {line for line in noted if not line.startswith("killed at ")}
        self._tally.met.update([plan.who] if killed else sorted(died)[:1])
        if code not in (0, -signal.SIGKILL) and not (killed or died):
            self._tally.faults.append(f"{plan}: the command ended with {code}")
        if code == -signal.SIGKILL and not (killed or died):
            self._tally.faults.append(f"{plan}: the command was killed by nobody")
        self._check(plan)
        return code == 0

    def _kill_at(self, command: int, plan: Plan, usual_s: float) -> bool:
        """Kill whom the plan names when its time has come; whether anybody was there."""
        if has_ended(command, plan.share * usual_s):
            return False
        return kill(victims(family_of(self._marker, command), plan.who))

    def _page_hash(self, site: str) -> str:
        return hashlib.sha256(self._sites.feed(site)).hexdigest()

    def _is_on_the_brink(self) -> bool:
        """Whether one more kill might have an alert given up: of that no more is promised than that people see it."""
        with closing(open_database(self._url, create=False)) as database:
            return any(alert.doubts >= RESENDS - 1 and alert.sent_at is None for alert in ledger(database))

    # --- what must be -------------------------------------------------------------------------------------------------

    def _check(self, plan: Plan) -> None:
        with closing(open_database(self._url, create=False)) as database:
            faults = [
                *_damage(database),
                *self._ahead(database),
                *halves(database, told=len(READERS) + 1),
                *self._strange_letters(database),
            ]
        self._tally.faults += [f"{plan}: {fault}" for fault in faults]

    def _ahead(self, database: Database) -> Iterator[str]:
        """What a place is asked with must not be ahead of the links it covers."""
        with database.read() as connection:
            places = connection.execute(text("SELECT source_id, url, etag, body_hash FROM discovery")).all()
            known = set(connection.scalars(text("SELECT url FROM link")))
        for place in places:
            if place.body_hash is None and place.etag is None:
                continue
            listed = self._windows.get(place.body_hash)
            if listed is None and place.url == self._sites.feed_url(place.source_id):
                yield f"{place.url} is asked with the hash of no page that it ever was"
            elif listed and not listed <= known:
                yield f"{place.url} is asked as if its links were stored, and is without {sorted(listed - known)}"

    def _strange_letters(self, database: Database) -> Iterator[str]:
        alerts = {alert.message_id: alert for alert in ledger(database)}
        copies = Counter(letter.message_id for letter in list(self._mail.received))
        for name, count in copies.items():
            alert = alerts.get(name)
            if alert is None:
                yield f"{name} arrived and is not in the ledger"
            elif count > 1 + alert.doubts:
                yield f"{name} arrived {count} times, though only {alert.doubts} were in doubt"

    def _ended(self) -> State:
        """What is stored once all is done."""
        if left := still_there(self._marker, self._commands.makers, _GONE_S):
            self._tally.faults.append(f"processes {left} outlived their command")
        with closing(open_database(self._url, create=False)) as database:
            alerts = ledger(database)
            copies = Counter(letter.message_id for letter in self._mail.received)
            lost = [alert.id for alert in alerts if alert.message_id not in copies]
            self._tally.alerts += len(alerts)
            self._tally.lost += len(lost)
            self._tally.again += sum(copies.values()) - len(copies)
            self._tally.faults += [f"alert {number} never arrived" for number in lost]
            self._tally.faults += held(database)
            return state(database)


def _damage(database: Database) -> Iterator[str]:
    with database.read() as connection:
        if database.home.file and (said := connection.scalar(text("PRAGMA integrity_check"))) != "ok":
            yield f"the file is damaged: {said}"


def halves(database: Database, *, told: int) -> Iterator[str]:
    """A page, its reports, their meeting, the alerts owed (`told` of each) and the link's fate are one transaction."""
    with database.read() as connection:
        untold = connection.scalar(
            text("SELECT count(*) FROM report r LEFT JOIN judgement j ON j.report_id = r.id WHERE j.report_id IS NULL")
        )
        unread = connection.scalar(
            text("SELECT count(*) FROM link WHERE outcome = 'stored' AND id NOT IN (SELECT link_id FROM article)")
        )
        unsettled = connection.scalar(
            text("SELECT count(*) FROM article a JOIN link l ON l.id = a.link_id WHERE l.outcome IS NULL")
        )
    if untold or unread or unsettled:
        yield f"{untold} reports without a meeting, {unread} links stored without, {unsettled} articles without a fate"
    owed = Counter(alert.meeting_id for alert in ledger(database) if alert.kind is AlertKind.FIRST)
    with database.read() as connection:
        meetings = connection.scalars(text("SELECT id FROM meeting WHERE merged_into IS NULL")).all()
    for number in meetings:
        if owed[number] != told:
            yield f"of meeting {number} {owed[number]} are told"


def held(database: Database, *, pending: bool = False) -> Iterator[str]:
    """What must be free when all is done, but for links that may be `pending`."""
    with database.read() as connection:
        if held := connection.scalar(text("SELECT count(*) FROM source WHERE lease_owner IS NOT NULL")):
            yield f"{held} sources are claimed by nobody"
        left = connection.scalar(text("SELECT count(*) FROM link WHERE outcome IS NULL"))
        if left and not pending:
            yield f"{left} links have no fate"


# --- what is stored ---------------------------------------------------------------------------------------------------


def state(database: Database) -> State:
    """All that may be compared."""
    with database.read() as connection:
        links = connection.execute(text("SELECT source_id, url, outcome, quiet, attempts FROM link")).all()
        former = connection.execute(
            text(
                "SELECT url, v.version, v.title, v.text_hash FROM article_version v JOIN article a ON a.id = article_id"
            )
        ).all()
        versions = connection.execute(text("SELECT url, version FROM article")).all()
        places = connection.execute(text("SELECT source_id, url, etag IS NULL, cursor FROM discovery")).all()
        changes = connection.execute(text("SELECT fact, before, after FROM change")).all()
    told = {row["id"]: tuple(sorted(report["url"] for report in row["reports"])) for row in meeting_rows(database)}
    return {
        "link": _counted(links),
        "version": _counted([*former, *versions]),
        "place": _counted(places),
        "change": _counted(changes),
        "article": _counted(_plain(row, "id") for row in article_rows(database)),
        "report": _counted(_plain(row, "id", "meeting", "duplicate_of") for row in report_rows(database)),
        "meeting": _counted(
            (told[row["id"]], *_plain(row, "id", "first_seen", "reports", "evidence")) for row in meeting_rows(database)
        ),
        "alert": _counted(_in_short(alert, told) for alert in ledger(database)),
    }


def _counted(rows: Iterable[Iterable[object]]) -> Counter[tuple[object, ...]]:
    return Counter(tuple(map(str, row)) for row in rows)


def _plain(row: dict[str, Any], *besides: str) -> Iterator[object]:
    return (f"{name}={value}" for name, value in row.items() if name not in besides)


def _in_short(alert: Alert, told: dict[object, tuple[str, ...]]) -> tuple[object, ...]:
    about = told.get(alert.meeting_id)
    return about, alert.recipient, alert.kind, alert.revision, alert.state, alert.watch_names, alert.changes


def differences(meant: State, found: State) -> Iterator[str]:
    """What crawls that were killed left otherwise than they should."""
    for what in meant:
        yield from (f"missing {what}: {row}" for row in (meant[what] - found[what]))
        yield from (f"too much {what}: {row}" for row in (found[what] - meant[what]))
