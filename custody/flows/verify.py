"""Verify (核对): the next authorised person looks into a compartment whose last opening has no known outcome."""

from __future__ import annotations

from dataclasses import replace

from custody.events import CompartmentVerified, StationKind
from custody.flows.doors import NOT_OPENED, OPENING, cards, not_opened_prompt, open_place, opening_prompt, opening_rows
from custody.flows.grammar import (
    START,
    Began,
    Carried,
    Colour,
    DoorClosed,
    Flow,
    LabelScanned,
    Move,
    Prompt,
    Record,
    Row,
    Session,
    Sound,
    Text,
    TimeUp,
)
from custody.grants import KnownVolume, Role
from custody.identifiers import PlaceId
from custody.knowledge import View
from custody.refusals import AlreadyScanned, NothingForYou

__all__ = ["FLOW"]

LOOKING, DONE = "looking", "done"


def _blocked(view: View) -> tuple[PlaceId, ...]:
    return tuple(place for place, one in view.compartments.items() if one.blocked)


def _begin(session: Session, stimulus: Began, view: View) -> Move:
    blocked = _blocked(view)
    if not blocked:
        return Move(None, (), NothingForYou())
    return open_place(session, blocked[0], view)


def _scanned(session: Session, stimulus: LabelScanned, view: View) -> Move:
    volume = view.by_label(stimulus.text)
    if not isinstance(volume, KnownVolume):
        return Move(session, (), volume)
    if any(one.volume == volume.id for one in session.volumes):
        return Move(session, (), AlreadyScanned(volume=volume.title))
    found = Carried(volume=volume.id, label=stimulus.text.strip().upper(), title=volume.title, ticked=True)
    return Move(replace(session, volumes=(*session.volumes, found)), (Sound(good=True),))


def _closed(session: Session, stimulus: DoorClosed, view: View) -> Move:
    if stimulus.place != session.place or session.act is None:
        return Move(session)
    fact = CompartmentVerified(
        place=stimulus.place,
        person=session.person,
        act=session.act,
        contents=tuple(one.volume for one in session.volumes),
    )
    return Move(replace(session, state=DONE), (Record(fact), Sound(good=True)))


def _stay(session: Session, stimulus: TimeUp, view: View) -> Move:
    return Move(session)


def _prompt(state: str, colour: Colour, session: Session, view: View) -> Prompt:
    assert session.place is not None
    fields: dict[str, str | int] = {"number": view.number_of(session.place), "count": len(session.volumes)}
    return Prompt(
        headline=Text(f"verify.{state}.headline", fields),
        next=Text(f"verify.{state}.next", fields),
        colour=colour,
        lit=session.place,
        cards=cards(session),
        cancel=None if state == LOOKING else Text("session.end"),
    )


FLOW = Flow(
    name="verify",
    at=StationKind.CABINET,
    rights=frozenset({Role.STAFF, Role.ADMINISTRATOR}),
    states=(OPENING, LOOKING, NOT_OPENED, DONE),
    held=frozenset({OPENING, LOOKING}),
    table={
        (START, Began): Row((OPENING, START), _begin),
        **opening_rows(LOOKING),
        (LOOKING, LabelScanned): Row((LOOKING,), _scanned),
        (LOOKING, DoorClosed): Row((LOOKING, DONE), _closed),
        (LOOKING, TimeUp): Row((LOOKING,), _stay),
    },
    prompts={
        OPENING: opening_prompt,
        LOOKING: lambda session, view: _prompt(LOOKING, Colour.TURN, session, view),
        NOT_OPENED: not_opened_prompt,
        DONE: lambda session, view: _prompt(DONE, Colour.DONE, session, view),
    },
    patience={OPENING: 30, LOOKING: 60, NOT_OPENED: 45, DONE: 8},
    offers=lambda person, view: len(_blocked(view)) or None,
    claims=lambda person, volume, view: False,
)
