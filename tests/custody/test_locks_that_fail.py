"""A lock that jams or does not answer must not keep people from the other compartments."""

from dataclasses import replace

import pytest

from custody.flows.grammar import DoorOpened, Failure, NumberEntered, UnlockFailed
from custody.identifiers import VolumeId
from custody.knowledge import View
from custody.messages import DoorState
from custody.parcels import KnownParcel
from custody.refusals import BoardSilent, DoorStandsOpen, NotNow
from tests.custody.court import (
    CLERK,
    FIRST,
    FOURTH,
    GRANTS,
    JUDGE,
    JUDGES,
    OTHER,
    SECOND,
    THIRD,
    VOLUME,
    VOLUMES,
    cabinet,
    compartments,
    lying,
)
from tests.custody.kiosk import Kiosk, at_cabinet

failures = pytest.mark.parametrize("failure", Failure)
_SEALING = "5a" * 32


def judges(number: str, place: str) -> VolumeId:
    return VolumeId(f"vol-{number}-{place}")


def for_the_judge() -> Kiosk:
    """Something waits for the judge in the first and in the third compartment."""
    second = replace(VOLUMES[JUDGES], id=judges("more", "03"), labels=("V",), place=THIRD, lying_for=JUDGE)
    return at_cabinet(lying(JUDGES, FIRST, JUDGE), second).badge(JUDGE)


def at_a_cabinet_for_parties(*parcels: KnownParcel, doors: View | None = None) -> Kiosk:
    view = cabinet() if doors is None else doors
    grants = replace(GRANTS, sealing_key=_SEALING)
    return Kiosk(replace(view, grants=grants, parcels={one.id: one for one in parcels}))


@failures
def test_after_a_lock_failed_the_next_attempt_asks_for_another_compartment(failure: Failure) -> None:
    kiosk = at_cabinet().badge(CLERK).scans(VOLUME).does(UnlockFailed(FIRST, failure)).chooses("cancel").badge(CLERK)

    assert kiosk.badge(CLERK).scans(VOLUME).unlocked == [FIRST, SECOND]


def test_all_locks_failed_so_the_one_that_failed_first_is_tried_again() -> None:
    kiosk = at_cabinet()
    for place in (SECOND, FIRST, FOURTH, THIRD):
        kiosk.does(UnlockFailed(place, Failure.LAPSED))

    assert kiosk.badge(CLERK).scans(VOLUME).unlocked == [SECOND]


def test_a_lock_that_opened_again_is_one_like_the_others() -> None:
    kiosk = at_cabinet().does(UnlockFailed(FIRST, Failure.LAPSED), DoorOpened(FIRST))

    assert kiosk.badge(CLERK).scans(VOLUME).unlocked == [FIRST]


@failures
def test_whoever_deposits_goes_on_at_another_compartment(failure: Failure) -> None:
    kiosk = at_cabinet().badge(CLERK).scans(VOLUME, OTHER).does(UnlockFailed(FIRST, failure))
    assert kiosk.choices == ["retry", "another"]

    kiosk.chooses("another").opens(SECOND).shuts(SECOND)
    assert kiosk.unlocked == [FIRST, SECOND]
    assert {getattr(fact, "place", None) for fact in kiosk.facts} == {SECOND}


def test_another_compartment_is_as_large_if_there_is_one() -> None:
    doors = {place: replace(one, size=size) for (place, one), size in zip(compartments().items(), "LSLM", strict=True)}
    kiosk = at_cabinet(doors=doors).badge(CLERK).scans(VOLUME).does(UnlockFailed(FIRST, Failure.LAPSED))
    assert kiosk.chooses("another").unlocked == [FIRST, THIRD]

    small = {**doors, THIRD: replace(doors[THIRD], door=DoorState.OPEN)}
    kiosk = at_cabinet(doors=small).badge(CLERK).scans(VOLUME).does(UnlockFailed(FIRST, Failure.LAPSED))
    assert kiosk.chooses("another").unlocked == [FIRST, SECOND]


def test_where_there_is_no_other_none_is_offered() -> None:
    doors = {FIRST: compartments()[FIRST]}
    kiosk = at_cabinet(doors=doors).badge(CLERK).scans(VOLUME).does(UnlockFailed(FIRST, Failure.LAPSED))

    assert kiosk.choices == ["retry"]
    assert kiosk.chooses("another").refusal == NotNow()
    assert kiosk.state == "not_opened"


def test_whoever_collects_goes_on_at_the_next_and_comes_back_to_the_one_that_failed() -> None:
    kiosk = for_the_judge().chooses("collect").does(UnlockFailed(FIRST, Failure.LAPSED)).chooses("another")
    kiosk.opens(THIRD).shuts(THIRD).chooses("all_taken")
    assert (kiosk.unlocked, kiosk.state) == ([FIRST, THIRD], "next")

    assert kiosk.chooses("open_next").unlocked == [FIRST, THIRD, FIRST]


def test_collecting_anew_begins_with_a_lock_that_has_not_failed() -> None:
    kiosk = for_the_judge().chooses("collect").does(UnlockFailed(FIRST, Failure.SILENT)).chooses("cancel")

    assert kiosk.chooses("collect").unlocked == [FIRST, THIRD]


def test_what_takes_two_people_does_not_hide_what_takes_one() -> None:
    sensitive = replace(lying(JUDGES, FIRST, JUDGE), sensitive=True)
    plain = replace(VOLUMES[JUDGES], id=judges("plain", "03"), labels=("V",), place=THIRD, lying_for=JUDGE)
    kiosk = at_cabinet(sensitive, plain).badge(JUDGE).chooses("collect")
    assert kiosk.unlocked == [THIRD]

    kiosk = at_cabinet(sensitive, plain).badge(JUDGE).scans(JUDGES)
    assert (kiosk.state, kiosk.choices) == ("second", ["another"])
    assert kiosk.chooses("another").unlocked == [THIRD]


def test_what_cannot_be_opened_either_is_not_offered() -> None:
    kiosk = for_the_judge().chooses("collect")
    third = {**kiosk.view.compartments, THIRD: replace(compartments()[THIRD], door=DoorState.OPEN)}
    kiosk.view = replace(kiosk.view, compartments=third)

    assert kiosk.does(UnlockFailed(FIRST, Failure.LAPSED)).choices == ["retry"]


def test_a_compartment_to_be_verified_that_does_not_open_leaves_the_others() -> None:
    doors = {place: replace(one, blocked=place in (FIRST, THIRD)) for place, one in compartments().items()}
    kiosk = at_cabinet(doors=doors).badge(CLERK).chooses("verify").does(UnlockFailed(FIRST, Failure.LAPSED))
    assert kiosk.chooses("another").unlocked == [FIRST, THIRD]

    kiosk = at_cabinet(doors=doors).badge(CLERK).does(UnlockFailed(FIRST, Failure.LAPSED)).chooses("verify")
    assert kiosk.unlocked == [THIRD]


def papers(number: str, place: str) -> KnownParcel:
    at = next(one for one in compartments() if one.endswith(place))
    return KnownParcel(id=f"pc-{number}", place=at, recipient=JUDGE, papers=())


def test_papers_behind_a_lock_that_fails_leave_the_others_to_be_taken() -> None:
    kiosk = at_a_cabinet_for_parties(papers("1", "01"), papers("2", "02")).badge(JUDGE).chooses("take_in")
    kiosk.does(UnlockFailed(FIRST, Failure.SILENT)).chooses("another")
    assert kiosk.unlocked == [FIRST, SECOND]

    kiosk.opens(SECOND).shuts(SECOND).chooses("as_listed")
    assert [getattr(fact, "parcel", None) for fact in kiosk.facts] == ["pc-2", "pc-2"]


def test_a_lock_that_fails_does_not_send_a_party_away() -> None:
    party = at_a_cabinet_for_parties().chooses("drop_off").chooses(f"for:{JUDGE}")
    party = keyed(party, 13904170417, 1, 0, 0, 0).chooses("size:M").does(UnlockFailed(FIRST, Failure.LAPSED))
    assert party.choices == ["retry", "another"]

    party.chooses("another").opens(SECOND).shuts(SECOND)
    assert party.unlocked == [FIRST, SECOND]
    assert party.state == "done"


def keyed(party: Kiosk, *numbers: int) -> Kiosk:
    return party.does(*(NumberEntered(number) for number in numbers))


def test_a_door_that_stands_open_or_is_not_read_is_said_to_a_party_as_to_others() -> None:
    party = at_a_cabinet_for_parties().chooses("drop_off").chooses(f"for:{JUDGE}")
    party = keyed(party, 13904170417, 1, 0, 0, 0).chooses("size:M").does(UnlockFailed(FIRST, Failure.LAPSED))
    for door, said in ((DoorState.OPEN, DoorStandsOpen(number="01")), (DoorState.UNKNOWN, BoardSilent(number="01"))):
        party.view = replace(party.view, compartments=compartments(c01=door))
        assert party.chooses("retry").refusal == said
