"""A real agent, started by the real bootstrap, that writes many entries besides: doors of a cabinet nobody built.

The entries take the way of all others: a transaction of the journal in the agent's own thread. ``--trusting`` makes it
the negative control: it believes the broker's PUBACK.
"""

from __future__ import annotations

import argparse
import logging
import os
import queue
import select
import signal
import sys
import time
from pathlib import Path
from typing import Any, cast

from paho.mqtt.client import MQTT_ERR_SUCCESS

from custody.events import DoorForced
from custody.identifiers import PlaceId
from edge import bootstrap
from edge.agent import Agent, Item, Stop
from edge.courier import Courier
from edge.errors import EdgeError, JournalFullError
from edge.link import MqttLink
from tests.soak.trusting import TrustingCourier

_EVERY = 100  # ms
_PUBACK_WITHIN = 3.0  # seconds


class LoadedAgent(Agent):
    """Writes ``rate`` entries a second while there is no file ``quiet`` in the station's folder."""

    rate = 0
    quiet = Path()
    place = PlaceId("nowhere.01")
    _load_at = 0

    def _turn(self, courier: Courier) -> bool:
        now = self._clocks.uptime()
        if self.rate and now >= self._load_at and not self.quiet.exists():
            self._load_at = now + _EVERY
            journal = self._custodian._journal
            try:
                with journal.transaction(self._clocks.moment()) as transaction:
                    for _ in range(max(self.rate * _EVERY // 1000, 1)):
                        transaction.append(DoorForced(place=self.place))
            except JournalFullError:
                logging.getLogger(__name__).warning("no room for more load")
        return super()._turn(courier)

    def _patience(self, courier: Courier) -> float:
        return min(super()._patience(courier), _EVERY / 1000)


class WaitingLink(MqttLink):
    """For the control: a batch counts as sent when the broker has acknowledged it."""

    def send(self, topic: str, payload: bytes, *, retain: bool = False) -> bool:
        if not super().send(topic, payload, retain=retain) or not topic.endswith("/events"):
            return False if topic.endswith("/events") else self._last is not None
        said = self._last
        assert said is not None
        try:
            said.wait_for_publish(_PUBACK_WITHIN)
        except (RuntimeError, ValueError):
            return False
        return said.rc == MQTT_ERR_SUCCESS and said.is_published()


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--station", type=Path, required=True)
    parser.add_argument("--ports", type=Path, required=True)
    parser.add_argument("--rate", type=int, default=0)
    parser.add_argument("--trusting", action="store_true")
    chosen = parser.parse_args(arguments)
    if "FAKETIME_TIMESTAMP_FILE" in os.environ:
        # Debian's libfaketime breaks the call behind sleep; select sleeps as well.
        cast("Any", time).sleep = _nap
    logging.basicConfig(level=logging.INFO, format="%(relativeCreated)d %(levelname)s %(name)s %(message)s")
    LoadedAgent.rate, LoadedAgent.quiet = chosen.rate, chosen.station / "quiet"
    LoadedAgent.place = PlaceId(f"{chosen.station.name}.01")
    parts: Any = bootstrap
    parts.Agent = LoadedAgent
    if chosen.trusting:
        parts.Courier, parts.MqttLink = TrustingCourier, WaitingLink
    items: queue.SimpleQueue[Item] = queue.SimpleQueue()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: items.put(Stop()))
    try:
        bootstrap.run_station(chosen.station, items, ports=chosen.ports)
    except EdgeError as error:
        print(error.sentence(), file=sys.stderr)
        return 1
    return 0


def _nap(seconds: float, /) -> None:
    select.select([], [], [], seconds)


if __name__ == "__main__":
    sys.exit(main())
