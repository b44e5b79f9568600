"""What was confided at a cabinet reaches the hub sealed, is kept encrypted, and can be erased; no proof notices."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from sqlmodel import select

from audit.verify import Consistent, Result, verify
from custody import envelope, wire
from custody.envelope import fingerprint
from custody.events import PaperKind, ParcelDeposited, PrivateKind
from custody.grants import Role
from custody.identifiers import ActId, PlaceId
from custody.messages import GrantsMessage, PrivateAnswer, PrivateMessage, PrivateVerdict, Purpose
from custody.parcels import PARTY, KnownParcel, fits
from custody.private import Confided, confided, fact_of
from custody.topics import Channel
from hub.bootstrap import Hub
from hub.export import export
from hub.face import Refused
from hub.ingest import Disposition
from hub.private import Kept, read_private
from hub.store.tables import IncidentRow
from tests.hub.sample_court import CAB, CLERK, COURT, NOW, STA, Sample, enrolled, founded, send

PHONE = "13904170417"


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    with founded(tmp_path) as made:
        yield made


@pytest.fixture
def cabinet(hub: Hub, tmp_path: Path) -> Sample:
    return enrolled(hub, tmp_path)


def keyed_in(text: str = PHONE, value: str = "pv-1") -> Confided:
    return confided(value, text, what=PrivateKind.PHONE, about="pc-1", court=COURT, station=CAB, randomness="5a" * 16)


def sealed(hub: Hub, kept: Confided) -> PrivateMessage:
    hub_key = hub.issuing._badges.sealing_key().public_key()
    box = envelope.seal(wire.encode(kept), recipient=hub_key, ephemeral=X25519PrivateKey.generate())
    return PrivateMessage(court=kept.court, station=kept.station, value=kept.value, sealed=box)


def confide(hub: Hub, cabinet: Sample, kept: Confided) -> Disposition:
    return say(hub, cabinet, sealed(hub, kept))


def say(hub: Hub, cabinet: Sample, message: PrivateMessage) -> Disposition:
    return send(hub, cabinet, cabinet.signed(message, Purpose.PRIVATE), Channel.PRIVATE)


def verdicts(said: Disposition) -> list[tuple[str, PrivateVerdict]]:
    found = []
    for one in said.answers:
        assert one.topic.endswith("/cab-1/private-acks")
        signed = envelope.split(one.payload)
        assert isinstance(signed, envelope.Signed)
        answer = wire.decode(signed.header, PrivateAnswer)
        assert isinstance(answer, PrivateAnswer)
        found.append((answer.value, answer.verdict))
    return found


def kept(hub: Hub) -> list[Kept]:
    with hub.database.read() as session:
        return list(read_private(session, COURT, hub.issuing._badges, about="pc-1"))


def incidents(hub: Hub) -> list[tuple[str, bytes]]:
    with hub.database.read() as session:
        return [(row.code, row.message) for row in session.exec(select(IncidentRow))]


def verified(hub: Hub) -> Result:
    lines = export(hub.database.read, COURT, clock=lambda: NOW)
    root = envelope.public_key(hub.settings.root_key)
    assert root is not None
    return verify(io.BytesIO(b"".join(lines)), root=fingerprint(root))


def on_disk(hub: Hub) -> bytes:
    return b"".join(path.read_bytes() for path in hub.settings.folder.glob("*.sqlite*"))


def test_what_was_keyed_in_is_kept_and_answered_by_its_id(hub: Hub, cabinet: Sample) -> None:
    said = confide(hub, cabinet, keyed_in())

    assert (said.code, verdicts(said)) == ("private", [("pv-1", PrivateVerdict.KEPT)])
    assert [(one.value, one.text, one.what) for one in kept(hub)] == [("pv-1", PHONE, PrivateKind.PHONE)]


def test_a_message_that_comes_twice_is_kept_once(hub: Hub, cabinet: Sample) -> None:
    confide(hub, cabinet, keyed_in())
    again = confide(hub, cabinet, keyed_in())

    assert verdicts(again) == [("pv-1", PrivateVerdict.KEPT)]
    assert len(kept(hub)) == 1


def test_neither_the_database_nor_the_chain_shows_it(hub: Hub, cabinet: Sample) -> None:
    cabinet.say(fact_of(keyed_in()))
    send(hub, cabinet, cabinet.batch())
    confide(hub, cabinet, keyed_in())

    assert b"pv-1" in on_disk(hub)
    assert PHONE.encode() not in on_disk(hub)
    assert PHONE not in repr(kept(hub))
    assert kept(hub)[0].commitment == fact_of(keyed_in()).commitment


def test_erasing_leaves_every_proof_whole_and_nothing_to_try_the_commitment_with(hub: Hub, cabinet: Sample) -> None:
    cabinet.say(fact_of(keyed_in()))
    send(hub, cabinet, cabinet.batch())
    confide(hub, cabinet, keyed_in())
    before = verified(hub)

    assert hub.office.erase_private("pv-1", by=CLERK) is None
    after = verified(hub)

    assert isinstance(before, Consistent) and isinstance(after, Consistent)
    assert [(one.value, one.text) for one in kept(hub)] == [("pv-1", None)]


def test_what_was_erased_stays_erased_whatever_arrives_later(hub: Hub, cabinet: Sample) -> None:
    message = sealed(hub, keyed_in())
    say(hub, cabinet, message)
    hub.office.erase_private("pv-1", by=CLERK)

    replayed = say(hub, cabinet, message)

    assert verdicts(replayed) == [("pv-1", PrivateVerdict.ERASED)]
    assert [one.text for one in kept(hub)] == [None]


def test_a_value_can_be_erased_before_it_arrives(hub: Hub, cabinet: Sample) -> None:
    """The station still holds it; its next attempt is answered so that it erases it too."""
    assert hub.office.erase_private("pv-1", by=CLERK) is None

    said = confide(hub, cabinet, keyed_in())

    assert verdicts(said) == [("pv-1", PrivateVerdict.ERASED)]
    assert kept(hub) == []


def test_erasing_twice_or_what_is_no_id_says_so(hub: Hub, cabinet: Sample) -> None:
    confide(hub, cabinet, keyed_in())
    hub.office.erase_private("pv-1", by=CLERK)

    assert hub.office.erase_private("pv-1", by=CLERK) == Refused("private.nothing_to_erase", {"id": "pv-1"})
    assert hub.office.erase_private("no id", by=CLERK) == Refused("private.id_malformed", {"id": "no id"})


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (lambda message: replace(message, sealed=b"x" * 5000), "private_oversize"),
        (
            lambda message: replace(message, sealed=message.sealed[:-1] + bytes([message.sealed[-1] ^ 1])),
            "private_unreadable",
        ),
        (lambda message: replace(message, sealed=b""), "private_unreadable"),
        (lambda message: replace(message, value="pv-2"), "private_malformed"),
    ],
)
def test_what_cannot_be_read_is_refused_by_its_id_and_no_seal_is_kept(
    spoil: Callable[[PrivateMessage], PrivateMessage], code: str, hub: Hub, cabinet: Sample
) -> None:
    message = spoil(sealed(hub, keyed_in()))
    said = say(hub, cabinet, message)

    assert (said.code, verdicts(said)) == (code, [(message.value, PrivateVerdict.REFUSED)])
    assert incidents(hub) == [(code, b"")]
    assert kept(hub) == []


def test_what_is_for_another_station_or_nobodys_is_not_answered(hub: Hub, cabinet: Sample, tmp_path: Path) -> None:
    other = enrolled(hub, tmp_path, STA)

    assert say(hub, other, sealed(hub, keyed_in())).code == "wrong_station"
    assert send(hub, cabinet, b"rubbish", Channel.PRIVATE).code == "message_shape"
    assert send(hub, cabinet, cabinet.state(), Channel.PRIVATE).code == "message_signature"
    odd = envelope.sign(b'{"value":7}', purpose=Purpose.PRIVATE, key=cabinet.key)
    assert send(hub, cabinet, odd, Channel.PRIVATE) == Disposition("private_malformed")
    assert kept(hub) == []


def test_another_value_under_the_same_id_does_not_replace_the_first(hub: Hub, cabinet: Sample) -> None:
    confide(hub, cabinet, keyed_in())
    said = confide(hub, cabinet, keyed_in("13800000000"))

    assert (said.code, verdicts(said)) == ("private_contradicts", [("pv-1", PrivateVerdict.REFUSED)])
    assert [one.text for one in kept(hub)] == [PHONE]


def test_a_station_learns_the_key_with_its_grants(hub: Hub, cabinet: Sample) -> None:
    issued = {one.topic: one for one in hub.issuing.issue()}
    signed = envelope.split(issued["yungui/v1/yk0802/cab-1/grants"].payload)
    assert isinstance(signed, envelope.Signed) and cabinet.sealing is not None
    message = wire.decode(signed.header, GrantsMessage)
    assert isinstance(message, GrantsMessage)
    packed = envelope.unseal(message.sealed, key=cabinet.sealing)
    assert isinstance(packed, bytes)
    grants = wire.unpack_grants(packed)

    assert not isinstance(grants, wire.Malformed)
    assert grants.sealing_key == envelope.raw(hub.issuing._badges.sealing_key().public_key()).hex()


def test_the_office_reads_whom_to_tell_which_code_until_the_number_is_erased(hub: Hub, cabinet: Sample) -> None:
    left = ParcelDeposited(
        parcel="pc-1",
        place=PlaceId("cab-1.03"),
        person=CLERK,
        recipient=PARTY,
        papers=(PaperKind.OTHER,),
        act=ActId("a"),
    )
    cabinet.say(left)
    send(hub, cabinet, cabinet.batch())
    (before,) = hub.queries.papers()
    confide(hub, cabinet, keyed_in())
    (told,) = hub.queries.papers()
    hub.office.erase_private("pv-1", by=CLERK)
    (erased,) = hub.queries.papers()
    assert told.code is not None
    number = int(told.code.replace(" ", "") + PHONE[-4:])
    parcel = KnownParcel(id="pc-1", place=left.place, recipient=PARTY, papers=left.papers)

    assert fits(parcel, number, key=hub.issuing._badges.station_key(CAB))
    assert (told.phone, told.value, told.for_a_party) == (PHONE, "pv-1", True)
    assert (before.phone, before.code) == (erased.phone, erased.code) == (None, None)
    assert PHONE not in repr(told)


def test_nobody_is_registered_under_the_id_that_names_nobody(hub: Hub) -> None:
    refused = hub.office.add_person(name="王敏", roles=[Role.STAFF], badge=None, by=CLERK, person=PARTY)

    assert refused == Refused("people.id_malformed", {"id": PARTY})
