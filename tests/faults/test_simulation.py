"""One seed, one history: processes die at every boundary, the broker does anything; nothing is lost or doubled."""

import logging
from collections.abc import Iterator

import pytest

from tests.soak.sim_world import POINTS
from tests.soak.simulate import History, Report, every_crash, founded, live


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Thousands of lines about faults that were meant."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.mark.parametrize("first", range(1, 301, 75))
def test_hundreds_of_histories_keep_every_promise(first: int) -> None:
    report = Report()
    for seed in range(first, first + 75):
        report.add(History(seed=seed), live(History(seed=seed)))

    assert report.wrong == []
    assert sum(report.died.values()) > 0
    assert report.fired > 0


def test_dying_at_every_boundary_of_a_day_breaks_nothing() -> None:
    report = Report()
    for history, outcome in every_crash(History(seed=14, faults=False, steps=25, cabinets=1)):
        report.add(history, outcome)

    assert report.wrong == []
    assert set(POINTS) - set(report.died) == set(), "every kind of boundary was died at"


def test_the_real_ingest_and_database_keep_them_too() -> None:
    report = Report()
    with founded() as template:
        for seed in range(1, 13):
            report.add(History(seed=seed), live(History(seed=seed, store=True), template=template))

    assert report.wrong == []


def test_the_same_seed_is_the_same_history() -> None:
    assert live(History(seed=5)).digest == live(History(seed=5)).digest
    assert live(History(seed=5)).digest != live(History(seed=6)).digest


def test_a_station_that_trusts_the_broker_loses_entries() -> None:
    """Or these histories would find nothing."""
    lost = [live(History(seed=seed, trusting=True)).wrong for seed in range(1, 16)]

    assert sum(one.startswith("lost:") for one in lost) >= 5
