"""Reader of labels or badges that pretends to be a keyboard. One thread; the device is taken for us alone."""

from firmware_bridge.scanners.families import listening
from firmware_bridge.scanners.listening import IDLE_SECONDS
from hardware.drivers.hid_device import HidDevice
from hardware.drivers.port_thread import PortThread
from hardware.drivers.reader_edge import ReaderEdge
from hardware.drivers.reconnecting import Patience
from hardware.ports import Clock, Deliver, LossReason
from hardware.wiring import Reader


class HidKeys(PortThread[HidDevice]):
    """Satisfies `hardware.ports.Scanner`. A keyboard takes no orders, so there is no trigger."""

    def __init__(self, reader: Reader, *, deliver: Deliver, clock: Clock, patience: Patience | None = None) -> None:
        super().__init__(reader.name, reader.port, clock=clock, patience=patience or Patience())
        self._edge = ReaderEdge(reader, deliver, clock)
        self._listening = listening(reader.family, reader.setup)

    def _open(self) -> HidDevice:
        return HidDevice(self._path)

    def _serve(self, port: HidDevice) -> None:
        self._edge.found()
        self._listening.opened(self._clock())
        while not self._stopping.is_set():
            asked = self._clock()
            data = self._hear(port, self._listening.leisure(asked), longest=IDLE_SECONDS)
            now = self._clock() if data else asked  # what comes while this thread has to wait is no silence
            for _ in self._edge.told(self._listening.received(data, now)):
                pass  # there is nobody to say anything to

    def _while_absent(self) -> None:
        """Nobody waits for a reader."""

    def _lost(self, reason: LossReason) -> None:
        self._edge.lost(reason)
