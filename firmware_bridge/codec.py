"""What every codec of this package looks like: bytes in, frames out, and the role it speaks in."""

from enum import Enum
from typing import Final, Literal, Protocol, TypeAlias, TypeVar

FrameT = TypeVar("FrameT")


class Role(Enum):
    """At which end of the line a codec stands: what a HOST writes, a DEVICE reads, and the other way round."""

    HOST = "host"
    DEVICE = "device"


class NeedMore(Enum):
    NEED_MORE = "need more bytes"


NEED_MORE: Final = NeedMore.NEED_MORE
More: TypeAlias = Literal[NeedMore.NEED_MORE]


class Codec(Protocol[FrameT]):
    """A buffer with a grammar. It never blocks, never raises on what it is fed, and its buffer is bounded."""

    def receive(self, data: bytes) -> None:
        """Take bytes as they came, in pieces of any size."""

    def next_frame(self) -> FrameT | More:
        """The next whole frame, skipping what is none. NEED_MORE when only more bytes, or quiet, can tell."""

    def quiet(self) -> None:
        """The line has been silent: what is buffered is all there is. Decides what was waiting for more."""

    def reset(self) -> None:
        """Forget what is buffered."""

    def encode(self, frame: FrameT) -> bytes:
        """The bytes of a frame. ValueError names a field out of its range."""

    def answers(self, request: FrameT, frame: FrameT) -> bool:
        """Whether `frame` is the device's answer to `request`."""

    def repeatable(self, request: FrameT) -> bool:
        """Whether sending `request` twice does no more than sending it once. Never true of an unlock."""

    def answered(self, request: FrameT) -> bool:
        """Whether the device answers `request` at all. Where it does not, only a later question tells."""
