"""What a place says beside a URL to a link, made harmless and bounded.

It must not read dates: `readout.articles.timestamp` does. Whose the link is, it does not ask: a source owns addresses.
"""

from __future__ import annotations

from html import unescape
from urllib.parse import urljoin

from w3lib.html import remove_tags

from readout.articles.clean import clean_line
from readout.articles.timestamp import Moment
from readout.articles.web_address import LONGEST_URL, web_address
from readout.model import Link

MOST_LINKS = 2_000
"""Links that are read of one page of a feed, a listing or an API: they have dozens."""
_LONGEST_TITLE = 500
_LONGEST_GUID = 500
_MOST_MARKUP = 10_000  # characters of a title that are looked at
_BREAKS = str.maketrans("", "", "\t\r\n")


def link_of(
    url: str,
    *,
    title: str | None,
    published: Moment | None,
    modified: Moment | None = None,
    guid: str | None = None,
) -> Link:
    """The link of `url` with the title, the dates and the name that stand beside it.

    A title is cut at 500 characters; a longer `guid` is none, since its beginning could name something else.
    """
    name = clean_line((guid or "")[: 2 * _LONGEST_GUID])
    return Link(
        url=url,
        title=(title or "")[:_LONGEST_TITLE].rstrip() or None,
        published=published.at if published else None,
        published_day_only=published is not None and published.day_only,
        modified=modified.at if modified else None,
        guid=name if name and len(name) <= _LONGEST_GUID else None,
    )


def address(base: str, href: str | None) -> str | None:
    """`href` as found on `base`, made whole; None for what is no address of a page.

    Line breaks and tabs within are dropped, as browsers do (WHATWG URL §4.4).
    """
    bare = (href or "").translate(_BREAKS).strip()
    if not bare or len(bare) > LONGEST_URL:
        return None
    try:
        return web_address(urljoin(base, bare))
    except ValueError:
        return None


def plain_title(title: str) -> str:
    """A title as people read it: some places escape it twice, some send HTML."""
    return clean_line(unescape(remove_tags(unescape(title[:_MOST_MARKUP])))) if title else ""
