"""What the station says of itself: its state for the hub, and the line at the bottom of the screen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from custody import wire
from custody.messages import Compartment, State
from edge.believing import Belief
from edge.clocks import Clocks
from edge.custodian import Custodian
from edge.gauge import RoomGauge
from edge.journal import Journal
from edge.keys import Keys
from edge.picture import Around
from edge.settings import Settings

__all__ = ["Identity", "Reporter", "Session"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who this station is to the hub."""

    settings: Settings
    keys: Keys
    belief: Belief
    software: str
    wiring: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """Where a connection stands: its number, states told, newest nonce, what waits, the checkpoint accepted."""

    connection: int
    counter: int
    nonce: str
    waiting: int
    checkpoint: str | None = None


class Reporter:
    """Reads the journal and the scene; changes neither."""

    def __init__(self, identity: Identity, *, journal: Journal, custodian: Custodian, clocks: Clocks) -> None:
        self._who, self._journal, self._custodian, self._clocks = identity, journal, custodian, clocks
        self._gauge = RoomGauge(journal, clocks)

    def around(self, *, online: bool, waiting: int) -> Around:
        """What the picture shows besides the scene."""
        return Around(
            name=self._who.settings.name,
            court=self._who.settings.court_name,
            online=online,
            waiting=waiting,
            oldest=self._journal.oldest_waiting(),
            room_days=self._gauge.days(),
        )

    def urgent(self) -> object:
        """What is worth a new state as soon as it changes; the rest waits for the next nonce."""
        current = self._journal.current
        return self._compartments(), self._grants_version(), None if current is None else current.epoch

    def state(self, session: Session, *, online: bool) -> bytes:
        """The state as a header to be signed."""
        settings, moment, current = self._who.settings, self._clocks.moment(), self._journal.current
        state = State(
            court=settings.court,
            station=settings.station,
            station_kind=settings.kind,
            connection=session.connection,
            counter=session.counter,
            online=online,
            boot=moment.boot,
            nonce=session.nonce,
            uptime=moment.uptime,
            clock=moment.clock,
            epoch="" if current is None else current.epoch,
            tip=0 if current is None else current.tip,
            waiting=session.waiting,
            oldest_waiting=self._journal.oldest_waiting(),
            room_days=self._gauge.days(),
            software=self._who.software,
            wiring=self._who.wiring,
            grants_version=self._grants_version(),
            compartments=tuple(self._compartments()),
            checkpoint=session.checkpoint,
            slowest_record=self._journal.disk.slowest(),
        )
        return wire.encode(state)

    def _compartments(self) -> Sequence[Compartment]:
        return tuple(self._custodian.view().compartments.values())

    def _grants_version(self) -> int:
        grants = self._custodian.scene.grants
        return 0 if grants is None else grants.version
