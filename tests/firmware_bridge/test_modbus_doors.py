"""What a bus driver says to a Modbus relay board: a pulse that the board times, or nothing."""

import pytest

from firmware_bridge.boards import modbus as b
from firmware_bridge.boards.dialect import Door, Reading, Settings
from firmware_bridge.boards.modbus_doors import FAMILY, Modbus, Model
from firmware_bridge.exchange import Echo

PLAIN: Settings = {"model": "waveshare", "closed": "1", "pulse_ms": 700, "inputs_address": 0}


def said(frame: b.Frame) -> str:
    return b.encode(frame).hex(" ").upper()


def test_a_waveshare_board_is_switched_off_first_and_times_its_pulses() -> None:
    board = FAMILY.dialect(1, 8, PLAIN)

    assert [said(frame) for frame in board.at_start()] == ["01 05 00 FF 00 00 FD FA"]
    assert said(board.unlock(1)) == "01 05 02 00 00 07 8D B0"
    assert [said(frame) for frame in board.queries()] == ["01 02 00 00 00 08 79 CC"]
    assert board.pulse_seconds == 0.7
    assert said(Modbus(1, 16).unlock(16)) == "01 05 02 0F 00 05 3C 72"


def test_an_lc_board_too_in_its_own_words() -> None:
    board = FAMILY.dialect(255, 8, {**PLAIN, "model": "lc", "pulse_ms": 500})

    assert board.at_start() == (b.WriteSeveral(255, 15, 0, 8, b"\x00"),)
    assert board.unlock(1) == b.WriteSeveral(255, 16, 3, 2, b"\x00\x02\x00\x05")
    assert board.unlock(3) == b.WriteSeveral(255, 16, 13, 2, b"\x00\x02\x00\x05")
    assert [said(frame) for frame in board.queries()] == ["FF 02 00 00 00 08 6C 12"]


@pytest.mark.parametrize("model", list(Model))
@pytest.mark.parametrize("channel", range(1, 33))
def test_no_relay_is_ever_switched_on_to_be_switched_off_later(model: Model, channel: int) -> None:
    """Every unlock carries its own end: a length in tenths."""
    board = Modbus(1, 32, model, tenths=5)

    asked = board.unlock(channel)

    codec = board.codec()
    assert not codec.repeatable(asked)
    assert all(codec.repeatable(frame) for frame in (*board.at_start(), *board.queries()))
    match asked:
        case b.Write(_, function, place, value):
            assert (function, place, value) == (5, 0x200 + channel - 1, 5)
        case b.WriteSeveral(_, function, _, _, raw):
            assert (function, raw) == (16, b"\x00\x02\x00\x05")
        case _:
            pytest.fail(f"{asked} is no pulse")


def test_doors_by_the_inputs() -> None:
    assert Modbus(1, 3, closed_bit=1).reading((b.Bytes(1, 2, b"\x05"),)) == Reading(
        (Door.CLOSED, Door.OPEN, Door.CLOSED)
    )
    assert Modbus(1, 2, closed_bit=0).reading((b.Bytes(1, 2, b"\x02"),)) == Reading((Door.CLOSED, Door.OPEN))


def test_a_board_without_inputs_does_not_fit() -> None:
    assert Modbus(1, 8).reading((b.Refused(1, 2, 1),)) is None


def test_the_contacts_may_be_on_another_board() -> None:
    board = FAMILY.dialect(1, 16, {**PLAIN, "inputs_address": 2})

    assert board.queries() == (b.Read(2, 2, 0, 16),)
    assert board.unlock(1).address == 1


def test_a_refusal_is_no_acknowledgement_and_nothing_is_a_hint() -> None:
    board = Modbus(1, 8)

    assert board.fired(b.Write(1, 5, 0x200, 5))
    assert not board.fired(b.Refused(1, 5, 4))
    assert not board.hints(b.Bytes(1, 2, b"\x00"))


def test_its_settings_have_no_contradictions() -> None:
    assert FAMILY.flaw(32, PLAIN, Echo.TOLERATE) is None


def test_which_relays_are_on_is_asked_and_understood() -> None:
    asks = FAMILY.relays
    assert asks is not None

    assert said(asks.question(1, 8)) == "01 01 00 00 00 08 3D CC"
    assert said(asks.question(1, 12)) == "01 01 00 00 00 10 3D C6"
    assert asks.told(b.Bytes(1, 1, b"\x41"), 8) == (True, False, False, False, False, False, True, False)
    assert asks.told(b.Refused(1, 1, 2), 3) == (False, False, False)
