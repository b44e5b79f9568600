"""What a cabinet records about doors, locks, boards, power and its case, and about what its compartments hold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from custody.events.words import InspectReason
from custody.identifiers import ActId, PersonId, PlaceId, VolumeId

__all__ = [
    "BoardLost",
    "CaseClosed",
    "CaseOpened",
    "CompartmentInspected",
    "CompartmentVerified",
    "DoorClosed",
    "DoorFact",
    "DoorForced",
    "DoorLeftOpen",
    "DoorOpened",
    "DoorsSensed",
    "OutcomeUnknown",
    "PlaceCounted",
    "PowerLost",
    "PowerRestored",
    "PulseFailed",
    "PulseSent",
    "UnlockIntended",
    "UnlockLapsed",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class UnlockIntended:
    """Committed before the lock is energised. Without an outcome after it, the outcome is unknown."""

    kind: ClassVar[str] = "door.unlock_intended"
    place: PlaceId
    act: ActId
    person: PersonId
    reason: str  # a flow's name or "command"
    command: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PulseSent:
    """The unlock frame left for the lock board. Not an opening."""

    kind: ClassVar[str] = "door.pulse_sent"
    place: PlaceId
    act: ActId
    acknowledged: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PulseFailed:
    """The lock board could not be reached: nothing was energised."""

    kind: ClassVar[str] = "door.pulse_failed"
    place: PlaceId
    act: ActId


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorOpened:
    kind: ClassVar[str] = "door.opened"
    place: PlaceId
    act: ActId


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorClosed:
    kind: ClassVar[str] = "door.closed"
    place: PlaceId
    act: ActId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorForced:
    """A door opened that nobody had unlocked: lever, key or force."""

    kind: ClassVar[str] = "door.forced"
    place: PlaceId


@dataclass(frozen=True, slots=True, kw_only=True)
class UnlockLapsed:
    """Unlocked, and in the time given the door was not seen to open."""

    kind: ClassVar[str] = "door.unlock_lapsed"
    place: PlaceId
    act: ActId


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorLeftOpen:
    kind: ClassVar[str] = "door.left_open"
    place: PlaceId
    seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeUnknown:
    """An intent was found without an outcome after a restart; the compartment is under verification."""

    kind: ClassVar[str] = "door.outcome_unknown"
    place: PlaceId
    act: ActId


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorsSensed:
    """All doors as first read after a start or after a board came back: ends an unwatched interval."""

    kind: ClassVar[str] = "doors.sensed"
    open: tuple[PlaceId, ...]
    closed: tuple[PlaceId, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardLost:
    """A lock board stopped answering: its doors are not watched from here on."""

    kind: ClassVar[str] = "board.lost"
    places: tuple[PlaceId, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PowerLost:
    """The supply of a cabinet's locks and lights failed, by its own sensor."""

    kind: ClassVar[str] = "power.lost"
    place: PlaceId
    sensor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PowerRestored:
    """The supply is there again."""

    kind: ClassVar[str] = "power.restored"
    place: PlaceId
    sensor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseOpened:
    """Somebody opened the case in which machine and boards stand, or was found to have."""

    kind: ClassVar[str] = "case.opened"
    place: PlaceId
    sensor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseClosed:
    """The case is shut again."""

    kind: ClassVar[str] = "case.closed"
    place: PlaceId
    sensor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CompartmentVerified:
    """A person looked into a compartment under verification and scanned what lies there."""

    kind: ClassVar[str] = "compartment.verified"
    place: PlaceId
    person: PersonId
    act: ActId
    contents: tuple[VolumeId, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CompartmentInspected:
    """An administrator had a compartment opened for a reason; ``witness``: the second badge, where one is needed."""

    kind: ClassVar[str] = "compartment.inspected"
    place: PlaceId
    person: PersonId
    witness: PersonId | None
    reason: InspectReason
    act: ActId


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceCounted:
    """A stock-take: a person scanned every volume found in a place. What is recorded there and not named is gone."""

    kind: ClassVar[str] = "place.counted"
    place: PlaceId
    person: PersonId
    act: ActId
    contents: tuple[VolumeId, ...]


DoorFact = (
    UnlockIntended
    | PulseSent
    | PulseFailed
    | DoorOpened
    | DoorClosed
    | DoorForced
    | UnlockLapsed
    | DoorLeftOpen
    | OutcomeUnknown
    | DoorsSensed
    | BoardLost
    | PowerLost
    | PowerRestored
    | CaseOpened
    | CaseClosed
    | CompartmentVerified
    | CompartmentInspected
    | PlaceCounted
)
