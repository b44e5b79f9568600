"""Zebra SSI: every packet known from a vendor or a capture, and any bytes whatever."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.codec import NEED_MORE, Role
from firmware_bridge.scanners import ssi
from firmware_bridge.scanners.ssi import FROM_HOST, FROM_SCANNER, Codec, Packet
from tests.firmware_bridge.scanner_streams import drain, feed_split

VECTORS = {
    "04 E4 04 00 FF 14": ssi.START_SESSION,
    "04 E5 04 00 FF 13": ssi.STOP_SESSION,
    "04 D0 04 00 FF 28": ssi.ACKNOWLEDGE,
    "04 D0 00 00 FF 2C": ssi.SCANNER_ACKNOWLEDGES,
    "05 D1 04 00 01 FF 25": ssi.SEND_AGAIN,
    "05 D1 04 00 02 FF 24": ssi.BAD_CONTEXT,
    "05 D1 04 00 06 FF 20": ssi.DENIED,
    "04 E9 04 00 FF 0F": ssi.SCAN_ENABLE,
    "04 E9 04 08 FF 07": Packet(0xE9, FROM_HOST, 0x08),
    "04 EA 04 00 FF 0E": ssi.SCAN_DISABLE,
    "04 D2 04 00 FF 26": ssi.FLUSH_QUEUE,
    "05 E7 04 00 01 FF 0F": ssi.LED_ON,
    "05 E8 04 00 01 FF 0E": ssi.LED_OFF,
    "04 A3 04 00 FF 55": ssi.REVISION,
    "07 F3 00 00 01 4E 52 FE 65": Packet(ssi.DECODE_DATA, FROM_SCANNER, 0, b"\x01NR"),
    "13 F3 00 00 03 43 46 2D 32 30 32 36 2D 30 30 30 31 32 33 FC 24": Packet(
        ssi.DECODE_DATA, FROM_SCANNER, 0, b"\x03CF-2026-000123"
    ),
}

packets = st.builds(
    Packet, st.integers(0, 255), st.just(FROM_SCANNER), st.integers(0, 255), st.binary(max_size=ssi.DATA_LIMIT)
)


@pytest.mark.parametrize(("text", "packet"), VECTORS.items())
def test_known_packets_are_written_and_read(text: str, packet: Packet) -> None:
    data = bytes.fromhex(text)

    assert ssi.encode(packet) == data
    assert ssi.decode(data) == packet
    reader = Codec(Role.HOST if packet.source == FROM_SCANNER else Role.DEVICE)
    reader.receive(data)
    assert drain(reader) == [packet]


@pytest.mark.parametrize("text", ["04 E4 04 00 FF 15", "03 E4 04 FF 15", "04 E4 05 00 FF 13", "05 E4 04 00 FF 14", ""])
def test_what_is_no_packet_is_none(text: str) -> None:
    assert ssi.decode(bytes.fromhex(text)) is None


@pytest.mark.parametrize(
    ("packet", "word"),
    [
        (Packet(0xE4, 1), "source 1"),
        (Packet(256, FROM_HOST), "opcode 256"),
        (Packet(0xE4, FROM_HOST, -1), "status -1"),
        (Packet(0xF3, FROM_SCANNER, 0, bytes(252)), "252 bytes"),
    ],
)
def test_a_packet_out_of_range_is_not_written(packet: Packet, word: str) -> None:
    with pytest.raises(ValueError, match=word):
        Codec(Role.HOST).encode(packet)


@given(packets)
def test_decoding_undoes_encoding(packet: Packet) -> None:
    assert ssi.decode(ssi.encode(packet)) == packet


@given(st.data(), st.lists(packets, max_size=4))
def test_any_split_yields_the_same_packets(data: st.DataObject, sent: list[Packet]) -> None:
    assert feed_split(Codec(Role.HOST), b"".join(map(ssi.encode, sent)), data) == sent


@given(st.binary(max_size=80), packets, st.binary(max_size=80))
def test_a_good_packet_is_found_after_rubbish_and_silence(before: bytes, packet: Packet, after: bytes) -> None:
    codec = Codec(Role.HOST)
    codec.receive(before)
    codec.quiet()
    drain(codec)

    codec.receive(ssi.encode(packet))

    assert drain(codec) == [packet]
    codec.receive(after)
    codec.quiet()
    drain(codec)
    assert not codec.in_frame


@given(st.lists(st.binary(max_size=700), max_size=8))
def test_its_memory_is_bounded(noise: list[bytes]) -> None:
    codec = Codec(Role.DEVICE)
    for piece in noise:
        codec.receive(piece)
        assert len(codec._buffer) <= ssi.BUFFER_LIMIT
    codec.reset()
    assert codec.next_frame() is NEED_MORE


def test_a_long_reading_comes_in_packets_that_say_that_more_follow() -> None:
    first, last = ssi.packets_of(0x1C, b"A" * 300)

    assert (first.status, last.status) == (ssi.MORE_FOLLOWS, 0)
    assert first.data[:1] == last.data[:1] == b"\x1c"
    assert first.data[1:] + last.data[1:] == b"A" * 300
    assert ssi.packets_of(3, b"") == (Packet(ssi.DECODE_DATA, FROM_SCANNER, 0, b"\x03"),)


def test_what_is_answered_by_what() -> None:
    codec, told = Codec(Role.HOST), Packet(0xA4, FROM_SCANNER, 0, b"PAABLS00")

    assert codec.answers(ssi.START_SESSION, ssi.SCANNER_ACKNOWLEDGES)
    assert codec.answers(ssi.REVISION, told)
    assert not codec.answers(ssi.START_SESSION, told)
    assert not codec.answers(ssi.START_SESSION, ssi.ACKNOWLEDGE)
    assert not codec.answers(ssi.ACKNOWLEDGE, ssi.SCANNER_ACKNOWLEDGES)
    assert codec.answered(ssi.START_SESSION)
    assert not codec.answered(ssi.ACKNOWLEDGE)
    assert codec.repeatable(ssi.LED_ON)
    assert not codec.repeatable(ssi.FLUSH_QUEUE)
