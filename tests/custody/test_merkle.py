"""The Merkle tree: the known values of RFC 6962, the recursion of the RFC itself, and a *no* to whatever is not so."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custody import chain, merkle
from custody.merkle import (
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    root,
    verify_consistency,
    verify_inclusion,
)

MOST = 130
LEAVES = [leaf_hash(b"%d" % number) for number in range(MOST)]

# The eight entries and the roots over the first one, two, … of them that certificate transparency logs are tried with.
ENTRIES = [
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def test_the_known_values_come_out() -> None:
    known = [leaf_hash(bytes.fromhex(entry)) for entry in ENTRIES]

    assert [root(known[: n + 1]).hex() for n in range(8)] == ROOTS
    assert root([]).hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert [one.hex() for one in inclusion_proof(0, known)] == [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ]
    assert [one.hex() for one in consistency_proof(6, known)] == [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]


def test_a_leaf_of_the_tree_is_a_leaf_of_a_chain() -> None:
    assert leaf_hash(b"an event") == chain.leaf(b"an event")


@pytest.mark.parametrize("size", range(1, MOST + 1))
def test_every_leaf_of_every_size_is_proven_as_the_recursion_says(size: int) -> None:
    leaves = LEAVES[:size]
    whole = root(leaves)

    assert whole == naive_root(leaves)
    for index in range(size):
        proof = inclusion_proof(index, leaves)
        assert proof == naive_path(index, leaves)
        assert verify_inclusion(index, size, leaves[index], proof, whole)
        assert not verify_inclusion(index, size, leaves[index], [*proof, whole], whole)
        assert not verify_inclusion(index, size, LEAVES[(index + 1) % MOST], proof, whole)
        assert size == 1 or not verify_inclusion((index + 1) % size, size, leaves[index], proof, whole)


@pytest.mark.parametrize("size", range(1, MOST + 1))
def test_every_size_is_proven_to_begin_with_every_smaller_one(size: int) -> None:
    leaves = LEAVES[:size]
    whole = root(leaves)
    for first in range(1, size + 1):
        before = root(leaves[:first])
        proof = consistency_proof(first, leaves)
        assert proof == naive_consistency(first, leaves)
        assert verify_consistency(first, size, proof, before, whole)
        assert verify_consistency(first, size, tuple(proof), before, whole)
        assert not verify_consistency(first, size, [*proof, whole], before, whole)
        assert not verify_consistency(first, size, proof, naive_root(LEAVES[1 : first + 1]), whole)
        assert not verify_consistency(first, size, proof, before, leaf_hash(b"another"))
        assert not proof or not verify_consistency(first, size, proof[:-1], before, whole)
        assert not proof or not verify_consistency(first, size, proof[1:], before, whole)


@given(st.data())
def test_one_changed_bit_of_a_proof_proves_nothing(data: st.DataObject) -> None:
    size = data.draw(st.integers(2, MOST))
    leaves = LEAVES[:size]
    index, first = data.draw(st.integers(0, size - 1)), data.draw(st.integers(1, size - 1))
    included, consistent = inclusion_proof(index, leaves), consistency_proof(first, leaves)

    assert not verify_inclusion(index, size, leaves[index], _flipped(data, included), root(leaves))
    assert not verify_consistency(first, size, _flipped(data, consistent), root(leaves[:first]), root(leaves))


def _flipped(data: st.DataObject, proof: list[bytes]) -> list[bytes]:
    position, bit = data.draw(st.integers(0, len(proof) - 1)), data.draw(st.integers(0, 255))
    changed = bytearray(proof[position])
    changed[bit // 8] ^= 1 << bit % 8
    return [*proof[:position], bytes(changed), *proof[position + 1 :]]


HASH, SHORT = LEAVES[0], LEAVES[0][:31]
STRANGE: list[Any] = [None, -1, 1.0, "1", b"1", True, [], 2**80]


@pytest.mark.parametrize("strange", STRANGE)
def test_strange_numbers_prove_nothing(strange: Any) -> None:
    assert not verify_inclusion(strange, 5, HASH, [HASH, HASH, HASH], HASH)
    assert not verify_inclusion(0, strange, HASH, [HASH], HASH) or strange == 1
    assert not verify_consistency(strange, 5, [HASH], HASH, HASH)
    assert not verify_consistency(1, strange, [HASH], HASH, HASH)


@pytest.mark.parametrize("strange", [None, "", SHORT, HASH + b"\0", HASH.hex(), bytearray(HASH), 7])
def test_what_is_no_hash_proves_nothing(strange: Any) -> None:
    assert verify_inclusion(0, 1, HASH, [], HASH)
    assert not verify_inclusion(0, 1, strange, [], HASH)
    assert not verify_inclusion(1, 1, HASH, [], HASH)  # beyond the last
    assert not verify_inclusion(0, 1, HASH, [], strange)
    assert not verify_inclusion(0, 1, HASH, strange, HASH)
    assert not verify_inclusion(0, 2, HASH, [strange], HASH)
    assert not verify_consistency(1, 1, [], strange, HASH)
    assert not verify_consistency(1, 1, [], HASH, strange)
    assert not verify_consistency(1, 1, strange, HASH, HASH)
    assert not verify_consistency(1, 2, [strange], HASH, HASH)


def test_nothing_and_the_future_prove_nothing() -> None:
    empty = root([])
    assert not verify_consistency(0, 5, [], empty, root(LEAVES[:5]))
    assert not verify_consistency(0, 0, [], empty, empty)
    assert not verify_consistency(3, 2, [HASH], HASH, HASH)
    assert not verify_consistency(3, 5, [], HASH, HASH)
    assert not verify_inclusion(0, 0, HASH, [], HASH)
    assert not verify_inclusion(5, 5, HASH, [], HASH)
    assert verify_consistency(5, 5, [], HASH, HASH)
    assert not verify_consistency(5, 5, [HASH], HASH, HASH)
    assert not verify_consistency(5, 5, [], HASH, LEAVES[1])


def test_what_does_not_exist_is_not_proven() -> None:
    for index in (-1, 3):
        with pytest.raises(ValueError, match="does not exist"):
            inclusion_proof(index, LEAVES[:3])
    for size in (-1, 0, 4):
        with pytest.raises(ValueError, match="nothing proves"):
            consistency_proof(size, LEAVES[:3])


def test_the_module_offers_these_verbs_and_no_other() -> None:
    assert set(merkle.__all__) == {
        "leaf_hash",
        "root",
        "inclusion_proof",
        "consistency_proof",
        "verify_inclusion",
        "verify_consistency",
    }


# --- the recursion as RFC 9162 writes it, section 2.1 ---------------------------------------------------------------


def _split(count: int) -> int:
    power = 1
    while power * 2 < count:
        power *= 2
    return power


def naive_root(leaves: list[bytes]) -> bytes:
    if len(leaves) == 1:
        return leaves[0]
    middle = _split(len(leaves))
    return hashlib.sha256(b"\x01" + naive_root(leaves[:middle]) + naive_root(leaves[middle:])).digest()


def naive_path(index: int, leaves: list[bytes]) -> list[bytes]:
    if len(leaves) == 1:
        return []
    middle = _split(len(leaves))
    if index < middle:
        return [*naive_path(index, leaves[:middle]), naive_root(leaves[middle:])]
    return [*naive_path(index - middle, leaves[middle:]), naive_root(leaves[:middle])]


def naive_consistency(first: int, leaves: list[bytes], *, whole: bool = True) -> list[bytes]:
    if first == len(leaves):
        return [] if whole else [naive_root(leaves)]
    middle = _split(len(leaves))
    if first <= middle:
        return [*naive_consistency(first, leaves[:middle], whole=whole), naive_root(leaves[middle:])]
    return [*naive_consistency(first - middle, leaves[middle:], whole=False), naive_root(leaves[:middle])]
