"""The lock of whoever crawls, imports or schedules. It must not hold anything itself."""

from __future__ import annotations

from contextlib import AbstractContextManager

from readout.config import Config
from readout.storage.lock import data_lock, shared_lock


def seat(config: Config) -> AbstractContextManager[None]:
    """Alone on the data or, in a cluster, beside others that claim what they do.

    Raises AlreadyRunning, and StorageError for a database that is damaged, as `readout.storage.lock` says.
    """
    if config.workers == "cluster":
        return shared_lock(config.database.url)
    return data_lock(config.data_dir, config.database.url)
