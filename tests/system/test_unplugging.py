"""A lock board's cable is pulled ten times during work: everybody sees it, nothing is lost, nothing is restarted.

Who looks up a volume reads when nobody watched its door.
"""

import http.client
import json
import sqlite3
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote

import pytest

from custody import wire
from custody.entries import Entry
from custody.events import BoardLost, DoorsSensed, VolumeDeposited
from demo import truth
from demo.court import PEOPLE, papers
from demo.hands import Hands
from demo.house import House, Ports
from demo.processes import wait_until

pytestmark = pytest.mark.timeout(600)  # a whole court is founded first, on machines that may be busy

CYCLES = 10
BADGE = next(one.badge for one in PEOPLE if one.id == "wang-min")


@pytest.fixture
def house() -> Iterator[House]:
    made = House(ports=Ports.free(), password="".join(chr(97 + n) for n in range(12)), keep=None)
    try:
        made.found()
        made.begin()
        made.cabinet.start(kiosk=False)
        yield made
    finally:
        made.close()


def doors(house: House) -> set[str]:
    """What the hub shows of the doors: how the station's retained state tells them."""
    with sqlite3.connect(f"file:{house.hub_database}?mode=ro", uri=True, timeout=5) as hub:
        return {row[0] for row in hub.execute("SELECT DISTINCT door FROM door")}


def until(true: Callable[[], bool], what: str) -> None:
    wait_until(true, seconds=60, what=what)


def as_they_are(*, opened: str) -> Callable[[dict[str, Any]], bool]:
    """Whether the screen shows this one door open and every other shut."""

    def shows(shown: dict[str, Any]) -> bool:
        return all(one["door"] == ("open" if one["place"] == opened else "closed") for one in shown["compartments"])

    return shows


class Office:
    """Somebody at the court who looks a volume up at the hub."""

    def __init__(self, house: House) -> None:
        self._line = http.client.HTTPConnection("127.0.0.1", house.ports.hub, timeout=60)
        person = next(one for one in PEOPLE if one.id == "wang-min")
        body = json.dumps({"user": person.user, "password": house.password})
        self._line.request("POST", "/api/v1/session", body, {"Content-Type": "application/json"})
        answer = self._line.getresponse()
        self._cookie = str(answer.getheader("Set-Cookie")).partition(";")[0]
        answer.read()

    def unwatched(self, label: str) -> list[list[int | None]]:
        """The times since the evidence of where the volume lies in which nobody watched it, as its page shows them."""
        (hit,) = self._get(f"volumes?search={quote(label)}")
        spans: list[list[int | None]] = self._get(f"volumes/{hit['id']}")["where"]["unwatched"]
        return spans

    def _get(self, path: str) -> Any:
        self._line.request("GET", f"/api/v1/{path}", headers={"Cookie": self._cookie})
        answer = self._line.getresponse()
        told = json.loads(answer.read())
        assert answer.status == 200, told
        return told


def test_ten_pulled_cables_during_work(house: House) -> None:
    bench, volumes = house.cabinet.bench, [one for one in papers() if not one.confidential][:CYCLES]
    hands = Hands(house.cabinet.screen, bench)
    hands.expect("rest.headline")
    for one in volumes:
        until(lambda: doors(house) == {"closed"}, "every door known at the hub")
        hands.tap(BADGE)
        hands.scan(one.label)
        hands.expect("door.opening.headline")
        place = hands.lit
        hands.pull(place)
        hands.expect("deposit.placing.headline")

        bench.plug("bus0", on=False)
        hands.await_shown(lambda shown: {c["door"] for c in shown["compartments"]} == {"unknown"}, "unknown doors")
        until(lambda: doors(house) == {"unknown"}, "the hub to say that the doors are not known")
        bench.plug("bus0", on=True)
        hands.await_shown(as_they_are(opened=place), "every door as it is")

        hands.push(place)
        hands.expect("deposit.done.headline")
        hands.tap(BADGE)
        hands.expect("rest.headline")
    hands.leave()
    until(lambda: truth.acknowledged(house.cabinet.journal), "acknowledgement of every entry")

    office, first, last = Office(house), volumes[0].label, volumes[-1].label
    gaps = office.unwatched(first)
    assert len(gaps) >= CYCLES - 1  # each time after it was laid there
    assert all(None not in gap for gap in gaps)  # and each is over
    assert office.unwatched(last) == []  # its door was seen to close after the last time
    bench.plug("bus0", on=False)
    until(lambda: [span[1] for span in office.unwatched(last)] == [None], "the hub to say that nobody watches")
    bench.plug("bus0", on=True)
    until(lambda: None not in [span[1] for span in office.unwatched(last)], "the hub to say until when")

    until(lambda: truth.acknowledged(house.cabinet.journal), "acknowledgement of every entry")
    facts = [
        entry.fact
        for entry in map(wire.decode_event, truth.in_journal(house.cabinet.journal))
        if isinstance(entry, Entry)
    ]
    assert [fact.label for fact in facts if isinstance(fact, VolumeDeposited)] == [one.label for one in volumes]
    assert sum(isinstance(fact, BoardLost) for fact in facts) >= CYCLES  # unwatched from here …
    assert sum(isinstance(fact, DoorsSensed) for fact in facts) > CYCLES  # … to here
    assert len(bench.fires()) == CYCLES  # and no lock was fired twice
    assert house.cabinet.agent.running
