"""A station and the hub over real HTTPS: enrolling by the QR code, renewing, and every way it can go wrong."""

from __future__ import annotations

import socket
import stat
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from custody import envelope, wire
from custody.enrolment import Invitation, invitation_text, rotation_bytes
from custody.events import DoorForced, EpochOpened, EpochReason, StationKind
from custody.identifiers import CourtId, PlaceId, StationId
from custody.messages import Purpose, Rotation
from edge.__main__ import main
from edge.certificate import Pair, install, is_due, new_key, settle
from edge.enrolment import enrol
from edge.errors import EdgeError
from edge.keys import load_keys
from edge.renewing import Renewing, renew
from edge.rotating import rotate
from edge.settings import load_settings
from hub.api.app import build_door
from hub.bootstrap import Hub, assemble
from hub.certificates import Authority, authority_of, new_authority
from hub.enrolment import Wanted
from hub.face import Refused
from hub.own_certificates import renew_own
from hub.serving import Freshness, configuration, listen, serve_beside
from hub.settings import write_settings
from tests.hub.sample_court import CAB, CLERK, COURT, Sample, send, settings_for
from tests.support.ports import answers, free_port, wait_until

WANTED = Wanted(
    station=CAB, kind=StationKind.CABINET, name="立案大厅云柜", court_staffed=True, broker_host="b", broker_port=8883
)


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    """A hub whose stations' door is open."""
    drawn = settings_for(tmp_path / "hub")
    settings = replace(drawn, stations_port=free_port(), public_host="127.0.0.1")
    write_settings(settings)
    with assemble(settings) as made, listen(settings, setting="stations_port", secure=True) as listener:
        server = serve_beside(configuration(settings, build_door(made.parts), secure=True), listener)
        wait_until(lambda: server.started and answers(settings.stations_port), seconds=20, what="the door")
        yield made
        server.should_exit = True


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "cab-1"


def invite(hub: Hub, **changes: object) -> str:
    invited = hub.enrolling.invite(WANTED, host="127.0.0.1", port=hub.settings.stations_port, minutes=10)
    assert isinstance(invited, Invitation)
    return invitation_text(replace(invited, **changes))  # type: ignore[arg-type]


def refused(text: str, folder: Path) -> str:
    with pytest.raises(EdgeError) as caught:
        enrol(text, folder)
    said = caught.value.sentence().splitlines()
    assert len(said) == 2, said
    return caught.value.key


def test_a_machine_is_enrolled_by_the_text_of_the_code_with_keys_of_its_own(
    hub: Hub, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["enrol", invite(hub), "--station", str(folder)]) == 0

    assert "cab-1" in capsys.readouterr().out
    settings = load_settings(folder)
    assert (settings.station, settings.hub_host, settings.court_name) == (CAB, "127.0.0.1", "站前区人民法院")
    secrets = [folder / "keys" / "signing.pem", folder / "keys" / "sealing.pem", folder / "tls" / "station.key"]
    assert {stat.S_IMODE(path.stat().st_mode) for path in secrets} == {0o600}
    everything = b"".join(path.read_bytes() for path in hub.settings.folder.rglob("*") if path.is_file())
    assert not any(path.read_bytes().splitlines()[1] in everything for path in secrets)


def test_an_answer_that_was_lost_is_asked_for_again(hub: Hub, folder: Path) -> None:
    text = invite(hub)
    enrol(text, folder)
    (folder / "station.toml").unlink()
    (folder / "tls" / "station.crt").unlink()

    assert enrol(text, folder) == CAB


def test_a_code_that_was_used_lets_no_second_machine_in(hub: Hub, folder: Path, tmp_path: Path) -> None:
    text = invite(hub)
    enrol(text, folder)

    assert refused(text, tmp_path / "another") == "enrol.used"
    assert not (tmp_path / "another" / "station.toml").exists()


def test_a_folder_that_is_a_stations_is_left_alone(hub: Hub, folder: Path) -> None:
    text = invite(hub)
    enrol(text, folder)

    assert refused(text, folder) == "enrol.folder_taken"


def test_a_wrong_code_and_one_for_another_id_are_refused(hub: Hub, folder: Path) -> None:
    assert refused(invite(hub, code=bytes(20)), folder) == "enrol.code_wrong"
    assert refused(invite(hub, station=StationId("cab-2")), folder) == "enrol.code_wrong"


def test_nothing_is_said_to_a_hub_of_another_authority(hub: Hub, folder: Path) -> None:
    assert refused(invite(hub, authority=bytes(32)), folder) == "enrol.other_authority"
    assert not folder.exists()


def test_a_hub_that_is_not_there_can_be_tried_again(hub: Hub, folder: Path) -> None:
    assert refused(invite(hub, port=free_port()), folder) == "door.unreachable"
    assert enrol(invite(hub), folder) == CAB


def test_what_is_not_a_hub_is_named(folder: Path, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        other.listen()
        text = invitation_text(
            Invitation(host="127.0.0.1", port=other.getsockname()[1], station=CAB, authority=bytes(32), code=bytes(20))
        )
        other.close()
        assert refused(text, folder) == "door.unreachable"


@pytest.mark.parametrize(
    ("change", "key"), [(("YUNGUI1", "YUNGUI2"), "invitation.mark"), (("CAB-1", "CAB-7"), "invitation.check")]
)
def test_a_text_that_was_misread_is_said_to_be(hub: Hub, folder: Path, change: tuple[str, str], key: str) -> None:
    assert refused(invite(hub).replace(*change), folder) == key


# --- renewing -------------------------------------------------------------------------------------------------------


def held(folder: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate((folder / "tls" / "station.crt").read_bytes())


def test_a_certificate_is_due_when_a_third_of_its_time_is_left(hub: Hub, folder: Path) -> None:
    enrol(invite(hub), folder)
    end = held(folder).not_valid_after_utc
    third = (end - held(folder).not_valid_before_utc) / 3

    assert not is_due(folder / "tls", now=end - third - timedelta(minutes=1))
    assert is_due(folder / "tls", now=end - third)
    assert is_due(folder / "tls", now=end + timedelta(days=400))


def test_a_station_whose_certificate_ran_out_comes_back_by_itself(hub: Hub, folder: Path) -> None:
    enrol(invite(hub), folder)
    expire(folder, hub)
    told: list[bool] = []
    renewing = Renewing(folder, load_settings(folder), load_keys(folder), renewed=lambda: told.append(True))

    assert renewing.look()

    assert told == [True]
    assert held(folder).not_valid_after_utc > datetime.now(UTC) + timedelta(days=28)
    assert renewing.look()
    assert told == [True]


def expire(folder: Path, hub: Hub) -> None:
    """As if the cabinet had been off for two months."""
    then = datetime.now(UTC) - timedelta(days=60)
    old = authority_of(hub.settings.folder).issue(CAB, now=then, days=30)
    install(folder / "tls", Pair(old.certificate, old.key))


def test_a_revoked_station_is_not_renewed_and_keeps_what_it_has(hub: Hub, folder: Path) -> None:
    enrol(invite(hub), folder)
    before = held(folder)
    hub.enrolling.revoke(CAB, by=CLERK, reason="stolen")

    with pytest.raises(EdgeError) as caught:
        renew(folder, load_settings(folder), load_keys(folder))

    assert caught.value.key == "enrol.revoked"
    assert held(folder) == before
    expire(folder, hub)
    assert not Renewing(folder, load_settings(folder), load_keys(folder), renewed=lambda: None).look()


def test_a_hub_with_a_certificate_of_another_authority_is_not_spoken_to(hub: Hub, folder: Path) -> None:
    enrol(invite(hub), folder)
    other = new_authority("other", now=datetime.now(UTC))
    (folder / "tls" / "ca.crt").write_bytes(other.identity.certificate)

    with pytest.raises(EdgeError) as caught:
        renew(folder, load_settings(folder), load_keys(folder))

    assert caught.value.key == "door.not_the_hub"


@pytest.fixture
def pairs(tmp_path: Path) -> tuple[Path, Pair, Pair]:
    """A folder with one pair in place, and the next."""
    tls = tmp_path / "tls"
    tls.mkdir()
    authority: Authority = new_authority("a", now=datetime.now(UTC))
    made = [authority.issue(CAB, now=datetime.now(UTC)) for _ in range(2)]
    first, second = (Pair(one.certificate, one.key) for one in made)
    install(tls, first)
    return tls, first, second


@pytest.mark.parametrize("steps", range(5))
def test_a_power_cut_while_swapping_leaves_a_pair_that_fits(pairs: tuple[Path, Pair, Pair], steps: int) -> None:
    tls, first, second = pairs
    key, certificate = tls / "station.key.new", tls / "station.crt.new"
    done: list[Callable[[], object]] = [
        lambda: key.write_bytes(second.key[: len(second.key) // 2]),
        lambda: key.write_bytes(second.key),
        lambda: certificate.write_bytes(second.certificate),
        lambda: key.replace(tls / "station.key"),
    ]
    for step in done[:steps]:
        step()

    settle(tls)

    expected = first if steps < 3 else second
    assert (tls / "station.crt").read_bytes() == expected.certificate
    assert (tls / "station.key").read_bytes() == expected.key
    assert sorted(path.name for path in tls.iterdir()) == ["station.crt", "station.key"]


def test_the_hubs_own_certificates_are_renewed_for_the_same_names(hub: Hub) -> None:
    folder = hub.settings.folder
    authority, before = authority_of(folder), (folder / "tls" / "hub.crt").read_bytes()
    assert renew_own(folder, authority, now=datetime.now(UTC)) == ()

    assert renew_own(folder, authority, now=datetime.now(UTC) + timedelta(days=300)) == ("hub", "broker")

    old, new = (x509.load_pem_x509_certificate(one) for one in (before, (folder / "tls" / "hub.crt").read_bytes()))
    names = x509.SubjectAlternativeName
    assert new.extensions.get_extension_for_class(names) == old.extensions.get_extension_for_class(names)
    assert new.subject == old.subject
    assert stat.S_IMODE((folder / "tls" / "hub.key").stat().st_mode) == 0o600


def test_a_running_hub_serves_its_next_certificate_without_a_stop(hub: Hub, folder: Path) -> None:
    settings = hub.settings
    config = configuration(settings, build_door(hub.parts), secure=True)
    assert Freshness(settings, [config]).look() is False
    old = authority_of(settings.folder).issue("hub-1", now=datetime.now(UTC) - timedelta(days=390), hosts=["127.0.0.1"])
    (settings.folder / "tls" / "hub.crt").write_bytes(old.certificate)
    (settings.folder / "tls" / "hub.key").write_bytes(old.key)

    assert Freshness(settings, [config]).look() is True

    renewed = x509.load_pem_x509_certificate((settings.folder / "tls" / "hub.crt").read_bytes())
    assert renewed.not_valid_after_utc > datetime.now(UTC) + timedelta(days=390)
    assert new_key().curve.name == "secp256r1"


# --- rotating -------------------------------------------------------------------------------------------------------


def test_a_station_gets_its_next_signing_key_named_under_the_present_one(hub: Hub, folder: Path) -> None:
    enrol(invite(hub), folder)
    before = load_keys(folder).signing

    assert main(["rotate", "--station", str(folder)]) == 0

    after = load_keys(folder).signing
    assert stat.S_IMODE((folder / "keys" / "signing.pem").stat().st_mode) == 0o600
    assert not (folder / "keys" / "signing.next.pem").exists()
    station = Sample(id=CAB, key=before)
    station.say(EpochOpened(reason=EpochReason.FIRST))
    assert send(hub, station, station.batch()).code == "committed"  # said before, arrived after
    station.say(DoorForced(place=PlaceId("cab-1.01")))
    assert send(hub, replace(station, key=after), replace(station, key=after).batch(2)).code == "committed"
    assert send(hub, station, station.batch()).code == "message_unknown_key"
    renew(folder, load_settings(folder), load_keys(folder))


def test_a_rotation_whose_answer_was_lost_is_asked_for_again(hub: Hub, folder: Path) -> None:
    enrol(invite(hub), folder)
    old = (folder / "keys" / "signing.pem").read_bytes()
    rotate(folder)
    new = (folder / "keys" / "signing.pem").read_bytes()
    (folder / "keys" / "signing.pem").write_bytes(old)
    (folder / "keys" / "signing.next.pem").write_bytes(new)

    rotate(folder)

    assert (folder / "keys" / "signing.pem").read_bytes() == new


@pytest.mark.parametrize("wrong", ["key", "proof", "court"])
def test_nobody_else_names_a_stations_next_key(hub: Hub, folder: Path, wrong: str) -> None:
    enrol(invite(hub), folder)
    present, following = load_keys(folder).signing, Ed25519PrivateKey.generate()
    before = envelope.raw(present.public_key()).hex()
    court = CourtId("other") if wrong == "court" else COURT
    shown = (present if wrong == "proof" else following).sign(rotation_bytes(court=court, station=CAB, before=before))
    asked = Rotation(court=court, station=CAB, public_key=envelope.raw(following.public_key()).hex(), proof=shown)
    key = following if wrong == "key" else present

    refused = hub.enrolling.rotate(envelope.sign(wire.encode(asked), purpose=Purpose.ROTATION, key=key))

    assert isinstance(refused, Refused)
    rotate(folder)


def test_a_revoked_station_gets_no_next_key(hub: Hub, folder: Path) -> None:
    enrol(invite(hub), folder)
    hub.enrolling.revoke(CAB, by=CLERK, reason="stolen")

    with pytest.raises(EdgeError, match=r"enrol\.revoked"):
        rotate(folder)
