"""The link that stops alerts: ours and nobody else's, and silent about whom it is for."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readout.stop import Stop, read_token, stop_url
from readout.storage.database import Database
from readout.storage.secrets import secret

KEY = bytes(range(32))
READER = "reader@example.org"


def token(watch_id: int = 7, recipient: str = READER, key: bytes = KEY) -> str:
    return stop_url("https://a.example", key, watch_id, recipient).removeprefix("https://a.example/stop/")


@pytest.mark.parametrize("public", ["https://a.example/readout", "https://a.example/readout/"])
def test_it_stands_under_the_public_address(public):
    assert stop_url(public, KEY, 7, READER) == f"https://a.example/readout/stop/{token()}"


def test_links_of_today_are_understood_for_ever():
    assert token() == "1.7.ed3c3b9950e2c227.6383eab0dd2505404b4777214b4fb8c1"


@given(st.integers(1, 10**17), st.text(min_size=1), st.binary(min_size=16, max_size=64))
def test_it_says_which_watch_and_for_whom(watch_id, recipient, key):
    stop = read_token(token(watch_id, recipient, key), key)
    assert stop is not None
    assert stop.watch_id == watch_id
    assert stop.is_of(recipient, key)


@pytest.mark.parametrize("other", ["Reader@Example.ORG", "READER@EXAMPLE.ORG"])
def test_it_is_one_link_however_the_address_is_written(other):
    assert token(recipient=other) == token()


def test_it_is_of_nobody_else():
    stop = read_token(token(), KEY)
    assert not stop.is_of("other@example.org", KEY)


@given(st.integers(0, len(token()) - 1), st.sampled_from(string.printable))
def test_no_character_of_it_may_change(place, character):
    changed = token()[:place] + character + token()[place + 1 :]
    assert (read_token(changed, KEY) is None) == (changed != token())


@given(st.text())
def test_anything_else_is_no_link(text):
    assert read_token(text, KEY) is None


def test_another_key_makes_other_links():
    assert read_token(token(key=b"x" * 32), KEY) is None
    assert token(key=b"x" * 32).split(".")[2] != token().split(".")[2]


def test_it_is_short_and_holds_no_address():
    long = token(watch_id=10**17, recipient="x" * 5000)
    assert len(long) <= 80
    assert set(long) <= set(string.digits + "abcdef.")
    assert isinstance(read_token(long, KEY), Stop)


def test_a_key_is_made_once_for_each_name(database: Database):
    with database.write() as connection:
        first, other = secret(connection, "stop"), secret(connection, "other")
        assert secret(connection, "stop") == first
    assert len(first) == 32
    assert first != other
    with database.read() as connection:
        assert secret(connection, "stop") == first
