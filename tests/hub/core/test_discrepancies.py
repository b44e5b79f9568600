"""Discrepancies are what folding finds, under ids that stay the same."""

import pytest

from custody.archiving import Breach, Gate, Progress, Standing
from custody.events import (
    CompartmentVerified,
    DoorClosed,
    DoorForced,
    DoorLeftOpen,
    EpochOpened,
    EpochReason,
    Fact,
    OutcomeUnknown,
    SealedAccountUsed,
    StationStarted,
    Step,
    TriesExceeded,
)
from custody.holding import Conflict, Contradiction, Folded
from custody.identifiers import ActId, EventId, PersonId, PlaceId, StationId
from hub.core.discrepancies import Found, at_doors, of_door, of_epoch, of_fork, of_sealed, of_standing, over_by
from tests.hub.core.samples import CAB, V1, entry, lying


def test_contradictions_come_first_then_breaches() -> None:
    here, there = EventId("cab-1.e1.7"), EventId("cab-1.e1.3")
    contradiction = Contradiction(volume=V1, conflict=Conflict.NOT_THERE, entry=here, against=there)
    breach = Breach(volume=V1, gate=Gate.FOUR_EYES, step=Step.CHECKED, entry=here)
    standing = Standing(V1, Folded(lying(), None, (contradiction,)), Progress(), (breach,))

    assert of_standing(standing) == (
        Found(id=contradiction.id, kind="not_there", entry=here, against=there, volume=V1),
        Found(id=breach.id, kind="four_eyes", entry=here, volume=V1),
    )


def test_a_station_that_begins_anew_is_one_and_a_first_beginning_is_not() -> None:
    lost = of_epoch(entry(EpochOpened(reason=EpochReason.HISTORY_LOST), epoch="e2"))

    assert lost == Found(id="history_lost.cab-1.e2.1", kind="history_lost", entry=EventId("cab-1.e2.1"), station=CAB)
    assert of_epoch(entry(EpochOpened(reason=EpochReason.FIRST))) is None
    assert of_epoch(entry(StationStarted(software="", wiring=""))) is None


def test_each_use_of_the_sealed_account_is_one() -> None:
    used = of_sealed(entry(SealedAccountUsed(person=PersonId("p-1")), epoch="e2"))

    assert used == Found(
        id="sealed_account.cab-1.e2.1", kind="sealed_account", entry=EventId("cab-1.e2.1"), station=CAB
    )
    assert of_sealed(entry(StationStarted(software="", wiring=""))) is None


def test_a_fork_is_one_wherever_it_is_seen_again() -> None:
    at = EventId("cab-1.e1.9")

    assert of_fork(CAB, at) == of_fork(CAB, at)
    assert (of_fork(CAB, at).kind, of_fork(CAB, at).entry) == ("fork", at)


P7 = PlaceId("cab-1.07")


@pytest.mark.parametrize(
    ("fact", "kind"),
    [
        (DoorForced(place=P7), "door_forced"),
        (DoorLeftOpen(place=P7, seconds=60), "door_left_open"),
        (OutcomeUnknown(place=P7, act=ActId("a")), "outcome_unknown"),
        (TriesExceeded(place=P7, tries=5), "tries_exceeded"),
    ],
)
def test_a_door_that_somebody_has_to_look_at_is_one(fact: Fact, kind: str) -> None:
    found = of_door(entry(fact, epoch="e2"))

    assert found == Found(
        id=f"{kind}.cab-1.07.cab-1.e2.1", kind=kind, entry=EventId("cab-1.e2.1"), station=StationId("cab-1")
    )


def test_shutting_and_verifying_end_what_waited_for_them_and_a_forced_door_waits_for_a_person() -> None:
    shut, verified = (
        DoorClosed(place=P7),
        CompartmentVerified(place=P7, person=PersonId("p"), act=ActId("a"), contents=()),
    )

    assert (over_by(entry(shut)), over_by(entry(verified))) == ("door_left_open.cab-1.07.", "outcome_unknown.cab-1.07.")
    for other in (DoorForced(place=P7), StationStarted(software="", wiring="")):
        assert over_by(entry(other)) is None
    assert of_door(entry(shut)) is None


def test_of_several_entries_about_a_door_the_order_counts() -> None:
    left, shut, left_again = (
        entry(DoorLeftOpen(place=P7, seconds=60), sequence=1),
        entry(DoorClosed(place=P7), sequence=2),
        entry(DoorLeftOpen(place=P7, seconds=60), sequence=3),
    )

    assert at_doors([left, shut]) == ({}, frozenset({"door_left_open.cab-1.07."}))
    assert at_doors([left, shut, left_again])[0] == {"door_left_open.cab-1.07.cab-1.e1.3": left_again}
    assert at_doors([left])[1] == frozenset()
