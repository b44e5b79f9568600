"""The pattern of putting volumes into a compartment: scan, the door opens, more scans, close, recorded.

Deposit and return are this pattern with a check and a fact of their own. Facts are recorded when the door is sensed
closed: before that, nothing was put in.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from custody.events import Fact
from custody.flows.doors import (
    MOST_VOLUMES,
    NOT_OPENED,
    OPENING,
    cards,
    carried,
    not_opened_prompt,
    open_place,
    opening_prompt,
    opening_rows,
)
from custody.flows.grammar import (
    CANCEL,
    START,
    Began,
    Carried,
    Choice,
    Chosen,
    Colour,
    DoorClosed,
    LabelScanned,
    Move,
    Prompt,
    Record,
    Row,
    Session,
    Sound,
    Stimulus,
    Text,
    TimeUp,
)
from custody.grants import KnownVolume, Person, may_see
from custody.knowledge import View
from custody.refusals import (
    AlreadyScanned,
    CabinetFull,
    CompartmentFull,
    Confidential,
    DoNotMix,
    NotAllowed,
    NotNow,
    Refusal,
)

__all__ = ["HELD", "OVER", "PATIENCE", "STATES", "prompts", "table"]

SCAN, PLACING, UNDOING, DONE = "scan", "placing", "undoing", "done"
STATES = (SCAN, OPENING, PLACING, UNDOING, NOT_OPENED, DONE)
HELD = frozenset({OPENING, PLACING, UNDOING})
OVER = frozenset({DONE})
PATIENCE = {SCAN: 45, OPENING: 30, PLACING: 60, UNDOING: 60, NOT_OPENED: 45, DONE: 8}

Check = Callable[[Person, KnownVolume, View], Refusal | None]
RecipientOf = Callable[[Person, KnownVolume], str]
FactOf = Callable[[Session, Carried], Fact]


def table(
    *, check: Check, recipient_of: RecipientOf, fact_of: FactOf, reasons: tuple[str, ...] = ()
) -> dict[tuple[str, type[Stimulus]], Row]:
    """The rows of a putting flow. ``check`` says why a volume may not be put in by this person."""

    def scanned(session: Session, stimulus: LabelScanned, view: View) -> Move:
        found = _scanned(session, stimulus.text, view, check)
        if not isinstance(found, tuple):
            return Move(session, (), found)
        person, volume = found
        recipient = recipient_of(person, volume)
        place = view.allocate(person, volume.part, recipient)
        if place is None:
            return Move(session, (), CabinetFull())
        begun = replace(session, volumes=(carried(volume, stimulus.text),), recipient=recipient, reason="")
        return _with_sound(open_place(begun, place, view))

    def another(session: Session, stimulus: LabelScanned, view: View) -> Move:
        found = _scanned(session, stimulus.text, view, check)
        if not isinstance(found, tuple):
            return Move(session, (), found)
        person, volume = found
        if len(session.volumes) >= MOST_VOLUMES:
            return Move(session, (), CompartmentFull(**_door(session, view), most=MOST_VOLUMES))
        first = view.volumes.get(session.volumes[0].volume)
        if first is None or first.part is not volume.part or recipient_of(person, volume) != session.recipient:
            return Move(session, (), DoNotMix(volume=volume.title))
        return Move(replace(session, volumes=(*session.volumes, carried(volume, stimulus.text))), (Sound(good=True),))

    def closed(session: Session, stimulus: DoorClosed, view: View) -> Move:
        if stimulus.place != session.place:
            return Move(session)
        done = replace(session, state=DONE, volumes=tuple(replace(one, ticked=True) for one in session.volumes))
        return Move(done, (*(Record(fact_of(session, one)) for one in session.volumes), Sound(good=True)))

    def chosen(session: Session, stimulus: Chosen, view: View) -> Move:
        if stimulus.choice == CANCEL:
            return Move(replace(session, state=UNDOING))
        if stimulus.choice in reasons:
            return Move(replace(session, reason=stimulus.choice))
        return Move(session, (), NotNow())

    return {
        (START, Began): Row((SCAN,), _begin),
        (START, LabelScanned): Row((OPENING, SCAN), lambda s, e, v: scanned(replace(s, state=SCAN), e, v)),
        (SCAN, LabelScanned): Row((OPENING, SCAN), scanned),
        **opening_rows(PLACING),
        (OPENING, LabelScanned): Row((OPENING,), another),
        (PLACING, LabelScanned): Row((PLACING,), another),
        (PLACING, DoorClosed): Row((DONE, PLACING), closed),
        (PLACING, Chosen): Row((UNDOING, PLACING), chosen),
        (PLACING, TimeUp): Row((PLACING,), _stay),
        (UNDOING, DoorClosed): Row((START, UNDOING), _undone),
    }


def prompts(name: str, reasons: tuple[str, ...] = ()) -> dict[str, Callable[[Session, View], Prompt]]:
    """The prompts of a putting flow; texts under ``<name>.<state>.…`` in the catalogues.

    The first of ``reasons`` is meant until another is chosen.
    """

    def chosen(session: Session) -> str:
        return f".{session.reason or reasons[0]}" if reasons else ""

    def scan(session: Session, view: View) -> Prompt:
        return Prompt(
            headline=Text(f"{name}.scan.headline"),
            next=Text(f"{name}.scan.next"),
            colour=Colour.TURN,
            cancel=Text("session.end"),
        )

    def placing(session: Session, view: View) -> Prompt:
        return Prompt(
            headline=Text(f"{name}.placing.headline", {**_door(session, view), "count": len(session.volumes)}),
            next=Text(f"{name}.placing.next{chosen(session)}", _door(session, view)),
            colour=Colour.TURN,
            lit=session.place,
            cards=cards(session),
            choices=tuple(
                Choice(one, Text(f"{name}.reason.{one}")) for one in reasons if one != (session.reason or reasons[0])
            ),
            cancel=Text("putting.undo"),
        )

    def undoing(session: Session, view: View) -> Prompt:
        return Prompt(
            headline=Text("putting.undoing.headline", _door(session, view)),
            next=Text("putting.undoing.next", _door(session, view)),
            colour=Colour.WAIT,
            lit=session.place,
            cards=cards(session),
        )

    def done(session: Session, view: View) -> Prompt:
        return Prompt(
            headline=Text(f"{name}.done.headline", {**_door(session, view), "count": len(session.volumes)}),
            next=Text(f"{name}.done.next", {"recipient": view.name_of(session.recipient)}),
            colour=Colour.DONE,
            lit=session.place,
            cards=cards(session),
            cancel=Text("session.end"),
        )

    return {
        SCAN: scan,
        OPENING: opening_prompt,
        PLACING: placing,
        UNDOING: undoing,
        NOT_OPENED: not_opened_prompt,
        DONE: done,
    }


def _begin(session: Session, stimulus: Began, view: View) -> Move:
    return Move(replace(session, state=SCAN))


def _stay(session: Session, stimulus: TimeUp, view: View) -> Move:
    return Move(session)


def _undone(session: Session, stimulus: DoorClosed, view: View) -> Move:
    return Move(None if stimulus.place == session.place else session)


def _scanned(session: Session, text: str, view: View, check: Check) -> tuple[Person, KnownVolume] | Refusal:
    person = view.person(session.person)
    if person is None:
        return NotAllowed()
    volume = view.by_label(text)
    if not isinstance(volume, KnownVolume):
        return volume
    if not may_see(person, volume.part):
        return Confidential()
    if any(one.volume == volume.id for one in session.volumes):
        return AlreadyScanned(volume=volume.title)
    refusal = check(person, volume, view)
    return (person, volume) if refusal is None else refusal


def _with_sound(move: Move) -> Move:
    return Move(move.session, (*move.effects, Sound(good=True)), move.refusal)


def _door(session: Session, view: View) -> dict[str, str]:
    assert session.place is not None
    return {"number": view.number_of(session.place)}
