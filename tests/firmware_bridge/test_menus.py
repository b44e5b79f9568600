"""Menu commands of Honeywell and Newland scanners, and their triggers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.scanners import menus
from firmware_bridge.scanners.menus import Menu, MenuAnswer, Verdict

commands = st.from_regex(r"[A-Z0-9]{1,20}", fullmatch=True)
frames = st.one_of(
    st.builds(Menu, commands, st.booleans()),
    st.builds(MenuAnswer, commands, st.sampled_from(Verdict), st.booleans()),
)


def test_the_triggers_are_those_of_the_manuals() -> None:
    assert bytes.fromhex("16 54 0D") == menus.HONEYWELL_ON
    assert bytes.fromhex("16 55 0D") == menus.HONEYWELL_OFF
    assert bytes.fromhex("01 54 04") == menus.NEWLAND_ON
    assert bytes.fromhex("01 50 04") == menus.NEWLAND_OFF


@pytest.mark.parametrize(
    ("text", "frame"),
    [
        ("16 4D 0D 54 52 47 4D 4F 44 30 21", Menu("TRGMOD0")),
        ("16 4D 0D 54 52 47 4D 4F 44 30 2E", Menu("TRGMOD0", lasting=True)),
        ("54 52 47 4D 4F 44 30 06 21", MenuAnswer("TRGMOD0", Verdict.DONE)),
        ("54 52 47 15 2E", MenuAnswer("TRG", Verdict.REFUSED, lasting=True)),
    ],
)
def test_a_honeywell_is_understood(text: str, frame: Menu | MenuAnswer) -> None:
    assert menus.encode_honeywell(frame) == bytes.fromhex(text)
    assert menus.decode_honeywell(bytes.fromhex(text)) == frame


@pytest.mark.parametrize(
    ("text", "frame"),
    [
        ("7E 01 30 30 30 30 40 53 43 4E 4D 4F 44 30 3B 03", Menu("SCNMOD0", lasting=True)),
        ("7E 01 30 30 30 30 23 53 43 4E 4D 4F 44 30 3B 03", Menu("SCNMOD0")),
        ("02 01 30 30 30 30 23 53 43 4E 06 3B 03", MenuAnswer("SCN", Verdict.DONE)),
        ("02 01 30 30 30 30 40 53 43 4E 05 3B 03", MenuAnswer("SCN", Verdict.UNKNOWN_COMMAND, lasting=True)),
    ],
)
def test_a_newland_is_understood(text: str, frame: Menu | MenuAnswer) -> None:
    assert menus.encode_newland(frame) == bytes.fromhex(text)
    assert menus.decode_newland(bytes.fromhex(text)) == frame


@given(frames)
def test_decoding_undoes_encoding(frame: Menu | MenuAnswer) -> None:
    assert menus.decode_honeywell(menus.encode_honeywell(frame)) == frame
    assert menus.decode_newland(menus.encode_newland(frame)) == frame


@given(st.binary(max_size=40))
def test_no_bytes_crash_them(data: bytes) -> None:
    menus.decode_honeywell(data)
    menus.decode_newland(data)
    menus.decode_honeywell(b"\x16M\r" + data + b"!")
    menus.decode_newland(b"\x7e\x010000#" + data + b";\x03")


@pytest.mark.parametrize("text", ["", "21", "16 4D 0D 21", "16 4D 0D 41 07 21", "54 52 07 21", "06 21 21", "54 06 22"])
def test_what_is_no_honeywell_command_is_none(text: str) -> None:
    assert menus.decode_honeywell(bytes.fromhex(text)) is None


@pytest.mark.parametrize(
    "text",
    [
        "7E 01 30 30 30 30 23 3B 03",
        "7E 01 30 30 30 30 24 41 3B 03",
        "7E 01 30 30 30 31 23 41 3B 03",
        "7E 01 30 30 30 30 23 41 3B",
        "02 01 30 30 30 30 23 41 41 3B 03",
    ],
)
def test_what_is_no_newland_command_is_none(text: str) -> None:
    assert menus.decode_newland(bytes.fromhex(text)) is None


@pytest.mark.parametrize("command", ["", "A;", "Ä", "A" * 201])
def test_a_command_that_would_end_itself_is_not_written(command: str) -> None:
    with pytest.raises(ValueError, match="command"):
        menus.encode_newland(Menu(command))


@pytest.mark.parametrize("command", ["A.", "A!"])
def test_nor_one_for_a_honeywell(command: str) -> None:
    with pytest.raises(ValueError, match="command"):
        menus.encode_honeywell(Menu(command))
