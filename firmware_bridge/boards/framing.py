"""A codec for every family whose frames tell their own length: a grammar in, frames out of a bounded buffer.

Whatever is no frame is left out byte by byte, so that a frame that begins inside rubbish is still found. A frame whose
end does not come waits for more bytes, or for the silence that says that no more will come.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Generic, TypeAlias, TypeVar

from firmware_bridge.codec import NEED_MORE, More

FrameT = TypeVar("FrameT")

BUFFER_LIMIT: Final = 1024
Length: TypeAlias = int | More | None


@dataclass(frozen=True, slots=True)
class Grammar(Generic[FrameT]):
    """What one end of a line reads, and what it may write.

    `length(data)`: how long the frame that begins here is; NEED_MORE when more bytes must tell; None: none begins here.
    """

    length: Callable[[bytes], Length]
    decode: Callable[[bytes], FrameT | None]
    encode: Callable[[FrameT], bytes]
    answers: Callable[[FrameT, FrameT], bool]
    repeatable: Callable[[FrameT], bool]
    answered: Callable[[FrameT], bool]


class FramedCodec(Generic[FrameT]):
    """Satisfies `firmware_bridge.codec.Codec`."""

    def __init__(self, grammar: Grammar[FrameT]) -> None:
        self.skipped = 0  # bytes thrown away so far: noise on the line shows here
        self._grammar = grammar
        self._buffer = bytearray()
        self._closed = 0  # bytes that came before the last silence

    def receive(self, data: bytes) -> None:
        self._buffer += data
        self._skip(max(0, len(self._buffer) - BUFFER_LIMIT))

    def next_frame(self) -> FrameT | More:
        while self._buffer:
            here = bytes(self._buffer[: self._closed or len(self._buffer)])
            length = self._grammar.length(here)
            if length is None:
                self._skip(1)
            elif length is NEED_MORE or len(here) < length:
                if not self._closed:
                    return NEED_MORE
                self._skip(1)
            elif (frame := self._grammar.decode(here[:length])) is not None:
                self._take(length)
                return frame
            else:
                self._skip(1)
        return NEED_MORE

    def quiet(self) -> None:
        self._closed = len(self._buffer)

    def reset(self) -> None:
        self._skip(len(self._buffer))

    def encode(self, frame: FrameT) -> bytes:
        return self._grammar.encode(frame)

    def answers(self, request: FrameT, frame: FrameT) -> bool:
        return self._grammar.answers(request, frame)

    def repeatable(self, request: FrameT) -> bool:
        return self._grammar.repeatable(request)

    def answered(self, request: FrameT) -> bool:
        return self._grammar.answered(request)

    def _take(self, count: int) -> None:
        del self._buffer[:count]
        self._closed = max(0, self._closed - count)

    def _skip(self, count: int) -> None:
        self._take(count)
        self.skipped += count


def sum_of(body: bytes) -> int:
    """The check of the KERONG boards: the low byte of the sum."""
    return sum(body) & 0xFF


def within(value: int, allowed: range, name: str) -> int:
    """The value; ValueError when it is out of its range."""
    if value not in allowed:
        raise ValueError(f"{name} {value}: must be from {allowed[0]} to {allowed[-1]}")
    return value
