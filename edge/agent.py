"""The agent: one thread, one queue. Each stimulus goes to the scene, then to the disk, then to the world.

Nothing here decides: the scene does, and the outbox. The queue takes observations, touches and the link's events from
their own threads; everything else happens in ``run``.
"""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from custody.desk import prompt
from custody.grants import Grants
from edge.cabinet.layout import Names
from edge.clocks import Clocks
from edge.core.scene import Chosen, Entered, Reaction, Scene, alarming
from edge.courier import Courier
from edge.custodian import Custodian
from edge.disk_watch import DiskWatch
from edge.lighting import Lighting, Lights
from edge.link import Arrived, LinkDown, LinkEvent, LinkUp
from edge.picture import Around, at_rest, picture, slow
from edge.sensing import stimulus_of
from edge.supervision import Supervision
from hardware.ports import Observation

__all__ = ["Agent", "Hardware", "Item", "Shown", "Stop"]

_log = logging.getLogger(__name__)
_REDRAW_EVERY = 15_000  # ms: the clock on the glass
_LONGEST_WAIT = 5.0  # seconds


@dataclass(frozen=True, slots=True)
class Stop:
    """End politely."""


Item = Observation | Chosen | Entered | LinkEvent | Stop


class Hardware(Protocol):
    def start(self) -> None: ...

    def stop(self) -> None: ...


class Shown(Protocol):
    def show(self, picture: bytes, *, news: bytes | None = None) -> None: ...


class Agent:
    """``run`` returns after ``Stop``. ``make_courier`` is called once, when the first epoch exists."""

    def __init__(
        self,
        items: queue.SimpleQueue[Item],
        *,
        custodian: Custodian,
        make_courier: Callable[[Callable[[Reaction], None]], Courier],
        hardware: Hardware,
        screen: Shown,
        names: Names,
        clocks: Clocks,
        supervision: Supervision | None = None,
        lights: Lights | None = None,
        disk: DiskWatch | None = None,
    ) -> None:
        self._items, self._custodian, self._make_courier = items, custodian, make_courier
        self._hardware, self._screen, self._names, self._clocks = hardware, screen, names, clocks
        self._supervision = supervision or Supervision({}, healthy=lambda: True)
        self._lighting = Lighting(lights)
        self._disk = disk or DiskWatch()
        self._drawing = threading.Lock()  # the disk's watch draws as well, from its own thread
        self._quiet: bytes | None = None
        self._sound: bool | None = None
        self._drawn: tuple[Scene, Around] | None = None
        self._drawn_at = 0

    def run(self, grants: Grants | None, *, software: str, wiring: str) -> None:
        """Begin from what the journal holds, and go on until told to stop."""
        begun = self._custodian.start(grants, software=software, wiring=wiring)
        courier = self._make_courier(lambda reaction: self._follow(courier, reaction))
        self._follow(courier, begun)
        self._hardware.start()
        self._disk.start(self._say_slow)
        _log.info("started: software=%s", software)
        self._supervision.ready()
        self._lighting.ready()
        try:
            while self._turn(courier):
                pass
        finally:
            self._supervision.stopping()
            self._disk.stop()
            self._hardware.stop()
            courier.goodbye()
            _log.info("stopped")

    def _turn(self, courier: Courier) -> bool:
        self._supervision.alive(self._clocks.uptime())
        self._follow(courier, self._custodian.tick())
        courier.tick()
        self._lighting.alarm(on=alarming(self._custodian.scene))
        self._draw(courier)
        try:
            item = self._items.get(timeout=self._patience(courier))
        except queue.Empty:
            return True
        return self._handle(item, courier)

    def _handle(self, item: Item, courier: Courier) -> bool:
        match item:
            case Stop():
                return False
            case LinkUp() | LinkDown() | Arrived():
                courier.handle(item)
            case Chosen() | Entered():
                self._follow(courier, self._custodian.meet(item))
            case _:
                stimulus = stimulus_of(item, self._names)
                if stimulus is not None:
                    self._follow(courier, self._custodian.meet(stimulus))
        return True

    def _follow(self, courier: Courier, reaction: Reaction) -> None:
        """What a step leaves to do once it is on disk, besides the locks."""
        courier.answer(reaction.answers)
        if reaction.sound is not None:
            self._sound = reaction.sound
            self._lighting.sound(good=reaction.sound)

    def _patience(self, courier: Courier) -> float:
        next_due = min(self._custodian.due(), courier.due(), self._drawn_at + _REDRAW_EVERY)
        return min(max(next_due - self._clocks.uptime(), 0) / 1000, _LONGEST_WAIT)

    def _draw(self, courier: Courier) -> None:
        with self._drawing:
            self._draw_news(courier)

    def _say_slow(self) -> None:
        """Whoever stands here reads why nothing happens; what comes next is drawn in its place."""
        with self._drawing:
            if self._disk.late and self._quiet is not None:
                self._screen.show(slow(self._quiet))
                self._drawn = None

    def _draw_news(self, courier: Courier) -> None:
        now, around = self._clocks.uptime(), courier.around()
        drawn = (self._custodian.scene, around)
        unchanged = self._drawn is not None and self._drawn[0] is drawn[0] and self._drawn[1] == around
        if unchanged and self._sound is None and now < self._drawn_at + _REDRAW_EVERY:
            return
        view, wall = self._custodian.view(), self._clocks.wall()
        said = prompt(drawn[0].desk, view)
        news = picture(drawn[0], view, around, prompt=said, sound=self._sound, wall=wall)
        quiet = news if self._sound is None else picture(drawn[0], view, around, prompt=said, sound=None, wall=wall)
        self._screen.show(quiet, news=news)
        self._quiet = quiet
        self._lighting.colour(None if at_rest(drawn[0]) else said.colour)
        self._drawn, self._drawn_at, self._sound = drawn, now, None
