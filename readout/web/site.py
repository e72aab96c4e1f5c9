"""What the pages stand on: the database, the key of our links, the clock.

It must not answer anything.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Request

from readout.storage.database import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """All that a page may use."""

    database: Database
    key: bytes
    now: Callable[[], datetime]


def _of(request: Request) -> Site:
    site = request.app.state.site
    assert isinstance(site, Site)
    return site


Served = Annotated[Site, Depends(_of)]
"""The site of the request, as a page's argument."""
