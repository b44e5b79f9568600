"""What a station has signed for is set against what this hub has: one that saw more, or other, is told of."""

from __future__ import annotations

import pytest

from custody.checkpoints import Checkpoint
from custody.entries import Clock, Entry
from custody.events import BoardLost, Doubt, Fact, LedgerContradicted
from custody.identifiers import CourtId, EventId, StationId
from hub.core.discrepancies import Found
from hub.core.witnessing import Witnessed, of_ledger, of_witness, stand

CAB = StationId("cab-1")
ROOTS = {size: bytes([size]) * 32 for size in range(1, 9)}


def verdict(named: Checkpoint | None) -> Witnessed:
    return stand(named, log="aa", size=8, past={"00"}, root_at=ROOTS.__getitem__)


@pytest.mark.parametrize(
    ("named", "expected"),
    [
        (Checkpoint("aa", 5, ROOTS[5]), Witnessed.AGREES),
        (Checkpoint("aa", 8, ROOTS[8]), Witnessed.AGREES),
        (Checkpoint("00", 99, ROOTS[5]), Witnessed.EARLIER),
        (Checkpoint("aa", 9, ROOTS[5]), Witnessed.AHEAD),
        (Checkpoint("aa", 5, ROOTS[6]), Witnessed.DIFFERS),
        (Checkpoint("bb", 5, ROOTS[5]), Witnessed.STRANGE),
        (None, Witnessed.STRANGE),
    ],
)
def test_how_a_named_checkpoint_stands_to_the_log(named: Checkpoint | None, expected: Witnessed) -> None:
    assert verdict(named) is expected


def test_only_what_contradicts_is_put_before_a_person() -> None:
    entry = EventId("cab-1.e1.7")

    assert of_witness(CAB, "aa.5.00", Witnessed.AGREES, entry=entry) is None
    assert of_witness(CAB, "00.5.00", Witnessed.EARLIER, entry=entry) is None
    assert of_witness(CAB, "aa.9.00", Witnessed.AHEAD, entry=entry) == Found(
        id="ledger_ahead.cab-1.aa", kind="ledger_ahead", entry=entry, station=CAB
    )


def _entry(fact: Fact) -> Entry:
    return Entry(
        court=CourtId("yk"),
        station=CAB,
        epoch="e1",
        sequence=3,
        boot="b",
        uptime=1,
        time=1,
        clock=Clock.SYNCHRONISED,
        fact=fact,
    )


def test_a_station_that_does_not_believe_the_hub_is_told_of() -> None:
    doubt = LedgerContradicted(why=Doubt.ROLLED_BACK, accepted="aa.5.00", note="")

    assert of_ledger(_entry(doubt)) == Found(
        id="ledger_rolled_back.cab-1.e1.3", kind="ledger_rolled_back", entry=EventId("cab-1.e1.3"), station=CAB
    )
    assert of_ledger(_entry(BoardLost(places=()))) is None
