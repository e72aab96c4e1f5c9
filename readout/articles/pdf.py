"""The text of a PDF, as ministries publish their statements.

It must not look at pictures, run what a file holds, or believe its dates: those are of its making or conversion.
"""

from __future__ import annotations

import logging
import re
import struct
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING

from readout.articles.clean import clean_line, clean_text

if TYPE_CHECKING:
    from pypdf import PdfReader

PDF = "application/pdf"
_MARK = b"%PDF-"
_MARK_WITHIN = 1_024  # what readers of PDF allow before the mark
_MOST_PAGES = 100
_MOST_CHARACTERS = 400_000
_MOST_RECOVERED = 1_000  # objects looked through for the root of a damaged file
# A line shorter than this share of its page's longest ends its paragraph, if it ends like a sentence.
_FULL_LINE = 0.75
_WIDE_GAP = 1.4  # times the usual distance of lines
_OTHER_SIZE = 0.1
_SENTENCE_END = re.compile(r"[.!?…:;。！？؟۔][»”\"')\]]*$")
_HYPHEN = re.compile(r"(?<=[^\W\d_])[-\u00ad]$")
_ITEM = re.compile(r"\s*(?:[•*▪]|\d{1,2}[.)])\s")
_HYPHENATED = 0.05  # of a page's lines
_LONGEST_HEADLINE = 200
# Titles that programs make up: a file's name, or the program's own.
_NO_TITLE = re.compile(
    r"(?i)^(?:microsoft \w+|untitled.*|document\d*|.*\.(?:docx?|pdf|rtf|odt|indd|pages|pptx?|xlsx?))\b"
)

# What the library meets in damaged and hostile files, beside its own errors.
_FAULTS = (
    *(ArithmeticError, AssertionError, AttributeError, LookupError, NotImplementedError, OSError, RecursionError),
    *(TypeError, ValueError, struct.error, zlib.error),
)


class PdfError(Exception):
    """A file that cannot be read; its text says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PdfText:
    """Title, None where the file has none, and text in paragraphs of a line each; empty for pictures of pages."""

    title: str | None
    text: str


def is_pdf(body: bytes) -> bool:
    """Whether a file is a PDF, whatever the server calls it."""
    return body.startswith(_MARK) or (body[:1] != b"<" and b"\n" + _MARK in body[:_MARK_WITHIN])


def read_pdf(body: bytes) -> PdfText:
    """The text of the first pages. Raises PdfError for a file that is damaged beyond reading or locked."""
    from pypdf import PdfReader, filters  # here: few pages are PDFs, and the library takes time to load
    from pypdf.errors import PyPdfError

    logging.getLogger("pypdf").setLevel(logging.CRITICAL + 1)
    filters.JBIG2DEC_BINARY = None  # no file makes us start a program
    try:
        reader = PdfReader(BytesIO(body), root_object_recovery_limit=_MOST_RECOVERED)
        if reader.is_encrypted and not reader.decrypt(""):
            raise PdfError("it is locked by a password")
        stated = clean_line(reader.metadata.title or "") if reader.metadata else ""
        text = clean_text("\n".join(_page_text(page) for page in _pages(reader)))
    except (PyPdfError, *_FAULTS) as error:
        raise PdfError(f"{type(error).__name__}: {error}"[:200]) from error
    return _titled(stated, text)


@dataclass(slots=True)
class _Line:
    """A line of a page as it is laid out: how high it stands, in points from below, and how large its letters are."""

    text: str = ""
    height: float = 0.0
    size: float = 0.0


def _pages(reader: PdfReader) -> Iterator[list[_Line]]:
    left = _MOST_CHARACTERS
    for _, page in zip(range(_MOST_PAGES), reader.pages, strict=False):
        lines = [_Line()]
        page.extract_text(visitor_text=partial(_take, lines))
        left -= sum(len(line.text) for line in lines)
        yield lines
        if left <= 0:
            return


def _take(
    lines: list[_Line], text: str, above: Sequence[float], place: Sequence[float], _font: object, size: float
) -> None:
    """A piece of text as the library meets it; `above` and `place` are its matrices (ISO 32000-1 §8.3.3)."""
    for at, part in enumerate(text.split("\n")):
        if at:
            lines.append(_Line())
        if part.strip() and not lines[-1].text.strip():
            lines[-1].height = place[4] * above[1] + place[5] * above[3] + above[5]
            lines[-1].size = size * abs(place[3] * above[3])
        lines[-1].text += part


def _page_text(lines: Sequence[_Line]) -> str:
    """The page's paragraphs, put together from the lines that its layout made of them."""
    lines = [line for line in lines if line.text.strip()]
    gaps = [before.height - line.height for before, line in pairwise(lines)]
    usual = median([gap for gap in gaps if gap > 0] or [0.0])
    full = _FULL_LINE * max((len(line.text.strip()) for line in lines), default=0)
    hyphenates = sum(bool(_HYPHEN.search(line.text.strip())) for line in lines) > _HYPHENATED * len(lines)
    paragraphs, before = [""], _Line()
    for line, gap in zip(lines, (0.0, *gaps), strict=False):
        if gap > _WIDE_GAP * usual or _is_apart(before, line, full):
            paragraphs.append("")
        paragraphs[-1] = _joined(paragraphs[-1], line.text.strip(), hyphenates=hyphenates)
        before = line
    return "\n".join(paragraphs)


def _is_apart(before: _Line, line: _Line, full: float) -> bool:
    """Whether a line begins a paragraph: an item of a list, in letters of another size, or after a sentence's end."""
    ends_early = len(before.text.strip()) < full and _SENTENCE_END.search(before.text.strip())
    resized = abs(before.size - line.size) > _OTHER_SIZE * line.size
    return bool(_ITEM.match(line.text) or (before.text and resized) or ends_early)


def _joined(before: str, line: str, *, hyphenates: bool) -> str:
    """A word that was parted at a line's end is made whole; where that is rare the hyphen is the word's own."""
    if _HYPHEN.search(before) and line[:1].islower():
        return before[: -1 if hyphenates or before.endswith("\u00ad") else None] + line
    return f"{before} {line}" if before and line else before or line


def _titled(stated: str, text: str) -> PdfText:
    """The title that the file states, unless a program made it up; else its first line, if it is as short as one."""
    title = stated if stated and not _NO_TITLE.match(stated) else None
    first, _, rest = text.partition("\n")
    if title is None and rest and len(first) <= _LONGEST_HEADLINE and not _SENTENCE_END.search(first):
        return PdfText(title=first, text=rest)
    return PdfText(
        title=title, text=rest if title and rest and clean_line(first).casefold() == title.casefold() else text
    )
