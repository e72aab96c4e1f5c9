"""A house whose sources are crawled and whose operator is told: what tests of trouble stand on."""

from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy import select

from readout.condition import Heard, Seen
from readout.model import OutcomeKind, SourceId
from readout.notices import tell_operator, troubles_now
from readout.storage import schema
from readout.storage.crawls import finish_crawl, start_crawl
from readout.storage.database import Database
from readout.storage.sources import claim, release, sync_sources
from tests.reported import NOW, source

OPERATOR = "operator@example.org"
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
APA, TASS = SourceId("apa"), SourceId("tass")


class Desk:
    """A database whose sources are crawled, and an operator who reads what is owed to him."""

    def __init__(self, database: Database, *names: str) -> None:
        self.database = database
        self.sources = {SourceId(name): source(name, home=f"https://{name}.example-{name}.org/") for name in names}
        self.now = NOW
        self._read = 0

    def crawl(
        self,
        *ids: SourceId,
        heard: Heard = Heard.ALL,
        error: str | None = None,
        new: int = 0,
        missed: bool = False,
        outcomes: Mapping[OutcomeKind, int] | None = None,
        next_due: timedelta = 3 * HOUR,
        place: str | None = None,
        amiss: Heard | None = None,
        seen: Seen | None = None,
    ) -> None:
        """A crawl of each, as a worker leaves it."""
        if error is None and heard is not Heard.ALL:
            error = "https://x.example/rss: no whole answer came in time"
        with self.database.write() as connection:
            sync_sources(connection, self.sources)
            for key in ids or self.sources:
                claim(connection, self.sources, [key], owner="w", now=self.now, lease=HOUR)
                number = start_crawl(connection, key, now=self.now, place=place)
                finish_crawl(
                    connection,
                    number,
                    now=self.now,
                    reason="finished",
                    requests=1,
                    new_links=new,
                    outcomes=outcomes or {},
                    heard=heard,
                    missed=missed,
                    amiss=amiss,
                    error=error,
                    seen=seen,
                )
                end = {"now": self.now, "next_due": self.now + next_due, "error": error, "answered": heard.is_answer}
                assert release(connection, key, "w", **end)
                self.now += timedelta(seconds=1)

    def look(self, operator: str | None = OPERATOR) -> list[Mapping]:
        """What a look adds to the outbox."""
        tell_operator(self.database, operator, self.sources, now=self.now)
        return self.told()

    def told(self) -> list[Mapping]:
        """What was added to the outbox since this was asked last."""
        with self.database.read() as connection:
            rows = connection.execute(select(schema.alert).order_by(schema.alert.c.id)).all()
        notices = [row for row in rows if row.kind == "notice"]
        self._read, before = len(notices), self._read
        return [row.content for row in notices[before:]]

    def fail(self, *ids: SourceId, times: int = 3, heard: Heard = Heard.NOTHING, **crawl) -> None:
        """Crawls without an answer, two hours apart."""
        for _ in range(times):
            self.crawl(*ids, heard=heard, **crawl)
            self.now += 2 * HOUR

    def concerns(self) -> list[str]:
        return troubles_now(self.database, self.sources, now=self.now)
