"""What a bus driver must know of one board on its line, and what `wiring.toml` may say of a family of boards.

A *dialect* is a frozen value that speaks for one board at one address. It turns "unlock lock 7" into a frame and frames
into doors; it never sends anything and remembers nothing. `hardware.drivers.serial_bus` drives any mixture of dialects
on one line. A new family is added in five places, one file or one line each:

1. `boards/<family>.py`: frozen frames, `encode`, `decode` (one whole frame or None) and a `Codec` for both roles.
2. `boards/<family>_doors.py` (or the same file when it is small): the dialect, and
   `FAMILY = Family(name, addresses, channels, baud, settings, dialect)`.
3. One line in `boards/families.py`. From then on `[[board]] family = "<name>"` is read, its settings are checked, and
   the driver speaks it.
4. `words/<family>.py` and one line in `words/__init__.py`: its frames in the technician's tool.
5. `hardware/simulated/boards/<family>.py` and one line in `hardware/simulated/boards/__init__.py`: the board at the
   other end, with the same codec in the role DEVICE. The conformance suite then runs over it with every fault.

Rules for a dialect. Only locks whose pulse the board ends by itself are spoken to: no frame that switches a coil on and
waits for another to switch it off. `queries` are repeatable, `unlock` never is (`Codec.repeatable`). What an unlock
answers (`Codec.answered` tells whether it does) is an acknowledgement and never says that a door opened.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Protocol, TypeAlias

from firmware_bridge.codec import Codec
from firmware_bridge.exchange import Echo


class Door(Enum):
    CLOSED = "closed"
    OPEN = "open"
    UNKNOWN = "unknown"


class Item(Enum):
    """What the sensor inside a compartment says."""

    PRESENT = "present"
    ABSENT = "absent"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Reading:
    """Doors and items by channel, the first being channel 1. A board without item sensors has no items."""

    doors: tuple[Door, ...]
    items: tuple[Item, ...] = ()


AnyFrame: TypeAlias = Any  # a frame of whichever family; only its own codec and dialect look into it


class Dialect(Protocol):
    """One board. Channels count from 1."""

    @property
    def pulse_seconds(self) -> float:
        """The longest a pulse of this board keeps a coil on. No other coil of the line is fired meanwhile."""

    def codec(self) -> Codec[Any]:
        """A fresh codec of this board, in the role HOST."""

    def at_start(self) -> tuple[AnyFrame, ...]:
        """What is said to the board before anything else, whenever the line was opened or the board came back.

        A family that can switch all coils off says so here. Every frame must be repeatable.
        """

    def unlock(self, channel: int) -> AnyFrame:
        """One pulse, which the board itself ends."""

    def fired(self, reply: AnyFrame) -> bool:
        """Whether the answer to an unlock says that the pulse was given. It never says that the door opened."""

    def queries(self) -> tuple[AnyFrame, ...]:
        """The questions of one poll, in order; at least one."""

    def reading(self, replies: tuple[AnyFrame, ...]) -> Reading | None:
        """What the answers to `queries` say, in the same order. None: they do not fit what the wiring says."""

    def hints(self, frame: AnyFrame) -> bool:
        """Whether a frame nobody asked for means that it is time to look at once."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A setting that is one of some words. `default` None: it must be given."""

    key: str
    choices: tuple[str, ...]
    default: str | None = None


@dataclass(frozen=True, slots=True)
class Count:
    """A setting that is a whole number. `default` None: it must be given."""

    key: str
    allowed: range
    default: int | None = None


Settings: TypeAlias = Mapping[str, str | int]


@dataclass(frozen=True, slots=True)
class Flaw:
    """Settings that contradict each other: which key, its value, and the name of the sentence that says why."""

    key: str
    value: str
    reason: str


def no_flaw(channels: int, settings: Settings, echo: Echo) -> Flaw | None:
    return None


@dataclass(frozen=True, slots=True)
class PulseTold:
    """A board that says how long its own pulse is: what it is asked, and the milliseconds in its answer."""

    question: Callable[[int], AnyFrame]
    told: Callable[[AnyFrame], int]


@dataclass(frozen=True, slots=True)
class RelaysTold:
    """A board that says which of its relays are on: what it is asked (address, channels), and which are, by channel.

    So the length of a pulse can be measured from outside.
    """

    question: Callable[[int, int], AnyFrame]
    told: Callable[[AnyFrame, int], tuple[bool, ...]]


@dataclass(frozen=True, slots=True)
class Family:
    """A kind of board. `dialect(address, channels, settings)` takes only settings that were checked."""

    name: str
    addresses: range
    channels: range
    baud: int
    settings: tuple[Choice | Count, ...]
    dialect: Callable[[int, int, Settings], Dialect]
    flaw: Callable[[int, Settings, Echo], Flaw | None] = no_flaw
    pulse: PulseTold | None = None
    relays: RelaysTold | None = None


def door_of(bit: int, *, closed: int) -> Door:
    """A door by what its contact reads, `closed` being what a closed one reads."""
    return Door.CLOSED if bit == closed else Door.OPEN


def item_of(bit: int, *, present: int) -> Item:
    return Item.PRESENT if bit == present else Item.ABSENT


def bits_of(raw: bytes, count: int) -> tuple[int, ...]:
    """The first so many bits: bit 0 of the first byte is channel 1."""
    bits = int.from_bytes(raw, "little")
    return tuple(bits >> index & 1 for index in range(count))
