from collections.abc import Iterator
from pathlib import Path

import pytest

from readout.storage.database import Database, open_database


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = open_database(f"sqlite:///{tmp_path}/readout.db", create=True)
    yield opened
    opened.close()
