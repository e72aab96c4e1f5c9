"""What a process needs to do its work, opened together and closed together.

It must not hold state of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from readout.archive.shelf import Archive
from readout.catalog import load_sources
from readout.config import Config
from readout.intake import Intake
from readout.model import Source, SourceId
from readout.proving import Prover
from readout.reading.pool import ReaderPool
from readout.storage.database import Database, open_database


@dataclass(frozen=True, slots=True)
class Services:
    """Configuration, catalogue, database, readers and archive of one process."""

    config: Config
    sources: Mapping[SourceId, Source]
    database: Database
    intake: Intake
    pool: ReaderPool | None
    archive: Archive

    def close(self) -> None:
        """Let the readers go and give the connections back."""
        if self.pool is not None:
            self.pool.close()
        try:
            self.archive.close()
        finally:
            self.database.close()


def open_services(config: Config, *, pool: bool = True) -> Services:
    """Everything `config` names, ready for use; without `pool` no reader process is made.

    Raises ConfigError or StorageError, and leaves nothing open then.
    """
    sources = load_sources(config.sources or ())
    database = open_database(config.database.url, create=True)
    max_age = timedelta(days=config.alerts.max_age_days) if config.alerts.max_age_days else None
    archive = Archive(config.archive_dir)
    intake = Intake(database, max_age=max_age, prover=Prover(archive, keep=config.archive.keep))
    return Services(config, sources, database, intake, _readers(config) if pool else None, archive)


def _readers(config: Config) -> ReaderPool:
    return ReaderPool(processes=config.read.processes, cpu_s=config.read.cpu_s, memory_mib=config.read.memory_mib)
