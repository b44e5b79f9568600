"""The processes of a soak: broker, hub, a cabinet with simulated steel, stations under load, and the wires.

Every process is the one a court runs; every wire to the broker goes through a fault proxy.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing, suppress
from pathlib import Path

from custody.archiving import SCANNING_QUEUE
from custody.identifiers import StationId
from demo import truth
from demo.broker import Broker
from demo.commands import edge_command, hub_command
from demo.court import COURT, COURT_NAME, PEOPLE, cases_csv
from demo.processes import LOOPBACK, Child, answers, free_port, wait_until
from hardware.simulated.control import SimulatedBench
from tests.edge.outpost import WIRING
from tests.support.fault_proxy import FaultProxy

__all__ = ["CABINET", "Court", "Post"]

CABINET = StationId("cab-1")
_HUB = StationId("hub-1")
_FAKETIME = next(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"), None)
_SMALL_DISK = "160m"
_SETTLED_WITHIN = 240.0


class Post:
    """One station: its folder on a small disk of its own, its agent, its wire."""

    def __init__(self, court: Court, number: int, *, rate: int) -> None:
        self.station = StationId(f"cab-{number + 1}")
        self.folder = court.root / "stations" / self.station
        self.disk = self.folder.parent / f"{self.station}-disk"
        self.wire = FaultProxy(court.broker_port, seed=number).start()
        self.clock = court.root / f"{self.station}.clock"
        self.clock.write_text("+0")
        self.steel = number == 0
        self.devices = court.root / f"{self.station}-devices"
        self.devices.mkdir()
        control = "--trusting" if court.trusting else ""
        words = [sys.executable, "-m", "tests.soak.loaded_edge", "--station", str(self.folder)]
        words += ["--ports", str(self.devices), "--rate", str(rate), *([control] if control else [])]
        self.agent = _Faked(f"{self.station} agent", words, log=court.logs / f"{self.station}.log", clock=self.clock)
        self.hardware: Child | None = None
        if self.steel:
            socket = self.devices / "control.sock"
            self.bench = SimulatedBench(socket)
            self.hardware = Child(
                f"{self.station} hardware",
                (
                    *(sys.executable, "-m", "hardware.simulated", "--wiring", str(self.folder / "wiring.toml")),
                    *("--dir", str(self.devices), "--control", str(socket)),
                ),
                log=court.logs / f"{self.station}-hardware.log",
            )

    @property
    def journal(self) -> Path:
        return self.folder / "journal.sqlite"

    @property
    def quiet(self) -> Path:
        return self.folder / "quiet"


class _Faked(Child):
    """A child whose wall clock can be set from outside."""

    def __init__(self, name: str, words: list[str], *, log: Path, clock: Path) -> None:
        faked = (
            "env",
            f"LD_PRELOAD={_FAKETIME}",
            f"FAKETIME_TIMESTAMP_FILE={clock}",
            "FAKETIME_CACHE_DURATION=1",
            "FAKETIME_DONT_FAKE_MONOTONIC=1",
            "FAKETIME_FORCE_MONOTONIC_FIX=1",
        )
        super().__init__(name, [*(faked if _FAKETIME else ()), *words], log=log)


class Court:
    """Leaving it stops every process and removes every file."""

    def __init__(self, root: Path, *, posts: int, rate: int, trusting: bool) -> None:
        self.root, self.trusting = root, trusting
        self.logs = root / "logs"
        self.logs.mkdir(parents=True)
        self.data = root / "hub"
        self.broker_port = free_port()
        self.hub_wire = FaultProxy(self.broker_port, seed=99).start()
        self._http, self._door = free_port(), free_port()
        self._mounted: list[Path] = []
        self.root_fingerprint = ""
        self.badges = {one.id: one.badge for one in PEOPLE}
        self.hub = Child(
            "hub", (sys.executable, "-m", "hub", "run", "--data", str(self.data)), log=self.logs / "hub.log"
        )
        self._count, self._rate = posts, rate
        self.posts: list[Post] = []

    def start(self) -> None:
        """Found the court, enrol the stations, start everything."""
        broker = f"{LOOPBACK}:{self.hub_wire.port}"
        said = self._hub(
            *("init", "--court", COURT, "--name", COURT_NAME, "--host", LOOPBACK, "--broker", broker),
            *("--http", f"{LOOPBACK}:{self._http}", "--plain", "--stations-port", str(self._door)),
        )
        self.root_fingerprint = next(word for word in said.split() if word.count(":") == 15)
        for person in PEOPLE[:3]:
            roles = [word for role in person.roles for word in ("--role", role.value)]
            self._hub("person", person.name, "--id", person.id, "--badge", person.badge, *roles)
        cases = self.root / "cases.csv"
        cases.write_bytes(cases_csv(SCANNING_QUEUE))
        self._hub("import", str(cases))
        self.broker = Broker(self.root / "broker", port=self.broker_port, tls=self.data / "tls", court=COURT, hub=_HUB)
        self.broker.start()
        self.hub.start()
        self.hub.await_ready(lambda: answers(self._http) and answers(self._door), seconds=120)
        self.posts = [Post(self, number, rate=0 if number == 0 else self._rate) for number in range(self._count)]
        for post in self.posts:
            self._enrol(post)
            if post.hardware is not None:
                post.hardware.start()
                post.hardware.await_ready((post.devices / "control.sock").exists)
            post.agent.start()

    @property
    def database(self) -> Path:
        return self.data / "hub.sqlite"

    @property
    def small_disks(self) -> bool:
        """Whether a disk can be filled here without filling the machine's."""
        return bool(self._mounted)

    def revive(self) -> None:
        """As systemd would: what has ended is started again."""
        for child in (self.broker.child, self.hub, *(post.agent for post in self.posts)):
            if not child.running:
                child.start()

    def settle(self) -> bool:
        """All load ends; whether the hub has said within some minutes that it has every entry."""
        for post in self.posts:
            post.quiet.touch()

        def settled() -> bool:
            self.revive()
            return all(_acknowledged(post.journal) for post in self.posts)

        with suppress(Exception):
            wait_until(settled, seconds=_SETTLED_WITHIN, what="acknowledgement of every entry", every=0.5)
        return settled()

    def stop_stations(self) -> None:
        for post in self.posts:
            post.agent.stop()

    def export(self) -> Path:
        file = self.root / "export.jsonl"
        self._hub("export", str(file))
        return file

    def fires(self) -> list[str]:
        return [str(one["compartment"]) for one in self.posts[0].bench.fires()]

    def close(self) -> None:
        for post in self.posts:
            post.agent.stop()
            post.wire.stop()
            if post.hardware is not None:
                post.hardware.stop()
        self.hub.stop()
        if hasattr(self, "broker"):
            self.broker.child.stop()
        self.hub_wire.stop()
        for disk in self._mounted:
            subprocess.run(["umount", "--lazy", str(disk)], check=False, capture_output=True)
        shutil.rmtree(self.root, ignore_errors=True)

    def _enrol(self, post: Post) -> None:
        post.disk.mkdir(parents=True)
        mount = ["mount", "-t", "tmpfs", "-o", f"size={_SMALL_DISK},mode=700", "none", str(post.disk)]
        if os.geteuid() == 0 and subprocess.run(mount, check=False, capture_output=True).returncode == 0:
            self._mounted.append(post.disk)
        post.folder.symlink_to(post.disk / "folder")
        code = self._hub(
            *("enrol", post.station, "--kind", "cabinet", "--name", post.station, "--court-staffed"),
            *("--broker", f"{LOOPBACK}:{post.wire.port}"),
        ).split()[0]
        edge_command("enrol", code, "--station", str(post.disk / "folder"))
        (post.folder / "wiring.toml").write_text(WIRING)
        settings = post.folder / "station.toml"
        settings.write_text(f"{settings.read_text()}time_heard_seconds = 2\nunlock_seconds = 3\n")

    def _hub(self, verb: str, *words: str) -> str:
        return hub_command(verb, *words, data=self.data)


def _acknowledged(journal: Path) -> bool:
    try:
        return truth.acknowledged(journal)
    except sqlite3.Error:
        return False


def newest_nonce(database: Path, station: StationId) -> str:
    """What the hub last heard from a station."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        row = connection.execute("SELECT nonce FROM state WHERE station = ?", (station,)).fetchone()
    return "" if row is None else str(row[0])
