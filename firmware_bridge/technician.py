"""Frames told in words and back, and what is wrong with bytes that are no frame. Pure; `__main__` prints it."""

import re
from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import Any, Final, TypeAlias

from firmware_bridge.boards import eight_a_eighty as board
from firmware_bridge.codec import NEED_MORE, Role
from firmware_bridge.scanners import lines

Told: TypeAlias = dict[str, Any]

FAMILIES: Final = (board.NAME, lines.NAME)
FIELDS: Final = {
    "address": "board address, 1 to 32",
    "channel": "lock, 1 to 50",
    "seconds": "length of a timed pulse, 1 to 9",
    "status": "status byte, 00 or 11",
    "header": "header of a report, 81 or 82",
    "raw": 'status bytes as on the line, "00 00 02"',
    "masks": 'three bytes of lock bits, "02 02 02"',
    "text": "text of a reading",
    "symbology": "symbology of a reading: " + ", ".join(lines.SYMBOLOGIES.values()),
    "framing": "ending of a reading: " + ", ".join(framing.value for framing in lines.Framing),
}
_HEX_FIELDS: Final = ("status", "header")
_BYTES_FIELDS: Final = ("raw", "masks")
_KINDS: Final[tuple[Callable[..., board.Frame], ...]] = (
    board.UnlockOne,
    board.UnlockTimed,
    board.UnlockAll,
    board.UnlockSeveral,
    board.QueryOne,
    board.QueryAll,
    board.UnlockReply,
    board.OneStatus,
    board.AllStatus,
    board.DoorReport,
)


class InvalidFrameError(Exception):
    """Bytes that are no frame, or words that make none. The text is Chinese, then English."""

    def __init__(self, chinese: str, english: str) -> None:
        super().__init__(f"{chinese}\n{english}")


def decode(family: str, text: str, *, role: str = "any") -> Told:
    """One frame in words. With role "any" a frame that both ends could have written has its other sense in `also`."""
    data = _bytes(text)
    if family == lines.NAME:
        return _decode_line(data)
    senses = []
    if role in ("host", "any") and (request := board.as_request(data)):
        senses.append({"from": "host", **_told(request)})
    if role in ("board", "any") and (reply := board.as_reply(data)):
        senses.append({"from": "board", **_told(reply)})
    if not senses:
        raise _flaw(data, role)
    return {"family": family, "bytes": _hex(data), **senses[0], "also": senses[1:]}


def encode(family: str, name: str, given: Mapping[str, str]) -> Told:
    """The bytes of one frame named in words."""
    if family == lines.NAME:
        return _encode_line(given)
    kind = _BY_NAME.get(name)
    if kind is None:
        raise InvalidFrameError(
            f"没有名为 {name} 的帧；可用：{'、'.join(NAMES)}。", f"No frame {name}; there are: {', '.join(NAMES)}."
        )
    needed = [field.name for field in fields(kind)]  # type: ignore[arg-type]
    if lacking := [field for field in needed if field not in given]:
        options = " ".join(f"--{field}" for field in lacking)
        raise InvalidFrameError(f"{name} 缺少参数：{options}。", f"{name} lacks: {options}.")
    try:
        frame = kind(**{field: _value(field, given[field]) for field in needed})
        data = board.encode(frame)
    except ValueError as refused:
        raise InvalidFrameError(f"{name} 的参数无效：{refused}", f"{name}: {refused}") from None
    return {"family": family, "bytes": _hex(data), **_told(frame)}


def _value(field: str, text: str) -> int | bytes:
    if field in _BYTES_FIELDS:
        return _bytes(text)
    try:
        return int(text, 16 if field in _HEX_FIELDS else 10)
    except ValueError:
        raise ValueError(f"{field} {text}: must be a number") from None


def _told(frame: board.Frame) -> Told:
    told: Told = {"frame": _name(type(frame))}
    for field in fields(frame):
        value = getattr(frame, field.name)
        told[field.name] = _hex(value) if isinstance(value, bytes) else value
        if field.name in _HEX_FIELDS:
            told[field.name] = f"{value:02X}"
    return told


def _flaw(data: bytes, role: str) -> InvalidFrameError:
    """What is wrong, the likeliest first."""
    if len(data) < 5:
        return InvalidFrameError(
            f"帧太短：{len(data)} 字节，至少 5 字节。", f"Too short: {len(data)} bytes, a frame has 5 or more."
        )
    if data[0] in board.UNSPOKEN:
        what = board.UNSPOKEN[data[0]]
        return InvalidFrameError(
            f"帧头 {data[0]:02X} 会让线圈一直通电或全部打开，本系统不使用。",
            f"Header {data[0]:02X} ({what}) is not spoken here.",
        )
    if data[0] not in (0x80, 0x81, 0x82, 0x8A, 0x90):
        return InvalidFrameError(
            f"未知帧头 {data[0]:02X}，应为 80、81、82、8A 或 90。",
            f"Unknown header {data[0]:02X}: must be 80, 81, 82, 8A or 90.",
        )
    if data[1] not in board.ADDRESSES:
        return InvalidFrameError(f"板地址 {data[1]} 无效，应为 1 到 32。", f"Address {data[1]}: must be 1 to 32.")
    expected, found = board.check_of(data[:-1]), data[-1]
    if expected != found:
        return InvalidFrameError(
            f"校验错误：应为 {expected:02X}，实为 {found:02X}。",
            f"Wrong checksum: expected {expected:02X}, found {found:02X}.",
        )
    whose = {"host": ("主机", "host"), "board": ("锁控板", "board"), "any": ("8A/80 ", "8A/80")}[role]
    return InvalidFrameError(
        f"校验正确，但这不是{whose[0]}发出的任何一种帧。",
        f"The checksum is right, but this is no frame of the {whose[1]} side.",
    )


def _decode_line(data: bytes) -> Told:
    codec = lines.LineCodec(Role.HOST, framing=lines.Framing.IDLE)
    codec.receive(data)
    codec.quiet()
    frame, another = codec.next_frame(), codec.next_frame()
    if frame is NEED_MORE or another is not NEED_MORE:
        raise InvalidFrameError("应恰好包含一条读数。", "There must be exactly one reading.")
    if isinstance(frame, lines.Unreadable):
        raise InvalidFrameError(f"不是读数：{frame.reason.value}。", f"No reading: {frame.reason.value}.")
    reading = {"frame": "reading", "text": frame.text, "symbology": frame.symbology}
    return {"family": lines.NAME, "bytes": _hex(data), **reading}


def _encode_line(given: Mapping[str, str]) -> Told:
    try:
        framing = lines.Framing(given.get("framing", "cr"))
        reading = lines.Reading(given.get("text", ""), given.get("symbology"))
        data = lines.LineCodec(Role.DEVICE, framing=framing).encode(reading)
    except ValueError as refused:
        raise InvalidFrameError(f"无法编码此读数：{refused}", f"This cannot be typed: {refused}") from None
    return {"family": lines.NAME, "frame": "reading", "bytes": _hex(data)}


def _bytes(text: str) -> bytes:
    digits = re.sub(r"[\s,:]|0x", "", text, flags=re.IGNORECASE)
    try:
        return bytes.fromhex(digits)
    except ValueError:
        raise InvalidFrameError(f"“{text}” 不是十六进制字节。", f"'{text}' is not bytes in hexadecimal.") from None


def _hex(data: bytes) -> str:
    return data.hex(" ").upper()


def _name(kind: Callable[..., board.Frame]) -> str:
    """QueryAll -> query-all"""
    return re.sub(r"(?<=.)([A-Z])", r"-\1", kind.__name__).lower()


_BY_NAME: Final = {_name(kind): kind for kind in _KINDS}
NAMES: Final = (*_BY_NAME, "reading")
