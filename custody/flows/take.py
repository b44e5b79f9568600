"""Take away (取走): volumes leave the station, or a shelf, trolley or cupboard near it, in somebody's hands."""

from __future__ import annotations

from dataclasses import replace

from custody.events import Grade, StationKind, VolumeCollected
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
from custody.flows.scanning import read
from custody.grants import Role, may_take, waits_for
from custody.identifiers import ActId
from custody.knowledge import View
from custody.refusals import AlreadyScanned, ForSomebodyElse, HeldByOther

__all__ = ["FLOW"]

SCAN, TAKEN = "scan", "taken"


def _begin(session: Session, stimulus: Began, view: View) -> Move:
    return Move(replace(session, state=SCAN))


def _scanned(session: Session, stimulus: LabelScanned, view: View) -> Move:
    found = read(session, stimulus.text, view)
    if not isinstance(found, tuple):
        return Move(session, (), found)
    person, volume = found
    if volume.holder == person.id:
        return Move(session, (), AlreadyScanned(volume=volume.title))
    if volume.holder is not None:
        holder = view.name_of(volume.holder)
        return Move(session, (), HeldByOther(volume=volume.title, person=holder, since_ms=volume.since))
    if not may_take(person, volume.part, waits_for(volume)) and not person.roles & {Role.STAFF, Role.ADMINISTRATOR}:
        return Move(session, (), ForSomebodyElse(volume=volume.title))
    card = carried(volume, stimulus.text, ticked=True)
    fact = VolumeCollected(
        volume=volume.id,
        label=card.label,
        place=volume.place or view.place,
        person=session.person,
        recipient=waits_for(volume) or session.person,
        grade=Grade.SCANNED,
        act=ActId(view.new_id),
    )
    after = replace(session, state=TAKEN, volumes=(*session.volumes, card))
    return Move(after, (Record(fact), Sound(good=True)))


def _prompt(state: str, colour: Colour, session: Session, view: View) -> Prompt:
    fields: dict[str, str | int] = {"count": len(session.volumes)}
    return Prompt(
        headline=Text(f"take.{state}.headline", fields),
        next=Text(f"take.{state}.next", fields),
        colour=colour,
        cards=cards(session),
        cancel=Text("session.end"),
    )


FLOW = Flow(
    name="take",
    order=210,
    at=frozenset({StationKind.STATION}),
    rights=frozenset({Role.STAFF, Role.OPERATOR, Role.ADMINISTRATOR}),
    states=(SCAN, TAKEN),
    held=frozenset(),
    table={
        (START, Began): Row((SCAN,), _begin),
        (SCAN, LabelScanned): Row((SCAN, TAKEN), _scanned),
        (TAKEN, LabelScanned): Row((TAKEN,), _scanned),
    },
    prompts={
        SCAN: lambda session, view: _prompt(SCAN, Colour.TURN, session, view),
        TAKEN: lambda session, view: _prompt(TAKEN, Colour.DONE, session, view),
    },
    patience={SCAN: 60, TAKEN: 60},
    offers=lambda person, view: 0,
    claims=lambda person, volume, view: False,
)
