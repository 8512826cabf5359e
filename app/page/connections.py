"""Connections that stand still are ended, and there are only so many of them.

uvicorn waits without end for the rest of a request and for a client that doesn't read; a head
of any length is kept by its faster parser, so the one that bounds it is used.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import h11
from uvicorn.config import Config
from uvicorn.protocols.http.h11_impl import H11Protocol

log = logging.getLogger("youju.page")

LOOK = 10.0
"""Seconds between two looks at a connection."""
LOOKS = 3
"""Looks in a row at which a connection that stands still is ended."""
LEAST = 1000
"""Bytes to send between two looks for whoever owes the rest of a request."""
MOST = 400
"""Connections at once. One more ends the oldest of those that wait for their client."""


def bound(config: Config) -> None:
    """Let the server that runs with ``config`` make bounded connections from now on."""
    config.http_protocol_class = Connection


class Connection(H11Protocol):
    """An HTTP connection that is ended when its client sends or reads too slowly.

    Waiting for an answer takes as long as it takes: then it is not the client who is slow.
    """

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """See asyncio.Protocol."""
        super().connection_made(transport)
        self._began = self.loop.time()
        self._arrived = self._unread = self._still = 0
        self._has_read = False
        self._timer = self.loop.call_later(LOOK, self._look)
        if len(self.connections) > MOST:
            ours = (c for c in self.connections if isinstance(c, Connection) and c.owes)
            min(ours, key=lambda c: c._began, default=self)._end("crowded")

    def connection_lost(self, exc: Exception | None) -> None:
        """See asyncio.Protocol."""
        self._timer.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """See asyncio.Protocol."""
        self._arrived += len(data)
        super().data_received(data)

    def resume_writing(self) -> None:
        """See asyncio.Protocol: much of what waited was read."""
        self._has_read = True
        super().resume_writing()

    @property
    def owes(self) -> bool:
        """Whether the client has to send before anything else can happen."""
        waiting: Any = self.conn.their_state
        return waiting in (h11.IDLE, h11.SEND_BODY) and not self.flow.read_paused

    def _look(self) -> None:
        if self.transport.get_protocol() is not self:  # a socket of another protocol now
            return
        unread = self.transport.get_write_buffer_size()
        reads = self._has_read or unread < self._unread
        slow = (self.owes and self._arrived < LEAST) or (unread > 0 and not reads)
        self._still = self._still + 1 if slow else 0
        self._arrived, self._unread, self._has_read = 0, unread, False
        if self._still >= LOOKS:
            self._end("slow")
        else:
            self._timer = self.loop.call_later(LOOK, self._look)

    def _end(self, code: str) -> None:
        """End the connection at once, whatever was still to be sent."""
        log.info("request refused", extra={"facts": {"status": 408, "code": code}})
        self.transport.abort()
