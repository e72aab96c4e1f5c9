"""What fuzzing draws from: documents of ours with something done to them, text that hurts, and how many examples.

A run of the tests draws few examples, the same each time. With READOUT_FUZZ set to a number each property draws so
many, at random: `bench/fuzz.py` does that, and says which seed it was.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st

_SEEDS = Path(__file__).parent / "seeds"
_ROOT = Path(__file__).parents[1]
_MANY = int(os.environ.get("READOUT_FUZZ", "0"))
_MOST_CHANGES = 6
_SHORTEST_PIECE = 12  # bytes that are cut out or doubled at most, most of the time

_TOKENS = [
    *(b"<", b">", b"</", b"/>", b"&", b"&#0;", b"&#xD800;", b"&#1114112;", b"&nbsp;", b"<![CDATA[", b"]]>", b"<!--"),
    *(
        b"<!DOCTYPE x [<!ENTITY a 'b'>]>",
        b"<?xml version='1.0' encoding='utf-16'?>",
        b"<?",
        b"<html",
        b"<base href=//[",
    ),
    *(b"<svg>", b"<math>", b"<template>", b"<table><td>", b"<plaintext>", b"<script>", b"<item>", b"<url><loc>"),
    *(
        b'"',
        b"'",
        b"\\",
        b"{",
        b"}",
        b"[",
        b"]",
        b"null",
        b"NaN",
        b"1e999",
        b"-0",
        b"9" * 400,
        b"\\ud800",
        b'{"@type":',
    ),
    *(
        b"\0",
        b"\x1b[31m",
        b"\r",
        b"\n",
        b"\r\n",
        b"\t",
        b"\x85",
        b"\xff\xfe",
        b"\xfe\xff",
        b"\xef\xbb\xbf",
        b"\xed\xa0\x80",
    ),
    *(
        b"\xe2\x80\xae",
        b"\xe2\x80\xa8",
        b"\xc0\xaf",
        b"%00",
        b"%zz",
        b"http://[",
        b"http://[::1",
        b"https://:99999/",
        b"//",
    ),
    *(b"http://a.example:port/", b"javascript:", b"data:,", b"0000-00-00", b"9999-12-31", b"2024-02-30", b"0001-01-01"),
    *(b"T24:00:00", b"+99:99", b"-0000", b"12:60", b"[[", b"]]", b'"""', b"'''", b"=", b"#", b"*", b"$", b"*" * 40),
]


def seed(name: str) -> bytes:
    """A document of ours, whole."""
    return (_SEEDS / name).read_bytes()


def golden_pages() -> list[bytes]:
    """The pages of our golden pairs."""
    return [path.read_bytes() for path in sorted(_ROOT.glob("golden/*/page.html"))]


def mutated(*documents: bytes) -> st.SearchStrategy[bytes]:
    """One of `documents` with pieces cut out, doubled, moved, overwritten or put in; now and then bytes of any kind."""

    @st.composite
    def change(draw: Callable[[st.SearchStrategy[Any]], Any]) -> bytes:
        data = draw(st.sampled_from(documents))
        for _ in range(draw(st.integers(1, _MOST_CHANGES))):
            at = draw(st.integers(0, len(data)))
            end = min(len(data), at + draw(st.integers(0, _SHORTEST_PIECE) | st.integers(0, 400)))
            match draw(st.sampled_from(["cut", "double", "put", "put", "flip", "end", "splice"])):
                case "cut":
                    data = data[:at] + data[end:]
                case "double":
                    data = data[:end] + data[at:end] * draw(st.integers(1, 50)) + data[end:]
                case "put":
                    data = data[:at] + draw(st.sampled_from(_TOKENS)) + data[at:]
                case "flip":
                    data = data[:at] + draw(st.binary(max_size=4)) + data[at + 1 :]
                case "end":
                    data = data[:at]
                case _:
                    data = data[:at] + draw(st.sampled_from(documents))[end:]
        return data

    return change() | st.binary(max_size=300)


def fuzzed(examples: int) -> Callable[[Any], Any]:
    """How often a property is tried: `examples` times and always alike, or as READOUT_FUZZ says."""
    return settings(
        max_examples=_MANY or examples,
        derandomize=not _MANY,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.explicit, Phase.generate, Phase.shrink] if _MANY else [Phase.explicit, Phase.generate],
    )


TEXT = st.text(max_size=80) | st.text(st.characters(codec=None, max_codepoint=0x2FFF), max_size=40)
"""Text, lone surrogates among it."""

DATE_WORDS = st.lists(
    st.sampled_from(
        [
            *(
                "4",
                "04",
                "31",
                "29",
                "2024",
                "0000",
                "9999",
                "24",
                "1990",
                "12:30",
                "24:00",
                "00:00:60",
                "T",
                "Z",
                "+0300",
            ),
            *(
                "-9999",
                "Fri,",
                "Oct",
                "October",
                "октября",
                "oktyabr",
                "жовтня",
                "қазан",
                "أكتوبر",
                "年",
                "月",
                "日",
                "10",
            ),
            *(".", "/", "-", ",", ":", " ", " ", "am", "PM", "GMT", "UTC", "(", ")", "г.", "-cü", "il", "²", "٤", "𝟜"),
        ]
    ),
    max_size=14,
).map("".join)
"""Text that begins to look like dates."""
