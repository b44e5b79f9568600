"""A minute of faults on whole processes: nothing lost, nothing doubled, no lock fired unasked; and what would lose."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from tests.soak.chaos import KEYS
from tests.soak.schedule import Kind, schedule

pytestmark = pytest.mark.timeout(600)

SEED = 20261


def _soak(*words: str) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.soak", "--seed", str(SEED), "--json", *words],
        capture_output=True,
        text=True,
        timeout=560,
        check=False,
    )
    assert done.stdout, done.stderr[-3000:]
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


def test_a_minute_of_faults_costs_nothing() -> None:
    result = _soak("--minutes", "1")

    assert set(KEYS) <= set(result)
    assert (result["lost"], result["doubled"], result["refired"]) == (0, 0, 0), result
    assert (result["chain_ok"], result["merkle_ok"], result["verified"]) == (True, True, True), result
    assert result["events"] > 1_000
    assert result["faults"] >= len(Kind) - len(result["skipped"])
    assert result["trouble"] == [], "every fault was done as planned"


def test_the_same_faults_cost_a_station_that_trusts_the_broker_its_entries() -> None:
    """Or the minute above would have shown nothing."""
    result = _soak("--minutes", "1", "--trusting")

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
