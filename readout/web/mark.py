"""Where a page of a list ended, as its address carries it to the next: a day and a number.

It must not trust what an address carries.
"""

from __future__ import annotations

import re
from datetime import date

from readout.storage.newest import Mark
from readout.storage.search import ID_BITS, Place

_MARK = re.compile(r"(\d{4}-\d\d-\d\d|none)~([1-9][0-9]{0,17})", re.ASCII)


def mark_in(text: str) -> Mark | None:
    """Where the last page of meetings ended; None for what no page of ours wrote."""
    read = _read(text)
    return read and Mark(*read)


def mark_text(mark: Mark) -> str:
    """What `mark_in` reads."""
    return _written(mark.day, mark.meeting_id)


def place_in(text: str) -> Place | None:
    """Where the last page of articles ended; None for what no page of ours wrote."""
    read = _read(text)
    return Place(*read) if read and read[1] < 1 << ID_BITS else None


def place_text(place: Place) -> str:
    """What `place_in` reads."""
    return _written(place.day, place.article_id)


def _read(text: str) -> tuple[date | None, int] | None:
    found = _MARK.fullmatch(text)
    try:
        return found and (None if found[1] == "none" else date.fromisoformat(found[1]), int(found[2]))
    except ValueError:
        return None


def _written(day: date | None, number: int) -> str:
    return f"{day or 'none'}~{number}"
