"""What an agent and the guard of its pins say to each other: one JSON object a line, over the guard's standard streams.

The guard is told everything once, at its start. After that it can only be asked for a pulse of a channel: how long a
pulse is, how long a coil rests and how many may be on at once cannot be said any more.
"""

import json
from dataclasses import asdict, dataclass, fields
from typing import Any, Final, TypeAlias

SAY_EVERY: Final = 0.25  # seconds between two signs of life, in both directions
SILENCE: Final = 2.0  # seconds without one after which the other end counts as dead


@dataclass(frozen=True, slots=True)
class Setup:
    """Pins are BCM numbers; channel 1 is the first. `contacts` are read, `locks` are driven."""

    locks: tuple[int, ...]
    on_high: bool
    contacts: tuple[int, ...]
    closed_high: bool
    pull: str
    pulse_seconds: float
    cap_seconds: float
    rest_seconds: float
    coils_at_once: int
    sample_seconds: float
    stable_samples: int


@dataclass(frozen=True, slots=True)
class Pulse:
    """`until`: the monotonic time after which nobody expects the door to open any more."""

    request_id: str
    channel: int
    until: float


@dataclass(frozen=True, slots=True)
class Alive:
    """The agent lives and its driver turns."""


@dataclass(frozen=True, slots=True)
class Ready:
    """Every lock pin is an output at its off level."""


@dataclass(frozen=True, slots=True)
class Refused:
    """The pins cannot be had: a value of `hardware.ports.LossReason`, and a sentence with the remedy."""

    reason: str
    chinese: str
    english: str


@dataclass(frozen=True, slots=True)
class Doors:
    """The settled state of each door: "closed", "open", or "unknown" until it settles. Also a sign of life."""

    states: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Fired:
    """The pin was driven on, and read back so."""

    request_id: str


@dataclass(frozen=True, slots=True)
class NotFired:
    """The pin was never driven: a value of `hardware.drivers.gpio_duty.Why`, "late" or "no-channel"."""

    request_id: str
    why: str


@dataclass(frozen=True, slots=True)
class Ended:
    """The coil of this request was switched off."""

    request_id: str


@dataclass(frozen=True, slots=True)
class Capped:
    """A coil was found on past its cap, and dropped."""

    channel: int


Asked: TypeAlias = Setup | Pulse | Alive
Told: TypeAlias = Ready | Refused | Doors | Fired | NotFired | Ended | Capped
Word: TypeAlias = Asked | Told

_KINDS: Final[dict[str, type[Any]]] = {
    kind.__name__.lower(): kind for kind in (Setup, Pulse, Alive, Ready, Refused, Doors, Fired, NotFired, Ended, Capped)
}


def line_of(word: Word) -> bytes:
    return json.dumps({"word": type(word).__name__.lower(), **asdict(word)}).encode() + b"\n"


def word_of(line: bytes) -> Word | None:
    """None when the line is none of ours."""
    try:
        told = json.loads(line)
        kind = _KINDS[told.pop("word")]
        values = {name: tuple(value) if isinstance(value, list) else value for name, value in told.items()}
        word: Word = kind(**values)
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
    return word if len(told) == len(fields(kind)) else None


class Lines:
    """Bytes as they come, whole lines out. A line that never ends is forgotten."""

    def __init__(self) -> None:
        self._buffer = b""

    def take(self, data: bytes) -> list[Word]:
        """The words whose lines are whole; what is none of ours is left out."""
        *whole, rest = (self._buffer + data).split(b"\n")
        self._buffer = rest if len(rest) <= LONGEST else b""
        return [word for line in whole if (word := word_of(line)) is not None]


LONGEST: Final = 8192
