"""An entry has one name everywhere."""

from custody.entries import entry_id
from custody.events import DoorForced
from custody.identifiers import PlaceId
from tests.custody.court import EPOCH, chain


def test_an_entry_is_named_by_station_epoch_and_sequence() -> None:
    first, second = chain([DoorForced(place=PlaceId("cab-1.01"))] * 2)

    assert second.id == entry_id("cab-1", EPOCH, 2) == f"cab-1.{EPOCH}.2"
    assert first.id != second.id
