"""The hub's next key, from the hub's chain to the stations and the verifier: followed from key to key, never back."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from audit.__main__ import main as audit
from custody import envelope, wire
from custody.events import DoorForced
from custody.identifiers import PlaceId
from custody.messages import Ack, NextKey, Purpose
from edge.believing import Belief
from edge.granting import Unopened, open_grants
from hub.__main__ import main
from hub.bootstrap import Hub, assemble
from hub.hub_key import rotate_hub_key
from hub.outgoing import Outgoing
from hub.settings import Settings, load_settings
from tests.hub.sample_court import CAB, COURT, Sample, acks, enrolled, founded, send


def rotated(settings: Settings) -> Settings:
    with assemble(settings) as hub:
        rotate_hub_key(hub.acting, settings)
    return settings


def announced(settings: Settings) -> bytes:
    """What stations hear of it."""
    told: list[Outgoing] = []
    with assemble(settings) as hub:
        hub.announcing.publish = told.append
        hub.announcing.publish_all()
    (one,) = told
    assert (one.topic, one.retain) == (f"yungui/v1/{COURT}/-/keys", True)
    return one.payload


def grants_of(hub: Hub) -> bytes:
    (outgoing,) = hub.issuing.issue()
    return outgoing.payload


@pytest.fixture
def court(tmp_path: Path) -> tuple[Settings, Sample, Belief, bytes]:
    """A court with a cabinet, what the cabinet believes, and the grants it holds."""
    with founded(tmp_path) as hub:
        cabinet = enrolled(hub, tmp_path)
        send(hub, cabinet, cabinet.batch())
        return hub.settings, cabinet, Belief(hub.acting.own.key.public_key(), court=COURT, station=CAB), grants_of(hub)


def test_a_station_follows_the_hub_to_its_next_key_and_not_back(court: tuple[Settings, Sample, Belief, bytes]) -> None:
    settings, cabinet, belief, held = court
    rotated(settings)
    assert cabinet.sealing is not None

    with assemble(settings) as hub:
        fresh = grants_of(hub)  # every station's are issued anew, under the next key
    assert isinstance(open_grants(fresh, belief=belief, sealing=cabinet.sealing), Unopened)
    assert belief.follow(announced(settings))

    now, before = (open_grants(one, belief=belief, sealing=cabinet.sealing, kept=True) for one in (fresh, held))
    assert not isinstance(now, Unopened)
    assert not isinstance(before, Unopened)
    assert (now.version, before.version) == (2, 1)
    assert isinstance(open_grants(held, belief=belief, sealing=cabinet.sealing), Unopened)
    assert not belief.follow(announced(settings))


def test_a_station_that_was_off_follows_from_key_to_key(court: tuple[Settings, Sample, Belief, bytes]) -> None:
    settings, cabinet, belief, _ = court
    rotated(rotated(rotated(settings)))

    assert belief.follow(announced(settings))

    with assemble(settings) as hub:
        (ack,) = (one.payload for one in send(hub, cabinet, cabinet.batch()).answers)
        newcomer = Belief(hub.acting.own.key.public_key(), court=COURT, station=CAB)
    assert belief.read(ack, purpose=Purpose.ACK, kind=Ack) is not None
    assert not newcomer.follow(announced(settings))  # enrolled under the newest: nothing older leads anywhere


def test_nobody_but_the_hub_names_its_next_key(court: tuple[Settings, Sample, Belief, bytes]) -> None:
    settings, _, belief, _ = court
    stranger = Ed25519PrivateKey.generate()
    said = NextKey(court=COURT, hub=settings.hub, public_key=envelope.raw(stranger.public_key()).hex())

    for header, purpose in ((said, Purpose.NEXT_KEY), (said, Purpose.HUB)):
        assert not belief.follow(envelope.sign(wire.encode(header), purpose=purpose, key=stranger))
    with assemble(settings) as hub:
        elsewhere = wire.encode(replace(said, court=type(COURT)("other")))
        for header_, purpose in ((elsewhere, Purpose.NEXT_KEY), (wire.encode(said), Purpose.HUB)):
            assert not belief.follow(envelope.sign(header_, purpose=purpose, key=hub.acting.own.key))
    assert not belief.follow(b"")


def test_an_export_over_a_rotation_is_consistent(
    court: tuple[Settings, Sample, Belief, bytes], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings, cabinet, _, _ = court
    root = envelope.public_key(settings.root_key)
    assert root is not None
    assert main(["rotate", "hub-key", "--data", str(settings.folder)]) == 0
    with assemble(settings) as hub:
        cabinet.say(DoorForced(place=PlaceId("cab-1.01")))
        assert [one.upto for one in acks(send(hub, cabinet, cabinet.batch(2)))] == [2]
        hub.office.add_person(name="王敏", roles=[], badge=None, by=type(CAB)("x"))  # type: ignore[arg-type]
        hub.issuing.issue()

    assert main(["export", str(tmp_path / "export"), "--data", str(settings.folder)]) == 0
    assert audit([str(tmp_path / "export"), "--root", envelope.fingerprint(root)]) == 0, capsys.readouterr().out


def test_an_interrupted_rotation_goes_on_with_the_key_it_made(court: tuple[Settings, Sample, Belief, bytes]) -> None:
    settings, _, belief, _ = court
    keys = settings.folder / "keys"
    old = (keys / "hub.pem").read_bytes()
    rotated(settings)
    new = (keys / "hub.pem").read_bytes()
    (keys / "hub.next.pem").write_bytes(new)
    (keys / "hub.pem").write_bytes(old)  # as if the power had gone before the last step

    rotated(load_settings(settings.folder))

    assert (keys / "hub.pem").read_bytes() == new
    assert belief.follow(announced(settings))
