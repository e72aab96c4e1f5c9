"""Sites that answer with too much."""

from __future__ import annotations

from readout.demo.server import Answer
from tests.hostile.case import Case, Site, Url, news

_MIB = 1024 * 1024


def _large_page(url: Url) -> Site:
    content = {"/news/large": Answer.of(b"<p>" + b"words and " * (11 * _MIB // 10))}
    return news(url, content, fates={"/news/large": ("unsupported", "")})


CASES = (Case(name="large-page", note="a page over the limit of decoded bytes is not read", build=_large_page),)
