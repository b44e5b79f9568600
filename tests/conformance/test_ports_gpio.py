"""Drivers of relay boxes against simulated pins, under both libraries, with every fault that pins, coils, contacts and
processes have.

Whatever happens, the observations are true, each request ends exactly once, and no coil is on past its cap.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from hardware import registry
from hardware.ports import (
    BoardReachable,
    BoardUnreachable,
    DoorSensed,
    DoorState,
    LossReason,
    PulseFailed,
    PulseFailure,
    PulseSent,
)
from hardware.simulated.compartment import DoorAt, Felt
from hardware.simulated.gpio_board import Library, SimulatedGpio, Trouble
from tests.hardware.gpio_scene import BOX, BoxScene, box_scene
from tests.hardware.witness import until

DRIVERS = sorted(registry.names(registry.PINS))
LOW = BOX.replace("active-high", 'active-low"\nexternal_pulls = "yes').replace("cap_ms", 'closed = "high"\ncap_ms')


@pytest.fixture(params=[(name, library) for name in DRIVERS for library in Library], ids=str)
def box(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[BoxScene]:
    name, library = request.param
    wiring = BOX.replace('name = "box"', f'name = "box"\ndriver = "{name}"')
    with box_scene(tmp_path, wiring, library=library) as made:
        made.settle()
        yield made
        assert made.pins.alarms == []


@pytest.fixture
def one(tmp_path: Path) -> Iterator[BoxScene]:
    """Under one library, where the other would do the same."""
    with box_scene(tmp_path) as made:
        made.settle()
        yield made
        assert made.pins.alarms == []


def test_every_driver_of_pins_has_a_simulated_device() -> None:
    assert set(DRIVERS) <= set(registry.SIMULATED)


def test_at_start_every_lock_pin_is_off_before_anything_else_and_no_lock_fires(box: BoxScene) -> None:
    assert [box.witness.door(c.name) for c in box.wiring.compartments] == [DoorState.CLOSED] * 4
    assert box.pins.coils == []
    touched = [(touch.verb, touch.pin) for touch in box.pins.touches if touch.verb != "claim"]
    assert touched[:8] == [(verb, pin) for pin in (17, 27, 22, 23) for verb in ("latch", "out")]


def test_a_pulse_is_acknowledged_and_the_opening_sensed(box: BoxScene) -> None:
    box.installation.unlock("02", "r1")

    assert box.witness.wait(PulseSent, request_id="r1").acknowledged
    box.witness.wait(DoorSensed, compartment="02", state=DoorState.OPEN)
    until(lambda: not box.pins.coil(2))
    assert [coil.channel for coil in box.pins.coils] == [2]
    assert box.pins.longest(time.monotonic()) > 0.25
    assert len(box.witness.of(DoorSensed, state=DoorState.OPEN)) == 1


def test_relays_that_energise_on_low_and_contacts_that_open_when_shut_work_the_same(tmp_path: Path) -> None:
    with box_scene(tmp_path, LOW) as box:
        box.settle()
        assert box.pins.coils == []
        assert {box.witness.door(c.name) for c in box.wiring.compartments} == {DoorState.CLOSED}

        box.installation.unlock("04", "r1")

        box.witness.wait(DoorSensed, compartment="04", state=DoorState.OPEN)
        assert [coil.channel for coil in box.pins.coils] == [4]
    assert not any(box.pins.coil(channel) for channel in range(1, 5))
    assert box.pins.alarms == []


def test_a_door_pulled_and_pushed_is_followed_without_bouncing(box: BoxScene) -> None:
    box.installation.unlock("03", "r1")
    box.witness.wait(DoorSensed, compartment="03", state=DoorState.OPEN)
    box.cabinet.pull("03")
    until(lambda: not box.pins.coil(3))
    mark = box.witness.now

    assert box.cabinet.push("03") is Felt.MOVED

    box.witness.wait(DoorSensed, after=mark, compartment="03", state=DoorState.CLOSED)
    assert len(box.witness.of(DoorSensed, compartment="03")) == 3


def test_a_door_pushed_shut_during_the_pulse_ends_as_it_stands(one: BoxScene) -> None:
    one.installation.unlock("01", "r1")
    one.witness.wait(PulseSent, request_id="r1")
    until(lambda: one.cabinet.door("01") is not DoorAt.SHUT)

    assert one.cabinet.push("01") is Felt.HELD  # the coil holds the bolt back

    one.witness.wait(DoorSensed, compartment="01", state=DoorState.OPEN)
    until(lambda: not one.pins.coil(1))
    time.sleep(0.1)  # the bolt springs out
    assert one.cabinet.push("01") is Felt.MOVED
    one.witness.wait(DoorSensed, after=one.witness.now - 1, compartment="01", state=DoorState.CLOSED)


def test_a_jammed_lock_is_pulsed_and_its_door_never_told_open(one: BoxScene) -> None:
    one.cabinet.jam("04")

    one.installation.unlock("04", "r1")

    assert one.witness.wait(PulseSent, request_id="r1").acknowledged
    until(lambda: not one.pins.coil(4))
    assert one.witness.door("04") is DoorState.CLOSED


def test_a_stuck_contact_says_what_it_says_and_opens_nothing(one: BoxScene) -> None:
    """Shorted: the door opens and is never told open; the flow sees no opening. That is true: none was sensed."""
    one.pins.stick(1, 0)
    one.installation.unlock("01", "r1")

    assert one.witness.wait(PulseSent, request_id="r1").acknowledged
    until(lambda: one.cabinet.door("01") is DoorAt.AJAR)
    until(lambda: not one.pins.coil(1))
    assert one.witness.door("01") is DoorState.CLOSED


def test_a_wire_torn_off_reads_as_an_open_door(one: BoxScene) -> None:
    one.pins.stick(2, 1)

    one.witness.wait(DoorSensed, compartment="02", state=DoorState.OPEN)
    assert one.pins.coils == []


def test_contacts_of_the_other_kind_show_every_door_open(tmp_path: Path) -> None:
    """Why `closed` is proved at commissioning."""
    with box_scene(tmp_path, inverted=True) as box:
        box.witness.wait(BoardReachable)
        for compartment in box.wiring.compartments:
            box.witness.wait(DoorSensed, compartment=compartment.name, state=DoorState.OPEN)
        assert box.pins.coils == []


def test_relays_of_the_other_kind_open_the_doors_at_once_which_is_sensed(tmp_path: Path) -> None:
    """Why `relays` is proved before the lock supply is connected."""
    with box_scene(tmp_path, backwards=True) as box:
        box.witness.wait(DoorSensed, compartment="01", state=DoorState.OPEN)

        assert box.witness.of(PulseSent) == []
        until(lambda: box.pins.alarms != [])


def test_a_coil_rests_between_pulses_and_who_would_wait_too_long_for_it_is_told(tmp_path: Path) -> None:
    with box_scene(tmp_path, BOX.replace("rest_ms = 1000", "rest_ms = 2000")) as box:
        box.settle()
        box.installation.unlock("01", "r1")
        box.installation.unlock("01", "r2")

        box.witness.wait(PulseFailed, request_id="r2", reason=PulseFailure.RESTING)
        box.witness.wait(PulseSent, request_id="r1")
        assert len(box.pins.coils) == 1


def test_a_lock_that_is_asked_for_before_it_has_rested_fires_when_it_has(one: BoxScene) -> None:
    one.installation.unlock("01", "r1")
    until(lambda: [coil.until is not None for coil in one.pins.coils] == [True])
    one.installation.unlock("01", "r2")
    one.installation.unlock("02", "r3")

    for request in ("r3", "r2"):
        assert one.witness.wait(PulseSent, request_id=request).acknowledged

    first, second = (coil for coil in one.pins.coils if coil.channel == 1)
    assert first.until is not None
    assert second.since - first.until >= 1


def test_two_coils_are_never_on_at_once(one: BoxScene) -> None:
    for index, compartment in enumerate(("01", "04", "02")):
        one.installation.unlock(compartment, f"r{index}")
    for index in range(3):
        assert one.witness.wait(PulseSent, request_id=f"r{index}").acknowledged
    until(lambda: not one.pins.coil(2))

    assert [coil.channel for coil in one.pins.coils] == [1, 4, 2]
    assert all(earlier.until and later.since >= earlier.until for earlier, later in pairwise(one.pins.coils))


def test_a_supply_that_feeds_two_coils_has_two_on_and_never_three(tmp_path: Path) -> None:
    with box_scene(tmp_path, BOX.replace("cap_ms", "coils_at_once = 2\ncap_ms")) as box:
        box.settle()
        for index, compartment in enumerate(("01", "02", "03")):
            box.installation.unlock(compartment, f"r{index}")
        for index in range(3):
            box.witness.wait(PulseSent, request_id=f"r{index}")

        first, second, third = box.pins.coils

        assert first.until is not None
        assert second.since < first.until <= third.since


def test_a_request_that_waited_too_long_is_not_carried_out(one: BoxScene) -> None:
    wiring = one.wiring.gpio[0]
    assert wiring.coils_at_once == 1
    for index in range(10):
        one.installation.unlock(f"{index % 4 + 1:02}", f"r{index}")
    for index in range(10):
        until(
            lambda index=index: (
                one.witness.of(PulseSent, request_id=f"r{index}") != []  # type: ignore[misc]
                or one.witness.of(PulseFailed, request_id=f"r{index}") != []
            )
        )

    assert len(one.witness.of(PulseSent)) + len(one.witness.of(PulseFailed)) == 10
    assert len(one.pins.coils) == len(one.witness.of(PulseSent))


@pytest.mark.parametrize(
    ("library", "trouble", "reason"),
    [
        (Library.RPI_GPIO, Trouble.NO_PI, LossReason.ABSENT),
        (Library.RPI_GPIO, Trouble.PI_5, LossReason.ABSENT),
        (Library.RPI_GPIO, Trouble.DENIED, LossReason.DENIED),
        (Library.RPI_LGPIO, Trouble.NO_CHIP, LossReason.ABSENT),
    ],
    ids=str,
)
def test_a_machine_without_pins_is_told_lost_and_used_once_it_has_them(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, library: Library, trouble: Trouble, reason: LossReason
) -> None:
    with box_scene(tmp_path, library=library, trouble=trouble) as box:
        assert box.witness.wait(BoardUnreachable, board="box").reason is reason
        box.installation.unlock("01", "r1")
        box.witness.wait(PulseFailed, request_id="r1", reason=PulseFailure.UNREACHABLE)
        assert "请" in caplog.text
        assert len(box.witness.of(BoardUnreachable)) == 1

        box.pins.trouble = Trouble.NONE

        box.settle()
        assert box.pins.coils == []


def test_a_pin_that_is_taken_is_told_busy_and_the_others_are_off_all_the_same(tmp_path: Path) -> None:
    with box_scene(tmp_path, busy={27}) as box:
        assert box.witness.wait(BoardUnreachable, board="box").reason is LossReason.BUSY

        assert [(box.pins.pins[pin].output, box.pins.pins[pin].latch) for pin in (17, 22, 23)] == [(True, 0)] * 3
        box.pins.busy.clear()
        box.settle()


def test_a_second_agent_finds_the_pins_busy(one: BoxScene) -> None:
    second = one.again()
    try:
        assert second.witness.wait(BoardUnreachable, board="box").reason is LossReason.BUSY
    finally:
        second.installation.stop()


def test_a_guard_killed_during_a_pulse_is_replaced_and_the_new_one_switches_off_first(box: BoxScene) -> None:
    """The pin is left high: only a new guard can drop it, and does before anything else."""
    box.installation.unlock("02", "r1")
    box.witness.wait(PulseSent, request_id="r1")
    mark = box.witness.now

    os.kill(box.driver.guard_pid, signal.SIGKILL)

    box.witness.wait(BoardUnreachable, after=mark, board="box", reason=LossReason.UNPLUGGED)
    box.witness.wait(BoardReachable, after=mark, board="box")
    assert not box.pins.coil(2)
    assert len(box.pins.coils) == 1
    assert len(box.witness.of(PulseSent)) + len(box.witness.of(PulseFailed)) == 1


def test_a_guard_that_hangs_is_killed_and_replaced_and_fires_nothing_late(one: BoxScene) -> None:
    hung = one.driver.guard_pid
    os.kill(hung, signal.SIGSTOP)
    one.installation.unlock("03", "r1")

    one.witness.wait(BoardUnreachable, board="box", reason=LossReason.SILENT)

    assert not one.witness.wait(PulseSent, request_id="r1").acknowledged
    one.witness.wait(BoardReachable, after=one.witness.now - 1, board="box")
    assert one.driver.guard_pid != hung
    assert one.pins.coils == []


def test_after_the_stop_everything_is_off_and_each_request_still_has_its_end(one: BoxScene) -> None:
    one.installation.unlock("01", "r0")
    one.witness.wait(PulseSent, request_id="r0")
    one.installation.stop()

    one.installation.unlock("01", "r1")

    one.witness.wait(PulseFailed, request_id="r1", reason=PulseFailure.STOPPED)
    assert not one.pins.coil(1)


AGENT = """
import sys, time
from pathlib import Path
from hardware.installation import Installation
from hardware.ports import BoardReachable
from hardware.wiring import load_wiring

def seen(observation):
    if isinstance(observation, BoardReachable):
        installation.unlock("02", "r1")

installation = Installation(load_wiring(Path(sys.argv[1]), ports=Path(sys.argv[2])), deliver=seen)
installation.start()
time.sleep(60)
"""


class Killed:
    """An agent that was killed, or stopped, while the coil of door 02 was on."""

    def __init__(self, pins: SimulatedGpio, folder: Path, how: signal.Signals) -> None:
        file = folder / "wiring.toml"
        file.write_text(BOX.replace("pulse_ms = 300\ncap_ms = 500", "pulse_ms = 1000\ncap_ms = 1000"), encoding="utf-8")
        self.agent = subprocess.Popen([sys.executable, "-c", AGENT, str(file), str(folder)])
        until(lambda: pins.coil(2))
        self.agent.send_signal(how)
        self.at = time.monotonic()


@pytest.mark.parametrize("library", list(Library), ids=str)
def test_an_agent_killed_during_the_pulse_leaves_no_coil_on(tmp_path: Path, library: Library) -> None:
    with box_scene(tmp_path, library=library) as box:
        box.settle()
        box.installation.stop()

        killed = Killed(box.pins, tmp_path, signal.SIGKILL)
        killed.agent.wait()
        until(lambda: not box.pins.coil(2))

        assert box.pins.longest(time.monotonic()) < 1.0, "it went off with the agent, not with the pulse"
        time.sleep(1.2)
        assert len(box.pins.coils) == 1


def test_an_agent_that_hangs_during_the_pulse_leaves_no_coil_on(tmp_path: Path) -> None:
    with box_scene(tmp_path) as box:
        box.settle()
        box.installation.stop()

        killed = Killed(box.pins, tmp_path, signal.SIGSTOP)
        until(lambda: not box.pins.coil(2))
        killed.agent.kill()
        killed.agent.wait()

        assert len(box.pins.coils) == 1


def test_when_agent_and_guard_are_killed_the_unit_file_still_switches_everything_off(tmp_path: Path) -> None:
    """What systemd runs after the death of a whole service; here the test does."""
    with box_scene(tmp_path) as box:
        box.settle()
        box.installation.unlock("02", "r1")
        box.witness.wait(PulseSent, request_id="r1")
        box.driver._stopping.set()  # no new guard
        os.kill(box.driver.guard_pid, signal.SIGKILL)
        box.installation.stop()
        assert box.pins.coil(2)
        file = tmp_path / "wiring.toml"
        file.write_text(BOX, encoding="utf-8")
        off = [sys.executable, "-m", "hardware.drivers.gpio_all_off", str(file), "--ports", str(tmp_path)]

        subprocess.run(off, check=True)

        assert not box.pins.coil(2)
