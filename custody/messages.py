"""What goes over the wire besides events: heads, acknowledgements, state, commands, results, grants. Frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from custody.entries import Clock
from custody.events import StationKind
from custody.identifiers import CourtId, PersonId, PlaceId, StationId

__all__ = [
    "Ack",
    "Application",
    "CheckpointOffer",
    "Command",
    "Compartment",
    "DoorState",
    "GrantsMessage",
    "Head",
    "HubPresence",
    "Keys",
    "LastWill",
    "Message",
    "NextKey",
    "NextRoot",
    "Outcome",
    "PrivateAnswer",
    "PrivateMessage",
    "PrivateVerdict",
    "Proof",
    "Purpose",
    "Recovery",
    "Renewal",
    "Result",
    "Rotation",
    "State",
    "Verdict",
]


class Purpose(StrEnum):
    """What a signature is for; a signature for one purpose is worth nothing for another."""

    EVENTS = "events"
    ACK = "ack"
    STATE = "state"
    COMMAND = "command"
    RESULT = "result"
    GRANTS = "grants"
    HUB = "hub"
    KEYS = "keys"
    ENROLMENT = "enrolment"
    RENEWAL = "renewal"
    ROTATION = "rotation"
    NEXT_KEY = "next_key"
    CHECKPOINT = "checkpoint"
    RECOVERY = "recovery"
    NEXT_ROOT = "next_root"
    PRIVATE = "private"
    PRIVATE_ANSWER = "private_answer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """Signed by the offline root: in this hub epoch the hub signs with this Ed25519 key (hex of the 32 raw bytes)."""

    court: CourtId
    hub: StationId
    hub_epoch: str
    public_key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovery:
    """Signed by the offline root: the hub was restored from a backup and goes on in a new epoch and a new log.

    It names the last checkpoint of ``before_epoch`` that anybody has seen, and the hub's key. Keys and root are hex.
    ``kept``: up to this size the backup is known to have what was seen; beyond, it may have something else.
    """

    court: CourtId
    hub: StationId
    hub_epoch: str
    public_key: str
    root_key: str
    before_epoch: str
    size: int
    root: str
    kept: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class NextRoot:
    """Signed by the root before and the one after (hex). ``said``: SHA-256, hex, of all that roots had signed."""

    court: CourtId
    before: str
    after: str
    said: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """That the log begins with its first ``size`` leaves."""

    size: int
    hashes: tuple[bytes, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckpointOffer:
    """Retained: the newest checkpoint, and proofs that it extends others.

    ``recoveries``: the root's signed statements, newest first, that lead from older logs to this one. ``heard``: the
    checkpoint that the receiver named, where this answers it. ``roots``: how the root was handed down, see
    ``custody.roots``.
    """

    court: CourtId
    note: bytes
    proofs: tuple[Proof, ...] = ()
    recoveries: tuple[bytes, ...] = ()
    roots: tuple[tuple[bytes, bytes], ...] = ()
    heard: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The signed head of a batch of events: proves all of them at once through the links (hex).

    ``checkpoint``: the newest one this station has accepted, by name.
    """

    court: CourtId
    station: StationId
    epoch: str
    first: int
    last: int
    before: str
    after: str
    checkpoint: str | None = None


class Verdict(StrEnum):
    """What the hub says about a station's chain."""

    TIP = "tip"  # this is where I stand: sent at each connect
    COMMITTED = "committed"
    GAP = "gap"  # send from ``upto`` + 1
    FORK = "fork"  # your history contradicts mine at ``at``
    REFUSED = "refused"  # the batch cannot be read; ``why`` says more


@dataclass(frozen=True, slots=True, kw_only=True)
class Ack:
    """Committed up to and including (epoch, upto) at hub time (milliseconds since 1970, UTC).

    ``link``: the hub's own after ``upto``, hex; a station that has another there sees the fork at once.
    """

    court: CourtId
    station: StationId
    nonce: str  # the station's session nonce as the hub last heard it, or that of the older state it answers
    verdict: Verdict
    epoch: str
    upto: int
    hub_time: int
    at: int = 0
    why: str = ""
    offer: CheckpointOffer | None = None  # said at each connect, with a proof from the checkpoint the station named
    connection: int = 0  # of the station, the last one heard, where what is answered came from an older one
    link: str = ""


class DoorState(StrEnum):
    """A door as sensed."""

    CLOSED = "closed"
    OPEN = "open"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Compartment:
    """One compartment as it stands. ``blocked``: under verification. Row and column count from 0, top left."""

    place: PlaceId
    number: str
    size: str
    row: int
    column: int
    door: DoorState = DoorState.UNKNOWN
    blocked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """Retained: how a station is. ``connection`` counts its connections and orders states and last wills."""

    court: CourtId
    station: StationId
    station_kind: StationKind
    connection: int
    counter: int
    online: bool
    boot: str
    nonce: str
    uptime: int
    clock: Clock
    epoch: str
    tip: int
    waiting: int
    oldest_waiting: int | None  # milliseconds since 1970
    room_days: float | None
    software: str
    wiring: str
    grants_version: int
    compartments: tuple[Compartment, ...] = ()
    checkpoint: str | None = None
    slowest_record: int = 0  # milliseconds until the slowest record of late was on disk


@dataclass(frozen=True, slots=True, kw_only=True)
class LastWill:
    """The one unsigned message: the broker says it for a station that vanished. Older connections are ignored."""

    station: StationId
    connection: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """Open one compartment, now, for one person and reason. Good for ``valid`` ms of the station's own uptime."""

    command: str
    court: CourtId
    station: StationId
    nonce: str
    place: PlaceId
    person: PersonId
    reason: str
    valid: int


class Outcome(StrEnum):
    """How a command ended. Exactly one of these for ever."""

    OPENED = "opened"
    ALREADY_OPEN = "already_open"
    JAMMED = "jammed"
    REFUSED = "refused"
    EXPIRED = "expired"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """The stored answer to a command; ``entry`` is the id of the chain entry it rests on."""

    command: str
    court: CourtId
    station: StationId
    outcome: Outcome
    refusal: str = ""
    entry: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantsMessage:
    """Grants, encrypted to one station. (hub_epoch, version) is its freshness; an older one is never accepted."""

    court: CourtId
    station: StationId
    hub_epoch: str
    version: int
    sealed: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class HubPresence:
    """Retained: whether the hub listens."""

    court: CourtId
    hub_epoch: str
    online: bool
    hub_time: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """A station asks to be enrolled, signed with the key it names. Keys are hex, the request for a certificate DER."""

    station: StationId
    public_key: str
    sealing_key: str
    request: bytes
    proof: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NextKey:
    """Retained, signed with the hub's present key: the hub signs with this one from here on. Hex of 32 raw bytes."""

    court: CourtId
    hub: StationId
    public_key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rotation:
    """An enrolled station names its next signing key, signed with the present one.

    ``proof``: by the next key, see ``custody.enrolment.rotation_bytes``.
    """

    court: CourtId
    station: StationId
    public_key: str
    proof: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Renewal:
    """An enrolled station asks for its next certificate, signed with its signing key.

    ``believes``: SHA-256 of the certificate of each authority it believes, hex; they are on its disk.
    """

    court: CourtId
    station: StationId
    request: bytes
    believes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivateMessage:
    """A value that only the hub may read, under its id: ``custody.private.Confided``, sealed to the hub's key."""

    court: CourtId
    station: StationId
    value: str
    sealed: bytes


class PrivateVerdict(StrEnum):
    """What became of a private value at the hub."""

    KEPT = "kept"
    ERASED = "erased"  # it was erased there: nobody is to keep it
    REFUSED = "refused"  # the hub could not read it; ``why`` says more


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivateAnswer:
    """The hub's word on one private value, by its id. True for ever, so it needs no freshness."""

    court: CourtId
    station: StationId
    value: str
    verdict: PrivateVerdict
    why: str = ""


Message = (
    Head
    | Ack
    | State
    | Command
    | Result
    | GrantsMessage
    | HubPresence
    | Keys
    | Application
    | Renewal
    | Rotation
    | NextKey
    | CheckpointOffer
    | NextRoot
    | Recovery
    | PrivateMessage
    | PrivateAnswer
)
