"""Delegate (委托代领): a person lets another collect what waits for them. The other's badge, then for how long."""

from __future__ import annotations

from dataclasses import replace

from custody.events import DelegationEnded, DelegationGiven, StationKind
from custody.flows.grammar import (
    CANCEL,
    START,
    BadgeTapped,
    Began,
    Choice,
    Chosen,
    Colour,
    Flow,
    Move,
    Prompt,
    Record,
    Row,
    Session,
    Sound,
    Text,
)
from custody.grants import Person, Role
from custody.identifiers import ActId, PersonId
from custody.knowledge import View
from custody.refusals import NotADelegate, NotNow

__all__ = ["FLOW"]

WHO, UNTIL, DONE, ENDED = "who", "until", "done", "ended"
_END_ALL = "end_all"
_DAY = 86_400_000
_TERMS = {"day": _DAY, "week": 7 * _DAY}


def _begin(session: Session, stimulus: Began, view: View) -> Move:
    return Move(replace(session, state=WHO))


def _tapped(session: Session, stimulus: BadgeTapped, view: View) -> Move:
    delegate = view.by_badge(stimulus.text)
    if not isinstance(delegate, Person):
        return Move(session, (), delegate)
    if delegate.id == session.person:  # the second tap of one's own badge ends, as everywhere
        return Move(None)
    if not delegate.roles & {Role.STAFF, Role.ADMINISTRATOR}:
        return Move(session, (), NotADelegate(person=delegate.name))
    return Move(replace(session, state=UNTIL, recipient=delegate.id), (Sound(good=True),))


def _who(session: Session, stimulus: Chosen, view: View) -> Move:
    if stimulus.choice == CANCEL:
        return Move(None)
    if stimulus.choice != _END_ALL or not _given(session, view):
        return Move(session, (), NotNow())
    return Move(replace(session, state=ENDED), (Record(DelegationEnded(person=session.person)), Sound(good=True)))


def _until(session: Session, stimulus: Chosen, view: View) -> Move:
    if stimulus.choice == CANCEL:
        return Move(None)
    if stimulus.choice not in _TERMS:
        return Move(session, (), NotNow())
    fact = DelegationGiven(
        person=session.person,
        delegate=PersonId(session.recipient),
        until_ms=view.now + _TERMS[stimulus.choice],
        act=ActId(view.new_id),
    )
    return Move(replace(session, state=DONE, reason=stimulus.choice), (Record(fact), Sound(good=True)))


def _given(session: Session, view: View) -> int:
    return sum(one.person == session.person and one.until > view.now for one in view.delegations)


def _who_prompt(session: Session, view: View) -> Prompt:
    given = _given(session, view)
    return Prompt(
        headline=Text("delegate.who.headline"),
        next=Text("delegate.who.next.given" if given else "delegate.who.next", {"count": given}),
        colour=Colour.TURN,
        choices=(Choice(_END_ALL, Text("delegate.who.end_all")),) if given else (),
        cancel=Text("session.end"),
    )


def _until_prompt(session: Session, view: View) -> Prompt:
    fields: dict[str, str | int] = {"person": view.name_of(session.recipient)}
    return Prompt(
        headline=Text("delegate.until.headline", fields),
        next=Text("delegate.until.next", fields),
        colour=Colour.TURN,
        choices=tuple(Choice(term, Text(f"delegate.until.{term}")) for term in _TERMS),
        cancel=Text("session.end"),
    )


def _done_prompt(session: Session, view: View) -> Prompt:
    fields: dict[str, str | int] = {"person": view.name_of(session.recipient)}
    return Prompt(
        headline=Text("delegate.done.headline", fields),
        next=Text(f"delegate.done.next.{session.reason or 'day'}", fields),
        colour=Colour.DONE,
        cancel=Text("session.end"),
    )


def _ended_prompt(session: Session, view: View) -> Prompt:
    return Prompt(
        headline=Text("delegate.ended.headline"),
        next=Text("delegate.ended.next"),
        colour=Colour.DONE,
        cancel=Text("session.end"),
    )


FLOW = Flow(
    name="delegate",
    order=50,
    at=frozenset({StationKind.CABINET, StationKind.STATION}),
    rights=frozenset({Role.STAFF, Role.ADMINISTRATOR}),
    states=(WHO, UNTIL, DONE, ENDED),
    held=frozenset(),
    over=frozenset({DONE, ENDED}),
    table={
        (START, Began): Row((WHO,), _begin),
        (WHO, BadgeTapped): Row((WHO, UNTIL, START), _tapped),
        (WHO, Chosen): Row((WHO, ENDED, START), _who),
        (UNTIL, Chosen): Row((UNTIL, DONE, START), _until),
    },
    prompts={WHO: _who_prompt, UNTIL: _until_prompt, DONE: _done_prompt, ENDED: _ended_prompt},
    patience={WHO: 45, UNTIL: 45, DONE: 8, ENDED: 8},
    offers=lambda person, view: 0,
    claims=lambda person, volume, view: False,
    reasons=tuple(_TERMS),
    also=(Text("delegate.who.next.given", {"count": 1}), Text("delegate.who.end_all")),
)
