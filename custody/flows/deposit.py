"""Deposit (存入): a person puts volumes into a compartment for whoever the case proposes."""

from __future__ import annotations

from custody.events import Fact, StationKind, VolumeDeposited
from custody.flows import putting
from custody.flows.grammar import Carried, Flow, Session, Text
from custody.grants import KnownVolume, Person, Role
from custody.knowledge import View
from custody.refusals import HeldByOther, Refusal

__all__ = ["FLOW"]


def _check(person: Person, volume: KnownVolume, view: View) -> Refusal | None:
    if volume.holder is not None and volume.holder != person.id:
        return HeldByOther(volume=volume.title, person=view.name_of(volume.holder), since_ms=volume.since)
    return None


def _recipient(person: Person, volume: KnownVolume) -> str:
    return volume.recipient or person.id


def _fact(session: Session, carried: Carried) -> Fact:
    assert session.place is not None and session.act is not None
    return VolumeDeposited(
        volume=carried.volume,
        label=carried.label,
        place=session.place,
        person=session.person,
        recipient=session.recipient,
        act=session.act,
    )


def _claims(person: Person, volume: KnownVolume, view: View) -> bool:
    return volume.place not in view.compartments and volume.holder != person.id


FLOW = Flow(
    name="deposit",
    order=10,
    at=frozenset({StationKind.CABINET}),
    rights=frozenset({Role.STAFF, Role.OPERATOR, Role.ADMINISTRATOR}),
    states=putting.states(),
    held=putting.HELD,
    over=putting.OVER,
    table=putting.table(check=_check, recipient_of=_recipient, fact_of=_fact),
    prompts=putting.prompts("deposit"),
    patience=putting.PATIENCE,
    offers=lambda person, view: 0,
    claims=_claims,
    also=(Text("putting.whom.one", {"recipient": ""}), *putting.texts()),
)
