"""How soon a command becomes an unlock frame: from the moment it is given to the first byte on the bus.

Broker, hub and agent are whole processes on loopback, over TLS. Beside each command goes a bare message of the same
size through the same broker, and what the agent does for a command is measured alone, part by part, in the same run.
"""

from __future__ import annotations

import argparse
import http.client
import json
import math
import secrets
import signal
import socket
import sqlite3
import ssl
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from os import kill
from pathlib import Path
from typing import Any, Final

import paho.mqtt.client as mqtt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from paho.mqtt.enums import CallbackAPIVersion

from bench.latency import Instrumented
from custody import envelope, wire
from custody.events import EpochReason, UnlockIntended
from custody.identifiers import ActId, CourtId, PersonId, PlaceId, StationId
from custody.messages import Command, Purpose
from custody.topics import Channel, station_topic
from demo.court import CABINET, COURT, PEOPLE, STATION
from demo.house import House, Ports
from demo.processes import LOOPBACK, wait_until
from edge.clocks import Clocks
from edge.journal import Journal, open_journal

MOST_MS: Final = 20.0
_BAUD: Final = 19_200
_DOORS: Final = tuple(f"{number:02}" for number in range(1, 43))
_PERSON: Final = PersonId("zhou-jing")
_ANSWER_WITHIN: Final = 20.0
_SUPPLY_RESTS: Final = 0.75  # one coil at a time: the bus waits that long between two pulses
_ECHO: Final = f"yungui/v1/{COURT}/{STATION}/echo"
_SAID_TO: Final = station_topic(COURT, CABINET, Channel.COMMANDS)


class Mouth:
    """One client of the broker, with the certificate of a station that does not run."""

    def __init__(self, port: int, tls: Path) -> None:
        context = ssl.create_default_context(cafile=str(tls / "ca.crt"))
        context.load_cert_chain(tls / "station.crt", tls / "station.key")
        self._client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=STATION, protocol=mqtt.MQTTv5)
        self._client.tls_set_context(context)
        self._client.on_socket_open = _without_delay
        self._heard = threading.Event()
        self._at = 0.0
        self._client.on_message = self._on_message
        self._client.on_subscribe = lambda *_: self._heard.set()
        self._client.connect(LOOPBACK, port)
        self._client.subscribe(_ECHO, qos=1)
        self._client.loop_start()
        if not self._heard.wait(_ANSWER_WITHIN):
            raise TimeoutError("the broker did not take the subscription of the bare client")

    def say(self, topic: str, payload: bytes) -> float:
        """The moment just before it was handed over."""
        began = time.monotonic()
        self._client.publish(topic, payload, qos=1)
        return began

    def round_trip(self, payload: bytes) -> float:
        """Seconds from here to the broker and back, at QoS 1."""
        self._heard.clear()
        began = self.say(_ECHO, payload)
        if not self._heard.wait(_ANSWER_WITHIN):
            raise TimeoutError("the broker did not bring a bare message back")
        return self._at - began

    def leave(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def _on_message(self, _client: mqtt.Client, _userdata: object, _message: mqtt.MQTTMessage) -> None:
        self._at = time.monotonic()
        self._heard.set()


@dataclass
class Taken:
    """Seconds, one of each a command."""

    whole: list[float] = field(default_factory=list)
    bus: list[float] = field(default_factory=list)
    bare: list[float] = field(default_factory=list)
    asked: list[float] = field(default_factory=list)
    parts: dict[str, list[float]] = field(default_factory=dict)


class Cabinet:
    """The cabinet's doors, each used in its turn, so that no coil gets warm."""

    def __init__(self, hardware: Instrumented, journal: Path) -> None:
        self._hardware, self._journal = hardware, journal
        self._turn = 0
        self._open: list[str] = []

    def next_door(self) -> str:
        self._turn += 1
        return _DOORS[self._turn % len(_DOORS)]

    def fired_after(self, moment: float) -> float:
        until = moment + _ANSWER_WITHIN
        while (fired := self._hardware.wire.unlocked_after(moment)) is None:
            if time.monotonic() > until:
                raise TimeoutError("no unlock frame was written")
            time.sleep(0.001)
        return fired

    def bus_held(self, begin: float, end: float) -> float:
        return self._hardware.wire.busy(begin, end)

    def settle(self, door: str) -> None:
        """Somebody opens it, the command is answered, and the door opened before last is shut."""
        steel = self._hardware.bench.cabinet
        wait_until(lambda: steel.pull(door).value != "held", seconds=5, what=f"door {door} to open")
        with closing(sqlite3.connect(f"file:{self._journal}?mode=ro", uri=True, timeout=5)) as journal:
            waits = "SELECT count(*) FROM commands WHERE result = x''"
            wait_until(
                lambda: journal.execute(waits).fetchone()[0] == 0, seconds=20, what=f"door {door} to be answered"
            )
        self._open.append(door)
        if len(self._open) > 2:
            shut = self._open.pop(0)
            wait_until(lambda: steel.push(shut).value != "held", seconds=5, what=f"door {shut} to shut")
        self._hardware.wire.heard[:] = self._hardware.wire.heard[-400:]
        self._hardware.wire.said[:] = self._hardware.wire.said[-400:]


class Alone:
    """What the agent does for a command, part by part, on the same disk."""

    def __init__(self, journal: Journal, key: Ed25519PrivateKey) -> None:
        self._journal, self._key, self._clocks = journal, key, Clocks()
        with journal.transaction(self._clocks.moment()) as transaction:
            transaction.open_epoch("0" * 16, EpochReason.FIRST)

    def measure(self, message: bytes, into: dict[str, list[float]]) -> None:
        public = self._key.public_key()
        _timed("verify", into, lambda: envelope.verify(message, purpose=Purpose.COMMAND, key_of=lambda _: public))
        _timed("intent_on_disk", into, self._intent)

    def _intent(self) -> None:
        name = secrets.token_hex(8)
        with self._journal.transaction(self._clocks.moment()) as transaction:
            transaction.append(
                UnlockIntended(
                    place=PlaceId("x.01"), act=ActId(name), person=_PERSON, reason="command", command=f"c-{name}"
                )
            )
            transaction.keep("doors", name.encode())
            transaction.answer(name, b"")


def measure(*, rounds: int, asked: int) -> dict[str, Any]:
    house = House(ports=Ports.free(), password=secrets.token_hex(8), keep=None)
    try:
        house.found()
        house.begin()
        _let_speak(house)
        wiring = house.cabinet.folder / "wiring.toml"
        wiring.write_text(wiring.read_text().replace("baud = 9600", f"baud = {_BAUD}", 1))
        hardware = Instrumented(house.cabinet)
        hardware.bench.start()
        house.cabinet.start_agent()
        _await_doors(house.hub_database)
        taken = _give(house, Cabinet(hardware, house.cabinet.journal), rounds=rounds, asked=asked)
        hardware.bench.stop()
    finally:
        house.close()
    return _report(taken)


def _give(house: House, cabinet: Cabinet, *, rounds: int, asked: int) -> Taken:
    key = load_pem_private_key((house.hub_database.parent / "keys" / "hub.pem").read_bytes(), None)
    assert isinstance(key, Ed25519PrivateKey)
    mouth, taken = Mouth(house.ports.broker, house.station.folder / "tls"), Taken()
    with tempfile.TemporaryDirectory(dir=house.root) as folder:
        journal = open_journal(Path(folder) / "journal.sqlite", court=CourtId("x"), station=StationId("x"))
        alone = Alone(journal, key)
        for number in range(rounds):
            door = cabinet.next_door()
            message = _command(key, door, nonce=_nonce(house.hub_database))
            taken.bare.append(mouth.round_trip(message))
            alone.measure(message, taken.parts)
            began = mouth.say(_SAID_TO, message)
            fired = cabinet.fired_after(began)
            taken.whole.append(fired - began)
            taken.bus.append(cabinet.bus_held(began, fired))
            cabinet.settle(door)
            _rest(fired, number)
        desk = Desk(house)  # now: the hub closes a connection that says nothing for long
        for number in range(asked):
            door = cabinet.next_door()
            began = desk.ask(door)
            fired = cabinet.fired_after(began)
            taken.asked.append(fired - began)
            cabinet.settle(door)
            _rest(fired, number)
        journal.close()
    mouth.leave()
    return taken


class Desk:
    """An administrator's browser at the hub that runs."""

    def __init__(self, house: House) -> None:
        self._connection = http.client.HTTPConnection(LOOPBACK, house.ports.hub, timeout=_ANSWER_WITHIN)
        user = next(one.user for one in PEOPLE if one.id == _PERSON)
        answer = self._post("session", {"user": user, "password": house.password})
        self._cookie = str(answer.getheader("Set-Cookie")).partition(";")[0]

    _cookie = ""

    def ask(self, door: str) -> float:
        """Press *open*; the moment before."""
        began = time.monotonic()
        self._post(f"stations/{CABINET}/compartments/{CABINET}.{door}/open", {"reason": "inspection"})
        return began

    def _post(self, path: str, body: dict[str, Any]) -> http.client.HTTPResponse:
        headers = {"Content-Type": "application/json", "Cookie": self._cookie}
        self._connection.request("POST", f"/api/v1/{path}", json.dumps(body), headers)
        answer = self._connection.getresponse()
        said = answer.read()
        if answer.status >= 300:
            raise RuntimeError(f"POST {path}: {answer.status} {said[:300]!r}")
        return answer


def _without_delay(_client: mqtt.Client, _userdata: object, opened: Any) -> None:
    """As the hub and the stations do."""
    opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def _let_speak(house: House) -> None:
    """One more rule: the bare client may say commands, which the cabinet believes for the hub's signature alone."""
    rules = house.root / "broker" / "acl"
    rules.write_text(f"{rules.read_text()}\nuser {STATION}\ntopic readwrite {_ECHO}\ntopic write {_SAID_TO}\n")
    kill(house.broker.child.pid, signal.SIGHUP)


def _await_doors(database: Path) -> None:
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=5)) as hub:
        sensed = "SELECT count(*) FROM door WHERE door = 'closed'"
        wait_until(lambda: hub.execute(sensed).fetchone()[0] >= len(_DOORS), seconds=60, what="every door", every=0.2)


def _nonce(database: Path) -> str:
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=5)) as hub:
        return str(hub.execute("SELECT nonce FROM state WHERE station = ?", (CABINET,)).fetchone()[0])


def _command(key: Ed25519PrivateKey, door: str, *, nonce: str) -> bytes:
    command = Command(
        command=f"c-{secrets.token_hex(8)}",
        court=COURT,
        station=CABINET,
        nonce=nonce,
        place=PlaceId(f"{CABINET}.{door}"),
        person=_PERSON,
        reason="inspection",
        valid=10_000,
    )
    return envelope.sign(wire.encode(command), purpose=Purpose.COMMAND, key=key)


def _rest(fired: float, number: int) -> None:
    """Until the supply has rested from the pulse, and on to another phase of the poll each time."""
    time.sleep(max(0.0, fired + _SUPPLY_RESTS + 0.013 * (number % 17) - time.monotonic()))


def _timed(name: str, into: dict[str, list[float]], deed: Callable[[], object]) -> None:
    began = time.monotonic()
    deed()
    into.setdefault(name, []).append(time.monotonic() - began)


def _report(taken: Taken) -> dict[str, Any]:
    p50 = statistics.median
    known = {"mqtt": p50(taken.bare), "bus_held": p50(taken.bus), **{n: p50(v) for n, v in taken.parts.items()}}
    rest = p50(taken.whole) - sum(known.values())
    return {
        "command_to_first_byte_ms": _told(taken.whole),
        "without_bus_held_ms": _told([a - b for a, b in zip(taken.whole, taken.bus, strict=True)]),
        "bare_round_trip_ms": _told(taken.bare),
        "asked_at_hub_to_first_byte_ms": _told(taken.asked) if taken.asked else None,
        "ratio_p50": round(p50(taken.whole) / p50(taken.bare), 2),
        "ratio_p99": round(_p99(taken.whole) / _p99(taken.bare), 2),
        "shares_p50_ms": {name: round(1000 * one, 2) for name, one in {**known, "rest": rest}.items()},
        "baud": _BAUD,
        "limits": {"command_to_first_byte_ms_p99": MOST_MS},
        "within": _p99(taken.whole) < MOST_MS / 1000,
    }


def _p99(taken: Sequence[float]) -> float:
    return sorted(taken)[min(len(taken) - 1, math.ceil(0.99 * len(taken)) - 1)]


def _told(taken: Sequence[float]) -> dict[str, float | int]:
    milliseconds = {"p50": statistics.median(taken), "p99": _p99(taken), "worst": max(taken)}
    return {"n": len(taken), **{name: round(1000 * one, 2) for name, one in milliseconds.items()}}


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="./run bench command", description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON object")
    parser.add_argument("--rounds", type=int, default=400)
    parser.add_argument("--asked", type=int, default=40, help="commands given at the hub's own door")
    options = parser.parse_args(arguments)
    measured = measure(rounds=options.rounds, asked=options.asked)
    if options.json:
        print(json.dumps(measured))
    else:
        for name, value in measured.items():
            print(f"{name:30} {value}")
    return 0 if measured["within"] else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
