"""The verbs a station may ask of its hardware and the observations it gets back.

Observations are frozen and say only what was sensed. A pulse is not an opening: `PulseSent` speaks of bytes on a wire,
`DoorSensed` of a contact. Nothing here is retried on its own.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Protocol, TypeAlias, runtime_checkable


class DoorState(Enum):
    """A door as its contact says; UNKNOWN whenever nobody is watching it."""

    CLOSED = "closed"
    OPEN = "open"
    UNKNOWN = "unknown"


class LossReason(Enum):
    """Why a board or a reader cannot be reached."""

    ABSENT = "absent"  # the port does not exist
    DENIED = "denied"  # the port exists and may not be opened
    BUSY = "busy"  # another program holds the port
    UNPLUGGED = "unplugged"  # the port went away while in use
    SILENT = "silent"  # the port is there, the board does not answer
    MISFIT = "misfit"  # what is there is not what the wiring says that it should be


class PulseFailure(Enum):
    """Why a pulse was not sent. In every one of these cases no byte of it left this machine."""

    UNKNOWN_COMPARTMENT = "unknown-compartment"
    UNREACHABLE = "unreachable"
    TOO_LATE = "too-late"  # it had waited in the queue longer than anyone would still expect the door to open
    RESTING = "resting"  # the coil of this lock will not have rested before the request is too old
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class DoorSensed:
    """A door's settled state changed (or became known, or unknown)."""

    compartment: str
    state: DoorState
    at: float


@dataclass(frozen=True, slots=True)
class ItemSensed:
    """What the sensor inside a compartment settled on. `present` None: nobody is watching it any more."""

    compartment: str
    present: bool | None
    at: float


@dataclass(frozen=True, slots=True)
class BoardUnreachable:
    """A board can no longer be watched; its doors are reported UNKNOWN right after this."""

    board: str
    compartments: tuple[str, ...]
    reason: LossReason
    at: float


@dataclass(frozen=True, slots=True)
class BoardReachable:
    """A board answers (again); the states of its doors follow as they settle."""

    board: str
    compartments: tuple[str, ...]
    at: float


@dataclass(frozen=True, slots=True)
class PulseSent:
    """The bytes of one pulse left this machine, once. `acknowledged` False: whether the lock fired is not known."""

    request_id: str
    compartment: str
    acknowledged: bool
    at: float


@dataclass(frozen=True, slots=True)
class PulseFailed:
    """No byte of the pulse was sent: the lock did not fire for this request."""

    request_id: str
    compartment: str
    reason: PulseFailure
    at: float


@dataclass(frozen=True, slots=True)
class Scanned:
    """One code, as read. `role` is the reader's role in the wiring: "label" or "badge"."""

    reader: str
    role: str
    text: str
    symbology: str | None
    at: float


@dataclass(frozen=True, slots=True)
class ScanRefused:
    """Bytes came that are no reading; `reason` is a value of firmware_bridge.scanners.lines.Flaw."""

    reader: str
    role: str
    reason: str
    at: float


@dataclass(frozen=True, slots=True)
class ReaderLost:
    reader: str
    role: str
    reason: LossReason
    at: float


@dataclass(frozen=True, slots=True)
class ReaderFound:
    reader: str
    role: str
    at: float


@dataclass(frozen=True, slots=True)
class PowerSensed:
    """The supply that a sensor watches is there, or is not."""

    sensor: str
    present: bool
    at: float


@dataclass(frozen=True, slots=True)
class TamperSensed:
    """Somebody opened the case that a sensor watches, or shut it."""

    sensor: str
    tampered: bool
    at: float


@dataclass(frozen=True, slots=True)
class PartsLost:
    """Lights and sensors cannot be reached; what the sensors see is not known."""

    reason: LossReason
    at: float


BoardObservation: TypeAlias = DoorSensed | ItemSensed | BoardUnreachable | BoardReachable | PulseSent | PulseFailed
ReaderObservation: TypeAlias = Scanned | ScanRefused | ReaderLost | ReaderFound
PartObservation: TypeAlias = PowerSensed | TamperSensed | PartsLost
Observation: TypeAlias = BoardObservation | ReaderObservation | PartObservation

Deliver: TypeAlias = Callable[[Observation], None]
"""Called from the driver's own thread, one observation at a time; it must return quickly (put it on a queue)."""

Clock: TypeAlias = Callable[[], float]
"""Monotonic seconds."""


class Port(Protocol):
    """Something with a thread of its own that starts even when its port is absent and finds it later."""

    def start(self) -> None: ...

    def stop(self) -> None:
        """End the thread and give the port free. Safe to call twice."""


@runtime_checkable
class Checked(Protocol):
    """A port whose thread keeps something safe, so that a watchdog must know whether it turns."""

    def healthy(self) -> bool: ...


class Doors(Port, Protocol):
    """Locks and door contacts of one bus."""

    def unlock(self, compartment: str, request_id: str) -> None:
        """Ask for one pulse; never sent twice. Any thread may call.

        Ends in exactly one PulseSent or PulseFailed with this id.
        """


class Scanner(Port, Protocol):
    """A reader of labels or badges."""


class Triggered(Scanner, Protocol):
    """A reader whose trigger the host may hold. It is held from the start where the wiring says so."""

    def trigger(self, *, on: bool) -> None:
        """Make it look for codes, or stop looking. Any thread may call; nothing where the scanner has its own."""


class Lights(Port, Protocol):
    """Indicator lights and the buzzer of a station."""

    def light(self, use: str, *, on: bool, seconds: float | None = None) -> None:
        """Switch every light of a use; `seconds`: off again by itself. Any thread may call; nothing where none is."""
