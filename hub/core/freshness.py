"""Which of two words of a station about itself is the later one: states and last wills come in any order."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from custody.messages import LastWill, State

__all__ = ["Heard", "ends", "later"]


@dataclass(frozen=True, slots=True)
class Heard:
    """What was last believed of a station: its epoch, connection and counter."""

    epoch: str
    connection: int
    counter: int


def later(state: State, heard: Heard | None, *, past: Collection[str] = ()) -> bool:
    """Whether a state is newer than what was heard. ``past``: epochs of the station that were left behind.

    A station that lost its journal counts from one again, in an epoch that nobody knows yet: that is newer too.
    """
    if heard is None:
        return True
    if state.epoch == heard.epoch:
        return (state.connection, state.counter) > (heard.connection, heard.counter)
    return state.epoch not in past


def ends(will: LastWill, heard: Heard | None) -> bool:
    """Whether a last will is about the connection last heard, or a later one; older ones say nothing any more."""
    return heard is not None and will.connection >= heard.connection
