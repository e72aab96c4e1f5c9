"""What can go wrong: every exception Readout raises on purpose.

It must not do anything: a text says what, where and what to do.
"""

from __future__ import annotations


class ReadoutError(Exception):
    """Anything Readout says went wrong; its text says what, where and what to do."""


class ConfigError(ReadoutError):
    """The configuration or catalogue is faulty: all faults at once, one a line."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


class QueryError(ConfigError):
    """A query cannot be read as meant. Each fault shows it and points at a place in it: `spans`, in characters."""

    def __init__(self, faults: list[str], spans: list[tuple[int, int]]) -> None:
        super().__init__(faults)
        self.spans = spans


class SourceChanged(ReadoutError):
    """A discovery page is no longer what it was: HTML where a feed was, or nothing at all."""


class PageLost(SourceChanged):
    """A discovery page cost readers their lives: what it holds is not known, not even that it holds nothing."""


class StorageError(ReadoutError):
    """The database cannot be used as asked."""


class DatabaseAway(StorageError):
    """The database's server cannot be reached just now: what was begun may be done again."""


class OutdatedDatabase(StorageError):
    """The database was made by another version; `readout db upgrade` brings an older one up."""


class CopyDiffers(StorageError):
    """A copy of the database is not what it was copied from: to go on with it leads nowhere."""


class AlreadyRunning(ReadoutError):
    """Another instance holds the data."""


class ChannelError(ReadoutError):
    """A message was not accepted. `retry`: the same may work later. `doubtful`: it may have been accepted.

    `place`: the host or target that is out of order, where nothing else need be tried now.
    """

    def __init__(
        self, text: str, *, retry: bool, code: int | None = None, doubtful: bool = False, place: str | None = None
    ) -> None:
        super().__init__(text)
        self.retry = retry
        self.code = code
        self.doubtful = doubtful
        self.place = place
