"""A real broker with the court's certificates: a stranger, a revoked station and another's topic are refused."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from queue import Empty, Queue

import paho.mqtt.client as mqtt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from paho.mqtt.enums import CallbackAPIVersion

from custody.enrolment import Answer, Invitation
from custody.events import StationKind
from custody.identifiers import StationId
from custody.topics import Channel, CourtChannel, court_topic, station_topic
from demo.broker import Broker, access_rules
from edge.certificate import private_pem
from hub.bootstrap import Hub, assemble
from hub.certificates import Authority, authority_of, new_authority
from hub.enrolment import Wanted
from hub.settings import write_settings
from tests.hub.sample_court import CAB, CLERK, COURT, STA, applied, request_for, settings_for
from tests.support.ports import free_port, wait_until

pytestmark = [pytest.mark.system, pytest.mark.broker]


@dataclass(frozen=True, slots=True)
class House:
    hub: Hub
    broker: Broker
    folder: Path


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    settings = settings_for(tmp_path / "hub")
    port, pid_file = free_port(), str(tmp_path / "broker" / "mosquitto.pid")
    settings = replace(settings, broker_port=port, broker_tls=True, broker_pid_file=pid_file)
    write_settings(settings)
    broker = Broker(tmp_path / "broker", port=port, tls=settings.folder / "tls", court=COURT, hub=settings.hub)
    with assemble(settings) as hub:
        broker.start()
        yield House(hub, broker, tmp_path)
        broker.child.stop()


def enrol(house: House, station: StationId) -> Path:
    """A folder with the certificate and key of a station that was enrolled."""
    wanted = Wanted(
        station=station, kind=StationKind.CABINET, name=station, court_staffed=True, broker_host="b", broker_port=1
    )
    invited = house.hub.enrolling.invite(wanted, host="h", port=1, minutes=10)
    assert isinstance(invited, Invitation)
    key = ec.generate_private_key(ec.SECP256R1())
    message = applied(
        invited, signing=Ed25519PrivateKey.generate(), sealing=X25519PrivateKey.generate(), request=request_for(key)
    )
    answer = house.hub.enrolling.enrol(message)
    assert isinstance(answer, Answer)
    return kept(house, station, answer.certificate, private_pem(key))


def kept(house: House, name: str, certificate: bytes, key: bytes) -> Path:
    folder = house.folder / f"tls-{name}"
    folder.mkdir()
    (folder / "crt").write_bytes(certificate)
    (folder / "key").write_bytes(key)
    return folder


class Client:
    """An MQTT client with a certificate. ``connected``: what the broker said to it; none if it never spoke."""

    def __init__(self, house: House, tls: Path | None, name: str) -> None:
        self.heard: Queue[str] = Queue()
        self.answers: Queue[str] = Queue()
        self._met: Queue[str] = Queue()
        self._granted: Queue[bool] = Queue()
        context = ssl.create_default_context(cafile=str(house.hub.settings.folder / "tls" / "ca.crt"))
        if tls is not None:
            context.load_cert_chain(tls / "crt", tls / "key")
        self.client = mqtt.Client(
            CallbackAPIVersion.VERSION2, client_id=name, protocol=mqtt.MQTTv5, reconnect_on_failure=False
        )
        self.client.tls_set_context(context)
        self.client.on_connect = lambda _c, _u, _f, reason, _p: self._met.put(str(reason))
        self.client.on_publish = lambda _c, _u, _m, reason, _p: self.answers.put(str(reason))
        self.client.on_subscribe = lambda _c, _u, _m, reasons, _p: self._granted.put(not reasons[0].is_failure)
        self.client.on_message = lambda _c, _u, message: self.heard.put(message.topic)
        try:
            self.client.connect("127.0.0.1", house.broker.port)
            self.client.loop_start()
            self.connected: str | None = self._met.get(timeout=3)
        except (OSError, Empty):
            self.connected = None

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.client.disconnect()
        self.client.loop_stop()

    def say(self, topic: str, payload: bytes = b"x") -> str:
        self.client.publish(topic, payload, qos=1)
        return self.answers.get(timeout=5)

    def listen(self, topic: str) -> None:
        self.client.subscribe(topic, qos=1)
        self._granted.get(timeout=5)


def hub_client(house: House) -> Client:
    tls = house.hub.settings.folder / "tls"
    return Client(house, kept(house, "hub", (tls / "hub.crt").read_bytes(), (tls / "hub.key").read_bytes()), "hub-1")


def test_a_station_writes_and_hears_its_own_topics_only(house: House) -> None:
    with hub_client(house) as hub, Client(house, enrol(house, CAB), CAB) as cabinet:
        hub.listen(f"yungui/v1/{COURT}/#")
        for topic in (
            station_topic(COURT, STA, Channel.EVENTS),
            station_topic(COURT, STA, Channel.STATE),
            station_topic(COURT, CAB, Channel.ACKS),
            station_topic(COURT, CAB, Channel.COMMANDS),
            station_topic(COURT, CAB, Channel.GRANTS),
            station_topic(COURT, STA, Channel.PRIVATE),
            station_topic(COURT, CAB, Channel.PRIVATE_ACKS),
            court_topic(COURT, CourtChannel.HUB),
            "yungui/v1/other/cab-1/events",
            "anything",
        ):
            assert cabinet.say(topic) == "Not authorized", topic

        for channel in (Channel.EVENTS, Channel.PRIVATE):
            assert cabinet.say(station_topic(COURT, CAB, channel)) in ("Success", "No matching subscribers")
            assert hub.heard.get(timeout=5) == station_topic(COURT, CAB, channel)
        assert hub.heard.empty()


def test_the_images_give_the_same_rights() -> None:
    """The rules tested here are the demo's; those of the images are a file of their own."""
    file = (Path(__file__).parents[2] / "docker" / "acl").read_text(encoding="utf-8")
    patterns = {line for line in file.splitlines() if line.startswith("pattern ")}

    assert patterns == {line for line in access_rules("+", "hub-1").splitlines() if line.startswith("pattern ")}


def test_a_station_does_not_hear_what_is_for_another(house: House) -> None:
    with hub_client(house) as hub, Client(house, enrol(house, CAB), CAB) as cabinet:
        others = station_topic(COURT, STA, Channel.GRANTS), station_topic(COURT, STA, Channel.PRIVATE_ACKS)
        for topic in ("#", f"yungui/v1/{COURT}/+/commands", *others):
            cabinet.listen(topic)
        hub.say(station_topic(COURT, STA, Channel.COMMANDS))
        for topic in others:
            hub.say(topic)
        hub.say(station_topic(COURT, CAB, Channel.COMMANDS))

        assert cabinet.heard.get(timeout=5) == station_topic(COURT, CAB, Channel.COMMANDS)
        assert {cabinet.heard.get_nowait() for _ in range(cabinet.heard.qsize())} <= {
            station_topic(COURT, CAB, Channel.COMMANDS)
        }


def test_a_stations_certificate_speaks_for_no_other_name(house: House) -> None:
    tls = enrol(house, CAB)

    with Client(house, tls, STA) as impostor, hub_client(house) as hub:
        hub.listen(f"yungui/v1/{COURT}/#")
        assert impostor.connected == "Success"  # under the name of its certificate, whatever it calls itself
        assert impostor.say(station_topic(COURT, STA, Channel.EVENTS)) == "Not authorized"


@pytest.mark.parametrize("of", ["nobody", "another authority", "a look-alike authority"])
def test_a_stranger_is_not_let_in(house: House, of: str) -> None:
    now = datetime.now(UTC)
    makers: dict[str, Callable[[], Authority]] = {
        "another authority": lambda: new_authority("somebody", now=now),
        "a look-alike authority": lambda: new_authority(f"Yungui {COURT}", now=now),
    }
    tls = None
    if of in makers:
        made = makers[of]().issue(CAB, now=now)
        tls = kept(house, "stranger", made.certificate, made.key)

    with Client(house, tls, CAB) as stranger:
        assert stranger.connected is None


def test_a_revoked_station_is_not_let_in_again_and_others_are(house: House) -> None:
    revoked, other = enrol(house, CAB), enrol(house, STA)
    with Client(house, revoked, CAB) as before:
        assert before.connected == "Success"

    house.hub.enrolling.revoke(CAB, by=CLERK, reason="stolen")

    def is_refused() -> bool:
        with Client(house, revoked, CAB) as after:
            return after.connected is None

    wait_until(is_refused, seconds=20, what="the broker reads its list")
    with Client(house, other, STA) as beside:
        assert beside.connected == "Success"


def test_a_revoked_station_that_is_connected_is_put_out(house: House) -> None:
    revoked, other = enrol(house, CAB), enrol(house, STA)
    with Client(house, revoked, CAB) as thief, Client(house, other, STA) as beside:
        assert thief.say(station_topic(COURT, CAB, Channel.EVENTS)) in ("Success", "No matching subscribers")

        house.hub.enrolling.revoke(CAB, by=CLERK, reason="stolen")

        wait_until(lambda: not thief.client.is_connected(), seconds=20, what="the broker drops the revoked station")
        with Client(house, revoked, CAB) as again:
            assert again.connected is None
        assert beside.say(station_topic(COURT, STA, Channel.EVENTS)) in ("Success", "No matching subscribers")


def test_a_revoked_station_is_put_out_when_it_is_heard(house: House) -> None:
    """The broker was told of the list late: whoever came back in between goes at its next word."""
    revoked, events = enrol(house, CAB), station_topic(COURT, CAB, Channel.EVENTS)
    house.hub.start()
    wait_until(lambda: house.hub.link.is_connected, seconds=20, what="the hub listens")
    unheard = replace(house.hub.settings, broker_pid_file="")
    replace(house.hub.enrolling, settings=unheard, evict=lambda _: None).revoke(CAB, by=CLERK, reason="stolen")
    with Client(house, revoked, CAB) as thief:
        assert thief.connected == "Success"
        house.hub.enrolling.tell_broker()

        wait_until(lambda: thief.say(events) == "Success", seconds=20, what="the hub hears it")
        wait_until(lambda: not thief.client.is_connected(), seconds=20, what="the broker drops the revoked station")
        with Client(house, revoked, CAB) as again:
            assert again.connected is None
    house.hub.stop()


def test_a_certificate_that_ran_out_is_not_let_in(house: House) -> None:
    long_ago = datetime(2020, 1, 1, tzinfo=UTC)
    made = authority_of(house.hub.settings.folder).issue(CAB, now=long_ago, days=30)

    with Client(house, kept(house, "old", made.certificate, made.key), CAB) as late:
        assert late.connected is None
