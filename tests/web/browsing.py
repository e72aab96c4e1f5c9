"""A real browser at the pages, and what it saw them do. Tests that ask for one are left out where there is none."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest

from readout.config import Config
from spiders.access import chromium

PHONE, DESK = {"width": 360, "height": 740}, {"width": 1280, "height": 900}


@dataclass
class Seen:
    """What a tab did that nobody wants."""

    asked_elsewhere: list[str] = field(default_factory=list)
    ran: list[str] = field(default_factory=list)
    complained: list[str] = field(default_factory=list)


@contextmanager
def browser() -> Iterator[Any]:
    """Chromium without a window."""
    program = chromium(Config())
    if program is None:
        pytest.skip("no chromium on this machine")
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with playwright.sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=str(program), args=["--no-sandbox"])
        yield opened
        opened.close()


@contextmanager
def tab(opened: Any, home: str, size: dict[str, int] = DESK, **options: Any) -> Iterator[tuple[Any, Seen]]:
    """A tab at that home, and what it does: whatever is not asked of home is refused and noted."""
    seen = Seen()
    context = opened.new_context(viewport=size, locale="en-GB", **options)
    host = urlsplit(home).netloc

    def let_through(route: Any) -> None:
        if urlsplit(route.request.url).netloc == host:
            route.continue_()
        else:
            seen.asked_elsewhere.append(route.request.url)
            route.abort()

    context.route("**/*", let_through)
    context.expose_function("owned", lambda *_: seen.ran.append("owned"))
    page = context.new_page()
    page.on("dialog", lambda dialog: (seen.ran.append(dialog.message), dialog.dismiss()))
    page.on("console", lambda said: seen.complained.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: seen.ran.append(str(error)))
    yield page, seen
    context.close()


def paths(page: Any, home: str) -> list[str]:
    """The paths of ours that a page leads to, each once, in order."""
    found = page.eval_on_selector_all("a[href]", "links => links.map(link => link.getAttribute('href'))")
    own = (urljoin(page.url, href) for href in found)
    ours = (urlsplit(url) for url in own if urlsplit(url).netloc == urlsplit(home).netloc)
    return list(dict.fromkeys(parts.path + (f"?{parts.query}" if parts.query else "") for parts in ours))


def shape(path: str) -> str:
    """Which page it is, whatever it is about: ``/meetings/12`` is one with ``/meetings/7``."""
    parts = urlsplit(path)
    known = re.sub(r"/(people|bodies|sources)/[^/]+|/[^/]*\d[^/]*", r"/\1*", parts.path)
    return known + ("?" + "&".join(sorted({each.partition("=")[0] for each in parts.query.split("&") if each})))
