"""Where a volume is, and on what evidence: a fold over what stations saw.

The physical world wins: every claim moves the holding. A claim that contradicts the record is kept as a contradiction
for a person to resolve; if the two may have happened in either order, the volume is *disputed* until a claim that came
after for certain. Holdings depend on the set of entries only: ``settle`` sorts before it folds.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import assert_never

from custody.events import (
    CompartmentVerified,
    Counting,
    Grade,
    PlaceCounted,
    StepFinished,
    VolumeCollected,
    VolumeCorrected,
    VolumeDeposited,
    VolumeHandedOver,
    VolumePlaced,
    VolumeReceived,
    VolumeRefused,
    VolumeRegistered,
    VolumeReturned,
)
from custody.identifiers import EventId, PersonId, PlaceId, VolumeId
from custody.timing import Located, overlap

__all__ = [
    "AtPlace",
    "Conflict",
    "Contradiction",
    "Disputed",
    "Evidence",
    "Folded",
    "Holding",
    "Unaccounted",
    "WithPerson",
    "concerns",
    "fold",
    "settle",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What a holding rests on: the entry, its grade and when (milliseconds since 1970 as the station's clock said)."""

    entry: EventId
    grade: Grade
    time: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AtPlace:
    place: PlaceId
    recipient: str | None  # for whom it lies there
    evidence: Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class WithPerson:
    person: PersonId
    on_behalf: str | None  # the recipient it was meant for, when that is somebody else
    evidence: Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Disputed:
    """Two claims that contradict each other and may have happened in either order. Both are kept."""

    claims: tuple[AtPlace | WithPerson, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unaccounted:
    """Known, but not seen where it was last: ``last`` is the last evidence, none before the first."""

    last: Evidence | None = None


Holding = AtPlace | WithPerson | Disputed | Unaccounted


class Conflict(StrEnum):
    """How a claim contradicts the record."""

    MOVED_UNRECORDED = "moved_unrecorded"  # it lay elsewhere and nobody took it out
    NOT_THERE = "not_there"  # taken from where it did not lie
    NOT_THE_HOLDER = "not_the_holder"  # put in by somebody else than who had it
    NOT_FOUND = "not_found"  # the compartment was looked into and it was not there


@dataclass(frozen=True, slots=True, kw_only=True)
class Contradiction:
    """A claim and the record it contradicts; ``id`` is stable for the same two."""

    volume: VolumeId
    conflict: Conflict
    entry: EventId
    against: EventId | None

    @property
    def id(self) -> str:
        return f"{self.conflict}.{self.volume}.{self.entry}"


@dataclass(frozen=True, slots=True)
class Folded:
    """A holding after a claim, the claim it rests on, and what contradicted on the way."""

    holding: Holding
    latest: Located | None
    contradictions: tuple[Contradiction, ...] = ()


_START = Folded(Unaccounted(), None)
_Putting = VolumeDeposited | VolumeReturned


def concerns(located: Located, volume: VolumeId) -> bool:
    """Whether an entry says anything about where this volume is."""
    match located.entry.fact:
        case (
            VolumeRegistered(volume=about)
            | VolumeDeposited(volume=about)
            | VolumeReturned(volume=about)
            | VolumeCollected(volume=about)
            | VolumeReceived(volume=about)
            | VolumeHandedOver(volume=about)
            | VolumePlaced(volume=about)
            | VolumeRefused(volume=about)
            | StepFinished(volume=about)
            | VolumeCorrected(volume=about)
        ):
            return about == volume
        case CompartmentVerified() | PlaceCounted():
            return True
        case _:
            return False


def settle(volume: VolumeId, entries: Iterable[Located]) -> Folded:
    """The holding of one volume from every entry there is, in whatever order they came."""
    folded = _START
    for located in sorted((one for one in entries if concerns(one, volume)), key=lambda one: one.key):
        folded = fold(volume, folded, located)
    return folded


def fold(volume: VolumeId, folded: Folded, located: Located) -> Folded:
    """The holding after one more claim. Claims come in the order of ``Located.key``."""
    fact = located.entry.fact
    evidence = _evidence(located)
    conflict: Conflict | None = None
    claim: AtPlace | WithPerson
    match fact:
        case VolumeDeposited() | VolumeReturned():
            claim = AtPlace(place=fact.place, recipient=fact.recipient, evidence=evidence)
            conflict = _conflict_of_putting(folded.holding, fact)
        case VolumeReceived() | VolumePlaced():
            claim = AtPlace(place=fact.place, recipient=None, evidence=evidence)
            conflict = _unless_there(folded.holding, fact.place)
        case VolumeHandedOver():
            claim = WithPerson(person=fact.receiver, on_behalf=_held_for(folded.holding, fact), evidence=evidence)
            conflict = _conflict_of_giving(folded.holding, fact)
        case VolumeRefused(back_to=back_to) if back_to is not None:
            claim = WithPerson(person=back_to, on_behalf=None, evidence=evidence)
        case StepFinished():
            claim = AtPlace(place=fact.place, recipient=None, evidence=evidence)
        case VolumeCollected():
            on_behalf = None if fact.recipient == fact.person else fact.recipient
            graded = replace(evidence, grade=fact.grade)
            claim = WithPerson(person=fact.person, on_behalf=on_behalf, evidence=graded)
            conflict = _conflict_of_taking(folded.holding, fact)
        case CompartmentVerified() | PlaceCounted():
            return _looked_into(volume, folded, located, fact)
        case VolumeCorrected():
            return _corrected(folded, located, fact)
        case _:
            return folded
    return _moved(volume, folded, located, claim, conflict)


def _corrected(folded: Folded, located: Located, fact: VolumeCorrected) -> Folded:
    """A person's word settles where it is, a dispute too; what contradicted stays on record."""
    evidence = replace(_evidence(located), grade=Grade.STATED)
    if fact.place is not None:
        return Folded(AtPlace(place=fact.place, recipient=None, evidence=evidence), located, folded.contradictions)
    if fact.holder is not None:
        return Folded(WithPerson(person=fact.holder, on_behalf=None, evidence=evidence), located, folded.contradictions)
    return folded


def _moved(
    volume: VolumeId, folded: Folded, located: Located, claim: AtPlace | WithPerson, conflict: Conflict | None
) -> Folded:
    unordered = folded.latest is not None and overlap(folded.latest, located)
    holding: Holding = claim
    if unordered and (conflict is not None or isinstance(folded.holding, Disputed)):
        holding = Disputed(claims=(*_claims(folded.holding), claim))
    if conflict is None:
        return Folded(holding, located, folded.contradictions)
    contradiction = Contradiction(
        volume=volume, conflict=conflict, entry=located.entry.id, against=_resting_on(folded.latest)
    )
    return Folded(holding, located, (*folded.contradictions, contradiction))


def _looked_into(volume: VolumeId, folded: Folded, located: Located, fact: Counting) -> Folded:
    holding = folded.holding
    if volume in fact.contents:
        recipient = holding.recipient if isinstance(holding, AtPlace) and holding.place == fact.place else None
        claim = AtPlace(place=fact.place, recipient=recipient, evidence=_evidence(located))
        return _moved(volume, folded, located, claim, _unless_there(holding, fact.place))
    if not isinstance(holding, AtPlace) or holding.place != fact.place:
        return folded
    contradiction = Contradiction(
        volume=volume, conflict=Conflict.NOT_FOUND, entry=located.entry.id, against=_resting_on(folded.latest)
    )
    return Folded(Unaccounted(last=holding.evidence), located, (*folded.contradictions, contradiction))


def _conflict_of_putting(holding: Holding, fact: _Putting) -> Conflict | None:
    match holding:
        case WithPerson(person=person) if person != fact.person:
            return Conflict.NOT_THE_HOLDER
        case AtPlace():
            return Conflict.MOVED_UNRECORDED
        case _:
            return None


def _conflict_of_taking(holding: Holding, fact: VolumeCollected) -> Conflict | None:
    match holding:
        case AtPlace(place=place) if place == fact.place:
            return None
        case Unaccounted(last=None) | Disputed():
            return None
        case _:
            return Conflict.NOT_THERE


def _conflict_of_giving(holding: Holding, fact: VolumeHandedOver) -> Conflict | None:
    """The giver had it, or it lay at the station where both stood."""
    match holding:
        case WithPerson(person=person) if person != fact.person:
            return Conflict.NOT_THE_HOLDER
        case AtPlace():
            return _unless_there(holding, fact.place)
        case _:
            return None


def _held_for(holding: Holding, fact: VolumeHandedOver) -> str | None:
    """For whom it still is when it goes from hand to hand; it has arrived when that is the receiver."""
    match holding:
        case WithPerson(on_behalf=recipient) | AtPlace(recipient=recipient):
            return None if recipient == fact.receiver else recipient
        case _:
            return None


def _unless_there(holding: Holding, place: PlaceId) -> Conflict | None:
    if isinstance(holding, AtPlace) and holding.place != place:
        return Conflict.MOVED_UNRECORDED
    return None


def _claims(holding: Holding) -> tuple[AtPlace | WithPerson, ...]:
    match holding:
        case AtPlace() | WithPerson():
            return (holding,)
        case Disputed(claims=claims):
            return claims
        case Unaccounted():
            return ()
        case _:
            assert_never(holding)


def _evidence(located: Located) -> Evidence:
    return Evidence(entry=located.entry.id, grade=Grade.SCANNED, time=located.entry.time)


def _resting_on(latest: Located | None) -> EventId | None:
    return None if latest is None else latest.entry.id
