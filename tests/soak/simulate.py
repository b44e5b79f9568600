"""``./run soak simulate``: edges, broker and hub in one thread, one seed a history; invariants after every step.

The pure cores are the real ones, and so are journal, custodian, courier and, where asked, ingest and database.
Processes die at numbered boundaries, the broker forgets, repeats and reorders, cards and databases are restored, clocks
jump, disks fill up.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import logging
import multiprocessing
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from unittest.mock import patch

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from custody import envelope, wire
from custody.grants import Grants
from custody.identifiers import PersonId, PlaceId
from custody.messages import Command, GrantsMessage, State
from custody.topics import Channel, station_topic
from edge.core import outbox
from edge.core.scene import Chosen
from edge.link import Arrived, LinkDown
from hardware.ports import Scanned
from hub.outgoing import Outgoing, Voice
from tests.edge.outpost import BADGES, LABELS, grants
from tests.soak.sim_edge import COURT, DOORS, Cabinet
from tests.soak.sim_hub import HUB_EPOCH, LightHub, RealHub, SimHub, Template
from tests.soak.sim_world import POINTS, Crash, Letter, Violated, World
from tests.soak.trusting import TrustingCourier

__all__ = ["History", "Outcome", "Report", "every_crash", "founded", "live", "main"]

_CALM_TURNS = 4_000


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """What is lived: ``crash_at`` kills who crosses that boundary, counted from 1; without ``faults`` it is calm."""

    seed: int
    steps: int = 120
    cabinets: int = 2
    faults: bool = True
    crash_at: int | None = None
    store: bool = False
    trusting: bool = False  # the negative control


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """``digest`` says whether two histories are the same; ``wrong`` what must never be, if it was."""

    seed: int
    events: int
    crossed: int
    seen: Counter[str]
    died: Counter[str]
    faults: Counter[str]
    fired: int
    digest: str
    wrong: str = ""


def live(history: History, *, template: Template | None = None) -> Outcome:
    """One history from its seed."""
    with tempfile.TemporaryDirectory(prefix="yungui-sim-", dir=_memory()) as folder:
        world = World(history.seed)
        random.seed(history.seed)
        with patch("secrets.token_hex", world.token):
            court = _Court(world, history, Path(folder), template)
            wrong = ""
            try:
                court.play()
            except Violated as violated:
                wrong = str(violated)
            finally:
                court.close()
        return Outcome(
            seed=history.seed,
            events=sum(map(len, world.written.values())),
            crossed=world.points.crossed,
            seen=world.points.seen,
            died=world.points.died,
            faults=world.faults,
            fired=sum(len(one.fired) for one in court.cabinets),
            digest=court.digest.hexdigest(),
            wrong=wrong,
        )


class _Court:
    """Cabinets, one hub, and everything that happens to them."""

    def __init__(self, world: World, history: History, folder: Path, template: Template | None) -> None:
        self.world, self._history = world, history
        self.digest = hashlib.sha256()
        stations = [f"cab-{number + 1}" for number in range(history.cabinets)]
        signing = {one: Ed25519PrivateKey.from_private_bytes(bytes([n + 1] * 32)) for n, one in enumerate(stations)}
        sealing = {one: X25519PrivateKey.from_private_bytes(bytes([n + 101] * 32)) for n, one in enumerate(stations)}
        self.hub: SimHub
        if template is not None:
            enrolled = [(one, signing[one].public_key(), sealing[one].public_key()) for one in stations]
            self.hub = RealHub(world, folder / "hub", template, enrolled)
        else:
            self.hub = LightHub(world, COURT, {one: key.public_key() for one, key in signing.items()})
        self.hub_up = True
        self._voice = Voice(COURT, HUB_EPOCH, self.hub.key)
        self._versions: Counter[str] = Counter()
        self._commands: list[Command] = []
        hub_key = self.hub.key.public_key()
        self.cabinets = [Cabinet(world, one, folder / one, hub_key, n + 1) for n, one in enumerate(stations)]
        if history.trusting:
            for cabinet in self.cabinets:
                cabinet.courier_kind = TrustingCourier

    # --- a history --------------------------------------------------------------------------------------------------

    def play(self) -> None:
        world = self.world
        world.points.armed = self._history.crash_at
        world.broker.connect("hub", 1)
        self._hub_says_hello()
        for cabinet in self.cabinets:
            self._guarded(partial(self._begin, cabinet))
        if self._history.faults:
            crashes = random.Random(f"crashes {world.seed}")
            rate = crashes.choice((0.0, 0.002, 0.01, 0.03))
            world.points.chance = lambda: crashes.random() < rate
        for number in range(self._history.steps):
            self._guarded(self._step)
            self._mark(number)
            self._check()
        self._come_to_rest()
        self._check_the_end()

    def _begin(self, cabinet: Cabinet) -> None:
        self._acting = cabinet
        self._grant(cabinet)
        cabinet.start()

    def _guarded(self, deed: Callable[[], None]) -> None:
        try:
            deed()
        except Crash as crash:
            self.world.faults["crash"] += 1
            if str(crash).startswith("hub"):
                self.hub_up = False
                self.hub.restart()
                return
            dying = self._acting
            assert dying is not None
            dying.die()
            if self.world.often(0.3):
                dying.clocks.power_cut()

    _acting: Cabinet | None = None

    def _step(self) -> None:
        world = self.world
        world.now += world.chance.choice((1, 5, 20, 200, 1_000, 6_000) if world.often(0.97) else (30_000, 120_000))
        deeds: list[Callable[[], None]] = [self._deliver] * 8 + [self._turn] * 6 + [self._person] * 5
        deeds += [self._revive] * 2 + [self._command]
        if self._history.faults:
            deeds += [self._fault]
        world.chance.choice(deeds)()
        # Everybody gets on with their queue most of the time.
        for cabinet in self.cabinets:
            if world.often(0.5):
                self._work(cabinet)

    def _work(self, cabinet: Cabinet) -> None:
        self._acting = cabinet
        cabinet.turn()

    # --- what happens -----------------------------------------------------------------------------------------------

    def _turn(self) -> None:
        self._work(self.world.chance.choice(self.cabinets))

    def _revive(self) -> None:
        world = self.world
        if not world.broker.up:
            world.broker.up = True
        if not self.hub_up:
            self._hub_comes_back()
        for cabinet in self.cabinets:
            cabinet.cut_off = False
            if not cabinet.alive:
                self._acting = cabinet
                cabinet.start()

    def _hub_comes_back(self) -> None:
        self.hub_up = True
        broker = self.world.broker
        broker.connections["hub"] = 1
        broker.under_way += broker.held_for_hub  # not acknowledged: delivered once more
        broker.held_for_hub = []
        self._hub_says_hello()

    def _hub_says_hello(self) -> None:
        said = self._voice.presence(online=True, now=self.world.now)
        self.world.broker.publish(said.topic, said.payload, retain=True)

    def _person(self) -> None:
        world = self.world
        cabinet = self._acting = world.chance.choice(self.cabinets)
        number = world.chance.choice(DOORS)
        if world.often(0.4):
            cabinet.push(number)
        elif cabinet.alive:
            nobody = cabinet.custodian.scene.desk.person is None
            chosen = world.chance.random()
            if chosen < (0.8 if nobody else 0.05):
                self._scan(cabinet, "badge", world.chance.choice(list(BADGES.values())))
            elif chosen < 0.9:
                self._scan(cabinet, "label", world.chance.choice(LABELS[:4]))
            else:
                choice = world.chance.choice(("cancel", "retry", "collect", "verify", "finish", "all_taken"))
                cabinet.items.put(Chosen(choice, cabinet.custodian.scene.desk.turn))
        if cabinet.alive:
            cabinet.turn()

    def _scan(self, cabinet: Cabinet, role: str, text: str) -> None:
        cabinet.items.put(Scanned(role, role, text, None, 0.0))

    def _command(self) -> None:
        cabinet = self.world.chance.choice(self.cabinets)
        state = self._last_state(cabinet)
        if state is None or not self.hub_up:
            return
        again = [one for one in self._commands if one.station == cabinet.station]
        command = Command(
            command=f"c-{self.world.token(4)}",
            court=COURT,
            station=cabinet.station,
            nonce=state.nonce,
            place=PlaceId(f"{cabinet.station}.{self.world.chance.choice(DOORS)}"),
            person=PersonId("zhou-jing"),
            reason="inspection",
            valid=10_000,
        )
        if again and self.world.often(0.3):
            command = self.world.chance.choice(again)
        self._commands.append(command)
        self._publish(self._voice.command(command))

    def _last_state(self, cabinet: Cabinet) -> State | None:
        topic = station_topic(COURT, cabinet.station, Channel.STATE)
        said = self.world.broker.retained.get(topic)
        signed = None if said is None else envelope.split(said)
        if not isinstance(signed, envelope.Signed):
            return None
        state = wire.decode(signed.header, State)
        return state if isinstance(state, State) else None

    def _grant(self, cabinet: Cabinet) -> None:
        self._versions[cabinet.station] += 1
        given: Grants = grants(
            version=self._versions[cabinet.station],
            issued=self.world.now,
            expires=self.world.now + 7 * 86_400_000,
            hub_epoch=HUB_EPOCH,
        )
        sealed = envelope.seal(
            wire.pack_grants(given),
            recipient=cabinet.keys.sealing.public_key(),
            ephemeral=X25519PrivateKey.from_private_bytes(bytes([9] * 32)),
        )
        said = GrantsMessage(
            court=COURT, station=cabinet.station, hub_epoch=HUB_EPOCH, version=given.version, sealed=sealed
        )
        self._publish(self._voice.grants(said))

    def _publish(self, outgoing: Outgoing) -> None:
        self.world.broker.publish(outgoing.topic, outgoing.payload, retain=outgoing.retain)

    # --- the wire ---------------------------------------------------------------------------------------------------

    def _deliver(self) -> None:
        """A few letters, in whatever order; some are lost on the way, some come twice."""
        world, broker = self.world, self.world.broker
        for _ in range(world.chance.randrange(1, 6)):
            if not broker.under_way or not broker.up:
                return
            calm = not self._history.faults
            position = 0 if calm or world.often(0.7) else world.chance.randrange(len(broker.under_way))
            letter = broker.under_way[position]
            if letter.to == "hub" and not self.hub_up:
                return
            if calm or not world.often(0.05):
                del broker.under_way[position]
            else:
                world.faults["repeated"] += 1
            if not calm and world.often(0.05):
                world.faults["lost letter"] += 1
                continue
            self._hand_over(letter)

    def _hand_over(self, letter: Letter) -> None:
        if letter.to != "hub":
            cabinet = next(one for one in self.cabinets if one.station == letter.to)
            if cabinet.alive and self.world.broker.connections.get(letter.to) == letter.connection:
                cabinet.items.put(Arrived(letter.connection, letter.topic, letter.payload))
            return
        broker, points = self.world.broker, self.world.points
        broker.held_for_hub.append(letter)
        for answer in self.hub.receive(letter.topic, letter.payload):
            points.cross("hub.answer.before")
            self._publish(answer)
            points.cross("hub.answer.after")
        points.cross("hub.puback.before")
        broker.held_for_hub.remove(letter)
        points.cross("hub.puback.after")

    # --- what goes wrong --------------------------------------------------------------------------------------------

    def _fault(self) -> None:
        world = self.world
        name, fault = world.chance.choice(
            (
                ("broker wiped", self._wipe),
                ("link cut", self._cut),
                ("kill -9 edge", self._kill),
                ("power cut", self._power),
                ("kill -9 hub", self._kill_hub),
                ("clock jump", self._clock),
                ("disk full", self._fill),
                ("disk freed", self._free),
                ("board lost", self._board),
                ("door stuck", self._stick),
                ("new grants", self._new_grants),
                ("hub backup", self.hub.take_backup),
                ("hub restored", self._restore_hub),
                ("card copied", self._copy_card),
                ("card put back", self._put_card_back),
            )
        )
        if name in ("hub restored", "card put back") and world.often(0.7):
            return  # rarer than the rest
        world.faults[name] += 1
        fault()

    def _wipe(self) -> None:
        self.world.broker.forget_everything()
        for cabinet in self.cabinets:
            self._link_down(cabinet)
        if self.hub_up:
            self._hub_comes_back()
            for cabinet in self.cabinets:
                self._grant(cabinet)

    def _link_down(self, cabinet: Cabinet) -> None:
        self.world.broker.cut(cabinet.station)
        if cabinet.alive:
            cabinet.items.put(LinkDown(cabinet.connection, "cut"))

    def _any(self) -> Cabinet:
        return self.world.chance.choice(self.cabinets)

    def _cut(self) -> None:
        cabinet = self._any()
        cabinet.cut_off = True
        self._link_down(cabinet)

    def _kill(self) -> None:
        self._any().die()

    def _power(self) -> None:
        cabinet = self._any()
        cabinet.die()
        cabinet.clocks.power_cut()

    def _kill_hub(self) -> None:
        self.hub_up = False
        self.hub.restart()

    def _clock(self) -> None:
        self._any().clocks.skew = self.world.chance.choice(
            (0, -10 * 365 * 86_400_000, 10 * 365 * 86_400_000, -3_600_000)
        )

    def _fill(self) -> None:
        cabinet = self._any()
        if cabinet.alive:
            connection = cabinet.journal._connection
            (used,) = connection.execute("PRAGMA page_count").fetchone()
            connection.execute(f"PRAGMA max_page_count = {used + self.world.chance.choice((0, 1, 1100))}")

    def _free(self) -> None:
        for cabinet in self.cabinets:
            if cabinet.alive:
                cabinet.journal._connection.execute("PRAGMA max_page_count = 1073741823")

    def _board(self) -> None:
        cabinet = self._any()
        if cabinet.alive:
            cabinet.lose_board()

    def _stick(self) -> None:
        cabinet = self._any()
        cabinet.stuck ^= {self.world.chance.choice(DOORS)}

    def _new_grants(self) -> None:
        self._grant(self._any())

    def _restore_hub(self) -> None:
        self.hub.put_back()
        if self.hub_up:
            self._hub_comes_back()

    def _copy_card(self) -> None:
        cabinet = self._any()
        if cabinet.backup is None or self.world.often(0.2):
            cabinet.take_backup()

    def _put_card_back(self) -> None:
        cabinet = self._any()
        if cabinet.backup is not None:
            cabinet.die()
            cabinet.clocks.power_cut()
            cabinet.put_back()

    # --- what must never be -----------------------------------------------------------------------------------------

    def _check(self) -> None:
        """After every step."""
        world = self.world
        tips = self.hub.tips()
        for name, tip in tips.items():
            world.highest[name] = max(world.highest.get(name, 0), tip)
            if (*name, tip) not in world.written:
                raise Violated(f"the hub has {name} up to {tip}; no journal ever wrote that entry")
        for cabinet in self.cabinets:
            if not cabinet.alive or self._history.trusting:
                continue
            for one in cabinet.journal.epochs:
                if one.acknowledged > world.highest.get((cabinet.station, one.epoch), 0) and not one.forked:
                    raise Violated(f"{cabinet.station} believes {one.epoch} acknowledged up to {one.acknowledged}")

    def _come_to_rest(self) -> None:
        """No more faults: everything must arrive."""
        world = self.world
        world.points.chance = world.points.armed = None
        self._history = replace(self._history, faults=False)
        for cabinet in self.cabinets:
            cabinet.stuck.clear()
            cabinet.clocks.skew = 0
        # A station that missed the hub's return hears where it stands with its next state, every half minute.
        heard_by = world.now + 70_000
        for number in range(_CALM_TURNS):
            self._revive()
            self._free()
            for cabinet in self.cabinets:
                self._work(cabinet)
            self._deliver()
            if number % 5 == 0:
                world.now += 500 if world.broker.under_way else 5_000
            if number % 50 == 0 and world.now >= heard_by and self._at_rest():
                return
        waits = {one.station: outbox.waiting(one.courier._outbox) for one in self.cabinets}
        raise Violated(f"it did not come to rest: {waits}")

    def _at_rest(self) -> bool:
        return not self.world.broker.under_way and all(
            cabinet.alive
            and cabinet.items.empty()
            and not cabinet.custodian._postponed
            and all(one.acknowledged == one.tip for one in cabinet.journal.epochs)
            for cabinet in self.cabinets
        )

    def _check_the_end(self) -> None:
        held, apart = self.hub.lines(), self.hub.kept_apart()
        for (station, epoch, sequence), line in held.items():
            if line not in self.world.written.get((station, epoch, sequence), ()):
                raise Violated(f"the hub's {station} {epoch}.{sequence} was never written so")
        for cabinet in self.cabinets:
            for epoch, sequence, line in cabinet.lines():
                if held.get((cabinet.station, epoch, sequence)) != line and line not in apart:
                    raise Violated(f"lost: {cabinet.station} {epoch}.{sequence}")
        _check_chains(held)
        for command, answers in self.hub.results.items():
            # A station that lost its memory with its card has lost its answers, too; the hub keeps the first.
            if len(answers) > 1 and not any(cabinet.rolled_back for cabinet in self.cabinets):
                raise Violated(f"{command} was answered in {len(answers)} ways")
        for key, line in sorted(held.items()):
            self.digest.update(f"{key}".encode() + line)

    def _mark(self, number: int) -> None:
        self.digest.update(f"{number} {self.world.points.crossed} {self.world.now}".encode())

    def close(self) -> None:
        for cabinet in self.cabinets:
            cabinet.die()
        self.hub.close()


def _check_chains(held: dict[tuple[str, str, int], bytes]) -> None:
    """Each epoch is gap-free from 1: so no entry is there twice."""
    last: dict[tuple[str, str], int] = {}
    for station, epoch, sequence in sorted(held):
        if sequence != last.get((station, epoch), 0) + 1:
            raise Violated(f"a gap before {station} {epoch}.{sequence}")
        last[(station, epoch)] = sequence


# --- many histories -----------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Report:
    histories: int = 0
    events: int = 0
    fired: int = 0
    crossed: int = 0
    seen: Counter[str] = field(default_factory=Counter)
    died: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def add(self, history: History, outcome: Outcome) -> None:
        self.histories += 1
        self.events += outcome.events
        self.fired += outcome.fired
        self.crossed += outcome.crossed
        self.seen += outcome.seen
        self.died += outcome.died
        self.faults += outcome.faults
        if outcome.wrong:
            self.wrong.append(f"{history}: {outcome.wrong}")


def every_crash(history: History, *, template: Template | None = None) -> Iterator[tuple[History, Outcome]]:
    """The same history once for each boundary it crosses, with a death there."""
    calm = live(history, template=template)
    yield history, calm
    for number in range(1, calm.crossed + 1):
        cut = replace(history, crash_at=number)
        yield cut, live(cut, template=template)


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="./run soak simulate", description="确定性模拟 / deterministic simulation")
    parser.add_argument("--seeds", type=int, default=10_000, help="种子个数 / how many seeds")
    parser.add_argument("--seed", type=int, default=1, help="第一个种子 / the first of them")
    parser.add_argument(
        "--store", type=int, default=200, help="用真实数据库的个数 / how many of them on a real database"
    )
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--json", action="store_true", help="只输出 JSON / print one JSON object only")
    chosen = parser.parse_args(arguments)
    started = time.monotonic()
    report = Report()
    histories = [
        History(seed=seed, store=number < chosen.store)
        for number, seed in enumerate(range(chosen.seed, chosen.seed + chosen.seeds))
    ]
    with _pool(chosen.jobs) as each:
        for number, (history, outcome) in enumerate(each(histories), start=1):
            report.add(history, outcome)
            if number % 500 == 0:
                print(f"{number} seeds, {report.events} events, {len(report.wrong)} wrong", file=sys.stderr, flush=True)
    for history, outcome in every_crash(History(seed=chosen.seed, faults=False, steps=60, cabinets=1)):
        report.add(history, outcome)
    never = sorted(set(POINTS) - set(report.died))
    result = {
        "seeds": chosen.seeds,
        "histories": report.histories,
        "events": report.events,
        "boundaries_crossed": report.crossed,
        "crashes": sum(report.died.values()),
        "faults": sum(report.faults.values()),
        "fired": report.fired,
        "wrong": len(report.wrong),
        "crash_points": len(POINTS),
        "crash_points_died_at": len(POINTS) - len(never),
        "never_died_at": never,
        "died_at": dict(sorted(report.died.items())),
        "fault_kinds": dict(sorted(report.faults.items())),
        "first_wrong": report.wrong[:5],
        "seconds": round(time.monotonic() - started, 1),
    }
    print(json.dumps(result, ensure_ascii=False, indent=None if chosen.json else 2))
    return 0 if not report.wrong and not never else 1


@contextmanager
def founded() -> Iterator[Template]:
    """A hub to copy from."""
    with tempfile.TemporaryDirectory(prefix="yungui-sim-", dir=_memory()) as folder:
        yield Template.founded(Path(folder) / "template")


@contextmanager
def _pool(jobs: int) -> Iterator[Callable[[list[History]], Iterator[tuple[History, Outcome]]]]:
    logging.disable(logging.CRITICAL)
    with founded() as template, multiprocessing.Pool(jobs, initializer=logging.disable) as pool:
        yield lambda histories: pool.imap_unordered(partial(_one, template), histories, chunksize=8)


def _one(template: Template, history: History) -> tuple[History, Outcome]:
    return history, live(history, template=template if history.store else None)


def _memory() -> str | None:
    return "/dev/shm" if Path("/dev/shm").is_dir() else None
