"""A page as records of a WARC file: the answer as it came but for its packing, and what was asked.

It must not open a file.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from io import BytesIO
from typing import Any
from urllib.parse import quote, urlsplit
from uuid import UUID

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from readout import __version__
from readout.archive.limits import WRITTEN_HEAD
from readout.articles.web_address import web_address
from readout.exchange import Exchange
from readout.model import Page

VERSION = "WARC/1.1"

_Fields = Iterable[tuple[str, str]]
# They speak of the bytes as they came over the line, and the record holds them unpacked: under their own names they
# would have every reader unpack once more, or stop too early.
_OF_THE_LINE = frozenset({"content-encoding", "transfer-encoding", "content-length"})
_KEPT_AS = "X-Archive-Orig-"
_SECRET = frozenset({"authorization", "proxy-authorization", "cookie"})
_PLAIN = "".join(map(chr, range(0x21, 0x7F)))  # what a field of ours may hold of an address
_UNKNOWN_HOST = "unknown.invalid"
_LONGEST_KIND = 1_000


def page_hash(body: bytes) -> str:
    """SHA-256 of a page's bytes, in hex: what an article names its page by."""
    return hashlib.sha256(body).hexdigest()


def page_records(page: Page) -> bytes:
    """The records of one page, each a gzip member: its answer and, where it is known, the request before it.

    The answer holds the body with every packing of the line taken off (`Content-Encoding`, chunks), which is what was
    read; `WARC-Payload-Digest` is of that. What no server answered in these bytes is a ``resource``.
    """
    out = BytesIO()
    writer = _Writer(out)
    named = {"WARC-Date": _date(page.fetched_at), "WARC-Payload-Digest": f"sha256:{page_hash(page.body)}"}
    uri = _uri(_address(page))
    if page.url != page.final_url:
        named["Readout-Asked-URI"] = _uri(page.url)
    if page.exchange is None:
        kind = _one_line(page.content_type)[:_LONGEST_KIND] or "application/octet-stream"
        _write(writer, uri, "resource", page.body, named, warc_content_type=kind)
        return out.getvalue()
    if page.exchange.address:
        named["WARC-IP-Address"] = _one_line(page.exchange.address)
    answer = _AsReceived(_status(page), list(_unpacked(page)), protocol=_one_line(page.exchange.protocol))
    response = _write(writer, uri, "response", page.body, named, http_headers=answer)
    if page.exchange.request:
        _write_request(writer, uri, page.exchange, response)
    return out.getvalue()


def info_record(fields: Mapping[str, str], *, filename: str, made_at: datetime, id_: UUID) -> bytes:
    """The record that a file begins with, a gzip member: who wrote it, by which standard, and `fields`."""
    out = BytesIO()
    writer = _Writer(out)
    told = {
        "software": f"Readout/{__version__}",
        "format": "WARC File Format 1.1",
        "conformsTo": "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
        **fields,
    }
    body = "".join(f"{name}: {_one_line(value)}\r\n" for name, value in told.items()).encode()
    named = {"WARC-Date": _date(made_at), "WARC-Record-ID": f"<urn:uuid:{id_}>", "WARC-Filename": filename}
    _write(writer, "", "warcinfo", body, named)
    return out.getvalue()


class _Sha256:
    """A digest as records state it: hex, as `sha256sum` writes it."""

    def __init__(self) -> None:
        self._hash = hashlib.sha256()

    def update(self, data: bytes) -> None:
        self._hash.update(data)

    def __str__(self) -> str:
        return f"sha256:{self._hash.hexdigest()}"


class _Writer(WARCWriter):  # type: ignore[misc]
    """Writes records of version 1.1 with SHA-256 digests; warcio's own are SHA-1."""

    def __init__(self, out: BytesIO) -> None:
        super().__init__(out, gzip=True, warc_version=VERSION)

    @staticmethod
    def _create_digester() -> _Sha256:
        return _Sha256()


class _AsReceived(StatusAndHeaders):  # type: ignore[misc]
    """Header fields with the bytes they had; warcio would percent-encode what is not ASCII."""

    def to_ascii_bytes(self, filter_func: Any = None) -> bytes:
        return bytes(self.to_bytes(filter_func, "latin-1"))


def _write(writer: _Writer, uri: str, kind: str, body: bytes, named: Mapping[str, str], **more: Any) -> Any:
    headers = dict(named)
    record = writer.create_warc_record(
        uri, kind, payload=BytesIO(body), length=len(body), warc_headers_dict=headers, **more
    )
    writer.write_record(record)
    return record.rec_headers


def _write_request(writer: _Writer, uri: str, exchange: Exchange, response: Any) -> None:
    asked = urlsplit(uri)
    path = (asked.path or "/") + (f"?{asked.query}" if asked.query else "")
    sent = [(name, value) for name, value in _fitting(_clean(exchange.request)) if name.lower() not in _SECRET]
    if not any(name.lower() == "host" for name, _ in sent):
        sent.insert(0, ("Host", asked.netloc.rpartition("@")[2] or _UNKNOWN_HOST))
    named = {
        "WARC-Date": response.get_header("WARC-Date"),
        "WARC-Concurrent-To": response.get_header("WARC-Record-ID"),
    }
    line = _AsReceived(f"GET {path} {_one_line(exchange.protocol)}", sent, is_http_request=True)
    _write(writer, uri, "request", b"", named, http_headers=line)


def _status(page: Page) -> str:
    try:
        return f"{page.status} {HTTPStatus(page.status).phrase}"
    except ValueError:
        return f"{page.status} Unknown"


def _unpacked(page: Page) -> Iterator[tuple[str, str]]:
    """The answer's header fields, for a body that is unpacked."""
    assert page.exchange is not None
    length = str(len(page.body))
    yield from _fitting(_renamed(page.exchange.headers, length))
    yield "Content-Length", length


def _renamed(fields: _Fields, length: str) -> Iterator[tuple[str, str]]:
    for name, value in _clean(fields):
        if name.lower() not in _OF_THE_LINE:
            yield name, value
        elif (name.lower(), value) != ("content-length", length):
            yield _KEPT_AS + name, value


def _fitting(fields: _Fields) -> Iterator[tuple[str, str]]:
    """As many as a header may hold that is to be read again; what kind of page it is goes before all else."""
    left = WRITTEN_HEAD
    for name, value in sorted(fields, key=lambda field: field[0].lower() != "content-type"):
        size = len(f"{name}: {value}\r\n")
        if size <= left:
            left -= size
            yield name, value


def _clean(fields: _Fields) -> Iterator[tuple[str, str]]:
    """Fields that each are one line, whatever somebody put into them."""
    for name, value in fields:
        if name and name.isascii() and name.replace("-", "").replace("_", "").isalnum():
            yield name, _one_line(value)


def _one_line(text: str) -> str:
    return "".join(letter if " " <= letter <= "~" or "\xa0" <= letter <= "\xff" else " " for letter in text).strip()


def _address(page: Page) -> str:
    """Where the page was found; where that is no address that can be read again, the one that was asked for."""
    try:
        return web_address(page.final_url)
    except ValueError:
        return page.url


def _uri(url: str) -> str:
    return quote(url, safe=_PLAIN, errors="replace")


def _date(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
