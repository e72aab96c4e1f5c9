"""What a place says beside a URL to a link.

It must not read dates: `readout.articles.timestamp` does.
"""

from __future__ import annotations

from readout.articles.timestamp import Moment
from readout.model import Link


def link_of(
    url: str,
    *,
    title: str | None,
    published: Moment | None,
    modified: Moment | None = None,
    guid: str | None = None,
) -> Link:
    """The link of `url` with the title, the dates and the name that stand beside it."""
    return Link(
        url=url,
        title=title,
        published=published.at if published else None,
        published_day_only=published is not None and published.day_only,
        modified=modified.at if modified else None,
        guid=guid,
    )
