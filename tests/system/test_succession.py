"""Another certificate authority while everything runs: stations follow by themselves, and a real broker does too."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from shutil import copytree

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from sqlalchemy.exc import OperationalError
from sqlmodel import col, select

from custody.enrolment import Invitation, invitation_text
from custody.events import AuthorityChanged, AuthorityStage, StationKind
from custody.identifiers import StationId
from demo.broker import Broker
from edge.certificate import fingerprints
from edge.enrolment import enrol
from edge.errors import EdgeError
from edge.hub_door import HubDoor
from edge.keys import load_keys
from edge.renewing import Renewing
from edge.settings import load_settings
from hub.__main__ import main
from hub.api.app import build_door
from hub.bootstrap import Hub, assemble
from hub.certificates import authority_of, believed_fingerprints
from hub.enrolment import Wanted
from hub.face import Refused
from hub.keys import replace_secret
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
        assert self.renewing().look()

    def renewing(self) -> Renewing:
        return Renewing(self.folder, load_settings(self.folder), load_keys(self.folder), renewed=self._count)

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
        freshness = Freshness(settings, [config], go_on=hub.succession.go_on, renewed=hub.link.renewed)
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
    newest = cabinet.certificate
    cabinet.look()
    assert cabinet.certificate == newest
    assert (cabinet.folder / "tls" / "ca.crt").read_bytes() == after.identity.certificate
    assert cabinet.meets_the_broker()
    (old / "ca.crt").write_bytes(after.identity.certificate)
    wait_until(lambda: not connects(house.broker.port, old), seconds=20, what="the broker forgets the old authority")
    cabinet.look()
    assert cabinet.renewed == 3
    assert not house.look()
    assert house.facts() == [AuthorityStage.ANNOUNCED, AuthorityStage.TOOK_OVER, AuthorityStage.RETIRED]


def test_the_hub_meets_the_broker_anew_once_it_believes_fewer(house: House, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, logger="hub.link")

    def met() -> int:
        return sum(record.getMessage().startswith("connected broker=") for record in caplog.records)

    house.hub.link.start()
    wait_until(lambda: met() == 1, seconds=20, what="the hub at the broker")
    former = house.folder / "former"
    copytree(house.hub.settings.folder / "tls", former)
    house.announce()
    assert house.look()
    assert (met(), house.believed()) == (1, 2), "who believes more need not meet anybody anew"

    assert house.look()
    wait_until(lambda: met() == 2, seconds=20, what="the hub at the broker again")
    assert house.believed() == 1

    # A broker with a certificate of the retired authority, as whoever stole its key could make one.
    house.broker.child.stop()
    stranger = Broker(house.folder / "stranger", port=house.broker.port, tls=former, court=COURT, hub=CAB)
    stranger.start()
    told = house.folder / "stranger" / "mosquitto.log"
    wait_until(lambda: "alert unknown ca" in told.read_text(), seconds=20, what="the hub turning away")
    house.hub.link.stop()
    stranger.child.stop()
    assert met() == 2


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
    house.enrolled(CAB)  # it is off, and is not waited for
    house.hub.succession.moved = house.freshness.wake
    house.freshness.start()
    house.announce()

    assert house.hub.succession.step(seen=AuthorityStage.ANNOUNCED) is None

    tls, after = house.hub.settings.folder / "tls", authority_of(house.hub.settings.folder)
    wait_until(
        lambda: after.has_issued(x509.load_pem_x509_certificate((tls / "hub.crt").read_bytes())),
        seconds=20,
        what="the hub's certificate by the next authority",
    )
    assert house.hub.succession.step(seen=AuthorityStage.TOOK_OVER) is None
    house.freshness.stop()
    joined = house.enrolled(STA)
    wait_until(joined.meets_the_broker, seconds=20, what="the broker believes the next authority")


def test_a_station_that_never_answers_can_be_left_behind(house: House, caplog: pytest.LogCaptureFixture) -> None:
    lost, cabinet = house.enrolled(CAB), house.enrolled(STA)
    house.announce()
    cabinet.look()
    begun = house.hub.succession.begin()
    assert begun == Refused("authority.under_way", {"stations": CAB})

    assert house.hub.succession.step(seen=AuthorityStage.ANNOUNCED) is None
    house.look()

    cabinet.look()
    assert house.hub.succession.waits_for() == (CAB,)
    assert house.hub.succession.step(seen=AuthorityStage.TOOK_OVER) is None
    house.look()
    assert house.hub.succession.step(seen=None) == Refused("authority.none", {})
    renewing = Renewing(lost.folder, load_settings(lost.folder), load_keys(lost.folder), renewed=lambda: None)
    caplog.clear()
    renewing.look()
    assert not authority_of(house.hub.settings.folder).has_issued(lost.certificate)
    assert [one.levelno for one in caplog.records if one.name == "edge.renewing"] == [logging.WARNING]


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
    assert house.facts() == list(AuthorityStage)


def _no_list(*_: object) -> None:
    raise OSError(28, "no space left on device")


def _no_fact(*_: object, **__: object) -> None:
    raise OperationalError("COMMIT", None, Exception("disk I/O error"))


@pytest.mark.parametrize("stopped", list(AuthorityStage))
@pytest.mark.parametrize(
    ("what", "failing"), [("hub.succession.write_revocations", _no_list), ("hub.own_chain.record", _no_fact)]
)
def test_a_step_whose_fact_failed_is_made_good_by_the_next_look(
    house: House,
    monkeypatch: pytest.MonkeyPatch,
    stopped: AuthorityStage,
    what: str,
    failing: Callable[..., None],
) -> None:
    told: list[AuthorityStage | None] = []
    tls, succession = house.hub.settings.folder / "tls", house.hub.succession
    if stopped is not AuthorityStage.ANNOUNCED:
        house.announce()
    if stopped is AuthorityStage.RETIRED:
        assert house.look()
    with monkeypatch.context() as patched:
        patched.setattr(what, failing)
        if stopped is AuthorityStage.ANNOUNCED:
            with pytest.raises((OSError, OperationalError)):
                succession.begin()
        assert not house.look()
        assert stopped not in house.facts()
    monkeypatch.setattr("hub.succession.tell", lambda _: told.append(succession.stage))
    shown = None if stopped is AuthorityStage.RETIRED else stopped
    assert succession.stage is shown

    assert house.look()

    assert house.facts()[-1] is stopped
    assert told == [shown]
    assert len((tls / "crl.pem").read_bytes().split(b"END X509 CRL")) - 1 == house.believed()
    while house.look():
        pass
    assert house.facts() == list(AuthorityStage)
    assert sorted(path.name for path in tls.glob("ca.*")) == ["ca.crt", "ca.key"]


def test_a_step_that_is_ordered_twice_at_once_is_taken_once(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    house.announce()
    succession, following = house.hub.succession, house.hub.settings.folder / "tls" / "ca.next.key"
    key, answers = following.read_bytes(), list[object]()

    def slowly(path: Path, content: bytes) -> None:
        time.sleep(0.1)
        replace_secret(path, content)

    monkeypatch.setattr("hub.succession.replace_secret", slowly)
    both = [
        threading.Thread(target=lambda: answers.append(succession.step(seen=AuthorityStage.ANNOUNCED)))
        for _ in range(2)
    ]
    for one in both:
        one.start()
    for one in both:
        one.join()

    assert sorted(answers, key=str) == [None, Refused("authority.moved_on", {})]
    assert (
        authority_of(house.hub.settings.folder).certificate.public_key() == load_pem_private_key(key, None).public_key()
    )
    assert house.facts() == [AuthorityStage.ANNOUNCED, AuthorityStage.TOOK_OVER]


def test_a_certificate_whose_answer_was_lost_is_asked_for_again(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    cabinet, folder = house.enrolled(CAB), house.hub.settings.folder
    house.announce()
    asked = HubDoor.ask

    def lost(door: HubDoor, what: str, message: bytes) -> bytes:
        asked(door, what, message)
        raise EdgeError("door.unreachable", host="hub", port=1, why="cut")

    before = cabinet.certificate
    with monkeypatch.context() as patched:
        patched.setattr(HubDoor, "ask", lost)
        assert not cabinet.renewing().look()
    assert cabinet.certificate == before
    assert cabinet.renewed == 1  # it meets the broker anew, believing both

    while house.look():  # the hub has issued one, so it goes on: and the station has heard
        pass
    assert house.facts() == [AuthorityStage.ANNOUNCED, AuthorityStage.TOOK_OVER]
    cabinet.look()
    assert authority_of(folder).has_issued(cabinet.certificate)
    assert house.look()
    cabinet.look()
    assert set(fingerprints((cabinet.folder / "tls" / "ca.crt").read_bytes())) == believed_fingerprints(folder)
    wait_until(cabinet.meets_the_broker, seconds=20, what="the broker believes the next authority")


def test_a_station_that_heard_and_could_not_ask_asks_at_the_next_look(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    cabinet = house.enrolled(CAB)
    house.announce()
    before = cabinet.certificate

    def silent(_door: HubDoor, _what: str, _message: bytes) -> bytes:
        raise EdgeError("door.unreachable", host="hub", port=1, why="cut")

    with monkeypatch.context() as patched:
        patched.setattr(HubDoor, "ask", silent)
        assert not cabinet.renewing().look()
    assert house.hub.succession.waits_for() == (CAB,)

    cabinet.look()

    assert cabinet.certificate != before
    assert house.hub.succession.waits_for() == ()
    newest = cabinet.certificate
    cabinet.look()
    assert cabinet.certificate == newest


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
