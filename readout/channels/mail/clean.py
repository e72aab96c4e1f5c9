"""Text from pages and catalogues made safe for where it goes in a mail: a header, a line, a link.

It must not trust that somebody cleaned it before.
"""

from __future__ import annotations

import ipaddress
import re
from functools import lru_cache
from urllib.parse import urlsplit

from w3lib.url import safe_url_string

from readout.articles.clean import clean_line

SUBJECT_LIMIT = 120

# Marks that turn directions around are of use in running text, and of none but mischief in a header.
_MARKS = dict.fromkeys((0x061C, 0x200E, 0x200F))
# RFC 2047: a reader decodes "=?UTF-8?Q?=0A?=" wherever it stands, line breaks and all.
_ENCODED_WORD = re.compile(r"=(?=\?)|\?(?==)")

# RFC 5321's plain form: what every server takes. Quoted local parts and letters beyond ASCII are refused, and what a
# reader would decode.
_ADDRESS = re.compile(
    r"(?!.*=\?)[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*"
)

# Controls but the line feed, the separators that some take for one, what turns directions around, lone surrogates.
_UNSHOWN = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\N{LINE SEPARATOR}-\N{RIGHT-TO-LEFT OVERRIDE}"
    "\N{LEFT-TO-RIGHT ISOLATE}-\N{POP DIRECTIONAL ISOLATE}\ud800-\udfff\ufeff]"
)


def header_text(text: str, limit: int) -> str:
    """`text` for a header: one line of at most `limit` characters in which nothing can be decoded into another."""
    line = clean_line("".join(c if c.isprintable() or c.isspace() else " " for c in text)).translate(_MARKS)
    return shortened(_ENCODED_WORD.sub(lambda sign: f"{sign.group()} ", line), limit)


def body_text(text: str) -> str:
    """`text` for the body of a mail: in lines, and nothing in them that a screen does not show."""
    return _UNSHOWN.sub(" ", text)


def shortened(text: str, limit: int) -> str:
    """`text` cut to `limit` characters, between words where that loses little, with a mark where it was cut."""
    if len(text) <= limit:
        return text
    cut = text[: max(limit - 1, 0)]
    space = cut.rfind(" ")
    return (cut[:space] if space > len(cut) * 2 // 3 else cut).rstrip(" ,;:–-") + "…"


@lru_cache(maxsize=1024)
def safe_link(url: str) -> str | None:
    """`url` in plain ASCII if it is one of http or https with a host, else None."""
    try:
        plain = safe_url_string(clean_line(url))
        parts = urlsplit(plain)
    except ValueError:
        return None
    harmless = plain.isascii() and not re.search(r"[\s<>\"'\\`]", plain)
    return plain if harmless and parts.scheme in ("http", "https") and parts.hostname else None


def stop_link(url: str | None) -> str | None:
    """`url` as a `safe_link` to stop mails by: over TLS, but on loopback, since who has the link can use it."""
    link = safe_link(url) if url else None
    return link if link and (is_one_click(link) or _is_loopback(urlsplit(link).hostname or "")) else None


def is_one_click(link: str) -> bool:
    """Whether a mailbox may be told to stop the mails by itself, by a POST to `link`: RFC 8058 §3.1 wants HTTPS."""
    return link.startswith("https://")


def is_mail_address(text: str) -> bool:
    """Whether `text` is an address as every server takes it, and nothing beside."""
    return len(text) <= 254 and _ADDRESS.fullmatch(text) is not None


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.rstrip(".") == "localhost"
