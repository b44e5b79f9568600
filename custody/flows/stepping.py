"""The pattern of one step of the archive line at a station: scan the volume, count or confirm, recorded.

Each step's file says what it counts, whether it may send back and why, and whether it ends on a shelf.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from custody.archiving import Broken, Gate, gate, next_step
from custody.events import PlaceKind, SendBackReason, SentBack, StationKind, Step, StepFinished
from custody.flows.doors import cards
from custody.flows.grammar import (
    CANCEL,
    START,
    Began,
    Carried,
    Choice,
    Chosen,
    Colour,
    Flow,
    LabelScanned,
    Move,
    NumberEntered,
    Prompt,
    Record,
    Row,
    Session,
    Sound,
    Stimulus,
    Text,
)
from custody.grants import KnownVolume, Role, may_see
from custody.identifiers import PlaceId
from custody.knowledge import View
from custody.refusals import (
    AlreadyShelved,
    BadNumber,
    Confidential,
    FourEyes,
    NotAllowed,
    NotAShelf,
    NotNow,
    NotReceivedHere,
    PagesDiffer,
    Refusal,
    WrongStep,
)

__all__ = ["step_flow"]

SCAN, WORK, WHY, WHICH, DONE = "scan", "work", "why", "which", "done"
_FINISH, _SEND_BACK = "finish", "send_back"
_LEAST, _MOST = 1, 9999


def step_flow(
    name: str,
    step: Step,
    *,
    counts: bool = False,
    shelf: bool = False,
    sends_back: Mapping[SendBackReason, Step] | None = None,
) -> Flow:
    """The flow of one step. ``counts``: pages are entered; ``shelf``: it ends with a shelf's label being scanned;
    ``sends_back``: reasons (at most three) and the step each leads back to.
    """
    back = dict(sends_back or {})

    def scanned(session: Session, stimulus: LabelScanned, view: View) -> Move:
        found = _admitted(step, session, stimulus.text, view)
        if not isinstance(found, KnownVolume):
            return Move(session, (), found)
        card = Carried(volume=found.id, label=stimulus.text.strip().upper(), title=found.title)
        return Move(replace(session, state=WORK, volumes=(card,), reason="", pages=()), (Sound(good=True),))

    def finish(session: Session, view: View, pages: int | None, place: PlaceId) -> Move:
        card = session.volumes[0]
        volume = view.volumes.get(card.volume)
        if volume is None:
            return Move(session, (), NotAllowed())
        broken = gate(volume.progress, step, person=session.person, place=view.place, lies_at=volume.place, pages=pages)
        if broken is not None:
            return Move(session, (), _refusal(broken, volume))
        fact = StepFinished(
            volume=card.volume, label=card.label, step=step, place=place, person=session.person, pages=pages
        )
        done = replace(session, state=DONE, volumes=(replace(card, ticked=True),))
        return Move(done, (Record(fact), Sound(good=True)))

    def chosen(session: Session, stimulus: Chosen, view: View) -> Move:
        if stimulus.choice == CANCEL:
            return Move(None)
        if stimulus.choice == _FINISH and not counts and not shelf:
            return finish(session, view, None, view.place)
        if stimulus.choice == _SEND_BACK and back:
            return Move(replace(session, state=WHY))
        return Move(session, (), NotNow())

    def counted(session: Session, stimulus: NumberEntered, view: View) -> Move:
        if not counts:
            return Move(session, (), NotNow())
        if not _LEAST <= stimulus.number <= _MOST:
            return Move(session, (), BadNumber(least=_LEAST, most=_MOST))
        return finish(session, view, stimulus.number, view.place)

    def shelved(session: Session, stimulus: LabelScanned, view: View) -> Move:
        if not shelf:
            return Move(session, (), NotNow())
        place = view.place_by_label(stimulus.text)
        if place is None or place.kind is not PlaceKind.SHELF:
            return Move(session, (), NotAShelf(label=stimulus.text))
        return finish(session, view, None, place.id)

    def why(session: Session, stimulus: Chosen, view: View) -> Move:
        if stimulus.choice == CANCEL:
            return Move(replace(session, state=WORK))
        if stimulus.choice not in back:
            return Move(session, (), NotNow())
        return Move(replace(session, state=WHICH, reason=stimulus.choice, pages=()))

    def which(session: Session, stimulus: NumberEntered, view: View) -> Move:
        if not _LEAST <= stimulus.number <= _MOST:
            return Move(session, (), BadNumber(least=_LEAST, most=_MOST))
        return Move(replace(session, pages=(*session.pages, stimulus.number)), (Sound(good=True),))

    def sent_back(session: Session, stimulus: Chosen, view: View) -> Move:
        if stimulus.choice == CANCEL:
            return Move(replace(session, state=WORK, reason="", pages=()))
        if stimulus.choice != _SEND_BACK:
            return Move(session, (), NotNow())
        card, reason = session.volumes[0], SendBackReason(session.reason)
        fact = SentBack(
            volume=card.volume,
            label=card.label,
            found_at=step,
            back_to=back[reason],
            reason=reason,
            place=view.place,
            person=session.person,
            pages=session.pages,
        )
        return Move(replace(session, state=DONE), (Record(fact), Sound(good=True)))

    table: dict[tuple[str, type[Stimulus]], Row] = {
        (START, Began): Row((SCAN,), _begin),
        (START, LabelScanned): Row((SCAN, WORK), lambda s, e, v: scanned(replace(s, state=SCAN), e, v)),
        (SCAN, LabelScanned): Row((SCAN, WORK), scanned),
        (WORK, Chosen): Row((START, WORK, DONE, WHY), chosen),
        (WORK, NumberEntered): Row((WORK, DONE), counted),
        (WORK, LabelScanned): Row((WORK, DONE), shelved),
        (WHY, Chosen): Row((WHY, WORK, WHICH), why),
        (WHICH, NumberEntered): Row((WHICH,), which),
        (WHICH, Chosen): Row((WHICH, WORK, DONE), sent_back),
        (DONE, LabelScanned): Row((DONE, WORK), scanned),
    }
    return Flow(
        name=name,
        at=StationKind.STATION,
        rights=frozenset({Role.STAFF, Role.OPERATOR, Role.ADMINISTRATOR}),
        states=(SCAN, WORK, WHY, WHICH, DONE),
        held=frozenset(),
        table=table,
        prompts=_prompts(name, counts=counts, shelf=shelf, reasons=tuple(back)),
        patience={SCAN: 60, WORK: 300, WHY: 60, WHICH: 120, DONE: 60},
        offers=lambda person, view: None,
        claims=lambda person, volume, view: volume.place == view.place and next_step(volume.progress) is step,
    )


def _begin(session: Session, stimulus: Began, view: View) -> Move:
    return Move(replace(session, state=SCAN))


def _admitted(step: Step, session: Session, text: str, view: View) -> KnownVolume | Refusal:
    person, volume = view.person(session.person), view.by_label(text)
    if person is None:
        return NotAllowed()
    if not isinstance(volume, KnownVolume):
        return volume
    if not may_see(person, volume.part):
        return Confidential()
    broken = gate(volume.progress, step, person=person.id, place=view.place, lies_at=volume.place)
    return volume if broken is None or broken.gate is Gate.PAGES_DIFFER else _refusal(broken, volume)


def _refusal(broken: Broken, volume: KnownVolume) -> Refusal:
    match broken.gate:
        case Gate.WRONG_STEP if broken.expected is None:
            return AlreadyShelved(volume=volume.title)
        case Gate.WRONG_STEP:
            assert broken.expected is not None
            return WrongStep(volume=volume.title, expected=broken.expected)
        case Gate.FOUR_EYES:
            assert broken.expected is not None
            return FourEyes(volume=volume.title, step=broken.expected)
        case Gate.NOT_HERE:
            return NotReceivedHere(volume=volume.title)
        case Gate.PAGES_DIFFER:
            return PagesDiffer(volume=volume.title, counts=" / ".join(map(str, broken.counts)))


def _prompts(
    name: str, *, counts: bool, shelf: bool, reasons: tuple[SendBackReason, ...]
) -> dict[str, Callable[[Session, View], Prompt]]:
    send_back = (Choice(_SEND_BACK, Text("step.send_back")),) if reasons else ()

    def plain(state: str, colour: Colour, session: Session, choices: tuple[Choice, ...] = ()) -> Prompt:
        return Prompt(
            headline=Text(f"{name}.{state}.headline"),
            next=Text(f"{name}.{state}.next"),
            colour=colour,
            cards=cards(session),
            choices=choices,
            cancel=Text("session.end"),
        )

    def work(session: Session, view: View) -> Prompt:
        finish = () if counts or shelf else (Choice(_FINISH, Text(f"{name}.work.finish")),)
        return replace(plain(WORK, Colour.TURN, session, (*finish, *send_back)), keypad=counts)

    def why(session: Session, view: View) -> Prompt:
        return Prompt(
            headline=Text("step.why.headline"),
            next=Text("step.why.next"),
            colour=Colour.TURN,
            cards=cards(session),
            choices=tuple(Choice(one, Text(f"step.reason.{one}")) for one in reasons),
            cancel=Text("step.back"),
        )

    def which(session: Session, view: View) -> Prompt:
        pages = "、".join(map(str, session.pages))
        return Prompt(
            headline=Text("step.which.headline", {"pages": pages, "count": len(session.pages)}),
            next=Text("step.which.next", {"pages": pages, "count": len(session.pages)}),
            colour=Colour.TURN,
            cards=cards(session),
            choices=(Choice(_SEND_BACK, Text("step.which.send_back", {"count": len(session.pages)})),),
            keypad=True,
            cancel=Text("step.back"),
        )

    def done(session: Session, view: View) -> Prompt:
        if session.reason:
            reason = Text(f"step.sent_back.{session.reason}")
            return Prompt(
                headline=Text("step.sent_back.headline"),
                next=reason,
                colour=Colour.DONE,
                cards=cards(session),
                cancel=Text("session.end"),
            )
        return plain(DONE, Colour.DONE, session)

    return {SCAN: lambda s, v: plain(SCAN, Colour.TURN, s), WORK: work, WHY: why, WHICH: which, DONE: done}
