"""MQTT topics: built and parsed here and nowhere else.

``yungui/v1/<court>/<station>/<channel>`` for a station, ``yungui/v1/<court>/-/<channel>`` for the court as a whole.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from custody.identifiers import CourtId, StationId, check_id

__all__ = ["Channel", "CourtChannel", "CourtTopic", "StationTopic", "court_topic", "every", "parse", "station_topic"]

_ROOT = ("yungui", "v1")
_COURT = "-"  # no station id can be this


class Channel(StrEnum):
    """What one station says or hears."""

    EVENTS = "events"
    ACKS = "acks"
    COMMANDS = "commands"
    RESULTS = "results"
    GRANTS = "grants"
    PRIVATE = "private"
    PRIVATE_ACKS = "private-acks"
    STATE = "state"


class CourtChannel(StrEnum):
    """What the hub says to all stations of a court."""

    HUB = "hub"
    CHECKPOINTS = "checkpoints"
    KEYS = "keys"


@dataclass(frozen=True, slots=True)
class StationTopic:
    court: CourtId
    station: StationId
    channel: Channel


@dataclass(frozen=True, slots=True)
class CourtTopic:
    court: CourtId
    channel: CourtChannel


def station_topic(court: CourtId, station: StationId, channel: Channel) -> str:
    return "/".join((*_ROOT, court, station, channel))


def court_topic(court: CourtId, channel: CourtChannel) -> str:
    return "/".join((*_ROOT, court, _COURT, channel))


def every(court: CourtId, channel: Channel) -> str:
    """The subscription filter for one channel of all stations of a court."""
    return "/".join((*_ROOT, court, "+", channel))


def parse(topic: str) -> StationTopic | CourtTopic | None:
    """The parts of a topic of ours; none for anything else."""
    match topic.split("/"):
        case [root, version, court, owner, channel] if (root, version) == _ROOT and check_id(court):
            return _named(CourtId(court), owner, channel)
        case _:
            return None


def _named(court: CourtId, owner: str, channel: str) -> StationTopic | CourtTopic | None:
    if owner == _COURT:
        return CourtTopic(court, CourtChannel(channel)) if channel in list(CourtChannel) else None
    if check_id(owner) and channel in list(Channel):
        return StationTopic(court, StationId(owner), Channel(channel))
    return None
