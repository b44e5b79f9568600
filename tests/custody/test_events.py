"""What can be recorded: every kind has an example whose bytes never change."""

import pytest

from custody.events import FACTS, DoorClosed, StationStarted, VolumeDeposited, subject_of
from custody.identifiers import ActId, PersonId, PlaceId, VolumeId
from custody.wire import decode_event, encode_event
from tests.custody.facts import FOLDER, SAMPLES, entry_of, vector


def test_every_kind_has_an_example_and_a_golden_file() -> None:
    assert set(SAMPLES) == set(FACTS)
    assert {path.stem for path in FOLDER.iterdir()} == set(FACTS)


@pytest.mark.parametrize("kind", FACTS)
def test_a_kind_is_written_as_it_always_was(kind: str) -> None:
    """Whoever changes a kind breaks this test. Do not touch the file: add a field with a default, or a new kind."""
    assert encode_event(entry_of(SAMPLES[kind])) + b"\n" == vector(kind).read_bytes()


@pytest.mark.parametrize("kind", FACTS)
def test_what_was_written_once_is_still_read(kind: str) -> None:
    assert decode_event(vector(kind).read_bytes().rstrip(b"\n")) == entry_of(SAMPLES[kind])


def test_a_fact_is_about_a_volume_before_it_is_about_a_place() -> None:
    deposited = VolumeDeposited(
        volume=VolumeId("v"), label="", place=PlaceId("p"), person=PersonId("w"), recipient="r", act=ActId("a")
    )

    assert subject_of(deposited) == "volume/v"
    assert subject_of(DoorClosed(place=PlaceId("p"))) == "place/p"
    assert subject_of(StationStarted(software="1", wiring="")) is None
