"""A sender may be killed at any moment: nothing is lost, and what comes twice is one message."""

from pathlib import Path
from random import Random

import pytest

from readout.watching import AT_ONCE, Delivery
from tests.kills import DAILY, kill_senders


@pytest.mark.parametrize(("delivery", "kills"), [(AT_ONCE, 10), (DAILY, 5)], ids=["at once", "digests"])
def test_killed_senders_lose_nothing(tmp_path: Path, delivery: Delivery, kills: int) -> None:
    tally = kill_senders(f"sqlite:///{tmp_path}/readout.db", Random(1), kills=kills, delivery=delivery)
    assert tally.faults == []
    assert tally.lost == []
    assert tally.kills == kills
    assert tally.in_window <= kills
    assert tally.duplicates <= tally.in_window
