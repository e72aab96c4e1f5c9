"""Text from pages and catalogues made safe for where it goes in a mail: a header, a line, a link.

It must not trust that somebody cleaned it before.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from w3lib.url import safe_url_string

from readout.articles.clean import clean_line

# Marks that turn directions around are of use in running text, and of none but mischief in a header.
_MARKS = dict.fromkeys((0x061C, 0x200E, 0x200F))
# RFC 2047: a reader decodes "=?UTF-8?Q?=0A?=" wherever it stands, line breaks and all.
_ENCODED_WORD = re.compile(r"=(?=\?)|\?(?==)")


def header_text(text: str, limit: int) -> str:
    """`text` for a header: one line of at most `limit` characters in which nothing can be decoded into another."""
    line = clean_line("".join(c if c.isprintable() or c.isspace() else " " for c in text)).translate(_MARKS)
    return shortened(_ENCODED_WORD.sub(lambda sign: f"{sign.group()} ", line), limit)


def shortened(text: str, limit: int) -> str:
    """`text` cut to `limit` characters, between words where that loses little, with a mark where it was cut."""
    if len(text) <= limit:
        return text
    cut = text[: max(limit - 1, 0)]
    space = cut.rfind(" ")
    return (cut[:space] if space > len(cut) * 2 // 3 else cut).rstrip(" ,;:–-") + "…"


def safe_link(url: str) -> str | None:
    """`url` in plain ASCII if it is one of http or https with a host, else None."""
    try:
        plain = safe_url_string(clean_line(url))
        parts = urlsplit(plain)
    except ValueError:
        return None
    harmless = plain.isascii() and not re.search(r"[\s<>\"'\\`]", plain)
    return plain if harmless and parts.scheme in ("http", "https") and parts.hostname else None
