"""The guard's rules without a process: what it fires and refuses, and what its cap does when nothing else works."""

import time
from dataclasses import replace

import pytest

from hardware.drivers.gpio_cap import Cap
from hardware.drivers.gpio_duty import Duty, Why, switched_off, switched_on, why_not
from hardware.drivers.gpio_guard import Guard
from hardware.drivers.gpio_pins import explained
from hardware.drivers.gpio_words import (
    LONGEST,
    SILENCE,
    Alive,
    Capped,
    Doors,
    Ended,
    Fired,
    Lines,
    NotFired,
    Pulse,
    Ready,
    Refused,
    Setup,
    Told,
    Word,
    line_of,
    word_of,
)
from hardware.ports import LossReason
from tests.hardware.witness import until

SETUP = Setup(
    locks=(17, 27),
    on_high=True,
    contacts=(5, 6),
    closed_high=False,
    pull="up",
    pulse_seconds=0.4,
    cap_seconds=0.6,
    rest_seconds=2.0,
    coils_at_once=1,
    sample_seconds=0.02,
    stable_samples=3,
)


class Board:
    """Two coils and two contacts. `dead`: the pins do not follow; `fails`: so often an error on switching off."""

    def __init__(self) -> None:
        self.on: set[int] = set()
        self.closed = {1: True, 2: True}
        self.dead, self.fails = False, 0

    def switch(self, channel: int, *, on: bool) -> None:
        if not on and self.fails:
            self.fails -= 1
            raise RuntimeError("gpiochip is gone")
        if on and not self.dead:
            self.on.add(channel)
        elif not on:
            self.on.discard(channel)

    def is_on(self, channel: int) -> bool:
        return channel in self.on

    def is_closed(self, channel: int) -> bool:
        return self.closed[channel]

    def all_off(self) -> None:
        self.on.clear()


class Rig:
    def __init__(self, setup: Setup = SETUP) -> None:
        self.now, self.board = 0.0, Board()
        self.said: list[Told] = []
        self.guard = Guard(setup, self.board, say=self.said.append, clock=lambda: self.now)

    def pulse(self, channel: int, request_id: str = "r", *, until_: float = 1e9) -> None:
        self.guard.heard([Pulse(request_id, channel, until_)], self.now)

    def pass_(self, seconds: float) -> None:
        """Time passes, and the agent lives."""
        end = self.now + seconds
        while self.now < end:
            self.now = round(self.now + 0.01, 6)
            self.guard.heard([Alive()], self.now)
            self.guard.tick(self.now)

    def of(self, kind: type[Word]) -> list[Word]:
        return [word for word in self.said if isinstance(word, kind)]


def test_a_pulse_is_told_when_the_pin_is_on_and_ends_by_itself() -> None:
    rig = Rig()

    rig.pulse(1)

    assert rig.board.on == {1}
    assert rig.said == [Fired("r")]
    rig.pass_(0.39)
    assert rig.board.on == {1}
    rig.pass_(0.02)
    assert rig.board.on == set()
    assert rig.of(Ended) == [Ended("r")]


def test_a_pin_that_does_not_follow_is_not_told_fired() -> None:
    rig = Rig()
    rig.board.dead = True

    rig.pulse(1)
    rig.pass_(0.5)

    assert rig.of(Fired) == []
    assert rig.of(Ended) == [Ended("r")]


@pytest.mark.parametrize(
    ("channel", "until_", "why"), [(0, 1e9, "no-channel"), (3, 1e9, "no-channel"), (1, -1.0, "late")]
)
def test_what_is_not_there_or_comes_late_is_not_fired(channel: int, until_: float, why: str) -> None:
    rig = Rig()

    rig.pulse(channel, until_=until_)

    assert rig.said == [NotFired("r", why)]
    assert rig.board.on == set()


def test_a_second_coil_of_the_supply_and_a_coil_that_has_not_rested_are_refused() -> None:
    rig = Rig()
    rig.pulse(1, "a")

    rig.pulse(2, "b")
    rig.pulse(1, "c")

    assert rig.said[1:] == [NotFired("b", "supply"), NotFired("c", "resting")]
    rig.pass_(0.41)
    rig.pulse(1, "d")
    rig.pulse(2, "e")
    assert rig.said[-2:] == [NotFired("d", "resting"), Fired("e")]
    rig.pass_(2.1)
    rig.pulse(1, "f")
    assert rig.said[-1] == Fired("f")


def test_contacts_that_bounce_are_told_once_they_rest() -> None:
    rig = Rig()
    rig.pass_(0.1)
    assert rig.of(Doors)[-1] == Doors(("closed", "closed"))
    before = len(set(map(str, rig.of(Doors))))

    for flip in (False, True, False, True, False):
        rig.board.closed[2] = flip
        rig.pass_(0.02)
    assert len(set(map(str, rig.of(Doors)))) == before
    rig.pass_(0.06)

    assert rig.of(Doors)[-1] == Doors(("closed", "open"))


def test_an_agent_that_gives_no_sign_of_life_ends_the_guard() -> None:
    rig = Rig()
    rig.guard.heard([Alive()], 0.0)

    assert rig.guard.tick(SILENCE - 0.01) is not None
    assert rig.guard.tick(SILENCE) is None
    rig.guard.end()
    assert rig.board.on == set()


def test_the_cap_drops_a_coil_when_the_guard_hangs() -> None:
    """Nobody calls `tick` any more; only the thread is left."""
    said: list[Told] = []
    board = Board()
    guard = Guard(replace(SETUP, cap_seconds=0.15), board, say=said.append, clock=time.monotonic)
    guard.cap.start()
    guard.heard([Pulse("r", 1, 1e12)], time.monotonic())
    assert board.on == {1}

    until(lambda: board.on == set())

    until(lambda: Capped(1) in said)
    guard.cap.stop()


def test_the_cap_tries_again_until_the_coil_is_off() -> None:
    board = Board()
    board.switch(1, on=True)
    board.fails = 3
    cap = Cap(lambda channel: board.switch(channel, on=False), seconds=0.05)
    cap.start()

    cap.watch(1)

    until(lambda: board.on == set())
    assert board.fails == 0
    cap.stop()


def test_the_cap_leaves_alone_what_was_switched_off_in_time() -> None:
    dropped: list[int] = []
    cap = Cap(dropped.append, seconds=0.1)
    cap.start()
    cap.watch(1)
    cap.watch(2)
    cap.forget(1)

    until(lambda: dropped != [])

    assert dropped == [2]
    cap.stop()


def test_duty_counts_rest_from_the_end_of_a_pulse() -> None:
    duty = Duty(rest=2.0, at_once=2)

    on = switched_on(switched_on(duty, 1), 2)

    assert (why_not(duty, 1, 0), why_not(on, 1, 0), why_not(on, 3, 0)) == (None, Why.RESTING, Why.SUPPLY)
    off = switched_off(on, 1, 10.0)
    assert (why_not(off, 1, 11.9), why_not(off, 1, 12.0), why_not(off, 3, 10.0)) == (Why.RESTING, None, None)


@pytest.mark.parametrize(
    "word",
    [
        SETUP,
        Pulse("r1", 2, 12.5),
        Alive(),
        Ready(),
        Refused("absent", "没有", "none"),
        Doors(("closed", "unknown")),
        Fired("r1"),
        NotFired("r1", "resting"),
        Ended("r1"),
        Capped(2),
    ],
)
def test_words_survive_the_pipe(word: Word) -> None:
    line = line_of(word)

    assert word_of(line) == word
    assert Lines().take(line[:5]) == []
    assert len(line) < 4096, "a pipe takes it whole or not at all"


@pytest.mark.parametrize(
    "line", [b"", b"{}", b"[]", b"\xff", b'{"word": "pulse"}', b'{"word": "fire", "channel": 1}', b'{"word": []}']
)
def test_what_is_no_word_is_left_out(line: bytes) -> None:
    lines = Lines()

    assert lines.take(line + b"\n" + line_of(Alive())) == [Alive()]


def test_a_line_that_never_ends_is_forgotten() -> None:
    lines = Lines()
    lines.take(b"x" * (LONGEST + 1))

    assert lines.take(line_of(Alive())) == [Alive()]


class LgpioError(Exception):
    """As lgpio's own, which is derived from nothing useful."""


@pytest.mark.parametrize(
    ("failed", "reason", "remedy"),
    [
        (ModuleNotFoundError("No module named 'RPi'"), LossReason.ABSENT, "yungui[pi]"),
        (RuntimeError("This module can only be run on a Raspberry Pi!"), LossReason.ABSENT, "no Raspberry Pi"),
        (RuntimeError("Cannot determine SOC peripheral base address"), LossReason.ABSENT, "rpi-lgpio"),
        (RuntimeError("No access to /dev/mem.  Try running as root!"), LossReason.DENIED, "usermod"),
        (PermissionError(13, "Permission denied"), LossReason.DENIED, "usermod"),
        (LgpioError("can not open gpiochip"), LossReason.ABSENT, "chip = 0"),
        (LgpioError("GPIO busy"), LossReason.BUSY, "1-wire"),
        (LgpioError("GPIO not allocated"), LossReason.BUSY, "another pin"),
        (ValueError("The channel sent is invalid on a Raspberry Pi"), LossReason.MISFIT, "locks or contacts"),
        (LgpioError("something new"), LossReason.ABSENT, "something new"),
    ],
)
def test_every_known_failure_is_explained_with_its_remedy(failed: Exception, reason: LossReason, remedy: str) -> None:
    told = explained(failed)

    assert told.reason is reason
    assert remedy in told.english
    assert str(failed) in told.chinese
