"""What an entry is about, so that the store finds every entry that a question rests on."""

from __future__ import annotations

from dataclasses import dataclass

from custody.events import BoardLost, CompartmentVerified, DoorsSensed, Fact, PlaceCounted, Unrecognised
from custody.identifiers import PersonId, PlaceId, VolumeId

__all__ = ["MOVES", "About", "about"]

MOVES = (
    "volume.deposited",
    "volume.returned",
    "volume.collected",
    "volume.received",
    "volume.handed_over",
    "volume.placed",
)
"""The kinds of entries in which a volume changes hands."""


@dataclass(frozen=True, slots=True)
class About:
    """The volume, place and person an entry names, and the volumes it counts up (``contents``)."""

    volume: VolumeId | None = None
    place: PlaceId | None = None
    person: PersonId | None = None
    contents: tuple[VolumeId, ...] = ()
    places: tuple[PlaceId, ...] = ()


def about(fact: Fact | Unrecognised) -> About:
    """What a fact names, each once."""
    match fact:
        case CompartmentVerified() | PlaceCounted():
            return About(place=fact.place, person=fact.person, contents=tuple(dict.fromkeys(fact.contents)))
        case DoorsSensed():
            return About(places=tuple(dict.fromkeys((*fact.open, *fact.closed))))
        case BoardLost():
            return About(places=tuple(dict.fromkeys(fact.places)))
        case _:
            named = {name: getattr(fact, name, None) for name in ("volume", "place", "person")}
            return About(volume=named["volume"], place=named["place"], person=named["person"])
