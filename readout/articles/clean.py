"""Text from outside made harmless to print, store and compare.

It must not change what a text says: no word is dropped, shortened or translated.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

_BLANKS = dict.fromkeys((0x09, 0x0B, 0x0C, 0x85, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000), " ")
_BREAKS = {0x2028: "\n", 0x2029: "\n"}
_CONTROLS: dict[int, str | None] = dict.fromkeys((*range(0x20), *range(0x7F, 0xA0)))
# Overrides and isolates turn a text's visible order around; the marks that Arabic and Hebrew need (200E, 200F) stay,
# as do the joiners of Persian and Indic scripts (200C, 200D).
_DIRECTIONS: dict[int, str | None] = dict.fromkeys((*range(0x202A, 0x202F), *range(0x2066, 0x2070)))
_INVISIBLES: dict[int, str | None] = dict.fromkeys(
    (0xAD, 0x200B, *range(0x2060, 0x2065), 0xFEFF, *range(0xFFF9, 0xFFFC))
)
# Tags spell ASCII that nobody sees; noncharacters (Unicode §23.7) are no text at all, and some readers stop at them.
_TAGS: dict[int, str | None] = dict.fromkeys(range(0xE0000, 0xE0080))
_NONCHARACTERS: dict[int, str | None] = dict.fromkeys(
    (*range(0xFDD0, 0xFDF0), *(plane << 16 | last for plane in range(17) for last in (0xFFFE, 0xFFFF)))
)
_TAKEN = {**_CONTROLS, **_DIRECTIONS, **_INVISIBLES, **_TAGS, **_NONCHARACTERS}
UNSHOWN = "".join(map(chr, _TAKEN))
"""All that no screen shows or that makes one show something else, line feed and tab among them."""
_HARMLESS = {**_TAKEN, **_BLANKS, **_BREAKS, 0x0A: "\n"}

_SPACED = {**dict.fromkeys(_HARMLESS, " "), **_BREAKS, 0x0A: "\n"}

_SURROGATE = re.compile("[\ud800-\udfff]")
_NO_LETTER = re.compile(r"[\W_]+")
_SPACES = re.compile(" {2,}")
_LINE_EDGES = re.compile(" ?\n ?")  # of single spaces: runs of them would be looked through from each
_EMPTY_LINES = re.compile("\n{2,}")
# Marks stand on a letter, over or under it; a hundred of them cover the lines around. The most that a script needs is
# eight, in a Tibetan stack. Few texts have so many signs in a row that are no letters, and those are looked at.
_MOST_MARKS = 8
_MARKS = ("Mn", "Me")
_SIGNS_IN_A_ROW = re.compile(rf"[^\w\s\x00-\x7f]{{{_MOST_MARKS + 1},}}")


def clean_text(text: str) -> str:
    """`text` in NFC with one line break between paragraphs, single spaces, and nothing invisible that misleads.

    No NUL, lone surrogate, noncharacter, control, bidirectional override, tag or zero-width space is left, and no more
    than eight marks stand on one letter; lines are trimmed.
    """
    plain = text
    if not text.isprintable():  # what is printable has nothing in it to take away, and translating takes long
        plain = _SURROGATE.sub("�", text).replace("\r\n", "\n").replace("\r", "\n").translate(_HARMLESS)
    return _EMPTY_LINES.sub("\n", _LINE_EDGES.sub("\n", _SPACES.sub(" ", _composed(plain)))).strip()


def harmless(text: str) -> str:
    """`text` with a space for every character that `clean_text` would take away or turn: as long as `text`.

    For text whose spans are to be found again by whoever sent it.
    """
    return _thinned(_SURROGATE.sub("\ufffd", text).translate(_SPACED), " ")


def bare_name(name: str) -> str:
    """The letters and digits of a site's name, by which its spellings are compared: News.Az, news.az."""
    return _NO_LETTER.sub("", name).casefold()


def clean_line(text: str) -> str:
    """`clean_text` on one line, for titles and names."""
    return clean_text(text).replace("\n", " ")


def _composed(text: str) -> str:
    """`text` in NFC with few marks on each letter, before it is put into NFC (which sorts them, in quadratic time) as
    well as after: a few letters become a letter and a mark."""
    plain = _thinned(text, "")
    composed = unicodedata.normalize("NFC", plain)
    return composed if composed == plain else _thinned(composed, "")


def _thinned(text: str, instead: str) -> str:
    """`text` with `instead` for every mark beyond those that one letter may carry."""
    if text.isascii():
        return text
    return _SIGNS_IN_A_ROW.sub(lambda found: _with_few_marks(found[0], instead), text)


def _with_few_marks(signs: str, instead: str) -> str:
    # Of a million quotation marks it is enough to know that they are none.
    has_marks = any(unicodedata.category(sign) in _MARKS for sign in set(signs))
    return "".join(_few_marks(signs, instead)) if has_marks else signs


def _few_marks(signs: str, instead: str) -> Iterator[str]:
    marks = 0
    for sign in signs:
        kind = unicodedata.category(sign)
        if kind != "Cf":  # a joiner between two marks parts them for no eye
            marks = marks + 1 if kind in _MARKS else 0
        yield sign if marks <= _MOST_MARKS else instead
