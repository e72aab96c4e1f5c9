"""Real labelled pages are read as well as promised."""

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = ROOT / ".." / "shared" / "pages"

pytestmark = [
    pytest.mark.skipif(not PAGES.is_dir(), reason="the folder ../shared/pages with real pages is not here"),
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


def test_titles(figures):
    assert figures["titles"] >= 0.80
