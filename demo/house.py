"""All processes of the demo: broker, hub, simulated cabinet and station, agents, kiosks, bench page.

The court is founded with the same commands an administrator types (``yungui-hub init``, ``enrol``, ``person`` …).
"""

from __future__ import annotations

import sys
import tempfile
import urllib.error
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from custody.archiving import SCANNING_QUEUE
from custody.identifiers import StationId
from demo import truth
from demo.broker import Broker
from demo.commands import edge_command, hub_command
from demo.court import CABINET, COURT, COURT_NAME, FURNITURE, PEOPLE, STATION, cases_csv
from demo.processes import LOOPBACK, Child, DemoError, answers, find_program, free_port, wait_until
from hardware.simulated.control import SimulatedBench

__all__ = ["House", "Ports", "Site"]

HUB = StationId("hub-1")
_MODEL = Path(__file__).resolve().parent.parent / "hardware" / "cabinets" / "8a80-48" / "wiring.toml"
_STATION_WIRING = """\
# 有扫描枪、摄像头和读卡器的工作站 · a station with a label scanner, a camera and a badge reader, and no doors
[station]
kind = "station"

[[reader]]
name = "label"
role = "label"
port = "label"
framing = "cr"

[[reader]]
name = "badge"
role = "badge"
port = "badge"
framing = "cr"

[[camera]]
name = "camera"
role = "label"
port = "camera"
width = 640
height = 360
fps = 8
"""

STATION_CAMERA = "camera"
_LIGHTS = "".join(
    f'\n[[light]]\nname = "{use}"\nuse = "{use}"\npin = {pin}\n'
    for use, pin in zip(("ready", "turn", "done", "wait", "person", "alarm", "buzzer"), range(20, 27), strict=True)
)
"""One light for each thing that a cabinet can say, in a process of their own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    broker: int
    hub: int
    bench: int
    cabinet_kiosk: int
    station_kiosk: int
    door: int

    @classmethod
    def free(cls) -> Ports:
        return cls(
            broker=free_port(),
            hub=free_port(),
            bench=free_port(),
            cabinet_kiosk=free_port(),
            station_kiosk=free_port(),
            door=free_port(),
        )


class Site:
    """One cabinet or station: its folder, the simulated hardware, the agent and the kiosk."""

    def __init__(self, root: Path, station: StationId, *, kiosk_port: int, logs: Path) -> None:
        self.station, self.folder, self.kiosk_port = station, root / station, kiosk_port
        self._devices = root / f"{station}-devices"
        self._devices.mkdir(mode=0o700)
        self.control = self._devices / "control.sock"
        wiring = self.folder / "wiring.toml"
        python = sys.executable
        self.hardware = Child(
            f"{station} hardware",
            (
                *(python, "-m", "hardware.simulated", "--wiring", str(wiring)),
                *("--dir", str(self._devices), "--control", str(self.control)),
            ),
            log=logs / f"{station}-hardware.log",
        )
        self.agent = Child(
            f"{station} agent",
            (python, "-m", "edge", "run", "--station", str(self.folder), "--ports", str(self._devices)),
            log=logs / f"{station}-agent.log",
        )
        self.kiosk = Child(
            f"{station} kiosk",
            (python, "-m", "edge.kiosk", "--station", str(self.folder), "--port", str(kiosk_port)),
            log=logs / f"{station}-kiosk.log",
        )
        self.bench = SimulatedBench(self.control)

    @property
    def screen(self) -> Path:
        return self.folder / "kiosk.sock"

    @property
    def journal(self) -> Path:
        return self.folder / "journal.sqlite"

    def start(self, *, kiosk: bool) -> None:
        self.hardware.start()
        self.hardware.await_ready(self.control.exists)
        self.start_agent()
        if kiosk:
            self.kiosk.start()
            self.kiosk.await_ready(lambda: answers(self.kiosk_port))

    def start_agent(self) -> None:
        self.agent.start()
        self.agent.await_ready(self.screen.exists)

    def kill_agent(self) -> None:
        """kill -9, as a power cut would; the socket's name stays behind."""
        self.agent.kill()
        self.screen.unlink(missing_ok=True)


class House:
    """The demo court on this machine. Leaving it stops every process and, unless kept, removes every file."""

    def __init__(self, *, ports: Ports, password: str, keep: Path | None, lights: bool = False) -> None:
        self.ports, self.password, self._lights = ports, password, lights
        self._temporary = None if keep is not None else tempfile.TemporaryDirectory(prefix="yungui-demo-")
        self.root = keep if keep is not None else Path(str(self._temporary and self._temporary.name))
        self.root.mkdir(parents=True, exist_ok=True)
        self._logs = self.root / "logs"
        self._logs.mkdir(exist_ok=True)
        self._data = self.root / "hub"
        self.root_fingerprint = ""
        self._children: list[Child] = []

    def found(self) -> None:
        """Keys, certificates, stations, people, shelves, cases. ``DemoError`` where a folder is in the way."""
        find_program("mosquitto")
        if self._data.exists():
            raise DemoError(f"{self._data} 已存在,请换一个空文件夹。· {self._data} exists; name an empty folder.")
        http = f"{LOOPBACK}:{self.ports.hub}"
        broker = f"{LOOPBACK}:{self.ports.broker}"
        names = ("--court", COURT, "--name", COURT_NAME, "--host", LOOPBACK)
        ports = ("--broker", broker, "--http", http, "--plain", "--stations-port", str(self.ports.door))
        said = self._hub("init", *names, *ports)
        self.root_fingerprint = _fingerprint(said)
        for person in PEOPLE:
            roles = [word for role in person.roles for word in ("--role", role.value)]
            account = ["--user", person.user, "--password-file", "-"] if person.user else []
            self._hub("person", person.name, "--id", person.id, "--badge", person.badge, *roles, *account)
        for one in FURNITURE:
            self._hub("place", one.id, "--name", one.name, "--label", one.label, "--kind", one.kind)
        cases = self.root / "cases.csv"
        cases.write_bytes(cases_csv(SCANNING_QUEUE))
        self._hub("import", str(cases))

    def start(self, *, screens: bool) -> None:
        """Start everything; ``screens``: kiosk pages and the bench page too."""
        self.begin()
        for site in self.sites:
            site.start(kiosk=screens)

    def begin(self) -> None:
        """Broker and hub, and the stations enrolled; nothing of the stations runs yet."""
        self.broker = Broker(self.root / "broker", port=self.ports.broker, tls=self._data / "tls", court=COURT, hub=HUB)
        self._children.append(self.broker.child)
        self.broker.start()
        self.hub = Child(
            "hub", (sys.executable, "-m", "hub", "run", "--data", str(self._data)), log=self._logs / "hub.log"
        )
        self._children.append(self.hub)
        self.start_hub()
        self.enrol()
        self.cabinet = Site(self.root, CABINET, kiosk_port=self.ports.cabinet_kiosk, logs=self._logs)
        self.station = Site(self.root, STATION, kiosk_port=self.ports.station_kiosk, logs=self._logs)
        for site in (self.cabinet, self.station):
            self._children += [site.hardware, site.agent, site.kiosk]

    def enrol(self) -> None:
        """As a technician does it: a code from the hub that runs, read at the station, which makes its own keys."""
        for station, kind, name, wiring in (
            (CABINET, "cabinet", "一楼大厅 1 号柜", _MODEL.read_text() + (_LIGHTS if self._lights else "")),
            (STATION, "station", "扫描室 1 号工作站", _STATION_WIRING),
        ):
            text = self._hub("enrol", station, "--kind", kind, "--name", name, "--court-staffed").split()[0]
            folder = self.root / station
            edge_command("enrol", text, "--station", str(folder))
            (folder / "wiring.toml").write_text(wiring)
            settings = folder / "station.toml"
            settings.write_text(f"{settings.read_text()}time_heard_seconds = 2\n")

    def start_hub(self) -> None:
        self.hub.start()
        self.hub.await_ready(lambda: _answers_http(f"{self.hub_url}/api/v1/health"))

    def kill_hub_during_ingest(self) -> int:
        """Let a frozen hub go on with what has piled up, and kill -9 it as soon as it has taken in some of that.

        How many entries of the stations it had not committed when it died.
        """
        before = truth.stored(self.hub_database)
        self.hub.freeze(on=False)
        wait_until(lambda: truth.stored(self.hub_database) > before, seconds=60, what="ingest", every=0.001)
        self.hub.kill()
        written = sum(len(truth.in_journal(site.journal)) for site in self.sites)
        return written - truth.stored(self.hub_database)

    def run_beside(self, child: Child) -> None:
        """One more process that goes when the house goes."""
        self._children.append(child)
        child.start()

    @property
    def hub_url(self) -> str:
        return f"http://{LOOPBACK}:{self.ports.hub}"

    @property
    def sites(self) -> Sequence[Site]:
        return (self.cabinet, self.station)

    @property
    def hub_database(self) -> Path:
        return self._data / "hub.sqlite"

    def export(self) -> Path:
        file = self.root / "export.jsonl"
        self._hub("export", str(file))
        return file

    def close(self) -> None:
        """Stop everything, the last started first."""
        for child in reversed(self._children):
            child.stop()
        if self._temporary is not None:
            self._temporary.cleanup()

    def log_of(self, name: str) -> Path:
        return self._logs / f"{name}.log"

    def _hub(self, verb: str, *words: str) -> str:
        """One command of the hub, as an administrator types it."""
        return hub_command(verb, *words, data=self._data, said=self.password)


def _fingerprint(said: str) -> str:
    found = [word for word in said.split() if word.count(":") == 15]
    if not found:
        raise DemoError(f"没有找到根密钥指纹 · no root fingerprint in: {said}")
    return found[0]


def _answers_http(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310 - our own hub on loopback
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False
