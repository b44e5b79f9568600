"""A counter-entry settles where a volume is, on a person's word; what contradicted before stays on record."""

from __future__ import annotations

from custody.events import CorrectionReason, Fact, Grade, VolumeCollected, VolumeCorrected, VolumeDeposited
from custody.holding import AtPlace, Folded, Unaccounted, WithPerson, settle
from custody.identifiers import ActId, PersonId, PlaceId
from custody.timing import locate
from tests.custody.court import CLERK, FIRST, OTHER, PORTER, SECOND, SHELF, VOLUME, chain

MISTAKEN = "cab-1.0f1e2d3c4b5a6978.1"


def deposited(place: PlaceId = FIRST) -> VolumeDeposited:
    return VolumeDeposited(
        volume=VOLUME, label="V", place=place, person=CLERK, recipient="queue:scanning", act=ActId("a")
    )


def corrected(*, place: PlaceId | None = None, holder: PersonId | None = None) -> VolumeCorrected:
    return VolumeCorrected(
        volume=VOLUME, entry=MISTAKEN, reason=CorrectionReason.FOUND, person=CLERK, place=place, holder=holder
    )


def after(*facts: Fact) -> Folded:
    return settle(VOLUME, locate(chain(list(facts))))


def test_it_is_where_the_correction_says_on_a_persons_word() -> None:
    holding = after(deposited(), corrected(place=SHELF)).holding

    assert isinstance(holding, AtPlace)
    assert (holding.place, holding.recipient, holding.evidence.grade) == (SHELF, None, Grade.STATED)


def test_it_is_with_whom_the_correction_says() -> None:
    holding = after(deposited(), corrected(holder=PORTER)).holding

    assert isinstance(holding, WithPerson)
    assert (holding.person, holding.evidence.grade) == (PORTER, Grade.STATED)


def test_what_contradicted_before_stays_on_record() -> None:
    folded = after(deposited(), deposited(SECOND), corrected(place=FIRST))

    assert len(folded.contradictions) == 1
    taken = VolumeCollected(
        volume=VOLUME,
        label="V",
        place=FIRST,
        person=PORTER,
        recipient=PORTER,
        grade=Grade.SCANNED,
        act=ActId("b"),
    )
    assert len(after(deposited(), deposited(SECOND), corrected(place=FIRST), taken).contradictions) == 1


def test_a_correction_that_names_neither_moves_nothing() -> None:
    assert isinstance(after(deposited(), corrected()).holding, AtPlace)
    assert isinstance(settle(OTHER, locate(chain([corrected(place=SHELF)]))).holding, Unaccounted)
