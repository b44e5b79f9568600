"""Every frame of lock boards that documents and captures print, byte for byte, both ways, and in the tool's words."""

from typing import Any

import pytest

from firmware_bridge import technician
from firmware_bridge.boards import cu16, cu48, cu48b, winnsen, wkly
from firmware_bridge.boards import eight_a_eighty as e

EIGHT = [
    ("8A 01 01 11 9B", e.UnlockOne(1, 1)),
    ("8A 01 01 11 03 98", e.UnlockTimed(1, 1, 3)),
    ("8A 01 00 11 9A", e.UnlockAll(1)),
    ("80 01 01 33 B3", e.QueryOne(1, 1)),
    ("80 01 00 33 B2", e.QueryAll(1)),
    ("90 01 02 02 02 93", e.UnlockSeveral(1, bytes((2, 2, 2)))),
    ("8A 01 01 00 8A", e.UnlockReply(1, 1, 0)),
    ("80 01 01 11 91", e.OneStatus(1, 1, 0x11)),
    ("80 01 01 00 80", e.OneStatus(1, 1, 0)),
    ("80 01 00 00 00 33 B2", e.AllStatus(1, bytes(3))),
    ("80 01 00 00 02 33 B0", e.AllStatus(1, bytes((0, 0, 2)))),
    ("82 01 01 00 82", e.DoorReport(0x82, 1, 1, 0)),
]
CU48 = [
    ("02 00 00 50 03 55", cu48.Query(0)),
    ("02 00 00 65 07 00 00 00 00 C0 03 31", cu48.Status(0, bytes((7, 0, 0, 0, 0, 0xC0)))),
    ("02 0A 00 50 03 5F", cu48.Query(10)),
    ("02 01 00 65 00 00 80 00 00 00 03 EB", cu48.Status(1, bytes((0, 0, 0x80, 0, 0, 0)))),
    ("02 00 00 51 03 56", cu48.Unlock(0, 1)),
    ("02 00 30 51 03 86", cu48.UnlockAll(0)),
    ("02 0A 30 51 03 90", cu48.UnlockAll(10)),
]
CU48B = [
    ("02 00 00 60 03 65", cu48b.Query(0)),
    ("02 00 00 61 03 66", cu48b.Unlock(0, 1)),
    ("02 00 04 61 03 6A", cu48b.Unlock(0, 5)),
    ("02 00 30 61 03 96", cu48b.UnlockAll(0)),
]
CU16 = [
    ("02 00 30 03 35", cu16.Query(0)),
    ("02 10 30 03 45", cu16.Query(1)),
    ("02 00 31 03 36", cu16.Unlock(0, 1)),
    ("02 0F 31 03 45", cu16.Unlock(0, 16)),
    ("02 10 31 03 46", cu16.Unlock(1, 1)),
    ("02 F0 32 03 27", cu16.QueryEvery()),
    ("02 00 36 00 00 00 00 03 3B", cu16.EveryStatus(0, bytes(2), bytes(2))),
    ("02 10 36 00 00 00 00 03 4B", cu16.EveryStatus(1, bytes(2), bytes(2))),
    ("02 00 37 00 32 03 6E", cu16.SetTime(0, 500)),
    ("02 00 37 03 3C", cu16.QueryTime(0)),
    ("02 00 38 00 32 03 6F", cu16.Time(0, 500)),
    ("02 20 33 03 58", cu16.UnlockAll(2)),
    ("02 00 35 03 80 01 00 03 BE", cu16.Status(0, bytes((3, 0x80)), bytes((1, 0)))),
]
WKLY = [
    ("57 4B 4C 59 0C 00 80 03 01 02 03 86", wkly.OpenSeveral(0, bytes((1, 2, 3)))),
    ("57 4B 4C 59 09 00 80 00 80", wkly.Done(0, 0x80, 0)),
    ("57 4B 4C 59 09 00 81 01 80", wkly.Blink(0, 1)),
    ("57 4B 4C 59 0A 00 81 00 01 83", wkly.Blinked(0, 0, 1)),
    ("57 4B 4C 59 09 00 82 01 83", wkly.OpenOne(0, 1)),
    ("57 4B 4C 59 0B 00 82 00 01 00 81", wkly.Opened(0, 0, 1, 0)),
    ("57 4B 4C 59 09 00 83 01 82", wkly.QueryOne(0, 1)),
    ("57 4B 4C 59 0B 00 83 00 01 00 80", wkly.OneStatus(0, 0, 1, 0)),
    ("57 4B 4C 59 08 00 84 85", wkly.QueryAll(0)),
    ("57 4B 4C 59 0E 00 84 00 04 00 01 01 00 87", wkly.AllStatus(0, 0, bytes((0, 1, 1, 0)))),
    ("57 4B 4C 59 22 00 84 00 18" + 24 * " 00" + " B7", wkly.AllStatus(0, 0, bytes(24))),
    ("57 4B 4C 59 0A 00 85 01 01 86", wkly.DoorReport(0, 1, 1)),
    ("57 4B 4C 59 08 00 86 87", wkly.OpenAll(0)),
    ("57 4B 4C 59 09 00 86 00 86", wkly.Done(0, 0x86, 0)),
    ("57 4B 4C 59 0C 00 87 03 01 02 03 81", wkly.OpenEach(0, bytes((1, 2, 3)))),
    ("57 4B 4C 59 09 00 87 00 87", wkly.Done(0, 0x87, 0)),
    ("57 4B 4C 59 09 01 82 01 82", wkly.OpenOne(1, 1)),
    ("57 4B 4C 59 09 0A 82 01 89", wkly.OpenOne(10, 1)),
]
SIBLINGS = [
    ("55 05 82 01 D3", wkly.Sibling(0x82, b"\x01")),
    ("55 04 84 D5", wkly.Sibling(0x84, b"")),
    ("55 04 87 D6", wkly.Sibling(0x87, b"")),
    ("55 07 83 01 00 01 D1", wkly.Sibling(0x83, b"\x01\x00\x01")),
]
WINNSEN = [
    ("90 06 05 01 01 03", winnsen.Unlock(1, 1)),
    ("90 07 85 01 01 01 03", winnsen.Unlocked(1, 1, 1)),
    ("90 07 02 01 FF FF 03", winnsen.Query(1, b"\xff\xff")),
    ("90 07 82 01 05 80 03", winnsen.Status(1, b"\x05\x80")),
    ("90 06 12 01 02 03", winnsen.QueryOne(1, 2)),
    ("90 07 92 01 00 02 03", winnsen.OneStatus(1, 0, 2)),
]
FAMILIES: dict[str, tuple[Any, Any, list[tuple[str, Any]]]] = {
    "8a80": (e.encode, lambda data: {e.as_request(data), e.as_reply(data)}, EIGHT),
    "cu48": (cu48.encode, lambda data: {cu48.decode(data)}, CU48),
    "cu48b": (cu48b.encode, lambda data: {cu48b.decode(data)}, CU48B),
    "cu16": (cu16.encode, lambda data: {cu16.decode(data)}, CU16),
    "wkly": (
        wkly.encode,
        lambda data: {wkly.as_request(data), wkly.as_reply(data), wkly.as_sibling(data)},
        [*WKLY, *SIBLINGS],
    ),
    "winnsen": (winnsen.encode, lambda data: {winnsen.decode(data)}, WINNSEN),
}
VECTORS = [(family, text, frame) for family, (_, _, vectors) in FAMILIES.items() for text, frame in vectors]


@pytest.mark.parametrize(("family", "text", "frame"), VECTORS)
def test_a_printed_frame_is_written_and_read(family: str, text: str, frame: object) -> None:
    encode, decode, _ = FAMILIES[family]

    assert encode(frame).hex(" ").upper() == text
    assert frame in decode(bytes.fromhex(text))


@pytest.mark.parametrize(("family", "text", "frame"), VECTORS)
def test_the_tool_tells_a_printed_frame_and_makes_it_again_from_its_words(
    family: str, text: str, frame: object
) -> None:
    told = technician.decode(family, text)
    senses = [told, *told["also"]]
    sense = next(s for s in senses if s["frame"].replace("-", "") == type(frame).__name__.lower())

    given = {key: str(value) for key, value in sense.items()}

    assert technician.encode(family, sense["frame"], given)["bytes"] == text


REFUSED = [
    ("cu16", "02 10 30 03 3E", "expected 45, found 3E"),
    ("wkly", "57 4B 4C 59 0A 00 81 00 01 00", "expected 83, found 00"),
    ("wkly", "57 4B 4C 59 09 00 88 01 89", "Command 88 (hold on) is not spoken"),
    ("wkly", "57 4B 4C 59 0A 00 88 00 01 8A", "Command 88 (hold on) is not spoken"),
    ("wkly", "57 4B 4C 59 09 00 89 01 88", "Command 89 (hold off) is not spoken"),
    ("wkly", "57 4B 4C 59 0A 00 82 01 80", "length byte says 10; there are 9"),
    ("wkly", "57 4B 4C 59 08 20 84 A5", "Address 32"),
    ("wkly", "57 4B 4C 59 08 00 90 91", "Unknown command 90"),
    ("wkly", "57 4B 4C 58 08 00 84 84", "Unknown header 57 4B 4C 58"),
    ("wkly", "55 06 82 01 D3", "length byte says 6"),
    ("wkly", "55 05 82 01 D4", "expected D3"),
    ("wkly", "57 4B 4C 59 08", "5 bytes"),
    ("wkly", "57 4B 4C 59 09 00 84 00 84", "no frame of the WKLY side"),
    ("8a80", "9A 01 01 11 8B", "hold on"),
    ("8a80", "9B 01 01 11 8A", "hold off"),
    ("8a80", "82 01 00 22 A1", "no frame of the 8A/80 side"),
    ("cu48", "02 00 00 50 03 56", "expected 55"),
    ("cu48", "02 0B 00 50 03 60", "Address 11"),
    ("cu48", "02 00 00 52 03 57", "Unknown command 52"),
    ("cu48", "02 00 31 51 03 87", "no frame of the CU48 side"),
    ("cu16", "02 00 39 03 3E", "Command 39 (delayed unlock) is not spoken"),
    ("cu16", "02 00 40 01 03 46", "Command 40 (change of speed) is not spoken"),
    ("cu16", "02 01 30 03 36", "no frame of the CU16 side"),
    ("winnsen", "90 06 05 01 01 04", "end must be 03, found 04"),
    ("winnsen", "90 07 05 01 01 03", "length byte says 7"),
    ("winnsen", "91 06 05 01 01 03", "Unknown header 91: must be 90"),
    ("winnsen", "90 06 06 01 01 03", "Unknown command 06"),
    ("winnsen", "90 06 05 01 00 03", "no frame of the Winnsen side"),
]


@pytest.mark.parametrize(("family", "text", "reason"), REFUSED)
def test_what_is_no_frame_is_refused_with_the_reason(family: str, text: str, reason: str) -> None:
    with pytest.raises(technician.InvalidFrameError) as refused:
        technician.decode(family, text)

    assert reason in str(refused.value)
    assert FAMILIES[family][1](bytes.fromhex(text)) == {None}


def test_a_query_of_all_locks_is_the_query() -> None:
    """Lock 30 in a CU48B query says what lock 00 says."""
    assert cu48b.decode(bytes.fromhex("02 00 30 60 03 95")) == cu48b.Query(0)
