"""What is installed from a wheel works alone and leaves no odd names behind."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A folder that holds what the wheel would install."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def run(site, tmp_path, *arguments):
    """A command of the installed Readout, started far from any checkout."""
    done = subprocess.run(
        [sys.executable, "-m", "readout", *arguments],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(site)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_project_lives_inside_the_package(site):
    top = {entry.name for entry in site.iterdir() if not entry.name.endswith(".dist-info")}
    assert top == {"readout"}
    project = {entry.name for entry in (site / "readout" / "project").iterdir()}
    assert {"settings.py", "scheduler.py", "spiders", "pipelines", "sources"} <= project


def test_the_installed_command_finds_its_catalogue_and_data(site, tmp_path):
    assert "az-dtx" in run(site, tmp_path, "source", "list")
    row = '{"id": "1", "url": "https://x.example/", "text": "The council met in Astana."}'
    (tmp_path / "rows.jsonl").write_text(row, encoding="utf-8")
    assert '"verdict"' in run(site, tmp_path, "read", "--jsonl", "rows.jsonl")


def test_the_installed_project_is_the_one_that_crawls(site, tmp_path):
    code = "from readout.workers.project import project_module; print(project_module('settings'))"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(site)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "readout.project.settings"
