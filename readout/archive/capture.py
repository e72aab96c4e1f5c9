"""Pages out of a WARC file, ours or anybody's: read in pieces, each within its limits.

It must not believe what a file says of itself: a length, an encoding, an address.
"""

from __future__ import annotations

import gzip
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from readout.archive.limits import LARGEST_HEAD, LARGEST_PAGE
from readout.articles.web_address import web_address
from readout.exchange import Exchange
from readout.model import Page
from readout.packing import CODINGS, GZIP, Oversized, Unpackable, unpacked

_PIECE = 64 * 1024
_LONGEST_CHUNK_LINE = 16 * 1024
_MOST_EMPTY_LINES = 256
_FIRST_YEAR, _LAST_YEAR = 1990, 2200  # what is read of a page counts from its day, and must stay within a calendar
_GZIPS = ("gzip", "x-gzip")
_HTML = ("text/html", "application/xhtml+xml")
_VERSION = re.compile(rb"WARC/(?:0\.1[78]|1\.[01])")
_STATUS = re.compile(rb"(HTTP/\d(?:\.\d)?) (\d{3})(?: .*)?")
_CHUNK = re.compile(rb"([0-9a-fA-F]{1,8})\s*(?:;.*)?")

_Fields = tuple[tuple[str, str], ...]


class BrokenWarcError(Exception):
    """The file cannot be read any further."""


class BadRecordError(Exception):
    """A record is not as it should be; the next one can be read all the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A record: its kind, its header fields by their names in lower case, its block; of one longer than any page's is,
    not `is_whole`, the beginning."""

    kind: str
    fields: dict[str, str]
    block: bytes
    is_whole: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """What the record of that number holds, counted from 1: a page, or nothing for us, or a fault that is said."""

    number: int
    page: Page | None = None
    fault: str | None = None


def captures(path: Path, *, largest_page: int) -> Iterator[Capture]:
    """What each record of a WARC file holds, gzipped or not, in order. Raises OSError where there is no file to read.

    A page of more than `largest_page` bytes, unpacked, is a fault; chunks and packing may make it longer until then.
    Pages are answers of status 200 in HTML, and resources in HTML. After a fault by which the file cannot be read any
    further nothing follows.
    """
    number = 0
    with path.open("rb") as file:
        try:
            for number, record in enumerate(records(file, largest_block=2 * largest_page + LARGEST_HEAD), 1):
                yield _capture(number, record, largest_page)
        except BrokenWarcError as error:
            yield Capture(number=number + 1, fault=f"{error}; what follows cannot be read")


def records(file: BinaryIO, *, largest_block: int = LARGEST_PAGE + LARGEST_HEAD) -> Iterator[Record]:
    """The records of an open file, as long as it can be read: as it stands, all that we ever write. Raises
    BrokenWarcError."""
    start = file.read(2)
    file.seek(0)
    stream: BinaryIO = gzip.GzipFile(fileobj=file) if start == GZIP else file  # type: ignore[assignment]
    try:
        while first := _first_line(stream):
            yield _record(stream, first, largest_block)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise BrokenWarcError(f"cut off or damaged: {error}") from None


def _first_line(stream: BinaryIO) -> bytes:
    """The first line that is not empty: two empty ones stand between records."""
    for _ in range(_MOST_EMPTY_LINES):
        line = _line(stream, LARGEST_HEAD)
        if line not in (b"\r\n", b"\n"):
            return line
    raise BrokenWarcError("nothing but empty lines")


def _line(stream: BinaryIO, most: int) -> bytes:
    line = stream.readline(most + 1)
    if len(line) > most:
        raise BrokenWarcError(f"a header of more than {LARGEST_HEAD // 1024} KiB")
    return line


def _record(stream: BinaryIO, first: bytes, largest_block: int) -> Record:
    if not _VERSION.fullmatch(first.strip()):
        raise BrokenWarcError(f"no record of WARC begins with {first[:40]!r}")
    fields = {name.lower(): value for name, value in _fields(stream)}
    stated = fields.get("content-length", "")
    if not stated.isascii() or not stated.isdigit() or len(stated) > 15:
        raise BrokenWarcError("a record does not say how long it is")
    length = int(stated)
    is_whole = length <= largest_block
    block = _block(stream, length if is_whole else _PIECE)
    for begin in range(len(block), length, _PIECE):
        _block(stream, min(_PIECE, length - begin))
    return Record(kind=fields.get("warc-type", "").lower(), fields=fields, block=block, is_whole=is_whole)


def _block(stream: BinaryIO, length: int) -> bytes:
    block = stream.read(length)
    if len(block) < length:
        raise EOFError("the file ends within a record")
    return block


def _fields(stream: BinaryIO) -> _Fields:
    """Header fields up to the empty line; of a folded one the first line."""
    found: list[tuple[str, str]] = []
    left = LARGEST_HEAD
    while line := (whole := _line(stream, left)).rstrip(b"\r\n"):
        left -= len(whole)
        name, colon, value = line.partition(b":")
        if colon and not line[:1].isspace():
            found.append((name.decode("latin-1").strip(), value.decode("latin-1").strip()))
    return tuple(found)


# --- from a record to a page ----------------------------------------------------------------------------------------


def _capture(number: int, record: Record, largest: int) -> Capture:
    if record.kind not in ("response", "resource") or not _uri(record).startswith(("http://", "https://")):
        return Capture(number=number)
    try:
        return Capture(number=number, page=_page(record, largest))
    except BrokenWarcError as error:
        return Capture(number=number, fault=f"its HTTP header cannot be read: {error}")
    except BadRecordError as error:
        return Capture(number=number, fault=str(error))


def _page(record: Record, largest: int) -> Page | None:
    """The page that a record holds; None: it is none, but an image, an error, a redirect."""
    if record.kind == "resource":
        kind = record.fields.get("content-type", "")
        if not _is_html(kind):
            return None
        _refuse_part(record, largest)
        return _page_of(record, _decoded(record.block, "", largest), kind, None)
    stream = BytesIO(record.block)
    status = _STATUS.fullmatch(_line(stream, LARGEST_HEAD).strip())
    if status is None:
        raise BadRecordError("it holds no answer of HTTP")
    if status[2] != b"200":
        return None
    fields = _fields(stream)
    named = {name.lower(): value for name, value in fields}
    if not _is_html(named.get("content-type", "")):
        return None
    _refuse_part(record, largest)
    body = stream.read()
    if named.get("transfer-encoding", "").lower() == "chunked":
        body = _unchunked(body)
    elif _is_short(body, named.get("content-length", "")):
        raise BadRecordError("it is shorter than its Content-Length says")
    exchange = Exchange(
        headers=fields, protocol=status[1].decode("ascii"), address=record.fields.get("warc-ip-address")
    )
    return _page_of(record, _decoded(body, named.get("content-encoding", ""), largest), named["content-type"], exchange)


def _refuse_part(record: Record, largest: int) -> None:
    if not record.is_whole:
        raise _too_long(largest)
    if cut := record.fields.get("warc-truncated"):  # ISO 28500 §5.13
        raise BadRecordError(f"the archive itself holds but a part of it (WARC-Truncated: {cut[:40]!r})")


def _page_of(record: Record, body: bytes, kind: str, exchange: Exchange | None) -> Page:
    try:
        url = web_address(_uri(record))
    except ValueError as error:
        raise BadRecordError(f"its address {error}") from None
    return Page(
        url=url,
        final_url=url,
        status=200,
        body=body,
        content_type=kind,
        fetched_at=_moment(record.fields.get("warc-date", "")),
        exchange=exchange,
    )


def _uri(record: Record) -> str:
    return record.fields.get("warc-target-uri", "").removeprefix("<").removesuffix(">")


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):  # the latter: in UTC it is before the year 1 or after 9999
        raise BadRecordError("WARC-Date is no date") from None
    if not _FIRST_YEAR <= moment.year <= _LAST_YEAR:
        raise BadRecordError(f"WARC-Date is of {moment.year}: no page was fetched then")
    return moment


def _is_short(body: bytes, stated: str) -> bool:
    return stated.isascii() and stated.isdigit() and len(stated) <= 15 and len(body) < int(stated)


def _is_html(kind: str) -> bool:
    return kind.partition(";")[0].strip().lower() in _HTML


# --- unpacking ------------------------------------------------------------------------------------------------------


def _unchunked(body: bytes) -> bytes:
    """What chunks hold (RFC 9112 §7.1). Some archives unpack them and keep the field: then as it is. Raises
    BadRecordError where the last one is missing."""
    stream, parts = BytesIO(body), list[bytes]()
    while size := _CHUNK.fullmatch(stream.readline(_LONGEST_CHUNK_LINE).strip()):
        length = int(size[1], 16)
        if not length:
            return b"".join(parts)
        parts.append(stream.read(length))
        stream.readline(2)
    if parts:
        raise BadRecordError("it breaks off within its chunks")
    return body


def _decoded(body: bytes, encoding: str, largest: int) -> bytes:
    """A body with its Content-Encoding taken off. Raises BadRecordError at what is unknown, damaged, cut off or too
    long."""
    codings = [name for each in encoding.split(",") if (name := each.strip().lower())]
    if unknown := [name for name in codings if name not in CODINGS]:
        raise BadRecordError(f"its Content-Encoding {unknown[0][:40]!r} is not known")
    while codings and codings[-1] in _GZIPS and not body.startswith(GZIP):
        codings.pop()  # some archives unpack a body and keep the field
    try:
        body = unpacked(body, codings, largest)
    except Oversized:
        raise _too_long(largest) from None
    except Unpackable as error:
        raise BadRecordError(f"its body cannot be unpacked: {error}") from None
    if len(body) > largest:
        raise _too_long(largest)
    return body


def _too_long(largest: int) -> BadRecordError:
    return BadRecordError(f"longer than a page may be: crawl.max_page_mib is {largest / 2**20:g}")
