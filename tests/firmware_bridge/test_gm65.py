"""GM65 and Waveshare modules: every frame of the manual, its printing error, and any bytes whatever."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.codec import NEED_MORE, Role
from firmware_bridge.scanners import gm65
from firmware_bridge.scanners.gm65 import READ, SAVE, WRITE, Answer, Codec, Order
from firmware_bridge.scanners.lines import Flaw, Framing, Reading, Unreadable
from tests.firmware_bridge.scanner_streams import drain, feed_split

VECTORS = {
    "7E 00 08 01 00 02 01 02 DA": Order(WRITE, 2, b"\x01"),
    "7E 00 08 01 00 02 01 AB CD": gm65.TRIGGER_ON,
    "7E 00 08 01 00 02 00 12 FB": Order(WRITE, 2, b"\x00"),
    "7E 00 08 01 00 02 00 AB CD": gm65.TRIGGER_OFF,
    "02 00 00 01 00 33 31": gm65.DONE,
    "7E 00 09 01 00 00 00 DE C8": Order(SAVE, 0, b"\x00"),
    "7E 00 07 01 00 2A 02 D8 0F": Order(READ, 0x2A, b"\x02"),
    "02 00 00 02 39 01 C1 4C": Answer(b"\x39\x01"),
    "02 00 00 02 9C 00 33 E6": Answer(b"\x9c\x00"),
    "02 00 00 02 4E 00 40 A3": Answer(b"\x4e\x00"),
    "02 00 00 02 34 00 A7 31": Answer(b"\x34\x00"),
    "7E 00 08 02 00 2A 39 01 A7 EA": Order(WRITE, 0x2A, b"\x39\x01"),
    "7E 00 08 01 00 D9 D3 20 38": Order(WRITE, 0xD9, b"\xd3"),
    "7E 00 08 01 00 D9 50 81 D3": Order(WRITE, 0xD9, b"\x50"),
    "7E 00 08 01 00 D0 80 AB CD": Order(WRITE, 0xD0, b"\x80", checked=False),
    "7E 00 08 01 00 D0 00 AB CD": Order(WRITE, 0xD0, b"\x00", checked=False),
    "7E 00 0A 01 00 00 00 30 1A": Order(gm65.HEARTBEAT, 0, b"\x00"),
}

orders = st.builds(
    Order, st.sampled_from(gm65.KINDS), st.integers(0, 0xFFFF), st.binary(min_size=1, max_size=8), st.booleans()
)
answers = st.builds(Answer, st.binary(min_size=1, max_size=8))
readings = st.builds(Reading, st.from_regex(r"[A-Z0-9]{1,20}", fullmatch=True))


@pytest.mark.parametrize(("text", "frame"), VECTORS.items())
def test_known_frames_are_written_and_read(text: str, frame: Order | Answer) -> None:
    data = bytes.fromhex(text)

    assert gm65.encode(frame) == data
    assert gm65.decode(data) == frame
    reader = Codec(Role.DEVICE if isinstance(frame, Order) else Role.HOST)
    reader.receive(data)
    assert drain(reader) == [frame]


@pytest.mark.parametrize(
    "text",
    [
        "7E 00 09 01 00 00 DE C8",  # as the manuals print the save command: one byte is missing
        "7E 00 08 01 00 02 01 02 DB",
        "7E 00 06 01 00 02 01 AB CD",
        "02 00 01 01 00 33 31",
        "02 00 00 00 33 31",
        "30 78 37 45",
        "",
    ],
)
def test_what_is_no_frame_is_none(text: str) -> None:
    assert gm65.decode(bytes.fromhex(text)) is None


@pytest.mark.parametrize(
    ("frame", "word"),
    [(Answer(b""), "0 bytes"), (Order(1, 0, b"\x00"), "kind 1"), (Order(WRITE, 70000, b"\x00"), "address 70000")],
)
def test_a_frame_out_of_range_is_not_written(frame: Order | Answer, word: str) -> None:
    with pytest.raises(ValueError, match=word):
        Codec(Role.HOST).encode(frame)


def test_what_is_unreadable_is_not_typed() -> None:
    with pytest.raises(ValueError, match="too-long"):
        Codec(Role.DEVICE).encode(Unreadable(Flaw.TOO_LONG, b""))


@given(st.data(), st.lists(st.one_of(answers, readings), max_size=5))
def test_a_host_reads_lines_and_answers_in_their_order(data: st.DataObject, typed: list[Answer | Reading]) -> None:
    device = Codec(Role.DEVICE)
    stream = b"".join(device.encode(frame) for frame in typed)

    assert feed_split(Codec(Role.HOST), stream, data) == typed


@given(st.data(), st.lists(orders, max_size=4), st.binary(max_size=20).filter(lambda noise: b"\x7e" not in noise))
def test_a_device_reads_orders_between_rubbish(data: st.DataObject, sent: list[Order], noise: bytes) -> None:
    codec = Codec(Role.DEVICE)
    stream = noise + noise.join(map(gm65.encode, sent)) + noise

    assert feed_split(codec, stream, data) == sent
    assert codec.skipped >= len(noise)


def test_the_answer_to_a_trigger_comes_before_the_code() -> None:
    codec = Codec(Role.HOST)
    codec.receive(bytes.fromhex("02 00 00 01 00 33 31") + b"YG0001A\r")

    assert drain(codec) == [gm65.DONE, Reading("YG0001A")]


def test_a_reading_between_stx_and_etx_is_no_answer() -> None:
    codec = Codec(Role.HOST, framing=Framing.STX_ETX)
    codec.receive(b"\x02YG1\x03\x02")

    assert drain(codec) == [Reading("YG1")]
    assert codec.in_line  # the lone STX may begin either
    codec.quiet()
    assert drain(codec) == []
    assert not codec.in_line


def test_half_an_answer_and_silence_is_refused_with_what_follows_it() -> None:
    codec = Codec(Role.HOST)
    codec.receive(bytes.fromhex("02 00 00 01"))
    assert codec.next_frame() is NEED_MORE
    codec.quiet()
    assert drain(codec) == [Unreadable(Flaw.INCOMPLETE, b"\x00\x00\x01")]

    codec.receive(b"YG1\r")

    assert drain(codec) == [Reading("YG1")]


@given(st.lists(st.binary(max_size=300), max_size=6), st.sampled_from(Role))
def test_no_bytes_crash_it_nor_fill_its_memory(noise: list[bytes], role: Role) -> None:
    codec = Codec(role, length_cap=16)
    for piece in [*noise, bytes(gm65.BUFFER_LIMIT)]:
        codec.receive(piece)
        assert len(codec._buffer) <= gm65.BUFFER_LIMIT
    drain(codec)
    codec.quiet()
    drain(codec)
    codec.reset()
    assert not codec.in_line


def test_what_is_answered_and_what_may_be_said_twice() -> None:
    codec = Codec(Role.HOST)

    assert codec.answers(gm65.TRIGGER_ON, gm65.DONE)
    assert not codec.answers(gm65.TRIGGER_ON, Reading("A"))
    assert codec.answered(gm65.TRIGGER_ON)
    assert not codec.answered(Reading("A"))
    assert codec.repeatable(gm65.TRIGGER_ON)
    assert codec.repeatable(Order(READ, 0x2A, b"\x02"))
    assert not codec.repeatable(Order(WRITE, 0x2A, b"\x39\x01"))
    assert not codec.repeatable(Order(SAVE, 0, b"\x00"))
    assert not codec.repeatable(gm65.DONE)
