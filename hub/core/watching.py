"""When nobody watched a door, and when it was opened: evidence holds only while the door stays shut and is watched.

Each start of the station's agent, each new epoch and each silent lock board opens an unwatched interval; it ends when
the doors are sensed again.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from custody.entries import Entry
from custody.events import BoardLost, DoorsSensed, EpochOpened, StationStarted
from custody.identifiers import PlaceId

__all__ = ["Glimpse", "Ordered", "Unwatched", "came_after", "unwatched"]


@dataclass(frozen=True, slots=True)
class Glimpse:
    """An entry that begins or ends an unwatched interval, when it was, and when the station's entry before it was.

    ``at`` and ``before`` are points in the one order of entries (``Located.point``), which never run backwards.
    """

    entry: Entry
    at: int
    before: int | None = None


@dataclass(frozen=True, slots=True)
class Unwatched:
    """From ``since`` until ``until`` (milliseconds since 1970); none: still."""

    since: int
    until: int | None


@dataclass(frozen=True, slots=True)
class Ordered:
    """Where an entry stands: ``position`` among those of its station, ``point`` in the one order of all."""

    station: str
    position: int
    point: int


def came_after(opening: Ordered, evidence: Ordered) -> bool:
    """Whether a compartment was opened after the evidence, so that what lies there is not confirmed any more.

    In the station's own order; what another station or the office said, in the one order of all.
    """
    if opening.station == evidence.station:
        return opening.position > evidence.position
    return opening.point > evidence.point


def unwatched(place: PlaceId, glimpses: Iterable[Glimpse]) -> tuple[Unwatched, ...]:
    """The intervals in which a compartment was not watched, from its station's entries in their order."""
    found: list[Unwatched] = []
    since: int | None = None
    for glimpse in glimpses:
        match glimpse.entry.fact:
            case EpochOpened() | StationStarted() if since is None:
                since = glimpse.at if glimpse.before is None else glimpse.before
            case BoardLost(places=places) if since is None and place in places:
                since = glimpse.at
            case DoorsSensed() as sensed if since is not None and place in (*sensed.open, *sensed.closed):
                found.append(Unwatched(since, glimpse.at))
                since = None
            case _:
                pass
    return (*found, *(() if since is None else (Unwatched(since, None),)))
