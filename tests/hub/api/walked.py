"""A court with something of everything, and a walk through its interface that does once what each route is for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from fastapi.testclient import TestClient

from custody import envelope, wire
from custody.enrolment import Invitation, read_invitation, rotation_bytes
from custody.events import (
    DelegationGiven,
    PrivateKind,
    StationKind,
    Step,
    StepFinished,
    VolumeDeposited,
    VolumeReceived,
)
from custody.grants import Role
from custody.identifiers import ActId, PersonId, PlaceId, VolumeId
from custody.messages import Compartment, DoorState, PrivateMessage, Purpose, Renewal, Rotation
from custody.private import confided
from custody.topics import Channel
from hub.bootstrap import Hub
from hub.certificates import believed_fingerprints
from hub.core.access import API
from hub.core.apart import SHELL
from hub.outgoing import Outgoing
from tests.hub.pretend_office import PASSWORD
from tests.hub.sample_court import CAB, COURT, NOW, STA, Sample, applied, enrolled, registered, request_for, send

__all__ = ["Walk", "furnished", "walk"]

SHELF, DOOR = PlaceId("shelf-a1"), PlaceId("cab-1.07")
HOUR = 3_600_000


@dataclass(slots=True)
class Walk:
    """``ids``: what now stands for each parameter of a path; ``seen``: what each operation answered."""

    sign_in: Callable[[str], TestClient]
    ids: dict[str, str] = field(default_factory=dict)
    seen: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    clients: dict[str, TestClient] = field(default_factory=dict)

    def ask(self, what: str, *, by: str = Role.ADMINISTRATOR, **sent: Any) -> httpx.Response:
        method, path = what.split(" ")
        if by not in self.clients:
            self.clients[by] = self.sign_in(by)
        answer: httpx.Response = self.clients[by].request(method, API + path.format(**self.ids), **sent)
        self.seen[f"{method} {API}{path}"].append(answer.status_code)
        return answer


def furnished(hub: Hub, folder: Path) -> tuple[Sample, Sample]:
    """A cabinet that is online, a station, volumes in both, a difference to release, a private value, a discrepancy."""
    cabinet, station = enrolled(hub, folder), enrolled(hub, folder, STA, kind=StationKind.STATION)
    one, two, three = registered(hub, 1, 2, 3, pages=99)
    hub.office.add_place(SHELF, name="甲一架", label=None, by=PersonId("p-clerk"))
    for role in Role:
        person = PersonId(f"p-{role}")
        hub.office.add_person(name=role, roles=[role], badge=None, by=person, person=person)
        refused = hub.accounts.create(user=role, password=PASSWORD, person=person, name=role, roles=[role], by=SHELL)
        assert refused is None
    clerk = PersonId("p-staff")
    cabinet.say(
        _deposited(one, DOOR, clerk),
        _deposited(two, DOOR, clerk),
        _deposited(two, PlaceId("cab-1.08"), clerk),  # and nobody had taken it out
        DelegationGiven(person=PersonId("p-manager"), delegate=clerk, until_ms=2**42, act=ActId("a9")),
    )
    station.say(
        VolumeReceived(volume=three, label="V3", place=PlaceId(STA), person=clerk),
        StepFinished(volume=three, label="V3", step=Step.PREPARED, place=PlaceId(STA), person=clerk, pages=90),
    )
    for sample in (cabinet, station):
        send(hub, sample, sample.batch())
    door = Compartment(place=DOOR, number="07", size="M", row=0, column=6, door=DoorState.CLOSED)
    send(hub, cabinet, cabinet.state(door), Channel.STATE)
    _confide(hub, cabinet)
    hub.checkpointing.sign()
    sent: list[Outgoing] = []
    hub.commanding.publish = sent.append  # what goes to a broker is not this test's business
    return cabinet, station


def walk(hub: Hub, cabinet: Sample, sign_in: Callable[[str], TestClient]) -> Walk:
    """Each operation, in an order in which each has something to work on."""
    done = Walk(sign_in)
    _sessions_and_people(done)
    _looking(hub, done)
    _arrangements(done)
    _proof(hub, done)
    _stations(hub, cabinet, done)
    return done


def _sessions_and_people(done: Walk) -> None:
    ask, ids = done.ask, done.ids
    ask("GET /health")
    ask("GET /session")
    done.sign_in(Role.ADMINISTRATOR)
    ids["session"] = next(one["id"] for one in ask("GET /sessions").json() if not one["here"])
    ask("DELETE /sessions/{session}")
    ids["person"] = ask("POST /people", json={"name": "周岚", "roles": ["staff"], "badge": "04A1"}).json()["person"]
    ids["user"] = "guest"
    ask("POST /accounts", json={"user": "guest", "person": ids["person"], "roles": ["staff"]})
    code = ask("POST /accounts/{user}/invitation").json()["code"]
    ask("PUT /accounts/{user}/roles", json={"roles": ["staff", "auditor"]})
    ask("PUT /accounts/{user}/subject", json={"subject": "https://sso.court 4711"})
    ask("POST /session", json={"user": Role.AUDITOR, "password": PASSWORD}, by=Role.AUDITOR)
    ask("DELETE /session", by=Role.AUDITOR)
    ask("POST /welcome", by=Role.AUDITOR, json={"user": "guest", "code": code, "password": PASSWORD})
    del done.clients[Role.AUDITOR]  # it was the guest's from then on
    ask("PUT /password", by="guest", json={"before": PASSWORD, "after": "another-good-7"})
    ask("DELETE /accounts/{user}")
    ask("GET /accounts/history")
    ask("GET /people")


def _looking(hub: Hub, done: Walk) -> None:
    ask, ids = done.ask, done.ids
    with_difference, ids["volume"] = _volume(hub, 3), _volume(hub, 1)
    ids["entry"], ids["station"], ids["place"] = f"{CAB}.e1.2", CAB, DOOR
    ask("GET /volumes", params={"search": "民初"})
    for path in ("/volumes/{volume}", "/stations", "/stations/{station}", "/stations/{station}/compartments"):
        ask(f"GET {path}")
    for path in ("/queue", "/queue.csv", "/incidents", "/entries/{entry}", "/export", "/checkpoint.pdf", "/labels.pdf"):
        ask(f"GET {path}")
    ids["volume"] = with_difference
    ask("POST /volumes/{volume}/release", json={"reason": "counted_again"})
    ids["volume"] = _volume(hub, 1)
    ids["discrepancy"] = ask("GET /discrepancies").json()[0]["id"]
    ask("POST /discrepancies/{discrepancy}/resolve", json={"decision": "found_there"})
    table = "案号,正副卷,册号,总册数\n（2026）辽0802民初77号,正卷,1,1\n".encode()
    ask("POST /import", files={"file": ("list.csv", table)})
    ids["command"] = ask("POST /stations/{station}/compartments/{place}/open", json={"reason": "repair"}).json()[
        "command"
    ]
    ask("GET /commands/{command}")


def _arrangements(done: Walk) -> None:
    ask, ids = done.ask, done.ids
    ids["team"] = ask("POST /teams", json={"name": "民一庭"}).json()["team"]
    ask("PUT /teams/{team}/members/{person}")
    ask("DELETE /teams/{team}/members/{person}")
    ask("PUT /compartments/{place}/kept", json={"recipient": ids["person"]})
    ask("DELETE /compartments/{place}/kept")
    ask("POST /volumes/{volume}/guard", json={"reason": "state_secret"})
    for ended in ("DELETE /volumes/{volume}/unguard", "POST /volumes/{volume}/unguard/confirm"):
        ask("POST /volumes/{volume}/unguard", by=Role.STAFF, json={"reason": "lifted"})
        ask("GET /unguardings")
        ask(ended)
    code = {"person": ids["person"], "volumes": [ids["volume"]]}
    ids["code"] = ask("POST /codes", json=code).json()["code"]
    ask("DELETE /codes/{code}")
    ask("POST /people/{person}/pin")
    ask("DELETE /people/{person}/pin")
    ids["person"], new = "p-manager", ids["person"]
    ask("DELETE /people/{person}/delegations")
    ids["person"] = new
    ask("GET /arrangements")
    ids["rule"] = "grants_days"
    ask("PUT /policy/{rule}", json={"value": 10})
    ids["first"], ids["last"] = "2027-02-05", "2027-02-12"
    ask("POST /closures", json={"first": ids["first"], "last": ids["last"]})
    ask("DELETE /closures/{first}/{last}")
    ask("GET /policy")


def _proof(hub: Hub, done: Walk) -> None:
    ask, ids = done.ask, done.ids
    wrong = {"entry": ids["entry"], "reason": "wrong_place", "place": SHELF}
    ask("POST /period", json={"until_ms": NOW + HOUR})
    ids["correction"] = ask("POST /volumes/{volume}/corrections", json=wrong).json()["waiting"]
    ask("GET /corrections")
    ask("DELETE /corrections/{correction}")
    ids["correction"] = ask("POST /volumes/{volume}/corrections", json=wrong).json()["waiting"]
    ask("POST /corrections/{correction}/confirm", by=Role.STAFF)
    ids["value"] = "pv-1"
    ask("DELETE /private/{value}")
    ask("POST /people/{person}/erase")


def _stations(hub: Hub, cabinet: Sample, done: Walk) -> None:
    ask, ids = done.ask, done.ids
    ask("GET /authority")
    wanted = {"station": "cab-2", "kind": "cabinet", "name": "二号柜", "court_staffed": True}
    invited = read_invitation(ask("POST /invitations", json=wanted).json()["text"])
    assert isinstance(invited, Invitation)
    signing, sealing = Ed25519PrivateKey.generate(), X25519PrivateKey.generate()
    ask("POST /enrolment", content=applied(invited, signing=signing, sealing=sealing, request=request_for()))
    believes = tuple(believed_fingerprints(hub.settings.folder))
    renewal = Renewal(court=COURT, station=CAB, request=request_for(), believes=believes)
    ask("POST /renewal", content=envelope.sign(wire.encode(renewal), purpose=Purpose.RENEWAL, key=cabinet.key))
    ask("POST /rotation", content=_rotation(cabinet))
    ids["station"] = STA
    ask("POST /stations/{station}/revoke", json={"reason": "stolen"})
    ids["station"] = CAB


def _rotation(cabinet: Sample) -> bytes:
    following, before = Ed25519PrivateKey.generate(), envelope.raw(cabinet.key.public_key()).hex()
    shown = following.sign(rotation_bytes(court=COURT, station=CAB, before=before))
    asked = Rotation(court=COURT, station=CAB, public_key=envelope.raw(following.public_key()).hex(), proof=shown)
    return envelope.sign(wire.encode(asked), purpose=Purpose.ROTATION, key=cabinet.key)


def _volume(hub: Hub, number: int) -> VolumeId:
    """Registered is what is registered already."""
    return registered(hub, number)[0]


def _deposited(volume: VolumeId, place: PlaceId, person: PersonId) -> VolumeDeposited:
    return VolumeDeposited(
        volume=volume, label="V1", place=place, person=person, recipient="queue:scanning", act=ActId("a1")
    )


def _confide(hub: Hub, cabinet: Sample) -> None:
    """A party has keyed a phone number in."""
    text = "13904170417"
    kept = confided("pv-1", text, what=PrivateKind.PHONE, about="pc-1", court=COURT, station=CAB, randomness="5a" * 16)
    hub_key = hub.issuing._badges.sealing_key().public_key()
    box = envelope.seal(wire.encode(kept), recipient=hub_key, ephemeral=X25519PrivateKey.generate())
    message = PrivateMessage(court=kept.court, station=kept.station, value=kept.value, sealed=box)
    send(hub, cabinet, cabinet.signed(message, Purpose.PRIVATE), Channel.PRIVATE)
