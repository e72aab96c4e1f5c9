"""From served site to received mail: the demo as a newcomer runs it."""

import re
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from urllib.request import urlopen

import pytest

from tests.nursery import cold

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Shown:
    stdout: str
    stderr: str
    page: str
    returncode: int


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """All that it printed, the page that it left open, and how it ended at Ctrl-C."""
    command = [sys.executable, "-m", "readout", "demo", "--keep"]
    said = tmp_path_factory.mktemp("demo") / "stderr"
    with cold(), said.open("wb") as stderr:
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=stderr, encoding="utf-8")
    with process:
        try:
            lines = list(until(process.stdout, "Look at all of it on"))
            address = re.search(r"http://127\.0\.0\.1:\d+/", lines[-1]) if lines else None
            page = urlopen(address[0], timeout=60).read().decode() if address else ""
            process.send_signal(signal.SIGINT)
            rest = process.communicate(timeout=60)[0]
        finally:
            process.kill()
    return Shown("".join(lines) + rest, said.read_text("utf-8"), page, process.returncode)


def until(stream, word):
    for line in stream:
        yield line
        if word in line:
            return


def test_the_demo_finds_all_and_says_so(demo):
    assert demo.returncode == 0, demo.stdout + demo.stderr
    assert "All meetings were found" in demo.stdout
    assert "Not as it should be" not in demo.stdout


def test_the_demo_leaves_its_page_open(demo):
    assert "55th session, held" in demo.page
    assert "Gone, with all its data." in demo.stdout


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
    assert len(lines) <= 124
    assert max(map(len, lines)) <= 100
    assert "Traceback" not in demo.stdout + demo.stderr
