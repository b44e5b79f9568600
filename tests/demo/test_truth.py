"""The demo's judge finds what it is there to find."""

from __future__ import annotations

from custody import wire
from custody.entries import Clock, Entry
from custody.events import Fact, UnlockIntended, VolumeReceived
from custody.identifiers import ActId, CourtId, PersonId, PlaceId, StationId, VolumeId
from demo.truth import compare, same_in_any_order, unasked


def _line(sequence: int, fact: Fact, *, station: str = "cab-1") -> bytes:
    return wire.encode_event(
        Entry(
            court=CourtId("yk0802"),
            station=StationId(station),
            epoch="e1",
            sequence=sequence,
            boot="b",
            uptime=sequence,
            time=1_700_000_000_000 + sequence,
            clock=Clock.SYNCHRONISED,
            fact=fact,
        )
    )


def _received(sequence: int, place: str) -> bytes:
    fact = VolumeReceived(volume=VolumeId("v1"), label="V", place=PlaceId(place), person=PersonId("p1"))
    return _line(sequence, fact)


JOURNAL = (_received(1, "sta-1"), _received(2, "sta-2"))


def test_an_export_that_holds_the_journal_lost_and_doubled_nothing() -> None:
    found = compare([JOURNAL], JOURNAL)

    assert (found.events, found.lost, found.doubled, found.changed) == (2, 0, 0, 0)


def test_a_missing_a_double_and_a_changed_entry_are_each_counted() -> None:
    assert compare([JOURNAL], JOURNAL[:1]).lost == 1
    assert compare([JOURNAL], (*JOURNAL, JOURNAL[0])).doubled == 1
    assert compare([JOURNAL], (JOURNAL[0], _received(2, "sta-9"))).changed == 1


def test_holdings_are_the_same_in_any_order() -> None:
    standings = same_in_any_order(JOURNAL, seed=1)

    assert standings is not None
    assert [str(one) for one in standings] == ["v1"]


def test_a_pulse_that_nobody_asked_for_is_counted() -> None:
    intended = UnlockIntended(place=PlaceId("cab-1.01"), act=ActId("a"), person=PersonId("p"), reason="collect")
    asked = [_line(1, intended)]
    number_of = {"cab-1.01": "01", "cab-1.02": "02"}

    assert unasked(["01"], asked, number_of) == 0
    assert unasked(["01", "01"], asked, number_of) == 1
    assert unasked(["02"], asked, number_of) == 1
