"""The frames of the 8A/80 boards, byte for byte, and a codec that loses none of them."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from firmware_bridge.boards import eight_a_eighty as b
from firmware_bridge.codec import NEED_MORE, Role

REQUESTS = [
    ("8A 01 01 11 9B", b.UnlockOne(1, 1)),
    ("8A 01 01 11 03 98", b.UnlockTimed(1, 1, 3)),
    ("8A 01 00 11 9A", b.UnlockAll(1)),
    ("80 01 01 33 B3", b.QueryOne(1, 1)),
    ("80 01 00 33 B2", b.QueryAll(1)),
    ("90 01 02 02 02 93", b.UnlockSeveral(1, bytes((2, 2, 2)))),
]
REPLIES = [
    ("8A 01 01 00 8A", b.UnlockReply(1, 1, 0x00)),
    ("8A 01 01 11 9B", b.UnlockReply(1, 1, 0x11)),
    ("80 01 01 11 91", b.OneStatus(1, 1, 0x11)),
    ("80 01 01 00 80", b.OneStatus(1, 1, 0x00)),
    ("80 01 00 00 00 33 B2", b.AllStatus(1, bytes(3))),
    ("80 01 00 00 02 33 B0", b.AllStatus(1, bytes((0, 0, 2)))),
    ("80 01 00 00 00 00 33 B2", b.AllStatus(1, bytes(4))),
    ("82 01 01 00 82", b.DoorReport(0x82, 1, 1, 0x00)),
    ("81 01 01 11 90", b.DoorReport(0x81, 1, 1, 0x11)),
]

addresses = st.integers(1, 32)
channels = st.integers(1, 50)
statuses = st.sampled_from((0x00, 0x11))
requests = st.one_of(
    st.builds(b.UnlockOne, addresses, channels),
    st.builds(b.UnlockTimed, addresses, channels, st.integers(1, 9)),
    st.builds(b.UnlockAll, addresses),
    st.builds(b.UnlockSeveral, addresses, st.binary(min_size=3, max_size=3)),
    st.builds(b.QueryOne, addresses, channels),
    st.builds(b.QueryAll, addresses),
)


def replies(status_bytes: int) -> st.SearchStrategy[b.Reply]:
    raw = st.binary(min_size=status_bytes, max_size=status_bytes)
    return st.one_of(
        st.builds(b.UnlockReply, addresses, st.integers(0, 50), statuses),
        st.builds(b.OneStatus, addresses, channels, statuses),
        st.builds(b.AllStatus, addresses, raw),
        st.builds(b.DoorReport, st.sampled_from((0x81, 0x82)), addresses, channels, statuses),
    )


# Bytes with which no frame begins, so that no accident makes a frame of them.
rubbish = st.lists(st.sampled_from([byte for byte in range(256) if byte not in (0x80, 0x81, 0x82, 0x8A, 0x90)])).map(
    bytes
)


def drain(codec: b.Codec) -> list[b.Frame]:
    frames = []
    while (frame := codec.next_frame()) is not NEED_MORE:
        frames.append(frame)
    return frames


def read(codec: b.Codec, data: bytes) -> list[b.Frame]:
    """Bytes, then silence."""
    codec.receive(data)
    frames = drain(codec)
    codec.quiet()
    return frames + drain(codec)


@pytest.mark.parametrize(("text", "frame"), REQUESTS)
def test_what_a_host_writes_a_board_reads(text: str, frame: b.Request) -> None:
    assert b.encode(frame).hex(" ").upper() == text
    assert b.as_request(bytes.fromhex(text)) == frame
    assert read(b.Codec(Role.DEVICE), bytes.fromhex(text)) == [frame]


@pytest.mark.parametrize(("text", "frame"), REPLIES)
def test_what_a_board_writes_a_host_reads(text: str, frame: b.Reply) -> None:
    assert b.encode(frame).hex(" ").upper() == text
    assert b.as_reply(bytes.fromhex(text)) == frame
    assert read(b.Codec(Role.HOST), bytes.fromhex(text)) == [frame]


@given(requests)
def test_decoding_undoes_encoding_for_every_request(frame: b.Request) -> None:
    assert b.as_request(b.encode(frame)) == frame
    assert read(b.Codec(Role.DEVICE), b.Codec(Role.HOST).encode(frame)) == [frame]


@given(st.data(), st.integers(2, 7))
def test_decoding_undoes_encoding_for_every_reply(data: st.DataObject, status_bytes: int) -> None:
    frame = data.draw(replies(status_bytes))

    assert b.as_reply(b.encode(frame)) == frame
    assert read(b.Codec(Role.HOST, status_bytes=status_bytes), b.encode(frame)) == [frame]


@given(st.data(), st.lists(requests, max_size=5))
def test_any_split_of_what_a_board_hears_yields_the_same_frames(data: st.DataObject, frames: list[b.Request]) -> None:
    codec = b.Codec(Role.DEVICE)
    heard: list[b.Frame] = []
    for piece in split(data, b"".join(map(b.encode, frames))):
        codec.receive(piece)
        heard += drain(codec)

    assert heard == frames


@given(st.data(), st.integers(2, 7))
def test_any_split_of_what_a_host_hears_yields_the_same_frames(data: st.DataObject, status_bytes: int) -> None:
    """Each answer between two silences, as boards speak."""
    frames = data.draw(st.lists(replies(status_bytes), max_size=5))
    codec = b.Codec(Role.HOST, status_bytes=status_bytes)
    heard: list[b.Frame] = []
    for frame in frames:
        for piece in split(data, b.encode(frame)):
            codec.receive(piece)
            heard += drain(codec)
        codec.quiet()
        heard += drain(codec)

    assert heard == frames


@given(st.data(), st.sampled_from((2, 3, 4)))
def test_rubbish_around_frames_loses_none(data: st.DataObject, status_bytes: int) -> None:
    frames = data.draw(st.lists(replies(status_bytes), max_size=4))
    stream = data.draw(rubbish) + b"".join(
        b.encode(frame) + data.draw(rubbish.filter(rest_is_clear)) for frame in frames
    )

    assert read(b.Codec(Role.HOST, status_bytes=status_bytes), stream) == frames


@given(st.data(), st.binary(max_size=40), st.integers(2, 7))
def test_any_rubbish_before_a_silence_loses_nothing_after_it(
    data: st.DataObject, noise: bytes, status_bytes: int
) -> None:
    frame = data.draw(replies(status_bytes))
    codec = b.Codec(Role.HOST, status_bytes=status_bytes)
    read(codec, noise)

    assert read(codec, b.encode(frame)) == [frame]


@given(st.lists(st.binary(max_size=600), max_size=8), st.sampled_from(Role), st.sampled_from((None, 1, 3, 7)))
def test_no_bytes_crash_the_codec_nor_fill_its_memory(noise: list[bytes], role: Role, status_bytes: int | None) -> None:
    codec = b.Codec(role, status_bytes=status_bytes)
    for piece in noise:
        codec.receive(piece)
        assert len(codec._buffer) <= b.BUFFER_LIMIT
    frames = drain(codec)
    codec.quiet()

    assert sum(len(b.encode(frame)) for frame in frames + drain(codec)) + codec.skipped == sum(map(len, noise))


def test_a_buffer_that_nobody_empties_keeps_the_newest_bytes() -> None:
    codec = b.Codec(Role.HOST)
    codec.receive(bytes(5000) + b.encode(b.UnlockReply(1, 1, 0)))

    assert drain(codec) == [b.UnlockReply(1, 1, 0)]
    assert codec.skipped == 5000


def test_doors_that_spell_a_shorter_answer_are_still_read_as_doors() -> None:
    """Status bytes 11 00 90 of board 1 begin like the answer about its door 17."""
    answer = b.encode(b.AllStatus(1, bytes((0x11, 0x00, 0x90))))
    codec = b.Codec(Role.HOST, status_bytes=3)
    codec.receive(answer[:5])
    assert drain(codec) == []

    codec.receive(answer[5:])

    assert drain(codec) == [b.AllStatus(1, bytes((0x11, 0x00, 0x90)))]


def test_an_answer_of_another_length_comes_out_only_when_it_was_all_there_was() -> None:
    four = b.AllStatus(1, bytes(4))
    assert read(b.Codec(Role.HOST, status_bytes=3), b.encode(four)) == [four]

    crowded = read(b.Codec(Role.HOST, status_bytes=3), b.encode(four) + b.encode(b.UnlockReply(1, 1, 0)))

    assert crowded == [b.UnlockReply(1, 1, 0)]


def test_boards_of_different_length_share_a_line() -> None:
    codec = b.Codec(Role.HOST, by_address={1: 3, 2: 4})
    codec.receive(b.encode(b.AllStatus(1, bytes(3))) + b.encode(b.AllStatus(2, bytes(4))))

    assert drain(codec) == [b.AllStatus(1, bytes(3)), b.AllStatus(2, bytes(4))]


def test_where_the_length_is_not_known_silence_tells() -> None:
    codec = b.Codec(Role.HOST, status_bytes=None)
    codec.receive(b.encode(b.AllStatus(1, bytes(3))))
    assert drain(codec) == []

    codec.quiet()

    assert drain(codec) == [b.AllStatus(1, bytes(3))]


@pytest.mark.parametrize(
    ("request_", "echoed"),
    [
        (b.QueryAll(1), [b.QueryAll(1)]),
        (b.QueryOne(1, 2), [b.QueryOne(1, 2)]),
        (b.UnlockTimed(1, 2, 3), [b.UnlockTimed(1, 2, 3)]),
        (b.UnlockOne(1, 2), [b.UnlockReply(1, 2, 0x11)]),
    ],
)
def test_a_host_reads_its_own_echo(request_: b.Request, echoed: list[b.Frame]) -> None:
    """Byte for byte the same, whatever it is taken for."""
    read_back = read(b.Codec(Role.HOST), b.encode(request_))

    assert read_back == echoed
    assert [b.encode(frame) for frame in read_back] == [b.encode(request_)]


@given(st.one_of(requests, replies(3)), st.integers(0, 10), st.integers(1, 255))
def test_a_changed_byte_is_never_that_frame(frame: b.Frame, place: int, change: int) -> None:
    data = bytearray(b.encode(frame))
    assume(place < len(data))
    data[place] ^= change

    assert b.as_request(bytes(data)) is None
    assert b.as_reply(bytes(data)) is None


@pytest.mark.parametrize(
    ("frame", "sentence"),
    [
        (b.UnlockOne(0, 1), "address 0"),
        (b.UnlockOne(33, 1), "address 33"),
        (b.UnlockOne(1, 0), "channel 0"),
        (b.UnlockTimed(1, 1, 10), "seconds 10"),
        (b.UnlockSeveral(1, b"\x01"), "mask bytes 1"),
        (b.QueryOne(1, 51), "channel 51"),
        (b.UnlockReply(1, 51, 0), "channel 51"),
        (b.OneStatus(1, 1, 0x33), "status 33"),
        (b.AllStatus(1, b""), "status bytes 0"),
        (b.DoorReport(0x83, 1, 1, 0), "header 131"),
    ],
)
def test_a_frame_out_of_range_is_refused_by_name(frame: b.Frame, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        b.encode(frame)


@pytest.mark.parametrize("wiring", [{"status_bytes": 0}, {"status_bytes": 8}, {"by_address": {1: 9}}])
def test_a_codec_is_not_built_for_impossible_lengths(wiring: dict) -> None:
    with pytest.raises(ValueError, match="status_bytes"):
        b.Codec(Role.HOST, **wiring)


@given(requests, replies(3))
def test_only_the_addressed_board_and_channel_answer(request_: b.Request, reply: b.Reply) -> None:
    if b.answers(request_, reply):
        assert reply.address == request_.address
        assert not isinstance(reply, b.DoorReport)
        if not isinstance(request_, b.UnlockAll):  # what a board puts there then is not documented
            assert getattr(reply, "channel", 0) == getattr(request_, "channel", 0)


@pytest.mark.parametrize(
    ("request_", "reply"),
    [
        (b.QueryAll(1), b.AllStatus(1, bytes(3))),
        (b.UnlockAll(1), b.UnlockReply(1, 0, 0)),
        (b.QueryOne(1, 2), b.OneStatus(1, 2, 0)),
        (b.UnlockOne(1, 2), b.UnlockReply(1, 2, 0)),
        (b.UnlockTimed(1, 2, 3), b.UnlockReply(1, 2, 0)),
    ],
)
def test_each_request_has_its_answer(request_: b.Request, reply: b.Reply) -> None:
    codec = b.Codec(Role.HOST)

    assert codec.answers(request_, reply)
    assert not codec.answers(request_, b.DoorReport(0x82, 1, 2, 0))


@given(requests)
def test_only_questions_may_be_asked_twice(request_: b.Request) -> None:
    assert b.Codec(Role.HOST).repeatable(request_) is isinstance(request_, b.QueryOne | b.QueryAll)


def test_a_reset_codec_has_forgotten_everything() -> None:
    codec = b.Codec(Role.HOST)
    codec.receive(b"\x8a\x01\x01")
    codec.reset()

    assert read(codec, b"\x00\x8a") == []


def split(data: st.DataObject, stream: bytes) -> list[bytes]:
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=6)))
    return [stream[start:end] for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True)]


def rest_is_clear(noise: bytes) -> bool:
    """A 33 right after a shorter answer could be the end of a longer one: there only silence tells."""
    return 0x33 not in noise
