"""What scanners type, and what is no reading."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.codec import NEED_MORE, Role
from firmware_bridge.scanners.lines import SYMBOLOGIES, Flaw, Framing, LineCodec, Reading, Unreadable, parse

texts = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1, max_size=40).filter(
    lambda text: not text.startswith("]")
)
readings = st.builds(Reading, texts, st.one_of(st.none(), st.sampled_from(sorted(SYMBOLOGIES.values()))))


def drain(codec: LineCodec) -> list[Reading | Unreadable]:
    frames = []
    while (frame := codec.next_frame()) is not NEED_MORE:
        frames.append(frame)
    return frames


def read(data: bytes, **settings: Any) -> list[Reading | Unreadable]:
    codec = LineCodec(Role.HOST, **settings)
    codec.receive(data)
    codec.quiet()
    return drain(codec)


@pytest.mark.parametrize("typed", [b"AB12\r", b"AB12\n", b"AB12\r\n", b"\x02AB12\x03", b"\r\nAB12\r\n\r\n"])
@pytest.mark.parametrize("framing", Framing)
def test_every_ending_is_accepted_in_every_framing(typed: bytes, framing: Framing) -> None:
    assert read(typed, framing=framing) == [Reading("AB12")]


def test_tab_ends_a_reading_only_where_the_framing_says_so() -> None:
    assert read(b"AB\tCD\t", framing=Framing.TAB) == [Reading("AB"), Reading("CD")]
    assert read(b"AB\tCD\r") == [Unreadable(Flaw.CONTROL_CHARACTER, b"AB\tCD")]


def test_what_means_nothing_at_the_start_of_a_line_is_left_out_there_alone() -> None:
    assert read(b"\x06AB\r\x15CD\r", ignored=b"\x06\x15") == [Reading("AB"), Reading("CD")]
    assert read(b"A\x06B\r", ignored=b"\x06") == [Unreadable(Flaw.CONTROL_CHARACTER, b"A\x06B")]


def test_a_line_can_be_forgotten() -> None:
    codec = LineCodec(Role.HOST)
    codec.receive(b"AB")
    codec.reset()
    codec.receive(b"CD\r")

    assert drain(codec) == [Reading("CD")]


def test_without_an_ending_silence_ends_a_reading_only_where_the_framing_says_so() -> None:
    assert read(b"AB12", framing=Framing.IDLE) == [Reading("AB12")]
    assert read(b"AB1", framing=Framing.CR) == [Unreadable(Flaw.INCOMPLETE, b"AB1")]


def test_half_a_code_before_a_new_start_is_no_reading() -> None:
    assert read(b"AB\x02CD\x03") == [Unreadable(Flaw.INCOMPLETE, b"AB"), Reading("CD")]


@pytest.mark.parametrize(
    ("prefix", "symbology"),
    [
        ("]C0", "CODE128"),
        ("]C1", "CODE128"),
        ("]Q1", "QRCODE"),
        ("]Q2", "QRCODE"),
        ("]d4", "DATAMATRIX"),
        ("]E0", "EAN"),
    ],
)
def test_an_aim_prefix_names_the_symbology(prefix: str, symbology: str) -> None:
    assert parse(f"{prefix}AB12".encode()) == Reading("AB12", symbology)


@pytest.mark.parametrize("text", ["]X0AB", "]C", "]C-1", "[C0AB"])
def test_what_only_looks_like_a_prefix_is_text(text: str) -> None:
    assert parse(text.encode()) == Reading(text)


@pytest.mark.parametrize(
    ("line", "flaw"),
    [
        (b"AB\x1d12", Flaw.CONTROL_CHARACTER),
        (b"AB\x0012", Flaw.CONTROL_CHARACTER),
        (b"\xff\xfe", Flaw.NOT_TEXT),
        (b"   ", Flaw.EMPTY),
        (b"]C0", Flaw.EMPTY),
    ],
)
def test_what_is_no_text_is_refused(line: bytes, flaw: Flaw) -> None:
    assert read(line + b"\r") == [Unreadable(flaw, line)]


def test_an_endless_line_is_refused_once_and_the_next_is_read() -> None:
    assert read(b"X" * 5000 + b"\rAB12\r", length_cap=8) == [Unreadable(Flaw.TOO_LONG, b"X" * 8), Reading("AB12")]


def test_a_codec_knows_whether_silence_would_mean_something() -> None:
    codec = LineCodec(Role.HOST)
    assert not codec.in_line

    codec.receive(b"A")
    assert codec.in_line

    codec.receive(b"\r")
    assert not codec.in_line


@given(
    st.data(),
    st.lists(readings, max_size=5),
    st.sampled_from([framing for framing in Framing if framing is not Framing.IDLE]),
)
def test_any_split_of_what_a_scanner_types_yields_the_same_readings(
    data: st.DataObject, typed: list[Reading], framing: Framing
) -> None:
    device, host = LineCodec(Role.DEVICE, framing=framing), LineCodec(Role.HOST, framing=framing)
    stream = b"".join(device.encode(reading) for reading in typed)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=6)))
    for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True):
        host.receive(stream[start:end])

    assert drain(host) == typed


@given(readings)
def test_decoding_undoes_encoding_without_an_ending(reading: Reading) -> None:
    assert read(LineCodec(Role.DEVICE, framing=Framing.IDLE).encode(reading), framing=Framing.IDLE) == [reading]


@given(st.lists(st.binary(max_size=300), max_size=6), st.sampled_from(Framing))
def test_no_bytes_crash_the_codec_nor_fill_its_memory(noise: list[bytes], framing: Framing) -> None:
    codec = LineCodec(Role.HOST, framing=framing, length_cap=16)
    for piece in noise:
        codec.receive(piece)

    assert len(codec._line) <= 16
    codec.quiet()
    drain(codec)
    codec.receive(b"AB12\r")
    assert drain(codec) == [Reading("AB12")]


@pytest.mark.parametrize(
    "reading", [Reading(""), Reading("A\rB"), Reading("]C0AB"), Reading("A", "MORSE"), Reading("A" * 300)]
)
def test_a_scanner_cannot_type_what_nobody_could_read(reading: Reading) -> None:
    with pytest.raises(ValueError, match=r"text|symbology"):
        LineCodec(Role.DEVICE).encode(reading)
