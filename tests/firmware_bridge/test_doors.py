"""What status bytes say about doors, and how each dialect speaks to its board."""

from dataclasses import replace
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.boards import cu16, cu48, cu48_doors, eight_a_eighty_doors, winnsen, wkly
from firmware_bridge.boards import eight_a_eighty as b
from firmware_bridge.boards.dialect import Dialect, Door, Item, Reading, door_of, item_of, no_flaw
from firmware_bridge.boards.eight_a_eighty_doors import ByteOrder, door, doors, status_bytes
from firmware_bridge.boards.families import FAMILIES
from firmware_bridge.exchange import Echo

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


def test_an_eight_a_eighty_board_is_spoken_to_as_it_is_wired() -> None:
    dialect = eight_a_eighty_doors.FAMILY.dialect(
        1, 3, {"status_bytes": 3, "closed": "00", "byte_order": "last-byte-low", "pulse_seconds": 0}
    )
    timed: Any = replace(cast("Any", dialect), seconds=1)

    assert (dialect.unlock(2), timed.unlock(2)) == (b.UnlockOne(1, 2), b.UnlockTimed(1, 2, 1))
    assert (dialect.pulse_seconds, timed.pulse_seconds) == (0.3, 1.0)
    assert (dialect.at_start(), dialect.queries()) == ((), (b.QueryAll(1),))
    assert dialect.reading((b.AllStatus(1, bytes((0, 0, 2))),)) == Reading((Door.CLOSED, Door.OPEN, Door.CLOSED))
    assert dialect.reading((b.AllStatus(1, bytes(2)),)) is None
    assert dialect.fired(b.UnlockReply(1, 2, 0))
    assert dialect.hints(b.DoorReport(0x82, 1, 1, 0))
    assert not dialect.hints(b.AllStatus(1, bytes(3)))
    assert not dialect.codec().answered(b.UnlockSeveral(1, bytes(3)))


@pytest.mark.parametrize(
    ("channels", "count", "echo", "reason"),
    [
        (8, 1, Echo.TOLERATE, "echo-unclear"),
        (8, 1, Echo.NONE, None),
        (9, 1, Echo.NONE, "too-few-status-bytes"),
        (24, 3, Echo.TOLERATE, None),
    ],
)
def test_settings_that_contradict_each_other_are_named(
    channels: int, count: int, echo: Echo, reason: str | None
) -> None:
    flaw = eight_a_eighty_doors.FAMILY.flaw(channels, {"status_bytes": count}, echo)

    assert (flaw and flaw.reason) == reason


def test_a_cu48_is_spoken_to_as_it_is_wired() -> None:
    dialect = cu48_doors.FAMILY.dialect(0, 3, {"closed": "0", "pulse_ms": 400})

    assert (dialect.unlock(3), dialect.queries(), dialect.at_start()) == (cu48.Unlock(0, 3), (cu48.Query(0),), ())
    assert dialect.reading((cu48.Status(0, bytes((5, 0, 0, 0, 0, 0))),)) == Reading((Door.OPEN, Door.CLOSED, Door.OPEN))
    assert dialect.reading((cu48.Query(0),)) is None
    assert dialect.pulse_seconds == 0.4
    assert not dialect.codec().answered(dialect.unlock(1))
    assert dialect.codec().answered(cu48.Query(0))
    assert not dialect.fired(cu48.Query(0))
    assert not dialect.hints(cu48.Query(0))


def test_every_family_is_known_by_its_name_and_contradicts_itself_only_when_it_says_so() -> None:
    assert all(name == family.name for name, family in FAMILIES.items())
    assert no_flaw(8, {}, Echo.NONE) is None


def test_an_item_is_there_when_its_sensor_reads_so() -> None:
    assert (item_of(1, present=1), item_of(0, present=1)) == (Item.PRESENT, Item.ABSENT)
    assert (door_of(1, closed=1), door_of(0, closed=1)) == (Door.CLOSED, Door.OPEN)


def dialect_of(family: str, address: int, channels: int, **settings: str | int) -> Dialect:
    """As the wiring builds it: what is not said has its default."""
    known = FAMILIES[family]
    given = {setting.key: settings.get(setting.key, setting.default) for setting in known.settings}
    return known.dialect(address, channels, {key: value for key, value in given.items() if value is not None})


def test_a_cu48b_sees_what_lies_in_compartments_only_when_sensors_are_fitted() -> None:
    status = cu48.Status(0, bytes((3, 0, 0, 0, 0, 0)) + bytes((1, 0, 0, 0, 0, 0)))

    blind, seeing = (dialect_of("cu48b", 0, 2, closed="1", items=items) for items in ("none", "1"))

    assert blind.reading((status,)) == Reading((Door.CLOSED, Door.CLOSED))
    assert seeing.reading((status,)) == Reading((Door.CLOSED, Door.CLOSED), (Item.PRESENT, Item.ABSENT))
    assert seeing.codec().encode(seeing.unlock(1)).hex(" ") == "02 00 00 61 03 66"


def test_a_cu16_is_spoken_to_as_it_is_wired() -> None:
    plain = dialect_of("cu16", 2, 2, closed="0")
    told = dialect_of("cu16", 2, 2, closed="1", items="0", pulse_ms=400, write_pulse="yes")
    status = cu16.Status(2, bytes((1, 0)), bytes((2, 0)))

    assert (plain.at_start(), told.at_start()) == ((), (cu16.SetTime(2, 400),))
    assert (told.pulse_seconds, told.unlock(2), told.queries()) == (0.4, cu16.Unlock(2, 2), (cu16.Query(2),))
    assert plain.reading((status,)) == Reading((Door.OPEN, Door.CLOSED))
    assert told.reading((status,)) == Reading((Door.CLOSED, Door.OPEN), (Item.PRESENT, Item.ABSENT))
    assert told.reading((cu16.Query(2),)) is None
    assert told.codec().repeatable(cu16.SetTime(2, 400))
    assert not told.codec().answered(told.unlock(1))
    assert not told.fired(status)
    assert not told.hints(status)


def test_a_wkly_board_is_spoken_to_as_it_is_wired() -> None:
    one, zero = (dialect_of("wkly", 3, 2, closed="01", first_channel=first) for first in (1, 0))

    assert (one.unlock(1), zero.unlock(1)) == (wkly.OpenOne(3, 1), wkly.OpenOne(3, 0))
    assert (one.at_start(), one.queries(), one.pulse_seconds) == ((), (wkly.QueryAll(3),), 0.5)
    assert one.reading((wkly.AllStatus(3, 0, b"\x01\x00\x00"),)) == Reading((Door.CLOSED, Door.OPEN))
    assert one.reading((wkly.AllStatus(3, 0, b"\x01"),)) is None
    assert one.reading((wkly.AllStatus(3, 0xFF, b"\x01\x00"),)) is None
    assert one.fired(wkly.Opened(3, 0, 1, 0))
    assert not one.fired(wkly.Opened(3, 0xFF, 1, 0))
    assert not one.fired(wkly.QueryAll(3))
    assert one.hints(wkly.DoorReport(3, 1, 1))
    assert one.codec().answered(one.unlock(1))


def test_a_winnsen_board_is_spoken_to_as_it_is_wired() -> None:
    dialect = dialect_of("winnsen", 1, 3, closed="0")

    assert (dialect.unlock(3), dialect.at_start()) == (winnsen.Unlock(1, 3), ())
    assert (dialect.queries(), dialect.pulse_seconds) == ((winnsen.Query(1, b"\xff\xff"),), 0.5)
    assert dialect.reading((winnsen.Status(1, b"\x05\x00"),)) == Reading((Door.OPEN, Door.CLOSED, Door.OPEN))
    assert dialect.reading((winnsen.Unlock(1, 1),)) is None
    assert dialect.fired(winnsen.Unlocked(1, 3, winnsen.OPENED))
    assert not dialect.fired(winnsen.Unlocked(1, 3, winnsen.COOLING))
    assert not dialect.fired(winnsen.Status(1, bytes(2)))
    assert not dialect.hints(winnsen.Status(1, bytes(2)))
    assert dialect.codec().answered(dialect.unlock(1))
