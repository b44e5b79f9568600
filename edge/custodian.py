"""Carries each stimulus to the scene, its facts to the disk, and only then its effects to the world."""

from __future__ import annotations

import logging
import secrets
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TypeVar

from custody import wire
from custody.codes import Tries
from custody.desk import resumed
from custody.events import EpochReason, StationStarted
from custody.flows.grammar import Session
from custody.grants import Grants
from custody.identifiers import ActId, PlaceId
from custody.knowledge import View
from custody.parcels import KnownParcel
from custody.wire import Malformed
from edge.ballast import Ballast
from edge.clocks import Clocks
from edge.core import door, floor, scene
from edge.core.door import Remembered
from edge.core.floor import Floor
from edge.core.gauge import room_to_act
from edge.core.patience import still_expected
from edge.core.scene import Asked, Ground, Personal, Physical, Reaction, Scene, Stimulus, TimePassed
from edge.errors import JournalFullError, JournalUnusableError
from edge.journal import Journal, Transaction
from edge.sealing import sealed

__all__ = ["Custodian"]

_log = logging.getLogger(__name__)
_FULL_RETRY = 1_000  # ms until what could not be recorded is tried again
_FLOOR_EVERY = 600_000  # ms between records of the time floor when nothing else is written
T = TypeVar("T")

Energise = Callable[[PlaceId, ActId], None]
Also = Callable[[Transaction], None]


class Custodian:
    """``scene`` is what holds now; every change of it is on disk before ``energise`` is called."""

    def __init__(
        self, built: Scene, *, journal: Journal, clocks: Clocks, energise: Energise, ballast: Ballast | None = None
    ) -> None:
        self._journal, self._clocks, self._energise, self._ballast = journal, clocks, energise, ballast
        self._postponed: deque[Stimulus] = deque()
        self._retry_at: int | None = None
        self.floor = _kept(journal, "floor", Floor) or Floor()
        self._floor_kept_at = clocks.uptime()
        self.scene = _as_kept(built, journal)

    def start(self, grants: Grants | None, *, software: str, wiring: str) -> Reaction:
        """Begin: say so, and give every intent without an outcome the outcome *unknown*."""
        if grants is not None:
            since = self._journal.about_volumes_since(*grants.upto)
            current = self._journal.current
            self.scene = scene.granted(self.scene, grants, since, epoch="" if current is None else current.epoch)

        def began(transaction: Transaction) -> None:
            if self._journal.current is None:
                transaction.open_epoch(secrets.token_hex(8), EpochReason.FIRST)
            transaction.append(StationStarted(software=software, wiring=wiring))

        remembered = _kept(self._journal, "doors", tuple[Remembered, ...]) or ()
        return self._step(scene.Restarted(remembered), {}, before=began)

    def meet(
        self, stimulus: Stimulus, *, nonces: Mapping[str, int] | None = None, also: Also | None = None
    ) -> Reaction:
        """One stimulus. What could not be put on disk has not happened; what was sensed meanwhile is tried again."""
        if self._postponed and isinstance(stimulus, Physical):
            self._postponed.append(stimulus)
            return Reaction(scene=self.scene)
        try:
            return self._step(stimulus, nonces or {}, before=also)
        except JournalFullError as error:
            if isinstance(stimulus, Physical) and self._ballast is not None and self._ballast.give_up():
                return self.meet(stimulus, nonces=nonces, also=also)
            _log.error("nothing was done, the journal is full: file=%s", error.fields["file"])
            return self._not_recorded(stimulus)

    def tick(self) -> Reaction:
        """What the passing of time asks for."""
        uptime = self._clocks.uptime()
        if self._retry_at is not None:
            if uptime < self._retry_at:
                return Reaction(scene=self.scene)
            self._retry_at = None
            while self._postponed and self._retry_at is None:
                self._try_again(self._postponed.popleft())
        if uptime - self._floor_kept_at >= _FLOOR_EVERY:
            self._keep_floor(uptime)
            if self._ballast is not None:
                self._ballast.hold()
        due = scene.due(self.scene)
        return self.meet(TimePassed()) if due is not None and uptime >= due else Reaction(scene=self.scene)

    def due(self) -> int:
        """When ``tick`` is wanted next (uptime, ms)."""
        due = scene.due(self.scene)
        floor_due = self._floor_kept_at + _FLOOR_EVERY
        if self._retry_at is not None:
            return self._retry_at
        return floor_due if due is None else min(due, floor_due)

    def hear(self, hub_time: int) -> None:
        """The hub has signed this time."""
        self.floor = floor.heard(self.floor, hub_time, boot=self._clocks.boot, uptime=self._clocks.uptime())

    def withheld(self) -> tuple[str, ...]:
        """The private values that the session under way has been told, and nothing has come of yet."""
        session = self.scene.desk.session
        return () if session is None else session.confided

    def view(self) -> View:
        return scene.view(self.scene, self._ground({}))

    def _ground(self, nonces: Mapping[str, int]) -> Ground:
        uptime = self._clocks.uptime()
        return Ground(
            now=floor.at(self.floor, boot=self._clocks.boot, uptime=uptime).time,
            uptime=uptime,
            new_id=secrets.token_hex(8),
            secret=secrets.token_hex(16),
            room=room_to_act(self._journal.room()),
            nonces=nonces,
        )

    def _step(self, stimulus: Stimulus, nonces: Mapping[str, int], *, before: Also | None) -> Reaction:
        ground = self._ground(nonces)
        with self._journal.transaction(self._clocks.moment()) as transaction:
            if before is not None:
                before(transaction)
            reaction = scene.react(self.scene, stimulus, ground, transaction.append)
            self._keep(transaction, stimulus, reaction)
        self.scene = reaction.scene
        waited = self._clocks.uptime() - ground.uptime
        for pulse in reaction.energise:
            if still_expected(waited):
                self._energise(pulse.place, pulse.act)
            else:
                _log.error("a lock was not fired, its record took too long: place=%s ms=%d", pulse.place, waited)
        return reaction

    def _keep(self, transaction: Transaction, stimulus: Stimulus, reaction: Reaction) -> None:
        """What must survive a power cut, as far as this step changed it."""
        before, after = self.scene, reaction.scene
        if before.desk.session != after.desk.session:
            transaction.keep("session", wire.encode(after.desk.session))
        tried = before.desk.tries != after.desk.tries
        if tried:  # or whoever pulls the plug may try on
            transaction.keep("tries", wire.encode(after.desk.tries))
        doors = _remembered(after)
        if doors != _remembered(before) or isinstance(stimulus, scene.Restarted):
            transaction.keep("doors", wire.encode(doors))
        if before.blocked != after.blocked:
            transaction.keep("blocked", wire.encode(sorted(after.blocked)))
        if before.parcels != after.parcels:
            transaction.keep("parcels", wire.encode(tuple(after.parcels.values())))
        if isinstance(stimulus, Asked):
            transaction.answer(stimulus.command.command, b"")
        for result in reaction.answers:
            transaction.answer(result.command, wire.encode(result))
        for value in reaction.confided:
            transaction.confide(value.value, sealed(value, self.scene.grants))
        for gone in reaction.erased:
            transaction.erase(gone)
        if tried or transaction.wrote:
            self._write_floor(transaction)

    def _not_recorded(self, stimulus: Stimulus) -> Reaction:
        self._retry_at = self._clocks.uptime() + _FULL_RETRY
        if isinstance(stimulus, Physical):
            self._postponed.append(stimulus)
        elif isinstance(stimulus, Personal):
            self.scene = scene.full(self.scene, self._clocks.uptime())
            return Reaction(scene=self.scene, sound=False)
        return Reaction(scene=self.scene)

    def _try_again(self, stimulus: Stimulus) -> None:
        try:
            self._step(stimulus, {}, before=None)
        except JournalFullError:
            self._postponed.appendleft(stimulus)
            self._retry_at = self._clocks.uptime() + _FULL_RETRY

    def _keep_floor(self, uptime: int) -> None:
        self._floor_kept_at = uptime
        try:
            with self._journal.transaction(self._clocks.moment()) as transaction:
                self._write_floor(transaction)
        except JournalFullError as error:
            _log.error("the time floor was not recorded, the journal is full: file=%s", error.fields["file"])

    def _write_floor(self, transaction: Transaction) -> None:
        uptime = self._clocks.uptime()
        self._floor_kept_at = uptime
        transaction.keep("floor", wire.encode(floor.at(self.floor, boot=self._clocks.boot, uptime=uptime)))


def _as_kept(built: Scene, journal: Journal) -> Scene:
    """The scene as built, with what was on disk when the process ended."""
    blocked = _kept(journal, "blocked", tuple[PlaceId, ...]) or ()
    tries = _kept(journal, "tries", tuple[Tries, ...]) or ()
    return replace(
        built,
        desk=replace(resumed(_kept(journal, "session", Session)), tries=tries),
        blocked=frozenset(blocked) & frozenset(built.compartments),
        parcels={one.id: one for one in _kept(journal, "parcels", tuple[KnownParcel, ...]) or ()},
    )


def _remembered(held: Scene) -> tuple[Remembered, ...]:
    found = (door.remember(one) for one in held.doors.values())
    return tuple(one for one in found if one is not None)


def _kept(journal: Journal, key: str, kind: type[T]) -> T | None:
    kept = journal.kept(key)
    if kept is None or kept == b"null":
        return None
    value = wire.decode(kept, kind)
    if isinstance(value, Malformed):
        raise JournalUnusableError("journal.state", file=str(journal.file), name=key, why=value.why)
    return value
