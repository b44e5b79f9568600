"""What the simulated bus asks of a simulated board. A board sees its contacts and acts at once; it has no clock."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

from firmware_bridge.codec import Codec

AnyFrame: TypeAlias = Any


@dataclass(frozen=True, slots=True)
class Sight:
    """What a board's inputs say now, by channel. `inverted`: its switches are the other way round than wired."""

    shut: tuple[bool, ...]
    present: tuple[bool, ...]
    inverted: bool = False
    energised: Callable[[], tuple[bool, ...]] = tuple  # which locks have current on them
    refuses: bool = False  # it does not fire this time, and says so if its family can

    def closed(self, value: int, *, flip: int = 1) -> int:
        """What a closed contact reads, `value` being what the wiring says; `flip` is what turns it over."""
        return value ^ flip if self.inverted else value


@dataclass(frozen=True, slots=True)
class Pulse:
    """Current on one lock. `seconds` infinite: until it is cut."""

    channel: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Response:
    """What a board does with a frame. `cut`: channels whose current it ends, before any pulse. No answer: silence."""

    pulses: tuple[Pulse, ...] = ()
    cut: tuple[int, ...] = ()
    answer: AnyFrame | None = None


class SimulatedBoard(Protocol):
    codec: Codec[Any]

    def hears(self, frame: AnyFrame) -> bool:
        """Whether a frame is addressed to this board."""

    def obey(self, frame: AnyFrame, sight: Sight) -> Response:
        """Do what a frame asks. Only for frames that are addressed to this board."""

    def report(self, channel: int, *, status: int, header: int) -> bytes:
        """What it says by itself when a door changed; empty where the family never does."""


def bits(flags: tuple[bool, ...], *, on: int, width: int) -> bytes:
    """So many bytes of bits, bit 0 of the first being channel 1; `on` is what a true flag reads as."""
    return sum((on if flag else on ^ 1) << index for index, flag in enumerate(flags)).to_bytes(width, "little")
