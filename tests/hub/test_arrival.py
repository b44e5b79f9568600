"""Whatever order batches arrive in, twice or late, the rows are what custody makes of the set of entries."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import select

from custody.archiving import stand
from custody.entries import Entry
from custody.events import (
    CompartmentVerified,
    EpochOpened,
    EpochReason,
    Fact,
    Grade,
    StationKind,
    Step,
    StepFinished,
    TimeHeard,
    VolumeCollected,
    VolumeDeposited,
    VolumeReceived,
)
from custody.identifiers import ActId, PersonId, PlaceId, VolumeId
from custody.timing import locate_all
from custody.wire import decode_event
from hub.bootstrap import Hub
from hub.core.discrepancies import of_epoch, of_standing
from hub.core.locating import located
from hub.store.ledger import bounded_of
from hub.store.standings import holding_of, progress_of
from hub.store.tables import DiscrepancyRow, EntryRow, StandingRow
from tests.hub.sample_court import CAB, NOW, STA, Sample, enrolled, founded, send

VOLUMES = [VolumeId(f"v-{n}") for n in range(3)]
PLACES = [PlaceId("cab-1.01"), PlaceId("cab-1.02"), PlaceId(STA)]
PEOPLE = [PersonId("p-1"), PersonId("p-2")]
ACT = ActId("a")

volumes, places, people = st.sampled_from(VOLUMES), st.sampled_from(PLACES), st.sampled_from(PEOPLE)
claims: st.SearchStrategy[Fact] = st.one_of(
    st.builds(
        VolumeDeposited,
        volume=volumes,
        label=st.just("V"),
        place=places,
        person=people,
        recipient=st.just("queue:scanning"),
        act=st.just(ACT),
    ),
    st.builds(
        VolumeCollected,
        volume=volumes,
        label=st.just("V"),
        place=places,
        person=people,
        recipient=st.just("queue:scanning"),
        grade=st.sampled_from(Grade),
        act=st.just(ACT),
    ),
    st.builds(VolumeReceived, volume=volumes, label=st.just("V"), place=places, person=people),
    st.builds(
        StepFinished,
        volume=volumes,
        label=st.just("V"),
        step=st.sampled_from(Step),
        place=places,
        person=people,
        pages=st.sampled_from([None, 9, 10]),
    ),
    st.builds(
        CompartmentVerified,
        place=places,
        person=people,
        act=st.just(ACT),
        contents=st.lists(volumes, max_size=2).map(tuple),
    ),
)


@st.composite
def histories(draw: st.DrawFn) -> list[tuple[str, list[Fact], list[int]]]:
    """Epochs of one station: id, what is said in each, and how long after the one before."""
    epochs: list[tuple[str, list[Fact], list[int]]] = []
    for name in draw(st.permutations(["e1", "e2", "e3"]))[: draw(st.integers(1, 3))]:
        said: list[Fact] = [EpochOpened(reason=EpochReason.FIRST)]
        if epochs:
            before = draw(st.sampled_from([one[0] for one in epochs]))
            said = [EpochOpened(reason=EpochReason.FORK, before_epoch=before)]
        for claim in draw(st.lists(claims, max_size=5)):
            said.append(claim)
            if draw(st.booleans()):
                hub_time = NOW + draw(st.integers(0, 400))
                said.append(TimeHeard(hub_time=hub_time, epoch=name, upto=draw(st.integers(0, len(said) + 1))))
        epochs.append((name, said, draw(st.lists(st.integers(0, 60), min_size=len(said), max_size=len(said)))))
    return epochs


@contextmanager
def court() -> Iterator[tuple[Hub, Sample, Sample]]:
    with TemporaryDirectory() as name:
        folder = Path(name)
        with founded(folder) as hub:
            yield hub, enrolled(hub, folder), enrolled(hub, folder, STA, kind=StationKind.STATION)


def batches_of(sample: Sample, history: list[tuple[str, list[Fact], list[int]]]) -> list[tuple[Sample, list[bytes]]]:
    """For each epoch a station of its own that says it, and its batches of one entry, in order."""
    found = []
    for name, said, pauses in history:
        own = Sample(id=sample.id, key=sample.key, epoch=name)
        for fact, pause in zip(said, pauses, strict=True):
            own.say(fact, after=pause)
        found.append((own, [own.batch(n, n) for n in range(1, len(own.lines) + 1)]))
    return found


@settings(max_examples=30)
@given(histories(), histories(), st.randoms(use_true_random=False))
def test_the_rows_follow_from_the_set_of_entries(
    at_cabinet: list[tuple[str, list[Fact], list[int]]],
    at_station: list[tuple[str, list[Fact], list[int]]],
    random: object,
) -> None:
    with court() as (hub, cabinet, station):
        queues = [*batches_of(cabinet, at_cabinet), *batches_of(station, at_station)]
        turns = [queue for queue in queues for _ in queue[1]]
        random.shuffle(turns)  # type: ignore[attr-defined]
        sent: dict[int, int] = {}
        for own, batches in turns:
            at = sent.get(id(own), 0)
            assert send(hub, own, batches[at]).code == "committed"
            assert send(hub, own, batches[at // 2]).code == "repeated"
            sent[id(own)] = at + 1
        compare(hub, {CAB, STA})


def compare(hub: Hub, stations: set[str]) -> None:
    """Rows against custody's own answers from the stored lines alone."""
    with hub.database.read() as session:
        rows = session.exec(select(EntryRow)).all()
        standings = session.exec(select(StandingRow)).all()
        discrepancies = set(session.exec(select(DiscrepancyRow.discrepancy)))
    entries = [one for one in (decode_event(row.line) for row in rows) if isinstance(one, Entry)]
    everything = locate_all(entries)
    kept = sorted((located(bounded_of(row)) for row in rows), key=lambda one: one.key)

    assert list(everything) == kept
    assert {one.entry.station for one in kept} > stations
    found = {row.volume: stand(VolumeId(row.volume), everything) for row in standings}
    assert {row.volume: (holding_of(row), progress_of(row)) for row in standings} == {
        volume: (one.held.holding, one.progress) for volume, one in found.items()
    }
    contradictions = {one.id for standing in found.values() for one in of_standing(standing)}
    epochs = {anew.id for entry in entries if (anew := of_epoch(entry)) is not None}
    assert discrepancies == contradictions | epochs
