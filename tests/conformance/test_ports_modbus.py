"""Modbus relay boards on a bus with every fault of the line: of two models, and with contacts on a board of their own.

What holds for any family stands in test_ports_doors; here is what relays that could also be left on must never do.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from firmware_bridge.boards import modbus as board
from hardware.ports import BoardReachable, BoardUnreachable, DoorSensed, DoorState, LossReason, PulseSent
from hardware.simulated import faults
from tests.hardware.witness import Scene, scene, until

WIRING = """
[station]
kind = "cabinet"
[cabinet]
rows = 2
columns = 4
[[bus]]
name = "bus0"
port = "bus0"
echo = "none"
poll_ms = 30
reply_ms = 100
[[board]]
name = "A"
bus = "bus0"
family = "modbus"
address = 1
channels = 8
closed = "1"
pulse_ms = 300
inputs_address = 9
compartments = "01-04"
[[board]]
name = "B"
bus = "bus0"
family = "modbus"
model = "lc"
address = 255
channels = 8
closed = "0"
pulse_ms = 300
compartments = "05-08"
"""
HARMLESS = [faults.SplitReply(), faults.LeadingGarbage(), faults.JoinedReplies()]
DEAFENING = [faults.DropReply(), faults.LateReply(seconds=0.3), faults.WrongChecksum(), faults.FailedReply()]


def named(fault: faults.Fault) -> str:
    return type(fault).__name__


@pytest.fixture
def cabinet(tmp_path: Path) -> Iterator[Scene]:
    with scene(tmp_path, WIRING) as made:
        made.settle()
        yield made
        assert all(fire.seconds == pytest.approx(0.3) for fire in made.cabinet.fires()), "only pulses with an end"


def test_at_start_every_relay_is_switched_off_and_no_lock_fires(cabinet: Scene) -> None:
    assert {cabinet.witness.door(c.name) for c in cabinet.wiring.compartments} == {DoorState.CLOSED}
    assert cabinet.cabinet.fires() == ()
    assert cabinet.bus.hurried == 0


@pytest.mark.parametrize("compartment", ["02", "07"])
def test_a_pulse_is_acknowledged_and_the_opening_sensed(cabinet: Scene, compartment: str) -> None:
    cabinet.installation.unlock(compartment, "r1")

    assert cabinet.witness.wait(PulseSent, request_id="r1").acknowledged
    cabinet.witness.wait(DoorSensed, compartment=compartment, state=DoorState.OPEN)
    assert [fire.compartment for fire in cabinet.cabinet.fires()] == [compartment]


@pytest.mark.parametrize("fault", HARMLESS, ids=named)
def test_a_disturbed_line_still_carries_question_and_answer(cabinet: Scene, fault: faults.Fault) -> None:
    cabinet.bus.fault(fault, on="query", times=4)
    cabinet.bus.fault(fault, on="unlock")

    cabinet.installation.unlock("06", "r1")

    assert cabinet.witness.wait(PulseSent, request_id="r1").acknowledged
    cabinet.witness.wait(DoorSensed, compartment="06", state=DoorState.OPEN)
    until(lambda: cabinet.bus.pending_faults == 0)
    assert cabinet.witness.of(BoardUnreachable) == []
    assert {seen.compartment for seen in cabinet.witness.of(DoorSensed, state=DoorState.OPEN)} == {"06"}


@pytest.mark.parametrize("compartment", ["02", "06"])
@pytest.mark.parametrize("fault", DEAFENING, ids=named)
def test_a_pulse_without_a_good_answer_is_not_acknowledged_and_never_sent_again(
    cabinet: Scene, fault: faults.Fault, compartment: str
) -> None:
    cabinet.bus.fault(fault, on="unlock")
    fired = 0 if isinstance(fault, faults.FailedReply) else 1

    cabinet.installation.unlock(compartment, "r1")

    assert not cabinet.witness.wait(PulseSent, request_id="r1").acknowledged
    polled = cabinet.bus.requests
    until(lambda: cabinet.bus.requests > polled + 20)
    assert len(cabinet.cabinet.fires()) == fired
    assert len(cabinet.witness.of(PulseSent)) == 1
    assert (cabinet.witness.door(compartment) is DoorState.OPEN) is bool(fired)


@pytest.mark.parametrize("fault", [faults.ShortReply(), *DEAFENING[:3]], ids=named)
def test_a_bad_answer_to_a_question_is_asked_for_again(cabinet: Scene, fault: faults.Fault) -> None:
    cabinet.bus.fault(fault, on="query", times=1)
    until(lambda: cabinet.bus.pending_faults == 0)
    polled = cabinet.bus.requests
    until(lambda: cabinet.bus.requests > polled + 10)

    assert cabinet.witness.of(BoardUnreachable) == []
    assert cabinet.witness.of(DoorSensed, state=DoorState.OPEN) == []


def test_a_relay_that_was_left_on_goes_off_when_the_line_is_opened(tmp_path: Path) -> None:
    """By whatever spoke to the board before."""
    with scene(tmp_path, WIRING, plugged=False) as cabinet:
        left_on = board.Write(1, board.WRITE_COIL, 2, 0xFF00)
        cabinet.bus._heard(board.encode(left_on))
        assert cabinet.cabinet.look()[2].energised
        cabinet.bus.line.plug()

        cabinet.witness.wait(BoardReachable, board="A")

        assert not cabinet.cabinet.look()[2].energised
        cabinet.witness.wait(DoorSensed, compartment="03", state=DoorState.OPEN)


def test_a_jammed_lock_is_pulsed_and_its_door_never_told_open(cabinet: Scene) -> None:
    cabinet.cabinet.jam("04")

    cabinet.installation.unlock("04", "r1")

    assert cabinet.witness.wait(PulseSent, request_id="r1").acknowledged
    polled = cabinet.bus.requests
    until(lambda: cabinet.bus.requests > polled + 20)
    assert cabinet.witness.door("04") is DoorState.CLOSED


def test_an_unplugged_line_is_told_lost_and_found_again_without_a_pulse(cabinet: Scene) -> None:
    mark = cabinet.witness.now
    cabinet.bus.line.unplug()
    for name in ("A", "B"):
        cabinet.witness.wait(BoardUnreachable, after=mark, board=name, reason=LossReason.UNPLUGGED)

    cabinet.bus.line.plug()

    for name in ("A", "B"):
        cabinet.witness.wait(BoardReachable, after=mark, board=name)
    cabinet.witness.wait(DoorSensed, after=mark, compartment="05", state=DoorState.CLOSED)
    assert cabinet.cabinet.fires() == ()


def test_an_echoing_line_leaves_a_pulse_unacknowledged_where_echo_and_answer_are_the_same(tmp_path: Path) -> None:
    """Write coil is answered with its own bytes; LC's answer is not."""
    with scene(tmp_path, WIRING.replace('"none"', '"tolerate"')) as cabinet:
        cabinet.bus.echo = True
        cabinet.settle()
        cabinet.bus.fault(faults.DropReply(), on="unlock")

        cabinet.installation.unlock("01", "r1")
        cabinet.installation.unlock("05", "r2")

        assert not cabinet.witness.wait(PulseSent, request_id="r1").acknowledged
        assert cabinet.witness.wait(PulseSent, request_id="r2").acknowledged
        assert len(cabinet.cabinet.fires()) == 2


def test_locks_wired_the_other_way_round_show_every_door_open(cabinet: Scene) -> None:
    cabinet.bus.invert(255)

    cabinet.witness.wait(DoorSensed, compartment="05", state=DoorState.OPEN)
    assert cabinet.witness.door("01") is DoorState.CLOSED


def test_a_board_without_inputs_does_not_fit_its_wiring(tmp_path: Path) -> None:
    with scene(tmp_path, WIRING) as cabinet:
        cabinet.bus._boards[1][1].inputs = False

        assert cabinet.witness.wait(BoardUnreachable, board="A").reason is LossReason.MISFIT
