"""Regular expressions that people write: those that may take for ever are refused where they are written."""

import re

import pytest

from readout.catalog import load_sources
from readout.error import ConfigError
from readout.pattern import endless_part
from tests.sites import configure, source

ENDLESS = (
    r"(a+)+$",
    r"^(\w+)*$",
    r"(?:[a-z]+-?)+$",
    r"(a*)*b",
    r"([a-z0-9]+)*/",
    r"^/news/(?:[\w-]+/?)+$",
    r"((a|b)+)+c",
    r"(?:x(?:a+)+)y",
    r"(?=(a+)+b)",
    r"(.*,)*x",
    r"(?:-[a-z-]+)+x",
    r"(?:a[a-z]+a)+x",
    r"(\d{1,9}){20,}x",
)
FINE = (
    r"/news/[\w-]+$",
    r"^/news(?:/[\w-]+)+$",
    r"^/news(?:/[^/]+)*$",
    r"(?:[a-z]++-?)+$",
    r"(?:-\d+)+",
    r"(?:[a-z]+-)+[a-z]+",
    r"(a+)?b",
    r"(?:ab|cd)+",
    r"(?:/\d{1,4}){1,3}",
    r"^https?://(www\.)?example\.org/(news/\d+(/[a-z0-9-]*)?|news\.php\?id=\d+)$",
    r"",
)


@pytest.mark.parametrize("pattern", ENDLESS)
def test_an_expression_that_may_take_for_ever_is_told(pattern):
    re.compile(pattern)
    assert "within a repetition" in (endless_part(pattern) or "")


@pytest.mark.parametrize("pattern", FINE)
def test_one_that_does_not_is_none(pattern):
    assert endless_part(pattern) is None


def test_a_source_with_one_is_refused(tmp_path):
    feed = {"type": "feed", "url": "https://example.org/rss"}
    config = configure(tmp_path, source("slow", "https://example.org/", feed, article=r"/news/(\w+)+$"))
    with pytest.raises(ConfigError, match=r"slow\.toml: .*article: .*within a repetition"):
        load_sources(config.sources)
