"""The units of systemd: they are sound, run what there is, shut in, and stop as the program does."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from readout.config import load_config
from tests.deploy.commands import DEPLOY, ROOT, is_command

UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
SERVICES = [unit for unit in UNITS if unit.name != "readout-backup.service"]
INSTALLED = "/opt/readout/bin/readout"
SCRIPT = "/usr/local/sbin/readout-backup"
MOST_EXPOSED = 20
"""Tenths; 17 without a Chromium's leave to make namespaces."""


def settings(unit: Path, key: str) -> list[str]:
    return re.findall(rf"(?m)^{key}=(.*)$", unit.read_text(encoding="utf-8"))


def variables(unit: Path) -> dict[str, str]:
    return dict(each.split("=", 1) for line in settings(unit, "Environment") for each in line.split())


def named(units):
    return pytest.mark.parametrize("unit", units, ids=lambda unit: unit.name)


@pytest.fixture(scope="module")
def placed(tmp_path_factory):
    """The units with the programs of this checkout, where an instance of the worker has its name."""
    folder = tmp_path_factory.mktemp("units")
    readout = Path(sys.executable).with_name("readout")
    for unit in (DEPLOY / "systemd").glob("readout*.*"):
        text = unit.read_text(encoding="utf-8")
        text = text.replace(INSTALLED, str(readout)).replace(SCRIPT, str(DEPLOY / "systemd" / "readout-backup"))
        (folder / unit.name.replace("@.", "@1.")).write_text(text, encoding="utf-8")
    return folder


def analyze(*arguments):
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not installed (Debian: apt-get install systemd)")
    command = ["systemd-analyze", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_systemd_finds_nothing_wrong(placed):
    found = analyze("verify", "--man=no", *sorted(placed.glob("*.service")), *placed.glob("*.timer"))
    assert (found.returncode, found.stderr) == (0, "")


def test_systemd_finds_them_shut_in(placed):
    found = analyze("security", "--offline=yes", f"--threshold={MOST_EXPOSED}", *sorted(placed.glob("*.service")))
    assert found.returncode == 0, found.stdout


@named(SERVICES)
def test_each_runs_a_command_that_there_is(unit):
    (line,) = settings(unit, "ExecStart")
    program, *words = line.split()
    assert program == INSTALLED
    assert is_command(words)


@named(UNITS)
def test_each_has_the_same_sandbox(unit):
    def sandbox(of: Path) -> str:
        return of.read_text(encoding="utf-8").partition("\n# What strangers")[2].partition("\n\n[Install]")[0].strip()

    assert sandbox(unit) == sandbox(UNITS[0])
    assert "NoNewPrivileges=yes" in sandbox(unit)
    assert settings(unit, "User") == ["readout"]
    assert settings(unit, "MemoryMax")


@named(SERVICES)
def test_each_begins_again_but_not_with_a_wrong_configuration(unit):
    assert (settings(unit, "Restart"), settings(unit, "RestartPreventExitStatus")) == (["always"], ["2"])
    assert settings(unit, "StartLimitIntervalSec") == ["0"]


@named(SERVICES)
def test_each_is_given_the_time_to_end_in_order(unit):
    assert settings(unit, "KillMode") == ["mixed"]
    assert settings(unit, "TimeoutStopSec") == ["90s"]


@named(UNITS)
def test_what_each_says_of_the_configuration_is_understood(unit, tmp_path, monkeypatch):
    (tmp_path / "readout.toml").write_text('database.url = "postgresql+psycopg://readout@db.example/readout"\n')
    said = variables(unit)
    for name, value in said.items():
        monkeypatch.setenv(name, value)
    config = load_config(tmp_path / "readout.toml")
    assert config.data_dir == Path("/var/lib/readout")
    assert config.archive_dir.is_relative_to("/var/lib/readout")
    assert settings(unit, "StateDirectory")[0].split()[0] == "readout"
    assert config.workers == said.get("READOUT_WORKERS", "local")
    assert not [name for name in said if re.search("PASSWORD|SECRET|TARGETS|HASH|DATABASE", name)]


def test_all_in_one_and_a_cluster_do_not_run_on_one_machine():
    for unit in SERVICES:
        is_of_cluster = variables(unit).get("READOUT_WORKERS") == "cluster"
        assert settings(unit, "Conflicts") == (["readout.service"] if is_of_cluster else [])


def test_the_readme_says_what_each_file_is():
    text = (DEPLOY / "README.md").read_text(encoding="utf-8")
    for file in DEPLOY.rglob("*"):
        assert file.is_dir() or file.name in text, file
    operating = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
    assert "../deploy/README.md" in operating
