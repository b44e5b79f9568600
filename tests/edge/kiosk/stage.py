"""A cabinet and a station on a stage: real flows over made-up grants, and the agent's end of the kiosk's socket."""

import json
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec

from custody.archiving import SCANNING_QUEUE, Progress
from custody.desk import Desk, prompt, step
from custody.events import Part, PlaceKind, StationKind, Step
from custody.flows.grammar import BadgeTapped, Prompt, Sound, Stimulus
from custody.grants import Grants, KnownPlace, KnownVolume, Person, Role, badge_digest
from custody.identifiers import LabelKind, PersonId, PlaceId, VolumeId, make_label
from custody.knowledge import View
from custody.messages import Compartment, DoorState
from custody.refusals import fields_of
from hardware.wiring import load_wiring

MODEL = Path(__file__).parents[3] / "hardware" / "cabinets" / "8a80-48" / "wiring.toml"
NOW = 1_790_000_000_000  # a Monday in September 2026
HOUR = 3_600_000
KEY = "00" * 32
LABELS = tuple(make_label(LabelKind.VOLUME, serial).text for serial in range(12))
SHELF = make_label(LabelKind.PLACE, 1).text
CLERK, JUDGE, OPERATOR = "clerk", "judge", "operator"
CASE = "（2026）辽0802民初1123号"


def people() -> tuple[Person, ...]:
    def person(identity: str, name: str, *roles: Role) -> Person:
        return Person(
            id=PersonId(identity), name=name, roles=frozenset(roles), badge=badge_digest(f"B-{identity}", key=KEY)
        )

    return (
        person(CLERK, "王敏", Role.STAFF),
        person(JUDGE, "李建国", Role.STAFF),
        person(OPERATOR, "赵晓蕾", Role.OPERATOR),
    )


def volume(number: int, **known: Any) -> KnownVolume:
    """The volume whose label is ``LABELS[number]``."""
    part = Part.CONFIDENTIAL if number in (3, 7) else Part.MAIN
    name = "副卷" if part is Part.CONFIDENTIAL else "正卷"
    about: dict[str, Any] = {
        "id": VolumeId(f"v{number}"),
        "labels": (LABELS[number],),
        "title": f"{CASE} {name} {number + 1}/12",
        "part": part,
        "recipient": SCANNING_QUEUE,
        "since": NOW - 5 * HOUR,
    }
    return KnownVolume(**{**about, **known})


def compartments() -> tuple[Compartment, ...]:
    """The cabinet that is delivered: 48 compartments, eight rows of six."""
    return tuple(
        Compartment(
            place=PlaceId(f"cab-1.{one.name}"),
            number=one.name,
            size=one.size,
            row=one.row - 1,
            column=one.column - 1,
            door=DoorState.CLOSED,
        )
        for one in load_wiring(MODEL).compartments
    )


class Stage:
    """A desk, what it knows, and what its agent would show. Records are not kept: no test here is about them."""

    def __init__(self, kind: StationKind, *volumes: KnownVolume) -> None:
        cabinet = kind is StationKind.CABINET
        grants = Grants(
            hub_epoch="0" * 16,
            version=1,
            issued=NOW - HOUR,
            expires=NOW + 100 * HOUR,
            badge_key=KEY,
            upto=("", 0),
            people=people(),
            places=(KnownPlace(id=PlaceId("shelf-a1"), kind=PlaceKind.SHELF, name="A1", label=SHELF),),
            names={SCANNING_QUEUE: "扫描组"},
        )
        self.desk = Desk()
        self.view = View(
            kind=kind,
            place=PlaceId("cab-1" if cabinet else "sta-1"),
            now=NOW,
            new_id="a1",
            grants=grants,
            volumes={one.id: one for one in volumes},
            compartments={one.place: one for one in compartments()} if cabinet else {},
        )
        self.sound: str | None = None
        self.over: dict[str, Any] = {}

    def tell(self, *stimuli: Stimulus) -> "Stage":
        for stimulus in stimuli:
            self.desk, effects = step(self.desk, stimulus, self.view)
            sounds = [one for one in effects if isinstance(one, Sound)]
            self.sound = None if not sounds else "good" if sounds[-1].good else "bad"
        return self

    def badge(self, person: str) -> "Stage":
        return self.tell(BadgeTapped(f"B-{person}"))

    def door(self, number: str, state: DoorState, *, blocked: bool = False) -> "Stage":
        place = PlaceId(f"cab-1.{number}")
        changed = replace(self.view.compartments[place], door=state, blocked=blocked)
        self.view = replace(self.view, compartments={**self.view.compartments, place: changed})
        return self

    def but(self, **over: Any) -> "Stage":
        """Say something else than what follows from the desk."""
        self.over.update(over)
        return self

    def show(self) -> dict[str, Any]:
        """The picture, as the agent would send it."""
        return self.showing(prompt(self.desk, self.view))

    def showing(self, drawn: Prompt) -> dict[str, Any]:
        """The picture with this prompt on it."""
        person = None if self.desk.person is None else self.view.person(self.desk.person)
        refusal = None if drawn.refusal is None else {"code": drawn.refusal.code, "fields": fields_of(drawn.refusal)}
        cabinet = self.view.kind is StationKind.CABINET
        shown = {
            "prompt": {**msgspec.to_builtins(replace(drawn, refusal=None)), "refusal": refusal},
            "turn": self.desk.turn,
            "person": None if person is None else person.name,
            "station": {
                "id": self.view.place,
                "name": "1 号柜" if cabinet else "1 号扫描站",
                "kind": self.view.kind.value,
                "court": "鲅鱼圈区人民法院",
            },
            "compartments": [
                {**msgspec.to_builtins(one), "free": not self.view.lying_in(one.place)}
                for one in self.view.compartments.values()
            ],
            "waiting": [{"initials": "W.M.", "count": 3}, {"initials": "L.J.G.", "count": 1}] if cabinet else [],
            "free": {"L": 4, "M": 3, "S": 14} if cabinet else {},
            "network": "online",
            "journal": {"waiting": 0, "room_days": 6.4, "oldest": None},
            "sound": self.sound,
            "time_ms": NOW,
        }
        return {"show": {**shown, **self.over}}


class ScriptedAgent:
    """The agent's end of ``kiosk.sock``: shows what it is told to, and keeps what it hears."""

    def __init__(self, path: Path) -> None:
        self.heard: list[Mapping[str, Any]] = []
        self._picture: bytes | None = None
        self._kiosks: list[socket.socket] = []
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        path.unlink(missing_ok=True)
        self._listener.bind(str(path))
        self._listener.listen()
        threading.Thread(target=self._accept, daemon=True).start()

    def show(self, picture: Mapping[str, Any]) -> None:
        """Show this, now and to every kiosk that comes."""
        self.send(json.dumps(picture).encode() + b"\n")

    def send(self, line: bytes) -> None:
        self._picture = line
        for kiosk in self._kiosks:
            kiosk.sendall(line)

    def stop(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for kiosk in self._kiosks:
            kiosk.shutdown(socket.SHUT_RDWR)
            kiosk.close()

    def _accept(self) -> None:
        while True:
            try:
                kiosk, _ = self._listener.accept()
            except OSError:
                return
            self._kiosks.append(kiosk)
            if self._picture is not None:
                kiosk.sendall(self._picture)
            threading.Thread(target=self._listen, args=(kiosk,), daemon=True).start()

    def _listen(self, kiosk: socket.socket) -> None:
        with kiosk.makefile("rb") as lines:
            try:
                self.heard.extend(json.loads(line) for line in lines)
            except (OSError, ValueError):
                return


@contextmanager
def agent(path: Path) -> Iterator[ScriptedAgent]:
    running = ScriptedAgent(path)
    try:
        yield running
    finally:
        running.stop()


def ready(number: int, done: Step, *, pages: int = 120) -> KnownVolume:
    """A volume that lies at the station with this step done by somebody else."""
    progress = Progress(done=done, declared=pages)
    return volume(number, place=PlaceId("sta-1"), progress=progress)
