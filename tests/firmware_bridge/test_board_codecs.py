"""Every codec of lock boards on a noisy line: any split, any rubbish, and a bounded buffer."""

from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.boards import cu16, cu48, cu48b, winnsen, wkly
from firmware_bridge.boards.framing import BUFFER_LIMIT
from firmware_bridge.codec import NEED_MORE, Role

two = st.binary(min_size=2, max_size=2)
ten = st.integers(0, 9)
byte = st.integers(0, 255)
channel = st.integers(0, 64)
bit = st.integers(0, 1)
done = st.sampled_from((0, 0xFF))
board = st.integers(0, 31)
several = st.lists(channel, min_size=1, max_size=64).map(bytes)


def kerong(width: int) -> tuple[st.SearchStrategy, st.SearchStrategy]:
    asks = (
        st.builds(cu48.Unlock, ten, st.integers(1, 48))
        | st.builds(cu48.UnlockAll, st.integers(0, 10))
        | st.builds(cu48.Query, st.integers(0, 10))
    )
    return asks, st.builds(cu48.Status, ten, st.binary(min_size=width, max_size=width))


@dataclass(frozen=True)
class Kind:
    codec: Any
    asks: st.SearchStrategy
    says: st.SearchStrategy
    start: int


sixteen = st.integers(0, 15)
KINDS = {
    "cu48": Kind(cu48.Codec, *kerong(6), 0x02),
    "cu48b": Kind(cu48b.Codec, *kerong(12), 0x02),
    "cu16": Kind(
        cu16.Codec,
        st.builds(cu16.Unlock, sixteen, st.integers(1, 16))
        | st.builds(cu16.UnlockAll, sixteen)
        | st.builds(cu16.Query, sixteen)
        | st.just(cu16.QueryEvery())
        | st.builds(cu16.QueryTime, sixteen)
        | st.builds(cu16.SetTime, sixteen, st.integers(0, 6000).map(lambda ticks: 10 * ticks)),
        st.builds(cu16.Status, sixteen, two, two)
        | st.builds(cu16.EveryStatus, sixteen, two, two)
        | st.builds(cu16.Time, sixteen, st.integers(0, 65535).map(lambda ticks: 10 * ticks)),
        0x02,
    ),
    "wkly": Kind(
        wkly.Codec,
        st.builds(wkly.OpenSeveral, board, several)
        | st.builds(wkly.OpenEach, board, several)
        | st.builds(wkly.Blink, board, channel)
        | st.builds(wkly.OpenOne, board, channel)
        | st.builds(wkly.QueryOne, board, channel)
        | st.builds(wkly.QueryAll, board)
        | st.builds(wkly.OpenAll, board),
        st.builds(wkly.Done, board, st.sampled_from((0x80, 0x86, 0x87)), done)
        | st.builds(wkly.Blinked, board, done, channel)
        | st.builds(wkly.Opened, board, done, channel, bit)
        | st.builds(wkly.OneStatus, board, done, channel, bit)
        | st.builds(wkly.AllStatus, board, done, st.lists(bit, min_size=1, max_size=64).map(bytes))
        | st.builds(wkly.DoorReport, board, channel, bit),
        0x57,
    ),
    "winnsen": Kind(
        winnsen.Codec,
        st.builds(winnsen.Unlock, byte, st.integers(1, 16))
        | st.builds(winnsen.Query, byte, two)
        | st.builds(winnsen.QueryOne, byte, st.integers(1, 16)),
        st.builds(winnsen.Unlocked, byte, st.integers(1, 16), st.integers(0, 2))
        | st.builds(winnsen.Status, byte, two)
        | st.builds(winnsen.OneStatus, byte, st.integers(0, 2), st.integers(1, 16)),
        0x90,
    ),
}
every_family = pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS.keys())


def read(codec: Any, *pieces: bytes) -> list[object]:
    heard = []
    for piece in (*pieces, None):
        codec.quiet() if piece is None else codec.receive(piece)
        while (frame := codec.next_frame()) is not NEED_MORE:
            heard.append(frame)
    return heard


def rubbish(kind: Kind) -> st.SearchStrategy:
    """No frame begins in it."""
    return st.lists(byte.filter(lambda value: value != kind.start), max_size=8).map(bytes)


@every_family
@given(data=st.data())
def test_any_split_and_rubbish_around_lose_no_frame(kind: Kind, data: st.DataObject) -> None:
    sent = data.draw(st.lists(kind.says, max_size=6))
    codec = kind.codec(Role.HOST)
    stream = data.draw(rubbish(kind)) + b"".join(codec.encode(frame) + data.draw(rubbish(kind)) for frame in sent)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=4)))
    pieces = [stream[a:b] for a, b in zip([0, *cuts], [*cuts, len(stream)], strict=True)]

    assert read(codec, *pieces) == sent


@every_family
@given(data=st.data())
def test_a_board_hears_every_request(kind: Kind, data: st.DataObject) -> None:
    sent = data.draw(st.lists(kind.asks, max_size=6))
    codec = kind.codec(Role.DEVICE)

    assert read(codec, b"".join(map(codec.encode, sent))) == sent


@every_family
@given(data=st.data())
def test_a_host_reads_its_own_request_as_an_echo(kind: Kind, data: st.DataObject) -> None:
    request, codec = data.draw(kind.asks), kind.codec(Role.HOST)

    assert read(codec, codec.encode(request)) == [request]


@every_family
@given(noise=st.binary(max_size=3000), data=st.data())
def test_after_noise_and_silence_a_frame_is_heard(kind: Kind, noise: bytes, data: st.DataObject) -> None:
    frame, codec = data.draw(kind.says), kind.codec(Role.HOST)
    read(codec, noise)

    assert len(codec._buffer) <= BUFFER_LIMIT
    assert read(codec, codec.encode(frame)) == [frame]


@every_family
@given(data=st.data())
def test_an_answer_belongs_to_one_request_and_an_unlock_is_never_repeated(kind: Kind, data: st.DataObject) -> None:
    request, frame, codec = data.draw(kind.asks), data.draw(kind.says), kind.codec(Role.HOST)

    if codec.answers(request, frame):
        assert codec.answered(request) or isinstance(request, cu16.SetTime)
    assert not codec.answers(frame, request)
    if "Unlock" in type(request).__name__ or "Open" in type(request).__name__:
        assert not codec.repeatable(request)


@pytest.mark.parametrize(
    ("codec", "request_", "frame", "answered"),
    [
        (cu16.Codec, cu16.Query(1), cu16.Status(1, bytes(2), bytes(2)), True),
        (cu16.Codec, cu16.Query(1), cu16.Status(2, bytes(2), bytes(2)), False),
        (cu16.Codec, cu16.QueryEvery(), cu16.EveryStatus(2, bytes(2), bytes(2)), True),
        (cu16.Codec, cu16.SetTime(1, 500), cu16.Time(1, 500), True),
        (cu16.Codec, cu16.QueryTime(1), cu16.Time(2, 500), False),
        (cu16.Codec, cu16.Unlock(1, 1), cu16.Status(1, bytes(2), bytes(2)), False),
        (wkly.Codec, wkly.OpenOne(1, 2), wkly.Opened(1, 0, 2, 0), True),
        (wkly.Codec, wkly.OpenOne(1, 2), wkly.OneStatus(1, 0, 2, 0), False),
        (wkly.Codec, wkly.QueryOne(1, 2), wkly.OneStatus(1, 0, 3, 0), False),
        (wkly.Codec, wkly.QueryAll(1), wkly.AllStatus(1, 0, bytes(4)), True),
        (wkly.Codec, wkly.QueryAll(1), wkly.DoorReport(1, 1, 1), False),
        (wkly.Codec, wkly.Blink(1, 2), wkly.Blinked(1, 0, 2), True),
        (wkly.Codec, wkly.OpenAll(1), wkly.Done(1, 0x86, 0), True),
        (wkly.Codec, wkly.OpenAll(1), wkly.Done(1, 0x80, 0), False),
        (winnsen.Codec, winnsen.Query(1, b"\xff\xff"), winnsen.Status(1, bytes(2)), True),
        (winnsen.Codec, winnsen.Query(1, b"\xff\xff"), winnsen.Status(2, bytes(2)), False),
        (winnsen.Codec, winnsen.Unlock(1, 2), winnsen.Unlocked(1, 2, 1), True),
        (winnsen.Codec, winnsen.Unlock(1, 2), winnsen.Unlocked(1, 3, 1), False),
        (winnsen.Codec, winnsen.QueryOne(1, 2), winnsen.OneStatus(1, 0, 2), True),
    ],
)
def test_whose_answer_a_frame_is(codec: Any, request_: object, frame: object, *, answered: bool) -> None:
    assert codec(Role.HOST).answers(request_, frame) is answered


@pytest.mark.parametrize(
    ("codec", "frame"),
    [
        (cu48.Codec, cu48.Unlock(10, 1)),
        (cu48b.Codec, cu48.Status(0, bytes(6))),
        (cu16.Codec, cu16.Unlock(16, 1)),
        (cu16.Codec, cu16.Unlock(0, 17)),
        (cu16.Codec, cu16.SetTime(0, 505)),
        (cu16.Codec, cu16.SetTime(0, 60_010)),
        (cu16.Codec, cu16.Status(0, bytes(1), bytes(2))),
        (cu16.Codec, cu16.EveryStatus(0, bytes(2), bytes(3))),
        (wkly.Codec, wkly.OpenOne(32, 1)),
        (wkly.Codec, wkly.OpenOne(0, 65)),
        (wkly.Codec, wkly.OpenSeveral(0, b"")),
        (wkly.Codec, wkly.Done(0, 0x84, 0)),
        (wkly.Codec, wkly.Done(0, 0x80, 1)),
        (wkly.Codec, wkly.Opened(0, 0, 1, 2)),
        (wkly.Codec, wkly.AllStatus(0, 0, b"")),
        (wkly.Codec, wkly.Sibling(0, bytes(64))),
        (winnsen.Codec, winnsen.Unlock(256, 1)),
        (winnsen.Codec, winnsen.Unlock(1, 0)),
        (winnsen.Codec, winnsen.Query(1, b"")),
        (winnsen.Codec, winnsen.Unlocked(1, 1, 3)),
    ],
)
def test_a_frame_out_of_range_is_refused(codec: Any, frame: object) -> None:
    with pytest.raises(ValueError, match="must be"):
        codec(Role.HOST).encode(frame)


@pytest.mark.parametrize(
    ("codec", "text"),
    [
        (cu16.Codec, "02 00 37 17 71 03 C4"),  # 60.01 s
        (cu16.Codec, "02 00 32 03 37"),
        (cu16.Codec, "02 00 31 00 00 03 36"),
        (cu16.Codec, "02 00 34 03 39"),
        (cu16.Codec, "02 00 35 00 03 3A"),
        (wkly.Codec, "57 4B 4C 59 08 20 84 A5"),
        (wkly.Codec, "57 4B 4C 59 0C 00 80 02 01 02 03 87"),
        (wkly.Codec, "57 4B 4C 59 09 00 82 41 C3"),
        (wkly.Codec, "57 4B 4C 59 0A 00 85 01 02 85"),
        (wkly.Codec, "57 4B 4C 59 0A 00 81 01 01 82"),
        (wkly.Codec, "57 4B 4C 59 FF 00 84 72"),
        (winnsen.Codec, "90 06 85 01 01 03"),
        (winnsen.Codec, "90 07 85 01 00 01 03"),
        (winnsen.Codec, "90 07 92 01 03 01 03"),
        (winnsen.Codec, "90 06 12 01 11 03"),
        (winnsen.Codec, "90 06 05 01 00 03"),
        (winnsen.Codec, "90 06 05 01 01 04"),
    ],
)
def test_what_is_no_frame_is_left_out(codec: Any, text: str) -> None:
    heard = codec(Role.HOST)

    assert read(heard, bytes.fromhex(text)) == []
    assert heard.skipped == len(bytes.fromhex(text))


def test_a_byte_that_breaks_a_header_may_begin_the_next() -> None:
    frame = wkly.DoorReport(0, 1, 1)

    for broken in ("57", "57 4B", "57 57", "57 4B 4C", "57 4B 4C 57"):
        assert read(wkly.Codec(Role.HOST), bytes.fromhex(broken) + wkly.encode(frame)) == [frame]


def test_a_host_that_knows_its_station_reads_no_other() -> None:
    mine, other = winnsen.Status(1, b"\x90\x03"), winnsen.Status(2, bytes(2))

    assert read(winnsen.Codec(Role.HOST, station=1), winnsen.encode(other) + winnsen.encode(mine)) == [mine]


def test_a_board_takes_no_answer_for_a_request() -> None:
    for kind in (cu16.Codec, winnsen.Codec, cu48.Codec):
        frames = {
            cu16.Codec: (cu16.Status(0, bytes(2), bytes(2)), cu16.Time(0, 10)),
            winnsen.Codec: (winnsen.Unlocked(1, 1, 1),),
            cu48.Codec: (cu48.Status(0, bytes(6)),),
        }[kind]
        codec: Any = kind(Role.DEVICE)
        assert [read(codec, codec.encode(frame)) for frame in frames] == [[] for _ in frames]


@pytest.mark.parametrize("frame", [cu16.QueryTime(0), cu16.SetTime(0, 30), cu16.SetTime(0, 7680)])
def test_setting_and_asking_the_time_are_told_apart_byte_by_byte(frame: cu16.Frame) -> None:
    codec = cu16.Codec(Role.DEVICE)

    assert read(codec, *(bytes((one,)) for one in cu16.encode(frame))) == [frame]


def test_a_reset_codec_has_forgotten_everything() -> None:
    codec = cu16.Codec(Role.HOST)
    codec.receive(b"\x02\x00")
    codec.reset()

    assert read(codec, b"\x30\x03\x35") == []
