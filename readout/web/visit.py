"""One connection to the web page, which is closed when it does not come to the point.

It must not know what is asked: uvicorn reads requests and hands them to the app.
"""

from __future__ import annotations

import asyncio

from uvicorn.protocols.http.h11_impl import H11Protocol


class Visit(H11Protocol):
    """Has `timeout_keep_alive` seconds for each whole request, and the oldest that asks nothing gives way to a new one
    where there are `limit_concurrency`: uvicorn's own limits begin with the first request, which may never come."""

    _asks_by = 0.0
    _watch: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for the first request, if there is room."""
        super().connection_made(transport)
        self._await_request()
        if len(self.connections) >= (self.limit_concurrency or 0):
            self._make_room()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no longer."""
        super().connection_lost(exc)
        self._unwatch()

    def on_response_complete(self) -> None:
        """Wait for the next request."""
        self._await_request()
        super().on_response_complete()

    @property
    def _is_idle(self) -> bool:
        """Whether nothing is asked, or not to its end."""
        return self.cycle is None or self.cycle.response_complete or self.cycle.more_body

    def _await_request(self) -> None:
        self._unwatch()
        self._asks_by = self.loop.time() + self.timeout_keep_alive
        self._watch = self.loop.call_at(self._asks_by, self._give_up)

    def _unwatch(self) -> None:
        if self._watch is not None:
            self._watch.cancel()
            self._watch = None

    def _give_up(self) -> None:
        if self._is_idle:
            self._leave()

    def _make_room(self) -> None:
        """Let the oldest of those that ask nothing go: this one, where all others are being answered."""
        visits = (each for each in self.connections if isinstance(each, Visit) and each._is_idle)
        min(visits, key=lambda each: each._asks_by, default=self)._leave()

    def _leave(self) -> None:
        self.connections.discard(self)  # at once, so that the next one counts right
        self.transport.abort()
