"""The frames of the KERONG CU48, byte for byte, and a codec that loses none of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.boards import cu48 as b
from firmware_bridge.boards.framing import BUFFER_LIMIT
from firmware_bridge.codec import NEED_MORE, Role

VECTORS = [
    ("02 00 00 50 03 55", b.Query(0)),
    ("02 0A 00 50 03 5F", b.Query(10)),
    ("02 00 00 51 03 56", b.Unlock(0, 1)),
    ("02 00 30 51 03 86", b.UnlockAll(0)),
    ("02 0A 30 51 03 90", b.UnlockAll(10)),
    ("02 00 00 65 07 00 00 00 00 C0 03 31", b.Status(0, bytes((7, 0, 0, 0, 0, 0xC0)))),
    ("02 01 00 65 00 00 80 00 00 00 03 EB", b.Status(1, bytes((0, 0, 0x80, 0, 0, 0)))),
]
requests = (
    st.builds(b.Unlock, st.integers(0, 9), st.integers(1, 48))
    | st.builds(b.UnlockAll, st.integers(0, 10))
    | st.builds(b.Query, st.integers(0, 10))
)
frames = requests | st.builds(b.Status, st.integers(0, 9), st.binary(min_size=6, max_size=6))
rubbish = st.lists(st.integers(3, 255)).map(bytes)  # no frame begins with any of these


def read(codec: b.Codec, *pieces: bytes) -> list[b.Frame]:
    heard = []
    for piece in (*pieces, None):
        codec.quiet() if piece is None else codec.receive(piece)
        while (frame := codec.next_frame()) is not NEED_MORE:
            heard.append(frame)
    return heard


@pytest.mark.parametrize(("text", "frame"), VECTORS)
def test_printed_frames_both_ways(text: str, frame: b.Frame) -> None:
    assert b.Codec(Role.HOST).encode(frame).hex(" ").upper() == text
    assert b.decode(bytes.fromhex(text)) == frame


@given(st.lists(frames), st.data())
def test_any_split_and_rubbish_around_lose_no_frame(sent: list[b.Frame], data: st.DataObject) -> None:
    stream = data.draw(rubbish) + b"".join(b.encode(frame) + data.draw(rubbish) for frame in sent)
    cut = data.draw(st.integers(0, len(stream)))
    assert read(b.Codec(Role.HOST), stream[:cut], stream[cut:]) == sent


@given(st.lists(requests))
def test_a_board_hears_every_request(sent: list[b.Frame]) -> None:
    assert read(b.Codec(Role.DEVICE), b"".join(map(b.encode, sent))) == sent


@given(st.binary(max_size=3000), frames)
def test_after_noise_and_silence_a_frame_is_heard(noise: bytes, frame: b.Frame) -> None:
    codec = b.Codec(Role.HOST)
    read(codec, noise)
    assert len(codec._buffer) <= BUFFER_LIMIT
    assert read(codec, b.encode(frame)) == [frame]


@pytest.mark.parametrize(
    "text",
    [
        "02 10 30 03 3E",
        "02 00 00 50 03 56",
        "02 0B 30 51 03 91",
        "02 0B 00 50 03 60",
        "02 0A 00 65 00 00 00 00 00 00 03 74",
    ],
)
def test_what_is_no_frame_is_refused(text: str) -> None:
    assert b.decode(bytes.fromhex(text)) is None
    assert read(b.Codec(Role.HOST), bytes.fromhex(text)) == []


@pytest.mark.parametrize("frame", [b.Unlock(10, 1), b.Unlock(0, 0), b.Unlock(0, 49), b.Query(11), b.Status(0, b"")])
def test_a_frame_out_of_range_is_refused(frame: b.Frame) -> None:
    with pytest.raises(ValueError, match="must be from"):
        b.encode(frame)


def test_nothing_answers_an_unlock_and_it_is_never_repeated() -> None:
    codec, status = b.Codec(Role.HOST), b.Status(1, bytes(6))
    assert codec.answers(b.Query(1), status)
    assert codec.answers(b.Query(10), status)
    assert not codec.answers(b.Query(2), status)
    assert not codec.answers(b.Unlock(1, 1), status)
    assert codec.repeatable(b.Query(1))
    assert not codec.repeatable(b.Unlock(1, 1))


def test_the_switch_decides_what_a_bit_says() -> None:
    raw = bytes((7, 0, 0, 0, 0, 0xC0))
    told = b.locked(raw, locked_bit=1)
    assert [lock for lock, is_locked in enumerate(told, 1) if is_locked] == [1, 2, 3, 47, 48]
    assert b.locked(raw, locked_bit=0) == tuple(not is_locked for is_locked in told)


def test_a_reset_codec_has_forgotten_everything() -> None:
    codec = b.Codec(Role.HOST)
    codec.receive(b"\x02\x00")
    codec.reset()
    assert read(codec, b"\x00\x50\x03\x55") == []
