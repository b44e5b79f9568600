"""What status bytes say about doors."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.boards.eight_a_eighty_doors import ByteOrder, Door, door, doors, status_bytes

OPENED, C, U = Door.OPEN, Door.CLOSED, Door.UNKNOWN


def test_lock_two_of_the_captured_answer_is_open() -> None:
    states = doors(bytes((0, 0, 2)), channels=24, closed_value=0x00, order=ByteOrder.LAST_BYTE_LOW)

    assert states == (C, OPENED, *[C] * 22)


def test_the_other_byte_order_puts_it_on_lock_eighteen() -> None:
    states = doors(bytes((0, 0, 2)), channels=24, closed_value=0x00, order=ByteOrder.FIRST_BYTE_LOW)

    assert states.index(OPENED) == 17


def test_the_other_feedback_turns_every_door_over() -> None:
    states = doors(bytes((0, 0, 2)), channels=3, closed_value=0x11, order=ByteOrder.LAST_BYTE_LOW)

    assert states == (OPENED, C, OPENED)


def test_channels_without_a_byte_are_unknown() -> None:
    assert doors(b"\x01", channels=10, closed_value=0x11, order=ByteOrder.LAST_BYTE_LOW) == (C, *[OPENED] * 7, U, U)


@pytest.mark.parametrize(("status", "state"), [(0x11, C), (0x00, OPENED), (0x22, U)])
def test_one_status_byte(status: int, state: Door) -> None:
    assert door(status, closed_value=0x11) is state


@given(st.lists(st.booleans(), max_size=32), st.sampled_from((0x00, 0x11)), st.sampled_from(ByteOrder))
def test_a_board_and_its_host_agree(shut: list[bool], closed_value: int, order: ByteOrder) -> None:
    raw = status_bytes(tuple(shut), count=4, closed_value=closed_value, order=order)

    assert doors(raw, channels=len(shut), closed_value=closed_value, order=order) == tuple(
        C if s else OPENED for s in shut
    )
