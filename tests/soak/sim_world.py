"""The world of the simulation: one clock, numbered crash points, a broker that may forget, repeat and reorder anything.

Nothing here reads a real clock, a real network or real chance: one seed is one history.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from custody.topics import Channel, CourtTopic, StationTopic, parse

__all__ = ["POINTS", "Broker", "Crash", "Letter", "Points", "Violated", "World"]

_EDGE = ("commit", "actuate", *(f"publish.{one}" for one in ("events", "state", "results")))
_HEARD = ("acks", "commands", "grants", "hub")
_HUB = ("commit", "answer", "puback")
POINTS: tuple[str, ...] = tuple(
    f"{name}.{side}"
    for name in (
        *(f"edge.{one}" for one in _EDGE),
        *(f"edge.hear.{one}" for one in _HEARD),
        *(f"hub.{one}" for one in _HUB),
    )
    for side in ("before", "after")
)
"""Every boundary at which a process may die, by name."""


class Crash(BaseException):
    """A process ended here, as by kill -9. Nobody catches it but the world."""


class Violated(AssertionError):  # noqa: N818 - it says what happened
    """What must never be, is."""


@dataclass(slots=True)
class Points:
    """Counts every boundary that is crossed. ``armed``: at which crossing, counted from 1, the process dies."""

    crossed: int = 0
    armed: int | None = None
    chance: Callable[[], bool] | None = None
    seen: Counter[str] = field(default_factory=Counter)
    died: Counter[str] = field(default_factory=Counter)

    def cross(self, name: str) -> None:
        self.crossed += 1
        self.seen[name] += 1
        if self.armed == self.crossed or (self.chance is not None and self.chance()):
            self.died[name] += 1
            raise Crash(name)


@dataclass(frozen=True, slots=True)
class Letter:
    topic: str
    payload: bytes
    to: str  # a station's id or the hub's
    connection: int = 0  # of the station that is to get it


class Broker:
    """Mosquitto without persistence, and worse."""

    def __init__(self) -> None:
        self.up = True
        self.connections: dict[str, int] = {}
        self.under_way: list[Letter] = []
        self.retained: dict[str, bytes] = {}
        self.held_for_hub: list[Letter] = []  # delivered, not acknowledged

    def connect(self, who: str, connection: int) -> None:
        self.connections[who] = connection
        self.under_way = [one for one in self.under_way if one.to != who]
        for topic, payload in self.retained.items():
            if _heard_by(topic, who):
                self.under_way.append(Letter(topic, payload, who, connection))

    def cut(self, who: str) -> None:
        self.connections.pop(who, None)
        self.under_way = [one for one in self.under_way if one.to != who]

    def publish(self, topic: str, payload: bytes, *, retain: bool) -> None:
        if retain:
            self.retained[topic] = payload
        for who in self._readers(topic):
            self.under_way.append(Letter(topic, payload, who, self.connections.get(who, 0)))

    def forget_everything(self) -> None:
        """kill -9 without persistence."""
        self.connections.clear()
        self.under_way.clear()
        self.retained.clear()
        self.held_for_hub.clear()

    def _readers(self, topic: str) -> list[str]:
        readers = [who for who in sorted(self.connections) if _heard_by(topic, who)]
        # The hub's session outlives its connection; the stations' do not.
        return readers if "hub" in readers or not _heard_by(topic, "hub") else [*readers, "hub"]


def _heard_by(topic: str, who: str) -> bool:
    about = parse(topic)
    if isinstance(about, CourtTopic):
        return who != "hub"
    assert isinstance(about, StationTopic)
    if who == "hub":
        return about.channel in (Channel.EVENTS, Channel.STATE, Channel.RESULTS)
    return about.station == who and about.channel in (Channel.ACKS, Channel.COMMANDS, Channel.GRANTS)


class World:
    """``now``: milliseconds that really passed. ``written``: every line that any journal ever committed, by entry."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.chance = random.Random(seed)
        self.now = 1_800_000_000_000
        self.points = Points()
        self.broker = Broker()
        self.written: dict[tuple[str, str, int], set[bytes]] = {}
        self.highest: dict[tuple[str, str], int] = {}  # of each epoch, the last entry the hub ever had
        self.faults: Counter[str] = Counter()
        self._serial = 0

    def token(self, nbytes: int | None = None) -> str:
        """In place of ``secrets.token_hex``: never twice the same, always the same for one seed."""
        self._serial += 1
        mixed = random.Random(f"{self.seed} {self._serial}")
        return mixed.randbytes(nbytes or 16).hex()

    def often(self, probability: float) -> bool:
        return self.chance.random() < probability
