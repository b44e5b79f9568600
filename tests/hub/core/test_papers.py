"""Papers of parties at the hub: what waits, what became of it, and the code that a party is told."""

from custody.events import (
    DoorClosed,
    Fact,
    PaperKind,
    ParcelAccepted,
    ParcelDeposited,
    ParcelFault,
    ParcelRefused,
    ParcelTaken,
)
from custody.identifiers import ActId
from custody.parcels import PARTY, KnownParcel, fits
from hub.core.papers import Papers, PapersState, code_shown, fold
from tests.custody.court import CABINET, FIRST, JUDGE, KEY, chain

PHONE = "13904170042"


def left(parcel: str, recipient: str = JUDGE) -> Fact:
    return ParcelDeposited(
        parcel=parcel, place=FIRST, person=PARTY, recipient=recipient, papers=(PaperKind.OTHER,), act=ActId("a")
    )


def taken(parcel: str) -> Fact:
    return ParcelTaken(parcel=parcel, place=FIRST, person=JUDGE, recipient=JUDGE, act=ActId("b"))


def states(*facts: Fact) -> list[tuple[str, PapersState]]:
    return [(one.parcel, one.state) for one in fold(chain(facts))]


def test_what_waits_comes_first_then_the_newest() -> None:
    facts = [left("pc-1"), left("pc-2"), left("pc-3"), taken("pc-1"), DoorClosed(place=FIRST), taken("pc-3")]

    assert states(*facts) == [
        ("pc-2", PapersState.WAITING),
        ("pc-3", PapersState.TAKEN),
        ("pc-1", PapersState.TAKEN),
    ]


def test_it_says_whether_they_were_accepted_and_by_whom() -> None:
    accepted = ParcelAccepted(parcel="pc-1", place=FIRST, person=JUDGE)
    refused = ParcelRefused(parcel="pc-1", place=FIRST, person=JUDGE, reason=ParcelFault.DIFFERS)

    assert states(left("pc-1"), taken("pc-1"), accepted) == [("pc-1", PapersState.ACCEPTED)]
    assert states(left("pc-1"), taken("pc-1"), refused) == [("pc-1", PapersState.REFUSED)]
    assert fold(chain([left("pc-1"), taken("pc-1")]))[0].by == JUDGE


def test_an_outcome_of_papers_nobody_left_says_nothing() -> None:
    assert states(taken("pc-1")) == []


def waiting(recipient: str) -> Papers:
    return fold(chain([left("pc-1", recipient)]))[0]


def test_the_code_that_is_told_is_the_one_the_cabinet_takes() -> None:
    code = code_shown(waiting(PARTY), PHONE, key=KEY)
    assert code is not None
    parcel = KnownParcel(id="pc-1", place=FIRST, recipient=PARTY, papers=())

    assert waiting(PARTY).station == CABINET
    assert fits(parcel, int(code.replace(" ", "") + "0042"), key=KEY)


def test_there_is_no_code_for_the_courts_own_without_a_number_or_when_it_is_gone() -> None:
    gone = fold(chain([left("pc-1", PARTY), taken("pc-1")]))[0]

    assert code_shown(waiting(JUDGE), PHONE, key=KEY) is None
    assert code_shown(waiting(PARTY), None, key=KEY) is None
    assert code_shown(gone, PHONE, key=KEY) is None
