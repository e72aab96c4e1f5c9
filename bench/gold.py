"""The labelled sets of tests/gold and their scorer, as the measuring scripts use them.

It must not measure anything.
"""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path
from typing import Any

GOLD = Path(__file__).parents[1] / "tests" / "gold"
ROWS, INVENTED, MEETINGS = GOLD / "dev.jsonl", GOLD / "invented.jsonl", GOLD / "meetings.jsonl"
SCORER = GOLD / "score.py"
sys.path.insert(0, str(GOLD))

import score as scorer  # noqa: E402  the scorer stands beside its sets and is no package

__all__ = ["INVENTED", "MEETINGS", "ROWS", "Row", "digest", "read_rows", "scorer"]

Row = dict[str, Any]


def read_rows(path: Path = ROWS) -> list[Row]:
    """The labelled rows of a set."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def digest() -> str:
    """Of the sets and the scorer together: figures of another digest are of other sets."""
    return hashlib.sha256(b"".join(path.read_bytes() for path in (ROWS, INVENTED, MEETINGS, SCORER))).hexdigest()
