"""Web archives of others are read in bounded pieces: whole pages, and what is wrong with the rest is said."""

import gzip
import tracemalloc
import zlib

import brotli
import pytest
from backports import zstd

from readout.archive.capture import captures
from readout.archive.limits import LARGEST_HEAD
from tests.reported import NOW


def response(body=b"<p>Hi", *, head=(), url="https://x.example/", status=b"200 OK", extra=None, **fields):
    http = b"HTTP/1.1 " + status + b"\r\nContent-Type: text/html\r\n" + b"".join(line + b"\r\n" for line in head)
    return raw(http + b"\r\n" + body, url=url, head=[extra] if extra else [], **fields)


def raw(block, *, kind="response", url="https://x.example/", date="2024-10-04T12:00:00Z", length=None, head=()):
    size = len(block) if length is None else length
    named = f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {url}\r\nWARC-Date: {date}\r\nContent-Length: {size}"
    return b"".join([named.encode(), b"\r\n", *head, b"\r\n", block, b"\r\n\r\n"])


def packed(data):
    squeeze = zlib.compressobj(9, wbits=31)
    return squeeze.compress(data) + squeeze.flush()


LARGEST = 10 * 2**20
TOO_LONG = "longer than a page may be: crawl.max_page_mib is 10"
SOUND = response(b"<p>sound", url="https://x.example/sound")
LONG = 100 * 1024 * 1024
WORDS = bytes(range(256))
GZIPPED = packed(packed(packed(packed(b"<p>Hi"))))
FAULTS = {
    "a gzip bomb": (
        lambda: response(packed(bytes(LONG)), head=[b"Content-Encoding: gzip"]),
        TOO_LONG,
    ),
    "a brotli bomb": (
        lambda: response(brotli.compress(bytes(LONG), quality=1), head=[b"Content-Encoding: br"]),
        TOO_LONG,
    ),
    "too long": (lambda: response(bytes(3 * LARGEST)), TOO_LONG),
    "a little too long": (lambda: response(bytes(LARGEST + 1)), TOO_LONG),
    "no gzip": (response(b"\x1f\x8bno", head=[b"Content-Encoding: gzip"]), "cannot be unpacked"),
    "a cut gzip": (response(packed(b"<p>Hi")[:-9], head=[b"Content-Encoding: gzip"]), "breaks off before its end"),
    "a cut brotli": (
        response(brotli.compress(WORDS)[:-9], head=[b"Content-Encoding: br"]),
        "breaks off before its end",
    ),
    "too many layers": (response(GZIPPED, head=[b"Content-Encoding: " + b"gzip," * 4]), "more than 3 times"),
    "cut chunks": (response(b"4\r\n<p>H\r\n9\r\ni", head=[b"Transfer-Encoding: chunked"]), "within its chunks"),
    "cut by its server": (response(head=[b"Content-Length: 50"]), "shorter than its Content-Length"),
    "cut by its archive": (response(extra=b"WARC-Truncated: time\r\n"), "holds but a part of it"),
    "no such encoding": (response(b"x", head=[b"Content-Encoding: snappy"]), "is not known"),
    "no answer": (raw(b"hello"), "no answer of HTTP"),
    "an endless line": (response(head=[b"X: " + b"x" * LARGEST_HEAD]), "more than 256 KiB"),
    "no date": (response(date="yesterday"), "WARC-Date"),
    "a date before all in UTC": (response(date="0001-01-01T00:00:00+14:00"), "WARC-Date is no date"),
    "a date after all in UTC": (response(date="9999-12-31T23:59:59-14:00"), "WARC-Date is no date"),
    "a date at the end of time": (response(date="9999-12-31T23:59:59Z"), "no page was fetched then"),
    "no host": (response(url="https://"), "names no host"),
    "a broken address": (response(url="https://[x/"), "its address cannot be read"),
    "a long address": (response(url="https://x.example/" + "a" * 3_000), "longer than 2048 characters"),
    "an escape": (response(url="https://x.example/\x1b[2J"), "no address may"),
    "a password": (response(url="https://me:secret@x.example/"), "its address holds a name or a password"),
    "a port that is none": (response(url="https://x.example:99999/"), "its address has a port that is none"),
}
BREAKS = {
    "cut": (response()[:-30], "cut off"),
    "a lie of length": (raw(b"x", length=10**12), "cut off"),
    "no length": (raw(b"x", length="many"), "how long"),
    "a line without an end": (lambda: b"WARC/1.0\r\nX: " + bytes(LONG), "more than 256 KiB"),
    "fields without an end": (b"WARC/1.0\r\n" + b"A: b\r\n" * 100_000, "more than 256 KiB"),
    "empty lines": (b"\r\n" * 1_000_000, "empty lines"),
    "no WARC": (b"<html>", "no record of WARC"),
}


def read(tmp_path, *parts, wrapping=bytes):
    """What each record of a file holds; the parts are made here, where they are many bytes."""
    file = tmp_path / "x.warc"
    with file.open("wb") as out:
        for part in parts:
            out.write(wrapping(part() if callable(part) else part))
    tracemalloc.start()
    try:
        found = list(captures(file, largest_page=LARGEST))
        assert tracemalloc.get_traced_memory()[1] < 80 * 2**20
    finally:
        tracemalloc.stop()
    return found


@pytest.mark.parametrize("wrapping", [bytes, packed])
@pytest.mark.parametrize("name", FAULTS)
def test_a_bad_record_is_told_by_its_number_and_the_next_is_read(tmp_path, name, wrapping):
    data, fault = FAULTS[name]
    bad, good = read(tmp_path, data, SOUND, wrapping=wrapping)
    assert (bad.number, bad.page) == (1, None)
    assert fault in bad.fault
    assert (good.number, good.page.body) == (2, b"<p>sound")


@pytest.mark.parametrize("wrapping", [bytes, packed])
@pytest.mark.parametrize("name", BREAKS)
def test_where_a_file_cannot_be_read_further_it_says_so(tmp_path, name, wrapping):
    data, fault = BREAKS[name]
    good, bad = read(tmp_path, SOUND, data, wrapping=wrapping)
    assert good.page.body == b"<p>sound"
    assert (bad.number, bad.page) == (2, None)
    assert fault in bad.fault


CHUNKS = b"4\r\n<p>H\r\n1;x=y\r\ni\r\n0\r\n\r\n"
PAGES = {
    "plain": response(),
    "chunks": response(CHUNKS, head=[b"Transfer-Encoding: chunked"]),
    "chunks that were taken off": response(b"<p>Hi", head=[b"Transfer-Encoding: chunked"]),
    "gzip": response(gzip.compress(b"<p>Hi"), head=[b"Content-Encoding: gzip"]),
    "gzip that was taken off": response(b"<p>Hi", head=[b"Content-Encoding: gzip"]),
    "gzip in two parts": response(packed(b"<p>") + packed(b"Hi"), head=[b"Content-Encoding: gzip"]),
    "zstd": response(zstd.compress(b"<p>Hi"), head=[b"Content-Encoding: zstd"]),
    "not packed": response(head=[b"Content-Encoding: identity", b"Content-Length: 5"]),
    "deflate": response(zlib.compress(b"<p>Hi"), head=[b"Content-Encoding: deflate"]),
    "brotli": response(brotli.compress(b"<p>Hi"), head=[b"Content-Encoding: br"]),
    "a resource": raw(b"<p>Hi", kind="resource", head=[b"Content-Type: text/html\r\n"]),
    "an address in brackets": response(url="<https://x.example/>"),
}
NO_PAGES = {
    "an error": response(status=b"404 Not Found"),
    "a redirect": response(status=b"301 Moved"),
    "an image": raw(b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n\r\nx"),
    "a long film": lambda: raw(b"HTTP/1.1 200 OK\r\nContent-Type: video/mp4\r\n\r\n" + bytes(30 * 2**20)),
    "a request": raw(b"GET / HTTP/1.1\r\n\r\n", kind="request"),
    "a name asked for": raw(b"x", kind="response", url="dns:x.example"),
}


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_read_as_it_was_on_its_day(tmp_path, name):
    (found,) = read(tmp_path, PAGES[name])
    assert (found.page.url, found.page.body, found.page.fetched_at) == ("https://x.example/", b"<p>Hi", NOW)


@pytest.mark.parametrize("name", NO_PAGES)
def test_what_is_no_page_is_passed_over(tmp_path, name):
    (found,) = read(tmp_path, NO_PAGES[name])
    assert (found.page, found.fault) == (None, None)
