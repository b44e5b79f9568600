"""The line to the agent: a Unix socket that is tried again and again, pictures in, touches out."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path

from edge.kiosk.shown import Show, Touch, parse_show

__all__ = ["AgentLine"]

_log = logging.getLogger(__name__)
_AGAIN = 0.5  # seconds between attempts
_LONGEST = 1 << 18  # bytes of one line


class AgentLine:
    """``heard`` is called with each picture, and with none when the agent has gone."""

    def __init__(self, socket: Path, heard: Callable[[Show | None], None]) -> None:
        self._socket = socket
        self._heard = heard
        self._writer: asyncio.StreamWriter | None = None

    async def run(self) -> None:
        """Listen for ever."""
        while True:
            try:
                await self._listen()
            except (OSError, ValueError) as trouble:  # ValueError: a line longer than any picture
                _log.debug("agent away: %s", trouble)
            finally:
                self._hang_up()
            await asyncio.sleep(_AGAIN)

    def tell(self, touch: Touch) -> bool:
        """Hand a touch to the agent; false when it is away: the person sees that, and touches again."""
        line = touch.line()
        if line is None or self._writer is None:
            return False
        self._writer.write(line)
        return True

    async def _listen(self) -> None:
        reader, self._writer = await asyncio.open_unix_connection(self._socket, limit=_LONGEST)
        _log.info("agent at %s", self._socket)
        while line := await reader.readline():
            try:
                show = parse_show(line)
            except ValueError as trouble:
                _log.warning("a picture that cannot be read was left out: %s", trouble)
                continue
            self._heard(show)
        _log.info("agent gone")

    def _hang_up(self) -> None:
        if self._writer is None:
            return
        self._writer.close()
        self._writer = None
        self._heard(None)
