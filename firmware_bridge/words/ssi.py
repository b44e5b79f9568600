"""Packets of Zebra SSI in words."""

from collections.abc import Mapping
from typing import Final

from firmware_bridge.scanners import lines, ssi
from firmware_bridge.words.scanning import HOST, SCANNER, made, refused, told, wrong_check, wrong_length
from firmware_bridge.words.telling import InvalidFrameError, Told, Words, hexed, unhexed

_NAMED: Final = {
    "start-session": ssi.START_SESSION,
    "stop-session": ssi.STOP_SESSION,
    "scan-enable": ssi.SCAN_ENABLE,
    "scan-disable": ssi.SCAN_DISABLE,
    "flush-queue": ssi.FLUSH_QUEUE,
    "led-on": ssi.LED_ON,
    "led-off": ssi.LED_OFF,
    "revision": ssi.REVISION,
    "acknowledge": ssi.ACKNOWLEDGE,
    "send-again": ssi.SEND_AGAIN,
    "bad-context": ssi.BAD_CONTEXT,
    "denied": ssi.DENIED,
    "scanner-acknowledges": ssi.SCANNER_ACKNOWLEDGES,
}
_NAMES: Final = {(packet.opcode, packet.source, packet.data): name for name, packet in _NAMED.items()}


def _decode(data: bytes, role: str) -> Told:
    packet = ssi.decode(data)
    if packet is None:
        raise _flaw(data)
    name = _NAMES.get((packet.opcode, packet.source, packet.data), "packet")
    words: Told = {"frame": name, "opcode": f"{packet.opcode:02X}", "status": f"{packet.status:02X}"}
    if packet.opcode == ssi.DECODE_DATA and packet.data:
        words["frame"] = "decode-data"
        words["symbology"] = ssi.SYMBOLOGIES.get(packet.data[0])
        words["text"] = packet.data[1:].decode(errors="replace")
        words["again"] = bool(packet.status & ssi.AGAIN)
        words["more"] = bool(packet.status & ssi.MORE_FOLLOWS)
    elif packet.data:
        words["payload"] = hexed(packet.data)
    return told(ssi.NAME, data, HOST if packet.source == ssi.FROM_HOST else SCANNER, role, words)


def _flaw(data: bytes) -> InvalidFrameError:
    if len(data) < 6:
        return refused(
            (f"帧太短：{len(data)} 字节，至少 6 字节。", f"Too short: {len(data)} bytes, a packet has 6 or more.")
        )
    if data[0] + 2 != len(data):
        return refused(wrong_length(data[0] + 2, len(data)))
    if data[2] not in (ssi.FROM_HOST, ssi.FROM_SCANNER):
        return refused(
            (f"来源 {data[2]:02X} 无效，应为 04 或 00。", f"Source {data[2]:02X}: must be 04 (host) or 00 (scanner).")
        )
    return refused(wrong_check(ssi.check_of(data[:-2]), data[-2:]))


def _encode(name: str, given: Mapping[str, str]) -> Told:
    named = {name: lambda _, packet=packet: ssi.encode(packet) for name, packet in _NAMED.items()}
    return made(ssi.NAME, name, {**named, "decode-data": _decoded, "packet": _packet}, given)


def _decoded(given: Mapping[str, str]) -> bytes:
    numbers = {word: number for number, word in reversed(ssi.SYMBOLOGIES.items())}
    symbology = given.get("symbology", "CODE128")
    if symbology not in numbers:
        raise ValueError(f"symbology {symbology}: must be one of {', '.join(numbers)}")
    return b"".join(map(ssi.encode, ssi.packets_of(numbers[symbology], given["text"].encode())))


def _packet(given: Mapping[str, str]) -> bytes:
    source = ssi.FROM_HOST if given.get("source", HOST) == HOST else ssi.FROM_SCANNER
    payload = unhexed(given.get("payload", ""))
    return ssi.encode(ssi.Packet(int(given["opcode"], 16), source, int(given.get("status", "0"), 16), payload))


WORDS: Final = Words(
    ssi.NAME,
    (*_NAMED, "decode-data", "packet"),
    {
        "opcode": "opcode of a packet in hexadecimal",
        "source": "who writes a packet: host or scanner",
        "status": "status byte in hexadecimal",
        "payload": "the bytes between command and check",
        "text": "text of a reading",
        "symbology": "symbology of a reading: " + ", ".join(lines.SYMBOLOGIES.values()),
    },
    _decode,
    _encode,
)
