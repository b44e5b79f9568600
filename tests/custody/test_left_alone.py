"""A cabinet that hears no more of the hub: for seven days everything works there, and then nothing opens."""

from __future__ import annotations

import pytest

from custody.events import StationKind
from custody.flows.grammar import (
    BadgeTapped,
    Chosen,
    DoorClosed,
    DoorOpened,
    Effect,
    LabelScanned,
    Record,
    Stimulus,
    TimeUp,
    Unlock,
)
from custody.identifiers import PlaceId, StationId
from custody.refusals import GrantsStale
from tests.custody.court import LABELS, NOW, SCANNER, VOLUME
from tests.custody.lives import DAY, DAYS, TERMS, Office, Post, compartments

CABINET, EPOCH = StationId("cab-1"), "0" * 16
PROMISED = 7 * DAY
MINUTE = 60_000
FIRST_OF_ITS_DOORS = PlaceId("cab-1.01")


def left_alone() -> Post:
    """With grants of now, which are the last it gets."""
    grants = Office().grants(CABINET, EPOCH, NOW)
    post = Post(id=CABINET, epoch=EPOCH, kind=StationKind.CABINET, grants=grants, doors=compartments(CABINET))
    post.begin(NOW)
    return post


def goes_to(post: Post, now: int, *, flow: str) -> list[Effect]:
    """One who scans comes with a volume, or for it; the door opens and shuts if the lock was fired."""
    label = LabelScanned(LABELS[VOLUME])
    before: tuple[Stimulus, ...] = (BadgeTapped(f"badge {SCANNER}"), Chosen(flow))
    effects = [effect for one in (*before, label) for effect in post.does(one, now)[1]]
    if any(isinstance(one, Unlock) for one in effects):
        place = FIRST_OF_ITS_DOORS
        effects += [
            effect for one in (DoorOpened(place), label, DoorClosed(place)) for effect in post.does(one, now)[1]
        ]
    for leaves in (Chosen("cancel"), TimeUp()):
        post.does(leaves, now)
    return effects


def recorded(post: Post, now: int) -> list[str]:
    effects = [*goes_to(post, now, flow="deposit"), *goes_to(post, now, flow="collect")]
    return [one.fact.kind for one in effects if isinstance(one, Record)]


@pytest.mark.parametrize("gone_after", [0, TERMS.renew_after(DAYS) // 2, TERMS.renew_after(DAYS)])
def test_whenever_the_hub_goes_all_works_for_seven_days(gone_after: int) -> None:
    """``gone_after``: how old the grants were by then; the next would have come at the latest at the last of these."""
    post = left_alone()
    gone = NOW + gone_after

    for passed in (*range(0, PROMISED, DAY), PROMISED):
        assert recorded(post, gone + passed) == ["volume.deposited", "volume.collected"]


def test_a_minute_before_the_grants_run_out_all_works_and_then_nothing_opens() -> None:
    post = left_alone()
    end = post.grants.expires

    assert recorded(post, end - MINUTE) == ["volume.deposited", "volume.collected"]
    assert recorded(post, end) == []
    assert post.view(end).by_badge(f"badge {SCANNER}") == GrantsStale(until_ms=end)
    assert PROMISED < end - NOW < PROMISED + 2 * DAY
