"""Scanners that pretend to be a keyboard: what key events say, and what they do not."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.codec import Role
from firmware_bridge.scanners import keys
from firmware_bridge.scanners.keys import DOWN, EVENT, KEY, SYNC, UP, Key, KeyCodec, Way
from firmware_bridge.scanners.lines import Flaw, Framing, Reading, Unreadable
from tests.firmware_bridge.scanner_streams import drain, feed_split

LEFT_SHIFT, LEFT_CTRL, LEFT_ALT, CAPS, NUM = 42, 29, 56, 58, 69
A, B, J, RIGHT_BRACKET, ONE, FIVE, F1, ENTER, TAB = 30, 48, 36, 27, 2, 6, 59, 28, 15

texts = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1, max_size=20).filter(
    lambda text: not text.startswith("]")
)


def typed(*events: tuple[int, int]) -> bytes:
    """Key code and value of each event, each with its report."""
    return b"".join(keys.pack(Key(KEY, code, value)) + keys.pack(Key(SYNC, 0, 0)) for code, value in events)


def tap(*codes: int) -> list[tuple[int, int]]:
    return [(code, value) for code in codes for value in (DOWN, UP)]


def hold(code: int, inner: list[tuple[int, int]]) -> list[tuple[int, int]]:
    return [(code, DOWN), *inner, (code, UP)]


def read(data: bytes, **settings: Any) -> list[Reading | Unreadable]:
    codec = KeyCodec(Role.HOST, **settings)
    codec.receive(data)
    return drain(codec)


@pytest.mark.parametrize(
    ("events", "text"),
    [
        (tap(A, ONE), "a1"),
        (hold(LEFT_SHIFT, tap(A, ONE)), "A!"),
        (tap(CAPS, A, ONE, CAPS, B), "A1b"),
        ([(CAPS, DOWN), (CAPS, UP), *hold(LEFT_SHIFT, tap(A))], "a"),
        (tap(NUM, 82, 79, 80, 81, 75, 76, 77, 71, 72, 73), "0123456789"),
        (tap(74, 83, 98), "-./"),
        ([(A, DOWN), (B, DOWN), (A, UP), (B, UP)], "ab"),  # a release that comes late
        ([(A, DOWN), (A, 2), (A, 2), (A, UP)], "a"),  # the kernel repeats a key that is held
        (hold(LEFT_ALT, tap(82, 76, 80)), "4"),  # 052, as a Datalogic types it
        ([*hold(LEFT_ALT, tap(82, 76, 80)), *tap(B)], "4b"),
        (hold(LEFT_ALT, tap(FIVE, ONE)), "3"),
    ],
)
def test_keys_are_text(events: list[tuple[int, int]], text: str) -> None:
    assert read(typed(*events, *tap(ENTER))) == [Reading(text)]


def test_the_keypad_has_an_enter_too_and_ctrl_j_is_one() -> None:
    assert read(typed(*tap(A, keys.KEYPAD_ENTER))) == [Reading("a")]
    assert read(typed(*tap(A), *hold(LEFT_CTRL, hold(LEFT_SHIFT, tap(J))))) == [Reading("a")]


def test_tab_ends_a_code_where_the_framing_says_so() -> None:
    assert read(typed(*tap(A, TAB)), framing=Framing.TAB) == [Reading("a")]


@pytest.mark.parametrize(
    ("events", "reason"),
    [
        (hold(LEFT_CTRL, tap(RIGHT_BRACKET)), Flaw.CONTROL_CHARACTER),  # GS
        (hold(LEFT_CTRL, tap(ONE)), Flaw.NOT_TEXT),
        (tap(F1), Flaw.NOT_TEXT),
        (hold(LEFT_ALT, tap(A)), Flaw.NOT_TEXT),
        (hold(LEFT_ALT, tap(79, 80, 73)), Flaw.NOT_TEXT),  # 129
        (hold(LEFT_ALT, tap(82)), Flaw.NOT_TEXT),
        (hold(LEFT_ALT, tap(*[82] * 9, 79)), Flaw.NOT_TEXT),
    ],
)
def test_a_code_with_a_hole_in_it_is_refused(events: list[tuple[int, int]], reason: Flaw) -> None:
    (refused,) = read(typed(*tap(A), *events, *tap(B, ENTER)))

    assert isinstance(refused, Unreadable)
    assert refused.reason is reason


def test_events_that_the_kernel_dropped_spoil_the_code_they_were_in() -> None:
    lost = typed(*tap(A)) + keys.pack(Key(SYNC, keys.DROPPED, 0)) + keys.pack(Key(KEY, B, DOWN))
    lost += keys.pack(Key(SYNC, keys.REPORT, 0)) + typed(*tap(ONE, ENTER), *tap(A, ENTER))

    assert read(lost) == [Unreadable(Flaw.NOT_TEXT, b"a\xff1"), Reading("a")]


def test_other_kinds_of_events_mean_nothing() -> None:
    scancode, marker = keys.pack(Key(4, 4, 458_756)), keys.pack(Key(SYNC, 1, 0))

    assert read(scancode + marker + typed(*tap(A, ENTER))) == [Reading("a")]


def test_alt_held_by_both_hands_ends_when_the_second_is_let_go() -> None:
    events = [(LEFT_ALT, DOWN), (100, DOWN), *tap(82, 76), (100, UP), *tap(80), (LEFT_ALT, UP)]

    assert read(typed(*events, *tap(ENTER))) == [Reading("4")]


def test_without_an_ending_silence_ends_a_code() -> None:
    codec = KeyCodec(Role.HOST, framing=Framing.IDLE)
    codec.receive(typed(*tap(A)))
    assert codec.in_line
    codec.quiet()

    assert drain(codec) == [Reading("a")]


def test_a_device_that_came_back_holds_no_key() -> None:
    codec = KeyCodec(Role.HOST)
    codec.receive(typed((LEFT_SHIFT, DOWN), *tap(A)) + b"half an event")
    codec.reset()
    codec.receive(typed(*tap(A, ENTER)))

    assert drain(codec) == [Reading("a")]


@given(st.data(), st.lists(texts, max_size=3), st.sampled_from(Way))
def test_any_split_of_what_a_scanner_types_yields_the_same_readings(
    data: st.DataObject, codes: list[str], way: Way
) -> None:
    device = KeyCodec(Role.DEVICE, way=way)
    stream = b"".join(device.encode(Reading(code)) for code in codes)

    assert feed_split(KeyCodec(Role.HOST), stream, data) == [Reading(code) for code in codes]


@pytest.mark.parametrize("framing", [Framing.CR, Framing.LF, Framing.TAB])
def test_every_ending_that_has_a_key_is_typed(framing: Framing) -> None:
    data = KeyCodec(Role.DEVICE, framing=framing).encode(Reading("Ab"))

    assert read(data, framing=framing) == [Reading("Ab")]


def test_what_has_no_key_is_not_typed() -> None:
    with pytest.raises(ValueError, match="no key"):
        KeyCodec(Role.DEVICE).encode(Reading("中"))


def test_every_printable_character_has_one_key() -> None:
    characters = [character for pair in keys.LAYOUTS["us"].values() for character in pair]

    assert sorted({*characters}) == [chr(code) for code in range(0x20, 0x7F)]
    assert len(characters) - 1 == len({*characters})  # space is space with Shift too


@given(
    st.lists(st.binary(max_size=5 * EVENT.size), max_size=5),
    st.lists(st.tuples(st.integers(0, 130), st.integers(0, 2))),
)
def test_no_events_crash_it_nor_fill_its_memory(noise: list[bytes], events: list[tuple[int, int]]) -> None:
    codec = KeyCodec(Role.HOST, length_cap=16)
    for piece in (*noise, typed(*events)):
        codec.receive(piece)
        assert len(codec._piece) < EVENT.size
        assert len(codec._number) <= 6
    drain(codec)


def test_nobody_asks_a_keyboard() -> None:
    codec, reading = KeyCodec(Role.DEVICE), Reading("a")

    assert not codec.answers(reading, reading)
    assert not codec.repeatable(reading)
    assert not codec.answered(reading)
