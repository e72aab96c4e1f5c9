"""Bytes of a page to one lxml tree in the right encoding.

It must not read meaning into the tree: what the elements say is for metadata and extraction.
"""

from __future__ import annotations

from html import escape

from charset_normalizer import from_bytes
from lxml import etree
from lxml.html import HtmlElement, HTMLParser, document_fromstring
from w3lib.encoding import html_body_declared_encoding, http_content_type_encoding, read_bom

_DETECTION_SAMPLE = 65_536
_BINARY_SAMPLE = 4_096
_MAGIC = (b"%PDF-", b"PK\x03\x04", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\x1f\x8b", b"RIFF", b"{\\rtf")
_MULTIBYTE_IN_ASCII = ("iso2022", "hz", "utf_7")
# XML has no characters for these bytes but tab and line ends; libxml2 stops reading at some of them.
_CONTROLS = bytes(code for code in (*range(0x20), 0x7F) if code not in (0x09, 0x0A, 0x0D))


def is_binary(body: bytes) -> bool:
    """True for a file that a server wrongly calls text: a PDF, an archive, an image."""
    start = body[:_BINARY_SAMPLE]
    return start.startswith(_MAGIC) or (read_bom(start)[0] is None and start.count(0) * 20 > len(start))


def decode(body: bytes, content_type: str) -> str:
    """`body` as text: by byte-order mark, by being valid UTF-8, by header, by meta, else by detection.

    Text that is valid UTF-8 beyond ASCII is UTF-8 whatever a misconfigured server calls it: other encodings
    produce such bytes only by design. A declaration that does not decode gives way to detection.
    """
    encoding, mark = read_bom(body)
    if encoding:
        return body[len(mark or b"") :].decode(encoding, "replace")
    declared = http_content_type_encoding(content_type) or html_body_declared_encoding(body)
    utf8 = _decoded(body, "utf-8")
    if utf8 is not None and not (declared or "").startswith(_MULTIBYTE_IN_ASCII):
        return utf8
    text = _decoded(body, declared) if declared and declared != "utf-8" else None
    return text if text is not None else body.decode(_detected(body, declared), "replace")


def parse(text: str) -> HtmlElement | None:
    """The tree of an HTML text without comments and processing instructions; None where there is nothing to parse.

    Characters that no document may hold are left out.
    """
    clean = text.encode("utf-8", "replace").translate(None, _CONTROLS)
    parser = HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, collect_ids=False)
    try:
        tree = document_fromstring(clean, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError):
        return None
    return tree if len(tree) else None


def text_as_html(text: str) -> str:
    """A plain text as a page of paragraphs, so that one way of reading serves both."""
    paragraphs = "".join(f"<p>{escape(line)}</p>" for line in text.splitlines() if line.strip())
    return f"<html><body><article>{paragraphs}</article></body></html>"


def _decoded(body: bytes, encoding: str, errors: str = "strict") -> str | None:
    try:
        return body.decode(encoding, errors)
    except (UnicodeError, LookupError):  # LookupError: Python knows the name, but not as an encoding of text
        return None


def _detected(body: bytes, declared: str | None) -> str:
    """The best guess for a page whose declaration is missing or wrong; a near miss (a few bad bytes) keeps it."""
    claimed = declared or "utf-8"
    nearly = _decoded(body, claimed, "replace")
    if nearly is not None and nearly.count("�") * 1000 < len(body):
        return claimed
    best = from_bytes(body[:_DETECTION_SAMPLE], steps=5, chunk_size=2048).best()
    return best.encoding if best else "utf-8"
