"""Lay (放置): volumes are put on a place with a label of its own: a shelf, trolley, counter or overnight cupboard."""

from __future__ import annotations

from dataclasses import replace

from custody.events import PlaceKind, StationKind, VolumePlaced
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
from custody.grants import Role
from custody.knowledge import View, label_text
from custody.refusals import AlreadyScanned, HeldByOther, NotAPlace

__all__ = ["FLOW"]

WHERE, LAYING = "where", "laying"
_LAID_ON = frozenset({PlaceKind.SHELF, PlaceKind.TROLLEY, PlaceKind.COUNTER, PlaceKind.CUPBOARD})
_SHOWN = 40  # of a text that is none of our labels


def _begin(session: Session, stimulus: Began, view: View) -> Move:
    return Move(replace(session, state=WHERE))


def _begin_with(session: Session, stimulus: LabelScanned, view: View) -> Move:
    return _where(replace(session, state=WHERE), stimulus, view)


def _where(session: Session, stimulus: LabelScanned, view: View) -> Move:
    place = view.place_by_label(stimulus.text)
    if place is None:
        return Move(session, (), NotAPlace(label=label_text(stimulus.text)[:_SHOWN]))
    return Move(replace(session, state=LAYING, place=place.id, volumes=()), (Sound(good=True),))


def _laid(session: Session, stimulus: LabelScanned, view: View) -> Move:
    """The label of another place begins anew there; a volume's is recorded at once."""
    if view.place_by_label(stimulus.text) is not None:
        return _where(session, stimulus, view)
    found = read(session, stimulus.text, view)
    if not isinstance(found, tuple):
        return Move(session, (), found)
    person, volume = found
    assert session.place is not None
    if volume.place == session.place:
        return Move(session, (), AlreadyScanned(volume=volume.title))
    if volume.holder is not None and volume.holder != person.id:
        holder = view.name_of(volume.holder)
        return Move(session, (), HeldByOther(volume=volume.title, person=holder, since_ms=volume.since))
    card = carried(volume, stimulus.text, ticked=True)
    fact = VolumePlaced(volume=volume.id, label=card.label, place=session.place, person=session.person)
    return Move(replace(session, volumes=(*session.volumes, card)), (Record(fact), Sound(good=True)))


def _where_prompt(session: Session, view: View) -> Prompt:
    return Prompt(
        headline=Text("lay.where.headline"),
        next=Text("lay.where.next"),
        colour=Colour.TURN,
        cancel=Text("session.end"),
    )


def _laying_prompt(session: Session, view: View) -> Prompt:
    assert session.place is not None
    fields: dict[str, str | int] = {"count": len(session.volumes), "place": view.name_of(session.place)}
    return Prompt(
        headline=Text("lay.laying.headline", fields),
        next=Text("lay.laying.next", fields),
        colour=Colour.DONE if session.volumes else Colour.TURN,
        cards=cards(session),
        cancel=Text("session.end"),
    )


FLOW = Flow(
    name="lay",
    order=200,
    at=frozenset({StationKind.STATION}),
    rights=frozenset({Role.STAFF, Role.OPERATOR, Role.ADMINISTRATOR}),
    states=(WHERE, LAYING),
    held=frozenset(),
    table={
        (START, Began): Row((WHERE,), _begin),
        (START, LabelScanned): Row((WHERE, LAYING), _begin_with),
        (WHERE, LabelScanned): Row((WHERE, LAYING), _where),
        (LAYING, LabelScanned): Row((LAYING,), _laid),
    },
    prompts={WHERE: _where_prompt, LAYING: _laying_prompt},
    patience={WHERE: 45, LAYING: 60},
    offers=lambda person, view: 0,
    claims=lambda person, volume, view: False,
    claims_place=lambda person, place, view: place.kind in _LAID_ON,
)
