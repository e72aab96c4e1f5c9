"""Which text is an address that a page of the web can have, wherever it comes from.

It must not look a name up, nor repeat in what it says an address that may hold a password.
"""

from __future__ import annotations

import re
from urllib.parse import SplitResult, unquote, urlsplit

LONGEST_URL = 2_048
"""Characters, as in sitemaps.org; one that is written in escapes counts as one."""

_MOST_ESCAPES = 12  # characters for one: %F0%9F%8C%BE
_UNSAFE = re.compile("[\x00-\x20\x7f-\x9f\ud800-\udfff]")


def web_address(text: str) -> str:
    """`text` as an http or https address; a blank in it is written ``%20``. Raises ValueError with what is wrong.

    None has a name or a password before its host: who sends one wants to hide the host (RFC 9110 §4.2.4).
    """
    url = text.replace(" ", "%20")
    if len(url) > _MOST_ESCAPES * LONGEST_URL or len(unquote(url)) > LONGEST_URL:
        raise ValueError(f"is longer than {LONGEST_URL} characters")
    if _UNSAFE.search(url):
        raise ValueError("holds what no address may")
    try:
        parts = urlsplit(url)
    except ValueError:
        raise ValueError("cannot be read") from None
    if fault := _fault(parts):
        raise ValueError(fault)
    return url


def _fault(parts: SplitResult) -> str | None:
    if parts.scheme not in ("http", "https"):
        return "is not of http or https"
    if "@" in parts.netloc:
        return "holds a name or a password"
    if not parts.hostname:
        return "names no host"
    try:
        return "has port 0" if parts.port == 0 else None
    except ValueError:
        return "has a port that is none"
