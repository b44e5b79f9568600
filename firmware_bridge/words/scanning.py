"""What the words of scanner families share: frames that have a name of their own, and what is said of strange bytes."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from firmware_bridge.words.telling import InvalidFrameError, Sentences, Told, hexed

HOST, SCANNER = "host", "scanner"
_WHOSE: Final = {HOST: "host", SCANNER: "board"}  # the technician's roles are those of lock boards


def told(family: str, data: bytes, who: str, role: str, words: Told) -> Told:
    """One frame in words; InvalidFrameError when the other end was said to have written it."""
    if role not in ("any", _WHOSE[who]):
        raise InvalidFrameError(
            f"这一帧是{'主机' if who == HOST else '扫描头'}发出的。", f"This frame is written by the {who}."
        )
    return {"family": family, "bytes": hexed(data), "from": who, **words, "also": []}


def made(family: str, name: str, build: Mapping[str, Callable[[Mapping[str, str]], bytes]], given: Any) -> Told:
    """The bytes of a frame by its name. `build` raises ValueError, or KeyError with what is lacking."""
    if name not in build:
        raise InvalidFrameError(
            f"没有名为 {name} 的帧；可用：{'、'.join(build)}。", f"No frame {name}: {', '.join(build)}."
        )
    try:
        data = build[name](given)
    except KeyError as lacking:
        raise InvalidFrameError(
            f"{name} 缺少参数：--{lacking.args[0]}。", f"{name} lacks: --{lacking.args[0]}."
        ) from None
    except ValueError as refused:
        raise InvalidFrameError(f"{name} 的参数无效：{refused}", f"{name}: {refused}") from None
    return {"family": family, "frame": name, "bytes": hexed(data)}


def refused(sentences: Sentences) -> InvalidFrameError:
    return InvalidFrameError(*sentences)


def wrong_length(said: int, found: int) -> Sentences:
    return f"按长度字节应为 {said} 字节，实有 {found} 字节。", f"By its length byte {said} bytes; there are {found}."


def wrong_check(expected: bytes, found: bytes) -> Sentences:
    return (
        f"校验错误：应为 {hexed(expected)}，实为 {hexed(found)}。",
        f"Wrong checksum: expected {hexed(expected)}, found {hexed(found)}.",
    )
