"""Hand over (转交): from hand to hand, wherever there is a scanner. Volumes scanned, then the receiver's badge.

For a trolley the trolley's label is scanned first: what is recorded on it is listed, and each volume is scanned all
the same. Nothing is recorded before the second badge, so cancelling needs no undoing; what was scanned is not dropped
by waiting alone, it asks once.
"""

from __future__ import annotations

from dataclasses import replace

from custody.events import PlaceKind, StationKind, VolumeHandedOver
from custody.flows.doors import MOST_VOLUMES, cards, carried, recorded
from custody.flows.grammar import (
    CANCEL,
    START,
    BadgeTapped,
    Began,
    Choice,
    Chosen,
    Colour,
    Flow,
    LabelScanned,
    Move,
    Prompt,
    Record,
    Row,
    Session,
    Sheet,
    Sound,
    Text,
    TimeUp,
)
from custody.flows.scanning import listed, read, without
from custody.grants import KnownVolume, Person, Role, may_see
from custody.identifiers import ActId
from custody.knowledge import View
from custody.refusals import (
    AlreadyScanned,
    Confidential,
    HeldByOther,
    LiesElsewhere,
    NotAllowed,
    NotAllScanned,
    NotForReceiver,
    NothingScanned,
    NotNow,
    Refusal,
    TooManyVolumes,
)

__all__ = ["FLOW"]

SCAN, STILL, DONE = "scan", "still", "done"
_WITHOUT, _GO_ON = "without", "go_on"


def _begin(session: Session, stimulus: Began, view: View) -> Move:
    return Move(replace(session, state=SCAN))


def _scanned(session: Session, stimulus: LabelScanned, view: View) -> Move:
    place = view.place_by_label(stimulus.text)
    if place is not None and place.kind is PlaceKind.TROLLEY:
        return _wheeled(session, view.lying_in(place.id), view)
    found = read(session, stimulus.text, view)
    if not isinstance(found, tuple):
        return Move(session, (), found)
    person, volume = found
    card = listed(session, volume)
    if card is not None and card.ticked:
        return Move(session, (), AlreadyScanned(volume=volume.title))
    refusal = _why_not(person, volume, view)
    if refusal is None and card is None and len(session.volumes) >= MOST_VOLUMES:
        refusal = TooManyVolumes(most=MOST_VOLUMES)
    if refusal is not None:
        return Move(session, (), refusal)
    cards_now = (*without(session, volume), carried(volume, stimulus.text, ticked=True))
    return Move(replace(session, state=SCAN, volumes=cards_now), (Sound(good=True),))


def _wheeled(session: Session, lying: tuple[KnownVolume, ...], view: View) -> Move:
    """Everything recorded on the trolley is listed, to be scanned one by one."""
    person = view.person(session.person)
    if person is None:
        return Move(session, (), NotAllowed())
    if not all(may_see(person, one.part) for one in lying):
        return Move(session, (), Confidential())
    new = [one for one in lying if listed(session, one) is None]
    if len(session.volumes) + len(new) > MOST_VOLUMES:
        return Move(session, (), TooManyVolumes(most=MOST_VOLUMES))
    volumes = tuple(recorded(one) for one in new)
    return Move(replace(session, state=SCAN, volumes=(*session.volumes, *volumes)), (Sound(good=True),))


def _why_not(person: Person, volume: KnownVolume, view: View) -> Refusal | None:
    """It is in the giver's hands as far as is known: with the giver, on a trolley, or here where both stand."""
    if volume.holder is not None and volume.holder != person.id:
        return HeldByOther(volume=volume.title, person=view.name_of(volume.holder), since_ms=volume.since)
    if volume.place is None or volume.place == view.place or view.kind_of(volume.place) is PlaceKind.TROLLEY:
        return None
    return LiesElsewhere(volume=volume.title, place=view.name_of(volume.place))


def _tapped(session: Session, stimulus: BadgeTapped, view: View) -> Move:
    receiver = view.by_badge(stimulus.text)
    if not isinstance(receiver, Person):
        return Move(session, (), receiver)
    if receiver.id == session.person:  # the second tap of one's own badge ends, as everywhere
        return Move(None)
    unread = sum(not one.ticked for one in session.volumes)
    if not session.volumes:
        return Move(session, (), NothingScanned())
    if unread:
        return Move(session, (), NotAllScanned(count=unread))
    parts = [view.volumes[one.volume].part for one in session.volumes if one.volume in view.volumes]
    if not all(may_see(receiver, part) for part in parts):
        return Move(session, (), NotForReceiver(person=receiver.name))
    act = ActId(view.new_id)
    facts = (
        VolumeHandedOver(
            volume=one.volume,
            label=one.label,
            place=view.place,
            person=session.person,
            receiver=receiver.id,
            act=act,
        )
        for one in session.volumes
    )
    done = replace(session, state=DONE, recipient=receiver.id, act=act)
    return Move(done, (*(Record(fact) for fact in facts), Sound(good=True)))


def _chosen(session: Session, stimulus: Chosen, view: View) -> Move:
    if stimulus.choice == CANCEL:
        return Move(None)
    if stimulus.choice != _WITHOUT:
        return Move(session, (), NotNow())
    return Move(replace(session, volumes=tuple(one for one in session.volumes if one.ticked)))


def _left(session: Session, stimulus: TimeUp, view: View) -> Move:
    return Move(replace(session, state=STILL) if session.volumes else None)


def _stayed(session: Session, stimulus: Chosen, view: View) -> Move:
    if stimulus.choice == CANCEL:
        return Move(None)
    return Move(replace(session, state=SCAN)) if stimulus.choice == _GO_ON else Move(session, (), NotNow())


def _still_prompt(session: Session, view: View) -> Prompt:
    return Prompt(
        headline=Text("hand_over.still.headline"),
        next=Text("hand_over.still.next", {"count": sum(one.ticked for one in session.volumes)}),
        colour=Colour.PERSON,
        cards=cards(session),
        choices=(Choice(_GO_ON, Text("still.go_on")),),
        cancel=Text("hand_over.scan.cancel"),
    )


def _scan_prompt(session: Session, view: View) -> Prompt:
    read_now = sum(one.ticked for one in session.volumes)
    unread = len(session.volumes) - read_now
    fields: dict[str, str | int] = {"count": read_now, "of": len(session.volumes), "left": unread}
    what = "none" if not session.volumes else "some" if unread else "all"
    return Prompt(
        headline=Text("hand_over.scan.headline", fields),
        next=Text(f"hand_over.scan.next.{what}", fields),
        colour=Colour.TURN,
        cards=cards(session),
        choices=(Choice(_WITHOUT, Text("hand_over.scan.without", fields)),) if unread else (),
        cancel=Text("hand_over.scan.cancel"),
    )


def _done_prompt(session: Session, view: View) -> Prompt:
    fields: dict[str, str | int] = {"count": len(session.volumes), "person": view.name_of(session.recipient)}
    return Prompt(
        headline=Text("hand_over.done.headline", fields),
        next=Text("hand_over.done.next", fields),
        colour=Colour.DONE,
        cards=cards(session),
        cancel=Text("session.end"),
        sheet=_sheet(session, view),
    )


def _sheet(session: Session, view: View) -> Sheet:
    assert session.act is not None
    giver, receiver = view.name_of(session.person), view.name_of(session.recipient)
    return Sheet(record=session.act, giver=giver, receiver=receiver, volumes=session.volumes)


FLOW = Flow(
    name="hand_over",
    order=40,
    at=frozenset({StationKind.CABINET, StationKind.STATION}),
    rights=frozenset({Role.STAFF, Role.OPERATOR, Role.ADMINISTRATOR}),
    states=(SCAN, STILL, DONE),
    held=frozenset(),
    over=frozenset({DONE}),
    table={
        (START, Began): Row((SCAN,), _begin),
        (SCAN, LabelScanned): Row((SCAN,), _scanned),
        (SCAN, BadgeTapped): Row((SCAN, DONE, START), _tapped),
        (SCAN, Chosen): Row((SCAN, START), _chosen),
        (SCAN, TimeUp): Row((STILL, START), _left),
        (STILL, LabelScanned): Row((SCAN, STILL), _scanned),
        (STILL, BadgeTapped): Row((STILL, DONE, START), _tapped),
        (STILL, Chosen): Row((SCAN, STILL, START), _stayed),
    },
    prompts={SCAN: _scan_prompt, STILL: _still_prompt, DONE: _done_prompt},
    patience={SCAN: 120, STILL: 45, DONE: 15},
    offers=lambda person, view: 0,
    claims=lambda person, volume, view: False,
    also=(Text("hand_over.scan.next.none"),),
)
