"""Zebra SSI (Simple Serial Interface): its packets, and a codec for either end of the line.

A packet is `LEN | OPCODE | SOURCE | STATUS | data … | CKhi CKlo`. LEN leaves out the two check bytes; the check is the
two's complement of the 16-bit sum of all bytes before it. SOURCE is 04 for the host and 00 for the scanner. Of STATUS
bit 0 says that a packet is sent again, bit 1 that more packets of the same reading follow.

    04 E4 04 00 FF 14               start a session (trigger on)    host → scanner
    04 D0 04 00 FF 28               acknowledge                     host → scanner
    13 F3 00 00 03 43 46 … FC 24    a reading; 03 is Code 128       scanner → host, which must acknowledge it
"""

from dataclasses import dataclass
from typing import Final

from firmware_bridge.codec import NEED_MORE, More, Role

NAME: Final = "ssi"
FROM_HOST: Final = 0x04
FROM_SCANNER: Final = 0x00
AGAIN: Final = 0x01
MORE_FOLLOWS: Final = 0x02
DATA_LIMIT: Final = 251
BUFFER_LIMIT: Final = 1024

DECODE_DATA: Final = 0xF3
ACK: Final = 0xD0
NAK: Final = 0xD1
EVENT: Final = 0xF6
_NEVER_ANSWERED: Final = (ACK, NAK)
_REVISION, _REVISION_TOLD = 0xA3, 0xA4

# The first data byte of a reading, in the words used for symbologies everywhere here.
SYMBOLOGIES: Final = {
    0x01: "CODE39",
    0x03: "CODE128",
    0x06: "I25",
    0x07: "CODE93",
    0x08: "EAN",
    0x0A: "EAN",
    0x0B: "EAN",
    0x0F: "CODE128",
    0x11: "PDF417",
    0x1B: "DATAMATRIX",
    0x1C: "QRCODE",
    0x2D: "AZTEC",
}


@dataclass(frozen=True, slots=True)
class Packet:
    opcode: int
    source: int
    status: int = 0
    data: bytes = b""


START_SESSION: Final = Packet(0xE4, FROM_HOST)
STOP_SESSION: Final = Packet(0xE5, FROM_HOST)
SCAN_ENABLE: Final = Packet(0xE9, FROM_HOST)
SCAN_DISABLE: Final = Packet(0xEA, FROM_HOST)
FLUSH_QUEUE: Final = Packet(0xD2, FROM_HOST)
LED_ON: Final = Packet(0xE7, FROM_HOST, data=b"\x01")
LED_OFF: Final = Packet(0xE8, FROM_HOST, data=b"\x01")
REVISION: Final = Packet(_REVISION, FROM_HOST)
ACKNOWLEDGE: Final = Packet(ACK, FROM_HOST)
SEND_AGAIN: Final = Packet(NAK, FROM_HOST, data=b"\x01")
BAD_CONTEXT: Final = Packet(NAK, FROM_HOST, data=b"\x02")
DENIED: Final = Packet(NAK, FROM_HOST, data=b"\x06")
SCANNER_ACKNOWLEDGES: Final = Packet(ACK, FROM_SCANNER)


def check_of(body: bytes) -> bytes:
    return (-sum(body) & 0xFFFF).to_bytes(2, "big")


def encode(packet: Packet) -> bytes:
    """The bytes of a packet. ValueError names what is out of its range."""
    if packet.source not in (FROM_HOST, FROM_SCANNER):
        raise ValueError(f"source {packet.source}: must be 4 (host) or 0 (scanner)")
    for name, value in (("opcode", packet.opcode), ("status", packet.status)):
        if not 0 <= value <= 255:
            raise ValueError(f"{name} {value}: must be from 0 to 255")
    if len(packet.data) > DATA_LIMIT:
        raise ValueError(f"data of {len(packet.data)} bytes: a packet holds at most {DATA_LIMIT}")
    body = bytes((len(packet.data) + 4, packet.opcode, packet.source, packet.status)) + packet.data
    return body + check_of(body)


def decode(data: bytes) -> Packet | None:
    """The one packet these bytes are, all of them; None when they are none."""
    if len(data) < 6 or data[0] < 4 or len(data) != data[0] + 2 or data[2] not in (FROM_HOST, FROM_SCANNER):
        return None
    return Packet(data[1], data[2], data[3], data[4:-2]) if check_of(data[:-2]) == data[-2:] else None


def packets_of(symbology: int, text: bytes) -> tuple[Packet, ...]:
    """A reading as a scanner sends it: each packet begins with the symbology, all but the last say that more follow."""
    room = DATA_LIMIT - 1
    pieces = [text[start : start + room] for start in range(0, len(text), room)] or [b""]
    last = len(pieces) - 1
    return tuple(
        Packet(DECODE_DATA, FROM_SCANNER, MORE_FOLLOWS if index < last else 0, bytes((symbology,)) + piece)
        for index, piece in enumerate(pieces)
    )


def answers(request: Packet, packet: Packet) -> bool:
    if request.source == packet.source or request.opcode in _NEVER_ANSWERED:
        return False
    return packet.opcode in (ACK, NAK) or (request.opcode, packet.opcode) == (_REVISION, _REVISION_TOLD)


def repeatable(request: Packet) -> bool:
    """Whether it changes nothing that lasts: a session, a lamp, a question."""
    return request in (START_SESSION, STOP_SESSION, SCAN_ENABLE, SCAN_DISABLE, LED_ON, LED_OFF, REVISION)


class Codec:
    """Reads what the other end writes, and writes for its own."""

    def __init__(self, role: Role) -> None:
        self.skipped = 0  # bytes thrown away so far: noise and damaged packets show here
        self._source = FROM_SCANNER if role is Role.HOST else FROM_HOST
        self._buffer = bytearray()
        self._closed = 0  # bytes that came before the last silence

    def receive(self, data: bytes) -> None:
        self._buffer += data
        self._skip(max(0, len(self._buffer) - BUFFER_LIMIT))

    def next_frame(self) -> Packet | More:
        while self._buffer:
            here = bytes(self._buffer[: self._closed or len(self._buffer)])
            begins = here[0] >= 4 and (len(here) < 3 or here[2] == self._source)
            if begins and len(here) < here[0] + 2 and not self._closed:
                return NEED_MORE
            if begins and (packet := decode(here[: here[0] + 2])) is not None:
                self._take(here[0] + 2)
                return packet
            self._skip(1)
        return NEED_MORE

    def quiet(self) -> None:
        self._closed = len(self._buffer)

    def reset(self) -> None:
        self._take(len(self._buffer))

    @property
    def in_frame(self) -> bool:
        """Whether bytes wait for their end, so that silence would mean something."""
        return bool(self._buffer)

    def encode(self, frame: Packet) -> bytes:
        return encode(frame)

    def answers(self, request: Packet, frame: Packet) -> bool:
        return answers(request, frame)

    def repeatable(self, request: Packet) -> bool:
        return repeatable(request)

    def answered(self, request: Packet) -> bool:
        return request.opcode not in _NEVER_ANSWERED

    def _take(self, count: int) -> None:
        del self._buffer[:count]
        self._closed = max(0, self._closed - count)

    def _skip(self, count: int) -> None:
        self._take(count)
        self.skipped += count
