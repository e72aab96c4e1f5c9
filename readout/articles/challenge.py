"""Whether a page that should be something else, a list of links or an error, is a challenge, a consent or a login page.

It must not be asked of a page that is as it should be: a site's own scripts may bear a challenge's name.
"""

from __future__ import annotations

from readout.articles.markup import decode, parse
from readout.articles.wall import front_of, machinery_of, visible_start
from readout.model import OutcomeKind

_MOST_BYTES = 200_000
_NEXT_TO_NO_TEXT = 300


def challenge_on(body: bytes, content_type: str) -> str | None:
    """The words, or the mark in its scripts, that give a wall away; None where the page is none."""
    start = body[:_MOST_BYTES]
    tree = parse(decode(start, content_type))
    if tree is None:
        return None
    text = visible_start(tree)
    front = front_of([title.text_content() for title in tree.iter("title")][:1], text)
    if front is None and len(text) <= _NEXT_TO_NO_TEXT:
        front = machinery_of(start)
    return front.evidence if front and front.outcome is OutcomeKind.WALL else None
