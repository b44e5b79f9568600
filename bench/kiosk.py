"""Seconds per hand-over: a person with a badge and volumes at the simulated cabinet, watching the real page.

The person moves as people do (``MOTION``: times of the hand, walking excluded) and goes on as soon as the page in the
browser shows it. What is measured is the whole, from the badge to the last picture; ``system`` is the part of it spent
waiting for the machine. Fifty returns are done with badge and scanner alone, without touching the glass; three times
three volumes go into one compartment. The worst of all visits is held against the limits, not a usual one.
"""

from __future__ import annotations

import argparse
import json
import secrets
import statistics
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from playwright.sync_api import Page

from demo.court import PEOPLE, Paper, papers
from demo.house import House, Ports
from hardware.simulated.control import SimulatedBench
from tests.support.browser import chromium

MOST_SCANS: Final = 2
"""For one volume: the badge and its label. Each more in the same visit is one more scan."""

MOST_SECONDS: Final = 10.0
"""For a whole visit, with one volume or with three."""

TOGETHER: Final = 3

MOTION: Final = {"tap": 0.8, "scan": 1.0, "touch": 0.8, "pull": 0.6, "put": 1.2, "take": 1.2, "push": 0.6}
"""Seconds of a hand."""

_SHOWN_WITHIN = 20_000  # milliseconds


@dataclass
class Visit:
    """One person's time at the cabinet."""

    seconds: float = 0.0
    hands: float = 0.0
    scans: int = 0
    touches: int = 0
    volumes: int = 1

    @property
    def system(self) -> float:
        return self.seconds - self.hands


@dataclass
class Person:
    """Somebody before the page: moves by hand, and sees only what the browser draws."""

    page: Page
    bench: SimulatedBench
    visit: Visit = field(default_factory=Visit)
    pace: float = 1.0  # 0 where only the state afterwards counts

    @contextmanager
    def timed(self) -> Iterator[Visit]:
        visit = self.visit = Visit()
        began = time.monotonic()
        yield visit
        visit.seconds = time.monotonic() - began
        self.visit = Visit()  # signing out is nobody's time

    def tap(self, badge: str) -> None:
        self._move("tap")
        self.visit.scans += 1
        self.bench.scan("badge", badge)

    def scan(self, label: str) -> None:
        self._move("scan")
        self.visit.scans += 1
        self.bench.scan("label", label)

    def touch(self, choice: str) -> None:
        self._move("touch")
        self.visit.touches += 1
        self.page.locator(f'[data-choice="{choice}"]').click(timeout=_SHOWN_WITHIN)

    def pull(self) -> str:
        number = self.page.locator('.door[data-lit="true"]').first.get_attribute("data-number", timeout=_SHOWN_WITHIN)
        assert number is not None
        self._move("pull")
        while self.bench.pull(number) == "held":
            time.sleep(0.02)
        return number

    def push(self, number: str) -> None:
        self._move("push")
        while self.bench.push(number) == "held":
            time.sleep(0.02)

    def handles(self, motion: str) -> None:
        self._move(motion)

    def sees(self, colour: str, text: str) -> None:
        """The band has this colour and the headline says this."""
        self.page.wait_for_function(
            "([colour, text]) => document.body.dataset.colour === colour"
            " && document.getElementById('headline').textContent.includes(text)",
            arg=[colour, text],
            timeout=_SHOWN_WITHIN,
        )

    def sees_one_of(self, *texts: str) -> None:
        """The headline says one of these."""
        self.page.wait_for_function(
            "texts => texts.some(text => document.getElementById('headline').textContent.includes(text))",
            arg=list(texts),
            timeout=_SHOWN_WITHIN,
        )

    def sees_cards(self, count: int) -> None:
        """So many volumes are listed."""
        self.page.wait_for_function(
            "count => document.querySelectorAll('#slips .slip').length === count", arg=count, timeout=_SHOWN_WITHIN
        )

    def _move(self, motion: str) -> None:
        time.sleep(self.pace * MOTION[motion])
        self.visit.hands += self.pace * MOTION[motion]


def deposit(person: Person, badge: str, one: Paper) -> tuple[Visit, str]:
    with person.timed() as visit:
        person.tap(badge)
        person.sees("turn", "您好")
        person.scan(one.label)
        person.sees("wait", "正在打开")
        number = person.pull()
        person.sees("turn", "放入")
        person.handles("put")
        person.push(number)
        person.sees("done", "已存入")
    person.tap(badge)
    person.sees("turn", "刷卡")
    return visit, number


def deposit_together(person: Person, badge: str, lot: list[Paper]) -> Visit:
    first, *others = lot
    with person.timed() as visit:
        visit.volumes = len(lot)
        person.tap(badge)
        person.sees("turn", "您好")
        person.scan(first.label)
        person.sees("wait", "正在打开")
        number = person.pull()
        person.sees("turn", "放入")
        person.handles("put")
        for listed, one in enumerate(others, start=2):
            person.scan(one.label)
            person.sees_cards(listed)
            person.handles("put")
        person.push(number)
        person.sees("done", "已存入")
    person.tap(badge)
    person.sees("turn", "刷卡")
    return visit


def collect(person: Person, badge: str, inside: dict[str, Paper]) -> Visit:
    with person.timed() as visit:
        person.tap(badge)
        person.sees("turn", "您好")
        person.touch("collect")
        person.sees("wait", "正在打开")
        number = person.pull()
        person.sees("turn", "取出")
        person.handles("take")
        person.scan(inside.pop(number).label)
        person.push(number)
        person.sees_one_of("已取出", "待取")
    person.tap(badge)
    person.sees("turn", "刷卡")
    return visit


def give_back(person: Person, badge: str, one: Paper) -> tuple[Visit, str]:
    with person.timed() as visit:
        person.tap(badge)
        person.sees("turn", "您好")
        person.scan(one.label)
        person.sees("wait", "正在打开")
        number = person.pull()
        person.sees("turn", "交还")
        person.handles("put")
        person.push(number)
        person.sees("done", "已交还")
    person.tap(badge)
    person.sees("turn", "刷卡")
    return visit, number


def measure(*, returns: int) -> dict[str, object]:
    clerk, porter = (next(one.badge for one in PEOPLE if one.id == who) for who in ("wang-min", "li-qiang"))
    open_to_all = [one for one in papers() if not one.confidential]
    lots, more = open_to_all[:8], open_to_all[8 : 8 + TOGETHER * 3]
    house = House(ports=Ports.free(), password=secrets.token_hex(8), keep=None)
    try:
        house.found()
        house.start(screens=True)
        with chromium() as browser:
            page = browser.new_page(viewport={"width": 1280, "height": 800})
            page.goto(f"http://127.0.0.1:{house.ports.cabinet_kiosk}/")
            person = Person(page, house.cabinet.bench)
            person.sees("turn", "刷卡")
            inside: dict[str, Paper] = {}
            deposits: list[Visit] = []
            collects: list[Visit] = []
            back: list[Visit] = []
            for one in lots:
                visit, number = deposit(person, clerk, one)
                deposits.append(visit)
                inside[number] = one
            while len(back) < returns:
                held = list(inside.values())
                person.pace = 0.0 if collects else 1.0
                taken = [collect(person, porter, inside) for _ in held]
                collects, person.pace = collects or taken, 1.0
                for one in held[: returns - len(back)]:
                    visit, number = give_back(person, porter, one)
                    back.append(visit)
                    inside[number] = one
            several = [
                deposit_together(person, clerk, more[at : at + TOGETHER]) for at in range(0, len(more), TOGETHER)
            ]
    finally:
        house.close()
    visits = {"deposit": deposits, "deposit_of_three": several, "collect": collects, "return": back}
    return {
        **{what: _told(them) for what, them in visits.items()},
        "limits": {"scans": MOST_SCANS, "seconds": MOST_SECONDS},
        "motion": MOTION,
        "within": all(within(one) for them in visits.values() for one in them) and not any(one.touches for one in back),
    }


def _told(visits: list[Visit]) -> dict[str, float | int]:
    seconds = sorted(one.seconds for one in visits)
    return {
        "visits": len(visits),
        "scans": max(one.scans for one in visits),
        "touches": max(one.touches for one in visits),
        "median_seconds": round(statistics.median(seconds), 2),
        "worst_seconds": round(seconds[-1], 2),
        "worst_seconds_a_volume": round(max(one.seconds / one.volumes for one in visits), 2),
        "median_system_seconds": round(statistics.median(one.system for one in visits), 2),
        "worst_system_seconds": round(max(one.system for one in visits), 2),
    }


def within(visit: Visit) -> bool:
    return visit.scans <= MOST_SCANS + visit.volumes - 1 and visit.seconds <= MOST_SECONDS


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="./run bench kiosk", description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON object")
    parser.add_argument("--returns", type=int, default=50)
    options = parser.parse_args(arguments)
    measured = measure(returns=options.returns)
    if options.json:
        print(json.dumps(measured, ensure_ascii=False))
    else:
        for what in ("deposit", "deposit_of_three", "collect", "return"):
            print(f"{what:16} {measured[what]}")
    return 0 if measured["within"] else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
