"""Failpoints kill nobody who did not ask for it twice."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from readout.config import load_config
from readout.error import ConfigError
from readout.failpoint import NAMES, TRANSACTIONS, Step, faults, handed_on

ROOT = Path(__file__).parents[1]
CONSENT = {"READOUT_FAILPOINT_CONSENT": "kill"}
REACH = """# warm
from readout.failpoint import Moment, Step, arm, reach
arm()
reach(Step.PAGE, Moment.BEFORE)
print("once", flush=True)
reach(Step.PAGE, Moment.BEFORE)
print("twice")
"""


def reached(**environment: str) -> tuple[int, str]:
    command = [sys.executable, "-c", REACH]
    done = subprocess.run(
        command, env=os.environ | environment, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False
    )
    return done.returncode, done.stdout


def test_a_process_dies_where_it_was_asked_to() -> None:
    assert reached(READOUT_FAILPOINT="page.before:2", **CONSENT) == (-9, "once\n")
    assert reached(READOUT_FAILPOINT="page.after", **CONSENT) == (0, "once\ntwice\n")


@pytest.mark.parametrize("consent", [{}, {"READOUT_FAILPOINT_CONSENT": "yes"}])
def test_without_consent_it_goes_on(consent: dict[str, str]) -> None:
    assert reached(READOUT_FAILPOINT="page.before", **consent) == (0, "once\ntwice\n")


def test_a_forgotten_failpoint_is_refused_with_the_configuration(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("READOUT_FAILPOINT", "page.before")
    with pytest.raises(ConfigError, match=r"READOUT_FAILPOINT kills this process"):
        load_config(ROOT / "readout" / "cli" / "readout.toml.example")


@pytest.mark.parametrize(
    "asked", ["page", "page.never", "page.before:0", "page.before:-1", "page.before:x", "dot.inside"]
)
def test_what_is_no_failpoint_is_refused(asked: str) -> None:
    assert "no failpoint" in faults({"READOUT_FAILPOINT": asked, **CONSENT})[0]


def test_nothing_else_is_handed_on() -> None:
    asked = {"READOUT_FAILPOINT": "page.before", **CONSENT}
    assert handed_on(asked | {"READOUT_MAIL__PASSWORD": "hunter2"}) == asked


def test_every_step_stands_somewhere_in_the_code() -> None:
    code = "".join(path.read_text() for room in ("readout", "spiders") for path in (ROOT / room).rglob("*.py"))
    used = set(re.findall(r"Step\.([A-Z_]+)", code))
    assert used >= {step.name for step in Step}
    assert len(NAMES) == 2 * len(Step) + len(TRANSACTIONS)
