"""Files that people write, mutated: what they say, or a list of faults. Never a traceback."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readout.cli.watch_file import read_watches
from readout.config import config_of
from readout.error import ConfigError
from readout.section import targets_in
from readout.source_file import read_source_file
from readout.toml_file import parse_toml
from readout.watches.query import parse
from tests.fuzz.chaos import fuzzed, mutated, seed

VALUES = [
    *(
        '""',
        '"\\u0000"',
        '"\\U000E0001"',
        "0",
        "-1",
        "9223372036854775808",
        "1e999",
        "nan",
        "inf",
        "true",
        "[]",
        "{}",
        "[[]]",
    ),
    *(
        "1979-05-27",
        "07:32:00",
        "1979-05-27T07:32:00Z",
        '"sqlite:///"',
        '"http://["',
        '"[" ',
        '"(a+)+$"',
        '"%Q"',
        '"0 0 30 2 *"',
    ),
    *('["a", 1]', "{a = {b = 1}}", '"' + "x" * 300 + '"', '"🎉"', "0x_", "1_000"),
]


@st.composite
def exchanged(draw: st.DrawFn, document: bytes) -> bytes:
    """`document` with other values behind some of its keys, or other keys before them."""
    lines = document.decode().splitlines()
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(lines) - 1))
        key, _, value = lines[at].partition(" = ")
        if draw(st.booleans()):
            value = draw(st.sampled_from(VALUES))
        else:
            key = draw(
                st.sampled_from(["id", "discover", "type", "query", '"a b"', "x.y", "''", "self", "cls", "__class__"])
            )
        lines[at] = f"{key} = {value}"
    return "\n".join(lines).encode()


def files(name: str) -> st.SearchStrategy[bytes]:
    return mutated(seed(name)) | exchanged(seed(name))


def check(faults: object) -> None:
    assert isinstance(faults, list | tuple)
    assert faults
    for fault in faults:
        assert isinstance(fault, str)
        assert "Traceback" not in fault


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("fuzz") / "file.toml"


def filled(file: Path, data: bytes) -> Path:
    """`file` with `data` in it, for its owner alone."""
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as stream:
        stream.write(data)
    return file


@fuzzed(200)
@given(data=files("source.toml"))
def test_a_source(file: Path, data: bytes) -> None:
    sources, faults = read_source_file(filled(file, data))
    assert bool(sources) != bool(faults)
    if faults:
        check(faults)


@fuzzed(100)
@given(files("watches.toml"))
def test_watches(data: bytes) -> None:
    try:
        read_watches(data, "watches.toml", parse)
    except ConfigError as error:
        check(error.faults)


@fuzzed(100)
@given(data=files("configuration.toml"))
def test_the_configuration(file: Path, data: bytes) -> None:
    try:
        config_of(data, file)
    except ConfigError as error:
        check(error.faults)


def refusal_of(read: Callable[[], object]) -> str:
    """What is said against a file; nothing where it is read."""
    try:
        read()
    except ValueError as error:
        return str(error)
    return ""


@fuzzed(60)
@given(data=mutated(b'team = "slack://a/b/c"\nroom = "https://u:p@[::1"\n'))
def test_targets(file: Path, data: bytes) -> None:
    assert "slack://a" not in refusal_of(lambda: targets_in(filled(file, data)))


@fuzzed(100)
@given(mutated(seed("source.toml"), seed("watches.toml")))
def test_any_toml(data: bytes) -> None:
    assert "\n" not in refusal_of(lambda: parse_toml(data))
