"""Return (交还): the holder of a volume puts it back, with a reason; it waits again for whom it waited before."""

from __future__ import annotations

from custody.events import Fact, ReturnReason, StationKind, VolumeReturned
from custody.flows import putting
from custody.flows.grammar import Carried, Flow, Session
from custody.grants import KnownVolume, Person, Role
from custody.knowledge import View
from custody.refusals import NotHeldByYou, Refusal

__all__ = ["FLOW"]

_REASONS = tuple(ReturnReason)


def _check(person: Person, volume: KnownVolume, view: View) -> Refusal | None:
    return None if volume.holder == person.id else NotHeldByYou(volume=volume.title)


def _recipient(person: Person, volume: KnownVolume) -> str:
    return volume.held_for or volume.recipient or person.id


def _fact(session: Session, carried: Carried) -> Fact:
    assert session.place is not None and session.act is not None
    return VolumeReturned(
        volume=carried.volume,
        label=carried.label,
        place=session.place,
        person=session.person,
        recipient=session.recipient,
        reason=ReturnReason(session.reason or _REASONS[0]),
        act=session.act,
    )


def _held(person: Person, view: View) -> int | None:
    return sum(one.holder == person.id for one in view.volumes.values()) or None


FLOW = Flow(
    name="return",
    order=30,
    at=frozenset({StationKind.CABINET}),
    rights=frozenset({Role.STAFF, Role.OPERATOR, Role.ADMINISTRATOR}),
    states=putting.states(_REASONS),
    held=putting.HELD - {putting.WHOM},
    over=putting.OVER,
    reasons=_REASONS,
    table=putting.table(check=_check, recipient_of=_recipient, fact_of=_fact, reasons=_REASONS),
    prompts=putting.prompts("return", _REASONS),
    patience=putting.PATIENCE,
    offers=_held,
    claims=lambda person, volume, view: volume.holder == person.id,
    also=putting.texts(),
)
