"""The simulated boards themselves, spoken to with bytes: what a real board does, and what it would not forgive."""

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from firmware_bridge.boards import cu16, cu48, eight_a_eighty, winnsen, wkly
from hardware.simulated.boards.board import Pulse, Sight
from hardware.simulated.boards.cu16 import SimulatedCU16
from hardware.simulated.boards.cu48 import SimulatedCU48
from hardware.simulated.boards.eight_a_eighty import SimulatedEightAEighty
from hardware.simulated.boards.winnsen import SimulatedWinnsen
from hardware.simulated.boards.wkly import SimulatedWkly
from hardware.simulated.bus import SimulatedBus
from hardware.simulated.cabinet import SimulatedCabinet
from hardware.wiring import Board, parse_wiring
from tests.hardware.board_scenes import LINES, Wired
from tests.hardware.witness import until

SHUT = Sight(shut=(True,) * 8, present=(False, True) + (False,) * 6)
REFUSING = Sight(shut=(True,) * 8, present=(False,) * 8, refuses=True)


def board_of(family: str) -> Board:
    return parse_wiring(Wired(family, (family, family)).text()).boards[0]


@pytest.fixture
def cu48_bus(tmp_path: Path) -> Iterator[tuple[SimulatedBus, int]]:
    """A simulated line of CU48 boards, and its near end as a bare file."""
    wiring = parse_wiring(next(line for line in LINES if line.name == "cu48").text(), ports=tmp_path)
    cabinet = SimulatedCabinet(wiring, clock=time.monotonic)
    bus = SimulatedBus(wiring.buses[0], wiring, cabinet, tmp_path / "bus0")
    bus.start()
    near = os.open(tmp_path / "bus0", os.O_RDWR | os.O_NOCTTY)
    yield bus, near
    os.close(near)
    bus.stop()


@pytest.mark.parametrize(
    ("apart", "fired"),
    [(0.0, [1]), (0.001, [1]), (0.003, [1]), (0.0065, [1]), (0.0075, [1, 2]), (0.05, [1, 2])],
)
def test_two_unlocks_need_their_own_time_and_the_rest_between_them(
    tmp_path: Path, apart: float, fired: list[int]
) -> None:
    """Six bytes last 3.1 ms at 19200 baud: what is written sooner touches them, and what comes 4 ms later does not."""
    wiring = parse_wiring(Wired("cu48", ("cu48", "cu48")).text(), ports=tmp_path)
    now = 100.0
    cabinet = SimulatedCabinet(wiring, clock=lambda: now)
    bus = SimulatedBus(wiring.buses[0], wiring, cabinet, tmp_path / "bus0", clock=lambda: now)

    bus._heard(cu48.encode(cu48.Unlock(1, 1)))
    now += apart
    bus._heard(cu48.encode(cu48.Unlock(1, 2)))

    assert [fire.channel for fire in cabinet.fires()] == fired
    assert bus.hurried == 2 - len(fired)
    bus.stop()


def test_boards_that_are_asked_together_answer_one_after_another(cu48_bus: tuple[SimulatedBus, int]) -> None:
    _, near = cu48_bus

    os.write(near, cu48.encode(cu48.Query(cu48.EVERY_BOARD)))

    heard = b""
    while len(heard) < 24:
        heard += os.read(near, 64)
    told = [cu48.decode(heard[:12]), cu48.decode(heard[12:])]
    assert [frame.address for frame in told if isinstance(frame, cu48.Status)] == [1, 3]


def test_what_is_addressed_to_nobody_is_not_answered(cu48_bus: tuple[SimulatedBus, int]) -> None:
    bus, near = cu48_bus
    wrong = bytearray(cu48.encode(cu48.Unlock(1, 1)))
    wrong[-1] ^= 1

    os.write(near, cu48.encode(cu48.Unlock(7, 1)) + bytes(wrong))
    time.sleep(0.05)
    os.write(near, cu48.encode(cu48.Query(1)))

    until(lambda: bus.requests == 1)
    assert bus.cabinet.fires() == ()


CASES: list[tuple[str, Callable, object, tuple[int, ...], object]] = [
    ("8a80", SimulatedEightAEighty, eight_a_eighty.UnlockTimed(2, 3, 1), (3,), eight_a_eighty.UnlockReply(2, 3, 0)),
    ("8a80", SimulatedEightAEighty, eight_a_eighty.UnlockSeveral(2, b"\x05\x00\x00"), (1, 3), None),
    (
        "8a80",
        SimulatedEightAEighty,
        eight_a_eighty.UnlockAll(2),
        tuple(range(1, 9)),
        eight_a_eighty.UnlockReply(2, 0, 0),
    ),
    ("8a80", SimulatedEightAEighty, eight_a_eighty.QueryOne(2, 3), (), eight_a_eighty.OneStatus(2, 3, 0x11)),
    ("8a80", SimulatedEightAEighty, eight_a_eighty.QueryOne(2, 30), (), None),
    ("cu48", SimulatedCU48, cu48.UnlockAll(1), tuple(range(1, 9)), None),
    ("cu48", SimulatedCU48, cu48.Status(1, bytes(6)), (), None),
    ("cu16", SimulatedCU16, cu16.UnlockAll(1), tuple(range(1, 9)), None),
    ("cu16", SimulatedCU16, cu16.QueryEvery(), (), cu16.EveryStatus(1, b"\xff\x00", b"\x02\x00")),
    ("cu16", SimulatedCU16, cu16.QueryTime(1), (), cu16.Time(1, 500)),
    ("cu16", SimulatedCU16, cu16.SetTime(1, 300), (), cu16.Time(1, 300)),
    ("cu16", SimulatedCU16, cu16.Time(1, 300), (), None),
    ("wkly", SimulatedWkly, wkly.OpenSeveral(1, b"\x01\x03"), (1, 3), wkly.Done(1, 0x80, 0)),
    ("wkly", SimulatedWkly, wkly.OpenEach(1, b"\x02\x40"), (2,), wkly.Done(1, 0x87, 0)),
    ("wkly", SimulatedWkly, wkly.OpenAll(1), tuple(range(1, 9)), wkly.Done(1, 0x86, 0)),
    ("wkly", SimulatedWkly, wkly.QueryOne(1, 1), (), wkly.OneStatus(1, 0, 1, 1)),
    ("wkly", SimulatedWkly, wkly.QueryOne(1, 60), (), wkly.OneStatus(1, 0, 60, 0)),
    ("wkly", SimulatedWkly, wkly.Blink(1, 2), (), wkly.Blinked(1, 0, 2)),
    ("wkly", SimulatedWkly, wkly.Done(1, 0x80, 0), (), None),
    ("winnsen", SimulatedWinnsen, winnsen.QueryOne(1, 2), (), winnsen.OneStatus(1, 0, 2)),
    ("winnsen", SimulatedWinnsen, winnsen.Query(1, b"\x0f\x00"), (), winnsen.Status(1, bytes(2))),
    ("winnsen", SimulatedWinnsen, winnsen.Status(1, bytes(2)), (), None),
]


@pytest.mark.parametrize(("family", "device", "frame", "channels", "answer"), CASES)
def test_a_board_does_what_its_family_does(
    family: str, device: Callable, frame: object, channels: tuple[int, ...], answer: object
) -> None:
    response = device(board_of(family)).obey(frame, SHUT)

    assert tuple(pulse.channel for pulse in response.pulses) == channels
    assert response.answer == answer


def test_a_pulse_lasts_as_long_as_was_written_into_the_board() -> None:
    board = SimulatedCU16(board_of("cu16"))
    board.obey(cu16.SetTime(1, 300), SHUT)

    assert board.obey(cu16.Unlock(1, 4), SHUT).pulses == (Pulse(4, 0.3),)


@pytest.mark.parametrize(
    ("family", "device", "frame", "answer"),
    [
        ("8a80", SimulatedEightAEighty, eight_a_eighty.UnlockOne(2, 1), eight_a_eighty.UnlockReply(2, 1, 0x11)),
        ("cu16", SimulatedCU16, cu16.Unlock(1, 1), None),
        ("cu48", SimulatedCU48, cu48.Unlock(1, 1), None),
        ("wkly", SimulatedWkly, wkly.OpenOne(1, 1), wkly.Opened(1, 0xFF, 1, 1)),
        ("winnsen", SimulatedWinnsen, winnsen.Unlock(1, 1), winnsen.Unlocked(1, 1, 0)),
    ],
)
def test_a_board_that_refuses_fires_nothing_and_says_so_if_it_can(
    family: str, device: Callable, frame: object, answer: object
) -> None:
    response = device(board_of(family)).obey(frame, REFUSING)

    assert (response.pulses, response.answer) == ((), answer)
