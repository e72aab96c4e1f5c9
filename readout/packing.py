"""The bytes behind a Content-Encoding (RFC 9110 §8.4): gzip, deflate, br, zstd, and one within another.

It must not take more memory or work than its limits say, nor give out as whole what was cut off.
"""

from __future__ import annotations

import sys
import zlib
from collections.abc import Callable, Generator, Iterator, Sequence
from io import BytesIO
from typing import Any

import brotli

from readout.error import ReadoutError

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

GZIP = b"\x1f\x8b"

_PIECE = 1 << 16  # bytes that go in and come out at a time
_MOST_PARTS = 1000  # gzip members or zstd frames one after the other
_MOST_LAYERS = 3
_ZSTD = b"\x28\xb5\x2f\xfd"
_ZSTD_WINDOW = {int(zstd.DecompressionParameter.window_log_max): 23}  # 8 MiB: RFC 9659 §3


class Oversized(ReadoutError):
    """Unpacked it is more than it may be."""


class Unpackable(ReadoutError):
    """It is not packed as it says, or what would be its end is missing."""


def unpacked(body: bytes, codings: Sequence[str], limit: int) -> bytes:
    """`body` without the `codings` that were applied to it in this order; at most `limit` bytes at every layer.

    From a coding that nobody knows on it is left as it is: what a page is decides its bytes. Raises Oversized and
    Unpackable.
    """
    for depth, coding in enumerate(reversed(codings)):
        unpacking = _CODINGS.get(coding)
        if unpacking is None or not body:
            return body
        if depth == _MOST_LAYERS:
            raise Unpackable(f"it is packed more than {_MOST_LAYERS} times")
        body = _gathered(unpacking(body), coding, limit)
    return body


def _gathered(pieces: Iterator[bytes], coding: str, limit: int) -> bytes:
    whole = BytesIO()  # hands out what it holds without another copy
    try:
        for piece in pieces:
            whole.write(piece)
            if whole.tell() > limit:
                whole.close()  # whoever hears of it holds on to this frame
                raise Oversized(f"it is larger than {limit} bytes unpacked")
    except (zlib.error, brotli.error, zstd.ZstdError) as error:
        raise Unpackable(f"it is not the {coding} that it says it is: {error}") from None
    return whole.getvalue()


def _ungzipped(body: bytes) -> Iterator[bytes]:
    # What follows the last member is padding, or a fault that everybody passes over.
    return _parts(body, lambda: zlib.decompressobj(wbits=31), GZIP)


def _inflated(body: bytes) -> Iterator[bytes]:
    """RFC 9110 §8.4.1.2 means zlib's format; some servers send the bare stream."""
    is_zlib = body[0] & 15 == 8 and int.from_bytes(body[:2]) % 31 == 0
    return _parts(body, lambda: zlib.decompressobj(wbits=15 if is_zlib else -15), None)


def _unzstd(body: bytes) -> Iterator[bytes]:
    return _parts(body, lambda: zstd.ZstdDecompressor(options=_ZSTD_WINDOW), _ZSTD)


def _parts(body: bytes, begin: Callable[[], Any], mark: bytes | None) -> Iterator[bytes]:
    """Each stream in `body`, which all begin with `mark`; there is but one where that is None."""
    at = 0
    for _ in range(_MOST_PARTS):
        stream = begin()
        while not stream.eof:
            piece = body[at : at + _PIECE]
            at += len(piece)
            came = yield from _through(stream, piece)
            if not piece and not came:
                raise Unpackable("it breaks off before its end")
        at -= len(stream.unused_data)
        if mark is None or not body.startswith(mark, at):
            return
    raise Unpackable(f"it is packed in more than {_MOST_PARTS} parts")


def _through(stream: Any, piece: bytes) -> Generator[bytes, None, bool]:
    """What comes out of `stream` for `piece`; whether anything did."""
    came = False
    while True:
        out = stream.decompress(piece, _PIECE)
        came = came or bool(out)
        yield out
        # zlib hands back what it did not get to, zstd keeps it.
        piece = getattr(stream, "unconsumed_tail", b"")
        if stream.eof or (not piece and len(out) < _PIECE):
            return came


def _unbrotli(body: bytes) -> Iterator[bytes]:
    stream = brotli.Decompressor()
    for at in range(0, len(body), _PIECE):
        out = stream.process(body[at : at + _PIECE], output_buffer_limit=_PIECE)
        while out or not stream.can_accept_more_data():
            yield out
            out = stream.process(b"", output_buffer_limit=_PIECE)
        if stream.is_finished():
            return
    raise Unpackable("it breaks off before its end")


_CODINGS: dict[str, Callable[[bytes], Iterator[bytes]]] = {
    "identity": lambda body: iter((body,)),
    "gzip": _ungzipped,
    "x-gzip": _ungzipped,
    "deflate": _inflated,
    "br": _unbrotli,
    "zstd": _unzstd,
}
CODINGS = tuple(_CODINGS)
"""Those that can be unpacked."""
