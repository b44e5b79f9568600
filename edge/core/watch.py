"""Which doors are being watched: ``step(watch, stimulus) -> (watch, facts)`` for one lock board.

A station's start, a lost board and its return open and end an unwatched interval. It ends when every door of the
board has been read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import assert_never

from custody.events import BoardLost, DoorsSensed, Fact
from custody.identifiers import PlaceId
from custody.messages import DoorState

__all__ = ["Lost", "Sensed", "Stimulus", "Watch", "step"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """One board. ``read``: its doors as first read; ``complete``: all of them were, and it was said."""

    places: tuple[PlaceId, ...]
    read: Mapping[PlaceId, DoorState] = field(default_factory=dict)
    complete: bool = False
    lost: bool = False


@dataclass(frozen=True, slots=True)
class Lost:
    """The board does not answer."""


@dataclass(frozen=True, slots=True)
class Sensed:
    place: PlaceId
    state: DoorState


Stimulus = Lost | Sensed


def step(watch: Watch, stimulus: Stimulus) -> tuple[Watch, tuple[Fact, ...]]:
    """The watch after a stimulus and the facts that follow."""
    match stimulus:
        case Lost():
            if watch.lost:
                return watch, ()
            return Watch(places=watch.places, lost=True), (BoardLost(places=watch.places),)
        case Sensed(place=place, state=state):
            return _sensed(watch, place, state)
        case _:
            assert_never(stimulus)


def _sensed(watch: Watch, place: PlaceId, state: DoorState) -> tuple[Watch, tuple[Fact, ...]]:
    if place not in watch.places or watch.complete:
        return watch, ()
    if state is DoorState.UNKNOWN:
        read = {one: sensed for one, sensed in watch.read.items() if one != place}
        return replace(watch, read=read), ()
    read = {**watch.read, place: state}
    if len(read) < len(watch.places):
        return replace(watch, read=read, lost=False), ()
    first = DoorsSensed(
        open=tuple(one for one in watch.places if read[one] is DoorState.OPEN),
        closed=tuple(one for one in watch.places if read[one] is DoorState.CLOSED),
    )
    return Watch(places=watch.places, complete=True), (first,)
