"""Receive (接收): a volume is scanned in at a station. One scan, recorded at once; the next scan is the next volume.

Of the volume scanned last the person may say that something is missing, or that it is not accepted and why.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from custody.archiving import SCANNING_QUEUE
from custody.events import Gap, GapNoted, RefuseReason, StationKind, VolumeReceived, VolumeRefused
from custody.flows.doors import cards, carried
from custody.flows.grammar import (
    CANCEL,
    START,
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
    Sound,
    Text,
)
from custody.flows.scanning import read, without
from custody.grants import KnownVolume, Person, Role, waits_for
from custody.identifiers import PersonId
from custody.knowledge import View
from custody.refusals import AlreadyScanned, NotNow

__all__ = ["FLOW"]

SCAN, RECEIVED, ASTRAY, GAP, NOTED, REFUSE, REFUSED = "scan", "received", "astray", "gap", "noted", "refuse", "refused"


def _begin(session: Session, stimulus: Began, view: View) -> Move:
    return Move(replace(session, state=SCAN))


def _begin_with(session: Session, stimulus: LabelScanned, view: View) -> Move:
    return _scanned(replace(session, state=SCAN), stimulus, view)


def _scanned(session: Session, stimulus: LabelScanned, view: View) -> Move:
    found = read(session, stimulus.text, view)
    if not isinstance(found, tuple):
        return Move(session, (), found)
    person, volume = found
    if volume.place == view.place:
        return Move(session, (), AlreadyScanned(volume=volume.title))
    card = carried(volume, stimulus.text, ticked=True)
    fact = VolumeReceived(volume=volume.id, label=card.label, place=view.place, person=session.person)
    volumes = (*without(session, volume), card)
    waiting = _waiting_elsewhere(person, volume, view)
    state = RECEIVED if waiting is None else ASTRAY
    after = replace(session, state=state, volumes=volumes, recipient=volume.holder or "", reason=waiting or "")
    return Move(after, (Record(fact), Sound(good=True)))


def _waiting_elsewhere(person: Person, volume: KnownVolume, view: View) -> str | None:
    """Who waits for a volume that has come here by mistake; none if it is for here, or who it is for brought it."""
    recipient = waits_for(volume)
    giver = person if volume.holder is None else view.person(volume.holder)
    brought = giver is not None and (recipient == giver.id or recipient in giver.teams)
    return None if recipient == SCANNING_QUEUE or brought else recipient


def _received(session: Session, stimulus: Chosen, view: View) -> Move:
    """Something about the volume scanned last."""
    match stimulus.choice:
        case "gap":
            return Move(replace(session, state=GAP))
        case "refuse":
            return Move(replace(session, state=REFUSE))
        case choice:
            return Move(None) if choice == CANCEL else Move(session, (), NotNow())


def _gap(session: Session, stimulus: Chosen, view: View) -> Move:
    if stimulus.choice == CANCEL:
        return Move(replace(session, state=RECEIVED, reason=""))
    if stimulus.choice not in set(Gap):
        return Move(session, (), NotNow())
    last = session.volumes[-1]
    fact = GapNoted(
        volume=last.volume, label=last.label, place=view.place, person=session.person, gap=Gap(stimulus.choice)
    )
    return Move(replace(session, state=NOTED, reason=stimulus.choice), (Record(fact), Sound(good=True)))


def _refuse(session: Session, stimulus: Chosen, view: View) -> Move:
    if stimulus.choice == CANCEL:
        return Move(replace(session, state=RECEIVED, reason=""))
    if stimulus.choice not in set(RefuseReason):
        return Move(session, (), NotNow())
    last = session.volumes[-1]
    fact = VolumeRefused(
        volume=last.volume,
        label=last.label,
        place=view.place,
        person=session.person,
        back_to=PersonId(session.recipient) if session.recipient else None,
        reason=RefuseReason(stimulus.choice),
    )
    return Move(replace(session, state=REFUSED, volumes=session.volumes[:-1]), (Record(fact), Sound(good=True)))


_CHOICES: Mapping[str, tuple[Choice, ...]] = {
    "received": (Choice("gap", Text("receive.note_gap")), Choice("refuse", Text("receive.refuse_it"))),
    "astray": (Choice("gap", Text("receive.note_gap")), Choice("refuse", Text("receive.refuse_it"))),
    "noted": (Choice("gap", Text("receive.note_gap")), Choice("refuse", Text("receive.refuse_it"))),
    "gap": tuple(Choice(one, Text(f"gap.{one}")) for one in Gap),
    "refuse": tuple(Choice(one, Text(f"refuse_reason.{one}")) for one in RefuseReason),
}


def _prompt(state: str, colour: Colour, session: Session, view: View) -> Prompt:
    fields: dict[str, str | int] = {
        "count": len(session.volumes),
        "volume": session.volumes[-1].title if session.volumes else "",
        "person": view.name_of(session.recipient) if session.recipient else "",
        "recipient": view.name_of(session.reason) if state == ASTRAY else "",
    }
    nobody = ".nobody" if state == REFUSED and not session.recipient else ""
    why = f".{session.reason or Gap.PAGES}" if state == NOTED else ""
    return Prompt(
        headline=Text(f"receive.{state}.headline", fields),
        next=Text(f"receive.{state}.next{nobody}{why}", fields),
        colour=colour,
        cards=cards(session),
        choices=_CHOICES.get(state, ()),
        cancel=Text("step.back" if state in (GAP, REFUSE) else "session.end"),
    )


def _claims(person: Person, volume: KnownVolume, view: View) -> bool:
    return volume.place != view.place


FLOW = Flow(
    name="receive",
    order=110,
    at=frozenset({StationKind.STATION}),
    rights=frozenset({Role.STAFF, Role.OPERATOR, Role.ADMINISTRATOR}),
    states=(SCAN, RECEIVED, ASTRAY, GAP, NOTED, REFUSE, REFUSED),
    held=frozenset(),
    table={
        (START, Began): Row((SCAN,), _begin),
        (START, LabelScanned): Row((SCAN, RECEIVED, ASTRAY), _begin_with),
        **{(state, LabelScanned): Row((state, RECEIVED, ASTRAY), _scanned) for state in (SCAN, NOTED, REFUSED)},
        **{(state, LabelScanned): Row((RECEIVED, ASTRAY), _scanned) for state in (RECEIVED, ASTRAY)},
        **{(state, Chosen): Row((state, GAP, REFUSE, START), _received) for state in (RECEIVED, ASTRAY, NOTED)},
        (GAP, Chosen): Row((GAP, RECEIVED, NOTED), _gap),
        (REFUSE, Chosen): Row((REFUSE, RECEIVED, REFUSED), _refuse),
    },
    prompts={
        SCAN: lambda session, view: _prompt(SCAN, Colour.TURN, session, view),
        RECEIVED: lambda session, view: _prompt(RECEIVED, Colour.DONE, session, view),
        ASTRAY: lambda session, view: _prompt(ASTRAY, Colour.PERSON, session, view),
        NOTED: lambda session, view: _prompt(NOTED, Colour.DONE, session, view),
        GAP: lambda session, view: _prompt(GAP, Colour.TURN, session, view),
        REFUSE: lambda session, view: _prompt(REFUSE, Colour.TURN, session, view),
        REFUSED: lambda session, view: _prompt(REFUSED, Colour.DONE, session, view),
    },
    patience={SCAN: 60, RECEIVED: 60, ASTRAY: 60, GAP: 45, NOTED: 60, REFUSE: 45, REFUSED: 60},
    reasons=tuple(Gap),
    also=(Text("receive.refused.next", {"person": ""}), Text("receive.refused.next.nobody")),
    offers=lambda person, view: 0,
    claims=_claims,
)
