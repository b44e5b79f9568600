"""A cabinet of the simulation: the real journal, custodian, courier and agent over wire, clock and steel of ours."""

from __future__ import annotations

import queue
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from custody import envelope
from custody.entries import Clock, Entry
from custody.events import StationKind, UnlockIntended
from custody.identifiers import ActId, CourtId, PlaceId, StationId
from custody.topics import CourtTopic, StationTopic, parse
from custody.wire import decode_event
from edge.agent import Agent, Item
from edge.believing import Belief
from edge.bootstrap import _grants as kept_grants
from edge.cabinet.layout import Names, cabinet_scene, names
from edge.clocks import Clocks
from edge.courier import Courier
from edge.custodian import Custodian
from edge.errors import EdgeError
from edge.journal import Journal, Moment, open_journal
from edge.keys import Keys
from edge.link import Arrived, LinkDown, LinkUp
from edge.reporting import Identity
from edge.settings import Settings
from hardware import ports
from hardware.wiring import Wiring, parse_wiring
from tests.edge.outpost import WIRING
from tests.soak.sim_world import Violated, World

__all__ = ["COURT", "DOORS", "Cabinet", "Fired"]

COURT = CourtId("yk0802")
DOORS = ("01", "02")
_WIRING = WIRING.replace("rows = 2", "rows = 1").replace("columns = 3", "columns = 2").replace("01-06", "01-02")


@cache
def wiring() -> Wiring:
    return parse_wiring(_WIRING)


class SimClocks(Clocks):
    """The world's time as one machine sees it: ``skew`` is what its wall clock is wrong by."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.skew = 0
        self.power_cut()

    def power_cut(self) -> None:
        self.boot = self._world.token(8)
        self._since = self._world.now - 5_000

    def uptime(self) -> int:
        return self._world.now - self._since

    def wall(self) -> int:
        return max(self._world.now + self.skew, 0)

    def quality(self) -> Clock:
        return Clock.UNSYNCHRONISED if self.skew else Clock.SYNCHRONISED

    def moment(self) -> Moment:
        return Moment(boot=self.boot, uptime=self.uptime(), time=self.wall(), clock=self.quality())


class _Watched(sqlite3.Connection):
    """Dies at commits when it is told to, and shows the world what became durable."""

    cabinet: Cabinet | None = None

    def execute(self, statement: str, values: Any = ()) -> sqlite3.Cursor:
        if statement != "COMMIT" or self.cabinet is None:
            return super().execute(statement, values)
        self.cabinet.world.points.cross("edge.commit.before")
        done = super().execute(statement, values)
        self.cabinet.saw_commit(self)
        self.cabinet.world.points.cross("edge.commit.after")
        return done


class _Wire:
    """Satisfies ``Link``: hands everything to the world's broker."""

    def __init__(self, cabinet: Cabinet) -> None:
        self._cabinet = cabinet

    def open(self, connection: int, *, will_topic: str, will: bytes) -> None:
        cabinet, broker = self._cabinet, self._cabinet.world.broker
        cabinet.connection = connection
        if broker.up and not cabinet.cut_off:
            broker.connect(cabinet.station, connection)
            cabinet.items.put(LinkUp(connection))
        else:
            cabinet.items.put(LinkDown(connection, "no route"))

    def send(self, topic: str, payload: bytes, *, retain: bool = False) -> bool:
        cabinet, broker = self._cabinet, self._cabinet.world.broker
        if broker.connections.get(cabinet.station) != cabinet.connection:
            return False
        about = parse(topic)
        assert isinstance(about, StationTopic)
        cabinet.world.points.cross(f"edge.publish.{about.channel}.before")
        broker.publish(topic, payload, retain=retain)
        cabinet.world.points.cross(f"edge.publish.{about.channel}.after")
        return True

    def close(self) -> None:
        self._cabinet.world.broker.cut(self._cabinet.station)


class _Nothing:
    def start(self) -> None:
        """No hardware of its own."""

    def stop(self) -> None:
        """Nothing to stop."""

    def show(self, picture: bytes, *, news: bytes | None = None) -> None:
        """Nobody looks."""


@dataclass(frozen=True, slots=True)
class Fired:
    place: PlaceId
    act: ActId


class Cabinet:
    """One station. ``alive`` while its process runs; the steel around it is always there."""

    def __init__(self, world: World, station: str, folder: Path, hub: Ed25519PublicKey, number: int) -> None:
        self.courier_kind: type[Courier] = Courier
        self.world, self.station, self.folder = world, StationId(station), folder
        folder.mkdir()
        self.keys = Keys(
            Ed25519PrivateKey.from_private_bytes(bytes([number] * 32)),
            X25519PrivateKey.from_private_bytes(bytes([number + 100] * 32)),
        )
        self.clocks = SimClocks(world)
        self.items: queue.SimpleQueue[Item] = queue.SimpleQueue()
        self.connection = 0
        self.cut_off = False
        self.open_doors: dict[str, bool] = dict.fromkeys(DOORS, False)
        self.stuck: set[str] = set()
        self.fired: list[Fired] = []
        self.rolled_back = False
        self._settings = Settings(
            court=COURT,
            station=self.station,
            kind=StationKind.CABINET,
            name=station,
            place=PlaceId(station),
            broker_host="sim",
            broker_port=1,
            hub_key=envelope.raw(hub).hex(),
            root_fingerprint="aa",
            time_heard_seconds=20,
        )
        self._identity = Identity(
            settings=self._settings,
            keys=self.keys,
            belief=Belief(hub, court=COURT, station=self.station),
            software="sim",
            wiring="sim",
        )
        self._names: Names = names(wiring(), self.station)
        self._journal: Journal | None = None
        self._agent: Agent | None = None
        self._custodian: Custodian | None = None
        self._courier: Courier | None = None
        self._seen = 0
        self.backup: bytes | None = None

    # --- the process ------------------------------------------------------------------------------------------------

    @property
    def alive(self) -> bool:
        return self._agent is not None

    @property
    def journal(self) -> Journal:
        assert self._journal is not None
        return self._journal

    @property
    def custodian(self) -> Custodian:
        assert self._custodian is not None
        return self._custodian

    @property
    def courier(self) -> Courier:
        assert self._courier is not None
        return self._courier

    @property
    def file(self) -> Path:
        return self.folder / "journal.sqlite"

    def start(self) -> None:
        """As ``edge.bootstrap`` and ``Agent.run`` do. A full disk or a crash leaves it ended."""
        self.items = queue.SimpleQueue()
        try:
            self._start()
        except EdgeError:
            self.die()

    def _start(self) -> None:
        journal = self._journal = open_journal(self.file, court=COURT, station=self.station, connect=self._connect)
        custodian = self._custodian = Custodian(
            cabinet_scene(self._settings, wiring()), journal=journal, clocks=self.clocks, energise=self._energise
        )
        wire = _Wire(self)
        nothing = _Nothing()
        agent = Agent(
            self.items,
            custodian=custodian,
            make_courier=lambda react: self.courier_kind(
                self._identity, journal=journal, custodian=custodian, link=wire, clocks=self.clocks, react=react
            ),
            hardware=nothing,
            screen=nothing,
            names=self._names,
            clocks=self.clocks,
        )
        begun = custodian.start(kept_grants(journal, self._identity), software="sim", wiring="sim")
        courier = self._courier = agent._make_courier(lambda reaction: agent._follow(courier, reaction))
        agent._follow(courier, begun)
        self._agent = agent
        for door in DOORS:
            self.sense(door)

    def turn(self) -> None:
        """One turn of the agent's loop, without waiting."""
        if self._agent is None or self._courier is None:
            return
        self._agent._follow(self._courier, self.custodian.tick())
        self._courier.tick()
        if not self.items.empty():
            self._handle(self.items.get())

    def _handle(self, item: Item) -> None:
        assert self._agent is not None
        assert self._courier is not None
        if not isinstance(item, Arrived):
            self._agent._handle(item, self._courier)
            return
        about = parse(item.topic)
        assert isinstance(about, StationTopic | CourtTopic)
        self.world.points.cross(f"edge.hear.{about.channel}.before")
        self._agent._handle(item, self._courier)
        self.world.points.cross(f"edge.hear.{about.channel}.after")

    def die(self) -> None:
        """kill -9: what was not committed is gone, and nobody says goodbye."""
        if self._journal is not None:
            if isinstance(self._journal._connection, _Watched):
                self._journal._connection.cabinet = None
            self._journal.close()
        self._journal = self._agent = self._custodian = self._courier = None
        self.world.broker.cut(self.station)

    def _connect(self, file: Path) -> sqlite3.Connection:
        connection = sqlite3.connect(file, isolation_level=None, factory=_Watched)
        assert isinstance(connection, _Watched)
        connection.cabinet = self
        (self._seen,) = (
            connection.execute("SELECT COALESCE(MAX(position), 0) FROM events").fetchone()
            if connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'events'").fetchone()
            else (0,)
        )
        return connection

    def saw_commit(self, connection: sqlite3.Connection) -> None:
        """What is on disk now will be asked for at the end."""
        if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'events'").fetchone():
            return
        rows = connection.execute(
            "SELECT position, epoch, sequence, line FROM events WHERE position > ? ORDER BY position", (self._seen,)
        ).fetchall()
        for position, epoch, sequence, line in rows:
            self._seen = position
            self.world.written.setdefault((self.station, epoch, sequence), set()).add(bytes(line))

    # --- the steel --------------------------------------------------------------------------------------------------

    def _energise(self, place: PlaceId, act: ActId) -> None:
        self.world.points.cross("edge.actuate.before")
        self._check_intent(place, act)
        self.fired.append(Fired(place, act))
        number = place.rpartition(".")[2]
        if number not in self.stuck:
            self.open_doors[number] = True
        self.items.put(ports.PulseSent(act, number, acknowledged=self.world.often(0.9), at=0.0))
        self.sense(number)
        self.world.points.cross("edge.actuate.after")

    def _check_intent(self, place: PlaceId, act: ActId) -> None:
        """A lock fires for an intent that is on disk, and once for each."""
        if self.journal._connection.in_transaction:
            raise Violated(f"{place} fired before its intent was committed")
        if any(one.act == act for one in self.fired):
            raise Violated(f"{place} fired twice for {act}")
        with sqlite3.connect(self.file) as beside:
            rows = beside.execute("SELECT line FROM events WHERE kind = ?", (UnlockIntended.kind,)).fetchall()
        beside.close()
        entries = (decode_event(line) for (line,) in rows)
        if not any(
            isinstance(one, Entry) and isinstance(one.fact, UnlockIntended) and one.fact.act == act for one in entries
        ):
            raise Violated(f"{place} fired for {act}, which no journal asked for")

    def sense(self, number: str) -> None:
        if self.alive or self._journal is not None:
            state = ports.DoorState.OPEN if self.open_doors[number] else ports.DoorState.CLOSED
            self.items.put(ports.DoorSensed(number, state, 0.0))

    def push(self, number: str) -> None:
        self.open_doors[number] = False
        self.sense(number)

    def lose_board(self) -> None:
        self.items.put(ports.BoardUnreachable("A", DOORS, ports.LossReason.SILENT, 0.0))
        for number in DOORS:
            self.items.put(ports.DoorSensed(number, ports.DoorState.UNKNOWN, 0.0))
        for number in DOORS:
            self.sense(number)

    # --- the card ---------------------------------------------------------------------------------------------------

    def take_backup(self) -> None:
        """The card as it is now, for somebody to put back later."""
        if self._journal is None:
            return
        copy = sqlite3.connect(":memory:")
        self.journal._connection.backup(copy)
        self.backup = copy.serialize()
        copy.close()

    def put_back(self) -> None:
        assert self.backup is not None
        for old in self.folder.glob("journal.sqlite*"):
            old.unlink()
        self.file.write_bytes(self.backup)
        self.rolled_back = True

    def lines(self) -> Sequence[tuple[str, int, bytes]]:
        """Every entry of the journal as it is now."""
        with sqlite3.connect(self.file) as beside:
            rows = beside.execute("SELECT epoch, sequence, line FROM events ORDER BY position").fetchall()
        beside.close()
        return [(str(epoch), int(sequence), bytes(line)) for epoch, sequence, line in rows]
