"""What passes over the lines of a station, told to whoever listens just then.

A line waits for nobody: a listener returns at once and raises nothing, and where nobody listens a frame costs one look.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from typing import Final, Protocol, TypeAlias, runtime_checkable

from firmware_bridge.scanners.lines import Reading, Unreadable
from hardware.ports import Clock

MOST_KEPT: Final = 4096
"""Bytes of one reading that are kept to be shown with it."""


class Way(Enum):
    OUT = "→"
    IN = "←"
    SILENCE = "…"


@dataclass(frozen=True, slots=True)
class Heard:
    """`data` went that `way` over the line named `line`.

    `family`: of the board whose frame it is; `words`: what it means, where that is known here. Both empty: bytes as
    they came, which a frame may follow.
    """

    at: float
    line: str
    way: Way
    data: bytes
    words: str = ""
    family: str = ""


Listen: TypeAlias = Callable[[Heard], None]


class Tapping:
    """The side of a driver. `listen` may be set and cleared at any time, from any thread."""

    def __init__(self, line: str, clock: Clock) -> None:
        self.listen: Listen | None = None
        self._line, self._clock = line, clock
        self._kept = b""

    def raw(self, data: bytes, *, keep: bool = False) -> None:
        """Bytes as they came. `keep`: show them again with the reading that they become."""
        if self.listen is not None:
            self._kept = (self._kept + data)[-MOST_KEPT:] if keep else b""
            self._tell(Way.IN, data)

    def sent(self, data: bytes, *, family: str = "") -> None:
        """What a board or a reader was told."""
        self._tell(Way.OUT, data, family=family)

    def frame(self, encode: Callable[[], bytes], *, family: str) -> None:
        """One whole frame that came; its bytes are asked for only when somebody listens."""
        if self.listen is not None:
            with suppress(ValueError):  # who listens sees its bytes as they came; the line goes on
                self._tell(Way.IN, encode(), family=family)

    def read(self, reading: Reading | Unreadable) -> None:
        """What a reader's bytes became."""
        kept, self._kept = self._kept, b""
        self._tell(Way.IN, kept, words=reading_words(reading))

    def silence(self, board: str) -> None:
        """A board did not answer."""
        self._tell(Way.SILENCE, b"", words=board)

    def _tell(self, way: Way, data: bytes, *, words: str = "", family: str = "") -> None:
        listen = self.listen
        if listen is not None:
            listen(Heard(self._clock(), self._line, way, data, words, family))


@runtime_checkable
class Tapped(Protocol):
    """A port whose line can be listened to."""

    @property
    def tapping(self) -> Tapping: ...


def reading_words(reading: Reading | Unreadable) -> str:
    """ "reading 'YG0001A' CODE128", or why it is none."""
    if isinstance(reading, Reading):
        return f"reading {reading.text!r} {reading.symbology or ''}".strip()
    return f"no reading: {reading.reason.value}"
