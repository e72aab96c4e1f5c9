"""Real labelled pages are read as well as promised."""

import os
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = Path(os.environ.get("READOUT_PAGES") or ROOT / ".." / "shared" / "pages")

pytestmark = [
    pytest.mark.skipif(not PAGES.is_dir(), reason="no real pages at READOUT_PAGES or ../shared/pages"),
]


@pytest.fixture(scope="module")
def figures():
    sys.path.insert(0, str(ROOT / "bench"))
    from body_quality import figures

    return figures(PAGES)


def test_bodies(figures):
    assert figures["pages"] >= 200
    assert figures["f1"] >= 0.955


def test_days_without_a_feed(figures):
    assert figures["days"] >= 0.95


@pytest.fixture(scope="module")
def dates():
    sys.path.insert(0, str(ROOT / "bench"))
    from page_dates import figures

    return figures(PAGES)


@pytest.mark.parametrize(("way", "least"), [("no feed", 0.98), ("a feed with times", 0.99), ("a feed with days", 0.99)])
def test_days_however_a_page_is_found(dates, way, least):
    assert len(dates[way].cpu) >= 100
    assert dates[way].share >= least


def test_titles(figures):
    assert figures["titles"] >= 0.80
