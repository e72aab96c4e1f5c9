"""How a site is asked, as Scrapy's settings: pace and languages, name, certificates, a browser where it needs one.

It must not ask anything. What only a few sources need is imported for them alone.
"""

from __future__ import annotations

import importlib.util
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from readout.config import Config
from readout.model import Source

RENDERED = "playwright"
"""In a request's meta: a browser is to load the page, as scrapy-playwright understands it."""

NO_OTHERS: dict[str, Any] = {"data": None, "file": None, "ftp": None, "s3": None}
"""What settings.py turns off, to be said again where another handler is named: Scrapy takes the table whole."""

_CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
_ACCEPTED = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


def settings_of(source: Source, config: Config) -> dict[str, Any]:
    """Scrapy's settings that follow from one source; `access_fault` is asked first."""
    pace = config.crawl.per_host_delay if source.delay is None else source.delay.total_seconds()
    headers = {"Accept": _ACCEPTED, "Accept-Language": accept_language(source.languages)}
    settings: dict[str, Any] = {
        "DOWNLOAD_DELAY": pace,
        "DEFAULT_REQUEST_HEADERS": headers,
        "USER_AGENT": user_agent(source, config),
    }
    if access_fault(source, config) is not None:
        return settings
    if source.access.renders:
        from .browser import BrowserHandler

        handlers = NO_OTHERS | {"http": BrowserHandler, "https": BrowserHandler}
        patience_ms = int(config.crawl.timeout * 1000)
        return settings | {
            "READOUT_BROWSER": str(chromium(config)),
            "DOWNLOAD_HANDLERS": handlers,
            "PLAYWRIGHT_DEFAULT_NAVIGATION_TIMEOUT": patience_ms,
            "PLAYWRIGHT_DOWNLOAD_TIMEOUT": patience_ms,
        }
    if source.access.ca_file is not None:
        from .certificates import TrustingHandler
        from .connection import BoundedHandler

        settings["READOUT_CA_FILE"] = source.access.ca_file
        settings["DOWNLOAD_HANDLERS"] = NO_OTHERS | {"http": BoundedHandler, "https": TrustingHandler}
    return settings


def user_agent(source: Source, config: Config) -> str:
    """What we call ourselves to `source`."""
    if source.access.as_feed_reader:
        return config.crawl.feed_reader_identity
    return source.access.user_agent or config.crawl.identity


def accept_language(languages: Sequence[str]) -> str:
    """The source's languages, the first one wanted most: sites give the English edition to who asks for nothing."""
    weights = (f";q={max(1 - step / 10, 0.1):.1f}" if step else "" for step in range(len(languages)))
    return ", ".join(language + weight for language, weight in zip(languages, weights, strict=True))


def access_fault(source: Source, config: Config) -> str | None:
    """Why `source` cannot be asked as its file says, and what to do; None: it can."""
    if source.access.renders:
        return _browser_fault(source, config)
    if source.access.ca_file is not None:
        from .certificates import certificates_fault

        return certificates_fault(source.access.ca_file)
    return None


def chromium(config: Config) -> Path | None:
    """The browser for pages that need one: `crawl.browser`, or the first that the system has."""
    if config.crawl.browser is not None:
        return config.crawl.browser
    return next((Path(found) for name in _CHROMIUM if (found := shutil.which(name))), None)


def _browser_fault(source: Source, config: Config) -> str | None:
    wanted = 'render = "browser"'
    if source.access.ca_file is not None:
        return f"{wanted} and ca_file do not go together: give the certificate to the system instead"
    if importlib.util.find_spec("scrapy_playwright") is None:
        return f"{wanted} needs more than Readout brings: pip install 'readout[browser]'"
    if chromium(config) is None:
        return (
            f"{wanted} needs a Chromium: install one (Debian: apt-get install chromium), or say where in crawl.browser"
        )
    return None
