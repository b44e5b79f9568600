"""Envelopes: only the right key, purpose and bytes pass."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from custody.envelope import (
    MAX_BATCH_BYTES,
    MAX_BATCH_EVENTS,
    Rejected,
    Signed,
    fingerprint,
    key_id,
    public_key,
    raw,
    seal,
    sign,
    signed_bytes,
    split,
    unseal,
    verify,
)
from custody.messages import Purpose

KEY = Ed25519PrivateKey.from_private_bytes(b"k" * 32)
OTHER = Ed25519PrivateKey.from_private_bytes(b"o" * 32)
RECIPIENT = X25519PrivateKey.from_private_bytes(b"r" * 32)
EPHEMERAL = X25519PrivateKey.from_private_bytes(b"e" * 32)
HEADER = b'{"station":"cab-1"}'
EVENTS = (b'{"one":1}', b'{"two":2}')
MESSAGE = sign(HEADER, purpose=Purpose.EVENTS, key=KEY, lines=EVENTS)
FIRST = MESSAGE.split(b"\n")[0]


def key_of(identity: str) -> Ed25519PublicKey | None:
    return KEY.public_key() if identity == key_id(KEY.public_key()) else None


def test_a_signed_message_is_three_parts_by_line() -> None:
    first, header, *lines = MESSAGE.split(b"\n")

    assert first.split(b" ")[:2] == [b"yg1", key_id(KEY.public_key()).encode()]
    assert header == HEADER
    assert tuple(lines) == EVENTS


@pytest.mark.parametrize("made", Purpose)
@pytest.mark.parametrize("read", Purpose)
def test_a_signature_for_one_purpose_is_worth_nothing_for_another(made: Purpose, read: Purpose) -> None:
    verified = verify(sign(HEADER, purpose=made, key=KEY), purpose=read, key_of=key_of)

    assert isinstance(verified, Signed) is (made is read)


def test_the_header_comes_back_as_it_was_signed() -> None:
    verified = verify(MESSAGE, purpose=Purpose.EVENTS, key_of=key_of)

    assert isinstance(verified, Signed)
    assert (verified.header, verified.lines) == (HEADER, EVENTS)


def test_a_key_nobody_knows_is_told_apart_from_a_bad_signature() -> None:
    stranger = sign(HEADER, purpose=Purpose.ACK, key=OTHER)
    forged = stranger.replace(key_id(OTHER.public_key()).encode(), key_id(KEY.public_key()).encode())

    assert verify(stranger, purpose=Purpose.ACK, key_of=key_of) == Rejected("unknown_key")
    assert verify(forged, purpose=Purpose.ACK, key_of=key_of) == Rejected("signature")


@given(st.data())
def test_any_changed_byte_before_the_events_is_found(data: st.DataObject) -> None:
    position = data.draw(st.integers(0, len(FIRST) + len(HEADER)))
    byte = data.draw(st.integers(0, 255).filter(lambda one: one != MESSAGE[position]))
    tampered = MESSAGE[:position] + bytes([byte]) + MESSAGE[position + 1 :]

    assert isinstance(verify(tampered, purpose=Purpose.EVENTS, key_of=key_of), Rejected)


def test_events_are_not_under_the_signature_but_under_the_links() -> None:
    """``verify`` proves the header; the header's links prove the lines (see ``chain.judge``)."""
    tampered = MESSAGE.replace(b'"two":2', b'"two":3')

    assert isinstance(verify(tampered, purpose=Purpose.EVENTS, key_of=key_of), Signed)


@pytest.mark.parametrize("purpose", [one for one in Purpose if one is not Purpose.EVENTS])
def test_only_events_may_have_lines(purpose: Purpose) -> None:
    smuggled = sign(HEADER, purpose=purpose, key=KEY) + b"\n{}"

    assert verify(smuggled, purpose=purpose, key_of=key_of) == Rejected("shape")
    with pytest.raises(ValueError, match="no lines"):
        sign(HEADER, purpose=purpose, key=KEY, lines=EVENTS)


def test_a_line_feed_cannot_be_signed() -> None:
    for header, lines in ((b"{\n}", ()), (b"{}", (b"a\nb",))):
        with pytest.raises(ValueError, match="line feed"):
            sign(header, purpose=Purpose.EVENTS, key=KEY, lines=lines)


@pytest.mark.parametrize(
    "message",
    [
        b"",
        b"\n",
        b"yg1",
        FIRST,
        b"yg2" + MESSAGE[3:],
        b" " + MESSAGE,
        FIRST + b" more\n{}",
        FIRST + b"\r\n{}",
        FIRST.replace(b" ", b"  ", 1) + b"\n{}",
        FIRST.upper() + b"\n{}",
        b"yg1 0123456789abcdef c2hvcnQ=\n{}",
        b"yg1 0123456789abcdeg " + FIRST.split(b" ")[2] + b"\n{}",
        b"yg1 \xff123456789abcdef " + FIRST.split(b" ")[2] + b"\n{}",
        FIRST[:-3] + b"!==\n{}",
    ],
)
def test_what_is_not_a_message_is_rejected(message: bytes) -> None:
    assert split(message) == Rejected("shape")
    assert verify(message, purpose=Purpose.EVENTS, key_of=key_of) == Rejected("shape")


@given(st.binary(max_size=300))
def test_any_bytes_are_answered(message: bytes) -> None:
    assert isinstance(split(message), Rejected)


@pytest.mark.parametrize(
    "message",
    [
        FIRST + b"\n{}" + b"\n{}" * (MAX_BATCH_EVENTS + 1),
        FIRST + b"\n{}\n" + b"x" * (MAX_BATCH_BYTES + 1),
        FIRST + b"\n" + b"x" * (640 * 1024 + 1),
        FIRST + b"\n" * (2 * 1024 * 1024),
    ],
    ids=["events", "bytes", "header", "all"],
)
def test_what_is_too_large_is_not_taken_in(message: bytes) -> None:
    assert split(message) == Rejected("oversize")


def test_the_largest_batch_passes() -> None:
    lines = (b"x" * (MAX_BATCH_BYTES // MAX_BATCH_EVENTS),) * MAX_BATCH_EVENTS
    message = sign(HEADER, purpose=Purpose.EVENTS, key=KEY, lines=lines)

    verified = verify(message, purpose=Purpose.EVENTS, key_of=key_of)

    assert isinstance(verified, Signed)
    assert verified.lines == lines


def test_what_a_signature_covers_begins_with_the_purpose() -> None:
    assert signed_bytes(HEADER, purpose=Purpose.HUB) == b"yungui/v1\x00hub\x00" + HEADER


def test_a_public_key_travels_as_hex() -> None:
    known = public_key(raw(KEY.public_key()).hex())

    assert known is not None
    assert key_id(known) == key_id(KEY.public_key())
    assert public_key("not hex") is None
    assert public_key("00") is None


def test_a_fingerprint_is_read_aloud_in_groups() -> None:
    groups = fingerprint(KEY.public_key()).split(":")

    assert [len(group) for group in groups] == [4] * 16
    assert "".join(groups).startswith(key_id(KEY.public_key()))


@given(st.binary(max_size=200))
def test_what_was_sealed_to_one_is_read_by_one(secret: bytes) -> None:
    sealed = seal(secret, recipient=RECIPIENT.public_key(), ephemeral=EPHEMERAL)

    assert unseal(sealed, key=RECIPIENT) == secret
    assert unseal(sealed, key=EPHEMERAL) == Rejected("shape")


@given(st.data())
def test_any_changed_byte_of_a_sealed_box_is_found(data: st.DataObject) -> None:
    sealed = seal(b"grants", recipient=RECIPIENT.public_key(), ephemeral=EPHEMERAL)
    bit = data.draw(st.integers(0, len(sealed) * 8 - 1).filter(lambda one: one != 255))  # X25519 ignores that bit
    tampered = bytearray(sealed)
    tampered[bit // 8] ^= 1 << bit % 8

    assert unseal(bytes(tampered), key=RECIPIENT) == Rejected("shape")


@pytest.mark.parametrize("sealed", [b"", b"short", bytes(32), bytes(80)])
def test_what_is_no_sealed_box_is_rejected(sealed: bytes) -> None:
    assert unseal(sealed, key=RECIPIENT) == Rejected("shape")
