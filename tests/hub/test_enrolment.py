"""Stations come in by an invitation, once; they renew for as long as they like, until they are revoked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from custody import envelope, wire
from custody.enrolment import Answer, Invitation, Reply
from custody.events import StationKind
from custody.identifiers import CourtId, StationId
from custody.messages import Purpose, Renewal
from custody.topics import Channel
from hub.bootstrap import Hub
from hub.certificates import believed_fingerprints
from hub.enrolment import Enrolling, Wanted
from hub.face import Refused
from hub.texts import CHINESE, ENGLISH, texts
from tests.hub.sample_court import CAB, CLERK, COURT, STA, applied, enrolled, founded, request_for, send

MINUTE = 60_000
SIGNING, SEALING, TLS = (
    Ed25519PrivateKey.generate(),
    X25519PrivateKey.generate(),
    ec.generate_private_key(ec.SECP256R1()),
)
REQUEST = request_for(TLS)
WANTED = Wanted(
    station=CAB, kind=StationKind.CABINET, name="立案大厅云柜", court_staffed=True, broker_host="b", broker_port=8883
)


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    with founded(tmp_path) as made:
        yield made


@pytest.fixture
def invited(hub: Hub) -> Invitation:
    return invite(hub)


def invite(hub: Hub, wanted: Wanted = WANTED) -> Invitation:
    made = hub.enrolling.invite(wanted, host="hub", port=8443, minutes=10)
    assert isinstance(made, Invitation)
    return made


def apply(hub: Hub, invited: Invitation, **changes: object) -> Answer | Refused:
    fields = {"signing": SIGNING, "sealing": SEALING, "request": REQUEST, **changes}
    return hub.enrolling.enrol(applied(invited, **fields))  # type: ignore[arg-type]


def later(hub: Hub, minutes: int) -> Enrolling:
    return replace(hub.enrolling, clock=lambda: hub.enrolling.clock() + minutes * MINUTE)


def renewal(
    key: Ed25519PrivateKey = SIGNING,
    *,
    court: str = COURT,
    station: str = CAB,
    request: bytes = b"",
    believes: Iterable[str] = (),
) -> bytes:
    asked = Renewal(
        court=CourtId(court),
        station=StationId(station),
        request=request or request_for(),
        believes=tuple(believes),
    )
    return envelope.sign(wire.encode(asked), purpose=Purpose.RENEWAL, key=key)


def believing(hub: Hub, **fields: bytes) -> bytes:
    """A renewal of a station that believes whom the hub believes."""
    return renewal(believes=believed_fingerprints(hub.settings.folder), **fields)  # type: ignore[arg-type]


def key_of(refused: object) -> str:
    assert isinstance(refused, Refused), refused
    return refused.key


def test_who_read_the_code_is_enrolled_with_its_own_keys(hub: Hub, invited: Invitation) -> None:
    answer = apply(hub, invited)

    assert isinstance(answer, Answer)
    assert answer.settings["station"] == CAB
    certificate = x509.load_pem_x509_certificate(answer.certificate)
    authority = x509.load_pem_x509_certificate(answer.authority)
    assert certificate.subject.rfc4514_string() == "CN=cab-1"
    assert certificate.public_key() == TLS.public_key()
    certificate.verify_directly_issued_by(authority)
    assert [one.id for one in hub.queries.stations()] == [CAB]


def test_the_code_is_on_no_disk_as_it_is(hub: Hub, invited: Invitation) -> None:
    files = [path for path in hub.settings.folder.rglob("*") if path.is_file()]

    kept = b"".join(path.read_bytes() for path in files)
    assert invited.code not in kept
    assert invited.code.hex().encode() not in kept


def test_a_lost_answer_is_given_again_to_the_same_keys(hub: Hub, invited: Invitation) -> None:
    assert apply(hub, invited) == apply(hub, invited)


def test_the_code_lets_nobody_else_in_afterwards(hub: Hub, invited: Invitation) -> None:
    apply(hub, invited)

    thief = apply(hub, invited, signing=Ed25519PrivateKey.generate(), request=request_for())

    assert key_of(thief) == "enrol.used"


def test_a_wrong_code_enrols_nobody_and_ends_nothing(hub: Hub, invited: Invitation) -> None:
    for _ in range(30):
        assert key_of(apply(hub, invited, code=bytes(20))) == "enrol.code_wrong"

    assert isinstance(apply(hub, invited), Answer)


def test_who_was_never_invited_hears_the_same(hub: Hub, invited: Invitation) -> None:
    assert key_of(apply(hub, replace(invited, station=STA))) == "enrol.code_wrong"


def test_the_code_runs_out(hub: Hub, invited: Invitation) -> None:
    message = applied(invited, signing=SIGNING, sealing=SEALING, request=REQUEST)

    assert key_of(later(hub, 10).enrol(message)) == "enrol.expired"
    assert isinstance(later(hub, 9).enrol(message), Answer)


def test_a_new_code_makes_the_one_before_worthless(hub: Hub, invited: Invitation) -> None:
    again = invite(hub)

    assert key_of(apply(hub, invited)) == "enrol.code_wrong"
    assert isinstance(apply(hub, again), Answer)


def test_keys_of_another_station_are_not_taken(hub: Hub, invited: Invitation) -> None:
    apply(hub, invited)
    other = invite(hub, replace(WANTED, station=STA))

    assert key_of(apply(hub, other, request=request_for())) == "enrol.key_in_use"
    assert key_of(apply(hub, other, signing=Ed25519PrivateKey.generate())) == "enrol.key_in_use"


@pytest.mark.parametrize(
    "message",
    [
        b"",
        b"rubbish",
        envelope.sign(b"{}", purpose=Purpose.ENROLMENT, key=SIGNING),
        renewal(),
    ],
)
def test_what_is_no_application_is_refused(hub: Hub, invited: Invitation, message: bytes) -> None:
    assert key_of(hub.enrolling.enrol(message)) == "enrol.request_malformed"


def test_an_application_signed_by_another_key_than_it_names_is_refused(hub: Hub, invited: Invitation) -> None:
    message = applied(invited, signing=SIGNING, sealing=SEALING, request=REQUEST)
    header = message.split(b"\n", 1)[1]

    swapped = envelope.sign(header, purpose=Purpose.ENROLMENT, key=Ed25519PrivateKey.generate())

    assert key_of(hub.enrolling.enrol(swapped)) == "enrol.request_malformed"


@pytest.mark.parametrize(
    "request_", [b"", b"rubbish", request_for(ec.generate_private_key(ec.SECP384R1())), REQUEST[:-1] + b"\x00"]
)
def test_a_request_that_its_p256_key_did_not_sign_is_refused(hub: Hub, invited: Invitation, request_: bytes) -> None:
    assert key_of(apply(hub, invited, request=request_)) == "enrol.request_malformed"


def test_an_enrolled_id_is_not_invited_again(hub: Hub, tmp_path: Path) -> None:
    enrolled(hub, tmp_path)

    for station, key in ((CAB, "enrol.taken"), ("hub-1", "enrol.id_malformed"), ("cab.1", "enrol.id_malformed")):
        wanted = replace(WANTED, station=StationId(station))
        assert key_of(hub.enrolling.invite(wanted, host="h", port=1, minutes=1)) == key


# --- renewing -------------------------------------------------------------------------------------------------------


def test_a_station_gets_its_next_certificate_however_late(hub: Hub, invited: Invitation) -> None:
    apply(hub, invited)
    a_year = 365 * 24 * 60

    reply = later(hub, a_year).renew(believing(hub))

    assert isinstance(reply, Reply)
    certificate = x509.load_pem_x509_certificate(reply.certificate)
    assert certificate.subject.rfc4514_string() == "CN=cab-1"
    assert (certificate.not_valid_after_utc - datetime.now(UTC)).days in range(393, 397)


def test_a_renewal_that_is_said_again_gives_nothing_new(hub: Hub, invited: Invitation) -> None:
    apply(hub, invited)
    message = believing(hub)

    assert hub.enrolling.renew(message) == later(hub, 30 * 24 * 60).renew(message)


@pytest.mark.parametrize(
    ("message", "key"),
    [
        (b"rubbish", "enrol.request_malformed"),
        (renewal(court="other"), "enrol.request_malformed"),
        (renewal(station="cab-9"), "enrol.not_enrolled"),
        (renewal(Ed25519PrivateKey.generate()), "enrol.not_enrolled"),
        (
            envelope.sign(
                wire.encode(Renewal(court=COURT, station=CAB, request=REQUEST)), purpose=Purpose.STATE, key=SIGNING
            ),
            "enrol.not_enrolled",
        ),
    ],
)
def test_nobody_else_gets_it(hub: Hub, invited: Invitation, message: bytes, key: str) -> None:
    apply(hub, invited)

    assert key_of(hub.enrolling.renew(message)) == key


def test_a_renewal_with_a_rubbish_request_is_refused(hub: Hub, invited: Invitation) -> None:
    apply(hub, invited)

    assert key_of(hub.enrolling.renew(believing(hub, request=b"rubbish"))) == "enrol.request_malformed"


def test_a_certificate_is_only_for_a_station_that_believes_every_authority_the_hub_does(
    hub: Hub, invited: Invitation
) -> None:
    apply(hub, invited)
    (signing,) = believed_fingerprints(hub.settings.folder)
    following = hub.succession.begin()
    assert isinstance(following, str)

    for told in ((), (signing,), (following,), (signing, "rubbish")):
        assert key_of(hub.enrolling.renew(renewal(believes=told))) == "renewal.believe_first"

    assert isinstance(hub.enrolling.renew(renewal(believes=(signing, following))), Reply)
    assert isinstance(hub.enrolling.renew(renewal(believes=("ab" * 32, following, signing))), Reply)


@pytest.mark.parametrize("language", [CHINESE, ENGLISH])
def test_the_refusal_names_the_station_and_what_to_do(language: str) -> None:
    said = texts(language)("renewal.believe_first", station=CAB)

    assert CAB in said
    assert ("重新登记" if language == CHINESE else "enrol it again") in said


# --- revoking -------------------------------------------------------------------------------------------------------


def test_of_a_revoked_station_nothing_is_accepted_whatever_the_broker_does(hub: Hub, tmp_path: Path) -> None:
    cabinet = enrolled(hub, tmp_path)
    assert send(hub, cabinet, cabinet.batch()).code == "committed"

    assert hub.enrolling.revoke(CAB, by=CLERK, reason="stolen") is None

    for channel in (Channel.EVENTS, Channel.STATE, Channel.RESULTS):
        assert send(hub, cabinet, cabinet.batch(), channel).code == "revoked"
    assert key_of(hub.enrolling.renew(renewal(cabinet.key))) == "enrol.revoked"
    assert {(one.station, one.code) for one in hub.queries.incidents()} == {("cab-1", "revoked")}


def test_its_certificates_are_on_the_list_that_the_broker_reads(hub: Hub, invited: Invitation) -> None:
    answer, renewed = apply(hub, invited), hub.enrolling.renew(believing(hub))
    assert isinstance(answer, Answer)
    assert isinstance(renewed, Reply)
    before = listed(hub)

    hub.enrolling.revoke(CAB, by=CLERK, reason="stolen")

    serials = {x509.load_pem_x509_certificate(one.certificate).serial_number for one in (answer, renewed)}
    assert (before, listed(hub)) == (set(), serials)


def listed(hub: Hub) -> set[int]:
    found = x509.load_pem_x509_crl((hub.settings.folder / "tls" / "crl.pem").read_bytes())
    authority = x509.load_pem_x509_certificate((hub.settings.folder / "tls" / "ca.crt").read_bytes())
    assert found.is_signature_valid(authority.public_key())  # type: ignore[arg-type]
    return {one.serial_number for one in found}


def test_a_station_is_revoked_once_and_the_hub_never(hub: Hub, tmp_path: Path) -> None:
    enrolled(hub, tmp_path)
    hub.enrolling.revoke(CAB, by=CLERK, reason="stolen")

    assert key_of(hub.enrolling.revoke(CAB, by=CLERK, reason="stolen")) == "enrol.revoked"
    assert key_of(hub.enrolling.revoke(hub.settings.hub, by=CLERK, reason="stolen")) == "enrol.not_enrolled"
    assert key_of(hub.enrolling.revoke(StationId("cab-9"), by=CLERK, reason="stolen")) == "enrol.not_enrolled"


def test_the_id_of_a_revoked_station_is_not_invited_again_and_a_new_one_is(hub: Hub, tmp_path: Path) -> None:
    enrolled(hub, tmp_path)
    hub.enrolling.revoke(CAB, by=CLERK, reason="stolen")

    again = hub.enrolling.invite(WANTED, host="h", port=1, minutes=1)
    assert again == Refused("enrol.revoked", {"station": CAB})
    replaced = replace(WANTED, station=StationId("cab-1b"))
    assert isinstance(hub.enrolling.invite(replaced, host="h", port=1, minutes=1), Invitation)


def test_no_grants_are_issued_to_a_revoked_station(hub: Hub, tmp_path: Path) -> None:
    enrolled(hub, tmp_path)
    assert hub.issuing.issue() != ()

    hub.enrolling.revoke(CAB, by=CLERK, reason="stolen")
    hub.office.add_place(type(CAB)("shelf-a1"), name="A", label=None, by=CLERK)  # type: ignore[arg-type]

    assert hub.issuing.issue() == ()
