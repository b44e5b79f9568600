"""What a station knows: badges, labels, compartments, and what it saw since the hub last spoke."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custody.archiving import SCANNING_QUEUE, stand
from custody.entries import Entry
from custody.events import (
    CompartmentVerified,
    DoorForced,
    Part,
    SendBackReason,
    SentBack,
    Step,
    StepFinished,
    Unrecognised,
    VolumeCollected,
    VolumeDeposited,
    VolumeReceived,
)
from custody.events import Grade as Evidence
from custody.grants import KnownVolume
from custody.holding import AtPlace, WithPerson
from custody.identifiers import ActId, PersonId, PlaceId, VolumeId
from custody.knowledge import View, label_text, learn
from custody.messages import DoorState
from custody.refusals import (
    GrantsStale,
    NoGrantsYet,
    NotAVolumeLabel,
    NotOurLabel,
    Refusal,
    UnknownBadge,
    UnknownLabel,
    WrongCheckCharacter,
)
from custody.timing import locate
from tests.custody.court import (
    BADGE_LABEL,
    CLERK,
    DESK,
    FIRST,
    FOURTH,
    GRANTS,
    JUDGE,
    JUDGES,
    LABELS,
    NOW,
    OTHER,
    PEOPLE,
    PLACES,
    PORTER,
    RETIRED_LABEL,
    SCANNER,
    SECOND,
    SECRET,
    SHELF,
    SHELF_LABEL,
    STRANGE_LABEL,
    THIRD,
    VOLUME,
    VOLUMES,
    WRONG_LABEL,
    cabinet,
    chain,
    compartments,
    lying,
)

NOTHING = replace(cabinet(), grants=None)


def test_a_badge_names_its_person_while_the_grants_hold() -> None:
    assert cabinet().by_badge("badge clerk") == PEOPLE[CLERK]
    assert cabinet().by_badge("badge of a stranger") == UnknownBadge()
    assert replace(cabinet(), now=GRANTS.expires).by_badge("badge clerk") == GrantsStale(until_ms=GRANTS.expires)
    assert NOTHING.by_badge("badge clerk") == NoGrantsYet()


def test_a_person_is_found_by_id() -> None:
    assert cabinet().person(CLERK) == PEOPLE[CLERK]
    assert cabinet().person(PersonId("nobody")) is None
    assert NOTHING.person(CLERK) is None


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        ("", NotOurLabel()),
        ("https://example.org/parcel/1", NotOurLabel()),
        (WRONG_LABEL, WrongCheckCharacter(label=WRONG_LABEL)),
        (STRANGE_LABEL, UnknownLabel(label=STRANGE_LABEL)),
        (SHELF_LABEL, NotAVolumeLabel(label=SHELF_LABEL)),
        (BADGE_LABEL, NotAVolumeLabel(label=BADGE_LABEL)),
    ],
)
def test_a_text_that_names_no_volume_says_why(text: str, refusal: Refusal) -> None:
    assert cabinet().by_label(text) == refusal


@pytest.mark.parametrize("text", [LABELS[VOLUME], RETIRED_LABEL, f"  {LABELS[VOLUME].lower()}\r"])
def test_a_label_finds_its_volume_retired_or_in_small_letters(text: str) -> None:
    found = cabinet().by_label(text)

    assert isinstance(found, KnownVolume)
    assert found.id == VOLUME
    assert label_text(text) in found.labels


def test_a_place_is_found_by_its_label_only() -> None:
    place = cabinet().place_by_label(SHELF_LABEL)

    assert place is not None
    assert place.id == SHELF
    assert cabinet().place_by_label(LABELS[VOLUME]) is None
    assert cabinet().place_by_label("rubbish") is None
    assert NOTHING.place_by_label(SHELF_LABEL) is None


def test_people_places_and_queues_have_names_here() -> None:
    view = cabinet()

    assert view.name_of(CLERK) == "name of clerk"
    assert view.name_of(SHELF) == "A1 架"
    assert view.name_of(SCANNING_QUEUE) == "扫描室"
    assert view.name_of("queue:unheard") == "queue:unheard"
    assert NOTHING.name_of(CLERK) == CLERK
    assert view.number_of(SECOND) == "02"
    assert view.number_of(PlaceId("cab-9.01")) == "cab-9.01"


def test_what_lies_in_a_place_is_what_is_recorded_there() -> None:
    view = cabinet(lying(VOLUME, FIRST), lying(OTHER, FIRST), lying(JUDGES, SECOND, JUDGE))

    assert [one.id for one in view.lying_in(FIRST)] == [VOLUME, OTHER]
    assert view.lying_in(THIRD) == ()


def test_a_compartment_opens_only_for_who_may_take_everything_in_it() -> None:
    view = cabinet(
        lying(VOLUME, FIRST),
        lying(SECRET, FIRST),
        lying(OTHER, SECOND),
        lying(JUDGES, THIRD, JUDGE),
    )

    assert view.takeable(PEOPLE[PORTER]) == (SECOND,)
    assert view.takeable(PEOPLE[CLERK]) == (FIRST, SECOND)
    assert view.takeable(PEOPLE[JUDGE]) == (FIRST, SECOND, THIRD)


def test_a_compartment_under_verification_opens_for_nobody() -> None:
    doors = compartments()
    doors[FIRST] = replace(doors[FIRST], blocked=True)

    assert cabinet(lying(VOLUME, FIRST), doors=doors).takeable(PEOPLE[CLERK]) == ()


def test_an_empty_compartment_with_a_shut_door_comes_first() -> None:
    doors = compartments(c01=DoorState.OPEN, c02=DoorState.UNKNOWN)
    doors[THIRD] = replace(doors[THIRD], blocked=True)

    assert cabinet(doors=doors).allocate(PEOPLE[CLERK], Part.MAIN, SCANNING_QUEUE) == FOURTH


def full(*volumes: KnownVolume) -> View:
    """Every compartment holds something; those not named hold a judge's volume."""
    taken = {one.place for one in volumes}
    others = tuple(
        replace(VOLUMES[JUDGES], id=VolumeId(f"filler-{place}"), place=place, lying_for=JUDGE)
        for place in PLACES
        if place not in taken
    )
    return cabinet(*volumes, *others)


def test_without_an_empty_one_a_compartment_is_shared_by_the_same_part_and_recipient() -> None:
    view = full(lying(VOLUME, THIRD))

    assert view.allocate(PEOPLE[CLERK], Part.MAIN, SCANNING_QUEUE) == THIRD
    assert view.allocate(PEOPLE[CLERK], Part.CONFIDENTIAL, SCANNING_QUEUE) is None
    assert view.allocate(PEOPLE[CLERK], Part.MAIN, CLERK) is None
    assert view.allocate(PEOPLE[JUDGE], Part.MAIN, JUDGE) == FIRST


def test_nobody_shares_a_compartment_whose_contents_are_not_theirs_to_take() -> None:
    assert full().allocate(PEOPLE[CLERK], Part.MAIN, JUDGE) is None


ACT = ActId("act-1")
people = st.sampled_from([CLERK, JUDGE, PORTER])
volumes = st.sampled_from([VOLUME, OTHER])
places = st.sampled_from([FIRST, SECOND, DESK])
recipients = st.sampled_from([SCANNING_QUEUE, JUDGE])
happenings = st.one_of(
    st.builds(
        VolumeDeposited,
        volume=volumes,
        label=st.just(""),
        place=places,
        person=people,
        recipient=recipients,
        act=st.just(ACT),
    ),
    st.builds(
        VolumeCollected,
        volume=volumes,
        label=st.none(),
        place=places,
        person=people,
        recipient=recipients,
        grade=st.sampled_from(Evidence),
        act=st.just(ACT),
    ),
    st.builds(VolumeReceived, volume=volumes, label=st.just(""), place=places, person=people),
    st.builds(
        StepFinished,
        volume=volumes,
        label=st.just(""),
        step=st.sampled_from(Step),
        place=places,
        person=people,
        pages=st.none() | st.integers(1, 3),
    ),
    st.builds(
        SentBack,
        volume=volumes,
        label=st.just(""),
        found_at=st.sampled_from(Step),
        back_to=st.sampled_from(Step),
        reason=st.sampled_from(SendBackReason),
        place=places,
        person=people,
    ),
    st.builds(
        CompartmentVerified,
        place=places,
        person=people,
        act=st.just(ACT),
        contents=st.sampled_from([(), (VOLUME,), (OTHER,), (VOLUME, OTHER)]),
    ),
    st.builds(DoorForced, place=places),
)


def expected(volume: VolumeId, entries: list[Entry]) -> KnownVolume:
    """The volume as the hub's own fold says it stands."""
    standing = stand(volume, locate(entries))
    at = replace(VOLUMES[volume], progress=standing.progress)
    match standing.held.holding:
        case AtPlace(place=place, recipient=recipient):
            return replace(at, place=place, lying_for=recipient)
        case WithPerson(person=person, on_behalf=on_behalf):
            return replace(at, holder=person, held_for=on_behalf)
        case _:
            return at


@given(st.lists(happenings, max_size=12), st.integers(0, 12))
def test_a_station_alone_knows_what_the_hub_will_say(facts: list[object], told: int) -> None:
    """Also when the hub spoke in the middle: what it knew then and what was seen since give the same."""
    entries = chain(facts)  # type: ignore[arg-type]
    told_by_hub = {volume: expected(volume, entries[:told]) for volume in (VOLUME, OTHER)}

    for known in (learn({VOLUME: VOLUMES[VOLUME], OTHER: VOLUMES[OTHER]}, entries), learn(told_by_hub, entries[told:])):
        for volume in (VOLUME, OTHER):
            assert replace(known[volume], since=0) == expected(volume, entries)


def test_what_is_learnt_says_since_when() -> None:
    known = learn(VOLUMES, chain([VolumeReceived(volume=VOLUME, label="", place=DESK, person=SCANNER)]))

    assert known[VOLUME].since == NOW + 1000
    assert known[OTHER] == VOLUMES[OTHER]


def test_of_volumes_it_was_never_told_of_a_station_learns_nothing() -> None:
    entries = chain([VolumeReceived(volume=VolumeId("vol-strange"), label="", place=DESK, person=SCANNER)])
    unread = replace(entries[0], fact=Unrecognised(type="x", why="kind"))

    assert learn(VOLUMES, [*entries, unread]) == VOLUMES
