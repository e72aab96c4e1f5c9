"""Text from outside made harmless to print, store and compare.

It must not change what a text says: no word is dropped, shortened or translated.
"""

from __future__ import annotations

import re
import unicodedata

_BLANKS = dict.fromkeys((0x09, 0x0B, 0x0C, 0x85, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000), " ")
_BREAKS = {0x2028: "\n", 0x2029: "\n"}
_CONTROLS: dict[int, str | None] = dict.fromkeys((*range(0x20), *range(0x7F, 0xA0)))
# Overrides and isolates turn a text's visible order around; the marks that Arabic and Hebrew need (200E, 200F) stay,
# as do the joiners of Persian and Indic scripts (200C, 200D).
_DIRECTIONS: dict[int, str | None] = dict.fromkeys((*range(0x202A, 0x202F), *range(0x2066, 0x206A)))
_INVISIBLES: dict[int, str | None] = dict.fromkeys((0xAD, 0x200B, 0x2060, 0xFEFF, 0xFFFE, 0xFFFF))
_HARMLESS = {**_CONTROLS, **_DIRECTIONS, **_INVISIBLES, **_BLANKS, **_BREAKS, 0x0A: "\n"}

_SPACED = {**dict.fromkeys(_HARMLESS, " "), **_BREAKS, 0x0A: "\n"}

_SURROGATE = re.compile("[\ud800-\udfff]")
_NO_LETTER = re.compile(r"[\W_]+")
_SPACES = re.compile(" {2,}")
_LINE_EDGES = re.compile(" *\n *")
_EMPTY_LINES = re.compile("\n{2,}")


def clean_text(text: str) -> str:
    """`text` in NFC with one line break between paragraphs, single spaces, and nothing invisible that misleads.

    No NUL, lone surrogate, control, bidirectional override or zero-width space is left; lines are trimmed.
    """
    plain = text
    if not text.isprintable():  # what is printable has nothing in it to take away, and translating takes long
        plain = _SURROGATE.sub("�", text).replace("\r\n", "\n").replace("\r", "\n").translate(_HARMLESS)
    plain = _SPACES.sub(" ", unicodedata.normalize("NFC", plain))
    return _EMPTY_LINES.sub("\n", _LINE_EDGES.sub("\n", plain)).strip()


def harmless(text: str) -> str:
    """`text` with a space for every character that `clean_text` would take away or turn: as long as `text`.

    For text whose spans are to be found again by whoever sent it.
    """
    return _SURROGATE.sub("\ufffd", text).translate(_SPACED)


def bare_name(name: str) -> str:
    """The letters and digits of a site's name, by which its spellings are compared: News.Az, news.az."""
    return _NO_LETTER.sub("", name).casefold()


def clean_line(text: str) -> str:
    """`clean_text` on one line, for titles and names."""
    return clean_text(text).replace("\n", " ")
