"""A minute of faults on whole processes: nothing lost, nothing doubled, no lock fired unasked; and what would lose."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from tests.soak.chaos import KEYS
from tests.soak.schedule import Kind, schedule

pytestmark = pytest.mark.timeout(600)

SEED = 20261


class Soak:
    """One that runs on while its neighbour does: most of its minute is waiting."""

    def __init__(self, *words: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.soak", "--seed", str(SEED), "--minutes", "1", "--json", *words],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def result(self) -> dict[str, Any]:
        said, complained = self._process.communicate(timeout=560)
        assert said, complained[-3000:]
        result: dict[str, Any] = json.loads(said.splitlines()[-1])
        return result

    def end(self) -> None:
        if self._process.poll() is None:
            self._process.terminate()
            self._process.communicate(timeout=60)


@pytest.fixture(scope="module")
def soaks() -> Iterator[tuple[Soak, Soak]]:
    """The real thing, and the same with stations that trust the broker."""
    running = Soak(), Soak("--trusting")
    yield running
    for one in running:
        one.end()


def test_a_minute_of_faults_costs_nothing(soaks: tuple[Soak, Soak]) -> None:
    result = soaks[0].result()

    assert set(KEYS) <= set(result)
    assert (result["lost"], result["doubled"], result["refired"]) == (0, 0, 0), result
    assert (result["chain_ok"], result["merkle_ok"], result["verified"]) == (True, True, True), result
    assert result["events"] > 1_000
    assert result["faults"] >= len(Kind) - len(result["skipped"])
    assert result["trouble"] == [], "every fault was done as planned"


def test_the_same_faults_cost_stations_that_trust_the_broker_their_entries(soaks: tuple[Soak, Soak]) -> None:
    """Or the minute above would have shown nothing."""
    result = soaks[1].result()

    assert result["lost"] > 0, result


def test_the_same_seed_is_the_same_schedule() -> None:
    plans = [
        subprocess.run(
            [sys.executable, "-m", "tests.soak", "--seed", seed, "--minutes", "1", "--plan"],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("5", "5", "6")
    ]

    assert plans[0] == plans[1] != plans[2]
    planned = schedule(5, minutes=1, stations=4, per_minute=55)
    assert [one["kind"] for one in json.loads(plans[0])] == [one.kind for one in planned]
    assert {one.kind for one in planned} == set(Kind)
