"""What the flows with a scanner share: whose volume a label names, and whether this person may handle it."""

from __future__ import annotations

from custody.flows.grammar import Carried, Session
from custody.grants import KnownVolume, Person, may_see
from custody.knowledge import View
from custody.refusals import Confidential, NotAllowed, Refusal

__all__ = ["listed", "read", "without"]


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
