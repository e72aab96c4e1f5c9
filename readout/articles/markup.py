"""Bytes of a page to one lxml tree in the right encoding.

It must not read meaning into the tree: what the elements say is for metadata and extraction.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape

from charset_normalizer import from_bytes
from lxml import etree
from lxml.html import HtmlComment, HtmlElement, HTMLParser, document_fromstring
from w3lib.encoding import html_body_declared_encoding, http_content_type_encoding, read_bom

_DETECTION_SAMPLE = 65_536
_BINARY_SAMPLE = 4_096
_MAGIC = (b"%PDF-", b"PK\x03\x04", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\x1f\x8b", b"RIFF", b"{\\rtf")
# What servers say by default, whatever they send.
_WESTERN = ("cp1252", "iso8859-15", "cp1254")
_TAG = re.compile(rb"<[^<>]{0,1000}>")
_FOREIGN_WORD = re.compile(r"(?<![A-Za-z])[A-Za-z]*+[\u0160-\u017e\u00c0-\u00ff]+[A-Za-z\u00c0-\u00ff\u0160-\u017e]*")
_FEWEST_WORDS = 5
# Most letters with marks are where Western encodings have them; a few signs beside letters tell the two apart.
_CENTRAL_EUROPEAN = ("cp1250", "iso8859_2", "iso8859_16", "mac_latin2", "cp852", "iso8859_4", "cp1257", "iso8859_13")
_IS_CENTRAL = re.compile(r"[^\W\d_][³¹º¿¾¼þÞ¥¯]|[³¹º¿¾¼þÞ¥¯][^\W\d_]|\ufffd")
_SHORTEST_SAMPLE = 64
# lxml.html asks Python code for the class of every element it touches; one class for all is a sixth quicker to read.
_ONE_CLASS = etree.ElementDefaultClassLookup(element=HtmlElement, comment=HtmlComment)
_MULTIBYTE_IN_ASCII = ("iso2022", "hz", "utf_7")
# XML has no characters for these bytes but tab and line ends; libxml2 stops reading at some of them.
_CONTROLS = bytes(code for code in (*range(0x20), 0x7F) if code not in (0x09, 0x0A, 0x0D))
# Nor has it U+FFFE and U+FFFF: libxml2 reads them, but lets nobody set a text with one.
_NO_CHARACTERS = re.compile(b"\xef\xbf[\xbe\xbf]")
# The same signs by their numbers (``&#11;``): libxml2 takes them, and then no text that holds one can be set.
_NO_REFERENCES = re.compile(
    rb"&#(?:0*(?:[0-8]|1[124-9]|2\d|3[01]|6553[45])(?!\d)"
    rb"|[xX]0*(?:[0-8bBcCeEfF]|1[\da-fA-F]|[fF]{3}[eEfF])(?![\da-fA-F]));?"
)
# Five times the longest article, beside menus and remarks; what no reader sees is not counted. As much for attributes:
# every rule about names of classes is held against all of them. The longest such name seen has 2,109 characters.
MOST_TEXT = _MOST_ATTRIBUTES = 1_000_000
_LONGEST_ATTRIBUTE = 10_000
_UNSEEN = frozenset({"script", "style"})
# A soft hyphen, which cleaning takes out; with nothing in its place the signs around it might make another reference.
_NOTHING = b"&#173;"


def is_binary(body: bytes) -> bool:
    """True for a file that a server wrongly calls text: a PDF, an archive, an image."""
    start = body[:_BINARY_SAMPLE]
    return start.startswith(_MAGIC) or (read_bom(start)[0] is None and start.count(0) * 20 > len(start))


def decode(body: bytes, content_type: str, encoding: str | None = None) -> str:
    """`body` as text: by byte-order mark, by `encoding` if given, by being valid UTF-8, by header, by meta, else by
    detection.

    Text that is valid UTF-8 beyond ASCII is UTF-8 whatever a misconfigured server calls it: other encodings
    produce such bytes only by design. A declaration that does not decode, or that calls a text Western European which
    can be none, gives way to the next.
    """
    marked, mark = read_bom(body)
    if marked:
        return body[len(mark or b"") :].decode(marked, "replace")
    if encoding:
        return body.decode(encoding, "replace")
    declared = [name for name in (http_content_type_encoding(content_type), html_body_declared_encoding(body)) if name]
    utf8 = _decoded(body, "utf-8")
    if utf8 is not None and not (declared and declared[0].startswith(_MULTIBYTE_IN_ASCII)):
        return utf8
    for name in declared:
        text = _decoded(body, name) if name != "utf-8" else None
        if text is not None and not (name in _WESTERN and _is_misnamed(text)):
            return text
    return body.decode(_detected(body, declared), "replace")


def fits(body: bytes, encoding: str) -> bool:
    """Whether `encoding` may be that of `body`: it leaves next to no byte unread, and `body` is no other UTF-8."""
    text = _decoded(body, encoding, "replace")
    if text is None or not _is_nearly_whole(text, body) or read_bom(body)[0]:
        return False
    return body.isascii() or _decoded(body, "utf-8") in (None, text)


def parse(text: str) -> HtmlElement | None:
    """The tree of an HTML text without comments and processing instructions; None where there is nothing to parse.

    Characters that no document may hold are left out.
    """
    clean = _NO_CHARACTERS.sub(b"", text.encode("utf-8", "replace").translate(None, _CONTROLS))
    clean = _NO_REFERENCES.sub(_NOTHING, clean)
    parser = HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, collect_ids=False)
    parser.set_element_class_lookup(_ONE_CLASS)
    try:
        tree = document_fromstring(clean, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError):
        return None
    return tree if len(tree) else None


def shorten(tree: HtmlElement) -> None:
    """Leave out of a page's tree the text and the attributes behind the first million characters of each, and every
    attribute so long that it says nothing: an image written into the page. Scripts stay whole."""
    _cut_texts(tree)
    _cut_attributes(tree)


def _cut_texts(tree: HtmlElement) -> None:
    left = MOST_TEXT
    for event, element in etree.iterwalk(tree, events=("start", "end")):
        part = "text" if event == "start" else "tail"
        text = getattr(element, part)
        if not text or (part == "text" and element.tag in _UNSEEN):
            continue
        if len(text) > left:
            setattr(element, part, text[:left])
        left -= min(len(text), left)


def _cut_attributes(tree: HtmlElement) -> None:
    left = _MOST_ATTRIBUTES
    for element in tree.iter():
        for name, value in element.items():
            if len(value) > min(left, _LONGEST_ATTRIBUTE):
                del element.attrib[name]
            else:
                left -= len(value)


def text_as_html(text: str) -> str:
    """A plain text as a page of paragraphs, so that one way of reading serves both."""
    paragraphs = "".join(f"<p>{escape(line)}</p>" for line in text.splitlines() if line.strip())
    return f"<html><body><article>{paragraphs}</article></body></html>"


def _decoded(body: bytes, encoding: str, errors: str = "strict") -> str | None:
    try:
        return body.decode(encoding, errors)
    except (UnicodeError, LookupError):  # LookupError: Python knows the name, but not as an encoding of text
        return None


def _detected(body: bytes, declared: Sequence[str]) -> str:
    """The best guess for a page whose declaration is missing or wrong; a near miss (a few bad bytes) keeps it."""
    for claimed in (*declared, "utf-8"):
        nearly = _decoded(body, claimed, "replace")
        if nearly is not None and _is_nearly_whole(nearly, body) and not (claimed in _WESTERN and _is_misnamed(nearly)):
            return claimed
    sample = _words(body)[:_DETECTION_SAMPLE]
    best = from_bytes(sample, steps=5, chunk_size=2048).best()
    if best and best.encoding in _CENTRAL_EUROPEAN and not _IS_CENTRAL.search(sample.decode("cp1252", "replace")):
        return "cp1252"
    return best.encoding if best else "utf-8"


def _words(body: bytes) -> bytes:
    """A page's bytes without its markup, which is ASCII and tells nothing; all of them where little else is left."""
    words = _TAG.sub(b" ", body[: 4 * _DETECTION_SAMPLE])
    return words if len(words) >= _SHORTEST_SAMPLE else body


def _is_nearly_whole(text: str, body: bytes) -> bool:
    return text.count("\ufffd") * 1000 < len(body)


def _is_misnamed(text: str) -> bool:
    """Whether words with letters beyond ASCII mostly have no others, as in no language of Western Europe."""
    words = [word for word in _FOREIGN_WORD.findall(text[:_DETECTION_SAMPLE]) if len(word) > 2]
    wholly = sum(not any(letter.isascii() for letter in word) for word in words)
    return wholly >= _FEWEST_WORDS and 2 * wholly > len(words)
