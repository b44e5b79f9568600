"""A random walk over the real station, journal and all: no lock fires for what is not signed, fresh, ours and allowed.

The station's own code decides from bytes on; beside it stands a plain account of what was ever allowed. Replays, other
keys, other stations and purposes, old nonces, late arrivals, clocks set back and forth, older grants put back, revoked
people and codes, codes used up or for other volumes, wrong numbers after a badge, somebody who stands there until the
rights or the code have run out, restarts: whatever the order, each lock that fires is one the account expected, and the
good ones do fire.
"""

from __future__ import annotations

import random
import secrets
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from custody import envelope, wire
from custody.archiving import SCANNING_QUEUE
from custody.codes import code_digest
from custody.commands import NONCE_PERIOD
from custody.desk import BadgeTapped
from custody.entries import Clock
from custody.events import Part, StationKind
from custody.flows.grammar import LabelScanned
from custody.grants import Code, Grants, KnownVolume, Person, Role, badge_digest
from custody.identifiers import ActId, CourtId, LabelKind, PersonId, PlaceId, StationId, VolumeId, make_label
from custody.messages import Command, Compartment, DoorState, GrantsMessage, Purpose, State
from custody.refusals import GrantsStale
from custody.topics import Channel, station_topic
from edge.believing import Belief
from edge.core.door import Door, Pulse
from edge.core.scene import Chosen, DoorSensed, Entered, PulseReported, Scene
from edge.core.watch import Watch
from edge.courier import Courier
from edge.custodian import Custodian
from edge.granting import Unopened, open_grants
from edge.journal import Moment, open_journal
from edge.keys import Keys
from edge.link import Arrived, LinkUp
from edge.reporting import Identity
from edge.settings import Settings

COURT, CAB, OTHER = CourtId("court-1"), StationId("cab-1"), StationId("cab-2")
PLACES = tuple(PlaceId(f"cab-1.0{number}") for number in (1, 2, 3))
NOW = 1_790_000_000_000
KEY = "5a" * 32
LABELS = tuple(make_label(LabelKind.VOLUME, number).text for number in range(20))
BADGES = {name: f"badge of {name}" for name in ("wang", "li")}
PINS = {"wang": 271_828}
CODES = {"code-1": 31_415_926, "code-2": 27_182_818}
WEEK = 7 * 86_400_000
BRIEF = 8_000
VALID = 10_000
SLACK = 86_400_000
"""The station's own time may lag so far after weeks without the hub: clocks drift, a restart loses minutes."""


class Clocks:
    """Time as a test has it. ``wall`` is whatever somebody set it to."""

    def __init__(self) -> None:
        self.boot, self.now, self.shift = secrets.token_hex(8), 1_000, 0
        self.real = NOW

    def pass_(self, milliseconds: int) -> None:
        self.now += milliseconds
        self.real += milliseconds

    def uptime(self) -> int:
        return self.now

    def wall(self) -> int:
        return max(self.real + self.shift, 0)

    def quality(self) -> Clock:
        return Clock.UNSYNCHRONISED

    def moment(self) -> Moment:
        return Moment(boot=self.boot, uptime=self.now, time=self.wall(), clock=self.quality())


@dataclass(slots=True)
class Line:
    """The link as it is seen from the hub: what the station says of its nonce."""

    nonces: list[str] = field(default_factory=list)
    issued: dict[str, int] = field(default_factory=dict)
    uptime: Callable[[], int] = lambda: 0

    def open(self, connection: int, *, will_topic: str, will: bytes) -> None:
        self.nonces, self.issued = [], {}

    def send(self, topic: str, payload: bytes, *, retain: bool = False) -> bool:
        if topic.endswith("/state"):
            signed = envelope.split(payload)
            assert isinstance(signed, envelope.Signed)
            state = wire.decode(signed.header, State)
            assert isinstance(state, State)
            if state.nonce not in self.issued:
                self.nonces.append(state.nonce)
                self.issued[state.nonce] = self.uptime()
        return True

    def close(self) -> None:
        pass


class Walk:
    """One station, one hub, and somebody who has recorded everything that ever went over the wire."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.chance, self.folder, self.clocks = random.Random(seed), folder, Clocks()
        self.hub, self.stranger = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
        self.keys = Keys(Ed25519PrivateKey.generate(), X25519PrivateKey.generate())
        self.fired: list[tuple[PlaceId, ActId]] = []
        self.expected = 0
        self.done: set[str] = set()
        self.recorded: list[bytes] = []
        self.version = 0
        self.issued: list[tuple[Grants, bytes]] = []
        self.held: Grants | None = None
        self.used: Counter[str] = Counter()
        self.by: Counter[str] = Counter()  # how often a lock fired for what
        self.journal = open_journal(folder / "journal.sqlite", court=COURT, station=CAB)
        self.line = Line()
        self.begin()

    def begin(self) -> None:
        """Start the agent, with nothing but what is on disk."""
        settings = Settings(
            court=COURT,
            station=CAB,
            kind=StationKind.CABINET,
            name="柜",
            place=PlaceId(CAB),
            broker_host="b",
            broker_port=1,
            hub_key=envelope.raw(self.hub.public_key()).hex(),
            root_fingerprint="r",
        )
        belief = Belief(self.hub.public_key(), court=COURT, station=CAB)
        identity = Identity(settings=settings, keys=self.keys, belief=belief, software="0", wiring="")
        compartments = {
            place: Compartment(place=place, number=place[-2:], size="M", row=0, column=0) for place in PLACES
        }
        built = Scene(
            court=COURT,
            station=CAB,
            kind=StationKind.CABINET,
            place=PlaceId(CAB),
            compartments=compartments,
            doors={place: Door(place) for place in PLACES},
            boards={"A": Watch(places=PLACES)},
        )
        self.custodian = Custodian(
            built,
            journal=self.journal,
            clocks=self.clocks,  # type: ignore[arg-type]
            energise=lambda place, act: self.fired.append((place, act)),
        )
        kept = self.journal.kept("grants")
        grants = None if kept is None else open_grants(kept, belief=belief, sealing=self.keys.sealing)
        assert not isinstance(grants, Unopened)
        self.custodian.start(grants, software="0", wiring="")
        self.line = Line(uptime=self.clocks.uptime)
        self.courier = Courier(
            identity,
            journal=self.journal,
            custodian=self.custodian,
            link=self.line,
            clocks=self.clocks,  # type: ignore[arg-type]
            react=lambda reaction: self.courier.answer(reaction.answers),
        )
        self.courier.tick()
        self.courier.handle(LinkUp(self.courier._connection))
        for place in PLACES:
            self.custodian.meet(DoorSensed("A", place, DoorState.CLOSED))

    # --- what may happen ----------------------------------------------------------------------------------------------

    def restart(self) -> None:
        """A power cut and a new boot; whoever stood there has gone."""
        self.clocks.boot, self.clocks.now = secrets.token_hex(8), 1_000
        self.begin()
        self.leave()

    def shift_clock(self) -> None:
        self.clocks.shift = self.chance.choice((0, -400 * 86_400_000, 400 * 86_400_000, -NOW))

    def wait(self) -> None:
        self.clocks.pass_(self.chance.choice((100, 5_000, 29_000, 60_000)))
        self.courier.tick()
        self.custodian.tick()

    def wait_long(self) -> None:
        """Days pass; the station hears nothing of the hub."""
        self.clocks.pass_(self.chance.choice((WEEK // 3, WEEK)))
        self.custodian.tick()
        self.courier.tick()
        self.leave()

    def command(self) -> None:
        """A good command, or one that is wrong in some way."""
        nonce = self.line.nonces[-1]
        good = Command(
            command=f"c-{self.chance.randrange(2**40):x}",
            court=COURT,
            station=CAB,
            nonce=nonce,
            place=self.chance.choice(PLACES),
            person=PersonId("admin"),
            reason="repair",
            valid=VALID,
        )
        key, purpose, late = self.hub, Purpose.COMMAND, 0
        match self.chance.randrange(10):
            case 0:
                key = self.stranger
            case 1:
                purpose = Purpose.ACK
            case 2:
                good = replace(good, station=OTHER)
            case 3:
                good = replace(good, court=CourtId("court-2"))
            case 4:
                good = replace(good, nonce=secrets.token_hex(16))
            case 5:
                late = NONCE_PERIOD + VALID + 1
            case 6:
                good = replace(good, place=PlaceId("cab-1.99"))
            case _:
                pass
        message = envelope.sign(wire.encode(good), purpose=purpose, key=key)
        if self.chance.randrange(12) == 0:
            spoiled = bytearray(message)
            spoiled[self.chance.randrange(len(spoiled))] ^= 1 << self.chance.randrange(8)
            message = bytes(spoiled) if bytes(spoiled) != message else message
        self.clocks.pass_(late)
        self.recorded.append(message)
        self.deliver(message)

    def replay(self) -> None:
        if self.recorded:
            self.deliver(self.chance.choice(self.recorded))

    def deliver(self, message: bytes) -> None:
        place = self.allowed(message)
        before = len(self.fired)
        self.arrive(Channel.COMMANDS, message)
        now = self.fired[before:]
        assert [one for one, _ in now] == ([] if place is None else [place])
        self.expected += len(now)
        self.settle(now)

    def allowed(self, message: bytes) -> PlaceId | None:
        """The plain account: where a lock may fire for these bytes, now."""
        signed = envelope.verify(message, purpose=Purpose.COMMAND, key_of=lambda _: self.hub.public_key())
        if isinstance(signed, envelope.Rejected) or signed.key_id != envelope.key_id(self.hub.public_key()):
            return None
        command = wire.decode(signed.header, Command)
        if not isinstance(command, Command) or (command.court, command.station) != (COURT, CAB):
            return None
        if command.command in self.done:
            return None
        self.done.add(command.command)
        issued = self.line.issued.get(command.nonce)
        if issued is None or self.clocks.now > issued + NONCE_PERIOD + command.valid:
            return None
        view = self.custodian.view()
        place = view.compartments.get(command.place)
        free = self.custodian.scene.desk.person is None
        return command.place if place is not None and not place.blocked and free else None

    def arrive(self, channel: Channel, payload: bytes) -> None:
        topic = station_topic(COURT, CAB, channel)
        self.courier.handle(Arrived(self.courier._connection, topic, payload))

    def settle(self, fired: list[tuple[PlaceId, ActId]]) -> None:
        """Doors open and close as they do, so that the next act finds them shut."""
        for place, act in fired:
            self.custodian.meet(PulseReported(place, act, Pulse.ACKNOWLEDGED))
            self.custodian.meet(DoorSensed("A", place, DoorState.OPEN))
            self.custodian.meet(DoorSensed("A", place, DoorState.CLOSED))

    # --- grants and people --------------------------------------------------------------------------------------------

    def grant(self, *, lasts: int = WEEK, code_lasts: int = WEEK, everybody: bool = False) -> None:
        """New grants: with everybody, or with somebody's badge revoked; now and then by somebody who is not the hub.

        At times the hub has everything, so it knows this chain and says where the volumes lie; at times nothing.
        """
        self.version += 1
        known = [name for name in BADGES if everybody or self.chance.random() < 0.7]
        heard = everybody or self.chance.random() < 0.7
        current = self.journal.current
        assert current is not None
        bare = {
            VolumeId(f"v-{n}"): KnownVolume(
                id=VolumeId(f"v-{n}"), labels=(label,), title=f"{n}", part=Part.MAIN, recipient=SCANNING_QUEUE
            )
            for n, label in enumerate(LABELS)
        }
        volumes = {**bare, **self.custodian.scene.volumes} if heard else bare
        grants = Grants(
            hub_epoch="h1",
            version=self.version,
            issued=self.clocks.real,
            expires=self.clocks.real + lasts,
            badge_key=KEY,
            upto=(current.epoch, current.tip) if heard else ("", 0),
            people=tuple(
                Person(
                    id=PersonId(name),
                    name=name,
                    roles=frozenset({Role.STAFF}),
                    badge=badge_digest(BADGES[name], key=KEY),
                    pin=code_digest(str(PINS[name]), key=KEY) if name in PINS else None,
                )
                for name in known
            ),
            volumes=tuple(volumes.values()),
            codes=tuple(
                Code(
                    id=one,
                    digest=code_digest(str(digits), key=KEY),
                    person=PersonId("li"),
                    volumes=frozenset(bare if one == "code-1" else (VolumeId("v-3"), VolumeId("v-4"))),
                    since=self.clocks.real - 1,
                    until=self.clocks.real + code_lasts,
                    uses=self.used[one] + self.chance.randrange(3),
                    used=self.used[one] if heard else 0,
                )
                for one, digits in CODES.items()
                if everybody or self.chance.random() < 0.7
            ),
        )
        forged = not everybody and self.chance.randrange(5) == 0
        message = self.sealed(grants, key=self.stranger if forged else self.hub)
        if not forged:
            self.issued.append((grants, message))
            self.held = grants
        self.arrive(Channel.GRANTS, message)

    def old_grants(self) -> None:
        """Somebody plays older ones again, or another station's."""
        if self.issued:
            grants, message = self.chance.choice(self.issued)
            if self.chance.random() < 0.3:
                message = self.sealed(replace(grants, version=self.version + 100), key=self.hub, station=OTHER)
            self.arrive(Channel.GRANTS, message)
        held = self.custodian.scene.grants
        assert (None if held is None else held.version) == (None if self.held is None else self.held.version)

    def sealed(self, grants: Grants, *, key: Ed25519PrivateKey, station: StationId = CAB) -> bytes:
        box = envelope.seal(
            wire.pack_grants(grants), recipient=self.keys.sealing.public_key(), ephemeral=X25519PrivateKey.generate()
        )
        header = GrantsMessage(
            court=COURT, station=station, hub_epoch=grants.hub_epoch, version=grants.version, sealed=box
        )
        return envelope.sign(wire.encode(header), purpose=Purpose.GRANTS, key=key)

    def person(self) -> None:
        """Somebody taps a badge and scans a volume to deposit it: the door opens for whom the newest grants name."""
        name = self.chance.choice((*BADGES, "nobody"))
        label = self.chance.choice(LABELS)
        number = self.chance.choice((PINS[name], PINS[name], 161_803, None)) if name in PINS else None
        self.leave()
        may = self.fresh() and any(one.id == name for one in self.people()) and number == PINS.get(name)
        before = len(self.fired)
        self.signs_in(name, number)
        held = self.held
        if held is not None and self.clocks.real < held.expires:  # no clock that is set makes good grants stale
            assert not isinstance(self.custodian.scene.desk.refusal, GrantsStale)
        self.custodian.meet(LabelScanned(label))
        self.count(before, "badge", may=may)
        self.leave()

    def signs_in(self, name: str, number: int | None) -> None:
        """With a badge, and the number if one is asked for and there is one to key in."""
        self.custodian.meet(BadgeTapped(BADGES.get(name, "another court's badge")))
        if number is not None and self.custodian.scene.desk.proving is not None:
            self.custodian.meet(Entered(number, self.turn))

    def coded(self) -> None:
        """Somebody without a badge keys in a code: it opens what it is for, as often as it says, and nothing else."""
        self.leave()
        self.enter(self.chance.choice((*CODES, "")))
        self.leave()

    def enter(self, one: str) -> list[tuple[PlaceId, ActId]]:
        code = None if self.held is None else next((code for code in self.held.codes if code.id == one), None)
        current, held = self.journal.current, self.held
        assert current is not None
        may = (
            code is not None
            and held is not None
            and self.fresh()
            and held.upto[0] == current.epoch
            and self.clocks.real < code.until + SLACK
            and self.used[one] < code.uses
            and any(person.id == code.person for person in self.people())
        )
        before = len(self.fired)
        self.custodian.meet(Chosen("enter_code", self.turn))
        self.custodian.meet(Entered(CODES.get(one, 99_999_999), self.turn))
        now = self.fired[before:]
        lying = {volume.id for place, _ in now for volume in self.custodian.view().lying_in(place)}
        assert code is not None or not now
        assert code is None or lying <= code.volumes
        self.used[one] += self.custodian.scene.desk.session is not None
        self.count(before, "code", may=may)
        return now

    def lingers(self) -> None:
        """Somebody was let in, by badge or by code, and stands there until it is over: no door opens then."""
        self.leave()
        by_code = self.chance.random() < 0.5
        self.grant(lasts=WEEK if by_code else BRIEF, code_lasts=BRIEF, everybody=True)
        opened = bool(by_code and self.enter("code-1"))
        if not by_code:
            self.signs_in("wang", PINS["wang"])
        if opened:
            self.custodian.meet(Chosen("still_inside", self.turn))
        before = len(self.fired)
        self.clocks.pass_(BRIEF + 1_000)
        self.custodian.tick()
        self.by["lingered"] += self.custodian.scene.desk.person is not None
        for stimulus in (Chosen("open_next", self.turn), Chosen("collect", self.turn), LabelScanned(LABELS[0])):
            self.custodian.meet(stimulus)
        assert self.fired[before:] == []
        self.leave()

    def count(self, before: int, what: str, *, may: bool) -> None:
        now = self.fired[before:]
        assert may or not now
        self.expected += len(now)
        self.by[what] += len(now)
        self.settle(now)

    def fresh(self) -> bool:
        return self.held is not None and self.clocks.real < self.held.expires + SLACK

    def people(self) -> tuple[Person, ...]:
        return () if self.held is None else self.held.people

    @property
    def turn(self) -> int:
        return self.custodian.scene.desk.turn

    def leave(self) -> None:
        """Whoever stood there has been gone for long enough."""
        for _ in range(6):
            until = self.custodian.scene.patient_until
            if self.custodian.scene.desk.person is None and until is None:
                return
            self.clocks.pass_(max((until or 0) - self.clocks.now, 0) + 1)
            self.custodian.tick()
            self.courier.tick()


STEPS = (
    (Walk.command, 8),
    (Walk.replay, 5),
    (Walk.person, 6),
    (Walk.wait, 4),
    (Walk.coded, 4),
    (Walk.lingers, 2),
    (Walk.grant, 3),
    (Walk.old_grants, 3),
    (Walk.shift_clock, 2),
    (Walk.wait_long, 1),
    (Walk.restart, 1),
)


@pytest.mark.parametrize("seed", range(20))
def test_no_lock_fires_for_what_was_not_allowed(tmp_path: Path, seed: int) -> None:
    walk = Walk(tmp_path, seed)
    steps, weights = zip(*STEPS, strict=True)
    for step in walk.chance.choices(steps, weights, k=150):
        before = len(walk.fired)
        expected = walk.expected
        step(walk)
        assert len(walk.fired) - before == walk.expected - expected

    assert len({act for _, act in walk.fired}) == len(walk.fired)
    assert walk.fired, "a walk in which nothing ever opens proves nothing"
    assert walk.by["badge"] and walk.by["lingered"]
    walk.journal.close()
