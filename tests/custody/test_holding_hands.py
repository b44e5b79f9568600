"""Volumes that go from hand to hand, onto trolleys and shelves, back from a refusal, and what a stock-take finds."""

import pytest

from custody.archiving import stand
from custody.events import (
    Fact,
    PlaceCounted,
    RefuseReason,
    Step,
    VolumeCollected,
    VolumeDeposited,
    VolumeHandedOver,
    VolumePlaced,
    VolumeReceived,
    VolumeRefused,
)
from custody.events import Grade as EvidenceGrade
from custody.holding import AtPlace, Conflict, Folded, Unaccounted, WithPerson, settle
from custody.identifiers import ActId, PersonId, PlaceId
from custody.timing import locate
from tests.custody.court import CLERK, DESK, FIRST, JUDGE, OTHER, PORTER, SCANNER, VOLUME, chain

ACT = ActId("act-1")
TROLLEY, QUEUE = PlaceId("trolley-1"), "queue:scanning"


def handed(giver: PersonId, receiver: PersonId, place: PlaceId = DESK) -> Fact:
    return VolumeHandedOver(volume=VOLUME, label="", place=place, person=giver, receiver=receiver, act=ACT)


def taken(who: PersonId = PORTER) -> Fact:
    grade = EvidenceGrade.SCANNED
    return VolumeCollected(volume=VOLUME, label="", place=FIRST, person=who, recipient=QUEUE, grade=grade, act=ACT)


def laid(place: PlaceId = TROLLEY) -> Fact:
    return VolumePlaced(volume=VOLUME, label="", place=place, person=PORTER)


def received() -> Fact:
    return VolumeReceived(volume=VOLUME, label="", place=DESK, person=SCANNER)


def refused(back_to: PersonId | None) -> Fact:
    reason = RefuseReason.DAMAGED
    return VolumeRefused(volume=VOLUME, label="", place=DESK, person=SCANNER, back_to=back_to, reason=reason)


def counted(place: PlaceId, *volumes: object) -> Fact:
    return PlaceCounted(place=place, person=CLERK, act=ACT, contents=tuple(volumes))  # type: ignore[arg-type]


def after(*facts: Fact) -> Folded:
    return settle(VOLUME, locate(chain(facts)))


def conflicts(*facts: Fact) -> list[Conflict]:
    return [one.conflict for one in after(*facts).contradictions]


def test_from_hand_to_hand_it_is_with_the_receiver_and_still_for_whom_it_was() -> None:
    holding = after(taken(), handed(PORTER, SCANNER)).holding

    assert isinstance(holding, WithPerson)
    assert (holding.person, holding.on_behalf) == (SCANNER, QUEUE)
    assert conflicts(taken(), handed(PORTER, SCANNER)) == []


def test_what_was_for_the_receiver_has_arrived() -> None:
    put = VolumeDeposited(volume=VOLUME, label="", place=DESK, person=CLERK, recipient=JUDGE, act=ACT)
    holding = after(put, handed(CLERK, JUDGE)).holding

    assert isinstance(holding, WithPerson)
    assert (holding.person, holding.on_behalf) == (JUDGE, None)


@pytest.mark.parametrize(
    ("before", "conflict"),
    [
        ([], []),
        ([received()], []),  # it lay where both stood
        ([taken(JUDGE)], [Conflict.NOT_THE_HOLDER]),
        ([laid()], [Conflict.MOVED_UNRECORDED]),
    ],
)
def test_giving_what_one_did_not_have_is_kept_as_a_contradiction(before: list[Fact], conflict: list[Conflict]) -> None:
    assert conflicts(*before, handed(PORTER, SCANNER)) == conflict
    assert isinstance(after(*before, handed(PORTER, SCANNER)).holding, WithPerson)


def test_laid_on_a_trolley_it_is_there() -> None:
    holding = after(taken(), laid()).holding

    assert isinstance(holding, AtPlace)
    assert holding.place == TROLLEY
    assert conflicts(laid(PlaceId("shelf-a1")), laid()) == [Conflict.MOVED_UNRECORDED]


def test_refused_it_goes_back_to_who_brought_it() -> None:
    holding = after(taken(), received(), refused(PORTER)).holding

    assert isinstance(holding, WithPerson)
    assert holding.person == PORTER
    assert after(received(), refused(None)).holding == after(received()).holding


def test_refused_it_is_to_be_received_again() -> None:
    standing = stand(VOLUME, locate(chain([taken(), received(), refused(PORTER)])))

    assert standing.progress.done is Step.COLLECTED
    assert stand(VOLUME, locate(chain([taken(), refused(PORTER)]))).progress.done is Step.COLLECTED
    assert stand(OTHER, locate(chain([taken(), refused(PORTER)]))).progress.done is None


def test_a_stock_take_finds_what_is_missing_and_what_is_there_unrecorded() -> None:
    assert isinstance(after(laid(), counted(TROLLEY)).holding, Unaccounted)
    assert conflicts(laid(), counted(TROLLEY)) == [Conflict.NOT_FOUND]
    assert conflicts(laid(), counted(TROLLEY, VOLUME)) == []
    assert conflicts(laid(), counted(DESK)) == []

    found = after(laid(), counted(DESK, VOLUME))
    assert isinstance(found.holding, AtPlace)
    assert found.holding.place == DESK
    assert [one.conflict for one in found.contradictions] == [Conflict.MOVED_UNRECORDED]
