"""Reader of labels or badges that types lines over a serial port. One thread; silence is timed here.

pyserial's inter_byte_timeout does nothing on Linux, so a gap is measured from the last byte that came.
"""

from pathlib import Path

import serial

from firmware_bridge.codec import NEED_MORE, Role
from firmware_bridge.scanners.lines import LineCodec, Reading
from hardware.drivers.reconnecting import Patience
from hardware.drivers.serial_port import SerialThread
from hardware.ports import Clock, Deliver, LossReason, ReaderFound, ReaderLost, Scanned, ScanRefused
from hardware.wiring import Reader


class SerialLine(SerialThread):
    """Satisfies `hardware.ports.Scanner`."""

    def __init__(self, reader: Reader, *, deliver: Deliver, clock: Clock, patience: Patience | None = None) -> None:
        super().__init__(reader.name, Path(reader.port), baud=reader.baud, clock=clock, patience=patience or Patience())
        self._reader, self._deliver = reader, deliver
        self._lost_for: LossReason | None = None

    def _serve(self, port: serial.Serial) -> None:
        self._lost_for = None
        self._deliver(ReaderFound(self._reader.name, self._reader.role, self._clock()))
        codec = LineCodec(Role.HOST, framing=self._reader.framing)
        last = self._clock()
        while not self._stopping.is_set():
            data = self._hear(port, self._reader.idle_seconds / 4)
            now = self._clock()
            if data:
                last = now
                codec.receive(data)
            elif codec.in_line and now - last >= self._reader.idle_seconds:
                codec.quiet()
            self._deliver_all(codec, now)

    def _deliver_all(self, codec: LineCodec, now: float) -> None:
        while (frame := codec.next_frame()) is not NEED_MORE:
            who = (self._reader.name, self._reader.role)
            if isinstance(frame, Reading):
                self._deliver(Scanned(*who, frame.text, frame.symbology, now))
            else:
                self._deliver(ScanRefused(*who, frame.reason.value, now))

    def _while_absent(self) -> None:
        """Nobody waits for a reader."""

    def _lost(self, reason: LossReason) -> None:
        """Told once per outage, and again when its reason changes."""
        if reason is not self._lost_for:
            self._lost_for = reason
            self._deliver(ReaderLost(self._reader.name, self._reader.role, reason, self._clock()))
