"""The frames of Modbus RTU relay boards, byte for byte, and a codec that loses none of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.boards import modbus as b
from firmware_bridge.boards.framing import BUFFER_LIMIT
from firmware_bridge.codec import NEED_MORE, Role

REQUESTS = [
    ("01 05 00 00 FF 00 8C 3A", b.Write(1, 5, 0, 0xFF00)),
    ("01 05 00 00 00 00 CD CA", b.Write(1, 5, 0, 0)),
    ("01 05 00 00 55 00 F2 9A", b.Write(1, 5, 0, 0x5500)),
    ("01 05 00 01 FF 00 DD FA", b.Write(1, 5, 1, 0xFF00)),
    ("01 05 00 01 00 00 9C 0A", b.Write(1, 5, 1, 0)),
    ("01 05 00 FF FF 00 BC 0A", b.Write(1, 5, 0xFF, 0xFF00)),
    ("01 05 00 FF 00 00 FD FA", b.Write(1, 5, 0xFF, 0)),
    ("01 05 02 00 00 07 8D B0", b.Write(1, 5, 0x200, 7)),
    ("01 05 02 01 00 08 9C 74", b.Write(1, 5, 0x201, 8)),
    ("01 05 02 00 00 03 8C 73", b.Write(1, 5, 0x200, 3)),
    ("01 05 02 00 00 05 0C 71", b.Write(1, 5, 0x200, 5)),
    ("01 05 02 0F 00 05 3C 72", b.Write(1, 5, 0x20F, 5)),
    ("01 05 04 00 00 07 8D 38", b.Write(1, 5, 0x400, 7)),
    ("01 01 00 00 00 08 3D CC", b.Read(1, 1, 0, 8)),
    ("01 01 00 00 00 10 3D C6", b.Read(1, 1, 0, 16)),
    ("01 01 00 00 00 20 3D D2", b.Read(1, 1, 0, 32)),
    ("01 02 00 00 00 08 79 CC", b.Read(1, 2, 0, 8)),
    ("01 02 00 00 00 10 79 C6", b.Read(1, 2, 0, 16)),
    ("01 0F 00 00 00 08 01 FF BE D5", b.WriteSeveral(1, 15, 0, 8, b"\xff")),
    ("01 06 10 00 00 01 4C CA", b.Write(1, 6, 0x1000, 1)),
    ("01 03 10 00 00 08 40 CC", b.Read(1, 3, 0x1000, 8)),
    ("00 06 40 00 00 01 5C 1B", b.Write(0, 6, 0x4000, 1)),
    ("00 06 40 00 00 02 1C 1A", b.Write(0, 6, 0x4000, 2)),
    ("00 03 40 00 00 01 90 1B", b.Read(0, 3, 0x4000, 1)),
    ("01 03 80 00 00 01 AD CA", b.Read(1, 3, 0x8000, 1)),
    ("FF 02 00 00 00 08 6C 12", b.Read(255, 2, 0, 8)),
    ("01 05 00 01 01 00 9D 9A", b.Write(1, 5, 1, 0x0100)),
]
REPLIES = [
    ("01 01 01 41 91 B8", b.Bytes(1, 1, b"\x41")),
    ("FF 02 01 01 51 A0", b.Bytes(255, 2, b"\x01")),
    ("01 85 02 C3 51", b.Refused(1, 5, 2)),
]
addresses = st.integers(0, 255)
words = st.integers(0, 0xFFFF)
reads = st.builds(b.Read, addresses, st.sampled_from(b.READS), st.integers(0, 255), st.integers(1, 100))
singles = st.builds(b.Write, addresses, st.sampled_from(b.SINGLES), words, words)


@st.composite
def writes_of_several(draw: st.DrawFn) -> b.WriteSeveral:
    function, count = draw(st.sampled_from(b.SEVERALS)), draw(st.integers(1, 60))
    raw = draw(st.binary(min_size=b._width(function, count), max_size=b._width(function, count)))
    return b.WriteSeveral(draw(addresses), function, draw(words), count, raw)


requests = reads | singles | writes_of_several()
replies = (
    singles
    | st.builds(b.Bytes, addresses, st.sampled_from(b.READS), st.binary(min_size=1, max_size=40))
    | st.builds(b.Written, addresses, st.sampled_from(b.SEVERALS), words, st.integers(1, 100))
    | st.builds(b.Refused, addresses, st.sampled_from((1, 2, 3, 5, 6, 15, 16)), st.integers(1, 11))
)


def read(codec: b.Codec, *pieces: bytes) -> list[b.Frame]:
    """What comes out of these pieces and a silence."""
    heard = []
    for piece in (*pieces, None):
        codec.quiet() if piece is None else codec.receive(piece)
        while (frame := codec.next_frame()) is not NEED_MORE:
            heard.append(frame)
    return heard


@pytest.mark.parametrize(("text", "frame"), REQUESTS)
def test_printed_requests_both_ways(text: str, frame: b.Request) -> None:
    data = bytes.fromhex(text)

    assert b.encode(frame) == data
    assert b.as_request(data) == frame
    assert read(b.Codec(Role.DEVICE), data) == [frame]
    assert read(b.Codec(Role.HOST), data) == [frame], "as an echo"


@pytest.mark.parametrize(("text", "frame"), REPLIES)
def test_printed_answers_both_ways(text: str, frame: b.Frame) -> None:
    data = bytes.fromhex(text)

    assert b.encode(frame) == data
    assert b.as_reply(data) == frame
    assert b.as_request(data) is None
    assert read(b.Codec(Role.HOST), data) == [frame]
    assert read(b.Codec(Role.DEVICE), data) == []


@given(replies, st.data())
def test_an_answer_split_anywhere_is_heard(frame: b.Frame, data: st.DataObject) -> None:
    stream = b.encode(frame)
    cut = data.draw(st.integers(0, len(stream)))

    assert read(b.Codec(Role.HOST), stream[:cut], stream[cut:]) == [frame]


@given(requests, st.data())
def test_a_request_split_anywhere_is_heard_by_a_board(frame: b.Request, data: st.DataObject) -> None:
    stream = b.encode(frame)
    cut = data.draw(st.integers(0, len(stream)))

    assert read(b.Codec(Role.DEVICE), stream[:cut], stream[cut:]) == [frame]


@given(st.binary(max_size=3000), requests)
def test_after_noise_and_silence_a_request_is_heard(noise: bytes, frame: b.Request) -> None:
    codec = b.Codec(Role.DEVICE)
    read(codec, noise)

    assert len(codec._buffer) <= BUFFER_LIMIT
    assert read(codec, b.encode(frame)) == [frame]


@given(st.lists(st.integers(0x20, 0x7F)).map(bytes), replies)
def test_an_answer_behind_rubbish_is_found(rubbish: bytes, frame: b.Frame) -> None:
    assert read(b.Codec(Role.HOST), rubbish + b.encode(frame))[-1:] == [frame]


@given(replies, st.data())
def test_one_turned_bit_is_no_answer(frame: b.Frame, data: st.DataObject) -> None:
    turned = bytearray(b.encode(frame))
    index = data.draw(st.integers(0, 8 * len(turned) - 1))
    turned[index // 8] ^= 1 << index % 8

    assert b.as_reply(bytes(turned)) is None


def test_an_echoed_write_of_several_and_its_answer_are_told_apart() -> None:
    asked = b.WriteSeveral(255, 15, 0, 8, b"\x00")
    told = b.Written(255, 15, 0, 8)

    assert read(b.Codec(Role.HOST), b.encode(asked) + b.encode(told)) == [asked, told]
    assert read(b.Codec(Role.HOST), b.encode(told)[:4], b.encode(told)[4:]) == [told]


def test_a_write_of_several_waits_for_the_byte_that_tells_its_length() -> None:
    data = b.encode(b.WriteSeveral(1, 15, 0, 8, b"\xff"))
    codec = b.Codec(Role.DEVICE)
    codec.receive(data[:6])
    assert codec.next_frame() is NEED_MORE

    assert read(codec, data[6:]) == [b.WriteSeveral(1, 15, 0, 8, b"\xff")]


def test_three_bytes_of_inputs_are_an_answer_to_a_host_and_a_question_to_a_board() -> None:
    data = b.encode(b.Bytes(1, 2, b"\x00\x00\x08"))

    assert read(b.Codec(Role.HOST), data) == [b.Bytes(1, 2, b"\x00\x00\x08")]
    assert read(b.Codec(Role.DEVICE), data) == [b.Read(1, 2, 0x0300, 8)]


@pytest.mark.parametrize(
    ("request_", "reply", "whether"),
    [
        (b.Read(1, 2, 0, 8), b.Bytes(1, 2, b"\x00"), True),
        (b.Read(1, 2, 0, 8), b.Bytes(1, 1, b"\x00"), False),
        (b.Read(1, 2, 0, 8), b.Bytes(2, 2, b"\x00"), False),
        (b.Read(1, 2, 0, 16), b.Bytes(1, 2, b"\x00"), False),
        (b.Read(1, 3, 0, 2), b.Bytes(1, 3, b"\x00\x00\x00\x01"), True),
        (b.Read(1, 2, 0, 8), b.Refused(1, 2, 1), True),
        (b.Read(1, 2, 0, 8), b.Refused(1, 1, 1), False),
        (b.Write(1, 5, 0x200, 5), b.Write(1, 5, 0x200, 5), True),
        (b.Write(1, 5, 0x200, 5), b.Write(1, 5, 0x201, 5), False),
        (b.Write(1, 5, 0x200, 5), b.Refused(1, 5, 4), True),
        (b.WriteSeveral(1, 16, 3, 2, b"\0\2\0\5"), b.Written(1, 16, 3, 2), True),
        (b.WriteSeveral(1, 16, 3, 2, b"\0\2\0\5"), b.Written(1, 16, 8, 2), False),
        (b.WriteSeveral(1, 16, 3, 2, b"\0\2\0\5"), b.Refused(1, 16, 3), True),
        (b.Bytes(1, 2, b"\x00"), b.Bytes(1, 2, b"\x00"), False),
    ],
)
def test_which_frame_answers_which(request_: b.Frame, reply: b.Frame, *, whether: bool) -> None:
    assert b.Codec(Role.HOST).answers(request_, reply) is whether


@pytest.mark.parametrize(
    ("frame", "whether"),
    [
        (b.Read(1, 2, 0, 8), True),
        (b.Write(1, 5, 0xFF, 0), True),
        (b.Write(1, 5, 3, 0), True),
        (b.Write(1, 5, 0x200, 5), False),
        (b.Write(1, 5, 0x200, 0), False),
        (b.Write(1, 5, 0, 0xFF00), False),
        (b.Write(1, 6, 0x4000, 0), False),
        (b.WriteSeveral(1, 15, 0, 8, b"\x00"), True),
        (b.WriteSeveral(1, 15, 0, 8, b"\x01"), False),
        (b.WriteSeveral(1, 16, 3, 2, b"\0\2\0\5"), False),
        (b.Written(1, 15, 0, 8), False),
    ],
)
def test_only_questions_and_switching_off_may_be_said_twice(frame: b.Frame, *, whether: bool) -> None:
    assert b.Codec(Role.HOST).repeatable(frame) is whether


def test_nobody_answers_what_is_said_to_all() -> None:
    assert not b.Codec(Role.HOST).answered(b.Write(0, 6, 0x4000, 2))
    assert b.Codec(Role.HOST).answered(b.Write(1, 6, 0x4000, 2))


@pytest.mark.parametrize(
    ("frame", "named"),
    [
        (b.Read(256, 1, 0, 8), "address 256"),
        (b.Read(1, 4, 0, 8), "function 4"),
        (b.Read(1, 1, 0x10000, 8), "start 65536"),
        (b.Read(1, 1, 0, 0), "count 0"),
        (b.Read(1, 3, 0, 126), "count 126"),
        (b.Bytes(1, 1, b""), "number of bytes 0"),
        (b.Write(1, 15, 0, 0), "function 15"),
        (b.Write(1, 5, 0, -1), "value -1"),
        (b.WriteSeveral(1, 15, 0, 9, b"\x00"), "number of bytes 1"),
        (b.WriteSeveral(1, 5, 0, 8, b"\x00"), "function 5"),
        (b.Written(1, 1, 0, 8), "function 1"),
        (b.Refused(1, 7, 1), "function 7"),
        (b.Refused(1, 5, 256), "code 256"),
    ],
)
def test_a_field_out_of_range_is_named(frame: b.Frame, named: str) -> None:
    with pytest.raises(ValueError, match=named):
        b.encode(frame)


@pytest.mark.parametrize(
    "text",
    [
        "01 05 02 00 00 07 8D B1",  # wrong check
        "01 05 02 00 00 8D B0",  # a byte short
        "01 0F 00 00 00 08 02 FF FF",
        "01 07 41 E2",
        "",
    ],
)
def test_what_is_no_frame_is_none(text: str) -> None:
    data = bytes.fromhex(text)

    assert (b.as_request(data), b.as_reply(data)) == (None, None)


@pytest.mark.parametrize(
    "body",
    [
        "01 02 00 00 00 00",  # a question for nothing
        "01 01 00 00 00",
        "01 0F 00 00 00 00",
        "01 07 01 01",
        "01 0F 00 00 00 08 02 FF FF",  # eight coils need one byte
        "01 06 00",
    ],
)
def test_a_right_check_does_not_make_a_frame(body: str) -> None:
    data = bytes.fromhex(body)
    data += b.crc_of(data)

    assert (b.as_request(data), b.as_reply(data)) == (None, None)
    assert read(b.Codec(Role.DEVICE), data) == []
