"""What a technician is told of Modbus frames, and how he writes them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.boards import modbus as board
from firmware_bridge.technician import InvalidFrameError, decode, encode
from firmware_bridge.words import modbus as words

NAMED = [
    ("01 05 02 00 00 07 8D B0", "flash-on", {"address": 1, "relay": 0, "tenths": 7}),
    ("01 05 02 0F 00 05 3C 72", "flash-on", {"address": 1, "relay": 15, "tenths": 5}),
    ("01 05 04 00 00 07 8D 38", "flash-off", {"address": 1, "relay": 0, "tenths": 7}),
    ("01 05 00 00 FF 00 8C 3A", "relay-on", {"address": 1, "relay": 0}),
    ("01 05 00 01 00 00 9C 0A", "relay-off", {"address": 1, "relay": 1}),
    ("01 05 00 00 55 00 F2 9A", "relay-toggle", {"address": 1, "relay": 0}),
    ("01 05 00 FF FF 00 BC 0A", "all-on", {"address": 1}),
    ("01 05 00 FF 00 00 FD FA", "all-off", {"address": 1}),
    ("01 02 00 00 00 08 79 CC", "read", {"address": 1, "function": 2, "start": 0, "count": 8}),
    ("01 0F 00 00 00 08 01 FF BE D5", "write-several", {"address": 1, "function": 15, "start": 0, "count": 8}),
    ("01 01 01 41 91 B8", "bytes", {"address": 1, "function": 1, "raw": "41"}),
    ("01 85 02 C3 51", "refused", {"address": 1, "function": 5, "code": 2}),
    ("00 06 40 00 00 02 1C 1A", "write", {"address": 0, "function": 6, "place": 0x4000, "value": 2}),
    ("01 05 00 01 01 00 9D 9A", "write", {"address": 1, "function": 5, "place": 1, "value": 0x0100}),
]


@pytest.mark.parametrize(("text", "name", "fields"), NAMED)
def test_printed_frames_in_words_both_ways(text: str, name: str, fields: dict[str, object]) -> None:
    told = decode("modbus", text)
    given_ = {key: str(value) for key, value in fields.items()}
    if name == "write-several":
        given_["raw"] = "FF"

    assert {"frame": name, **fields}.items() <= told.items()
    assert encode("modbus", name, given_)["bytes"] == text


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("01 05 02 00 00 07 8D B1", "expected 8D B0, found 8D B1"),
        ("01 07 00 00 00", "Unknown function 07"),
        ("01 05 00", "Too short"),
        ("01 05 00 3C 50", "no frame of the Modbus side"),
    ],
)
def test_what_is_wrong_with_bytes_is_said(text: str, sentence: str) -> None:
    data = bytes.fromhex(text)
    if "no frame" in sentence:
        text = (data[:3] + board.crc_of(data[:3])).hex()

    with pytest.raises(InvalidFrameError, match=sentence):
        decode("modbus", text)


@pytest.mark.parametrize(
    ("name", "fields", "sentence"),
    [
        ("flash-on", {"address": "1", "relay": "32", "tenths": "5"}, "relay 32"),
        ("flash-on", {"address": "1", "relay": "0", "tenths": "0"}, "tenths 0"),
        ("relay-on", {"address": "256", "relay": "0"}, "address 256"),
        ("flash-on", {"address": "1"}, "--relay --tenths"),
    ],
)
def test_words_that_make_no_frame_are_refused(name: str, fields: dict[str, str], sentence: str) -> None:
    with pytest.raises(InvalidFrameError, match=sentence):
        encode("modbus", name, fields)


@given(st.integers(0, 255), st.integers(0, 0xFFFF), st.integers(0, 0xFFFF))
def test_a_name_never_changes_the_bytes(address: int, place: int, value: int) -> None:
    frame = board.Write(address, board.WRITE_COIL, place, value)

    assert words.plain(words.named(frame)) == frame
