"""Reader of labels or badges on a serial port, whatever its family. One thread; silence is timed here.

pyserial's inter_byte_timeout does nothing on Linux, so a gap is measured from the last byte that came. What the scanner
waits for (acknowledgements) is written as soon as its reading is handed on.
"""

from collections import deque

import serial

from firmware_bridge.scanners.families import listening
from firmware_bridge.scanners.listening import IDLE_SECONDS, Effect, Say
from hardware.drivers.reader_edge import ReaderEdge
from hardware.drivers.reconnecting import Patience
from hardware.drivers.serial_port import SerialThread
from hardware.ports import Clock, Deliver, LossReason
from hardware.tapping import Tapping
from hardware.wiring import Reader


class SerialLine(SerialThread):
    """Satisfies `hardware.ports.Scanner` and `hardware.ports.Triggered`."""

    def __init__(self, reader: Reader, *, deliver: Deliver, clock: Clock, patience: Patience | None = None) -> None:
        super().__init__(reader.name, reader.port, baud=reader.baud, clock=clock, patience=patience or Patience())
        self._edge = ReaderEdge(reader, deliver, clock)
        self._listening = listening(reader.family, reader.setup)
        self._asked: deque[bool] = deque()
        self.tapping = Tapping(reader.name, clock)

    def trigger(self, *, on: bool) -> None:
        self._asked.append(on)
        self._ring()

    def _serve(self, port: serial.Serial) -> None:
        self._edge.found()
        self._carry_out(port, self._listening.opened(self._clock()))
        while not self._stopping.is_set():
            asked = self._clock()
            data = self._hear(port, self._listening.leisure(asked), longest=IDLE_SECONDS)
            now = self._clock() if data else asked  # what comes while this thread has to wait is no silence
            if data:
                self.tapping.raw(data, keep=True)
            self._carry_out(port, self._listening.received(data, now))
            while self._asked:
                self._carry_out(port, self._listening.trigger(now, on=self._asked.popleft()))

    def _carry_out(self, port: serial.Serial, effects: list[Effect]) -> None:
        for data in self._edge.told(effects):
            port.write(data)
            self.tapping.sent(data)
        for effect in effects:
            if not isinstance(effect, Say):
                self.tapping.read(effect)

    def _while_absent(self) -> None:
        """Nobody waits for a reader; what was asked of its trigger waits for it."""

    def _lost(self, reason: LossReason) -> None:
        self._edge.lost(reason)
