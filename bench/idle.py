"""What a cabinet's agent costs while nobody comes: memory, and processor time while it polls 48 doors all the time.

Without camera and kiosk, which are processes of their own. Linux only: it reads /proc through psutil.
"""

from __future__ import annotations

import argparse
import json
import secrets
import sys
import time
from typing import Any, Final

import psutil

from demo.house import House, Ports

MOST_MEGABYTES: Final = 60.0
MOST_CPU: Final = 0.03


def measure(*, seconds: float) -> dict[str, Any]:
    house = House(ports=Ports.free(), password=secrets.token_hex(8), keep=None)
    try:
        house.found()
        house.begin()
        house.cabinet.start(kiosk=False)
        agent = psutil.Process(house.cabinet.agent.pid)
        time.sleep(5)  # what starting costs is another question
        before, began = _spent(agent), time.monotonic()
        asked = house.cabinet.bench.state()["buses"]["bus0"]["requests"]
        time.sleep(seconds)
        taken = time.monotonic() - began
        cpu = (_spent(agent) - before) / taken
        polls = (house.cabinet.bench.state()["buses"]["bus0"]["requests"] - asked) / taken
        family = [agent, *agent.children(recursive=True)]
        megabytes = sum(one.memory_info().rss for one in family) / 1_000_000
    finally:
        house.close()
    return {
        "rss_megabytes": round(megabytes, 1),
        "cpu_of_one_core": round(cpu, 4),
        "questions_a_second": round(polls, 1),
        "doors": 48,
        "seconds": round(taken, 1),
        "limits": {"rss_megabytes": MOST_MEGABYTES, "cpu_of_one_core": MOST_CPU},
        "within": megabytes <= MOST_MEGABYTES and cpu <= MOST_CPU,
    }


def _spent(agent: psutil.Process) -> float:
    times = agent.cpu_times()
    return float(times.user + times.system)


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="./run bench idle", description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON object")
    parser.add_argument("--seconds", type=float, default=60)
    options = parser.parse_args(arguments)
    measured = measure(seconds=options.seconds)
    if options.json:
        print(json.dumps(measured))
    else:
        for name, value in measured.items():
            print(f"{name:20} {value}")
    return 0 if measured["within"] else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
