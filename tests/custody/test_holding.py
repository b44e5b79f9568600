"""Where a volume is: the physical world wins, contradictions are kept, arrival does not matter."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custody.entries import Entry
from custody.events import (
    CompartmentVerified,
    DoorForced,
    Fact,
    Grade,
    Part,
    ReturnReason,
    Step,
    StepFinished,
    TimeHeard,
    VolumeCollected,
    VolumeDeposited,
    VolumeReceived,
    VolumeRegistered,
    VolumeReturned,
)
from custody.holding import (
    AtPlace,
    Conflict,
    Disputed,
    Folded,
    Unaccounted,
    WithPerson,
    concerns,
    fold,
    settle,
)
from custody.identifiers import ActId, PersonId, PlaceId, StationId, VolumeId
from custody.timing import Located, locate, locate_all
from tests.custody.court import (
    CABINET,
    CLERK,
    DESK,
    EPOCH,
    FIRST,
    JUDGE,
    NOW,
    OTHER,
    PORTER,
    SCANNER,
    SECOND,
    STATION,
    VOLUME,
    chain,
)

ACT = ActId("act-1")
QUEUE = "queue:scanning"


def put(place: PlaceId = FIRST, who: PersonId = CLERK, recipient: str = QUEUE, volume: VolumeId = VOLUME) -> Fact:
    return VolumeDeposited(volume=volume, label="", place=place, person=who, recipient=recipient, act=ACT)


def brought_back(place: PlaceId = FIRST, who: PersonId = PORTER) -> Fact:
    return VolumeReturned(
        volume=VOLUME, label="", place=place, person=who, recipient=QUEUE, reason=ReturnReason.FINISHED, act=ACT
    )


def taken(place: PlaceId = FIRST, who: PersonId = PORTER, recipient: str = QUEUE, grade: Grade = Grade.SCANNED) -> Fact:
    return VolumeCollected(
        volume=VOLUME, label=None, place=place, person=who, recipient=recipient, grade=grade, act=ACT
    )


def received(place: PlaceId = DESK, who: PersonId = SCANNER) -> Fact:
    return VolumeReceived(volume=VOLUME, label="", place=place, person=who)


def stepped(place: PlaceId = DESK, step: Step = Step.PREPARED, who: PersonId = SCANNER) -> Fact:
    return StepFinished(volume=VOLUME, label="", step=step, place=place, person=who)


def looked_into(place: PlaceId, *contents: VolumeId) -> Fact:
    return CompartmentVerified(place=place, person=CLERK, act=ACT, contents=contents)


def after(*facts: Fact) -> Folded:
    return settle(VOLUME, locate(chain(facts)))


def conflicts(folded: Folded) -> list[Conflict]:
    return [one.conflict for one in folded.contradictions]


def test_a_volume_nobody_has_seen_is_unaccounted_for() -> None:
    assert after() == Folded(Unaccounted(), None)


def test_deposited_it_lies_for_its_recipient_on_the_evidence_of_the_scan() -> None:
    holding = after(put()).holding

    assert isinstance(holding, AtPlace)
    assert (holding.place, holding.recipient) == (FIRST, QUEUE)
    assert (holding.evidence.entry, holding.evidence.grade) == (f"cab-1.{EPOCH}.1", Grade.SCANNED)
    assert holding.evidence.time == NOW + 1000


def test_collected_for_a_queue_it_is_with_the_person_on_behalf_of_the_queue() -> None:
    holding = after(put(), taken(grade=Grade.STATED)).holding

    assert isinstance(holding, WithPerson)
    assert (holding.person, holding.on_behalf, holding.evidence.grade) == (PORTER, QUEUE, Grade.STATED)


def test_collected_for_oneself_it_is_on_behalf_of_nobody() -> None:
    holding = after(put(recipient=JUDGE), taken(who=JUDGE, recipient=JUDGE)).holding

    assert isinstance(holding, WithPerson)
    assert holding.on_behalf is None


def test_the_whole_way_contradicts_nothing() -> None:
    folded = after(put(), taken(), received(), stepped(), stepped(PlaceId("shelf-a1"), Step.SHELVED))

    assert isinstance(folded.holding, AtPlace)
    assert folded.holding.place == "shelf-a1"
    assert folded.contradictions == ()


def test_brought_back_by_its_holder_it_lies_there_again() -> None:
    folded = after(put(), taken(), brought_back(SECOND))

    assert isinstance(folded.holding, AtPlace)
    assert folded.holding.place == SECOND
    assert folded.contradictions == ()


@pytest.mark.parametrize(
    ("facts", "conflict"),
    [
        ((put(), put(SECOND)), Conflict.MOVED_UNRECORDED),
        ((put(), received()), Conflict.MOVED_UNRECORDED),
        ((put(), looked_into(SECOND, VOLUME)), Conflict.MOVED_UNRECORDED),
        ((put(), taken(), put(SECOND, who=JUDGE)), Conflict.NOT_THE_HOLDER),
        ((put(), taken(SECOND)), Conflict.NOT_THERE),
        ((put(), taken(), taken()), Conflict.NOT_THERE),
        ((put(), looked_into(FIRST), taken()), Conflict.NOT_FOUND),
        ((put(), looked_into(FIRST)), Conflict.NOT_FOUND),
    ],
)
def test_a_claim_against_the_record_is_kept_with_what_it_contradicts(
    facts: tuple[Fact, ...], conflict: Conflict
) -> None:
    first = after(*facts).contradictions[0]

    assert (first.volume, first.conflict) == (VOLUME, conflict)
    assert first.against is not None
    assert first.id == f"{conflict}.{VOLUME}.{first.entry}"


@pytest.mark.parametrize(
    "facts",
    [
        (taken(),),
        (put(), received(FIRST)),
        (received(), received()),
        (put(), looked_into(FIRST, VOLUME)),
        (looked_into(FIRST, VOLUME),),
        (looked_into(FIRST),),
        (put(), looked_into(SECOND)),
        (put(), taken(), looked_into(FIRST)),
        (put(), taken(), looked_into(SECOND, VOLUME)),
        (taken(), received(who=JUDGE)),
    ],
)
def test_a_claim_that_fits_contradicts_nothing(facts: tuple[Fact, ...]) -> None:
    assert after(*facts).contradictions == ()


def test_not_found_where_it_was_it_is_unaccounted_for_and_the_last_evidence_is_kept() -> None:
    holding = after(put(), looked_into(FIRST, OTHER)).holding

    assert isinstance(holding, Unaccounted)
    assert holding.last is not None
    assert holding.last.entry == f"cab-1.{EPOCH}.1"


def test_found_again_it_lies_where_it_was_found_and_waits_for_nobody_new() -> None:
    found = after(put(), looked_into(FIRST), looked_into(SECOND, VOLUME)).holding
    still_there = after(put(), looked_into(FIRST, VOLUME)).holding

    assert isinstance(found, AtPlace)
    assert (found.place, found.recipient) == (SECOND, None)
    assert isinstance(still_there, AtPlace)
    assert still_there.recipient == QUEUE


def elsewhere(*facts: Fact, start: int = NOW) -> list[Entry]:
    return chain(facts, STATION, start=start)


def test_two_stations_that_may_have_happened_in_either_order_dispute() -> None:
    folded = settle(VOLUME, locate_all([*chain([put()]), *elsewhere(received(), start=NOW + 500)]))

    assert isinstance(folded.holding, Disputed)
    assert [type(one) for one in folded.holding.claims] == [AtPlace, AtPlace]
    assert conflicts(folded) == [Conflict.MOVED_UNRECORDED]


def test_two_stations_whose_times_are_apart_contradict_but_do_not_dispute() -> None:
    here = chain([put(), TimeHeard(hub_time=NOW + 3000, epoch=EPOCH, upto=1)])
    there = elsewhere(TimeHeard(hub_time=NOW + 60_000, epoch=EPOCH, upto=0), received(), start=NOW + 60_000)

    folded = settle(VOLUME, locate_all([*here, *there]))

    assert isinstance(folded.holding, AtPlace)
    assert folded.holding.place == DESK
    assert conflicts(folded) == [Conflict.MOVED_UNRECORDED]


def test_a_third_claim_that_may_have_come_first_joins_the_dispute() -> None:
    disputed = [*chain([put()]), *elsewhere(received(), start=NOW + 500)]
    third = chain([put(SECOND)], StationId("cab-2"), start=NOW + 900)

    folded = settle(VOLUME, locate_all([*disputed, *third]))

    assert isinstance(folded.holding, Disputed)
    assert [one.place for one in folded.holding.claims if isinstance(one, AtPlace)] == [FIRST, DESK, SECOND]


def test_a_dispute_ends_with_the_next_scan_but_what_contradicted_stays() -> None:
    disputed = [*chain([put()]), *elsewhere(received(), start=NOW + 500)]
    later = elsewhere(received(), stepped(), start=NOW + 5000)[1]

    folded = settle(VOLUME, locate_all([*disputed, later]))

    assert isinstance(folded.holding, AtPlace)
    assert conflicts(folded) == [Conflict.MOVED_UNRECORDED]


def test_looking_in_and_not_finding_it_in_a_dispute_changes_nothing() -> None:
    disputed = [*chain([put()]), *elsewhere(received(), start=NOW + 500)]
    looked = chain([looked_into(FIRST)], StationId("cab-2"), start=NOW + 9000)

    assert isinstance(settle(VOLUME, locate_all([*disputed, *looked])).holding, Disputed)


def test_an_unaccounted_volume_has_no_claim_to_dispute_with() -> None:
    lost = chain([put(), looked_into(FIRST)])
    there = elsewhere(
        VolumeCollected(
            volume=VOLUME, label="", place=SECOND, person=PORTER, recipient=QUEUE, grade=Grade.SCANNED, act=ACT
        ),
        start=NOW + 2500,
    )

    holding = settle(VOLUME, locate_all([*lost, *there])).holding

    assert isinstance(holding, Disputed)
    assert [type(one) for one in holding.claims] == [WithPerson]


def test_entries_of_others_say_nothing_of_a_volume() -> None:
    for fact in (DoorForced(place=FIRST), put(volume=OTHER)):
        (located,) = locate(chain([fact]))

        assert not concerns(located, VOLUME)
        assert settle(VOLUME, [located]) == Folded(Unaccounted(), None)


def test_a_registration_is_no_claim() -> None:
    fact = VolumeRegistered(volume=VOLUME, dossier="d", commitment="", part=Part.MAIN, number=1, of=1)
    (located,) = locate(chain([fact]))

    assert concerns(located, VOLUME)
    assert fold(VOLUME, Folded(Unaccounted(), None), located) == Folded(Unaccounted(), None)


people = st.sampled_from([CLERK, JUDGE, PORTER])
places = st.sampled_from([FIRST, SECOND, DESK])
claims = st.one_of(
    st.builds(put, places, people),
    st.builds(brought_back, places, people),
    st.builds(taken, places, people),
    st.builds(received, places, people),
    st.builds(stepped, places, st.sampled_from(Step), people),
    st.builds(looked_into, places),
    st.builds(lambda place: looked_into(place, VOLUME), places),
    st.builds(
        lambda at, upto: TimeHeard(hub_time=NOW + at, epoch=EPOCH, upto=upto), st.integers(0, 9000), st.integers(0, 5)
    ),
)


@st.composite
def histories(draw: st.DrawFn) -> list[Entry]:
    return [
        entry
        for station in (CABINET, STATION, StationId("cab-2"))
        for entry in chain(draw(st.lists(claims, max_size=5)), station, start=NOW + draw(st.integers(-5000, 5000)))
    ]


@given(histories(), st.randoms())
def test_a_holding_does_not_depend_on_the_order_of_arrival(entries: list[Entry], random: Random) -> None:
    arrived = random.sample(entries, len(entries))

    assert settle(VOLUME, locate_all(arrived)) == settle(VOLUME, locate_all(entries))
    located: list[Located] = list(locate_all(entries))
    assert settle(VOLUME, random.sample(located, len(located))) == settle(VOLUME, located)


@given(histories())
def test_every_contradiction_has_an_id_of_its_own_and_names_real_entries(entries: list[Entry]) -> None:
    folded = settle(VOLUME, locate_all(entries))
    known = {one.id for one in entries}

    assert len({one.id for one in folded.contradictions}) == len(folded.contradictions)
    assert all(one.entry in known and (one.against is None or one.against in known) for one in folded.contradictions)


@given(histories())
def test_only_a_contradiction_across_stations_disputes(entries: list[Entry]) -> None:
    folded = settle(VOLUME, locate_all(entries))

    if isinstance(folded.holding, Disputed):
        assert folded.contradictions
        assert len({one.entry.rsplit(".", 2)[0] for one in folded.contradictions}) >= 1
        assert len({entry.station for entry in entries}) > 1
