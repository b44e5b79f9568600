"""Badges: one card is one text, however its reader writes it; and the frames of RDM6300 readers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.codec import Role
from firmware_bridge.scanners import rdm6300
from firmware_bridge.scanners.badges import Form, number_of, typed
from firmware_bridge.scanners.lines import Flaw, Unreadable
from firmware_bridge.scanners.rdm6300 import Card, Codec
from tests.firmware_bridge.scanner_streams import drain, feed_split

CARD = "0012345678"
FRAME = b"\x020700BC614E94\x03"
numbered = [form for form in Form if form is not Form.AS_READ]


@pytest.mark.parametrize(
    ("text", "form", "keep"),
    [
        ("0012345678", Form.DECIMAL, 8),
        ("12345678", Form.DECIMAL, 8),
        (" 12345678 ", Form.DECIMAL, 8),
        ("BC614E", Form.HEX, 8),
        ("00bc614e", Form.HEX, 8),
        ("00:BC:61:4E", Form.HEX, 8),
        ("0700BC614E", Form.HEX, 4),
        ("4E61BC00", Form.HEX_REVERSED, 8),
        ("188,24910", Form.FACILITY, 8),
        ("188:24910", Form.FACILITY, 8),
        ("0378C29C", Form.WIEGAND_26, 8),
        ("378C29C", Form.WIEGAND_26, 8),
    ],
)
def test_one_card_is_one_text_at_every_reader(text: str, form: Form, keep: int) -> None:
    assert number_of(text, form, keep_bytes=keep) == CARD


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("", Form.AS_READ),
        ("A" * 41, Form.AS_READ),
        ("BC614E", Form.DECIMAL),
        ("1" * 21, Form.DECIMAL),
        ("BC61", Form.HEX),
        ("BC614", Form.HEX),
        ("B" * 22, Form.HEX_REVERSED),
        ("256,1", Form.FACILITY),
        ("1,65536", Form.FACILITY),
        ("24910", Form.FACILITY),
        ("0178C29C", Form.WIEGAND_26),
        ("0378C29D", Form.WIEGAND_26),
        ("0778C29C", Form.WIEGAND_26),
        ("xyz", Form.WIEGAND_26),
    ],
)
def test_what_a_reader_of_this_form_never_types_is_no_badge(text: str, form: Form) -> None:
    assert number_of(text, form, keep_bytes=8) is None


def test_a_printed_badge_keeps_its_text() -> None:
    assert number_of(" B000042X ", Form.AS_READ, keep_bytes=8) == "B000042X"


@given(st.integers(0, 2**24 - 1), st.sampled_from(numbered))
def test_every_form_leads_back_to_the_number(number: int, form: Form) -> None:
    assert number_of(typed(number, form), form, keep_bytes=4) == f"{number:010d}"


@given(st.text(max_size=30), st.sampled_from(Form))
def test_any_text_is_a_number_or_none(text: str, form: Form) -> None:
    number = number_of(text, form, keep_bytes=4)

    assert number is None or (form is Form.AS_READ) or (number.isdigit() and len(number) == 10)


@pytest.mark.parametrize("form", [Form.FACILITY, Form.WIEGAND_26, Form.AS_READ])
def test_a_number_too_big_for_a_form_is_not_typed(form: Form) -> None:
    with pytest.raises(ValueError, match=form.value):
        typed(1 << 24, form)


def test_a_card_frame_is_written_and_read() -> None:
    card = Card(bytes.fromhex("0700BC614E"))
    assert rdm6300.encode(card) == FRAME
    assert rdm6300.decode(FRAME) == card
    assert number_of(card.raw.hex(), Form.HEX, keep_bytes=4) == CARD


@pytest.mark.parametrize(
    "data", [b"\x020700BC614E95\x03", b"\x020700BC61\x03", b"\x020700BC61 E94\x03", FRAME[:-1] + b"\x0d", b""]
)
def test_what_is_no_card_is_none(data: bytes) -> None:
    assert rdm6300.decode(data) is None


@given(st.data(), st.lists(st.builds(Card, st.binary(min_size=5, max_size=5)), max_size=4), st.binary(max_size=9))
def test_any_split_yields_the_same_cards(data: st.DataObject, cards: list[Card], noise: bytes) -> None:
    noise = noise.replace(b"\x02", b"")
    stream = noise + noise.join(map(rdm6300.encode, cards))

    assert feed_split(Codec(Role.HOST), stream, data) == cards


def test_a_damaged_card_is_refused_and_the_next_is_read() -> None:
    codec = Codec(Role.HOST)
    codec.receive(FRAME.replace(b"4E", b"4F") + FRAME[:5] + FRAME)

    assert drain(codec) == [
        Unreadable(Flaw.CHECKSUM, FRAME.replace(b"4E", b"4F")),
        Unreadable(Flaw.INCOMPLETE, FRAME[:5]),
        Card(bytes.fromhex("0700BC614E")),
    ]


def test_silence_ends_half_a_card() -> None:
    codec = Codec(Role.HOST)
    codec.receive(FRAME[:6])
    assert codec.in_line
    codec.quiet()
    assert drain(codec) == [Unreadable(Flaw.INCOMPLETE, FRAME[:6])]

    codec.receive(FRAME[:6])
    codec.reset()
    codec.quiet()
    assert drain(codec) == []


@given(st.lists(st.binary(max_size=600), max_size=5))
def test_its_memory_is_bounded(noise: list[bytes]) -> None:
    codec = Codec(Role.HOST)
    for piece in noise:
        codec.receive(b"\x02" + piece)
        assert len(codec._buffer) < rdm6300.BUFFER_LIMIT
        drain(codec)


def test_nobody_asks_a_card_reader() -> None:
    codec, card = Codec(Role.DEVICE), Card(bytes(5))

    assert codec.encode(card) == rdm6300.encode(card)
    assert not codec.answers(card, card)
    assert not codec.repeatable(card)
    assert not codec.answered(card)
    for wrong in (Card(b"1234"), Unreadable(Flaw.CHECKSUM, b"")):
        with pytest.raises(ValueError, match=r"card|checksum"):
            codec.encode(wrong)
