"""The nightly backup: of a file and of a server, read whole; old ones go, and none stays half made."""

import os
import re
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from readout.storage.database import open_database
from tests import postgres
from tests.deploy.commands import DEPLOY
from tests.telling import open_told, session

SCRIPT = DEPLOY / "systemd" / "readout-backup"


def fill(url: str) -> None:
    with closing(open_database(url, create=True)) as database, database.write() as connection:
        open_told(connection, session())


def back_up(folder: Path, *more: str, **variables: str) -> subprocess.CompletedProcess[str]:
    path = f"{Path(sys.executable).parent}:{postgres.programs() or ''}:{os.environ['PATH']}"
    bare = {name: value for name, value in os.environ.items() if not name.startswith(("READOUT_", "PG"))}
    environment = bare | {"PATH": path} | variables
    return subprocess.run(
        [SCRIPT, folder, *more], cwd=folder.parent, env=environment, capture_output=True, text=True, check=False
    )


def kept(folder: Path) -> list[str]:
    return sorted(re.sub(r"\d{8}T\d{6}Z", "NOW", path.name) for path in folder.iterdir())


@pytest.fixture
def folder(tmp_path):
    """Where backups go, two old ones in it, one of them not ours."""
    made = tmp_path / "backups"
    made.mkdir()
    for name in ("readout-old.db", "mine.db"):
        (made / name).write_text("x")
        os.utime(made / name, (0, 0))
    return made


def test_a_file_is_copied_and_old_copies_go(folder, tmp_path):
    fill(f"sqlite:///{tmp_path}/readout.db")
    done = back_up(folder, READOUT_DATA_DIR=str(tmp_path))
    assert (done.returncode, done.stderr) == (0, "")
    assert kept(folder) == ["mine.db", "readout-NOW.db"]


def test_a_server_is_dumped_and_the_dump_makes_it_again(folder):
    if postgres.programs() is None:
        pytest.skip("PostgreSQL is not installed (Debian: apt-get install postgresql)")
    with postgres.server() as server:
        fill(url := server.url("postgres"))
        done = back_up(folder, READOUT_DATABASE__URL=url)
        assert (done.returncode, done.stderr) == (0, "")
        assert kept(folder) == ["mine.db", "readout-NOW.dump"]
        (dump,) = folder.glob("*.dump")
        plain = url.replace("+psycopg", "")
        subprocess.run(
            [postgres.programs() / "psql", plain, "-qc", "CREATE DATABASE again TEMPLATE template0"], check=True
        )
        again = url.replace("/postgres?", "/again?")
        restore = [postgres.programs() / "pg_restore", "--dbname", again.replace("+psycopg", ""), dump]
        subprocess.run(restore, check=True)
        with closing(open_database(again, create=False)) as database, database.read() as connection:
            assert connection.exec_driver_sql("SELECT count(*) FROM meeting").scalar_one() == 1


def test_what_fails_leaves_what_was_there(folder, tmp_path):
    done = back_up(folder, READOUT_DATABASE__URL=f"postgresql+psycopg://readout@/none?host={tmp_path}")
    assert done.returncode != 0
    assert "readout-old.db" in kept(folder)
    assert not list(folder.glob("*.dump"))


def test_days_are_counted(folder, tmp_path):
    fill(f"sqlite:///{tmp_path}/readout.db")
    assert back_up(folder, "100000", READOUT_DATA_DIR=str(tmp_path)).returncode == 0
    assert "readout-old.db" in kept(folder)
