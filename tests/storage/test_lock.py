"""One running Readout a data folder."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from readout.error import AlreadyRunning, StorageError
from readout.storage.lock import data_lock

HOLD = """
import sys, time
from pathlib import Path
from readout.storage.lock import data_lock
with data_lock(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def holder(tmp_path):
    command = [sys.executable, "-c", HOLD, str(tmp_path)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=Path(__file__).parents[2], stdin=pipe, stdout=pipe, text=True) as process:
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def test_a_second_process_is_refused_and_told_who_holds_it(holder, tmp_path):
    with pytest.raises(AlreadyRunning, match=f"process {holder.pid}"), data_lock(tmp_path):
        pass


def test_a_killed_process_holds_nothing(holder, tmp_path):
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    with data_lock(tmp_path):
        assert (tmp_path / "readout.lock").read_text() == f"{os.getpid()}\n"


def test_the_lock_is_free_again_afterwards(tmp_path):
    for _ in range(2):
        with data_lock(tmp_path / "made"):
            pass


def test_the_same_process_is_refused_too(tmp_path):
    with data_lock(tmp_path), pytest.raises(AlreadyRunning), data_lock(tmp_path):
        pass


def test_a_folder_that_cannot_hold_data_is_refused_with_advice(tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(StorageError, match="name another data_dir"), data_lock(tmp_path / "file"):
        pass
