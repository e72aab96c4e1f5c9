"""What a place says beside a URL to a link, made harmless and bounded.

It must not read dates: `readout.articles.timestamp` does. Whose the link is, it does not ask: a source owns addresses.
"""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import urljoin, urlsplit

from w3lib.html import remove_tags

from readout.articles.clean import clean_line
from readout.articles.timestamp import Moment
from readout.model import Link

_LONGEST_URL = 2_048  # characters, as in sitemaps.org
_LONGEST_TITLE = 500
_LONGEST_GUID = 500
_MOST_MARKUP = 10_000  # characters of a title that are looked at
_BREAKS = str.maketrans("", "", "\t\r\n")
_NO_ADDRESS = re.compile("[\x00-\x20\x7f-\x9f\ud800-\udfff]")


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
    """`href` as found on `base`, made whole; None for what is no http or https address with a host.

    Line breaks and tabs within are dropped, as browsers do (WHATWG URL §4.4).
    """
    bare = (href or "").translate(_BREAKS).strip()
    if not bare or len(bare) > _LONGEST_URL:
        return None
    try:
        url = urljoin(base, bare)
        parts = urlsplit(url)
        is_web = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return None
    url = url.replace(" ", "%20")
    return url if is_web and len(url) <= _LONGEST_URL and not _NO_ADDRESS.search(url) else None


def plain_title(title: str) -> str:
    """A title as people read it: some places escape it twice, some send HTML."""
    return clean_line(unescape(remove_tags(unescape(title[:_MOST_MARKUP])))) if title else ""
