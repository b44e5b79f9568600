"""Roots that follow one another: who knows any of them knows all, and none speaks after it was succeeded."""

from __future__ import annotations

from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from custody import envelope, wire
from custody.envelope import Rejected
from custody.identifiers import CourtId
from custody.messages import NextRoot, Purpose
from custody.roots import Handed, Roots, digest, normal_fingerprint, read_roots

COURT = CourtId("yk0802")
FIRST, SECOND, THIRD, THIEF = (Ed25519PrivateKey.from_private_bytes(bytes([n]) * 32) for n in (1, 2, 3, 9))


def hexed(key: Ed25519PrivateKey) -> str:
    return envelope.raw(key.public_key()).hex()


def words(before: Ed25519PrivateKey, after: Ed25519PrivateKey, *messages: str) -> NextRoot:
    said = tuple(digest(one.encode()) for one in messages)
    return NextRoot(court=COURT, before=hexed(before), after=hexed(after), said=said)


def handed(
    said: NextRoot, before: Ed25519PrivateKey, after: Ed25519PrivateKey, *, returned: NextRoot | None = None
) -> Handed:
    def signed(what: NextRoot, key: Ed25519PrivateKey) -> bytes:
        return envelope.sign(wire.encode(what), purpose=Purpose.NEXT_ROOT, key=key)

    return signed(said, before), signed(returned or said, after)


def followed(*links: Handed) -> Roots | Rejected:
    return read_roots(hexed(FIRST), links, court=COURT)


ONE = handed(words(FIRST, SECOND, "aa"), FIRST, SECOND)
TWO = handed(words(SECOND, THIRD, "aa", "bb"), SECOND, THIRD)


def test_whoever_knows_one_of_them_knows_all() -> None:
    roots = followed(ONE, TWO)
    assert isinstance(roots, Roots)

    for key in (FIRST, SECOND, THIRD):
        fingerprint = envelope.fingerprint(key.public_key())
        assert roots.have(fingerprint)
        assert roots.have(fingerprint.upper().replace(":", " "))
        assert roots.key_of(envelope.key_id(key.public_key())) == hexed(key)
    assert not roots.have(envelope.fingerprint(THIEF.public_key()))
    assert roots.key_of(envelope.key_id(THIEF.public_key())) is None
    assert normal_fingerprint(" AB:cd ") == "abcd"


def test_a_root_counts_for_what_it_had_said_before_and_the_last_for_everything() -> None:
    roots = followed(ONE, TWO)
    assert isinstance(roots, Roots)

    def speaks(key: Ed25519PrivateKey, message: str) -> bool:
        return roots.has_said(envelope.key_id(key.public_key()), message.encode())

    assert [speaks(FIRST, one) for one in ("aa", "bb", "cc")] == [True, False, False]
    assert [speaks(SECOND, one) for one in ("aa", "bb", "cc")] == [True, True, False]
    assert [speaks(THIRD, one) for one in ("aa", "bb", "cc")] == [True, True, True]
    assert not speaks(THIEF, "aa")


def test_one_that_was_never_succeeded_is_the_last() -> None:
    roots = followed()

    assert isinstance(roots, Roots)
    assert roots.has_said(envelope.key_id(FIRST.public_key()), b"aa")


@pytest.mark.parametrize(
    "link",
    [
        handed(words(FIRST, THIEF), THIEF, THIEF),
        handed(words(THIEF, SECOND), FIRST, SECOND),
        handed(words(FIRST, SECOND), FIRST, THIEF),
        handed(words(FIRST, SECOND), FIRST, SECOND, returned=words(FIRST, SECOND, "zz")),
        handed(replace(words(FIRST, SECOND), court=CourtId("other")), FIRST, SECOND),
        handed(replace(words(FIRST, SECOND), after="ab"), FIRST, SECOND),
        handed(words(FIRST, FIRST), FIRST, FIRST),
        (b"nonsense", ONE[1]),
        (ONE[0], b"nonsense"),
        (envelope.sign(b"{}", purpose=Purpose.NEXT_ROOT, key=FIRST), ONE[1]),
        (envelope.sign(wire.encode(words(FIRST, SECOND)), purpose=Purpose.KEYS, key=FIRST), ONE[1]),
    ],
)
def test_a_link_that_does_not_hold_is_refused(link: Handed) -> None:
    assert isinstance(followed(link), Rejected)


def test_a_key_is_written_in_one_way() -> None:
    assert isinstance(read_roots(hexed(FIRST).upper(), [ONE], court=COURT), Rejected)


def test_links_come_in_their_order() -> None:
    assert isinstance(followed(TWO), Rejected)
    assert isinstance(followed(ONE, ONE), Rejected)
