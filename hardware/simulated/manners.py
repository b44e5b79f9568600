"""How each family of simulated scanners tells a code and answers the host. The codecs are those of the drivers."""

from collections import deque
from typing import Any

from firmware_bridge.codec import NEED_MORE, Role
from firmware_bridge.scanners import gm65, keys, rdm6300, ssi
from firmware_bridge.scanners.badges import Form, typed
from firmware_bridge.scanners.lines import LineCodec, Reading
from hardware.wiring import Reader

SENT_AGAIN_AFTER = 1.0  # seconds a simulated SSI scanner waits to be acknowledged; real ones wait about two
TRIES = 4


class LineManner:
    """Types what it reads. Where the host holds the trigger, a code waits until the host pulls it."""

    unit = 1  # bytes that come in one go
    patience = 1.0

    def __init__(self, reader: Reader, codec: Any = None) -> None:
        self._reader, self._setup = reader, reader.setup
        self._codec: Any = codec or LineCodec(Role.DEVICE, framing=self._setup.framing)
        self._trigger = reader.family.trigger
        self._waiting: deque[bytes] = deque()
        self._heard = b""
        self.looking = not self._setup.host_triggers
        self.pulls = 0  # how often the host pulled the trigger
        self.unit_seconds = 10 / reader.baud

    def saw(self, text: str, symbology: str | None, now: float) -> list[bytes]:
        told = self._codec.encode(self._frame(text, symbology))
        if self._setup.host_triggers and not self.looking:
            self._waiting.append(told)
            return []
        self.looking = not self._setup.host_triggers
        return [told]

    def heard(self, data: bytes, now: float) -> list[bytes]:
        on = self._setup.trigger_on or (self._trigger.on if self._trigger else b"")
        off = self._setup.trigger_off or (self._trigger.off if self._trigger else b"")
        self._heard = (self._heard + data)[-64:]
        if on and self._heard.endswith(on):
            return self._pulled()
        if off and self._heard.endswith(off):
            self.looking = False
        return []

    def due(self, now: float) -> list[bytes]:
        """Nothing is said twice."""
        return []

    def _frame(self, text: str, symbology: str | None) -> Any:
        form = self._setup.badge
        return Reading(typed(int(text), form) if form not in (None, Form.AS_READ) and form else text, symbology)

    def _pulled(self) -> list[bytes]:
        self.pulls += 1
        if not self._waiting:
            self.looking = True
            return []
        self.looking = False
        return [self._waiting.popleft()]


class Gm65Manner(LineManner):
    """Answers each order, a trigger before the code that it finds."""

    def __init__(self, reader: Reader) -> None:
        super().__init__(reader, gm65.Codec(Role.DEVICE, framing=reader.setup.framing))

    def heard(self, data: bytes, now: float) -> list[bytes]:
        self._codec.receive(data)
        said: list[bytes] = []
        while (order := self._codec.next_frame()) is not NEED_MORE:
            said.append(gm65.encode(gm65.DONE))
            if order.data == gm65.TRIGGER_ON.data and order.address == gm65.TRIGGER_ON.address:
                said += self._pulled()
            elif order.address == gm65.TRIGGER_OFF.address:
                self.looking = False
        return said


class SsiManner(LineManner):
    """Sends a packet, waits to be acknowledged, sends it again when it is not. `deaf`: that many answers go unheard."""

    patience = 0.05

    def __init__(self, reader: Reader) -> None:
        super().__init__(reader, ssi.Codec(Role.DEVICE))
        self._packets: deque[ssi.Packet] = deque()
        self._sent_at: float | None = None
        self._tries = 0
        self.deaf = 0
        self.damaged = 0  # that many packets leave with one bit turned over
        self.sent = 0

    def saw(self, text: str, symbology: str | None, now: float) -> list[bytes]:
        numbers = {name: number for number, name in ssi.SYMBOLOGIES.items()}
        self._packets += ssi.packets_of(numbers.get(symbology or "", 0), self._frame(text, None).text.encode())
        return self._next(now) if self.looking else []

    def heard(self, data: bytes, now: float) -> list[bytes]:
        self._codec.receive(data)
        said: list[bytes] = []
        while (packet := self._codec.next_frame()) is not NEED_MORE:
            if self.deaf and packet.opcode in (ssi.ACK, ssi.NAK):
                self.deaf -= 1
            elif packet == ssi.ACKNOWLEDGE:
                said += self._acknowledged(now)
            elif packet == ssi.SEND_AGAIN:
                said += self._again(now)
            else:
                said += self._obeyed(packet, now)
        return said

    def due(self, now: float) -> list[bytes]:
        waited = self._sent_at is not None and now - self._sent_at >= SENT_AGAIN_AFTER
        return self._again(now) if waited else []

    def _obeyed(self, packet: ssi.Packet, now: float) -> list[bytes]:
        said = [ssi.encode(ssi.SCANNER_ACKNOWLEDGES)]
        if packet == ssi.START_SESSION:
            self.pulls += 1
            self.looking = True
            said += self._next(now)
        elif packet == ssi.STOP_SESSION:
            self.looking = False
        return said

    def _next(self, now: float) -> list[bytes]:
        if self._sent_at is not None or not self._packets:
            return []
        self._tries = 0
        return self._send(self._packets[0], now)

    def _acknowledged(self, now: float) -> list[bytes]:
        if self._sent_at is None:
            return []
        self._sent_at = None
        done = self._packets.popleft()
        if self._setup.host_triggers and not done.status & ssi.MORE_FOLLOWS:
            self.looking = False
            return []
        return self._next(now)

    def _again(self, now: float) -> list[bytes]:
        if self._sent_at is None:
            return []
        self._tries += 1
        packet = self._packets[0]
        if self._tries >= TRIES:
            self._packets.popleft()
            self._sent_at = None
            return self._next(now)
        return self._send(ssi.Packet(packet.opcode, packet.source, packet.status | ssi.AGAIN, packet.data), now)

    def _send(self, packet: ssi.Packet, now: float) -> list[bytes]:
        self.sent += 1
        data = bytearray(ssi.encode(packet))
        self._sent_at = now + len(data) * self.unit_seconds
        if self.damaged:
            self.damaged -= 1
            data[-1] ^= 1
        return [bytes(data)]


class CardManner(LineManner):
    """Tells the card `times` over, as long as it lies there."""

    def __init__(self, reader: Reader) -> None:
        super().__init__(reader, rdm6300.Codec(Role.DEVICE))
        self.times = 3

    def saw(self, text: str, symbology: str | None, now: float) -> list[bytes]:
        return super().saw(text, symbology, now) * self.times

    def _frame(self, text: str, symbology: str | None) -> Any:
        return rdm6300.Card(b"\x07" + int(text).to_bytes(4, "big"))


class KeysManner(LineManner):
    """Presses keys, one event a millisecond. `way` may be changed to Alt and keypad digits."""

    unit = keys.EVENT.size
    way = keys.Way.PLAIN

    def __init__(self, reader: Reader) -> None:
        super().__init__(reader)
        self.unit_seconds = 0.001

    def saw(self, text: str, symbology: str | None, now: float) -> list[bytes]:
        setup = self._setup
        codec = keys.KeyCodec(Role.DEVICE, framing=setup.framing, layout=setup.layout, way=self.way)
        return [codec.encode(self._frame(text, symbology))]


_MANNERS: dict[str, type[LineManner]] = {
    gm65.NAME: Gm65Manner,
    ssi.NAME: SsiManner,
    rdm6300.NAME: CardManner,
    keys.NAME: KeysManner,
}


def manner_of(reader: Reader) -> Any:
    return _MANNERS.get(reader.family.name, LineManner)(reader)
