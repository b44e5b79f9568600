"""Leaves of a log, put in whatever order an export tells them."""

import pytest

from audit import log
from audit.log import Leaves
from custody.merkle import leaf_hash, root


def test_leaves_in_any_order_have_the_root_of_their_places() -> None:
    hashes = [leaf_hash(bytes([number])) for number in range(7)]
    leaves = Leaves()
    for index in (3, 0, 6, 1, 5, 2, 4):
        assert leaves.put(index, hashes[index])

    assert (leaves.hole, leaves.root(7)) == (None, root(hashes))
    assert not leaves.put(3, hashes[0])


def test_a_leaf_far_beyond_the_others_takes_no_room_for_what_is_not_there() -> None:
    leaves = Leaves()
    leaves.put(0, leaf_hash(b"0"))

    assert leaves.put(10**15, leaf_hash(b"far"))
    assert not leaves.put(10**15, leaf_hash(b"again"))
    assert (leaves.size, leaves.hole) == (1, (1, 10**15))


def test_what_waited_outside_comes_in_once_the_others_have_come_up_to_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log, "_FAR", 2)
    hashes = [leaf_hash(bytes([number])) for number in range(9)]
    leaves = Leaves()
    for index in (8, 4, 0, 1, 2, 3, 5, 7):
        assert leaves.put(index, hashes[index])

    assert leaves.hole == (6, 7)
    assert leaves.put(6, hashes[6])
    assert leaves.root(9) == root(hashes)
