"""Which of two words of a station about itself is the later one: states and last wills come in any order."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import Enum, auto

from custody.messages import LastWill, State

__all__ = ["Freshness", "Heard", "ends", "freshness"]


class Freshness(Enum):
    """How new a state is. ``PAST``: said by a station that was put back to an earlier time, or on its way since then.

    A station that is really back there would never be heard again: it is told the tip and the connection last heard.
    """

    NEW = auto()
    OVERTAKEN = auto()
    PAST = auto()


@dataclass(frozen=True, slots=True)
class Heard:
    """What was last believed of a station: its epoch, connection and counter."""

    epoch: str
    connection: int
    counter: int


def freshness(state: State, heard: Heard | None, *, past: Collection[str] = ()) -> Freshness:
    """How new a state is beside what was heard. ``past``: epochs of the station that were left behind.

    A station that lost its journal counts from one again, in an epoch that nobody knows yet: that is new.
    """
    if heard is None:
        return Freshness.NEW
    if state.epoch != heard.epoch:
        return Freshness.PAST if state.epoch in past else Freshness.NEW
    if state.connection < heard.connection:
        return Freshness.PAST
    later = (state.connection, state.counter) > (heard.connection, heard.counter)
    return Freshness.NEW if later else Freshness.OVERTAKEN


def ends(will: LastWill, heard: Heard | None) -> bool:
    """Whether a last will is about the connection last heard, or a later one; older ones say nothing any more."""
    return heard is not None and will.connection >= heard.connection
