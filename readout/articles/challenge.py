"""Whether a page that should be something else, a list of links or an error, is a challenge, a consent or a login page,
or says that the site is closed for now.

It must not be asked of a page that is as it should be: a site's own scripts may bear a challenge's name.
"""

from __future__ import annotations

from readout.articles.markup import decode, parse
from readout.articles.wall import Front, front_of, machinery_of, visible_start

_MOST_BYTES = 200_000
_NEXT_TO_NO_TEXT = 300


def front_on(body: bytes, content_type: str) -> Front | None:
    """The wall, or the notice of a closed site, with the words or the mark in its scripts that give it away; None where
    the page is neither."""
    start = body[:_MOST_BYTES]
    tree = parse(decode(start, content_type))
    if tree is None:
        return None
    text = visible_start(tree)
    front = front_of([title.text_content() for title in tree.iter("title")][:1], text)
    if front is None and len(text) <= _NEXT_TO_NO_TEXT:
        front = machinery_of(start)
    return None if front is None or front.is_missing else front
