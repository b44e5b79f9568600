"""One suite for every family of lock boards, against its simulated device on a real line, with each fault of the line.

Whatever happens, the observations are true: no door is told open that was not sensed open, no pulse is sent twice, a
lost board is told lost, and each request ends exactly once.
"""

import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import serial

from custody import events, messages
from custody.identifiers import ActId, PersonId, PlaceId
from edge.core.door import (
    Announce,
    Door,
    Energise,
    Pulse,
    PulseReported,
    Sensed,
    Stimulus,
    UnlockRequested,
    sensed_state,
    step,
)
from firmware_bridge.boards.families import FAMILIES
from hardware import registry
from hardware.drivers.serial_bus import COIL_REST
from hardware.ports import (
    BoardReachable,
    BoardUnreachable,
    DoorSensed,
    DoorState,
    ItemSensed,
    LossReason,
    PulseFailed,
    PulseFailure,
    PulseSent,
)
from hardware.simulated import faults
from hardware.simulated.boards import BOARDS
from hardware.simulated.compartment import DoorAt, Felt
from tests.hardware.board_scenes import LINES, SENSING, Wired
from tests.hardware.witness import WIRING, Scene, scene, until

CAP = 1.0  # seconds that no coil is ever on
HARMLESS = [
    faults.JoinedReplies(),
    faults.SplitReply(),
    faults.LeadingGarbage(),
    faults.ReportBetween(channel=3, status=0x00),
    faults.ReportBetween(channel=3, status=0x11, header=0x81),
]
DEAFENING = [faults.DropReply(), faults.LateReply(seconds=0.3), faults.WrongChecksum(), faults.FailedReply()]


@pytest.fixture(params=LINES, ids=lambda line: line.name)
def line(request: pytest.FixtureRequest) -> Wired:
    wired = request.param
    assert isinstance(wired, Wired)
    return wired


@pytest.fixture
def cabinet(line: Wired, tmp_path: Path) -> Iterator[Scene]:
    with scene(tmp_path, line.text()) as made:
        made.settle()
        yield made
        keeps_the_law(made)


@pytest.fixture
def patient(line: Wired, tmp_path: Path) -> Iterator[Scene]:
    """As ``cabinet``, and no answer is too late for the host: on a busy machine it asks twice and seems to hurry."""
    with scene(tmp_path, line.text(reply_ms=600)) as made:
        made.settle()
        yield made
        keeps_the_law(made)


def keeps_the_law(cabinet: Scene) -> None:
    """However a story ends: no coil over its cap, no lock fired more often than pulses were told, one end a request."""
    assert all(seen.longest_on <= CAP for seen in cabinet.cabinet.look())
    assert len(cabinet.cabinet.fires()) <= len(cabinet.witness.of(PulseSent))
    ends = [
        *(one.request_id for one in cabinet.witness.of(PulseSent)),
        *(one.request_id for one in cabinet.witness.of(PulseFailed)),
    ]
    assert len(ends) == len(set(ends))
    for compartment in cabinet.wiring.compartments:
        told_to_the_door(cabinet, compartment.name)


def told_to_the_door(cabinet: Scene, compartment: str) -> None:
    """The agent's door, told what the drivers observed: it says what was sensed last, and fires only when asked."""
    door, asked, fired, opened, seen_open = Door(PlaceId(f"cab.{compartment}")), 0, 0, 0, 0
    for observation in list(cabinet.witness.all):
        if getattr(observation, "compartment", None) != compartment:
            continue
        stimuli: list[Stimulus] = []
        match observation:
            case DoorSensed(state=state):
                stimuli = [Sensed(messages.DoorState(state.value))]
                seen_open += state is DoorState.OPEN
            case PulseSent(request_id=act, acknowledged=acknowledged):
                pulse = Pulse.ACKNOWLEDGED if acknowledged else Pulse.SENT
                stimuli = [_request(act), PulseReported(ActId(act), pulse)]
            case PulseFailed(request_id=act):
                stimuli = [_request(act), PulseReported(ActId(act), Pulse.FAILED)]
            case _:
                pass
        for stimulus in stimuli:
            door, effects = step(door, stimulus, 0)
            asked += isinstance(stimulus, UnlockRequested)
            fired += sum(isinstance(effect, Energise) for effect in effects)
            facts = [effect.fact for effect in effects if isinstance(effect, Announce)]
            opened += sum(isinstance(fact, events.DoorOpened | events.DoorForced) for fact in facts)
    assert sensed_state(door).value == cabinet.witness.door(compartment).value
    assert fired <= asked
    assert opened <= seen_open


def _request(act: str) -> UnlockRequested:
    return UnlockRequested(act=ActId(act), person=PersonId("p-1"), reason="deposit")


def named(fault: faults.Fault) -> str:
    return type(fault).__name__


def test_every_driver_and_every_family_has_a_simulated_device() -> None:
    assert set(registry.names(registry.DOORS)) <= set(registry.SIMULATED)
    assert set(FAMILIES) == set(BOARDS)


def test_at_start_every_door_is_sensed_and_no_lock_fires(patient: Scene) -> None:
    assert [patient.witness.door(c.name) for c in patient.wiring.compartments] == [DoorState.CLOSED] * 8
    assert patient.cabinet.fires() == ()
    assert patient.bus.hurried == 0


@pytest.mark.parametrize("compartment", ["02", "07"])
def test_a_pulse_is_acknowledged_where_boards_answer_and_the_opening_sensed(
    line: Wired, cabinet: Scene, compartment: str
) -> None:
    cabinet.installation.unlock(compartment, "r1")

    board = "A" if compartment < "05" else "B"
    answers = line.acknowledges and not (board == "B" and line.families[1] == "cu48")
    assert cabinet.witness.wait(PulseSent, request_id="r1").acknowledged is answers
    cabinet.witness.wait(DoorSensed, compartment=compartment, state=DoorState.OPEN)
    assert [fire.compartment for fire in cabinet.cabinet.fires()] == [compartment]
    assert len(cabinet.witness.of(DoorSensed, state=DoorState.OPEN)) == 1


def test_a_door_pulled_and_pushed_is_followed(cabinet: Scene) -> None:
    cabinet.installation.unlock("03", "r1")
    cabinet.witness.wait(DoorSensed, compartment="03", state=DoorState.OPEN)
    cabinet.cabinet.pull("03")
    until(lambda: not cabinet.cabinet.look()[2].energised)
    mark = cabinet.witness.now

    assert cabinet.cabinet.push("03") is Felt.MOVED

    cabinet.witness.wait(DoorSensed, after=mark, compartment="03", state=DoorState.CLOSED)


@pytest.mark.parametrize("fault", HARMLESS, ids=named)
def test_a_disturbed_line_still_carries_question_and_answer(line: Wired, patient: Scene, fault: faults.Fault) -> None:
    patient.bus.fault(fault, on="query", times=4)
    patient.bus.fault(fault, on="unlock")

    patient.installation.unlock("02", "r1")

    assert patient.witness.wait(PulseSent, request_id="r1").acknowledged is line.acknowledges
    patient.witness.wait(DoorSensed, compartment="02", state=DoorState.OPEN)
    until(lambda: patient.bus.pending_faults == 0)
    assert patient.witness.of(BoardUnreachable) == []
    assert {seen.compartment for seen in patient.witness.of(DoorSensed, state=DoorState.OPEN)} == {"02"}


@pytest.mark.parametrize("fault", DEAFENING, ids=named)
def test_a_pulse_without_an_answer_is_not_acknowledged_and_never_sent_again(
    cabinet: Scene, fault: faults.Fault
) -> None:
    cabinet.bus.fault(fault, on="unlock")
    fired: int = 0 if isinstance(fault, faults.FailedReply) else 1

    cabinet.installation.unlock("02", "r1")

    assert not cabinet.witness.wait(PulseSent, request_id="r1").acknowledged
    if fired:
        cabinet.witness.wait(DoorSensed, compartment="02", state=DoorState.OPEN)
    polled = cabinet.bus.requests
    until(lambda: cabinet.bus.requests > polled + 8)
    assert len(cabinet.cabinet.fires()) == fired
    assert len(cabinet.witness.of(PulseSent)) == 1
    assert (cabinet.witness.door("02") is DoorState.OPEN) is bool(fired)


@pytest.mark.parametrize("fault", DEAFENING[:3], ids=named)
def test_a_lost_answer_to_a_question_is_asked_for_again(cabinet: Scene, fault: faults.Fault) -> None:
    cabinet.bus.fault(fault, on="query", times=1)
    until(lambda: cabinet.bus.pending_faults == 0)
    polled = cabinet.bus.requests
    until(lambda: cabinet.bus.requests > polled + 8)

    assert cabinet.witness.of(BoardUnreachable) == []
    assert cabinet.witness.of(DoorSensed, state=DoorState.OPEN) == []


def test_an_answer_that_lost_a_byte_is_not_taken_for_doors(cabinet: Scene) -> None:
    cabinet.bus.fault(faults.ShortReply(), on="query", times=1)
    until(lambda: cabinet.bus.pending_faults == 0)
    polled = cabinet.bus.requests
    until(lambda: cabinet.bus.requests > polled + 8)

    assert cabinet.witness.of(BoardUnreachable) == []
    assert cabinet.witness.of(DoorSensed, state=DoorState.OPEN) == []


def test_answers_that_fit_no_wiring_are_told(tmp_path: Path) -> None:
    """A lost 00 of an 8A/80 answer leaves its check right and would shift every door."""
    with scene(tmp_path, WIRING) as cabinet:
        cabinet.settle()
        cabinet.bus.fault(faults.ShortReply(), on="query", times=4)

        cabinet.witness.wait(BoardUnreachable, reason=LossReason.MISFIT)
        assert cabinet.witness.of(DoorSensed, state=DoorState.OPEN) == []


@pytest.mark.parametrize("setting", ["tolerate", "expected"])
def test_an_echoing_line_is_told_apart_from_answers(tmp_path: Path, setting: str) -> None:
    wiring = WIRING.replace('port = "bus0"', f'port = "bus0"\necho = "{setting}"')
    with scene(tmp_path, wiring) as cabinet:
        cabinet.bus.echo = True
        cabinet.settle()
        cabinet.bus.fault(faults.DropReply(), on="unlock")

        cabinet.installation.unlock("01", "r1")
        cabinet.installation.unlock("02", "r2")

        assert not cabinet.witness.wait(PulseSent, request_id="r1").acknowledged
        assert cabinet.witness.wait(PulseSent, request_id="r2").acknowledged
        assert [fire.compartment for fire in cabinet.cabinet.fires()] == ["01", "02"]


def test_a_jammed_lock_is_pulsed_and_its_door_never_told_open(line: Wired, cabinet: Scene) -> None:
    cabinet.cabinet.jam("04")

    cabinet.installation.unlock("04", "r1")

    assert cabinet.witness.wait(PulseSent, request_id="r1").acknowledged is line.acknowledges
    polled = cabinet.bus.requests
    until(lambda: cabinet.bus.requests > polled + 8)
    assert cabinet.witness.door("04") is DoorState.CLOSED


def test_a_sticking_door_is_told_open_only_when_it_is_pulled(cabinet: Scene) -> None:
    cabinet.cabinet.stick("04")
    cabinet.installation.unlock("04", "r1")
    cabinet.witness.wait(PulseSent, request_id="r1")
    until(lambda: not cabinet.cabinet.look()[3].latched)
    assert cabinet.witness.door("04") is DoorState.CLOSED

    assert cabinet.cabinet.pull("04") is Felt.MOVED

    cabinet.witness.wait(DoorSensed, compartment="04", state=DoorState.OPEN)


def test_a_lie_reported_by_a_board_is_no_opening(line: Wired, cabinet: Scene) -> None:
    """Reports only make the driver look; what it then sees counts."""
    cabinet.bus.report(line.first, 3, status=0x00)
    polled = cabinet.bus.requests
    until(lambda: cabinet.bus.requests > polled + 8)

    assert cabinet.witness.of(DoorSensed, state=DoorState.OPEN) == []


def test_an_unplugged_line_is_told_lost_and_found_again_without_a_pulse(cabinet: Scene) -> None:
    cabinet.installation.unlock("01", "r1")
    cabinet.witness.wait(DoorSensed, compartment="01", state=DoorState.OPEN)
    mark = cabinet.witness.now
    cabinet.bus.line.unplug()
    for board in ("A", "B"):
        cabinet.witness.wait(BoardUnreachable, after=mark, board=board, reason=LossReason.UNPLUGGED)
    cabinet.witness.wait(DoorSensed, after=mark, compartment="08", state=DoorState.UNKNOWN)
    assert {cabinet.witness.door(c.name) for c in cabinet.wiring.compartments} == {DoorState.UNKNOWN}

    cabinet.installation.unlock("05", "r2")
    cabinet.witness.wait(PulseFailed, request_id="r2", reason=PulseFailure.UNREACHABLE)
    cabinet.bus.line.plug()

    for board in ("A", "B"):
        cabinet.witness.wait(BoardReachable, after=mark, board=board)
    cabinet.witness.wait(DoorSensed, after=mark, compartment="01", state=DoorState.OPEN)
    cabinet.witness.wait(DoorSensed, after=mark, compartment="05", state=DoorState.CLOSED)
    assert len(cabinet.cabinet.fires()) == 1


def test_a_line_that_is_absent_at_start_is_opened_when_it_comes(line: Wired, tmp_path: Path) -> None:
    with scene(tmp_path, line.text(), plugged=False) as cabinet:
        assert cabinet.witness.wait(BoardUnreachable, board="A").reason is LossReason.ABSENT

        cabinet.bus.line.plug()

        cabinet.settle()


def test_a_silent_board_is_told_lost_alone_and_is_not_pulsed(line: Wired, cabinet: Scene) -> None:
    cabinet.bus.silent.add(line.second)
    cabinet.witness.wait(BoardUnreachable, board="B", reason=LossReason.SILENT)

    cabinet.installation.unlock("05", "r1")
    cabinet.installation.unlock("01", "r2")

    cabinet.witness.wait(PulseFailed, request_id="r1", reason=PulseFailure.UNREACHABLE)
    cabinet.witness.wait(DoorSensed, compartment="01", state=DoorState.OPEN)
    assert [fire.board for fire in cabinet.cabinet.fires()] == ["A"]
    mark = cabinet.witness.now
    cabinet.bus.silent.discard(line.second)
    cabinet.witness.wait(BoardReachable, after=mark, board="B")


def test_a_power_cut_leaves_doors_unknown_and_what_was_moved_meanwhile_is_seen_after(cabinet: Scene) -> None:
    cabinet.installation.unlock("06", "r1")
    cabinet.witness.wait(DoorSensed, compartment="06", state=DoorState.OPEN)
    cabinet.cabinet.cut_power()
    cabinet.witness.wait(BoardUnreachable, board="B")
    cabinet.cabinet.push("06")
    mark = cabinet.witness.now

    cabinet.cabinet.restore_power()

    cabinet.witness.wait(DoorSensed, after=mark, compartment="06", state=DoorState.CLOSED)
    assert cabinet.cabinet.door("06") is DoorAt.SHUT


def test_locks_wired_the_other_way_round_show_every_door_open(line: Wired, cabinet: Scene) -> None:
    """Why `closed` is proved at commissioning."""
    cabinet.bus.invert(line.first)

    cabinet.witness.wait(DoorSensed, compartment="01", state=DoorState.OPEN)
    assert cabinet.witness.door("05") is DoorState.CLOSED


def test_a_coil_rests_between_pulses(cabinet: Scene) -> None:
    cabinet.installation.unlock("01", "r1")
    cabinet.installation.unlock("01", "r2")

    cabinet.witness.wait(PulseFailed, request_id="r2", reason=PulseFailure.RESTING)
    assert len(cabinet.cabinet.fires()) == 1


def test_a_lock_that_is_asked_for_before_it_has_rested_fires_when_it_has(cabinet: Scene) -> None:
    """As somebody does who shuts a door and scans the next volume for it."""
    cabinet.installation.unlock("01", "r1")
    cabinet.witness.wait(PulseSent, request_id="r1")
    time.sleep(0.8)
    cabinet.installation.unlock("01", "r2")
    cabinet.installation.unlock("05", "r3")

    cabinet.witness.wait(PulseSent, request_id="r3")
    cabinet.witness.wait(PulseSent, request_id="r2")

    first, second = (fire.at for fire in cabinet.cabinet.fires() if fire.compartment == "01")
    assert second - first >= COIL_REST - 0.1


def test_two_coils_are_never_on_at_once(cabinet: Scene) -> None:
    for index, compartment in enumerate(("01", "05", "02")):
        cabinet.installation.unlock(compartment, f"r{index}")
    for index in range(3):
        cabinet.witness.wait(PulseSent, request_id=f"r{index}")

    fires = cabinet.cabinet.fires()

    assert all(later.at >= earlier.at + earlier.seconds for earlier, later in pairwise(fires))


def test_a_compartment_that_does_not_exist_is_refused(cabinet: Scene) -> None:
    cabinet.installation.unlock("99", "r1")

    cabinet.witness.wait(PulseFailed, request_id="r1", reason=PulseFailure.UNKNOWN_COMPARTMENT)


def test_after_the_stop_nothing_fires_and_each_request_still_has_its_end(cabinet: Scene) -> None:
    cabinet.installation.stop()

    cabinet.installation.unlock("01", "r1")

    cabinet.witness.wait(PulseFailed, request_id="r1", reason=PulseFailure.STOPPED)
    assert cabinet.cabinet.fires() == ()


def test_a_second_program_finds_the_line_busy(tmp_path: Path) -> None:
    with scene(tmp_path, WIRING) as cabinet:
        cabinet.settle()
        second = cabinet.again()
        try:
            assert second.witness.wait(BoardUnreachable, board="A").reason is LossReason.BUSY
        finally:
            second.installation.stop()


def test_a_door_pushed_shut_during_the_pulse_is_told_as_it_stands(cabinet: Scene) -> None:
    cabinet.installation.unlock("03", "r1")
    until(lambda: cabinet.cabinet.door("03") is not DoorAt.SHUT)

    cabinet.cabinet.push("03")  # the ejector wins while the coil holds the bolt back

    until(lambda: not cabinet.cabinet.look()[2].energised)
    cabinet.cabinet.push("03")
    until(lambda: cabinet.witness.door("03") is DoorState.CLOSED)
    assert cabinet.cabinet.door("03") is DoorAt.SHUT
    assert len(cabinet.cabinet.fires()) == 1


def test_ten_times_unplugged_during_work_nothing_is_lost_and_nothing_restarted(cabinet: Scene) -> None:
    for turn in range(10):
        mark = cabinet.witness.now
        cabinet.installation.unlock(f"0{turn % 8 + 1}", f"r{turn}")
        if turn % 2:
            cabinet.witness.wait(PulseSent, after=mark, request_id=f"r{turn}")
        cabinet.bus.line.unplug()
        cabinet.witness.wait(BoardUnreachable, after=mark, board="B")
        cabinet.bus.line.plug()
        for board in ("A", "B"):
            cabinet.witness.wait(BoardReachable, after=mark, board=board)
    truth = {DoorAt.SHUT: DoorState.CLOSED, DoorAt.AJAR: DoorState.OPEN, DoorAt.OPEN: DoorState.OPEN}

    until(
        lambda: all(
            cabinet.witness.door(c.name) is truth[cabinet.cabinet.door(c.name)] for c in cabinet.wiring.compartments
        )
    )
    ended = {one.request_id for one in cabinet.witness.of(PulseSent)} | {
        one.request_id for one in cabinet.witness.of(PulseFailed)
    }
    assert ended == {f"r{turn}" for turn in range(10)}


def test_a_dead_port_is_closed_and_opened_anew(line: Wired, cabinet: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """An adapter that hangs takes every byte and gives none, until it is opened again."""
    opened = []
    really = serial.serial_for_url

    def anew(*where: Any, **how: Any) -> Any:
        opened.append(where)
        cabinet.bus.silent.clear()
        return really(*where, **how)

    monkeypatch.setattr(serial, "serial_for_url", anew)
    mark = cabinet.witness.now

    cabinet.bus.silent |= {line.first, line.second}

    for board in ("A", "B"):
        cabinet.witness.wait(BoardUnreachable, after=mark, board=board, reason=LossReason.SILENT)
        cabinet.witness.wait(BoardReachable, after=mark, board=board)
    assert len(opened) == 1
    assert cabinet.cabinet.fires() == ()


def test_two_requests_at_once_both_reach_their_locks(patient: Scene) -> None:
    """The driver keeps the rest between them that a board needs."""
    patient.installation.unlock("01", "r1")
    patient.installation.unlock("02", "r2")

    for compartment in ("01", "02"):
        patient.witness.wait(DoorSensed, compartment=compartment, state=DoorState.OPEN)
    assert patient.bus.hurried == 0


@pytest.mark.parametrize("line", [one for one in LINES if one.name in SENSING], ids=lambda one: one.name)
def test_what_is_put_into_a_compartment_is_sensed_as_long_as_somebody_watches(cabinet: Scene) -> None:
    cabinet.witness.wait(ItemSensed, compartment="06", present=False)

    cabinet.cabinet.put("06")
    cabinet.witness.wait(ItemSensed, compartment="06", present=True)
    assert cabinet.witness.of(ItemSensed, compartment="05", present=True) == []

    mark = cabinet.witness.now
    cabinet.bus.line.unplug()
    cabinet.witness.wait(ItemSensed, after=mark, compartment="06", present=None)
    cabinet.bus.line.plug()
    cabinet.witness.wait(ItemSensed, after=mark, compartment="06", present=True)
