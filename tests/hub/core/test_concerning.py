"""What an entry is about is found for every kind of fact."""

import pytest

from custody.events import FACTS, BoardLost, CompartmentVerified, DoorsSensed, Fact, Unrecognised
from custody.identifiers import ActId
from hub.core.concerning import MOVES, About, about
from hub.core.telling import DOOR_KINDS
from tests.custody.facts import SAMPLES
from tests.hub.core.samples import P7, P8, V1, V2, WANG


def test_a_look_into_a_compartment_counts_each_volume_once() -> None:
    looked = CompartmentVerified(place=P7, person=WANG, act=ActId("a"), contents=(V1, V2, V1))

    assert about(looked) == About(place=P7, person=WANG, contents=(V1, V2))


def test_doors_and_boards_are_about_places() -> None:
    assert about(DoorsSensed(open=(P8,), closed=(P7,))).places == (P8, P7)
    assert about(BoardLost(places=(P7,))).places == (P7,)


def test_what_cannot_be_read_is_about_nothing() -> None:
    assert about(Unrecognised(type="yungui.x", why="kind")) == About()


@pytest.mark.parametrize("fact", SAMPLES.values(), ids=lambda fact: fact.kind)
def test_every_fact_names_its_volume_place_and_person(fact: Fact) -> None:
    found = about(fact)

    assert found.volume == getattr(fact, "volume", None)
    assert found.place == getattr(fact, "place", None)
    assert found.person == getattr(fact, "person", None)


def test_kinds_that_are_asked_for_exist() -> None:
    assert {*MOVES, *DOOR_KINDS} <= set(FACTS)
