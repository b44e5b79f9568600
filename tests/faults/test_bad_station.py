"""One station that does everything wrong: the others' entries come through as if it were not there."""

from __future__ import annotations

import statistics
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import paho.mqtt.client as mqtt
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from custody import envelope, wire
from custody.events import DoorClosed, DoorForced
from custody.identifiers import PlaceId
from custody.messages import Ack, Verdict
from custody.topics import Channel, station_topic
from hub.bootstrap import Hub
from hub.link import Address, Link
from hub.outgoing import Voice
from tests.hub.sample_court import CAB, COURT, STA, Sample, enrolled, founded
from tests.support.broker import Broker
from tests.support.ports import wait_until

pytestmark = [pytest.mark.broker, pytest.mark.system]

ROUNDS = 30
POISONED = 25


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    with founded(tmp_path) as made:
        yield made


class Wire:
    """A client of the broker that waits for the hub's word about one station."""

    def __init__(self, broker: Broker, station: Sample) -> None:
        self.station = station
        self.upto = 0
        self._heard = threading.Condition()
        self.client = mqtt.Client(CallbackAPIVersion.VERSION2, protocol=mqtt.MQTTv5)
        self.client.on_message = lambda _c, _u, message: self._take(bytes(message.payload))
        self.client.connect(broker.host, broker.port)
        asked = threading.Event()
        self.client.on_subscribe = lambda *_: asked.set()
        self.client.subscribe(station_topic(COURT, station.id, Channel.ACKS), qos=1)
        self.client.loop_start()
        assert asked.wait(10)

    def say(self, payload: bytes) -> None:
        self.client.publish(station_topic(COURT, self.station.id, Channel.EVENTS), payload, qos=1)

    def one_more(self) -> float:
        """Seconds from an entry's sending to the hub's word that it has it."""
        self.station.say(DoorClosed(place=PlaceId(f"{self.station.id}.07")))
        last = len(self.station.lines)
        began = time.perf_counter()
        self.say(self.station.batch(last))
        with self._heard:
            assert self._heard.wait_for(lambda: self.upto >= last, timeout=30)
        return time.perf_counter() - began

    def stop(self) -> None:
        self.client.disconnect()
        self.client.loop_stop()

    def _take(self, payload: bytes) -> None:
        signed = envelope.split(payload)
        assert isinstance(signed, envelope.Signed)
        ack = wire.decode(signed.header, Ack)
        if isinstance(ack, Ack) and ack.verdict is Verdict.COMMITTED:
            with self._heard:
                self.upto = max(self.upto, ack.upto)
                self._heard.notify_all()


def poison(bad: Sample, stranger: Sample) -> list[bytes]:
    """Wrong signatures, torn and oversize messages, lines that are no events, a fork."""
    good = bad.batch()
    forked = Sample(id=bad.id, key=bad.key, epoch=bad.epoch)
    forked.say(DoorForced(place=PlaceId(f"{bad.id}.01")))
    return [
        good.replace(b"epoch.opened", b"epoch.opener"),
        stranger.batch(),
        b"yg1 rubbish",
        b"",
        b"x" * 900_000,
        bad.signed_lines([b"\xff\xfe"], first=len(bad.lines) + 1, before=bad.link(len(bad.lines))),
        forked.batch(),
    ]


def test_one_bad_station_does_not_delay_another(
    hub: Hub, broker: Broker, tmp_path: Path, record_property: pytest.FixtureRequest
) -> None:
    bad, good = enrolled(hub, tmp_path, STA), enrolled(hub, tmp_path, CAB)
    stranger = Sample(id=STA, key=good.key, epoch="e1", entries=list(bad.entries), lines=list(bad.lines))
    listens = threading.Event()
    link = Link(
        court=COURT,
        hub=hub.settings.hub,
        address=Address(broker.host, broker.port, None),
        ingest=hub.ingest,
        voice=Voice(COURT, hub.settings.hub_epoch, hub.acting.own.key),
        clock=hub.acting.own.clock,
        reopen=hub.database.reopen,
        connected=listens.set,
    )
    link.start()
    assert listens.wait(20)
    wires = [Wire(broker, good), Wire(broker, bad)]
    try:
        wires[0].say(good.batch())
        wires[1].say(bad.batch())
        wait_until(lambda: min(one.upto for one in wires) >= 1, what="first entries")
        alone = [wires[0].one_more() for _ in range(ROUNDS)]
        spoilt = poison(bad, stranger)
        beside = []
        for number in range(ROUNDS):
            if number < POISONED:
                wires[1].say(spoilt[number % len(spoilt)])
            beside.append(wires[0].one_more())
    finally:
        for one in wires:
            one.stop()
        link.stop()
    ratio = statistics.median(beside) / statistics.median(alone)
    record_property("ratio", round(ratio, 2))  # type: ignore[operator]  # a function, says pytest

    assert wires[0].upto == len(good.lines), "every entry of the good station"
    assert ratio < 4, f"median {statistics.median(alone) * 1000:.1f} ms alone, ratio {ratio:.2f} beside"
