"""The pattern of one step of the archive line at a station: scan the volume, count or confirm, recorded.

Each step's file says what it counts, whether it may send back and why, and whether it ends on a shelf.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import assert_never

from custody.archiving import Broken, Gate, gate, next_step
from custody.events import PlaceKind, SendBackReason, SentBack, StationKind, Step, StepFinished
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
from custody.knowledge import View, label_text
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
    TooManyPages,
    WrongStep,
)

__all__ = ["step_flow"]

SCAN, WORK, WHY, WHICH, DONE = "scan", "work", "why", "which", "done"
_FINISH, _SEND_BACK = "finish", "send_back"
_LEAST, _MOST = 1, 9999
_MOST_PAGES = 100
_SHOWN = 40  # of a text that is none of our labels


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    """What one step's file says of it."""

    name: str
    step: Step
    counts: bool
    shelf: bool
    back: Mapping[SendBackReason, Step]


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
    line = _Line(name=name, step=step, counts=counts, shelf=shelf, back=dict(sends_back or {}))
    return Flow(
        name=name,
        order=120 + tuple(Step).index(step),
        at=frozenset({StationKind.STATION}),
        rights=frozenset({Role.STAFF, Role.OPERATOR, Role.ADMINISTRATOR}),
        states=(SCAN, WORK, WHY, WHICH, DONE) if line.back else (SCAN, WORK, DONE),
        held=frozenset(),
        over=frozenset({DONE}),
        reasons=tuple(line.back),
        table=_table(line),
        prompts=_prompts(line),
        patience={SCAN: 60, WORK: 300, WHY: 60, WHICH: 120, DONE: 60},
        offers=lambda person, view: None,
        claims=lambda person, volume, view: volume.place == view.place and next_step(volume.progress) is step,
    )


def _table(line: _Line) -> dict[tuple[str, type[Stimulus]], Row]:
    table: dict[tuple[str, type[Stimulus]], Row] = {
        (START, Began): Row((SCAN,), _begin),
        (START, LabelScanned): Row((SCAN, WORK), partial(_scanned, line)),
        (SCAN, LabelScanned): Row((SCAN, WORK), partial(_scanned, line)),
    }
    if line.counts:
        table[WORK, NumberEntered] = Row((WORK, DONE), partial(_counted, line))
    elif line.shelf:
        table[WORK, LabelScanned] = Row((WORK, DONE), partial(_shelved, line))
    confirmed = not line.counts and not line.shelf
    if line.back or confirmed:
        to = (*((DONE,) if confirmed else ()), *((WHY,) if line.back else ()))
        table[WORK, Chosen] = Row((START, WORK, *to), partial(_chosen, line))
    if line.back:
        table[WHY, Chosen] = Row((WHY, WORK, WHICH), partial(_why, line))
        table[WHICH, NumberEntered] = Row((WHICH,), _which)
        table[WHICH, Chosen] = Row((WHICH, WORK, DONE), partial(_sent_back, line))
    return table


def _scanned(line: _Line, session: Session, stimulus: LabelScanned, view: View) -> Move:
    found = _admitted(line.step, session, stimulus.text, view)
    if not isinstance(found, KnownVolume):
        return Move(replace(session, state=SCAN), (), found)
    card = carried(found, stimulus.text)
    return Move(replace(session, state=WORK, volumes=(card,), reason="", pages=()), (Sound(good=True),))


def _chosen(line: _Line, session: Session, stimulus: Chosen, view: View) -> Move:
    if stimulus.choice == CANCEL:
        return Move(None)
    if stimulus.choice == _FINISH and not line.counts and not line.shelf:
        return _finish(line, session, view, pages=None, place=view.place)
    if stimulus.choice == _SEND_BACK and line.back:
        return Move(replace(session, state=WHY))
    return Move(session, (), NotNow())


def _counted(line: _Line, session: Session, stimulus: NumberEntered, view: View) -> Move:
    if not _LEAST <= stimulus.number <= _MOST:
        return Move(session, (), BadNumber(least=_LEAST, most=_MOST))
    return _finish(line, session, view, pages=stimulus.number, place=view.place)


def _shelved(line: _Line, session: Session, stimulus: LabelScanned, view: View) -> Move:
    place = view.place_by_label(stimulus.text)
    if place is None or place.kind is not PlaceKind.SHELF:
        return Move(session, (), NotAShelf(label=label_text(stimulus.text)[:_SHOWN]))
    return _finish(line, session, view, pages=None, place=place.id)


def _finish(line: _Line, session: Session, view: View, *, pages: int | None, place: PlaceId) -> Move:
    card = session.volumes[0]
    volume = view.volumes.get(card.volume)
    if volume is None:
        return Move(session, (), NotAllowed())
    broken = gate(
        volume.progress, line.step, person=session.person, place=view.place, lies_at=volume.place, pages=pages
    )
    if broken is not None:
        return Move(session, (), _refusal(broken, volume))
    fact = StepFinished(
        volume=card.volume, label=card.label, step=line.step, place=place, person=session.person, pages=pages
    )
    done = replace(session, state=DONE, volumes=(replace(card, ticked=True),))
    return Move(done, (Record(fact), Sound(good=True)))


def _why(line: _Line, session: Session, stimulus: Chosen, view: View) -> Move:
    if stimulus.choice == CANCEL:
        return Move(replace(session, state=WORK))
    if stimulus.choice not in line.back:
        return Move(session, (), NotNow())
    return Move(replace(session, state=WHICH, reason=stimulus.choice, pages=()))


def _which(session: Session, stimulus: NumberEntered, view: View) -> Move:
    """A page number joins the note; entered again, it leaves it."""
    if not _LEAST <= stimulus.number <= _MOST:
        return Move(session, (), BadNumber(least=_LEAST, most=_MOST))
    if stimulus.number in session.pages:
        pages = tuple(page for page in session.pages if page != stimulus.number)
    elif len(session.pages) < _MOST_PAGES:
        pages = tuple(sorted((*session.pages, stimulus.number)))
    else:
        return Move(session, (), TooManyPages(most=_MOST_PAGES))
    return Move(replace(session, pages=pages), (Sound(good=True),))


def _sent_back(line: _Line, session: Session, stimulus: Chosen, view: View) -> Move:
    if stimulus.choice == CANCEL:
        return Move(replace(session, state=WORK, reason="", pages=()))
    if stimulus.choice != _SEND_BACK:
        return Move(session, (), NotNow())
    card, reason = session.volumes[0], SendBackReason(session.reason)
    fact = SentBack(
        volume=card.volume,
        label=card.label,
        found_at=line.step,
        back_to=line.back[reason],
        reason=reason,
        place=view.place,
        person=session.person,
        pages=session.pages,
    )
    return Move(replace(session, state=DONE), (Record(fact), Sound(good=True)))


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
        case _:
            assert_never(broken.gate)


def _prompts(line: _Line) -> dict[str, Callable[[Session, View], Prompt]]:
    drawn: dict[str, Callable[[Session, View], Prompt]] = {
        SCAN: lambda session, view: _plain(line, SCAN, session, colour=Colour.TURN),
        WORK: partial(_work_prompt, line),
        DONE: partial(_done_prompt, line),
    }
    if line.back:
        drawn |= {WHY: partial(_why_prompt, line), WHICH: _which_prompt}
    return drawn


def _plain(line: _Line, state: str, session: Session, *, colour: Colour, choices: tuple[Choice, ...] = ()) -> Prompt:
    return Prompt(
        headline=Text(f"{line.name}.{state}.headline"),
        next=Text(f"{line.name}.{state}.next"),
        colour=colour,
        cards=cards(session),
        choices=choices,
        cancel=Text("session.end"),
    )


def _work_prompt(line: _Line, session: Session, view: View) -> Prompt:
    finish = () if line.counts or line.shelf else (Choice(_FINISH, Text(f"{line.name}.work.finish")),)
    send_back = (Choice(_SEND_BACK, Text("step.send_back")),) if line.back else ()
    drawn = _plain(line, WORK, session, colour=Colour.TURN, choices=(*finish, *send_back))
    return replace(drawn, keypad=line.counts)


def _why_prompt(line: _Line, session: Session, view: View) -> Prompt:
    return Prompt(
        headline=Text("step.why.headline"),
        next=Text("step.why.next"),
        colour=Colour.TURN,
        cards=cards(session),
        choices=tuple(Choice(one, Text(f"step.reason.{one}")) for one in line.back),
        cancel=Text("step.back"),
    )


def _which_prompt(session: Session, view: View) -> Prompt:
    fields: dict[str, str | int] = {
        "pages": "、".join(map(str, session.pages)),
        "count": len(session.pages),
    }
    return Prompt(
        headline=Text("step.which.headline", fields),
        next=Text("step.which.next" if session.pages else "step.which.next_none", fields),
        colour=Colour.TURN,
        cards=cards(session),
        choices=(Choice(_SEND_BACK, Text("step.which.send_back", fields)),),
        keypad=True,
        cancel=Text("step.back"),
    )


def _done_prompt(line: _Line, session: Session, view: View) -> Prompt:
    drawn = _plain(line, DONE, session, colour=Colour.DONE)
    if not session.reason:
        return drawn
    return replace(drawn, headline=Text("step.sent_back.headline"), next=Text(f"step.sent_back.{session.reason}"))
