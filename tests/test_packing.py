"""Packed answers: what comes out is what went in, whole, and never more than the limit."""

import gzip
import random
import subprocess
import sys
import tracemalloc
import zlib

import brotli
import pytest
from backports import zstd

from readout.packing import Oversized, Unpackable, unpacked

MIB = 1024 * 1024
NOISE = random.Random(1).randbytes(200_000)


def bare_deflate(data):
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


PACKERS = [
    ("gzip", gzip.compress),
    ("x-gzip", gzip.compress),
    ("deflate", zlib.compress),
    ("deflate", bare_deflate),
    ("br", lambda data: brotli.compress(data, quality=5)),
    ("zstd", zstd.compress),
]
every = pytest.mark.parametrize(("coding", "pack"), PACKERS, ids=lambda value: getattr(value, "__name__", value))


@every
@pytest.mark.parametrize("data", [b"x", b"a" * 65_536, b"a" * 131_072, NOISE + b"abc" * 700_000], ids=len)
def test_what_was_packed_comes_out(coding, pack, data):
    assert unpacked(pack(data), [coding], len(data)) == data


@every
@pytest.mark.parametrize("data", [b"a" * 100_000, NOISE], ids=["even", "noise"])
def test_what_breaks_off_is_never_whole(coding, pack, data):
    packed = pack(data)
    for end in (1, len(packed) // 2, len(packed) - 1):
        with pytest.raises(Unpackable):
            unpacked(packed[:end], [coding], MIB)


@every
def test_nothing_comes_out_over_the_limit(coding, pack):
    assert len(unpacked(pack(bytes(MIB)), [coding], MIB)) == MIB
    with pytest.raises(Oversized):
        unpacked(pack(bytes(MIB + 1)), [coding], MIB)


@pytest.mark.parametrize(
    ("body", "codings", "plain"),
    [
        (gzip.compress(b"a") + gzip.compress(b"b"), ["gzip"], b"ab"),
        (gzip.compress(b"a") + bytes(512), ["gzip"], b"a"),
        (gzip.compress(b"a") + b"<!-- cached -->", ["gzip"], b"a"),
        (brotli.compress(gzip.compress(b"a")), ["gzip", "br"], b"a"),
        (gzip.compress(b"a"), ["utf-8", "gzip"], b"a"),
        (b"a", ["utf-8"], b"a"),
        (b"a", ["none"], b"a"),
        (b"", ["gzip"], b""),
    ],
    ids=["parts", "zeros", "padding", "nested", "wrong-inside", "wrong", "none", "empty"],
)
def test_odd_packings(body, codings, plain):
    assert unpacked(body, codings, 100) == plain


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd"])
def test_what_is_packed_otherwise_than_it_says(coding):
    with pytest.raises(Unpackable):
        unpacked(b"<!DOCTYPE html><title>Plain as day</title>", [coding], MIB)


@pytest.mark.parametrize(
    ("coding", "part"), [("gzip", gzip.compress(b"")), ("zstd", zstd.compress(b""))], ids=["gzip", "zstd"]
)
def test_parts_without_end_are_no_work_without_end(coding, part):
    with pytest.raises(Unpackable, match="1000 parts"):
        unpacked(part * 100_000, [coding], MIB)


def test_layers_without_end_are_not_unpacked():
    body = b"a"
    for _ in range(4):
        body = gzip.compress(body)
    with pytest.raises(Unpackable, match="3 times"):
        unpacked(body, ["gzip"] * 4, MIB)


def test_a_window_that_no_web_page_may_ask_for():
    """RFC 9659: a frame of zstd may claim memory a thousand times its size."""
    options = {zstd.CompressionParameter.window_log: 27}
    packer = zstd.ZstdCompressor(options=options)
    with pytest.raises(Unpackable):
        unpacked(packer.compress(NOISE) + packer.flush(), ["zstd"], MIB)


@every
def test_who_keeps_the_errors_keeps_nothing_of_what_was_unpacked(coding, pack):
    bomb, errors = pack(bytes(2 * MIB)), []
    tracemalloc.start()
    try:
        for _ in range(5):
            with pytest.raises(Oversized) as raised:
                unpacked(bomb, [coding], MIB)
            errors.append(raised.value)
        kept, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(errors) == 5
    assert kept < MIB


def test_a_bomb_takes_no_more_memory_than_its_limit(tmp_path):
    """In a process of its own: 1 GiB packed to a few hundred bytes, with 10 MiB to spare for what comes out."""
    packer = zstd.ZstdCompressor()
    mebibyte = bytes(MIB)
    bomb = b"".join([*(packer.compress(mebibyte) for _ in range(1024)), packer.flush()])
    (tmp_path / "bomb").write_bytes(bomb)
    program = (
        "import resource, sys, pathlib\n"
        "from readout.packing import Oversized, unpacked\n"
        "peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "body, before = pathlib.Path(sys.argv[1]).read_bytes(), peak()\n"
        "try:\n"
        "    unpacked(body, ['zstd'], 10 << 20)\n"
        "except Oversized:\n"
        "    print(peak() - before)\n"
    )
    ran = subprocess.run([sys.executable, "-c", program, tmp_path / "bomb"], capture_output=True, text=True, check=True)
    assert len(bomb) * 1000 < 1024 * MIB
    unit = 1 if sys.platform == "darwin" else 1024
    assert int(ran.stdout) * unit < 40 * MIB
