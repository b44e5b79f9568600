"""How frozen frames are told in words and made from words, and why bytes that are no frame are refused.

A family gives its kinds of frames, its encoder, what its bytes may be at either end of the line, and its checks, the
likeliest fault first. Every check answers with a sentence in Chinese and one in English, or with None.
"""

import re
from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any, Final, TypeAlias

Told: TypeAlias = dict[str, Any]
Sentences: TypeAlias = tuple[str, str]
Check: TypeAlias = Callable[[bytes], Sentences | None]

HEX_FIELDS: Final = ("status", "header", "command")
BYTES_FIELDS: Final = ("raw", "masks", "hooks", "items", "doors", "channels", "payload")
FIELDS: Final = {
    "address": "board address",
    "channel": "lock, as numbered on the line",
    "lock": "lock, the first being 1",
    "seconds": "length of a timed pulse, 1 to 9",
    "milliseconds": "length of a pulse, a multiple of 10",
    "status": "status byte in hexadecimal",
    "header": "header of a report, 81 or 82",
    "command": "command byte in hexadecimal",
    "door": "what a door reads, 0 or 1",
    "raw": 'status bytes as on the line, "00 00 02"',
    "masks": 'bytes of lock bits, "02 02 02"',
    "hooks": 'two bytes of hook bits, "00 00"',
    "items": 'two bytes of infrared bits, "00 00"',
    "doors": 'one byte a door, "00 01 01 00"',
    "channels": 'one byte a lock, "01 02 03"',
    "payload": "the bytes between command and check",
}


class InvalidFrameError(Exception):
    """Bytes that are no frame, or words that make none. The text is Chinese, then English."""

    def __init__(self, chinese: str, english: str) -> None:
        super().__init__(f"{chinese}\n{english}")


@dataclass(frozen=True, slots=True)
class Words:
    """One family. `decode(data, role)` and `encode(name, given)` raise InvalidFrameError with the reason.

    `role` is who wrote the bytes: "host", "board" or "any". `fields` explains what `encode` may be given.
    """

    family: str
    names: tuple[str, ...]
    fields: Mapping[str, str]
    decode: Callable[[bytes, str], Told]
    encode: Callable[[str, Mapping[str, str]], Told]


def of_frames(
    family: str,
    kinds: tuple[type[Any], ...],
    *,
    encode: Callable[[Any], bytes],
    senses: Callable[[bytes], Iterable[tuple[str, Any]]],
    checks: tuple[Check, ...],
    whose: Sentences,
) -> Words:
    """The words of a family of frozen dataclasses. `senses(data)`: who may have written them, and as which frame."""
    by_name = {name_of(kind): kind for kind in kinds}

    def decoded(data: bytes, role: str) -> Told:
        told = [{"from": who, **_told(frame)} for who, frame in senses(data) if role in (who, "any")]
        if not told:
            raise InvalidFrameError(*_flaw(data, role, checks, whose))
        return {"family": family, "bytes": hexed(data), **told[0], "also": told[1:]}

    def encoded(name: str, given: Mapping[str, str]) -> Told:
        frame = _frame(name, by_name, given)
        try:
            data = encode(frame)
        except ValueError as refused:
            raise InvalidFrameError(f"{name} 的参数无效：{refused}", f"{name}: {refused}") from None
        return {"family": family, "bytes": hexed(data), **_told(frame)}

    named = {field.name for kind in kinds for field in fields(kind)}
    return Words(family, tuple(by_name), {name: FIELDS[name] for name in FIELDS if name in named}, decoded, encoded)


def by_origin(
    decode: Callable[[bytes], Any], requests: tuple[type[Any], ...]
) -> Callable[[bytes], Iterable[tuple[str, Any]]]:
    """`senses` of a family whose frames tell by themselves who wrote them."""

    def senses(data: bytes) -> Iterable[tuple[str, Any]]:
        frame = decode(data)
        return () if frame is None else (("host" if isinstance(frame, requests) else "board", frame),)

    return senses


# --- checks ---------------------------------------------------------------------------------------------------------


def at_least(count: int) -> Check:
    def check(data: bytes) -> Sentences | None:
        if len(data) >= count:
            return None
        return (
            f"帧太短：{len(data)} 字节，至少 {count} 字节。",
            f"Too short: {len(data)} bytes, a frame has {count} or more.",
        )

    return check


def begins(*headers: str) -> Check:
    """One of these headers, in hexadecimal."""
    starts = tuple(bytes.fromhex(header) for header in headers)

    def check(data: bytes) -> Sentences | None:
        if data.startswith(starts):
            return None
        found, last = hexed(data[: len(starts[0])]), headers[-1]
        chinese = last if len(headers) == 1 else f"{'、'.join(headers[:-1])} 或 {last}"
        english = last if len(headers) == 1 else f"{', '.join(headers[:-1])} or {last}"
        return f"未知帧头 {found}，应为 {chinese}。", f"Unknown header {found}: must be {english}."

    return check


def spoken(at: int, unspoken: Mapping[int, str], why: str) -> Check:
    """Not one of the commands that exist and that this system never sends; `why` is the reason in Chinese."""

    def check(data: bytes) -> Sentences | None:
        if data[at] not in unspoken:
            return None
        name = "帧头" if at == 0 else "命令"
        word = "Header" if at == 0 else "Command"
        return (
            f"{name} {data[at]:02X} {why}，本系统不使用。",
            f"{word} {data[at]:02X} ({unspoken[data[at]]}) is not spoken here.",
        )

    return check


def commanded(at: int, known: Container[int]) -> Check:
    def check(data: bytes) -> Sentences | None:
        if data[at] in known:
            return None
        return f"未知命令 {data[at]:02X}。", f"Unknown command {data[at]:02X}."

    return check


def addressed(address: Callable[[bytes], int], allowed: range) -> Check:
    def check(data: bytes) -> Sentences | None:
        value = address(data)
        if value in allowed:
            return None
        return (
            f"板地址 {value} 无效，应为 {allowed[0]} 到 {allowed[-1]}。",
            f"Address {value}: must be {allowed[0]} to {allowed[-1]}.",
        )

    return check


def long_as_told(at: int) -> Check:
    """The byte at this place tells the length of the whole frame."""

    def check(data: bytes) -> Sentences | None:
        if data[at] == len(data):
            return None
        return (
            f"长度字节为 {data[at]}，实有 {len(data)} 字节。",
            f"The length byte says {data[at]}; there are {len(data)} bytes.",
        )

    return check


def ends_in(end: int) -> Check:
    def check(data: bytes) -> Sentences | None:
        found = data[-1]
        if found == end:
            return None
        return f"帧尾应为 {end:02X}，实为 {found:02X}。", f"The end must be {end:02X}, found {found:02X}."

    return check


def checked(check_of: Callable[[bytes], int]) -> Check:
    def check(data: bytes) -> Sentences | None:
        expected, found = check_of(data[:-1]), data[-1]
        if expected == found:
            return None
        return (
            f"校验错误：应为 {expected:02X}，实为 {found:02X}。",
            f"Wrong checksum: expected {expected:02X}, found {found:02X}.",
        )

    return check


# --- words ----------------------------------------------------------------------------------------------------------


def unhexed(text: str) -> bytes:
    digits = re.sub(r"[\s,:]|0x", "", text, flags=re.IGNORECASE)
    try:
        return bytes.fromhex(digits)
    except ValueError:
        raise InvalidFrameError(f"“{text}” 不是十六进制字节。", f"'{text}' is not bytes in hexadecimal.") from None


def hexed(data: bytes) -> str:
    return data.hex(" ").upper()


def name_of(kind: type[Any]) -> str:
    """QueryAll -> query-all"""
    return re.sub(r"(?<=.)([A-Z])", r"-\1", kind.__name__).lower()


def _frame(name: str, by_name: Mapping[str, type[Any]], given: Mapping[str, str]) -> Any:
    kind = by_name.get(name)
    if kind is None:
        raise InvalidFrameError(
            f"没有名为 {name} 的帧；可用：{'、'.join(by_name)}。", f"No frame {name}; there are: {', '.join(by_name)}."
        )
    needed = [field.name for field in fields(kind)]
    if lacking := [field for field in needed if field not in given]:
        options = " ".join(f"--{field}" for field in lacking)
        raise InvalidFrameError(f"{name} 缺少参数：{options}。", f"{name} lacks: {options}.")
    return kind(**{field: _value(name, field, given[field]) for field in needed})


def _value(name: str, field: str, text: str) -> int | bytes:
    if field in BYTES_FIELDS:
        return unhexed(text)
    try:
        return int(text, 16 if field in HEX_FIELDS else 10)
    except ValueError:
        raise InvalidFrameError(
            f"{name} 的参数无效：{field} {text} 不是数字。", f"{name}: {field} {text}: must be a number"
        ) from None


def _told(frame: Any) -> Told:
    told: Told = {"frame": name_of(type(frame))}
    for field in fields(frame):
        value = getattr(frame, field.name)
        told[field.name] = hexed(value) if isinstance(value, bytes) else value
        if field.name in HEX_FIELDS:
            told[field.name] = f"{value:02X}"
    return told


def _flaw(data: bytes, role: str, checks: tuple[Check, ...], whose: Sentences) -> Sentences:
    """What is wrong, the likeliest first."""
    for check in checks:
        if (sentences := check(data)) is not None:
            return sentences
    chinese, english = {"host": ("主机", "host"), "board": ("锁控板", "board"), "any": whose}[role]
    return (
        f"各项检查都对，但这不是{chinese}发出的任何一种帧。",
        f"Every check is right, but this is no frame of the {english} side.",
    )
