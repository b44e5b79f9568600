"""Carries out a schedule of faults on the processes of a soak, each begun and ended at its time."""

from __future__ import annotations

import heapq
import logging
import random
import ssl
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

import paho.mqtt.client as mqtt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from paho.mqtt.enums import CallbackAPIVersion

from custody import envelope, wire
from custody.identifiers import PersonId, PlaceId, StationId
from custody.messages import Command, Purpose
from custody.topics import Channel, station_topic
from demo.court import COURT
from demo.processes import LOOPBACK, Child
from tests.soak.chaos_court import CABINET, Court, Post, newest_nonce
from tests.soak.schedule import Fault, Kind
from tests.support.fault_proxy import FaultProxy, Wire

__all__ = ["Nemesis"]

_log = logging.getLogger(__name__)
_YEARS = ("-3650d", "+3650d", "-3600", "+86400")
_REVIVE_EVERY = 0.7  # seconds


class Nemesis:
    """``done`` counts what was really done, by kind; ``skipped`` what this machine does not allow."""

    def __init__(self, court: Court, faults: Sequence[Fault]) -> None:
        self._court = court
        self._faults = faults
        self._later: list[tuple[float, int, Callable[[], None]]] = []
        self._serial = 0
        self._dead: set[int] = set()
        self.done: Counter[str] = Counter()
        self.skipped: Counter[str] = Counter()
        self.trouble: list[str] = []

    def rage(self, meanwhile: Callable[[], None]) -> None:
        """Everything on the schedule, then everything healed. ``meanwhile`` is called often."""
        begin = time.monotonic()
        waiting = list(self._faults)
        revive_at = 0.0
        while waiting or self._later:
            now = time.monotonic() - begin
            while waiting and waiting[0].at <= now:
                self._begin(waiting.pop(0), now)
            while self._later and self._later[0][0] <= now:
                self._try(heapq.heappop(self._later)[2])
            if now >= revive_at:
                revive_at = now + _REVIVE_EVERY
                self._try(self._revive)
            meanwhile()
            time.sleep(0.02)
        self._heal()

    def _begin(self, fault: Fault, now: float) -> None:
        post = self._court.posts[fault.target]
        _log.info("fault: %s %s %.2f", fault.kind, post.station, fault.lasts)
        try:
            end = self._do(fault, post)
        except (OSError, RuntimeError) as error:
            self.trouble.append(f"{fault.kind}: {error}")
            return
        if end is None:
            self.skipped[fault.kind] += 1
            return
        self.done[fault.kind] += 1
        self._serial += 1
        heapq.heappush(self._later, (now + fault.lasts, self._serial, end))

    def _do(self, fault: Fault, post: Post) -> Callable[[], None] | None:  # noqa: C901 - one case a kind
        """Begin a fault; how it ends, or none where it cannot be done."""
        court = self._court
        match fault.kind:
            case Kind.KILL_EDGE:
                return self._kill(post.agent)
            case Kind.KILL_HUB:
                return self._kill(court.hub)
            case Kind.WIPE_BROKER:
                return self._kill(court.broker.child)
            case Kind.STOP_EDGE:
                return self._freeze(post.agent)
            case Kind.STOP_HUB:
                return self._freeze(court.hub)
            case Kind.STOP_BROKER:
                return self._freeze(court.broker.child)
            case Kind.CUT_LINK:
                return self._wire(post.wire, Wire.CUT)
            case Kind.STALL_LINK:
                return self._wire(post.wire, Wire.STALLED)
            case Kind.SLOW_LINK:
                return self._wire(post.wire, Wire.SLOW, delay=0.05 + fault.amount / 2)
            case Kind.LOSSY_LINK:
                return self._wire(post.wire, Wire.LOSSY)
            case Kind.GARBLED_LINK:
                return self._wire(post.wire, Wire.GARBLED)
            case Kind.CUT_HUB_LINK:
                return self._wire(court.hub_wire, Wire.CUT)
            case Kind.LOSSY_HUB_LINK:
                return self._wire(court.hub_wire, Wire.LOSSY)
            case Kind.SAME_CLIENT_ID:
                return self._twin(post.station, post.folder / "tls", "station", [])
            case Kind.SAME_HUB_ID:
                return self._twin(StationId("hub-1"), court.data / "tls", "hub", self._old_commands())
            case Kind.GARBAGE:
                return self._twin(post.station, post.folder / "tls", "station", _garbage(post.station, fault.amount))
            case Kind.CLOCK_JUMP:
                post.clock.write_text(_YEARS[int(fault.amount * len(_YEARS))])
                return lambda: _void(post.clock.write_text("+0"))
            case Kind.DISK_FULL:
                return self._fill(post) if court.small_disks else None

    def _kill(self, child: Child) -> Callable[[], None]:
        child.kill()
        self._dead.add(id(child))

        def again() -> None:
            self._dead.discard(id(child))
            if not child.running:
                child.start()

        return again

    def _freeze(self, child: Child) -> Callable[[], None]:
        if child.running:
            child.freeze(on=True)
        return lambda: _thaw(child)

    def _wire(self, proxy: FaultProxy, how: Wire, *, delay: float = 0.1) -> Callable[[], None]:
        proxy.behave(how, delay=delay)
        return lambda: proxy.behave(Wire.GOOD)

    def _fill(self, post: Post) -> Callable[[], None]:
        """Every byte of the station's own small disk."""
        ballast = post.disk / "ballast"
        with suppress(OSError), ballast.open("wb") as file:
            while True:
                file.write(bytes(1 << 20))
                file.flush()
        with suppress(OSError), (post.disk / "ballast.rest").open("wb") as file:
            while True:
                file.write(bytes(512))
                file.flush()

        def free() -> None:
            for one in post.disk.glob("ballast*"):
                one.unlink()

        return free

    def _twin(self, client_id: str, tls: Path, name: str, say: Sequence[tuple[str, bytes]]) -> Callable[[], None]:
        """Somebody who holds the same certificate: the broker shows the door to whoever was there."""
        context = ssl.create_default_context(cafile=str(tls / "ca.crt"))
        context.load_cert_chain(tls / f"{name}.crt", tls / f"{name}.key")
        twin = mqtt.Client(
            CallbackAPIVersion.VERSION2,
            client_id=client_id,
            protocol=mqtt.MQTTv5,
            reconnect_on_failure=False,
            manual_ack=True,
        )
        twin.tls_set_context(context)
        twin.connect_timeout = 2.0
        twin.on_connect = lambda client, _u, _f, _r, _p: _void([client.publish(*one, qos=1) for one in say])
        with suppress(OSError):
            twin.connect(LOOPBACK, self._court.broker_port, 20, clean_start=False)
            twin.loop_start()

        def leave() -> None:
            twin.disconnect()
            twin.loop_stop()

        return leave

    def _old_commands(self) -> list[tuple[str, bytes]]:
        """A fresh order to open a compartment, twice, and an old one: what a replaying broker could do."""
        key = load_pem_private_key((self._court.data / "keys" / "hub.pem").read_bytes(), None)
        assert isinstance(key, Ed25519PrivateKey)
        nonce = newest_nonce(self._court.database, CABINET)
        said = []
        for number, fresh in enumerate((nonce, "0" * 32)):
            self._serial += 1
            order = Command(
                command=f"soak-{self._serial}-{number}",
                court=COURT,
                station=CABINET,
                nonce=fresh,
                place=PlaceId(f"{CABINET}.0{1 + self._serial % 6}"),
                person=PersonId("zhou-jing"),
                reason="soak",
                valid=10_000,
            )
            message = envelope.sign(wire.encode(order), purpose=Purpose.COMMAND, key=key)
            said += [(station_topic(COURT, CABINET, Channel.COMMANDS), message)] * 2
        return said

    def _revive(self) -> None:
        """As systemd would, but for those that this fault wants dead for a while."""
        court = self._court
        for child in (court.broker.child, court.hub, *(post.agent for post in court.posts)):
            if not child.running and id(child) not in self._dead:
                child.start()

    def _heal(self) -> None:
        court = self._court
        self._dead.clear()
        court.hub_wire.behave(Wire.GOOD)
        for post in court.posts:
            post.wire.behave(Wire.GOOD)
            post.clock.write_text("+0")
            _thaw(post.agent)
            for one in post.disk.glob("ballast*"):
                one.unlink()
        _thaw(court.hub)
        _thaw(court.broker.child)
        court.revive()

    def _try(self, deed: Callable[[], None]) -> None:
        try:
            deed()
        except (OSError, RuntimeError) as error:
            self.trouble.append(str(error))


def _thaw(child: Child) -> None:
    if child.running:
        child.freeze(on=False)


def _garbage(station: StationId, amount: float) -> list[tuple[str, bytes]]:
    chance = random.Random(amount)
    channels = (Channel.EVENTS, Channel.STATE, Channel.RESULTS)
    bodies = (b"", b"{}", b"yg1 x y\nz", bytes(chance.randrange(256) for _ in range(300)), b"x" * 300_000)
    return [(station_topic(COURT, station, chance.choice(channels)), chance.choice(bodies)) for _ in range(10)]


def _void(_: object) -> None:
    return None
