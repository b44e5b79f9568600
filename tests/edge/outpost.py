"""A whole station for tests: its folder as enrolment makes it, the simulated bench, the agent, a kiosk's end."""

import json
import secrets
import socket
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from custody import envelope
from custody.archiving import SCANNING_QUEUE
from custody.events import Part
from custody.grants import Grants, KnownVolume, Person, Role, badge_digest
from custody.identifiers import LabelKind, PersonId, VolumeId, make_label
from edge.kiosk.shown import parse_show
from hardware.simulated.control import SimulatedBench
from tests.edge.hub_end import HUB_EPOCH, HubEnd
from tests.support.broker import Broker
from tests.support.ports import wait_until
from tests.support.processes import Process

COURT, STATION = "court-1", "cab-1"
BADGE_KEY = "5a" * 32
BADGES = {name: make_label(LabelKind.BADGE, number).text for number, name in enumerate(("wang-min", "li-qiang"))}
LABELS = tuple(make_label(LabelKind.VOLUME, number).text for number in range(8))

WIRING = """
[station]
kind = "cabinet"
[cabinet]
rows = 2
columns = 3
[[bus]]
name = "bus0"
port = "bus0"
poll_ms = 40
[[board]]
name = "A"
bus = "bus0"
family = "8a80"
address = 1
channels = 24
status_bytes = 3
closed = "11"
compartments = "01-06"
size = "M"
[[reader]]
name = "label"
role = "label"
port = "label"
[[reader]]
name = "badge"
role = "badge"
port = "badge"
"""

STATION_WIRING = """
[station]
kind = "station"
[[reader]]
name = "label"
role = "label"
port = "label"
[[reader]]
name = "badge"
role = "badge"
port = "badge"
"""


def grants(*, version: int = 1, days: float = 7, **changes: Any) -> Grants:
    """王敏 of the court, 李强 the contractor's porter, eight volumes for the scanning queue."""
    now = time.time_ns() // 1_000_000
    people = tuple(
        Person(
            id=PersonId(name),
            name={"wang-min": "王敏", "li-qiang": "李强"}[name],
            roles=frozenset({Role.STAFF if name == "wang-min" else Role.OPERATOR}),
            badge=badge_digest(badge, key=BADGE_KEY),
        )
        for name, badge in BADGES.items()
    )
    volumes = tuple(
        KnownVolume(
            id=VolumeId(f"v-{number}"),
            labels=(label,),
            title=f"（2026）辽0802民初{100 + number}号 正卷 1/1",
            part=Part.MAIN,
            recipient=SCANNING_QUEUE,
        )
        for number, label in enumerate(LABELS)
    )
    fields = {
        "hub_epoch": HUB_EPOCH,
        "version": version,
        "issued": now,
        "expires": now + int(days * 86_400_000),
        "badge_key": BADGE_KEY,
        "upto": ("", 0),
        "people": people,
        "volumes": volumes,
        "names": {SCANNING_QUEUE: "扫描"},
    }
    return Grants(**{**fields, **changes})


class Kiosk:
    """The kiosk's end of the agent's socket: the newest picture, and touches."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.shown: dict[str, Any] = {}
        self.sounds: list[str] = []
        self._socket: socket.socket | None = None
        threading.Thread(target=self._listen, daemon=True).start()

    @property
    def headline(self) -> str:
        return str(self.shown.get("prompt", {}).get("headline", {}).get("key", ""))

    @property
    def refusal(self) -> str:
        return str((self.shown.get("prompt", {}).get("refusal") or {}).get("code", ""))

    def choose(self, choice: str) -> None:
        self._tell({"chosen": choice, "turn": self.shown["turn"]})

    def enter(self, number: int) -> None:
        self._tell({"number": number, "turn": self.shown["turn"]})

    def say(self, line: bytes) -> None:
        assert self._socket is not None
        self._socket.sendall(line + b"\n")

    def await_headline(self, key: str, *, seconds: float = 30) -> None:
        try:
            wait_until(lambda: self.headline == key, seconds=seconds, what=f"the headline {key}")
        except AssertionError as late:
            raise AssertionError(f"{late}; it is {self.headline} with refusal {self.refusal}") from None

    def _tell(self, touch: dict[str, Any]) -> None:
        self.say(json.dumps(touch).encode())

    def _listen(self) -> None:
        while True:
            with suppress(OSError), socket.socket(socket.AF_UNIX) as line:
                line.connect(str(self._path))
                self._socket = line
                with line.makefile("rb") as pictures:
                    for picture in pictures:
                        parse_show(picture)  # the kiosk reads every picture there is
                        self.shown = json.loads(picture)["show"]
                        if self.shown["sound"]:
                            self.sounds.append(self.shown["sound"])
            self.shown = {}
            time.sleep(0.05)


class Outpost:
    """One station and its surroundings. Leaving the `with` block stops them."""

    def __init__(self, folder: Path, broker: Broker, *, kind: str = "cabinet", settings: str = "") -> None:
        assert broker.security is not None
        self.folder, self.kind = folder / "s", kind
        self.signing, self.sealing = Ed25519PrivateKey.generate(), X25519PrivateKey.generate()
        authority = broker.security.authority
        self.hub = HubEnd(
            broker,
            authority.issue("hub-1"),
            court=COURT,
            station=STATION,
            station_key=self.signing.public_key(),
        )
        self._enrol(broker, settings)
        ports, control = folder / "ports", folder / "control"
        self.agent = Process(
            [sys.executable, "-m", "edge", "run", "--station", str(self.folder), "--ports", str(ports)],
            log=folder / "agent.log",
        )
        self._bench = Process(
            [
                *(sys.executable, "-m", "hardware.simulated"),
                *(f"--wiring={self.folder / 'wiring.toml'}", f"--dir={ports}", f"--control={control}"),
            ],
            log=folder / "bench.log",
        )
        self.hands = SimulatedBench(control)
        self.kiosk = Kiosk(self.folder / "kiosk.sock")

    def start(self, given: Grants | None = None) -> "Outpost":
        """Everything runs, grants are in, every door was read."""
        self._bench.start()
        self._bench.wait_ready(lambda: "ready" in self._bench.output)
        self.agent.start()
        self.agent.wait_ready(lambda: (self.folder / "kiosk.sock").exists())
        self.hub.__enter__()
        if given is not None:
            self.hub.grant(given, to=self.sealing.public_key())
            self.hub.await_state(lambda state: state.grants_version == given.version, what="accepted grants")
        if self.kind == "cabinet":
            self.await_doors(lambda doors: set(doors.values()) == {"closed"})
        return self

    def restart_agent(self) -> None:
        self.agent.start()
        self.agent.wait_ready(lambda: self.agent.output.count("started: software=") >= 2)

    def await_doors(self, hold: Callable[[dict[str, str]], bool]) -> None:
        def doors() -> dict[str, str]:
            return {one["number"]: one["door"] for one in self.kiosk.shown.get("compartments", [])}

        wait_until(lambda: bool(doors()) and hold(doors()), what="the doors")

    def tap(self, person: str) -> None:
        self.hands.scan("badge", BADGES[person])

    def scan(self, number: int) -> None:
        self.hands.scan("label", LABELS[number])

    def sign_in(self, person: str) -> None:
        self.tap(person)
        self.kiosk.await_headline("home.headline")

    def sign_in_again(self, person: str) -> None:
        """After the person before has gone home."""
        wait_until(
            lambda: self.kiosk.headline in ("rest.headline", "home.headline"),
            what=f"the end of the session ({self.kiosk.headline}, {self.kiosk.refusal})",
        )
        if self.kiosk.headline == "rest.headline":
            self.sign_in(person)

    def deposit(self, volume: int, compartment: str, person: str = "wang-min") -> None:
        """One volume, from the badge to the closed door."""
        self.sign_in(person)
        self.scan(volume)
        self.pull(compartment)
        self.kiosk.await_headline("deposit.placing.headline")
        self.push(compartment)
        self.kiosk.await_headline("deposit.done.headline")

    def pull(self, compartment: str) -> None:
        wait_until(lambda: self.hands.pull(compartment) != "held", what=f"door {compartment} coming open")

    def push(self, compartment: str) -> None:
        wait_until(lambda: self.hands.push(compartment) != "held", what=f"door {compartment} closing")

    def stop(self) -> None:
        self.agent.stop()
        self._bench.stop()
        if self.hub._client is not None:
            self.hub.__exit__()

    def __enter__(self) -> "Outpost":
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _enrol(self, broker: Broker, settings: str) -> None:
        assert broker.security is not None
        for part in ("keys", "tls"):
            (self.folder / part).mkdir(parents=True)
        for name, key in (("signing", self.signing), ("sealing", self.sealing)):
            pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
            (self.folder / "keys" / f"{name}.pem").write_bytes(pem)
        station = broker.security.authority.issue(STATION)
        (self.folder / "tls" / "ca.crt").write_bytes(broker.security.authority.certificate.read_bytes())
        (self.folder / "tls" / "station.crt").write_bytes(station.certificate.read_bytes())
        (self.folder / "tls" / "station.key").write_bytes(station.key.read_bytes())
        wiring = WIRING if self.kind == "cabinet" else STATION_WIRING
        (self.folder / "wiring.toml").write_text(wiring)
        hub_key = self.hub.key.public_key()
        (self.folder / "station.toml").write_text(
            f'court = "{COURT}"\nstation = "{STATION}"\nkind = "{self.kind}"\nname = "1 号柜"\nplace = "{STATION}"\n'
            f'broker_host = "{broker.host}"\nbroker_port = {broker.port}\nhub_key = "{envelope.raw(hub_key).hex()}"\n'
            f'root_fingerprint = "{secrets.token_hex(4)}"\ntime_heard_seconds = 1\n{settings}\n'
        )
