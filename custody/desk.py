"""One kiosk and the person before it: at rest, at home (signed in), or in a flow. Total over every stimulus.

Nothing here names a flow: the register offers them, rights filter them, and a scanned label finds the one that claims
it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import assert_never

from custody.codes import Tries, are_too_many, pin_refusal, tries_of, tries_refusal, without_tries
from custody.events import CodeUsed, TriesExceeded
from custody.flows import FLOWS
from custody.flows.grammar import (
    CANCEL,
    START,
    BadgeTapped,
    Began,
    Choice,
    Chosen,
    Colour,
    DoorClosed,
    DoorOpened,
    Effect,
    Flow,
    LabelScanned,
    Move,
    NumberEntered,
    Prompt,
    Record,
    Session,
    Sound,
    Stimulus,
    Text,
    TimeUp,
    UnlockFailed,
    Withdraw,
    advance,
)
from custody.grants import Code, KnownVolume, Person, badge_digest
from custody.identifiers import Label, PersonId, parse_label
from custody.knowledge import View
from custody.parcels import PARTY
from custody.refusals import (
    BadgeFirst,
    GrantsStale,
    NotAllowed,
    NotNow,
    Refusal,
    ShutFirst,
    TooManyTries,
    UnknownCode,
    WrongPin,
)

__all__ = ["BadgeTapped", "Desk", "allowed", "at_door", "ended", "patience", "prompt", "resumed", "step"]

_HOME_PATIENCE = 20
_REFUSAL_PATIENCE = 8
_MOST_CHOICES = 3
_MORE = "more"
_ENTER_CODE = "enter_code"


@dataclass(frozen=True, slots=True)
class Desk:
    """Who is signed in, in which session, and what was last refused. ``page``: of the choices at home.
    ``entering``: a code is being keyed in; ``proving``: a badge whose number is being asked for, which means nothing
    until the right one was keyed in; ``tries``: how many numbers and codes were wrong.
    ``turn`` grows with every step: a timer for an older turn means nothing.
    """

    person: PersonId | None = None
    session: Session | None = None
    refusal: Refusal | None = None
    page: int = 0
    entering: bool = False
    proving: BadgeTapped | None = None
    tries: tuple[Tries, ...] = ()
    turn: int = 0


def step(
    desk: Desk, stimulus: Stimulus, view: View, flows: Mapping[str, Flow] = FLOWS
) -> tuple[Desk, tuple[Effect, ...]]:
    """The desk after a stimulus, and what is to be done about it, in order."""
    if desk.session is not None and desk.session.only:
        view = replace(view, only=frozenset(desk.session.only))
    moved, effects = _step(desk, stimulus, view, flows)
    who = _tried(desk, view)
    if isinstance(stimulus, NumberEntered | LabelScanned) and isinstance(moved.refusal, UnknownCode | WrongPin):
        count = tries_of(desk.tries, who).count + 1
        moved = replace(moved, tries=(*without_tries(desk.tries, who), Tries(who, count, view.now)))
        if are_too_many(count):
            effects = (Record(TriesExceeded(place=view.place, tries=count, person=who)), *effects)
    else:  # no badge ends a count alone
        right = _accepted(desk, stimulus, moved, view)
        moved = replace(moved, tries=without_tries(desk.tries, who) if right else desk.tries)
    return replace(moved, turn=desk.turn + 1), (*effects, *_withdrawn(desk, moved))


def _tried(desk: Desk, view: View) -> PersonId | None:
    """Whose number is being tried; none for codes."""
    badge = None if desk.proving is None else view.by_badge(desk.proving.text)
    return badge.id if isinstance(badge, Person) else None


def _waits(desk: Desk, view: View) -> Refusal | None:
    """Whether it is too early to try what is being tried."""
    tried = tries_of(desk.tries, _tried(desk, view))
    return tries_refusal(tried.count, since_last=view.now - tried.at)


def _accepted(before: Desk, stimulus: Stimulus, after: Desk, view: View) -> bool:
    """Whether somebody has just been let in by a code or a number."""
    if before.proving is not None:
        return isinstance(stimulus, NumberEntered) and _unproven(before, before.proving, stimulus, view) is None
    had = before.session is not None and bool(before.session.code)
    return not had and after.session is not None and bool(after.session.code)


def resumed(session: Session | None, flows: Mapping[str, Flow] = FLOWS) -> Desk:
    """The desk after a restart, from the session that was on disk; one this version does not know is over."""
    if session is None or session.flow not in flows or session.state not in flows[session.flow].states:
        return Desk()
    return Desk(person=session.person, session=session)


def ended(desk: Desk) -> tuple[Desk, tuple[Effect, ...]]:
    """The kiosk at rest, whatever was under way."""
    after = Desk(tries=desk.tries, turn=desk.turn + 1)
    return after, _withdrawn(desk, after)


def patience(desk: Desk, flows: Mapping[str, Flow] = FLOWS) -> int | None:
    """Seconds after which ``TimeUp`` is due; none at rest with nothing to clear."""
    if desk.proving is not None:
        return _HOME_PATIENCE
    if desk.session is not None:
        return flows[desk.session.flow].patience[desk.session.state]
    if desk.person is not None:
        return _HOME_PATIENCE
    if desk.entering:
        return _HOME_PATIENCE
    return None if desk.refusal is None else _REFUSAL_PATIENCE


def at_door(desk: Desk, flows: Mapping[str, Flow] = FLOWS) -> bool:
    """Whether a door of this session is or may be open."""
    return desk.session is not None and desk.session.state in flows[desk.session.flow].held


def allowed(person: Person, view: View, flows: Mapping[str, Flow] = FLOWS) -> tuple[Flow, ...]:
    """The flows this person may use at this kind of station."""
    return tuple(one for one in flows.values() if view.kind in one.at and one.rights & person.roles)


def prompt(desk: Desk, view: View, flows: Mapping[str, Flow] = FLOWS) -> Prompt:
    """What the person sees now."""
    person = None if desk.person is None else view.person(desk.person)
    if desk.proving is not None:
        drawn = _pin_prompt(desk.proving, view)
    elif desk.session is not None:
        drawn = flows[desk.session.flow].prompts[desk.session.state](desk.session, view)
    elif person is not None:
        drawn = _home(person, view, desk.page, flows)
    else:
        drawn = _code_prompt() if desk.entering else _rest(view, flows)
    if view.idle and at_door(desk, flows):
        assert desk.session is not None and desk.session.place is not None
        number = view.number_of(desk.session.place)
        drawn = replace(drawn, colour=Colour.PERSON, next=Text("door.still_open.next", {"number": number}))
    return replace(drawn, refusal=desk.refusal)


def _step(desk: Desk, stimulus: Stimulus, view: View, flows: Mapping[str, Flow]) -> tuple[Desk, tuple[Effect, ...]]:
    if desk.proving is not None:
        return _proving(desk, desk.proving, stimulus, view, flows)
    if isinstance(stimulus, BadgeTapped):
        return _asked(desk, stimulus, view, flows) or _badge(desk, stimulus, view, flows)
    person = None if desk.person is None else view.person(desk.person)
    if desk.session is not None:
        flow = flows[desk.session.flow]
        anew = isinstance(stimulus, LabelScanned) and desk.session.state in flow.over and not desk.session.code
        if person is None or not anew:
            return _followed(desk, advance(flow, desk.session, stimulus, view))
    if person is None:
        return _resting(desk, stimulus, view, flows)
    return _at_home(desk, person, stimulus, view, flows)


def _asked(
    desk: Desk, stimulus: BadgeTapped, view: View, flows: Mapping[str, Flow]
) -> tuple[Desk, tuple[Effect, ...]] | None:
    """Ask for the number that goes with a badge, where there is one and the badge would do something.

    To sign in, it ends what was there, as every badge does. As the second of two, what is under way waits beneath.
    """
    found = view.by_badge(stimulus.text)
    if not isinstance(found, Person) or found.pin is None or found.id == desk.person:
        return None  # one's own badge once more only ends what is under way
    within = desk.session is not None and (desk.session.state, BadgeTapped) in flows[desk.session.flow].table
    if not within and (at_door(desk, flows) or not allowed(found, view, flows)):
        return None
    return (replace(desk, proving=stimulus, refusal=None) if within else Desk(proving=stimulus)), ()


def _proving(
    desk: Desk, badge: BadgeTapped, stimulus: Stimulus, view: View, flows: Mapping[str, Flow]
) -> tuple[Desk, tuple[Effect, ...]]:
    """The number of a badge is asked for; doors go on beneath."""
    before = replace(desk, proving=None, refusal=None)
    match stimulus:
        case NumberEntered():
            wrong = _unproven(desk, badge, stimulus, view)
            if wrong is None:
                return _badge(before, badge, view, flows)
            again = badge if isinstance(wrong, WrongPin | TooManyTries) else None
            return replace(before, proving=again, refusal=wrong), (Sound(good=False),)
        case BadgeTapped(text=text) if text != badge.text:
            return _step(before, stimulus, view, flows)
        case BadgeTapped() | TimeUp():
            return before, ()
        case Chosen(choice=choice) if choice == CANCEL:
            return before, ()
        case LabelScanned() | Chosen() | Began():
            return replace(desk, refusal=NotNow()), (Sound(good=False),)
        case DoorOpened() | DoorClosed() | UnlockFailed():
            moved, effects = _step(before, stimulus, view, flows)
            return replace(moved, proving=badge if moved.session == desk.session else None), effects
        case _:
            assert_never(stimulus)


def _unproven(desk: Desk, badge: BadgeTapped, entered: NumberEntered, view: View) -> Refusal | None:
    """Why the number does not let this badge in; none if it does."""
    person = view.by_badge(badge.text)
    if not isinstance(person, Person):
        return person
    waits = _waits(desk, view)
    key = "" if view.grants is None else view.grants.badge_key
    return waits or pin_refusal(person, str(entered.number), key=key)


def _badge(desk: Desk, stimulus: BadgeTapped, view: View, flows: Mapping[str, Flow]) -> tuple[Desk, tuple[Effect, ...]]:
    found = view.by_badge(stimulus.text)
    if isinstance(found, GrantsStale) and not at_door(desk, flows) and _is_own(desk, stimulus, view):
        return Desk(), ()  # whoever was let in in time may still end it
    if desk.session is not None:
        flow = flows[desk.session.flow]
        if (desk.session.state, BadgeTapped) in flow.table:
            return _followed(desk, advance(flow, desk.session, stimulus, view))
    if at_door(desk, flows):
        return replace(desk, refusal=_shut_first(desk, view)), (Sound(good=False),)
    if not isinstance(found, Person):
        return Desk(refusal=found), (Sound(good=False),)
    if found.id == desk.person:
        return Desk(), ()
    if not allowed(found, view, flows):
        return Desk(refusal=NotAllowed()), (Sound(good=False),)
    return Desk(person=found.id), (Sound(good=True),)


def _shut_first(desk: Desk, view: View) -> Refusal:
    assert desk.session is not None and desk.session.place is not None
    return ShutFirst(number=view.number_of(desk.session.place))


def _is_own(desk: Desk, stimulus: BadgeTapped, view: View) -> bool:
    """Whether it is the badge of whoever is signed in, whether or not the grants hold."""
    person = None if desk.person is None else view.person(desk.person)
    key = None if view.grants is None else view.grants.badge_key
    return person is not None and key is not None and person.badge == badge_digest(stimulus.text, key=key)


def _resting(desk: Desk, stimulus: Stimulus, view: View, flows: Mapping[str, Flow]) -> tuple[Desk, tuple[Effect, ...]]:
    """Nobody is signed in: a badge comes first, unless somebody has a code."""
    match stimulus:
        case NumberEntered(number=number) if desk.entering:
            return _coded(desk, str(number), view, flows)
        case LabelScanned(text=text) if _codes(view, flows) and not isinstance(parse_label(text), Label):
            return _coded(desk, text, view, flows)
        case Chosen(choice=choice) if choice == _ENTER_CODE and _codes(view, flows):
            return Desk(entering=True), ()
        case Chosen(choice=choice) if choice == CANCEL and desk.entering:
            return Desk(), ()
        case Chosen(choice=choice) if choice in _for_all(view, flows):
            waits = _waits(desk, view)
            if waits is not None:  # some of these ask for a code, too
                return Desk(refusal=waits), (Sound(good=False),)
            begun = Session(flow=choice, state=START, person=PARTY)
            return _followed(Desk(person=PARTY), advance(flows[choice], begun, Began(), view))
        case LabelScanned(text=text) if isinstance(parse_label(text), Label):
            return Desk(entering=desk.entering, refusal=BadgeFirst()), (Sound(good=False),)
        case BadgeTapped() | LabelScanned() | NumberEntered() | Chosen() | Began():
            return Desk(entering=desk.entering, refusal=NotNow()), (Sound(good=False),)
        case DoorOpened() | DoorClosed() | UnlockFailed():
            return desk, ()
        case TimeUp():
            return Desk(), ()
        case _:
            assert_never(stimulus)


def _for_all(view: View, flows: Mapping[str, Flow]) -> tuple[str, ...]:
    """The flows that anybody may begin here now, without a badge."""
    here = (one for one in flows.values() if view.kind in one.at and one.open_to_all is not None)
    return tuple(one.name for one in here if one.open_to_all is not None and one.open_to_all(view))


def _codes(view: View, flows: Mapping[str, Flow]) -> bool:
    """Whether anybody may come with a code here."""
    granted = view.grants is not None and bool(view.grants.codes)
    return granted and any(one.by_code and view.kind in one.at for one in flows.values())


def _coded(desk: Desk, text: str, view: View, flows: Mapping[str, Flow]) -> tuple[Desk, tuple[Effect, ...]]:
    """A code begins its flow for the volumes it is for. It counts as used once its flow has begun."""
    waits = _waits(desk, view)
    code = waits or view.by_code(text)
    if not isinstance(code, Code):
        return replace(desk, refusal=code), (Sound(good=False),)
    flow = next(one for one in flows.values() if one.by_code and view.kind in one.at)
    session = Session(flow=flow.name, state=START, person=code.person, code=code.id, only=tuple(sorted(code.volumes)))
    move = advance(flow, session, Began(), replace(view, only=code.volumes))
    if move.session is None or move.session.state == START:
        return Desk(refusal=move.refusal), move.effects
    used = CodeUsed(code=code.id, person=code.person, place=move.session.place)
    return Desk(person=code.person, session=move.session), (Record(used), *move.effects, Sound(good=True))


def _at_home(
    desk: Desk, person: Person, stimulus: Stimulus, view: View, flows: Mapping[str, Flow]
) -> tuple[Desk, tuple[Effect, ...]]:
    match stimulus:
        case LabelScanned(text=text):
            return _scanned_at_home(desk, person, text, view, flows)
        case Chosen(choice=choice) if choice == CANCEL:
            return Desk(), ()
        case Chosen(choice=choice) if choice == _MORE:
            return replace(desk, page=desk.page + 1, refusal=None), ()
        case Chosen(choice=choice):
            flow = next((one for one in allowed(person, view, flows) if one.name == choice), None)
            if flow is None:
                return replace(desk, refusal=NotNow()), (Sound(good=False),)
            return _begun(desk, flow, Began(), view)
        case BadgeTapped() | NumberEntered() | Began():
            return replace(desk, refusal=NotNow()), (Sound(good=False),)
        case DoorOpened() | DoorClosed() | UnlockFailed():
            return desk, ()
        case TimeUp():
            return Desk(), ()
        case _:
            assert_never(stimulus)


def _scanned_at_home(
    desk: Desk, person: Person, text: str, view: View, flows: Mapping[str, Flow]
) -> tuple[Desk, tuple[Effect, ...]]:
    offered, place, volume = allowed(person, view, flows), view.place_by_label(text), view.by_label(text)
    if place is not None:
        lays = (one for one in offered if one.claims_place is not None and one.claims_place(person, place, view))
        flow = next(lays, None)
        if flow is not None:
            return _begun(desk, flow, LabelScanned(text), view)
    if not isinstance(volume, KnownVolume):
        return replace(desk, refusal=volume), (Sound(good=False),)
    flow = next((one for one in offered if one.claims(person, volume, view)), None)
    if flow is None:
        return replace(desk, refusal=NotAllowed()), (Sound(good=False),)
    return _begun(desk, flow, LabelScanned(text), view)


def _begun(desk: Desk, flow: Flow, stimulus: Stimulus, view: View) -> tuple[Desk, tuple[Effect, ...]]:
    assert desk.person is not None
    session = Session(flow=flow.name, state=START, person=desk.person)
    return _followed(desk, advance(flow, session, stimulus, view))


def _followed(desk: Desk, move: Move) -> tuple[Desk, tuple[Effect, ...]]:
    begun = move.session is not None and move.session.state != START
    if not begun and (desk.person == PARTY or (desk.session is not None and desk.session.code)):
        return Desk(refusal=move.refusal), move.effects  # a code lets in for one thing, and no badge for no other
    return Desk(person=desk.person, session=move.session if begun else None, refusal=move.refusal), move.effects


def _withdrawn(before: Desk, after: Desk) -> tuple[Effect, ...]:
    """What a session that is over had been told in confidence, and nothing came of."""
    if before.session is None or (after.session is not None and after.session.flow == before.session.flow):
        return ()
    return tuple(Withdraw(value) for value in before.session.confided)


def _rest(view: View, flows: Mapping[str, Flow]) -> Prompt:
    enter = (Choice(_ENTER_CODE, Text("rest.enter_code")),) if _codes(view, flows) else ()
    anybody = tuple(Choice(one, Text(f"home.{one}", {"count": 0})) for one in _for_all(view, flows))
    drawn = Prompt(
        headline=Text("rest.headline"), next=Text("rest.next"), colour=Colour.TURN, choices=(*enter, *anybody)
    )
    left = view.standing_open()
    return replace(drawn, next=Text("rest.open.next", {"number": left}), colour=Colour.PERSON) if left else drawn


def _code_prompt() -> Prompt:
    return Prompt(
        headline=Text("rest.code.headline"),
        next=Text("rest.code.next"),
        colour=Colour.TURN,
        keypad=True,
        cancel=Text("rest.code.cancel"),
    )


def _pin_prompt(badge: BadgeTapped, view: View) -> Prompt:
    found = view.by_badge(badge.text)
    return Prompt(
        headline=Text("rest.pin.headline", {"person": found.name if isinstance(found, Person) else ""}),
        next=Text("rest.pin.next"),
        colour=Colour.TURN,
        keypad=True,
        secret=True,
        cancel=Text("rest.pin.cancel"),
    )


def _home(person: Person, view: View, page: int, flows: Mapping[str, Flow]) -> Prompt:
    offered = [(flow, flow.offers(person, view)) for flow in allowed(person, view, flows)]
    waiting = sorted((one for one in offered if one[1] is not None), key=lambda one: not one[1])
    choices = tuple(Choice(flow.name, Text(f"home.{flow.name}", {"count": count or 0})) for flow, count in waiting)
    left = view.standing_open()
    return Prompt(
        headline=Text("home.headline", {"person": person.name}),
        next=Text("home.next.open", {"number": left}) if left else Text(f"home.next.{view.kind}"),
        colour=Colour.TURN,
        choices=_page(choices, page),
        cancel=Text("session.end"),
    )


def _page(choices: tuple[Choice, ...], page: int) -> tuple[Choice, ...]:
    """At most three: all of them, or two and the way to the next two. After the last page comes the first."""
    if len(choices) <= _MOST_CHOICES:
        return choices
    shown = _MOST_CHOICES - 1
    first = shown * (page % -(-len(choices) // shown))
    return (*choices[first : first + shown], Choice(_MORE, Text("home.more")))
