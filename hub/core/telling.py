"""An entry as a line of a timeline: the key of its sentence, and the fields that sentence may name, still as ids."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields

from custody.events import (
    BoardLost,
    CaseClosed,
    CaseOpened,
    DoorClosed,
    DoorForced,
    DoorLeftOpen,
    DoorOpened,
    Fact,
    GapNoted,
    Grade,
    OutcomeUnknown,
    PowerLost,
    PowerRestored,
    PulseFailed,
    SentBack,
    StepFinished,
    UnlockLapsed,
    Unrecognised,
    VolumeCollected,
    VolumeDeposited,
    VolumeHandedOver,
    VolumePlaced,
    VolumeReceived,
    VolumeRefused,
    VolumeReturned,
)

__all__ = ["DOOR_KINDS", "Line", "line_of"]

DOOR_KINDS = (
    "door.opened",
    "door.closed",
    "door.unlock_lapsed",
    "door.left_open",
    "door.outcome_unknown",
)
"""Of an act in which a volume moved, the door's part that its timeline shows."""


@dataclass(frozen=True, slots=True)
class Line:
    """``fields`` hold texts and numbers as recorded; ids among them (``person``, ``place`` …) still need names."""

    key: str
    fields: Mapping[str, str | int]
    grade: Grade | None
    trouble: bool


def line_of(fact: Fact | Unrecognised) -> Line:
    """How a timeline tells this fact."""
    if isinstance(fact, Unrecognised):
        return Line("happened.unrecognised", {"type": fact.type}, None, trouble=True)
    said: dict[str, str | int] = {}
    for one in fields(fact):
        value = getattr(fact, one.name)
        if isinstance(value, str | int):
            said[one.name] = value if isinstance(value, int) else str(value)
        elif isinstance(value, tuple):
            said[f"{one.name}_count"] = len(value)
    return Line(f"happened.{fact.kind}", said, _grade(fact), _is_trouble(fact))


def _grade(fact: Fact) -> Grade | None:
    match fact:
        case VolumeCollected(grade=grade):
            return grade
        case (
            VolumeDeposited()
            | VolumeReturned()
            | VolumeReceived()
            | VolumeHandedOver()
            | VolumePlaced()
            | VolumeRefused()
            | GapNoted()
            | StepFinished()
            | SentBack()
        ):
            return Grade.SCANNED
        case DoorOpened() | DoorClosed() | DoorForced() | DoorLeftOpen():
            return Grade.SENSED
        case PowerLost() | PowerRestored() | CaseOpened() | CaseClosed():
            return Grade.SENSED
        case _:
            return None


def _is_trouble(fact: Fact) -> bool:
    doors = DoorForced | DoorLeftOpen | OutcomeUnknown | PulseFailed | UnlockLapsed
    return isinstance(fact, doors | BoardLost | PowerLost | CaseOpened)
