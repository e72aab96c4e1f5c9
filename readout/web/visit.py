"""One connection to the web page, which is closed when it does not come to the point.

It must not know what is asked: uvicorn reads requests and hands them to the app.
"""

from __future__ import annotations

import asyncio

from uvicorn.protocols.http.h11_impl import H11Protocol


class Visit(H11Protocol):
    """Has `timeout_keep_alive` seconds for the head of each request; the oldest that did not ask to the end gives way
    to a new one where there are `limit_concurrency`. uvicorn's own limits begin with a request, which may never come.

    How long the body of a request may take is said by the page that reads it."""

    _asks_by = 0.0
    _watch: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for the first request, if there is room."""
        super().connection_made(transport)
        self.limit_concurrency = None  # whoever is let in is not turned away again
        self._await_request()
        if len(self.connections) > (self.config.limit_concurrency or 0):
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
        """Whether nothing is asked, as far as is heard."""
        return self.cycle is None or self.cycle.response_complete

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
        """Let the oldest go that did not ask to the end: this one, where all others are being answered."""
        visits = (each for each in self.connections if isinstance(each, Visit))
        unheard = (each for each in visits if each._is_idle or each.cycle.more_body)
        min(unheard, key=lambda each: each._asks_by, default=self)._leave()

    def _leave(self) -> None:
        self.connections.discard(self)  # at once, so that the next one counts right
        self.transport.abort()
