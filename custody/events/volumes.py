"""What is recorded of volumes: where they lie, who has them, which step is done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from custody.events.words import Gap, Grade, RefuseReason, ReturnReason, SendBackReason, Step
from custody.identifiers import ActId, PersonId, PlaceId, VolumeId

__all__ = [
    "DelegationEnded",
    "DelegationGiven",
    "GapNoted",
    "SentBack",
    "StepFinished",
    "VolumeCollected",
    "VolumeDeposited",
    "VolumeFact",
    "VolumeHandedOver",
    "VolumePlaced",
    "VolumeReceived",
    "VolumeRefused",
    "VolumeReturned",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class VolumeDeposited:
    """Label scanned, door opened, door closed: the volume was put into a compartment for ``recipient``."""

    kind: ClassVar[str] = "volume.deposited"
    volume: VolumeId
    label: str
    place: PlaceId
    person: PersonId
    recipient: str  # a person's id or a queue's ("queue:scanning")
    act: ActId


@dataclass(frozen=True, slots=True, kw_only=True)
class VolumeReturned:
    """As a deposit, but brought back by its holder, with a reason."""

    kind: ClassVar[str] = "volume.returned"
    volume: VolumeId
    label: str
    place: PlaceId
    person: PersonId
    recipient: str
    reason: ReturnReason
    act: ActId


@dataclass(frozen=True, slots=True, kw_only=True)
class VolumeCollected:
    """Taken out of a compartment: its label scanned at the open door, or only stated ("all taken")."""

    kind: ClassVar[str] = "volume.collected"
    volume: VolumeId
    label: str | None
    place: PlaceId
    person: PersonId
    recipient: str
    grade: Grade
    act: ActId


@dataclass(frozen=True, slots=True, kw_only=True)
class VolumeReceived:
    """Label scanned at a station by the person who takes it in there."""

    kind: ClassVar[str] = "volume.received"
    volume: VolumeId
    label: str
    place: PlaceId
    person: PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class VolumeHandedOver:
    """From hand to hand: the giver's badge, the label, the receiver's badge. ``place``: the station where it was."""

    kind: ClassVar[str] = "volume.handed_over"
    volume: VolumeId
    label: str
    place: PlaceId
    person: PersonId  # who gave it
    receiver: PersonId
    act: ActId


@dataclass(frozen=True, slots=True, kw_only=True)
class VolumePlaced:
    """Laid on a place with a label of its own (shelf, trolley, counter, cupboard): both labels scanned."""

    kind: ClassVar[str] = "volume.placed"
    volume: VolumeId
    label: str
    place: PlaceId
    person: PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class VolumeRefused:
    """Brought to a station and not accepted there; it stays with, or goes back to, whoever brought it, if known."""

    kind: ClassVar[str] = "volume.refused"
    volume: VolumeId
    label: str
    place: PlaceId
    person: PersonId
    back_to: PersonId | None
    reason: RefuseReason


@dataclass(frozen=True, slots=True, kw_only=True)
class GapNoted:
    """Accepted at a station although something is missing."""

    kind: ClassVar[str] = "volume.gap_noted"
    volume: VolumeId
    label: str
    place: PlaceId
    person: PersonId
    gap: Gap


@dataclass(frozen=True, slots=True, kw_only=True)
class DelegationGiven:
    """A person lets another collect what waits for them, until then (milliseconds since 1970, UTC). Both badges."""

    kind: ClassVar[str] = "delegation.given"
    person: PersonId
    delegate: PersonId
    until_ms: int
    act: ActId


@dataclass(frozen=True, slots=True, kw_only=True)
class DelegationEnded:
    """From here on nobody collects for this person."""

    kind: ClassVar[str] = "delegation.ended"
    person: PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class StepFinished:
    """A step of the archive line was finished at a station. ``place`` is where the volume is now."""

    kind: ClassVar[str] = "archive.step_finished"
    volume: VolumeId
    label: str
    step: Step
    place: PlaceId
    person: PersonId
    pages: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SentBack:
    kind: ClassVar[str] = "archive.sent_back"
    volume: VolumeId
    label: str
    found_at: Step
    back_to: Step
    reason: SendBackReason
    place: PlaceId
    person: PersonId
    pages: tuple[int, ...] = ()


VolumeFact = (
    VolumeDeposited
    | VolumeReturned
    | VolumeCollected
    | VolumeReceived
    | VolumeHandedOver
    | VolumePlaced
    | VolumeRefused
    | GapNoted
    | DelegationGiven
    | DelegationEnded
    | StepFinished
    | SentBack
)
