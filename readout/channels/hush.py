"""What a URL may hold of secrets, cut out of what the other side says: a server may repeat what it was asked.

It must not shorten a text: who cuts first may leave half a secret standing.
"""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import unquote

_SHORTEST_SECRET = 4
_BETWEEN = re.compile(r"[/?:@&=#,+]+")


def hush(text: str, secret: str) -> str:
    """`text` without `secret`, which is a URL or the end of one, and without any part of it that is long enough to be
    one: plain or percent-encoded, in capitals or not, with slashes as JSON may write them."""
    pattern = _pattern(secret)
    return pattern.sub("…", text) if pattern else text


@lru_cache(maxsize=64)
def _pattern(secret: str) -> re.Pattern[str] | None:
    spellings = (secret, unquote(secret))
    wholes = {whole for spelling in spellings for whole in (spelling, *spelling.split("?", 1)) if len(whole) > 1}
    parts = {part for spelling in spellings for part in _BETWEEN.split(spelling) if len(part) >= _SHORTEST_SECRET}
    longest_first = sorted(wholes | parts, key=len, reverse=True)
    found = "|".join(re.escape(each).replace("/", r"\\{0,2}/") for each in longest_first)
    return re.compile(found, re.IGNORECASE) if found else None
