"""Who says when an article was published: a word beside those of `readout.model`.

It must not do anything.
"""

from __future__ import annotations

from enum import StrEnum


class DateOrigin(StrEnum):
    """Where an article's publication date was read, the most trusted first."""

    LINK = "link"
    SELECTOR = "selector"
    ADDRESS = "address"
    FIRST_SENTENCE = "first_sentence"
    JSON_LD = "json_ld"
    META = "meta"
    TIME_TAG = "time_tag"
    BYLINE = "byline"
    HTMLDATE = "htmldate"
    ROW = "row"
