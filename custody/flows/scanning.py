"""What the flows with a scanner share: whose volume a label names, and whether this person may handle it."""

from __future__ import annotations

from collections.abc import Mapping

from custody.flows.grammar import Carried, Session
from custody.grants import KnownVolume, Person, may_see
from custody.identifiers import PlaceId
from custody.knowledge import View
from custody.refusals import Confidential, NotAllowed, Refusal

__all__ = ["WHEREABOUTS", "compartment_of", "listed", "read", "whereabouts", "without"]

WHEREABOUTS: Mapping[str, Mapping[str, str | int]] = {
    "here": {"number": ""},
    "there": {"place": ""},
    "held": {"person": ""},
    "nowhere": {},
}
"""In how many ways it can be told where a volume is, with the fields each has."""


def read(session: Session, text: str, view: View) -> tuple[Person, KnownVolume] | Refusal:
    """The person of the session and the volume a label names, if that person may see it."""
    person, volume = view.person(session.person), view.by_label(text)
    if person is None:
        return NotAllowed()
    if not isinstance(volume, KnownVolume):
        return volume
    return (person, volume) if may_see(person, volume.part) else Confidential()


def listed(session: Session, volume: KnownVolume) -> Carried | None:
    """The volume's card in this session."""
    return next((one for one in session.volumes if one.volume == volume.id), None)


def without(session: Session, volume: KnownVolume) -> tuple[Carried, ...]:
    """The other cards."""
    return tuple(one for one in session.volumes if one.volume != volume.id)


def whereabouts(volume: KnownVolume | None, view: View) -> tuple[str, dict[str, str | int]]:
    """Where a volume is on record: one of ``WHEREABOUTS``."""
    here = None if volume is None else compartment_of(volume, view)
    if here is not None:
        return "here", {"number": view.number_of(here)}
    if volume is not None and volume.place is not None:
        return "there", {"place": view.name_of(volume.place)}
    if volume is not None and volume.holder is not None:
        return "held", {"person": view.name_of(volume.holder)}
    return "nowhere", {}


def compartment_of(volume: KnownVolume, view: View) -> PlaceId | None:
    """The compartment of this cabinet in which a volume is recorded."""
    return volume.place if volume.place in view.compartments else None
