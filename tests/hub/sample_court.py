"""A court with its hub on a real database, and stations that sign real messages: what hub tests begin with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from custody import envelope, wire
from custody.chain import links, origin
from custody.enrolment import Answer, Invitation, proof
from custody.entries import Clock, Entry
from custody.events import EpochOpened, EpochReason, Fact, Part, StationKind
from custody.grants import Role
from custody.identifiers import CourtId, PersonId, StationId, VolumeId
from custody.messages import Ack, Application, Compartment, Head, LastWill, Message, Outcome, Purpose, Result, State
from custody.topics import Channel, station_topic
from hub.bootstrap import Hub, assemble
from hub.core.importing import VolumeKey, VolumeRow
from hub.enrolment import Wanted
from hub.ingest import Disposition
from hub.provisioning import make_keys
from hub.settings import Settings

COURT = CourtId("yk0802")
CAB, STA = StationId("cab-1"), StationId("sta-1")
NOW = 1_790_000_000_000
EVERYBODY = frozenset(Role)
CLERK = PersonId("p-clerk")


def settings_for(folder: Path, *, url: str = "", broker_port: int = 1, listen_port: int = 1) -> Settings:
    draft = Settings(
        folder=folder,
        court=COURT,
        name="站前区人民法院",
        hub_epoch="",
        root_key="",
        broker_port=broker_port,
        listen_port=listen_port,
        secure=False,
        database_url=url,
        debounce_ms=50,
    )
    folder.mkdir(parents=True, exist_ok=True)
    return make_keys(draft, hosts=[])


def founded(folder: Path, *, url: str = "") -> Hub:
    return assemble(settings_for(folder / "hub", url=url))


@dataclass(slots=True)
class Sample:
    """A station: it says facts, and sends what it said in signed batches."""

    id: StationId
    key: Ed25519PrivateKey
    sealing: X25519PrivateKey | None = None
    court: CourtId = COURT
    epoch: str = "e1"
    entries: list[Entry] = field(default_factory=list)
    lines: list[bytes] = field(default_factory=list)
    nonce: str = "n1"
    connection: int = 1
    counter: int = 0
    boot: str = "b1"
    now: int = NOW
    checkpoint: str | None = None  # the newest it has accepted

    def say(self, *facts: Fact, after: int = 1000) -> None:
        """Each ``after`` ms after the one before."""
        for fact in facts:
            self.now += after
            entry = Entry(
                court=self.court,
                station=self.id,
                epoch=self.epoch,
                sequence=len(self.entries) + 1,
                boot=self.boot,
                uptime=self.now - NOW,
                time=self.now,
                clock=Clock.SYNCHRONISED,
                fact=fact,
            )
            self.entries.append(entry)
            self.lines.append(wire.encode_event(entry))

    def open_epoch(self, epoch: str, reason: EpochReason) -> None:
        """Go on in a new epoch that names the old tip."""
        before, tip = self.epoch, len(self.lines)
        self.epoch, self.entries, self.lines = epoch, [], []
        self.say(EpochOpened(reason=reason, before_epoch=before, before_sequence=tip))

    def batch(self, first: int = 1, last: int | None = None) -> bytes:
        last = len(self.lines) if last is None else last
        return self.signed_lines(self.lines[first - 1 : last], first=first, before=self.link(first - 1))

    def signed_lines(self, lines: Sequence[bytes], *, first: int, before: bytes) -> bytes:
        head = Head(
            court=self.court,
            station=self.id,
            epoch=self.epoch,
            first=first,
            last=first + len(lines) - 1,
            before=before.hex(),
            after=links(before, lines)[-1].hex(),
            checkpoint=self.checkpoint,
        )
        return envelope.sign(wire.encode(head), purpose=Purpose.EVENTS, key=self.key, lines=lines)

    def link(self, sequence: int) -> bytes:
        return (origin(self.id, self.epoch), *links(origin(self.id, self.epoch), self.lines))[sequence]

    def state(self, *compartments: Compartment, **changes: object) -> bytes:
        self.counter += 1
        state = State(
            court=self.court,
            station=self.id,
            station_kind=StationKind.CABINET,
            connection=self.connection,
            counter=self.counter,
            online=True,
            boot=self.boot,
            nonce=self.nonce,
            uptime=1,
            clock=Clock.SYNCHRONISED,
            epoch=self.epoch,
            tip=len(self.lines),
            waiting=0,
            oldest_waiting=None,
            room_days=9.5,
            software="yungui 0",
            wiring="",
            grants_version=0,
            compartments=compartments,
            checkpoint=self.checkpoint,
        )
        return self.signed(replace(state, **changes), Purpose.STATE)  # type: ignore[arg-type]

    def will(self, connection: int | None = None) -> bytes:
        return wire.encode(LastWill(station=self.id, connection=connection or self.connection))

    def result(self, command: str, outcome: Outcome) -> bytes:
        said = Result(command=command, court=self.court, station=self.id, outcome=outcome)
        return self.signed(said, Purpose.RESULT)

    def signed(self, message: Message, purpose: Purpose) -> bytes:
        return envelope.sign(wire.encode(message), purpose=purpose, key=self.key)


def enrolled(
    hub: Hub, folder: Path, station: StationId = CAB, *, kind: StationKind = StationKind.CABINET, staffed: bool = True
) -> Sample:
    """A station that the hub knows, with its first entry: invited and enrolled as any other."""
    wanted = Wanted(
        station=station, kind=kind, name=f"名 {station}", court_staffed=staffed, broker_host="localhost", broker_port=1
    )
    invited = hub.enrolling.invite(wanted, host="localhost", port=1, minutes=10)
    assert isinstance(invited, Invitation), invited
    signing, sealing = Ed25519PrivateKey.generate(), X25519PrivateKey.generate()
    answer = hub.enrolling.enrol(applied(invited, signing=signing, sealing=sealing, request=request_for()))
    assert isinstance(answer, Answer), answer
    sample = Sample(id=station, key=signing, sealing=sealing)
    sample.say(EpochOpened(reason=EpochReason.FIRST))
    return sample


def request_for(key: ec.EllipticCurvePrivateKey | None = None, name: str = "whoever") -> bytes:
    """A request for a certificate; the name in it is not listened to."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    draft = x509.CertificateSigningRequestBuilder().subject_name(subject)
    return draft.sign(key or ec.generate_private_key(ec.SECP256R1()), SHA256()).public_bytes(Encoding.DER)


def applied(
    invited: Invitation, *, signing: Ed25519PrivateKey, sealing: X25519PrivateKey, request: bytes, code: bytes = b""
) -> bytes:
    """What a station sends that was invited."""
    public, sealed = envelope.raw(signing.public_key()).hex(), envelope.raw(sealing.public_key()).hex()
    shown = proof(code or invited.code, station=invited.station, public_key=public, sealing_key=sealed, request=request)
    message = Application(station=invited.station, public_key=public, sealing_key=sealed, request=request, proof=shown)
    return envelope.sign(wire.encode(message), purpose=Purpose.ENROLMENT, key=signing)


def send(hub: Hub, sample: Sample, payload: bytes, channel: Channel = Channel.EVENTS) -> Disposition:
    return hub.ingest.receive(station_topic(COURT, sample.id, channel), payload)


def acks(disposition: Disposition) -> list[Ack]:
    found = []
    for answer in disposition.answers:
        signed = envelope.split(answer.payload)
        assert isinstance(signed, envelope.Signed)
        ack = wire.decode(signed.header, Ack)
        assert isinstance(ack, Ack)
        found.append(ack)
    return found


def registered(hub: Hub, *numbers: int, part: Part = Part.MAIN, of: int = 9, pages: int = 100) -> list[VolumeId]:
    """Volumes of one case for the scanning queue."""
    rows = [
        VolumeRow(
            key=VolumeKey("（2026）辽0802民初123号", part, number), of=of, pages=pages, recipient="queue:scanning"
        )
        for number in numbers
    ]
    found = hub.office.register(rows, by=CLERK)
    return [found[row.key] for row in rows]


def changes_of(hub: Hub) -> list[object]:
    """Everything that is published from here on."""
    seen: list[object] = []
    watch: Callable[[object], None] = seen.append
    hub.parts.feed.subscribe(lambda: None)
    hub.acting.changes.watch(watch)
    return seen
