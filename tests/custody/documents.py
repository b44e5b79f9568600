"""The documents that are drawn from the code, and the examples in those that are written by hand.

``python -m tests.custody.documents`` writes them anew; a test holds what is committed against what the code says now.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import fields
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from custody.chain import leaf, links, origin
from custody.checkpoints import Checkpoint, note_text, origin_line
from custody.entries import Clock
from custody.envelope import fingerprint, key_id, raw, seal, sign, sign_note
from custody.events import FACTS, DoorClosed, DoorOpened, PrivateKind, StationKind
from custody.flows import FLOWS
from custody.flows.grammar import Flow, Stimulus
from custody.identifiers import ActId, PersonId, PlaceId
from custody.messages import (
    Ack,
    CheckpointOffer,
    Command,
    Compartment,
    DoorState,
    GrantsMessage,
    Head,
    HubPresence,
    Keys,
    LastWill,
    Outcome,
    PrivateAnswer,
    PrivateMessage,
    PrivateVerdict,
    Proof,
    Purpose,
    Recovery,
    Result,
    State,
    Verdict,
)
from custody.private import confided
from custody.refusals import REFUSALS
from custody.sentences import event_key, own_sentences
from custody.topics import Channel, CourtChannel, court_topic, every, station_topic
from custody.wire import encode, encode_event
from tests.custody.catalogues import catalogue
from tests.custody.court import CABINET, COURT, EPOCH, FIRST, HUB, NOW, chain
from tests.custody.facts import SAMPLES
from tests.custody.guide import guide

DESIGN = Path(__file__).parents[2] / "docs" / "design"
WIRE = DESIGN / "wire.md"
GUIDE = DESIGN.parent / "guide" / "flows"
_MADE = "<!-- Drawn from the code by tests/custody/documents.py; change the code, not this page. -->"

STATION_KEY = Ed25519PrivateKey.from_private_bytes(b"station".ljust(32, b"."))
HUB_KEY = Ed25519PrivateKey.from_private_bytes(b"hub".ljust(32, b"."))
ROOT_KEY = Ed25519PrivateKey.from_private_bytes(b"root".ljust(32, b"."))
SEALING_KEY = X25519PrivateKey.from_private_bytes(b"sealing".ljust(32, b"."))
EPHEMERAL_KEY = X25519PrivateKey.from_private_bytes(b"ephemeral".ljust(32, b"."))
_NONCE, _HUB_EPOCH = "5f0c1d2e3b4a6978", "c0ffee00c0ffee00"


_CONFIDED = confided(
    "pv-7f3a", "13900000000", what=PrivateKind.PHONE, about="pc-7f3a", court=COURT, station=CABINET, randomness="5a"
)
_CHECKPOINT = Checkpoint(_HUB_EPOCH, 2, leaf(b"the root"))
_NOTE = sign_note(note_text(_CHECKPOINT, court=COURT, time=NOW), name=origin_line(COURT), key=HUB_KEY)

_FLOWS_SAY = (
    "A flow is one file in `custody/flows/`: a table `(state, stimulus) → states it may lead to`. What no row "
    "covers has one meaning everywhere: *cancel* and running out of time end the session (never in a state "
    "marked **door**, where a door is or may be open), a scan or touch out of place is refused and loses "
    "nothing, and a door that moves by itself is recorded by the door's own logic. In a state marked **over** "
    "the next scan begins anew, as at home."
)


def drawn() -> dict[Path, str]:
    """Every page that is wholly drawn from the code."""
    return {
        DESIGN / "flows.md": flows_page(FLOWS),
        GUIDE / "zh.md": guide("zh_CN", FLOWS),
        GUIDE / "en.md": guide("en", FLOWS),
        DESIGN / "facts.md": _facts(),
        DESIGN / "refusals.md": _refusals(),
    }


# --- flows ------------------------------------------------------------------------------------------------------


def flows_page(flows: Mapping[str, Flow]) -> str:
    """Every flow of a register: who may, where, and its states."""
    parts = [
        "# Flows: what people do",
        _MADE,
        _FLOWS_SAY,
    ]
    for flow in flows.values():
        parts += [f"## {flow.name}", _about(flow), _mermaid(flow), _states(flow)]
    return "\n\n".join(parts) + "\n"


def _about(flow: Flow) -> str:
    rights = ", ".join(sorted(flow.rights))
    said = ({**own_sentences(language, {flow.name: flow}), **catalogue(language)} for language in ("zh_CN", "en"))
    home, english = (one.get(f"flow.{flow.name}", flow.name) for one in said)
    at = " or ".join(sorted(flow.at))
    return f"{home} ({english}) · at a {at} · for {rights or 'anybody'}"


def _mermaid(flow: Flow) -> str:
    edges: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for (state, stimulus), row in flow.table.items():
        for to in row.to:
            edges[state, to].append(_spoken(stimulus))
    lines = ["```mermaid", "stateDiagram-v2"]
    for (state, to), stimuli in edges.items():
        if state != to:
            lines.append(f"    {state or '[*]'} --> {to or '[*]'}: {', '.join(stimuli)}")
    return "\n".join([*lines, "```"])


def _states(flow: Flow) -> str:
    rows = []
    for state in flow.states:
        stays = [_spoken(one) for (before, one), row in flow.table.items() if before == state and state in row.to]
        mark = "door" if state in flow.held else "over" if state in flow.over else ""
        rows.append((f"`{state}`", mark, ", ".join(stays), f"{flow.patience[state]} s"))
    return _table(("state", "", "may stay on", "patience"), rows)


def _spoken(stimulus: type[Stimulus]) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", stimulus.__name__).lower()


# --- facts and refusals -------------------------------------------------------------------------------------------


def _facts() -> str:
    rows = (
        (
            f"`{kind}`",
            ", ".join(f"`{one.name}`" for one in fields(fact)),
            catalogue("zh_CN")[event_key(SAMPLES[kind])],
            catalogue("en")[event_key(SAMPLES[kind])],
        )
        for kind, fact in FACTS.items()
    )
    return (
        "\n\n".join(
            (
                "# Facts: what can be recorded",
                _MADE,
                "A kind is permanent; its fields only grow. A golden line of each lies in `tests/vectors/events/`.",
                _table(("kind", "fields", "中文", "English"), rows),
            )
        )
        + "\n"
    )


def _refusals() -> str:
    rows = (
        (f"`{code}`", catalogue("zh_CN")[f"refusal.{code}"], catalogue("en")[f"refusal.{code}"]) for code in REFUSALS
    )
    return (
        "\n\n".join(
            (
                "# Refusals: why not, and what to do now",
                _MADE,
                "A refusal is a value with fields (`custody/refusals.py`); these are its sentences.",
                _table(("code", "中文", "English"), rows),
            )
        )
        + "\n"
    )


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    return "\n".join("| " + " | ".join(row) + " |" for row in (head, ("---",) * len(head), *rows))


# --- examples in wire.md ------------------------------------------------------------------------------------------


def examples() -> dict[str, str]:
    """One real example of everything that is on the wire."""
    act, place = ActId("act-7f3a"), PlaceId("cab-1.07")
    entries = chain([DoorOpened(place=place, act=act), DoorClosed(place=place, act=act)])
    events = [encode_event(one) for one in entries]
    before = origin(CABINET, EPOCH)
    after = links(before, events)
    head = Head(court=COURT, station=CABINET, epoch=EPOCH, first=1, last=2, before=before.hex(), after=after[-1].hex())
    confided_seal = seal(encode(_CONFIDED), recipient=SEALING_KEY.public_key(), ephemeral=EPHEMERAL_KEY)
    sealed = seal(b"the grants, deflated", recipient=SEALING_KEY.public_key(), ephemeral=EPHEMERAL_KEY)
    return {
        "event": events[0].decode(),
        "chain": "\n".join(
            (
                f"origin  {before.hex()}",
                f"leaf 1  {leaf(events[0]).hex()}",
                f"link 1  {after[0].hex()}",
                f"leaf 2  {leaf(events[1]).hex()}",
                f"link 2  {after[1].hex()}",
            )
        ),
        "batch": sign(encode(head), purpose=Purpose.EVENTS, key=STATION_KEY, lines=events).decode(),
        "ack": _by_hub(
            Ack(
                court=COURT,
                station=CABINET,
                nonce=_NONCE,
                verdict=Verdict.COMMITTED,
                epoch=EPOCH,
                upto=2,
                hub_time=NOW + 3000,
            ),
            Purpose.ACK,
        ),
        "state": sign(encode(_state()), purpose=Purpose.STATE, key=STATION_KEY).decode(),
        "will": encode(LastWill(station=CABINET, connection=17)).decode(),
        "command": _by_hub(
            Command(
                command="cmd-19",
                court=COURT,
                station=CABINET,
                nonce=_NONCE,
                place=place,
                person=PersonId("wang"),
                reason="jammed",
                valid=10_000,
            ),
            Purpose.COMMAND,
        ),
        "result": sign(
            encode(Result(command="cmd-19", court=COURT, station=CABINET, outcome=Outcome.OPENED, entry=entries[0].id)),
            purpose=Purpose.RESULT,
            key=STATION_KEY,
        ).decode(),
        "grants": _by_hub(
            GrantsMessage(court=COURT, station=CABINET, hub_epoch=_HUB_EPOCH, version=12, sealed=sealed),
            Purpose.GRANTS,
        ),
        "private": sign(
            encode(PrivateMessage(court=COURT, station=CABINET, value=_CONFIDED.value, sealed=confided_seal)),
            purpose=Purpose.PRIVATE,
            key=STATION_KEY,
        ).decode(),
        "private answer": _by_hub(
            PrivateAnswer(court=COURT, station=CABINET, value=_CONFIDED.value, verdict=PrivateVerdict.KEPT),
            Purpose.PRIVATE_ANSWER,
        ),
        "hub": _by_hub(HubPresence(court=COURT, hub_epoch=_HUB_EPOCH, online=True, hub_time=NOW), Purpose.HUB),
        "keys": sign(
            encode(Keys(court=COURT, hub=HUB, hub_epoch=_HUB_EPOCH, public_key=raw(HUB_KEY.public_key()).hex())),
            purpose=Purpose.KEYS,
            key=ROOT_KEY,
        ).decode(),
        "note": _NOTE.decode().rstrip("\n"),
        "checkpoints": _by_hub(
            CheckpointOffer(court=COURT, note=_NOTE, proofs=(Proof(size=1, hashes=(leaf(events[1]),)),)),
            Purpose.CHECKPOINT,
        ),
        "recovery": sign(
            encode(
                Recovery(
                    court=COURT,
                    hub=HUB,
                    hub_epoch="decade00decade00",
                    public_key=raw(HUB_KEY.public_key()).hex(),
                    root_key=raw(ROOT_KEY.public_key()).hex(),
                    before_epoch=_HUB_EPOCH,
                    size=_CHECKPOINT.size,
                    root=_CHECKPOINT.root.hex(),
                )
            ),
            purpose=Purpose.RECOVERY,
            key=ROOT_KEY,
        ).decode(),
        "fingerprint": fingerprint(ROOT_KEY.public_key()),
        "key ids": "\n".join(
            f"{name:8}{key_id(key.public_key())}"
            for name, key in (("station", STATION_KEY), ("hub", HUB_KEY), ("root", ROOT_KEY))
        ),
        "topics": "\n".join(
            (
                *(station_topic(COURT, CABINET, channel) for channel in Channel),
                *(court_topic(COURT, channel) for channel in CourtChannel),
                every(COURT, Channel.EVENTS),
            )
        ),
    }


def _by_hub(value: object, purpose: Purpose) -> str:
    return sign(encode(value), purpose=purpose, key=HUB_KEY).decode()


def _state() -> State:
    return State(
        court=COURT,
        station=CABINET,
        station_kind=StationKind.CABINET,
        connection=17,
        counter=3,
        online=True,
        boot="b1",
        nonce=_NONCE,
        uptime=61_000,
        clock=Clock.SYNCHRONISED,
        epoch=EPOCH,
        tip=2,
        waiting=0,
        oldest_waiting=None,
        room_days=640.5,
        software="0.1.0",
        wiring="9f" * 32,
        grants_version=12,
        compartments=(Compartment(place=FIRST, number="01", size="M", row=0, column=0, door=DoorState.CLOSED),),
    )


_EXAMPLE = re.compile(r"(<!-- example: ([a-z ]+) -->\n```[a-z]*\n)(.*?)(\n```)", re.DOTALL)


def with_examples(text: str) -> str:
    """The text of a page with every example as the code makes it now."""
    made = examples()
    return _EXAMPLE.sub(lambda found: found[1] + made[found[2]] + found[4], text)


def shown(text: str) -> list[str]:
    """The names of the examples a page shows."""
    return [found[2] for found in _EXAMPLE.finditer(text)]


if __name__ == "__main__":
    for path, text in drawn().items():
        path.write_text(text, encoding="utf-8")
    WIRE.write_text(with_examples(WIRE.read_text(encoding="utf-8")), encoding="utf-8")
