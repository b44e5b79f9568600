"""Another certificate authority while everything runs: stations follow by themselves, and a real broker does too."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from sqlmodel import col, select

from custody.enrolment import Invitation, invitation_text
from custody.events import AuthorityChanged, AuthorityStage, StationKind
from custody.identifiers import StationId
from demo.broker import Broker
from edge.enrolment import enrol
from edge.keys import load_keys
from edge.renewing import Renewing
from edge.settings import load_settings
from hub.__main__ import main
from hub.api.app import build_door
from hub.bootstrap import Hub, assemble
from hub.certificates import authority_of
from hub.enrolment import Wanted
from hub.face import Refused
from hub.serving import Freshness, configuration, listen, serve_beside
from hub.settings import write_settings
from hub.store.ledger import bounded_of
from hub.store.tables import EntryRow
from tests.hub.sample_court import CAB, CLERK, COURT, STA, settings_for
from tests.support.ports import answers, free_port, wait_until
from tests.system.mqtt_client import connects

pytestmark = [pytest.mark.system, pytest.mark.broker]


@dataclass(frozen=True, slots=True)
class House:
    """A hub with its stations' door, a broker that it tells, and the folders of its stations."""

    hub: Hub
    broker: Broker
    freshness: Freshness
    folder: Path

    def look(self) -> bool:
        """What the hub does every hour."""
        return self.freshness.look()

    def enrolled(self, station: StationId) -> Station:
        wanted = Wanted(
            station=station, kind=StationKind.CABINET, name=station, court_staffed=True, broker_host="b", broker_port=1
        )
        port = self.hub.settings.stations_port
        invited = self.hub.enrolling.invite(wanted, host="127.0.0.1", port=port, minutes=10)
        assert isinstance(invited, Invitation)
        folder = self.folder / station
        enrol(invitation_text(invited), folder)
        return Station(self, folder, 0)

    def facts(self) -> list[AuthorityStage]:
        with self.hub.database.read() as session:
            rows = session.exec(select(EntryRow).order_by(col(EntryRow.position))).all()
            found = [bounded_of(row).entry.fact for row in rows]
        return [one.stage for one in found if isinstance(one, AuthorityChanged)]

    def announce(self) -> None:
        assert isinstance(self.hub.succession.begin(), str)
        time.sleep(1.1)  # the time of a certificate is in whole seconds

    def believed(self) -> int:
        return len(x509.load_pem_x509_certificates((self.hub.settings.folder / "tls" / "ca.crt").read_bytes()))


@dataclass(slots=True)
class Station:
    house: House
    folder: Path
    renewed: int

    def look(self) -> None:
        """What a station does every hour."""
        renewing = Renewing(self.folder, load_settings(self.folder), load_keys(self.folder), renewed=self._count)
        assert renewing.look()

    def meets_the_broker(self) -> bool:
        return connects(self.house.broker.port, self.folder / "tls")

    @property
    def certificate(self) -> x509.Certificate:
        return x509.load_pem_x509_certificate((self.folder / "tls" / "station.crt").read_bytes())

    def _count(self) -> None:
        self.renewed += 1


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    port, pid_file = free_port(), str(tmp_path / "broker" / "mosquitto.pid")
    drawn = replace(settings_for(tmp_path / "hub"), broker_port=port, broker_tls=True, broker_pid_file=pid_file)
    settings = replace(drawn, stations_port=free_port(), public_host="127.0.0.1")
    write_settings(settings)
    broker = Broker(tmp_path / "broker", port=port, tls=settings.folder / "tls", court=COURT, hub=settings.hub)
    with assemble(settings) as hub, listen(settings, setting="stations_port", secure=True) as listener:
        broker.start()
        config = configuration(settings, build_door(hub.parts), secure=True)
        server = serve_beside(config, listener)
        wait_until(lambda: server.started and answers(settings.stations_port), seconds=20, what="the door")
        assert hub.link.context is not None
        freshness = Freshness(settings, [config], go_on=hub.succession.go_on, contexts=[hub.link.context])
        yield House(hub, broker, freshness, tmp_path)
        server.should_exit = True
        broker.child.stop()


def test_everybody_follows_to_the_next_authority_without_enrolling_anew(house: House) -> None:
    cabinet, tls = house.enrolled(CAB), house.hub.settings.folder / "tls"
    before = authority_of(house.hub.settings.folder)
    old = house.folder / "old"
    old.mkdir()
    for name in ("ca.crt", "station.crt", "station.key"):
        (old / name).write_bytes((cabinet.folder / "tls" / name).read_bytes())

    house.announce()
    assert house.hub.succession.waits_for() == (CAB,)
    assert not house.look()  # it was off, and is waited for
    cabinet.look()
    assert cabinet.renewed == 1
    assert before.has_issued(cabinet.certificate)
    assert house.hub.succession.waits_for() == ()

    assert house.look()
    after = authority_of(house.hub.settings.folder)
    assert after.fingerprint != before.fingerprint
    for name in ("hub.crt", "broker.crt"):
        assert after.has_issued(x509.load_pem_x509_certificate((tls / name).read_bytes()))
    wait_until(cabinet.meets_the_broker, seconds=20, what="the broker believes both")
    assert not house.look()
    cabinet.look()
    assert after.has_issued(cabinet.certificate)
    assert cabinet.meets_the_broker()

    assert house.look()
    assert house.believed() == 1
    assert not (tls / "ca.old.key").exists()
    cabinet.look()
    assert (cabinet.folder / "tls" / "ca.crt").read_bytes() == after.identity.certificate
    assert cabinet.meets_the_broker()
    (old / "ca.crt").write_bytes(after.identity.certificate)
    wait_until(lambda: not connects(house.broker.port, old), seconds=20, what="the broker forgets the old authority")
    cabinet.look()
    assert cabinet.renewed == 3
    assert not house.look()
    assert house.facts() == [AuthorityStage.ANNOUNCED, AuthorityStage.TOOK_OVER, AuthorityStage.RETIRED]


def test_who_joins_meanwhile_believes_both_and_who_is_revoked_is_kept_out(house: House) -> None:
    first = house.enrolled(CAB)
    house.announce()
    first.look()
    second = house.enrolled(STA)
    assert len(x509.load_pem_x509_certificates((second.folder / "tls" / "ca.crt").read_bytes())) == 2
    assert house.look()
    wait_until(second.meets_the_broker, seconds=20, what="the broker believes both")

    house.hub.enrolling.revoke(CAB, by=CLERK, reason="stolen")

    wait_until(lambda: not first.meets_the_broker(), seconds=20, what="a certificate of the old authority is revoked")
    assert second.meets_the_broker()
    assert house.hub.succession.waits_for() == (STA,)


def test_a_step_that_is_ordered_brings_the_hubs_own_certificates_with_it(house: House) -> None:
    house.hub.succession.moved = house.freshness.wake
    house.freshness.start()
    house.announce()

    house.hub.succession.step()

    tls, after = house.hub.settings.folder / "tls", authority_of(house.hub.settings.folder)
    wait_until(
        lambda: after.has_issued(x509.load_pem_x509_certificate((tls / "hub.crt").read_bytes())),
        seconds=20,
        what="the hub's certificate by the next authority",
    )
    wait_until(lambda: house.hub.succession.stage is None, seconds=20, what="nobody is waited for")
    house.freshness.stop()
    joined = house.enrolled(CAB)
    wait_until(joined.meets_the_broker, seconds=20, what="the broker believes the next authority")


def test_a_station_that_never_answers_can_be_left_behind(house: House) -> None:
    lost, cabinet = house.enrolled(CAB), house.enrolled(STA)
    house.announce()
    cabinet.look()
    begun = house.hub.succession.begin()
    assert begun == Refused("authority.under_way", {"stations": CAB})

    assert house.hub.succession.step()
    house.look()

    cabinet.look()
    assert house.hub.succession.waits_for() == (CAB,)
    assert house.hub.succession.step()
    house.look()
    assert not house.hub.succession.step()
    renewing = Renewing(lost.folder, load_settings(lost.folder), load_keys(lost.folder), renewed=lambda: None)
    renewing.look()
    assert not authority_of(house.hub.settings.folder).has_issued(lost.certificate)


@pytest.mark.parametrize("steps", range(3))
def test_a_power_cut_while_taking_over_is_made_good_by_the_next_look(house: House, steps: int) -> None:
    tls = house.hub.settings.folder / "tls"
    house.announce()
    before, following = (tls / "ca.key").read_bytes(), (tls / "ca.next.key").read_bytes()
    if steps > 0:
        (tls / "ca.old.key").write_bytes(before)
    if steps > 1:
        (tls / "ca.key").write_bytes(following)

    assert house.hub.succession.stage is (AuthorityStage.TOOK_OVER if steps > 1 else AuthorityStage.ANNOUNCED)
    house.look()
    house.look()

    assert house.hub.succession.stage is None
    assert house.believed() == 1
    assert load_pem_private_key(following, None).public_key() == authority_of(tls.parent).certificate.public_key()
    assert sorted(path.name for path in tls.glob("ca.*")) == ["ca.crt", "ca.key"]


def test_the_command_says_what_happens_next(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    house.enrolled(CAB)
    house.hub.close()  # a second hub on the same database is refused; the command is one
    data = ["--data", str(house.hub.settings.folder)]

    assert main(["rotate", "authority", "--step", *data]) != 0
    assert "rotate authority" in capsys.readouterr().err
    assert main(["rotate", "authority", *data]) == 0
    assert str(CAB) in capsys.readouterr().out
    assert main(["rotate", "authority", *data]) != 0
    assert "--step" in capsys.readouterr().err
    assert main(["rotate", "authority", "--step", *data]) == 0
    assert main(["rotate", "authority", "--step", *data]) == 0
    assert "retired" in capsys.readouterr().out
