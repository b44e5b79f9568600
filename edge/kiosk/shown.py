"""What the agent and the kiosk say to each other: JSON lines in, values out, and back. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import msgspec

from custody.events import StationKind
from custody.flows.grammar import Card, Choice, Colour, Sheet, Text
from custody.messages import DoorState

__all__ = [
    "Compartment",
    "Journal",
    "Prompt",
    "Refusal",
    "Show",
    "Station",
    "Touch",
    "Waiting",
    "parse_show",
    "parse_touch",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    code: str
    fields: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """A ``custody`` prompt whose refusal has become its code and fields."""

    headline: Text
    next: Text
    colour: Colour
    lit: str | None = None
    cards: tuple[Card, ...] = ()
    choices: tuple[Choice, ...] = ()
    keypad: bool = False
    secret: bool = False
    cancel: Text | None = None
    refusal: Refusal | None = None
    sheet: Sheet | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Station:
    id: str
    name: str
    kind: StationKind
    court: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Compartment:
    """Row and column count from 0, top left."""

    place: str
    number: str
    size: str
    row: int
    column: int
    door: DoorState
    blocked: bool = False
    free: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    initials: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Journal:
    """``waiting`` records not yet with the hub, the ``oldest`` of them (ms), and for how many days there is room."""

    waiting: int = 0
    room_days: float | None = None
    oldest: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Show:
    """Everything the screen shows, as the agent has it now."""

    prompt: Prompt
    turn: int
    person: str | None
    station: Station
    compartments: tuple[Compartment, ...] = ()
    waiting: tuple[Waiting, ...] = ()
    free: Mapping[str, int] = field(default_factory=dict)
    network: Literal["online", "offline"]
    journal: Journal = field(default_factory=Journal)
    sound: Literal["good", "bad"] | None = None
    time_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Touch:
    """What a person did on the glass: one of a choice or a number, for the prompt of that turn; or a language."""

    turn: int = 0
    chosen: str | None = None
    number: int | None = None
    language: str | None = None

    def line(self) -> bytes | None:
        """The line for the agent; none when the touch is the kiosk's own business."""
        if self.chosen is not None:
            return msgspec.json.encode({"chosen": self.chosen, "turn": self.turn}) + b"\n"
        if self.number is not None:
            return msgspec.json.encode({"number": self.number, "turn": self.turn}) + b"\n"
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    show: Show


def parse_show(line: bytes) -> Show:
    """One line of the agent's. Raises ``ValueError`` with what is wrong and where."""
    return msgspec.json.decode(line, type=_Line).show


def parse_touch(text: str | bytes) -> Touch:
    """One message of the page's. Raises ``ValueError`` with what is wrong and where."""
    return msgspec.json.decode(text, type=Touch)
