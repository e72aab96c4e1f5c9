"""The nursery makes programs of this checkout, and no other."""

import os
import subprocess
import sys


def test_a_readout_that_stands_elsewhere_is_the_one_that_runs(tmp_path):
    package = tmp_path / "readout"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "__main__.py").write_text("print('the other')", encoding="utf-8")
    command = [sys.executable, "-m", "readout", "--version"]
    env = os.environ | {"PYTHONPATH": str(tmp_path)}
    assert subprocess.run(command, env=env, cwd=tmp_path, stdout=subprocess.PIPE, check=True).stdout == b"the other\n"
