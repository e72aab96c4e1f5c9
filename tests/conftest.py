"""What holds for all tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from readout.storage.database import Database, open_database

# A slow machine is no fault of the code: no test asserts a time.
settings.register_profile("readout", deadline=None)
settings.load_profile("readout")


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """An empty store."""
    opened = open_database(f"sqlite:///{tmp_path}/readout.db", create=True)
    yield opened
    opened.close()
