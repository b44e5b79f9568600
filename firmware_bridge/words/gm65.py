"""Orders and answers of GM65 and Waveshare modules in words."""

from collections.abc import Mapping
from typing import Final

from firmware_bridge.scanners import gm65
from firmware_bridge.scanners.gm65 import READ, SAVE, WRITE, Answer, Order
from firmware_bridge.words import line
from firmware_bridge.words.scanning import HOST, SCANNER, made, refused, told, wrong_check, wrong_length
from firmware_bridge.words.telling import InvalidFrameError, Told, Words, hexed, unhexed

_NAMED: Final[dict[str, Order | Answer]] = {
    "trigger-on": gm65.TRIGGER_ON,
    "trigger-off": gm65.TRIGGER_OFF,
    "done": gm65.DONE,
    "save": Order(SAVE, 0, b"\x00"),
    "query-baud": Order(READ, 0x2A, b"\x02"),
    "heartbeat": Order(gm65.HEARTBEAT, 0, b"\x00"),
}
_KINDS: Final = {READ: "read", WRITE: "write", SAVE: "save", gm65.HEARTBEAT: "heartbeat"}


def _decode(data: bytes, role: str) -> Told:
    frame = gm65.decode(data)
    if frame is None and data[:1] not in (b"\x7e", b"\x02"):
        return {**line.WORDS.decode(data, role), "family": gm65.NAME}
    if frame is None:
        raise _flaw(data)
    if isinstance(frame, Answer):
        name = "done" if frame == gm65.DONE else "answer"
        return told(gm65.NAME, data, SCANNER, role, {"frame": name, "payload": hexed(frame.data)})
    words = {"kind": _KINDS[frame.kind], "address": f"{frame.address:04X}", "payload": hexed(frame.data)}
    same = [name for name, known in _NAMED.items() if known in (frame, Order(*_but_check(frame)))]
    return told(gm65.NAME, data, HOST, role, {"frame": (same or ["order"])[0], **words, "checked": frame.checked})


def _but_check(frame: Order) -> tuple[int, int, bytes, bool]:
    return frame.kind, frame.address, frame.data, not frame.checked


def _flaw(data: bytes) -> InvalidFrameError:
    length = gm65.length_of(data)
    if length is None:
        return refused(
            (
                "帧头无效，应为 7E 00 加类型 07–0A，或 02 00 00。",
                "No frame begins so: 7E 00 with kind 07 to 0A, or 02 00 00.",
            )
        )
    if length != len(data):
        return refused(wrong_length(length, len(data)))
    return refused(wrong_check(gm65.crc_of(data[2:-2]), data[-2:]))


def _encode(name: str, given: Mapping[str, str]) -> Told:
    if name == "reading":
        return {**line.WORDS.encode(name, given), "family": gm65.NAME}
    named = {name: lambda _, frame=frame: gm65.encode(frame) for name, frame in _NAMED.items()}
    return made(gm65.NAME, name, {**named, "order": _order, "answer": _answer}, given)


def _order(given: Mapping[str, str]) -> bytes:
    kinds = {word: kind for kind, word in _KINDS.items()}
    if given["kind"] not in kinds:
        raise ValueError(f"kind {given['kind']}: must be one of {', '.join(kinds)}")
    return gm65.encode(Order(kinds[given["kind"]], int(given["address"], 16), unhexed(given["payload"])))


def _answer(given: Mapping[str, str]) -> bytes:
    return gm65.encode(Answer(unhexed(given["payload"])))


WORDS: Final = Words(
    gm65.NAME,
    (*_NAMED, "order", "answer", "reading"),
    {
        "kind": "kind of an order: " + ", ".join(_KINDS.values()),
        "address": "board address; of a GM65 its zone bit in hexadecimal",
        "payload": "the bytes between command and check",
        **line.WORDS.fields,
    },
    _decode,
    _encode,
)
