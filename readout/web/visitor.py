"""Who asks, as a page's argument.

It must not let anybody in: the gate does, before a page is chosen.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request

from readout.web.key import Visitor


def _of(request: Request) -> Visitor:
    visitor = request.scope["visitor"]
    assert isinstance(visitor, Visitor)
    return visitor


Visiting = Annotated[Visitor, Depends(_of)]
"""Who asks."""
