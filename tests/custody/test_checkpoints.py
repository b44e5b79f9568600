"""Checkpoints: written as the public form says, named in one way, and followed only where a proof leads."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from custody.checkpoints import (
    Accepted,
    Checkpoint,
    Doubtful,
    Offered,
    Unneeded,
    judge,
    name,
    named,
    note_text,
    read_text,
)
from custody.envelope import Rejected, open_note, raw, sign_note
from custody.events import Doubt
from custody.identifiers import CourtId, StationId
from custody.merkle import consistency_proof, leaf_hash, root
from custody.messages import Recovery

COURT = CourtId("yk0802")
KEY = Ed25519PrivateKey.from_private_bytes(b"hub".ljust(32, b"."))
OTHER = Ed25519PrivateKey.from_private_bytes(b"other".ljust(32, b"."))
ORIGIN = "yungui/yk0802"
LEAVES = [leaf_hash(b"%d" % number) for number in range(50)]
FORGED = [leaf_hash(b"forged %d" % number) for number in range(50)]


def at(size: int, log: str = "c0ffee", leaves: list[bytes] = LEAVES) -> Checkpoint:
    return Checkpoint(log, size, root(leaves[:size]))


def note_of(checkpoint: Checkpoint, key: Ed25519PrivateKey = KEY) -> bytes:
    return sign_note(note_text(checkpoint, court=COURT, time=1_790_000_000_000), name=ORIGIN, key=key)


def offered(checkpoint: Checkpoint, *froms: int, leaves: list[bytes] = LEAVES) -> Offered:
    proofs = {size: consistency_proof(size, leaves[: checkpoint.size]) for size in froms}
    return Offered(checkpoint=checkpoint, proofs=proofs, recoveries=())


# --- the note ---------------------------------------------------------------------------------------------------------


def test_a_checkpoint_is_written_as_the_public_form_says() -> None:
    note = note_of(at(20)).decode()

    assert note.split("\n")[:6] == [
        "yungui/yk0802",
        "20",
        base64.b64encode(root(LEAVES[:20])).decode(),
        "log c0ffee",
        "time 2026-09-21T14:13:20.000Z",
        "",
    ]
    dash, key_name, signature = note.split("\n")[6].split(" ")
    assert (dash, key_name, note[-1]) == ("\u2014", ORIGIN, "\n")
    decoded = base64.b64decode(signature)
    public = raw(KEY.public_key())
    assert decoded[:4] == hashlib.sha256(ORIGIN.encode() + b"\n\x01" + public).digest()[:4]
    signed = note[: note.index("\n\n") + 1].encode()
    Ed25519PublicKey.from_public_bytes(public).verify(decoded[4:], signed)


def test_a_note_of_somebody_else_is_read_by_its_key() -> None:
    """The example of the specification, with the key that belongs to it."""
    text = "Ognuno sta solo sul cuor della terra\ntrafitto da un raggio di sole:\n\ned è subito sera.\n"
    note = sign_note(text, name="quasimodo.example/salvatore", key=OTHER)

    assert open_note(note, name="quasimodo.example/salvatore", keys=[KEY.public_key(), OTHER.public_key()]) == text


def test_what_was_signed_is_read_back() -> None:
    text = open_note(note_of(at(7)), name=ORIGIN, keys=[KEY.public_key()])

    assert isinstance(text, str)
    assert read_text(text, court=COURT) == at(7)
    assert read_text(text, court=CourtId("yk0803")) is None
    assert read_text(text + "more\n", court=COURT) is None


@given(st.data())
def test_no_byte_of_a_note_may_change(data: st.DataObject) -> None:
    note = bytearray(note_of(at(7)))
    note[data.draw(st.integers(0, len(note) - 1))] ^= 1 << data.draw(st.integers(0, 7))

    assert isinstance(open_note(bytes(note), name=ORIGIN, keys=[KEY.public_key()]), Rejected)


@pytest.mark.parametrize(
    ("note", "why"),
    [
        (b"x" * 5000, "oversize"),
        (b"\xff\n\n", "shape"),
        (b"yungui/yk0802\n", "shape"),
        (b"text\n\nno signature\n", "shape"),
        (note_of(at(7), OTHER), "unknown_key"),
        (note_of(at(7)).replace(b"yungui/yk0802 ", b"yungui/yk0803 "), "unknown_key"),
        (note_of(at(7)).replace(b"\n7\n", b"\n8\n"), "signature"),
    ],
)
def test_a_note_that_is_not_ours_is_refused_and_says_why(note: bytes, why: str) -> None:
    assert open_note(note, name=ORIGIN, keys=[KEY.public_key()]) == Rejected(why)


# --- the name ---------------------------------------------------------------------------------------------------------


def test_a_checkpoint_has_one_name() -> None:
    assert name(at(7)) == f"c0ffee.7.{root(LEAVES[:7]).hex()}"
    assert named(name(at(7))) == at(7)


@pytest.mark.parametrize("text", ["", "c0ffee.7", "c0ffee.07." + "0" * 64, "C0FFEE.7." + "0" * 64, "a.1." + "A" * 64])
def test_what_is_no_name_names_nothing(text: str) -> None:
    assert named(text) is None


# --- what may follow --------------------------------------------------------------------------------------------------


def test_the_first_checkpoint_is_accepted() -> None:
    assert judge(None, offered(at(5))) == Accepted(at(5))


def test_one_that_extends_the_last_is_accepted_with_its_proof_alone() -> None:
    assert judge(at(5), offered(at(9), 5)) == Accepted(at(9))
    assert judge(at(5), offered(at(9), 4)) is Unneeded.UNPROVEN


def test_the_same_and_an_older_one_change_nothing() -> None:
    assert judge(at(5), offered(at(5))) is Unneeded.SAME
    assert judge(at(5), offered(at(4))) is Unneeded.OLDER


def test_another_root_at_the_same_size_contradicts() -> None:
    assert judge(at(5), offered(at(5, leaves=FORGED))) == Doubtful(Doubt.NOT_EXTENDING)


def test_a_rewritten_history_is_found_whatever_proof_comes_with_it() -> None:
    forged = at(9, leaves=FORGED)
    assert judge(at(5), offered(forged, 5, leaves=FORGED)) == Doubtful(Doubt.NOT_EXTENDING)
    assert judge(at(5), replace(offered(forged), proofs={5: ()})) == Doubtful(Doubt.NOT_EXTENDING)


def test_a_hub_that_knew_what_was_accepted_and_has_less_is_rolled_back() -> None:
    less = offered(at(4))
    assert judge(at(5), replace(less, heard=name(at(5)))) == Doubtful(Doubt.ROLLED_BACK)
    assert judge(at(5), replace(less, heard=name(at(3)))) is Unneeded.OLDER, "it may have crossed ours"


def statement(log: str, before: Checkpoint) -> Recovery:
    return Recovery(
        court=COURT,
        hub=StationId("hub-1"),
        hub_epoch=log,
        public_key="",
        root_key="",
        before_epoch=before.log,
        size=before.size,
        root=before.root.hex(),
    )


def test_another_log_is_followed_only_where_the_root_opened_it() -> None:
    new = offered(at(1, "beef"))
    opened = replace(new, recoveries=(statement("beef", at(5)),))

    assert judge(at(5), new) == Doubtful(Doubt.UNRECOVERED)
    assert judge(at(5), opened) == Accepted(at(1, "beef"))
    assert judge(at(5, "feed"), opened) == Doubtful(Doubt.UNRECOVERED)


def test_a_station_that_slept_through_two_recoveries_follows_both() -> None:
    statements = (statement("f00d", at(3, "beef")), statement("beef", at(5)))
    new = replace(offered(at(1, "f00d")), recoveries=statements)

    assert judge(at(5), new) == Accepted(at(1, "f00d"))
    assert judge(at(5), replace(new, recoveries=statements[::-1])) == Doubtful(Doubt.UNRECOVERED)


def test_a_recovery_that_names_less_than_was_accepted_is_followed_and_said() -> None:
    new = replace(offered(at(1, "beef")), recoveries=(statement("beef", at(4)),))
    other = replace(offered(at(1, "beef")), recoveries=(statement("beef", at(5, leaves=FORGED)),))

    assert judge(at(5), new) == Accepted(at(1, "beef"), Doubt.RECOVERED_BEFORE)
    assert judge(at(5), other) == Accepted(at(1, "beef"), Doubt.RECOVERED_BEFORE)


def test_a_log_that_was_left_behind_is_old_news() -> None:
    assert judge(at(1, "beef"), offered(at(9)), left=frozenset({"c0ffee"})) is Unneeded.OLDER
