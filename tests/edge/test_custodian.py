"""What the custodian carries over a power cut besides facts."""

from dataclasses import replace
from pathlib import Path

import pytest

from custody.codes import code_digest
from custody.desk import BadgeTapped
from custody.grants import Grants
from custody.refusals import TooManyTries, WrongPin
from edge.core.scene import Entered
from tests.edge.outpost import BADGE_KEY, BADGES, grants
from tests.edge.test_full_disk import Cabinet

PIN = 482133


@pytest.fixture
def numbered() -> Grants:
    """Grants of a court in which everybody has a number."""
    given = grants()
    digest = code_digest(str(PIN), key=BADGE_KEY)
    return replace(given, people=tuple(replace(one, pin=digest) for one in given.people))


def test_whoever_pulls_the_plug_after_wrong_numbers_may_not_try_on(tmp_path: Path, numbered: Grants) -> None:
    cabinet = Cabinet(tmp_path, numbered)
    for _ in range(4):
        assert keyed(cabinet, 1) == WrongPin()
    cabinet.journal.close()

    again = Cabinet(tmp_path, numbered)
    assert keyed(again, 1) == WrongPin()
    again.journal.close()

    waiting = Cabinet(tmp_path, numbered)
    refusal = keyed(waiting, PIN)
    waiting.clocks.ahead = 16_000
    let_in = keyed(waiting, PIN)
    waiting.journal.close()

    assert isinstance(refusal, TooManyTries)  # how long it still waits is the machine's own time
    assert 0 < refusal.seconds <= 15
    assert (let_in, waiting.custodian.scene.desk.person) == (None, "wang-min")


def test_the_right_number_ends_the_count_for_good(tmp_path: Path, numbered: Grants) -> None:
    cabinet = Cabinet(tmp_path, numbered)
    for number in (1, 1, 1, 1, PIN):
        keyed(cabinet, number)
    cabinet.journal.close()

    again = Cabinet(tmp_path, numbered)
    refused = keyed(again, 1)
    let_in = keyed(again, PIN)
    again.journal.close()

    assert (refused, let_in) == (WrongPin(), None)


def keyed(cabinet: Cabinet, number: int) -> object:
    """What comes of keying in a number after 王敏's badge."""
    if cabinet.custodian.scene.desk.proving is None:
        cabinet.custodian.meet(BadgeTapped(BADGES["wang-min"]))
    return cabinet.custodian.meet(Entered(number, cabinet.custodian.scene.desk.turn)).scene.desk.refusal
