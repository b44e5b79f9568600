"""What a reader's driver tells the station: found, lost (each once), readings and refusals."""

from collections.abc import Iterator

from firmware_bridge.scanners.lines import Reading
from firmware_bridge.scanners.listening import Effect, Say
from hardware.ports import Clock, Deliver, LossReason, ReaderFound, ReaderLost, Scanned, ScanRefused
from hardware.wiring import Reader


class ReaderEdge:
    def __init__(self, reader: Reader, deliver: Deliver, clock: Clock) -> None:
        self._who = (reader.name, reader.role)
        self._deliver, self._clock = deliver, clock
        self._lost_for: LossReason | None = None

    def found(self) -> None:
        self._lost_for = None
        self._deliver(ReaderFound(*self._who, self._clock()))

    def lost(self, reason: LossReason) -> None:
        """Told once per outage, and again when its reason changes."""
        if reason is not self._lost_for:
            self._lost_for = reason
            self._deliver(ReaderLost(*self._who, reason, self._clock()))

    def told(self, effects: list[Effect]) -> Iterator[bytes]:
        """Deliver the readings in order; the bytes to say come out between them, where they belong."""
        for effect in effects:
            now = self._clock()
            if isinstance(effect, Say):
                yield effect.data
            elif isinstance(effect, Reading):
                self._deliver(Scanned(*self._who, effect.text, effect.symbology, now))
            else:
                self._deliver(ScanRefused(*self._who, effect.reason.value, now))
