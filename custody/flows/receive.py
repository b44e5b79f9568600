"""Receive (接收): a volume is scanned in at a station. One scan, recorded at once; the next scan is the next volume."""

from __future__ import annotations

from dataclasses import replace

from custody.events import StationKind, VolumeReceived
from custody.flows.doors import cards, carried
from custody.flows.grammar import (
    START,
    Began,
    Colour,
    Flow,
    LabelScanned,
    Move,
    Prompt,
    Record,
    Row,
    Session,
    Sound,
    Text,
)
from custody.grants import KnownVolume, Person, Role, may_see
from custody.knowledge import View
from custody.refusals import AlreadyScanned, Confidential, NotAllowed

__all__ = ["FLOW"]

SCAN, RECEIVED = "scan", "received"


def _begin(session: Session, stimulus: Began, view: View) -> Move:
    return Move(replace(session, state=SCAN))


def _begin_with(session: Session, stimulus: LabelScanned, view: View) -> Move:
    return _scanned(replace(session, state=SCAN), stimulus, view)


def _scanned(session: Session, stimulus: LabelScanned, view: View) -> Move:
    person, volume = view.person(session.person), view.by_label(stimulus.text)
    if person is None:
        return Move(session, (), NotAllowed())
    if not isinstance(volume, KnownVolume):
        return Move(session, (), volume)
    if not may_see(person, volume.part):
        return Move(session, (), Confidential())
    if volume.place == view.place:
        return Move(session, (), AlreadyScanned(volume=volume.title))
    card = carried(volume, stimulus.text, ticked=True)
    fact = VolumeReceived(volume=volume.id, label=card.label, place=view.place, person=session.person)
    after = replace(session, state=RECEIVED, volumes=(*session.volumes, card))
    return Move(after, (Record(fact), Sound(good=True)))


def _prompt(state: str, colour: Colour, session: Session, view: View) -> Prompt:
    fields: dict[str, str | int] = {"count": len(session.volumes)}
    return Prompt(
        headline=Text(f"receive.{state}.headline", fields),
        next=Text(f"receive.{state}.next", fields),
        colour=colour,
        cards=cards(session),
        cancel=Text("session.end"),
    )


def _claims(person: Person, volume: KnownVolume, view: View) -> bool:
    return volume.place != view.place


FLOW = Flow(
    name="receive",
    order=110,
    at=frozenset({StationKind.STATION}),
    rights=frozenset({Role.STAFF, Role.OPERATOR, Role.ADMINISTRATOR}),
    states=(SCAN, RECEIVED),
    held=frozenset(),
    table={
        (START, Began): Row((SCAN,), _begin),
        (START, LabelScanned): Row((SCAN, RECEIVED), _begin_with),
        (SCAN, LabelScanned): Row((SCAN, RECEIVED), _scanned),
        (RECEIVED, LabelScanned): Row((RECEIVED,), _scanned),
    },
    prompts={
        SCAN: lambda session, view: _prompt(SCAN, Colour.TURN, session, view),
        RECEIVED: lambda session, view: _prompt(RECEIVED, Colour.DONE, session, view),
    },
    patience={SCAN: 60, RECEIVED: 60},
    offers=lambda person, view: 0,
    claims=_claims,
)
