"""The hub as a process of its own, with a real Mosquitto: killed, started again, flooded with rubbish, left alone."""

from __future__ import annotations

import sys
import threading
import urllib.request
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from queue import Empty, Queue
from typing import TypeVar

import paho.mqtt.client as mqtt
import pytest
from paho.mqtt.enums import CallbackAPIVersion
from sqlmodel import col, select

from custody import envelope, wire
from custody.events import DoorClosed
from custody.grants import Grants, Role, badge_digest
from custody.identifiers import PlaceId
from custody.messages import Ack, Compartment, DoorState, GrantsMessage, HubPresence, Verdict
from custody.topics import Channel, CourtChannel, court_topic, station_topic
from hub.bootstrap import assemble
from hub.settings import Settings, load_settings
from hub.store.database import reading
from hub.store.tables import EntryRow, IncidentRow, StateRow
from tests.hub.sample_court import CLERK, COURT, Sample, enrolled, registered, settings_for
from tests.support.broker import Broker
from tests.support.ports import answers, free_port, wait_until
from tests.support.processes import Process

pytestmark = [pytest.mark.system, pytest.mark.broker]

CAB_7 = Compartment(place=PlaceId("cab-1.07"), number="07", size="M", row=0, column=6, door=DoorState.CLOSED)


M = TypeVar("M")


class Wire:
    """A station's end of MQTT: sends what a test hands it, keeps what it hears."""

    def __init__(self, broker: Broker, sample: Sample) -> None:
        self.sample = sample
        self.heard: defaultdict[str, Queue[bytes]] = defaultdict(Queue)
        self.client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=sample.id, protocol=mqtt.MQTTv5)
        self.client.on_connect = self._subscribe
        self.client.on_message = lambda _client, _userdata, message: self.heard[message.topic].put(
            bytes(message.payload)
        )
        self.client.reconnect_delay_set(1, 1)
        self.client.connect(broker.host, broker.port)
        self.client.loop_start()

    def say(self, payload: bytes, channel: Channel = Channel.EVENTS) -> None:
        topic = station_topic(COURT, self.sample.id, channel)
        self.client.publish(topic, payload, qos=1, retain=channel is Channel.STATE)

    def await_ack(self, matches: Callable[[Ack], bool], *, seconds: float = 20) -> Ack:
        topic = station_topic(COURT, self.sample.id, Channel.ACKS)
        return self._await(topic, Ack, matches, seconds=seconds)

    def await_grants(self, matches: Callable[[Grants], bool], *, seconds: float = 20) -> Grants:
        def opened(message: GrantsMessage) -> bool:
            return matches(self.opened(message))

        topic = station_topic(COURT, self.sample.id, Channel.GRANTS)
        return self.opened(self._await(topic, GrantsMessage, opened, seconds=seconds))

    def opened(self, message: GrantsMessage) -> Grants:
        assert self.sample.sealing is not None
        packed = envelope.unseal(message.sealed, key=self.sample.sealing)
        assert isinstance(packed, bytes)
        grants = wire.unpack_grants(packed)
        assert isinstance(grants, Grants)
        return grants

    def await_presence(self, *, online: bool) -> HubPresence:
        topic = court_topic(COURT, CourtChannel.HUB)
        return self._await(topic, HubPresence, lambda said: said.online is online, seconds=20)

    def close(self) -> None:
        self.client.disconnect()
        self.client.loop_stop()

    def _await(self, topic: str, kind: type[M], matches: Callable[[M], bool], *, seconds: float) -> M:
        found: list[M] = []

        def arrived() -> bool:
            try:
                payload = self.heard[topic].get(timeout=0.1)
            except Empty:
                return False
            signed = envelope.split(payload)
            assert isinstance(signed, envelope.Signed)
            message = wire.decode(signed.header, kind)
            assert not isinstance(message, wire.Malformed)
            if matches(message):
                found.append(message)
            return bool(found)

        wait_until(arrived, seconds=seconds, what=f"{kind.__name__} on {topic}")
        return found[0]

    def _subscribe(self, client: mqtt.Client, *_rest: object) -> None:
        mine = [station_topic(COURT, self.sample.id, one) for one in (Channel.ACKS, Channel.GRANTS, Channel.COMMANDS)]
        client.subscribe([(topic, 1) for topic in (*mine, court_topic(COURT, CourtChannel.HUB))])
        self.sample.connection += 1


@pytest.fixture
def settings(tmp_path: Path, broker: Broker) -> Settings:
    made = settings_for(tmp_path / "hub", broker_port=broker.port, listen_port=free_port())
    path = made.folder / "hub.toml"
    path.write_text(path.read_text().replace("broker_tls = true", "broker_tls = false"))
    return load_settings(made.folder)


@pytest.fixture
def sample(settings: Settings, tmp_path: Path) -> Sample:
    with assemble(settings) as hub:
        return enrolled(hub, tmp_path)


@pytest.fixture
def hub(settings: Settings, sample: Sample, tmp_path: Path) -> Iterator[Process]:
    command = [sys.executable, "-m", "hub", "run", "--data", str(settings.folder)]
    with Process(command, log=tmp_path / "hub.log") as process:
        yield process.wait_ready(lambda: answers(settings.listen_port), seconds=60)


@pytest.fixture
def station(broker: Broker, sample: Sample) -> Iterator[Wire]:
    with closing(Wire(broker, sample)) as wired:
        yield wired


def lines_of(settings: Settings, station: str) -> list[bytes]:
    with reading(settings.database)() as session:
        mine = (col(EntryRow.court) == COURT, col(EntryRow.station) == station)
        return list(session.exec(select(EntryRow.line).where(*mine).order_by(col(EntryRow.position))))


def test_a_station_is_greeted_told_its_tip_and_granted(hub: Process, station: Wire, settings: Settings) -> None:
    said = station.await_presence(online=True)
    station.say(station.sample.state(CAB_7), Channel.STATE)

    ack = station.await_ack(lambda one: one.verdict is Verdict.TIP)
    grants = station.await_grants(lambda _: True)
    health = urllib.request.urlopen(f"http://127.0.0.1:{settings.listen_port}/api/v1/health", timeout=10)

    assert (ack.nonce, ack.epoch, ack.upto) == ("n1", "", 0)
    assert (grants.hub_epoch, grants.expires - grants.issued) == (said.hub_epoch, (8 * 24 + 2) * 3_600_000)
    assert health.status == 200


def test_killed_in_a_flood_nothing_is_lost_and_nothing_doubled(hub: Process, station: Wire, settings: Settings) -> None:
    """Batches of one entry each; the hub is killed among them. The station sends again what was not acknowledged."""
    station.await_presence(online=True)
    sample = station.sample
    sample.say(*[DoorClosed(place=PlaceId("cab-1.07")) for _ in range(400)])

    def say_all() -> None:
        for n in range(1, 402):
            station.say(sample.batch(n, n))

    flood = threading.Thread(target=say_all)
    flood.start()
    station.await_ack(lambda one: one.verdict is Verdict.COMMITTED and one.upto > 20)
    hub.kill()
    stored = len(lines_of(settings, "cab-1"))
    flood.join()
    hub.start()

    station.await_ack(lambda one: one.verdict is Verdict.COMMITTED and one.upto >= stored + 1, seconds=60)
    station.say(sample.batch())
    station.await_ack(lambda one: one.verdict is Verdict.COMMITTED and one.upto == 401, seconds=60)

    assert 20 < stored < 401
    assert lines_of(settings, "cab-1") == sample.lines


def test_a_broker_that_forgets_everything_costs_nothing(
    hub: Process, station: Wire, settings: Settings, broker: Broker
) -> None:
    station.await_presence(online=True)
    station.say(station.sample.batch())
    station.await_ack(lambda one: one.upto == 1)

    broker.restart_forgetful()

    station.await_presence(online=True)
    station.await_grants(lambda _: True)
    station.sample.say(DoorClosed(place=PlaceId("cab-1.07")))
    station.say(station.sample.state(), Channel.STATE)
    tip = station.await_ack(lambda one: one.verdict is Verdict.TIP)
    station.say(station.sample.batch(tip.upto + 1))
    station.await_ack(lambda one: one.upto == 2)
    assert lines_of(settings, "cab-1") == station.sample.lines


def test_rubbish_of_one_delays_nobody(hub: Process, station: Wire, settings: Settings, broker: Broker) -> None:
    station.await_presence(online=True)
    sample = station.sample
    rubbish = [
        b"",
        b"{not json",
        b"yg1 nonsense",
        b"yg1 " + b"0" * 16 + b" " + b"A" * 86 + b"==\n{}",
        sample.batch()[:-1] + b"?",
        b"x" * 1_000_000,
    ]
    for payload in rubbish:
        station.say(payload)
    station.say(b"{not json", Channel.STATE)
    station.say(b"{not json", Channel.RESULTS)
    stranger = Sample(id=type(sample.id)("cab-9"), key=sample.key)
    with closing(Wire(broker, stranger)) as strange:
        strange.say(sample.batch())

    station.say(sample.batch())

    station.await_ack(lambda one: one.verdict is Verdict.COMMITTED and one.upto == 1)
    with reading(settings.database)() as session:
        codes = {(row.station, row.code) for row in session.exec(select(IncidentRow))}
    assert {("cab-1", "message_shape"), ("cab-1", "message_oversize"), ("cab-1", "message_unknown_key")} <= codes


def test_a_new_badge_is_known_to_a_station_within_seconds(
    settings: Settings, sample: Sample, broker: Broker, tmp_path: Path
) -> None:
    with assemble(settings) as hub:
        registered(hub, 1)
        hub.start()
        try:
            with closing(Wire(broker, sample)) as station:
                before = station.await_grants(lambda one: len(one.volumes) == 1)
                hub.office.add_person(name="王敏", roles=[Role.STAFF], badge="B-777", by=CLERK)

                after = station.await_grants(lambda one: len(one.people) == 1, seconds=5)
        finally:
            hub.stop()

    assert after.version > before.version
    assert after.people[0].badge == badge_digest("B-777", key=after.badge_key)
    assert after.volumes[0].title.startswith("（2026）辽0802民初123号")


def test_a_station_that_vanishes_is_shown_offline(hub: Process, station: Wire, settings: Settings) -> None:
    station.await_presence(online=True)
    station.say(station.sample.state(CAB_7), Channel.STATE)
    station.await_ack(lambda one: one.verdict is Verdict.TIP)

    station.say(station.sample.will(), Channel.STATE)

    def offline() -> bool:
        with reading(settings.database)() as session:
            row = session.get(StateRow, (COURT, "cab-1"))
            return row is not None and not row.online

    wait_until(offline, seconds=10, what="offline")


def test_without_a_broker_it_runs_and_keeps_trying(
    settings: Settings, sample: Sample, broker: Broker, tmp_path: Path
) -> None:
    broker.stop()
    command = [sys.executable, "-m", "hub", "run", "--data", str(settings.folder)]
    with Process(command, log=tmp_path / "hub.log") as process:
        process.wait_ready(lambda: answers(settings.listen_port), seconds=60)
        wait_until(lambda: "连接不上消息服务器" in process.output, seconds=15, what="the complaint")
        broker.start()
        wait_until(lambda: "connected broker" in process.output, seconds=20, what="the connection")

        assert process.stop() == 0


def test_a_taken_port_and_a_second_hub_are_said_in_a_sentence(hub: Process, settings: Settings, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "hub", "run", "--data", str(settings.folder)]
    with Process(command, log=tmp_path / "second.log") as second:
        assert second.wait(seconds=30) == 1
        assert f"端口 127.0.0.1:{settings.listen_port} 已被占用" in second.output

    path = settings.folder / "hub.toml"
    path.write_text(path.read_text().replace(str(settings.listen_port), str(free_port())))
    with Process(command, log=tmp_path / "third.log") as third:
        assert third.wait(seconds=30) == 1
        assert "正由另一个中心进程使用" in third.output
