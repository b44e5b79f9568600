"""A phone number keyed in at a cabinet: sealed at once, committed to, and erasable without breaking a proof."""

from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from custody import envelope, wire
from custody.envelope import Rejected
from custody.events import PrivateKind
from custody.messages import PrivateMessage
from custody.private import (
    MOST_CHARACTERS,
    MOST_SEALED,
    Confided,
    commitment,
    confided,
    fact_of,
    last_four,
    phone_number,
    unwrapped,
)
from custody.wire import Malformed
from tests.custody.court import CABINET, COURT, GRANTS, STATION

HUB = X25519PrivateKey.from_private_bytes(bytes(range(32)))
PHONE = "13904170417"

texts = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=MOST_CHARACTERS)


def keyed_in(text: str = PHONE, *, value: str = "pv-1", randomness: str = "00" * 16) -> Confided:
    return confided(
        value, text, what=PrivateKind.PHONE, about="pc-1", court=COURT, station=CABINET, randomness=randomness
    )


def sent(kept: Confided, *, seed: int = 7) -> PrivateMessage:
    ephemeral = X25519PrivateKey.from_private_bytes(bytes([seed] * 32))
    sealed = envelope.seal(wire.encode(kept), recipient=HUB.public_key(), ephemeral=ephemeral)
    return PrivateMessage(court=kept.court, station=kept.station, value=kept.value, sealed=sealed)


def opened(message: PrivateMessage, key: X25519PrivateKey = HUB) -> Confided | Malformed | Rejected:
    plain = envelope.unseal(message.sealed, key=key)
    return plain if isinstance(plain, Rejected) else unwrapped(plain, message)


@given(texts)
def test_the_hub_reads_what_was_keyed_in_and_nothing_else_does(text: str) -> None:
    message = sent(keyed_in(text))

    assert opened(message) == keyed_in(text)
    assert len(message.sealed) <= MOST_SEALED
    assert isinstance(opened(message, X25519PrivateKey.from_private_bytes(bytes([9] * 32))), Rejected)


@given(texts, st.data())
def test_any_changed_byte_of_the_seal_is_found(text: str, data: st.DataObject) -> None:
    message = sent(keyed_in(text))
    at = data.draw(st.integers(0, len(message.sealed) - 1))
    other = data.draw(st.integers(1, 255))
    changed = message.sealed[:at] + bytes([message.sealed[at] ^ other]) + message.sealed[at + 1 :]

    assert opened(replace(message, sealed=changed)) == Rejected("shape")


@given(st.binary(max_size=600))
def test_any_bytes_are_answered(data: bytes) -> None:
    assert isinstance(unwrapped(data, sent(keyed_in())), Malformed)
    assert isinstance(envelope.unseal(data, key=HUB), Rejected)


def test_a_seal_moved_to_another_value_station_or_court_is_not_read() -> None:
    message = sent(keyed_in())

    for other in (
        replace(message, value="pv-2"),
        replace(message, station=STATION),
        replace(message, court=type(COURT)("yk0803")),
    ):
        assert isinstance(opened(other), Malformed)


@pytest.mark.parametrize(
    "wrong",
    [
        replace(keyed_in(), text=""),
        replace(keyed_in(), text="1" * (MOST_CHARACTERS + 1)),
        replace(keyed_in(), salt="00"),
        replace(keyed_in(), salt="Z" * 32),
        replace(keyed_in(), about="no id"),
        replace(keyed_in(), value="no id"),
    ],
)
def test_what_is_sealed_must_be_well_formed_too(wrong: Confided) -> None:
    assert isinstance(opened(sent(wrong)), Malformed)


def test_the_chain_says_nothing_of_it_to_whoever_does_not_have_the_salt() -> None:
    fact = fact_of(keyed_in())
    line = wire.encode(fact)

    assert PHONE.encode() not in line and keyed_in().salt.encode() not in line
    assert fact.commitment == commitment(keyed_in())


@given(texts, texts, st.text(min_size=1), st.text(min_size=1))
def test_a_commitment_holds_for_one_text_and_one_salt(text: str, other: str, random: str, others: str) -> None:
    first = commitment(keyed_in(text, randomness=random))

    assert (first == commitment(keyed_in(other, randomness=random))) is (text == other)
    assert (first == commitment(keyed_in(text, randomness=others))) is (random == others)


def test_values_that_share_randomness_do_not_share_a_salt() -> None:
    assert keyed_in(value="pv-1").salt != keyed_in(value="pv-2").salt


def test_a_value_never_shows_itself_in_a_log() -> None:
    assert PHONE not in repr(keyed_in()) and keyed_in().salt not in repr(keyed_in())


@pytest.mark.parametrize(
    ("number", "phone"),
    [
        (13904170417, "13904170417"),
        (19999999999, "19999999999"),
        (12904170417, None),
        (1390417041, None),
        (139041704170, None),
        (0, None),
        (-13904170417, None),
    ],
)
def test_a_mobile_phone_number_is_told_from_other_numbers(number: int, phone: str | None) -> None:
    assert phone_number(number) == phone


def test_the_last_four_digits_keep_their_zeros() -> None:
    assert last_four("13904170042") == "0042"


def test_grants_name_a_whole_key_to_seal_to_or_none() -> None:
    key = envelope.raw(HUB.public_key()).hex()

    for good in (key, ""):
        assert wire.unpack_grants(wire.pack_grants(replace(GRANTS, sealing_key=good))) == replace(
            GRANTS, sealing_key=good
        )
    for bad in (key[:-1], key.upper(), "no key"):
        assert isinstance(wire.unpack_grants(wire.pack_grants(replace(GRANTS, sealing_key=bad))), Malformed)
