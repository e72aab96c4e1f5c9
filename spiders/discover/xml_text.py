"""The bytes of a feed or a sitemap as UTF-8 that an XML parser can begin with.

It must not parse: what is broken inside stays broken, the parsers after it mend that.
"""

from __future__ import annotations

import re

from readout.articles.markup import decode

_CONTROLS = bytes(code for code in (*range(0x20), 0x7F) if code not in (0x09, 0x0A, 0x0D))
_DECLARED = re.compile(rb"<\?xml\b[^>]{0,200}>")
_NOTHING = re.compile(rb"[\xef\xbb\xbf \t\r\n]*+")
_JUNK = 4_096  # bytes before the declaration in which a server's warnings may stand
# UTF-16 without a mark: every other byte of what XML begins with is NUL (XML 1.0, appendix F).
_UNMARKED = {b"<\x00?\x00": "utf-16-le", b"\x00<\x00?": "utf-16-be"}


def utf8_xml(body: bytes, content_type: str = "") -> bytes:
    """`body` in UTF-8 whatever it was in, from its declaration on, without that and without control characters.

    An encoding that is declared but not kept is found out as for an article's page (`readout.articles.markup`).
    """
    unmarked = _UNMARKED.get(body.lstrip()[:4])
    # In one breath: the text may take four times what the body does, and without a name it is let go at once.
    plain = (
        (body.lstrip().decode(unmarked, "replace") if unmarked else decode(body, content_type))
        .encode("utf-8", "replace")
        .translate(None, _CONTROLS)
    )
    declared = _DECLARED.search(plain, 0, _JUNK)
    start = _NOTHING.match(plain, declared.end() if declared else 0)
    return plain[start.end() :] if start else plain
