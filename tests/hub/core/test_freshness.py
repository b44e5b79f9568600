"""States and last wills come in any order; only the latest word counts."""

from dataclasses import replace

from custody.entries import Clock
from custody.events import StationKind
from custody.messages import LastWill, State
from hub.core.freshness import Freshness, Heard, ends, freshness
from tests.hub.core.samples import CAB, COURT

HEARD = Heard(epoch="e2", connection=5, counter=9)
STATE = State(
    court=COURT,
    station=CAB,
    station_kind=StationKind.CABINET,
    connection=5,
    counter=10,
    online=True,
    boot="b",
    nonce="n",
    uptime=0,
    clock=Clock.SYNCHRONISED,
    epoch="e2",
    tip=0,
    waiting=0,
    oldest_waiting=None,
    room_days=None,
    software="",
    wiring="",
    grants_version=0,
)


def test_the_first_word_is_believed() -> None:
    assert freshness(STATE, None) is Freshness.NEW


def test_within_an_epoch_connection_and_counter_order() -> None:
    assert freshness(STATE, HEARD) is Freshness.NEW
    assert freshness(replace(STATE, connection=6, counter=1), HEARD) is Freshness.NEW
    assert freshness(replace(STATE, counter=9), HEARD) is Freshness.OVERTAKEN
    assert freshness(replace(STATE, connection=4, counter=99), HEARD) is Freshness.PAST


def test_a_station_that_lost_its_journal_begins_to_count_again() -> None:
    anew = replace(STATE, epoch="e3", connection=1, counter=1)

    assert freshness(anew, HEARD, past={"e1"}) is Freshness.NEW


def test_a_state_of_an_epoch_left_behind_is_an_old_one() -> None:
    assert freshness(replace(STATE, epoch="e1", connection=99), HEARD, past={"e1"}) is Freshness.PAST


def test_a_last_will_of_an_older_connection_says_nothing() -> None:
    assert ends(LastWill(station=CAB, connection=5), HEARD)
    assert not ends(LastWill(station=CAB, connection=4), HEARD)
    assert not ends(LastWill(station=CAB, connection=4), None)
