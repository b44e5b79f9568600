"""The scene of an archiving station: a place where volumes lie on the table."""

from __future__ import annotations

from edge.core.scene import Scene
from edge.settings import Settings

__all__ = ["station_scene"]


def station_scene(settings: Settings) -> Scene:
    """Nobody there, nothing granted."""
    return Scene(court=settings.court, station=settings.station, kind=settings.kind, place=settings.place)
