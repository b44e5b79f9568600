"""What a line scanner types, in words."""

from collections.abc import Mapping
from typing import Final

from firmware_bridge.codec import NEED_MORE, Role
from firmware_bridge.scanners import lines
from firmware_bridge.words.telling import InvalidFrameError, Told, Words, hexed


def _decode(data: bytes, role: str) -> Told:
    codec = lines.LineCodec(Role.HOST, framing=lines.Framing.IDLE)
    codec.receive(data)
    codec.quiet()
    frame, another = codec.next_frame(), codec.next_frame()
    if frame is NEED_MORE or another is not NEED_MORE:
        raise InvalidFrameError("应恰好包含一条读数。", "There must be exactly one reading.")
    if isinstance(frame, lines.Unreadable):
        raise InvalidFrameError(f"不是读数：{frame.reason.value}。", f"No reading: {frame.reason.value}.")
    reading = {"frame": "reading", "text": frame.text, "symbology": frame.symbology}
    return {"family": lines.NAME, "bytes": hexed(data), **reading}


def _encode(name: str, given: Mapping[str, str]) -> Told:
    try:
        framing = lines.Framing(given.get("framing", "cr"))
        reading = lines.Reading(given.get("text", ""), given.get("symbology"))
        data = lines.LineCodec(Role.DEVICE, framing=framing).encode(reading)
    except ValueError as refused:
        raise InvalidFrameError(f"无法编码此读数：{refused}", f"This cannot be typed: {refused}") from None
    return {"family": lines.NAME, "frame": "reading", "bytes": hexed(data)}


WORDS: Final = Words(
    lines.NAME,
    ("reading",),
    {
        "text": "text of a reading",
        "symbology": "symbology of a reading: " + ", ".join(lines.SYMBOLOGIES.values()),
        "framing": "ending of a reading: " + ", ".join(framing.value for framing in lines.Framing),
    },
    _decode,
    _encode,
)
