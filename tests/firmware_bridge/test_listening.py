"""A host's end of any scanner: what it hands out, what it says back, and when."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.codec import Role
from firmware_bridge.scanners import admission, gm65, keys, lines, listening, menus, rdm6300, ssi
from firmware_bridge.scanners.admission import Admission, Held, admit
from firmware_bridge.scanners.badges import Form
from firmware_bridge.scanners.families import FAMILIES, Setup
from firmware_bridge.scanners.families import listening as listening_of
from firmware_bridge.scanners.lines import Flaw, Reading, Unreadable
from firmware_bridge.scanners.listening import Listening, Say

ACK = Say(bytes.fromhex("04 D0 04 00 FF 28"))
NAK = Say(bytes.fromhex("05 D1 04 00 01 FF 25"))
CODE = Reading("YG0001A", "CODE128")
PACKET = ssi.Packet(ssi.DECODE_DATA, ssi.FROM_SCANNER, 0, b"\x03YG0001A")
AGAIN = ssi.Packet(ssi.DECODE_DATA, ssi.FROM_SCANNER, ssi.AGAIN, b"\x03YG0001A")


def of(family: str, **setup: Any) -> Listening:
    made = listening_of(FAMILIES[family], Setup(**setup))
    made.opened(0.0)
    return made


TYPED = {
    "line": b"]C0YG0001A\r",
    "honeywell": b"]C0YG0001A\r",
    "datalogic": b"]C0YG0001A\r\n",
    "newland": b"\x06]C0YG0001A\r",
    "gm65": bytes.fromhex("02 00 00 01 00 33 31") + b"]C0YG0001A\r",
    "ssi": ssi.encode(PACKET),
    "keys": keys.KeyCodec(Role.DEVICE).encode(CODE),
}


@pytest.mark.parametrize("family", TYPED)
def test_every_family_hands_out_the_same_reading(family: str) -> None:
    told = of(family).received(TYPED[family], 1.0)

    assert [one for one in told if not isinstance(one, Say)] == [CODE]


def test_every_family_is_heard_here_or_reads_cards() -> None:
    assert {*TYPED, "rdm6300"} == set(FAMILIES)


def test_a_card_that_lies_on_its_reader_counts_once_until_it_is_taken_away() -> None:
    reader, card = of("rdm6300", badge=Form.HEX, keep_bytes=4), rdm6300.encode(rdm6300.Card(b"\x07\x00\xbc\x61\x4e"))

    assert reader.received(card, 1.0) == [Reading("0012345678")]
    assert reader.received(card + card, 1.5) == []
    assert reader.received(card, 2.4) == []
    assert reader.received(card, 3.5) == [Reading("0012345678")]


def test_half_a_code_and_silence_is_refused() -> None:
    reader = of("line", idle_seconds=0.06)
    assert reader.received(b"YG00", 1.0) == []
    assert reader.received(b"", 1.05) == []

    assert reader.received(b"", 1.07) == [Unreadable(Flaw.INCOMPLETE, b"YG00")]
    assert reader.received(b"", 9.0) == []


def test_the_other_half_is_refused_too_and_a_code_that_comes_later_is_read() -> None:
    reader = of("line", badge=Form.DECIMAL)
    reader.received(b"00123", 1.0)
    reader.received(b"", 1.1)

    assert reader.received(b"45", 1.3) == []
    assert reader.received(b"678\r12345678\r", 1.35) == [Unreadable(Flaw.INCOMPLETE, b"45678"), Reading("0012345678")]
    assert reader.received(b"12345678\r", 3.0) == [Reading("0012345678")]


def test_half_a_card_takes_nothing_from_the_next_which_has_a_beginning_of_its_own() -> None:
    reader, card = of("rdm6300"), rdm6300.encode(rdm6300.Card(b"\x07\x00\xbc\x61\x4e"))
    reader.received(card[:6], 1.0)

    assert reader.received(b"", 1.1) == [Unreadable(Flaw.INCOMPLETE, card[:6])]
    assert reader.received(card, 1.2) == [Reading("0700BC614E")]


def test_half_a_code_before_the_line_was_opened_anew_is_forgotten() -> None:
    for family in ("line", "ssi"):
        reader = of(family)
        reader.received(TYPED[family][:5], 1.0)
        assert reader.opened(2.0) == []

        assert CODE in reader.received(TYPED[family], 2.1)


@pytest.mark.parametrize("family", [family for family in FAMILIES if family != "keys"])
@given(st.lists(st.tuples(st.binary(max_size=400), st.floats(0, 1)), max_size=6))
def test_after_any_rubbish_and_a_silence_the_next_code_is_read(family: str, noise: list[tuple[bytes, float]]) -> None:
    """No bytes crash a reader, nothing it hands out is strange, and a person who waits a moment is read."""
    reader, now = of(family, host_triggers=FAMILIES[family].trigger is not None), 1.0
    for data, later in noise:
        now += later
        for told in reader.received(data, now):
            assert not isinstance(told, Reading) or (told.text.isprintable() and len(told.text) <= 64)
    reader.received(b"", now + 0.1)
    reader.received(b"", now + 2)
    good = rdm6300.encode(rdm6300.Card(b"\x07\x00\xbc\x61\x4e")) if family == "rdm6300" else TYPED[family]

    texts = [told.text for told in reader.received(good, now + 3) if isinstance(told, Reading)]

    assert texts in (["YG0001A"], ["0700BC614E"])


# SSI


def test_a_reading_is_handed_out_and_then_acknowledged() -> None:
    assert of("ssi").received(ssi.encode(PACKET), 1.0) == [CODE, ACK]


def test_what_is_sent_again_is_acknowledged_again_and_handed_out_once() -> None:
    reader = of("ssi")
    reader.received(ssi.encode(PACKET), 1.0)

    assert reader.received(ssi.encode(AGAIN), 3.0) == [ACK]
    reader.opened(4.0)
    assert reader.received(ssi.encode(AGAIN), 5.0) == [ACK]
    assert reader.received(ssi.encode(PACKET), 6.0) == [CODE, ACK]  # read anew, not sent again


def test_a_repetition_whose_first_never_came_is_handed_out() -> None:
    assert of("ssi").received(ssi.encode(AGAIN), 1.0) == [CODE, ACK]


@pytest.mark.parametrize("typed", [True, False])
def test_a_reading_of_several_packets_is_joined(typed: bool) -> None:  # noqa: FBT001
    reader = of("ssi", typed=typed)
    first = ssi.Packet(ssi.DECODE_DATA, ssi.FROM_SCANNER, ssi.MORE_FOLLOWS, b"\x03YG00")
    last = ssi.Packet(ssi.DECODE_DATA, ssi.FROM_SCANNER, 0, b"\x0301A" if typed else b"01A")

    assert reader.received(ssi.encode(first), 1.0) == [ACK]
    assert reader.received(ssi.encode(first)[:0], 1.1) == []
    again = ssi.Packet(first.opcode, first.source, first.status | ssi.AGAIN, first.data)
    assert reader.received(ssi.encode(again), 1.2) == [ACK]
    assert reader.received(ssi.encode(last), 1.3) == [CODE, ACK]


def test_a_reading_whose_rest_never_comes_is_refused() -> None:
    reader = of("ssi")
    reader.received(ssi.encode(ssi.packets_of(3, b"A" * 300)[0]), 1.0)

    assert reader.received(b"", 3.0) == []
    (refused,) = reader.received(b"", 1.0 + listening.PACKET_SECONDS)
    assert isinstance(refused, Unreadable)
    assert refused.reason is Flaw.INCOMPLETE
    assert reader.received(b"", 20.0) == []


def test_an_endless_reading_is_refused_once_and_fills_no_memory() -> None:
    reader = of("ssi")
    told = reader.received(b"".join(map(ssi.encode, ssi.packets_of(0x1C, b"A" * 5000))), 1.0)

    assert [one.reason for one in told if isinstance(one, Unreadable)] == [Flaw.TOO_LONG]
    assert told.count(ACK) == 20


def test_a_damaged_packet_is_asked_for_again_and_at_last_told() -> None:
    reader, broken = of("ssi"), ssi.encode(PACKET)[:-1] + b"\x00"

    assert reader.received(broken, 1.0) == []
    assert reader.received(b"", 1.01) == []
    assert reader.received(b"", 1.2) == [NAK]
    assert reader.received(b"", 1.3) == []
    assert reader.received(broken, 1.4) + reader.received(b"", 1.6) == [NAK]
    (told,) = reader.received(broken, 1.7) + reader.received(b"", 1.9)
    assert isinstance(told, Unreadable)
    assert told.reason is Flaw.CHECKSUM
    assert reader.received(broken, 2.0) + reader.received(b"", 2.2) == []
    assert reader.received(ssi.encode(AGAIN), 2.5) == [CODE, ACK]


def test_an_event_is_acknowledged_and_other_packets_are_not() -> None:
    event, told = ssi.Packet(ssi.EVENT, 0, 0, b"\x01"), ssi.Packet(0xA4, 0, 0, b"PAABLS00")

    assert of("ssi").received(ssi.encode(event) + ssi.encode(told), 1.0) == [ACK]


@pytest.mark.parametrize(
    ("data", "outcome"),
    [
        (b"\x01NR", Unreadable(Flaw.NO_READ, b"NR")),
        (b"\x03]Q1YG", Reading("YG", "QRCODE")),
        (b"\x77YG", Reading("YG")),
        (b"\x03", Unreadable(Flaw.EMPTY, b"")),
        (b"", Unreadable(Flaw.EMPTY, b"")),
        (b"\x03Y\x1dG", Unreadable(Flaw.CONTROL_CHARACTER, b"Y\x1dG")),
    ],
)
def test_what_a_packet_says(data: bytes, outcome: Reading | Unreadable) -> None:
    packet = ssi.Packet(ssi.DECODE_DATA, ssi.FROM_SCANNER, 0, data)

    assert of("ssi").received(ssi.encode(packet), 1.0) == [outcome, ACK]


# The trigger


@pytest.mark.parametrize(
    ("family", "on", "off"),
    [
        ("honeywell", "16 54 0D", "16 55 0D"),
        ("datalogic", "16 54 0D", "16 55 0D"),
        ("newland", "01 54 04", "01 50 04"),
        ("gm65", "7E 00 08 01 00 02 01 AB CD", "7E 00 08 01 00 02 00 AB CD"),
        ("ssi", "04 E4 04 00 FF 14", "04 E5 04 00 FF 13"),
    ],
)
def test_the_host_holds_the_trigger_until_it_lets_go(family: str, on: str, off: str) -> None:
    reader = listening_of(FAMILIES[family], Setup(host_triggers=True))
    pull = Say(bytes.fromhex(on))

    assert reader.opened(10.0) == [pull]
    assert reader.received(b"", 14.9) == []
    assert reader.received(b"", 15.0) == [pull]  # the scanner may have given up
    assert CODE in reader.received(TYPED[family], 16.0)
    assert reader.received(b"", 16.2) == []
    assert reader.received(b"", 16.3) == [pull]
    assert reader.trigger(17.0, on=True) == []
    assert reader.trigger(17.0, on=False) == [Say(bytes.fromhex(off))]
    assert reader.received(b"", 90.0) == []
    assert reader.trigger(91.0, on=True) == [pull]


def test_a_label_that_stays_under_a_scanner_counts_once() -> None:
    reader = of("honeywell", host_triggers=True)

    assert reader.received(b"YG1\r", 1.0) == [Reading("YG1")]
    assert reader.received(b"YG1\r", 1.5) == [Say(menus.HONEYWELL_ON)]
    assert reader.received(b"YG2\r", 1.6) == [Reading("YG2")]


def test_trigger_bytes_of_the_wiring_count_more_than_those_of_the_family() -> None:
    reader = listening_of(FAMILIES["line"], Setup(host_triggers=True, trigger_on=b"\x12"))

    assert reader.opened(1.0) == [Say(b"\x12")]
    assert reader.trigger(2.0, on=False) == []  # nothing says stop


def test_where_the_scanner_has_its_own_trigger_the_host_says_nothing() -> None:
    reader = of("honeywell")

    assert reader.trigger(1.0, on=True) == []
    assert reader.received(b"YG1\r" * 2, 1.0) == [Reading("YG1")] * 2


def test_a_reader_is_left_alone_while_nothing_is_going_on() -> None:
    for family in ("line", "ssi"):
        reader = of(family)
        assert reader.leisure(1.0) == listening.IDLE_SECONDS
        reader.received(TYPED[family][:4], 1.0)
        assert reader.leisure(1.0) == listening.ALERT_SECONDS
        reader.received(b"", 9.0)
        reader.received(b"", 9.0)
        assert reader.leisure(9.0) == listening.IDLE_SECONDS

    held = of("honeywell", host_triggers=True)
    assert held.leisure(1.0) == listening.IDLE_SECONDS
    assert held.leisure(listening.TRIGGER_SECONDS - 0.1) == pytest.approx(0.1)
    assert held.leisure(60.0) == 0.0
    held.trigger(61.0, on=False)
    assert held.leisure(90.0) == listening.IDLE_SECONDS


# What goes on into the station


@pytest.mark.parametrize(
    ("outcome", "rules", "reason"),
    [
        (Reading("NR"), Admission(), Flaw.NO_READ),
        (Reading("NOREAD"), Admission(no_read="NOREAD"), Flaw.NO_READ),
        (Reading("A" * 65), Admission(), Flaw.TOO_LONG),
        (Reading("A" * 41), Admission(Form.AS_READ), Flaw.TOO_LONG),
        (Reading("A\x1dB"), Admission(), Flaw.CONTROL_CHARACTER),
        (Reading("12X"), Admission(Form.DECIMAL), Flaw.NOT_A_BADGE),
        (Unreadable(Flaw.NOT_TEXT, b"\xff"), Admission(), Flaw.NOT_TEXT),
    ],
)
def test_what_is_strange_stops_at_the_edge(outcome: Reading | Unreadable, rules: Admission, reason: Flaw) -> None:
    refused = admit(outcome, rules)

    assert isinstance(refused, Unreadable)
    assert refused.reason is reason
    assert len(refused.raw) <= admission.LABEL_LIMIT


def test_what_is_short_and_printable_goes_on() -> None:
    assert admit(CODE, Admission()) == CODE
    assert admit(Reading("NR"), Admission(no_read="")) == Reading("NR")
    assert admit(Reading("12345678"), Admission(Form.DECIMAL)) == Reading("0012345678")


def test_the_same_after_a_break_counts_again() -> None:
    held = Held(1.0)

    assert [held.still("A", at) for at in (0.0, 0.9, 1.8, 3.0)] == [False, True, True, False]
    assert [held.still(text, 3.1) for text in "BA"] == [False, False]


def test_nothing_a_scanner_types_is_lost_between_families() -> None:
    assert FAMILIES[lines.NAME].serial
    assert not FAMILIES[keys.NAME].serial
    assert FAMILIES[gm65.NAME].trigger is not None
