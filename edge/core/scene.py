"""Everything one kiosk decides on, and one step of it: person, doors, boards, grants, what is known of volumes.

``react`` writes each fact through ``write`` as it follows, so that what comes after can rest on it. The scene it
returns holds once all of them are on disk; before that nothing has happened.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import assert_never

from custody import desk
from custody.codes import uses_since
from custody.commands import why_not
from custody.desk import BadgeTapped, Desk
from custody.entries import Entry
from custody.events import (
    CaseClosed,
    CaseOpened,
    CommandAnswered,
    CompartmentVerified,
    Fact,
    GrantsAccepted,
    OutcomeUnknown,
    PowerLost,
    PowerRestored,
    PrivateKind,
    StationKind,
    ValueErased,
)
from custody.flows.grammar import Chosen as _Chosen
from custody.flows.grammar import (
    Confide,
    LabelScanned,
    NumberEntered,
    Record,
    Sound,
    TimeUp,
    Unlock,
    Withdraw,
    failed_since,
)
from custody.flows.grammar import Effect as FlowEffect
from custody.flows.grammar import Stimulus as _Stimulus
from custody.grants import Delegation, Grants, KnownVolume
from custody.identifiers import ActId, CourtId, PersonId, PlaceId, StationId, VolumeId
from custody.knowledge import View, learn, learn_delegations
from custody.messages import Command, Compartment, DoorState, Outcome, Result
from custody.parcels import PARTY, KnownParcel, learn_parcels
from custody.private import Confided, confided, fact_of
from custody.refusals import BadgeNotRead, CommandNotFresh, JournalFull, LabelNotRead, Refusal
from edge.core import door, watch
from edge.core.door import Door, Remembered
from edge.core.watch import Watch

__all__ = [
    "Asked",
    "BoardLost",
    "CaseSensed",
    "Chosen",
    "DoorSensed",
    "Entered",
    "Ground",
    "ItemSensed",
    "NotRead",
    "Personal",
    "Physical",
    "PowerSensed",
    "PulseReported",
    "Reaction",
    "Renewed",
    "Restarted",
    "Scene",
    "Stimulus",
    "TimePassed",
    "alarming",
    "due",
    "full",
    "granted",
    "react",
    "view",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """``compartments``: as built, by place; doors and blocks are laid over them. Empty at an archiving station.

    ``parcels``: what parties left or wait for here; this station alone knows, so it must survive a restart.

    ``used``: how often each code was used since the grants; ``epoch``: the one this station writes in.
    """

    court: CourtId
    station: StationId
    kind: StationKind
    place: PlaceId
    compartments: Mapping[PlaceId, Compartment] = field(default_factory=dict)
    desk: Desk = Desk()
    doors: Mapping[PlaceId, Door] = field(default_factory=dict)
    boards: Mapping[str, Watch] = field(default_factory=dict)
    blocked: frozenset[PlaceId] = frozenset()
    bad: frozenset[str] = frozenset()  # sensors of supply and case that report trouble
    grants: Grants | None = None
    delegations: tuple[Delegation, ...] = ()
    used: Mapping[str, int] = field(default_factory=dict)
    epoch: str = ""
    volumes: Mapping[VolumeId, KnownVolume] = field(default_factory=dict)
    parcels: Mapping[str, KnownParcel] = field(default_factory=dict)
    items: Mapping[PlaceId, bool | None] = field(default_factory=dict)  # where a sensor says so
    failed: tuple[PlaceId, ...] = ()  # compartments that did not open when they were last asked to
    idle: bool = False  # whether the person's turn ran out at an open door
    patient_until: int | None = None  # when the person's turn runs out, ms of uptime
    limits: door.Limits = door.Limits()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What a step rests on besides the scene. ``now``: the time floor; ``room``: whether a lock may be fired.

    ``secret``: fresh randomness for salts, hex; it is recorded nowhere but under a seal.
    """

    now: int
    uptime: int
    new_id: str
    secret: str
    room: bool = True
    nonces: Mapping[str, int] = field(default_factory=dict)


# --- stimuli --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Chosen:
    """A choice touched on the picture of ``turn``; for an older one it means nothing."""

    choice: str
    turn: int


@dataclass(frozen=True, slots=True)
class Entered:
    number: int
    turn: int


@dataclass(frozen=True, slots=True)
class NotRead:
    """A reader of badges, or of labels, told something that is no reading: half a code, or what no label bears."""

    badge: bool


@dataclass(frozen=True, slots=True)
class DoorSensed:
    board: str
    place: PlaceId
    state: DoorState


@dataclass(frozen=True, slots=True)
class ItemSensed:
    """Whether something lies in a compartment that has a sensor for it; none: nobody watches it any more."""

    place: PlaceId
    present: bool | None


@dataclass(frozen=True, slots=True)
class BoardLost:
    board: str


@dataclass(frozen=True, slots=True)
class PowerSensed:
    """The cabinet's supply, by one of its sensors."""

    sensor: str
    present: bool


@dataclass(frozen=True, slots=True)
class CaseSensed:
    """The case in which machine and boards stand, by one of its sensors."""

    sensor: str
    shut: bool


@dataclass(frozen=True, slots=True)
class PulseReported:
    place: PlaceId
    act: ActId
    pulse: door.Pulse


@dataclass(frozen=True, slots=True)
class Asked:
    """A command of the hub's that was not answered yet."""

    command: Command


@dataclass(frozen=True, slots=True)
class Renewed:
    """Newer grants; ``since``: this station's own entries that the hub had not seen when it issued them."""

    grants: Grants
    since: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Restarted:
    """The process began: what the doors were doing when it ended."""

    doors: tuple[Remembered, ...]


@dataclass(frozen=True, slots=True)
class TimePassed:
    """A deadline of the desk or of a door may be over."""


Personal = BadgeTapped | LabelScanned | Chosen | Entered
"""What a person at the kiosk does."""

Physical = DoorSensed | ItemSensed | BoardLost | PowerSensed | CaseSensed | PulseReported
"""What was sensed: it has happened, whether or not it could be recorded."""

Stimulus = (
    BadgeTapped
    | LabelScanned
    | Chosen
    | Entered
    | NotRead
    | DoorSensed
    | ItemSensed
    | BoardLost
    | PowerSensed
    | CaseSensed
    | PulseReported
    | Asked
    | Renewed
    | Restarted
    | TimePassed
)

Write = Callable[[Fact], Entry]
_Sensed = PowerLost | PowerRestored | CaseOpened | CaseClosed


@dataclass(frozen=True, slots=True, kw_only=True)
class Reaction:
    """``energise`` and ``answers`` are for after the commit. ``sound``: good, bad or none.

    ``confided`` is to be sealed and kept, and ``erased`` to be removed, with the facts that say so.
    """

    scene: Scene
    energise: tuple[door.Energise, ...] = ()
    answers: tuple[Result, ...] = ()
    sound: bool | None = None
    confided: tuple[Confided, ...] = ()
    erased: tuple[str, ...] = ()


# --- verbs ----------------------------------------------------------------------------------------------------------


def react(scene: Scene, stimulus: Stimulus, ground: Ground, write: Write) -> Reaction:
    """One step. Total: every stimulus has an answer in every scene."""
    step = _Step(scene, ground, write)
    match stimulus:
        case BadgeTapped() | LabelScanned():
            step.tell(stimulus)
        case Chosen() | Entered():
            step.touched(stimulus)
        case NotRead(badge=badge):
            step.not_read(BadgeNotRead() if badge else LabelNotRead())
        case DoorSensed(board=board, place=place, state=state):
            step.watched(board, watch.Sensed(place, state))
            step.at_door(place, door.Sensed(state))
        case ItemSensed(place=place, present=present):
            step.felt(place, present=present)
        case BoardLost(board=board):
            step.watched(board, watch.Lost())
        case PowerSensed(sensor=sensor, present=present):
            step.sensed(sensor, PowerRestored if present else PowerLost, good=present)
        case CaseSensed(sensor=sensor, shut=shut):
            step.sensed(sensor, CaseClosed if shut else CaseOpened, good=shut)
        case PulseReported(place=place, act=act, pulse=pulse):
            step.at_door(place, door.PulseReported(act, pulse))
        case Asked(command=command):
            step.asked(command)
        case Renewed(grants=grants, since=since):
            step.renewed(grants, since)
        case Restarted(doors=doors):
            step.restarted(doors)
        case TimePassed():
            step.time_passed()
        case _:
            assert_never(stimulus)
    return step.done()


def view(scene: Scene, ground: Ground) -> View:
    """What flows decide on and prompts are drawn from."""
    return View(
        kind=scene.kind,
        place=scene.place,
        now=ground.now,
        new_id=ground.new_id,
        grants=scene.grants,
        delegations=scene.delegations,
        used=scene.used,
        epoch=scene.epoch,
        volumes=scene.volumes,
        parcels=scene.parcels,
        items=scene.items,
        failed=scene.failed,
        idle=scene.idle,
        compartments={
            place: replace(one, door=door.sensed_state(scene.doors[place]), blocked=place in scene.blocked)
            for place, one in scene.compartments.items()
        },
    )


def granted(scene: Scene, grants: Grants, since: Iterable[Entry], *, epoch: str) -> Scene:
    """The scene with these grants and what this station recorded after them."""
    entries = tuple(since)
    return replace(
        scene,
        grants=grants,
        volumes=learn({one.id: one for one in grants.volumes}, entries),
        delegations=learn_delegations(grants.delegations, entries),
        used=uses_since(entries),
        epoch=epoch,
    )


def alarming(scene: Scene) -> bool:
    """Whether somebody has to come: to verify, to see to supply or case, or to a door nobody unlocked or shuts."""
    stand = (one.state for one in scene.doors.values() if isinstance(one.state, door.Open))
    return bool(scene.blocked or scene.bad) or any(one.act is None or one.left_open_said for one in stand)


def due(scene: Scene) -> int | None:
    """When the next ``TimePassed`` changes something."""
    times = [door.due(one, limits=scene.limits) for one in scene.doors.values()]
    return min((time for time in (*times, scene.patient_until) if time is not None), default=None)


def full(scene: Scene, uptime: int) -> Scene:
    """The scene when a step could not be put on disk: the person stays where they were and reads why."""
    told = replace(scene.desk, refusal=JournalFull(), turn=scene.desk.turn + 1)
    return _patient(replace(scene, desk=told), uptime)


class _Step:
    """One step under way."""

    def __init__(self, scene: Scene, ground: Ground, write: Write) -> None:
        self._scene, self._ground, self._write = scene, ground, write
        self._before = scene.desk
        self._energise: list[door.Energise] = []
        self._answers: list[Result] = []
        self._confided: list[Confided] = []
        self._erased: list[str] = []
        self._sound: bool | None = None
        self._idle = False

    def done(self) -> Reaction:
        scene = self._scene
        over = scene.patient_until is None or scene.patient_until <= self._ground.uptime
        if self._before.turn != scene.desk.turn and (over or _is_answer(self._before, scene.desk)):
            scene = replace(_patient(scene, self._ground.uptime), idle=self._idle)
        return Reaction(
            scene=scene,
            energise=tuple(self._energise),
            answers=tuple(self._answers),
            sound=self._sound,
            confided=tuple(self._confided),
            erased=tuple(self._erased),
        )

    def tell(self, stimulus: _Stimulus) -> None:
        """The person's side: flows decide, their facts are written, their openings asked for.

        Without room no lock is fired, and no number is heard: a wrong one could not be counted.
        """
        stepped, effects = desk.step(self._scene.desk, stimulus, view(self._scene, self._ground))
        rests_on_room = isinstance(stimulus, NumberEntered) or any(isinstance(effect, Unlock) for effect in effects)
        if rests_on_room and not self._ground.room:
            self._scene, self._sound = full(self._scene, self._ground.uptime), False
            return
        self._scene = replace(self._scene, desk=stepped)
        for effect in effects:
            self._carry_out(effect)

    def touched(self, touch: Chosen | Entered) -> None:
        if touch.turn == self._scene.desk.turn:
            self.tell(_Chosen(touch.choice) if isinstance(touch, Chosen) else NumberEntered(touch.number))

    def not_read(self, refusal: Refusal) -> None:
        """Whoever stands there reads it, and nothing else happens: a line that hums gives nobody more time."""
        before = self._scene.desk
        if before.person is not None:  # at rest it makes no sound: the hall may be empty
            self._sound = False
        self._scene = replace(self._scene, desk=replace(before, refusal=refusal))
        if self._scene.patient_until is None:  # it goes by itself
            self._scene = _patient(self._scene, self._ground.uptime)

    def at_door(self, place: PlaceId, stimulus: door.Stimulus) -> None:
        """The door's side."""
        known = self._scene.doors.get(place)
        if known is None:
            return
        number = self._scene.compartments[place].number
        stepped, effects = door.step(known, stimulus, self._ground.uptime, number=number, limits=self._scene.limits)
        self._moved(stepped, effects)

    def felt(self, place: PlaceId, *, present: bool | None) -> None:
        """It is on no record: what lies there was scanned. A prompt that is shown may change by it."""
        self._scene = replace(self._scene, items={**self._scene.items, place: present})

    def watched(self, board: str, stimulus: watch.Stimulus) -> None:
        known = self._scene.boards.get(board)
        if known is None:
            return
        stepped, facts = watch.step(known, stimulus)
        self._scene = replace(self._scene, boards={**self._scene.boards, board: stepped})
        for fact in facts:
            self._record(fact)

    def sensed(self, sensor: str, fact: type[_Sensed], *, good: bool) -> None:
        """Recorded when it changes. At the start all is taken to be well, so that trouble found then is recorded."""
        if good is (sensor not in self._scene.bad):
            return
        self._scene = replace(self._scene, bad=self._scene.bad ^ {sensor})
        self._record(fact(place=self._scene.place, sensor=sensor))

    def asked(self, command: Command) -> None:
        refusal = why_not(
            command,
            station=self._scene.station,
            nonces=self._ground.nonces,
            uptime=self._ground.uptime,
            compartments=view(self._scene, self._ground).compartments,
            in_use=self._in_use(),
            guarded={one.place for one in self._scene.volumes.values() if one.sensitive and one.place is not None},
        )
        if isinstance(refusal, CommandNotFresh):
            self._answer(command.command, Outcome.EXPIRED, refusal, None)
        elif refusal is not None:
            self._answer(command.command, Outcome.REFUSED, refusal, None)
        elif not self._ground.room:
            self._answer(command.command, Outcome.REFUSED, JournalFull(), None)
        else:
            unlock = door.UnlockRequested(
                act=ActId(self._ground.new_id), person=command.person, reason="command", command=command.command
            )
            self.at_door(command.place, unlock)

    def renewed(self, grants: Grants, since: Iterable[Entry]) -> None:
        accepted = self._write(GrantsAccepted(hub_epoch=grants.hub_epoch, version=grants.version))
        self._scene = granted(self._scene, grants, (*since, accepted), epoch=accepted.epoch)
        held = self._scene.desk
        if held.person is None or held.person == PARTY or desk.at_door(held):
            return
        if view(self._scene, self._ground).person(held.person) is None:  # no longer one of the court's
            after, effects = desk.ended(held)
            self._scene = replace(self._scene, desk=after)
            for effect in effects:
                self._carry_out(effect)

    def restarted(self, remembered: Iterable[Remembered]) -> None:
        self._before = replace(self._before, turn=-1)  # whatever the desk was, its patience begins anew
        for one in remembered:
            if one.place in self._scene.doors:
                self._moved(*door.restore(one))

    def time_passed(self) -> None:
        for place in self._scene.doors:
            self.at_door(place, door.Ticked())
        until = self._scene.patient_until
        if until is not None and self._ground.uptime >= until:
            self.tell(TimeUp())
            self._idle = desk.at_door(self._scene.desk)

    def _moved(self, stepped: Door, effects: tuple[door.Effect, ...]) -> None:
        self._scene = replace(self._scene, doors={**self._scene.doors, stepped.place: stepped})
        entry: Entry | None = None
        for effect in effects:
            match effect:
                case door.Announce(fact=fact):
                    entry = self._record(fact)
                case door.Energise():
                    self._energise.append(effect)
                case door.Tell(stimulus=told):
                    self._scene = replace(self._scene, failed=failed_since(self._scene.failed, told))
                    session = self._scene.desk.session
                    # Other doors are none of this person's business, and must not turn the picture under a finger.
                    if session is not None and session.place == told.place:
                        self.tell(told)
                case door.Answered(command=command, outcome=outcome, refusal=refusal):
                    self._answer(command, outcome, refusal, entry)
                case _:
                    assert_never(effect)

    def _carry_out(self, effect: FlowEffect) -> None:
        match effect:
            case Record(fact=fact):
                self._record(fact)
            case Unlock(place=place, act=act, person=person, reason=reason):
                self.at_door(place, door.UnlockRequested(act=act, person=PersonId(person), reason=reason))
            case Sound(good=good):
                self._sound = good
            case Confide(value=value, what=what, about=about, text=text):
                self._confide(value, what, about, text)
            case Withdraw(value=value):
                self._record(ValueErased(value=value))
                self._erased.append(value)
            case _:
                assert_never(effect)

    def _confide(self, value: str, what: PrivateKind, about: str, text: str) -> None:
        kept = confided(
            value,
            text,
            what=what,
            about=about,
            court=self._scene.court,
            station=self._scene.station,
            randomness=self._ground.secret,
        )
        self._record(fact_of(kept))
        self._confided.append(kept)

    def _record(self, fact: Fact) -> Entry:
        entry = self._write(fact)
        blocked = self._scene.blocked
        if isinstance(fact, OutcomeUnknown):
            blocked |= {fact.place}
        elif isinstance(fact, CompartmentVerified):
            blocked -= {fact.place}
        self._scene = replace(
            self._scene,
            blocked=blocked,
            volumes=learn(self._scene.volumes, (entry,)),
            parcels=learn_parcels(self._scene.parcels, (entry,)),
            delegations=learn_delegations(self._scene.delegations, (entry,)),
            used=uses_since((entry,), self._scene.used),
        )
        return entry

    def _answer(self, command: str, outcome: Outcome, refusal: Refusal | None, rests_on: Entry | None) -> None:
        answered = self._record(CommandAnswered(command=command, result=outcome))
        result = Result(
            command=command,
            court=self._scene.court,
            station=self._scene.station,
            outcome=outcome,
            refusal="" if refusal is None else refusal.code,
            entry=(rests_on or answered).id,
        )
        self._answers.append(result)

    def _in_use(self) -> bool:
        unlocking = any(isinstance(one.state, door.Unlocking) for one in self._scene.doors.values())
        return self._scene.desk.person is not None or unlocking


def _is_answer(before: Desk, after: Desk) -> bool:
    """Whether somebody did what was asked for: whoever only scans what is refused is given no more time by it."""
    same = (before.person, before.session, before.proving) == (after.person, after.session, after.proving)
    return after.refusal is None or not same


def _patient(scene: Scene, uptime: int) -> Scene:
    """The person's turn begins now."""
    seconds = desk.patience(scene.desk)
    return replace(scene, patient_until=None if seconds is None else uptime + seconds * 1000)
