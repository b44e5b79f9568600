"""The technician's tool on scanners: what their bytes say, and a clear sentence for what says nothing."""

import pytest

from firmware_bridge import technician as t
from firmware_bridge.codec import NEED_MORE, Role
from firmware_bridge.scanners.codecs import CODECS

SAVE_AS_PRINTED = "7E 00 09 01 00 00 DE C8"


@pytest.mark.parametrize(
    ("family", "text", "told"),
    [
        ("ssi", "04 E4 04 00 FF 14", {"frame": "start-session", "from": "host"}),
        ("ssi", "04 D0 00 00 FF 2C", {"frame": "scanner-acknowledges", "from": "scanner"}),
        ("ssi", "07 F3 00 00 01 4E 52 FE 65", {"frame": "decode-data", "symbology": "CODE39", "text": "NR"}),
        ("ssi", "04 E9 04 08 FF 07", {"frame": "scan-enable", "status": "08"}),
        ("ssi", "05 F6 00 00 01 FF 04", {"frame": "packet", "opcode": "F6", "payload": "01"}),
        ("gm65", "7E 00 08 01 00 02 01 AB CD", {"frame": "trigger-on", "checked": False}),
        ("gm65", "7E 00 08 01 00 02 01 02 DA", {"frame": "trigger-on", "checked": True}),
        ("gm65", "7E 00 08 01 00 D9 D3 20 38", {"frame": "order", "kind": "write", "address": "00D9"}),
        ("gm65", "02 00 00 01 00 33 31", {"frame": "done", "from": "scanner"}),
        ("gm65", "02 00 00 02 39 01 C1 4C", {"frame": "answer", "payload": "39 01"}),
        ("gm65", "41 42 0D", {"frame": "reading", "text": "AB", "family": "gm65"}),
        ("honeywell", "16 54 0D", {"frame": "trigger-on"}),
        ("datalogic", "16 55 0D", {"frame": "trigger-off"}),
        ("newland", "01 54 04", {"frame": "trigger-on"}),
        ("honeywell", "16 4D 0D 54 52 47 4D 4F 44 30 21", {"frame": "menu", "menu": "TRGMOD0", "lasting": False}),
        ("newland", "02 01 30 30 30 30 23 53 43 4E 06 3B 03", {"frame": "menu-answer", "verdict": "done"}),
        ("honeywell", "5D 43 30 41 42 0D", {"frame": "reading", "symbology": "CODE128"}),
        ("rdm6300", "02 30 37 30 30 42 43 36 31 34 45 39 34 03", {"frame": "card", "badge": "0012345678"}),
    ],
)
def test_bytes_are_told_in_words(family: str, text: str, told: dict) -> None:
    assert told.items() <= t.decode(family, text).items()


@pytest.mark.parametrize(
    ("family", "text", "role", "sentence"),
    [
        ("gm65", SAVE_AS_PRINTED, "any", "By its length byte 9 bytes; there are 8"),
        ("gm65", SAVE_AS_PRINTED, "any", "应为 9 字节，实有 8 字节"),
        ("gm65", "7E 00 08 01 00 02 01 02 DB", "any", "expected 02 DA, found 02 DB"),
        ("gm65", "7E 00 06 01 00 02 01 02 DB", "any", "No frame begins so"),
        ("gm65", "02 00 00 01 00 33 31", "host", "written by the scanner"),
        ("ssi", "04 E4 04 00 FF 15", "any", "expected FF 14, found FF 15"),
        ("ssi", "04 E4", "any", "2 bytes"),
        ("ssi", "05 E4 04 00 FF 14", "any", "By its length byte 7 bytes"),
        ("ssi", "04 E4 09 00 FF 0F", "any", "Source 09"),
        ("ssi", "04 E4 04 00 FF 14", "board", "written by the host"),
        ("rdm6300", "02 30 03", "any", "By its length byte 14 bytes"),
        ("rdm6300", "02 30 37 30 30 42 43 36 31 34 45 39 35 03", "any", "XOR"),
    ],
)
def test_what_is_no_frame_is_said_in_both_languages(family: str, text: str, role: str, sentence: str) -> None:
    with pytest.raises(t.InvalidFrameError) as refused:
        t.decode(family, text, role=role)

    assert sentence in str(refused.value)
    assert len(str(refused.value).splitlines()) == 2


@pytest.mark.parametrize(
    ("family", "name", "given", "text"),
    [
        ("ssi", "stop-session", {}, "04 E5 04 00 FF 13"),
        (
            "ssi",
            "decode-data",
            {"text": "CF-2026-000123"},
            "13 F3 00 00 03 43 46 2D 32 30 32 36 2D 30 30 30 31 32 33 FC 24",
        ),
        ("ssi", "packet", {"opcode": "E9", "status": "08"}, "04 E9 04 08 FF 07"),
        ("ssi", "packet", {"opcode": "D0", "source": "scanner", "payload": ""}, "04 D0 00 00 FF 2C"),
        ("gm65", "trigger-off", {}, "7E 00 08 01 00 02 00 AB CD"),
        ("gm65", "save", {}, "7E 00 09 01 00 00 00 DE C8"),
        ("gm65", "order", {"kind": "write", "address": "002A", "payload": "39 01"}, "7E 00 08 02 00 2A 39 01 A7 EA"),
        ("gm65", "answer", {"payload": "4E 00"}, "02 00 00 02 4E 00 40 A3"),
        ("gm65", "reading", {"text": "AB"}, "41 42 0D"),
        ("newland", "trigger-off", {}, "01 50 04"),
        ("newland", "menu", {"menu": "SCNMOD0", "lasting": "yes"}, "7E 01 30 30 30 30 40 53 43 4E 4D 4F 44 30 3B 03"),
        ("honeywell", "menu-answer", {"menu": "TRG", "verdict": "refused"}, "54 52 47 15 21"),
        ("honeywell", "reading", {"text": "AB"}, "41 42 0D"),
        ("rdm6300", "card", {"card": "0700BC614E"}, "02 30 37 30 30 42 43 36 31 34 45 39 34 03"),
    ],
)
def test_words_become_bytes(family: str, name: str, given: dict, text: str) -> None:
    assert t.encode(family, name, given)["bytes"] == text


@pytest.mark.parametrize(
    ("family", "name", "given", "sentence"),
    [
        ("ssi", "unlock", {}, "No frame unlock"),
        ("ssi", "decode-data", {}, "lacks: --text"),
        ("ssi", "decode-data", {"text": "A", "symbology": "MORSE"}, "symbology MORSE"),
        ("ssi", "packet", {"opcode": "xyz"}, "xyz"),
        ("gm65", "order", {"kind": "burn"}, "kind burn"),
        ("honeywell", "menu-answer", {"menu": "A", "verdict": "maybe"}, "verdict maybe"),
        ("rdm6300", "card", {"card": "07"}, "card of 1 bytes"),
    ],
)
def test_words_that_make_no_frame_are_refused(family: str, name: str, given: dict, sentence: str) -> None:
    with pytest.raises(t.InvalidFrameError, match=sentence):
        t.encode(family, name, given)


@pytest.mark.parametrize("name", CODECS)
@pytest.mark.parametrize("role", Role)
def test_every_codec_of_scanners_can_be_fed(name: str, role: Role) -> None:
    codec = CODECS[name](role)

    codec.receive(b"\x00\xff")

    assert codec.next_frame() is NEED_MORE
