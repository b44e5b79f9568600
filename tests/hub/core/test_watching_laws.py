"""Whatever blinds a station and whatever makes it see again: an unwatched interval lies exactly between."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from custody.events import BoardLost, DoorClosed, DoorsSensed, Fact, StationStarted
from hub.core.watching import Glimpse, unwatched
from tests.hub.core.samples import P7, P8, entry

STARTED = StationStarted(software="", wiring="")

SEEN: st.SearchStrategy[Fact] = st.one_of(
    st.sampled_from([STARTED, DoorClosed(place=P7), BoardLost(places=(P7,)), BoardLost(places=(P8,))]),
    st.tuples(st.booleans(), st.booleans()).map(
        lambda how: DoorsSensed(open=(P7,) if how[0] else (P8,), closed=(P8,) if how[1] else ())
    ),
)


@given(st.lists(st.tuples(SEEN, st.integers(0, 900)), max_size=20))
def test_unwatched_is_from_what_blinds_until_what_sees(steps: list[tuple[Fact, int]]) -> None:
    glimpses: list[Glimpse] = []
    now = 1000
    blind: int | None = None
    for fact, passed in steps:
        before, now = now, now + passed
        glimpses.append(Glimpse(entry(fact, time=now), now, before))
        match fact:
            case DoorsSensed() if P7 in (*fact.open, *fact.closed):
                blind = None
            case BoardLost() if blind is None and P7 in fact.places:
                blind = now
            case StationStarted() if blind is None:
                blind = before
            case _:
                pass
        found = unwatched(P7, glimpses)

        assert [one.since for one in found if one.until is None] == ([] if blind is None else [blind])
        assert all(one.until is not None and one.until <= two.since for one, two in pairwise(found))
        assert all(one.until is None or one.since <= one.until for one in found)
