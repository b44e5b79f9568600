"""What a flow is made of: stimuli, sessions, rows of a table, effects, prompts. And ``advance``, which runs any flow.

A flow is a table ``(state, stimulus) -> row``. What no row covers has one meaning for all flows: *cancel* and running
out of time end the session, a scan or touch out of place is refused without losing anything, and a door that moves by
itself is none of the flow's business (the door's own logic records it).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, assert_never

from custody.events import Fact, PaperKind, PrivateKind, StationKind
from custody.grants import KnownPlace, KnownVolume, Person, Role
from custody.identifiers import ActId, PersonId, PlaceId, VolumeId
from custody.knowledge import View
from custody.refusals import BoardSilent, DoorNotOpened, NotNow, OutcomeNotKnown, Refusal

__all__ = [
    "CANCEL",
    "START",
    "STIMULI",
    "BadgeTapped",
    "Began",
    "Card",
    "Carried",
    "Choice",
    "Chosen",
    "Colour",
    "Confide",
    "DoorClosed",
    "DoorOpened",
    "Effect",
    "Failure",
    "Flow",
    "LabelScanned",
    "Move",
    "NumberEntered",
    "Prompt",
    "Record",
    "Row",
    "Session",
    "Sheet",
    "Sound",
    "Stimulus",
    "Text",
    "TimeUp",
    "Unlock",
    "UnlockFailed",
    "Withdraw",
    "advance",
    "failed_since",
    "failure_refusal",
]

START = ""
"""The state before a session: the row that begins a flow."""

CANCEL = "cancel"
"""The choice that is in the same place on every prompt that can be left; an open door is left by shutting it."""


# --- stimuli --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Began:
    """The flow was chosen."""


@dataclass(frozen=True, slots=True)
class BadgeTapped:
    """A badge. It reaches a flow only in a state with a row for it; anywhere else it signs somebody in or out."""

    text: str


@dataclass(frozen=True, slots=True)
class LabelScanned:
    text: str


@dataclass(frozen=True, slots=True)
class DoorOpened:
    place: PlaceId


@dataclass(frozen=True, slots=True)
class DoorClosed:
    place: PlaceId


class Failure(StrEnum):
    """How an unlocking ended without an opening."""

    LAPSED = "lapsed"
    SILENT = "silent"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class UnlockFailed:
    place: PlaceId
    failure: Failure


@dataclass(frozen=True, slots=True)
class Chosen:
    choice: str


@dataclass(frozen=True, slots=True)
class NumberEntered:
    number: int


@dataclass(frozen=True, slots=True)
class TimeUp:
    """Nobody did anything for the state's patience."""


Stimulus = Began | BadgeTapped | LabelScanned | DoorOpened | DoorClosed | UnlockFailed | Chosen | NumberEntered | TimeUp
STIMULI: tuple[type[Stimulus], ...] = (
    Began,
    BadgeTapped,
    LabelScanned,
    DoorOpened,
    DoorClosed,
    UnlockFailed,
    Chosen,
    NumberEntered,
    TimeUp,
)


# --- effects --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Record:
    """Put this fact on disk before anything else is shown or done."""

    fact: Fact


@dataclass(frozen=True, slots=True)
class Unlock:
    """Intent first, then one pulse. ``reason`` is the flow's name."""

    place: PlaceId
    act: ActId
    person: PersonId
    reason: str


@dataclass(frozen=True, slots=True)
class Sound:
    """One short tone for a good scan, two low ones for a refused one."""

    good: bool


@dataclass(frozen=True, slots=True)
class Confide:
    """Seal this for the hub and put it on disk, now. ``value``: the id it is known by; ``about``: what it belongs to.

    A session names in ``confided`` what it has so far; that stays at the station, and goes again if the session ends
    with it. What it names no longer is on its way.
    """

    value: str
    what: PrivateKind
    about: str
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Withdraw:
    """Erase what was confided: nothing came of it."""

    value: str


Effect = Record | Unlock | Sound | Confide | Withdraw


# --- sessions -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """A volume of this session. ``ticked``: sensed or scanned as done."""

    volume: VolumeId
    label: str
    title: str
    ticked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One person's run through one flow: everything that must survive a power cut, and nothing else."""

    flow: str
    state: str
    person: PersonId
    volumes: tuple[Carried, ...] = ()
    place: PlaceId | None = None
    act: ActId | None = None
    recipient: str = ""
    places: tuple[PlaceId, ...] = ()  # still to be opened
    second: PersonId | None = None  # who stands by for sensitive volumes
    code: str = ""  # the code it began with
    only: tuple[VolumeId, ...] = ()  # with a code: the volumes it is for
    reason: str = ""
    pages: tuple[int, ...] = ()
    page: int = 0  # of a long choice
    parcel: str = ""  # of papers that are no volumes
    counts: tuple[int, ...] = ()  # of papers, kind by kind
    confided: tuple[str, ...] = ()  # private values that nothing has come of yet
    size: str = ""  # of the compartment to be opened, as asked for
    count: int = 0  # beyond the volumes themselves: those found but not recorded, recipients said by the person


@dataclass(frozen=True, slots=True)
class Move:
    """What follows from a stimulus: the session after it (none: it is over), effects, and perhaps why not."""

    session: Session | None
    effects: tuple[Effect, ...] = ()
    refusal: Refusal | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a flow's table. ``to``: every state it may lead to (``START``: the session is over)."""

    to: tuple[str, ...]
    do: Callable[[Session, Any, View], Move]


# --- prompts --------------------------------------------------------------------------------------------------------


class Colour(StrEnum):
    """What a colour means, once and everywhere."""

    TURN = "turn"  # blue: your turn
    DONE = "done"  # green: sensed and recorded
    WAIT = "wait"  # amber: waiting for something physical
    PERSON = "person"  # red: needs a person
    UNKNOWN = "unknown"  # grey: not known


@dataclass(frozen=True, slots=True)
class Text:
    """A key of the catalogues and the fields its sentence names."""

    key: str
    fields: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Choice:
    id: str
    text: Text


@dataclass(frozen=True, slots=True)
class Card:
    title: str
    ticked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A list that can be printed now. ``record``: the act it tells of; people by the names they may be shown by.

    With a ``receipt`` number it is one for ``papers`` that are no volumes.
    """

    record: ActId
    giver: str
    receiver: str
    volumes: tuple[Carried, ...]
    papers: tuple[PaperKind, ...] = ()
    receipt: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """What a person sees: one headline, one sentence of what to do next, at most three choices, always a way out."""

    headline: Text
    next: Text
    colour: Colour
    lit: PlaceId | None = None
    cards: tuple[Card, ...] = ()
    choices: tuple[Choice, ...] = ()
    keypad: bool = False
    secret: bool = False  # what is keyed in is not shown
    cancel: Text | None = None
    refusal: Refusal | None = None
    sheet: Sheet | None = None


# --- flows ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """One thing people do. A flow is one file; this value is all there is to know about it.

    ``order``: its place among the flows, in drawings and in the choices at home. ``at``: the kinds of station it is
    for. ``reasons``: what a session's reason may be, for drawings. ``by_code``: whether a code begins it. ``also``:
    texts that its prompts show only where a special thing is known. ``states``: in order, for drawings. ``held``:
    states in which a door is, or may be, open: neither cancel nor running out of time nor another badge may end the
    session there. ``offers``: the number to show on the choice at home, none to hide it. ``claims``: whether a volume
    scanned at home begins this flow. ``over``: states in which the work is done, so that the next scan begins anew, as
    at home. ``claims_place``: whether the label of a place scanned at home begins this flow. ``open_to_all``: whether
    anybody may begin it now, without a badge; none for flows of people with one. ``sentences``: Chinese and English by
    key, for what no catalogue has; the catalogues win.
    """

    name: str
    order: int
    at: frozenset[StationKind]
    rights: frozenset[Role]
    states: tuple[str, ...]
    held: frozenset[str]
    table: Mapping[tuple[str, type[Stimulus]], Row]
    prompts: Mapping[str, Callable[[Session, View], Prompt]]
    patience: Mapping[str, int]
    offers: Callable[[Person, View], int | None]
    claims: Callable[[Person, KnownVolume, View], bool]
    claims_place: Callable[[Person, KnownPlace, View], bool] | None = None
    over: frozenset[str] = frozenset()
    reasons: tuple[str, ...] = ()
    also: tuple[Text, ...] = ()
    sentences: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    by_code: bool = False
    open_to_all: Callable[[View], bool] | None = None


def advance(flow: Flow, session: Session, stimulus: Stimulus, view: View) -> Move:
    """One step of a flow. Total: every stimulus has an answer in every state."""
    row = flow.table.get((session.state, type(stimulus)))
    if row is not None:
        move = row.do(session, stimulus, view)
        if move.refusal is not None:
            return Move(move.session, (*move.effects, Sound(good=False)), move.refusal)
        return move
    match stimulus:
        case Chosen(choice=choice) if choice == CANCEL and session.state not in flow.held:
            return Move(None)
        case TimeUp() if session.state not in flow.held:
            return Move(None)
        case BadgeTapped() | LabelScanned() | NumberEntered() | Chosen():
            return Move(session, (Sound(good=False),), NotNow())
        case Began() | DoorOpened() | DoorClosed() | UnlockFailed() | TimeUp():
            return Move(session)
        case _:
            assert_never(stimulus)


def failed_since(failed: tuple[PlaceId, ...], stimulus: object) -> tuple[PlaceId, ...]:
    """``View.failed`` after what a door did: one that opens works again."""
    match stimulus:
        case UnlockFailed(place=place):
            return (*(one for one in failed if one != place), place)
        case DoorOpened(place=place):
            return tuple(one for one in failed if one != place)
        case _:
            return failed


def failure_refusal(failure: Failure, number: str) -> Refusal:
    """What to tell a person about an unlocking that ended without an opening."""
    match failure:
        case Failure.LAPSED:
            return DoorNotOpened(number=number)
        case Failure.SILENT:
            return BoardSilent(number=number)
        case Failure.UNKNOWN:
            return OutcomeNotKnown(number=number)
        case _:
            assert_never(failure)
