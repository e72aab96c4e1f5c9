"""Who sends or crawls may be killed at any moment: nothing is lost, and what comes twice is one message."""

from pathlib import Path
from random import Random

import pytest

from readout.failpoint import NAMES
from readout.watching import AT_ONCE, Delivery
from tests.crawl_kills import kill_crawls
from tests.kills import DAILY, kill_senders
from tests.store import store_url


@pytest.mark.parametrize(("delivery", "kills"), [(AT_ONCE, 10), (DAILY, 5)], ids=["at once", "digests"])
def test_killed_senders_lose_nothing(tmp_path: Path, delivery: Delivery, kills: int) -> None:
    tally = kill_senders(store_url(tmp_path), Random(1), kills=kills, delivery=delivery)
    assert tally.faults == []
    assert tally.lost == []
    assert tally.kills == kills
    assert tally.in_window <= kills
    assert tally.duplicates <= tally.in_window


def test_killed_crawls_come_to_what_others_come_to(tmp_path: Path) -> None:
    """`make soak` tries far more of it. Whoever is not disturbed comes to every failpoint."""
    tally = kill_crawls(tmp_path, Random(1), kills=10)
    assert tally.faults == []
    assert tally.lost == 0
    assert tally.kills == 10
    assert tally.reached == NAMES
