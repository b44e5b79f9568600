"""The scene of a cabinet as it is wired: compartments where they stand in the steel, doors not yet seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from custody.identifiers import PlaceId, StationId
from custody.messages import Compartment
from edge.core import door
from edge.core.door import Door
from edge.core.scene import Scene
from edge.core.watch import Watch
from edge.settings import Settings
from hardware.wiring import Wiring

__all__ = ["Names", "cabinet_scene", "names"]


@dataclass(frozen=True, slots=True)
class Names:
    """Wiring names and ours: ``07`` of station ``cab-1`` is the place ``cab-1.07``."""

    place_of: Mapping[str, PlaceId]
    board_of: Mapping[str, str]
    compartment_of: Mapping[PlaceId, str]


def names(wiring: Wiring, station: StationId) -> Names:
    """Empty for a station without doors."""
    place_of = {one.name: PlaceId(f"{station}.{one.name}") for one in wiring.compartments}
    return Names(
        place_of=place_of,
        board_of={one.name: one.board for one in wiring.compartments},
        compartment_of={place: name for name, place in place_of.items()},
    )


def cabinet_scene(settings: Settings, wiring: Wiring) -> Scene:
    """All doors unknown, nobody there, nothing granted."""
    place_of = names(wiring, settings.station).place_of
    compartments = {
        place_of[one.name]: Compartment(
            place=place_of[one.name], number=one.name, size=one.size, row=one.row - 1, column=one.column - 1
        )
        for one in wiring.compartments
    }
    boards = {
        board: Watch(places=tuple(place_of[one.name] for one in wiring.compartments_of(board)))
        for board in wiring.watched
    }
    return Scene(
        court=settings.court,
        station=settings.station,
        kind=settings.kind,
        place=settings.place,
        compartments=compartments,
        doors={place: Door(place) for place in compartments},
        boards=boards,
        limits=door.Limits(unlock=settings.unlock_seconds * 1000, left_open=settings.left_open_seconds * 1000),
    )
