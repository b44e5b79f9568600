"""A wire that misbehaves: loopback TCP between a client and a server, cut, stalled, slow, garbled or reset at will."""

import asyncio
import contextlib
import random
import threading
from collections.abc import Coroutine
from enum import StrEnum
from typing import Any

from tests.support.ports import LOOPBACK, free_port


class Wire(StrEnum):
    """How a wire behaves."""

    GOOD = "good"
    CUT = "cut"  # connections end, new ones are refused
    STALLED = "stalled"  # nothing gets through, nobody is told
    SLOW = "slow"  # each piece is late
    LOSSY = "lossy"  # now and then a connection is reset in the middle
    GARBLED = "garbled"  # now and then a byte is another one


class FaultProxy:
    """One wire to a server's port. Leaving the `with` block closes it."""

    def __init__(self, server_port: int, *, seed: int = 0) -> None:
        self.port = free_port()
        self._server_port = server_port
        self._chance = random.Random(seed)
        self._wire = Wire.GOOD
        self._delay = 0.1
        self._writers: set[asyncio.StreamWriter] = set()
        self._loop = asyncio.new_event_loop()
        self._flows = asyncio.Event()
        self._server: asyncio.Server | None = None
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True, name="fault-proxy")

    def start(self) -> "FaultProxy":
        self._thread.start()
        self._server = self._do(asyncio.start_server(self._carry, LOOPBACK, self.port))
        self._do(self._become(Wire.GOOD, 0.0))
        return self

    def stop(self) -> None:
        self._do(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)

    def behave(self, wire: Wire, *, delay: float = 0.1) -> None:
        """From now on; `delay`: seconds each piece is late on a slow wire."""
        self._do(self._become(wire, delay))

    def __enter__(self) -> "FaultProxy":
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _do(self, deed: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(deed, self._loop).result(10)

    async def _become(self, wire: Wire, delay: float) -> None:
        self._wire, self._delay = wire, delay
        if wire is Wire.STALLED:
            self._flows.clear()
        else:
            self._flows.set()
        if wire is Wire.CUT:
            self._abort()

    async def _close(self) -> None:
        if self._server is not None:
            self._server.close()
        self._flows.set()
        self._abort()

    def _abort(self) -> None:
        for writer in list(self._writers):
            writer.transport.abort()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._wire is Wire.CUT:
            writer.transport.abort()
            return
        try:
            there, back = await asyncio.open_connection(LOOPBACK, self._server_port)
        except OSError:
            writer.transport.abort()
            return
        self._writers |= {writer, back}
        try:
            await asyncio.gather(self._pump(reader, back), self._pump(there, writer))
        finally:
            self._writers -= {writer, back}

    async def _pump(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while piece := await source.read(16_384):
                await self._flows.wait()
                if self._wire is Wire.SLOW:
                    await asyncio.sleep(self._delay)
                elif self._wire is Wire.LOSSY and self._chance.random() < 0.1:
                    break
                elif self._wire is Wire.GARBLED and self._chance.random() < 0.2:
                    spoilt = bytearray(piece)
                    spoilt[self._chance.randrange(len(spoilt))] ^= 1 << self._chance.randrange(8)
                    piece = bytes(spoilt)
                sink.write(piece)
                await sink.drain()
        self._hang_up(sink)

    def _hang_up(self, sink: asyncio.StreamWriter) -> None:
        if self._wire in (Wire.LOSSY, Wire.CUT):
            sink.transport.abort()
        else:
            sink.close()
