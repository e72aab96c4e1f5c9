"""From served site to received mail: the demo as a newcomer runs it."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.nursery import cold

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def demo():
    command = [sys.executable, "-m", "readout", "demo"]
    how = {"capture_output": True, "text": True, "encoding": "utf-8", "timeout": 300}
    with cold():
        return subprocess.run(command, cwd=ROOT, check=False, **how)


def test_the_demo_finds_all_and_says_so(demo):
    assert demo.returncode == 0, demo.stdout + demo.stderr
    assert "All meetings were found" in demo.stdout
    assert "Not as it should be" not in demo.stdout


@pytest.mark.parametrize(
    "said",
    [
        "session 55",
        "Astana, 4 October 2024 · held",
        "Moscow, 13 October 2021 · held",
        "Samarkand, 16 October 2025 · held",
        "Samarkand, 17 October 2025 · held",
        "Bishkek, 18 September 2025 · held",
        "Baku, 20 November 2025 · planned",
        "analyst@example.org: ",
        "baku@example.org: ",
        "desk@example.org: ",
        "not a report",
        "a reprint",
        "refused",
        "robots",
    ],
)
def test_the_demo_shows(demo, said):
    assert said in demo.stdout


def test_the_output_fits_a_newcomers_patience(demo):
    lines = demo.stdout.splitlines()
    assert len(lines) <= 120
    assert max(map(len, lines)) <= 100
    assert "Traceback" not in demo.stdout + demo.stderr
