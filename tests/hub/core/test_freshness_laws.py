"""In whatever order the words of a station come, the newest is believed."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from custody.entries import Clock
from custody.events import StationKind
from custody.messages import State
from hub.core.freshness import Freshness, Heard, freshness
from tests.hub.core.samples import CAB, COURT

STATE = State(
    court=COURT,
    station=CAB,
    station_kind=StationKind.CABINET,
    connection=0,
    counter=0,
    online=True,
    boot="b",
    nonce="n",
    uptime=0,
    clock=Clock.SYNCHRONISED,
    epoch="",
    tip=0,
    waiting=0,
    oldest_waiting=None,
    room_days=None,
    software="",
    wiring="",
    grants_version=0,
)
WORDS = st.lists(st.tuples(st.integers(0, 2), st.integers(1, 4), st.integers(1, 4)), min_size=1, max_size=12)


@given(WORDS)
def test_in_whatever_order_states_come_the_newest_is_believed(words: list[tuple[int, int, int]]) -> None:
    heard: Heard | None = None
    for age, connection, counter in words:
        past = {f"e{n}" for n in range(age if heard is None else max(age, int(heard.epoch[1:])))}
        said = replace(STATE, epoch=f"e{age}", connection=connection, counter=counter)
        if freshness(said, heard, past=past) is Freshness.NEW:
            heard = Heard(epoch=f"e{age}", connection=connection, counter=counter)

    age, connection, counter = max(words)
    assert heard == Heard(epoch=f"e{age}", connection=connection, counter=counter)
