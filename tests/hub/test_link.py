"""The hub's end of MQTT: acknowledged is what is final; a failed commit is delivered once more."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import paho.mqtt.client as mqtt
import pytest
from paho.mqtt.enums import CallbackAPIVersion
from sqlalchemy.exc import OperationalError
from sqlmodel import select

from custody.topics import Channel, station_topic
from hub.bootstrap import Hub
from hub.ingest import Disposition, Ingest
from hub.link import Address, Link
from hub.outgoing import Voice
from hub.store.tables import EntryRow, IncidentRow
from tests.hub.sample_court import CAB, COURT, Sample, enrolled, founded
from tests.support.broker import Broker
from tests.support.ports import wait_until

pytestmark = pytest.mark.broker


class Failing:
    """An ingest whose first attempts end in an error, as a full disk or a mistake of ours would."""

    def __init__(self, real: Ingest, *errors: Exception) -> None:
        self.real = real
        self.errors = list(errors)
        self.received: list[str] = []

    def receive(self, topic: str, payload: bytes) -> Disposition:
        self.received.append(topic)
        if self.errors:
            raise self.errors.pop(0)
        return self.real.receive(topic, payload)

    def give_up(self, topic: str, payload: bytes, *, why: str) -> Disposition:
        return self.real.give_up(topic, payload, why=why)


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    with founded(tmp_path) as made:
        yield made


@pytest.fixture
def cabinet(hub: Hub, tmp_path: Path) -> Sample:
    return enrolled(hub, tmp_path)


def started(hub: Hub, broker: Broker, ingest: Failing) -> Link:
    """A link that has asked for its topics."""
    asked = threading.Event()
    link = Link(
        court=COURT,
        hub=hub.settings.hub,
        address=Address(broker.host, broker.port, None),
        ingest=ingest,  # type: ignore[arg-type]  # the same two verbs
        voice=Voice(COURT, hub.settings.hub_epoch, hub.acting.own.key),
        clock=hub.acting.own.clock,
        reopen=hub.database.reopen,
        connected=asked.set,
    )
    link.start()
    assert asked.wait(20)
    return link


def say_once(broker: Broker, *messages: tuple[str, bytes]) -> None:
    client = mqtt.Client(CallbackAPIVersion.VERSION2, protocol=mqtt.MQTTv5)
    client.connect(broker.host, broker.port)
    client.loop_start()
    for topic, payload in messages:
        client.publish(topic, payload, qos=1).wait_for_publish(5)
    client.disconnect()
    client.loop_stop()


def stored(hub: Hub) -> int:
    with hub.database.read() as session:
        return len([row for row in session.exec(select(EntryRow)) if row.station == CAB])


def test_a_failed_commit_is_not_acknowledged_and_so_delivered_again(hub: Hub, cabinet: Sample, broker: Broker) -> None:
    ingest = Failing(hub.ingest, OperationalError("COMMIT", {}, OSError("No space left on device")))
    link = started(hub, broker, ingest)
    try:
        topic = station_topic(COURT, CAB, Channel.EVENTS)
        say_once(broker, (topic, cabinet.batch()))

        wait_until(lambda: stored(hub) == 1, what="the entry")
    finally:
        link.stop()
    assert ingest.received == [topic, topic]


def test_a_mistake_of_ours_with_one_message_stops_no_other(hub: Hub, cabinet: Sample, broker: Broker) -> None:
    ingest = Failing(hub.ingest, KeyError("mistake"))
    link = started(hub, broker, ingest)
    try:
        topic = station_topic(COURT, CAB, Channel.EVENTS)
        say_once(broker, (topic, b"odd"), (topic, cabinet.batch()))

        wait_until(lambda: stored(hub) == 1, what="the entry")
    finally:
        link.stop()
    with hub.database.read() as session:
        assert [row.code for row in session.exec(select(IncidentRow))] == ["failed"]
    assert len(ingest.received) == 2


def test_what_came_while_the_hub_was_away_is_delivered_when_it_is_back(
    hub: Hub, cabinet: Sample, broker: Broker
) -> None:
    first = started(hub, broker, Failing(hub.ingest))
    say_once(broker, (station_topic(COURT, CAB, Channel.STATE), cabinet.state()))
    wait_until(lambda: hub.queries.stations()[0].online, what="the subscription")
    first.stop()
    say_once(broker, (station_topic(COURT, CAB, Channel.EVENTS), cabinet.batch()))

    second = started(hub, broker, Failing(hub.ingest))
    try:
        wait_until(lambda: stored(hub) == 1, what="the entry")
    finally:
        second.stop()
