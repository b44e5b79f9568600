"""Papers on their way between a party and the court, and values kept apart so that they can be erased."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from custody.events.words import PaperKind, ParcelFault, PrivateKind
from custody.identifiers import ActId, PersonId, PlaceId

__all__ = [
    "ParcelAccepted",
    "ParcelDeposited",
    "ParcelFact",
    "ParcelRefused",
    "ParcelTaken",
    "ValueConfided",
    "ValueErased",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueConfided:
    """Somebody keyed in a value that only the hub may read; it was sealed at once. ``value``: its id.

    ``about``: the id of what it belongs to. ``commitment`` says nothing of it to whoever lacks the salt sealed with it.
    """

    kind: ClassVar[str] = "private.confided"
    value: str
    what: PrivateKind
    about: str
    commitment: str  # hex, see ``custody.private.commitment``


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueErased:
    """A private value is gone from whoever records this. Its commitment stays, and says nothing any more."""

    kind: ClassVar[str] = "private.erased"
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ParcelDeposited:
    """Papers were listed, a vacant compartment opened and was shut again. ``person`` is ``party`` without a badge."""

    kind: ClassVar[str] = "parcel.deposited"
    parcel: str
    place: PlaceId
    person: PersonId
    recipient: str  # a person's id or a team's
    papers: tuple[PaperKind, ...]  # one for each paper, as stated
    act: ActId


@dataclass(frozen=True, slots=True, kw_only=True)
class ParcelTaken:
    """Taken out of its compartment, as the person stated after the door was shut."""

    kind: ClassVar[str] = "parcel.taken"
    parcel: str
    place: PlaceId
    person: PersonId
    recipient: str
    act: ActId


@dataclass(frozen=True, slots=True, kw_only=True)
class ParcelAccepted:
    """What was in it is what the list says, states the person who took it."""

    kind: ClassVar[str] = "parcel.accepted"
    parcel: str
    place: PlaceId
    person: PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class ParcelRefused:
    """Taken out, and not accepted: the party is to be told."""

    kind: ClassVar[str] = "parcel.refused"
    parcel: str
    place: PlaceId
    person: PersonId
    reason: ParcelFault


ParcelFact = ValueConfided | ValueErased | ParcelDeposited | ParcelTaken | ParcelAccepted | ParcelRefused
