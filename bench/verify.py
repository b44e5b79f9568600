"""How long the verifier takes over a large export: one core, 100 events a signed head.

``python -m bench.verify [--events N] [--json]`` writes an export of a court with twenty stations and verifies it.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import resource
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from audit.export import end_line
from audit.log import Leaves
from audit.verify import Inconsistent, verify
from custody import checkpoints, envelope, wire
from custody.chain import leaf, link, origin
from custody.checkpoints import Checkpoint, note_text, origin_line
from custody.entries import Clock, Entry
from custody.events import (
    DoorClosed,
    EpochOpened,
    EpochReason,
    Fact,
    StationEnrolled,
    StationKind,
    VolumeCollected,
    VolumeDeposited,
)
from custody.events import Grade as Evidence
from custody.identifiers import ActId, CourtId, PersonId, PlaceId, StationId, VolumeId
from custody.messages import Head, Keys, Purpose

__all__ = ["main", "write_export"]

COURT, HUB, LOG = CourtId("yk0802"), StationId("hub-1"), "c0ffee"
BEGINNING = 1_790_000_000_000
STATIONS, AT_ONCE, CHECKPOINT_EVERY = 20, 100, 100


def main(arguments: Sequence[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="yungui-verify-") as folder:
        path = Path(folder) / "export.jsonl"
        with path.open("wb") as file:
            fingerprint = write_export(file, events=options.events)
        size = path.stat().st_size
        began, worked = time.perf_counter(), time.process_time()
        with path.open("rb") as lines:
            result = verify(lines, root=fingerprint)
        took, work = time.perf_counter() - began, time.process_time() - worked
    if isinstance(result, Inconsistent):
        print(f"{result}")
        return 1
    found = {
        "events": result.events,
        "heads": result.heads,
        "checkpoints": result.checkpoints,
        "volumes": result.volumes,
        "seconds": round(took, 1),
        "core_seconds": round(work, 1),
        "events_per_core_second": round(result.events / work),
        "export_mib": round(size / 2**20, 1),
        "memory_mib": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }
    print(json.dumps(found) if options.json else "\n".join(f"{name:20} {value}" for name, value in found.items()))
    return 0


def write_export(file: io.BufferedIOBase, *, events: int) -> str:
    """Write an export of so many events, at least; the fingerprint of its root key."""
    root, hub = _key("root"), _key("hub")
    digest, counts = hashlib.sha256(), {"event": 0, "head": 0, "checkpoint": 0}

    def put(**record: object) -> None:
        line = json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
        digest.update(line)
        file.write(line)
        kind = str(record["record"])
        counts[kind] = counts.get(kind, 0) + 1

    put(record="export", format=2, court=COURT, made=BEGINNING, software="bench")
    put(record="root", public_key=_hex(root))
    keys = Keys(court=COURT, hub=HUB, hub_epoch=LOG, public_key=_hex(hub))
    put(record="keys", message=envelope.sign(wire.encode(keys), purpose=Purpose.KEYS, key=root).decode())
    notes: list[Checkpoint] = []
    leaves = Leaves()
    for head_number, (message, lines, index) in enumerate(_batches(events, hub, notes), start=1):
        put(record="head", message=message.decode(), log=LOG, index=index)
        for line in lines:
            put(record="event", line=line.decode())
            leaves.put(leaves.size, leaf(line))
        if head_number % CHECKPOINT_EVERY == 0:
            notes.append(Checkpoint(LOG, leaves.size, _root(leaves)))
    for one in notes:
        text = note_text(one, court=COURT, time=BEGINNING)
        put(record="checkpoint", note=envelope.sign_note(text, name=origin_line(COURT), key=hub).decode())
    file.write(end_line(counts["event"], counts["head"], counts["checkpoint"], digest.hexdigest()) + b"\n")
    return envelope.fingerprint(root.public_key())


def _batches(
    events: int, hub: Ed25519PrivateKey, notes: Sequence[Checkpoint]
) -> Iterator[tuple[bytes, list[bytes], int]]:
    """Signed heads with their lines, and where they stand in the log: the hub's, then station by station."""
    index = 0
    stations = [StationId(f"cab-{number}") for number in range(1, STATIONS + 1)]
    enrolled: list[Fact] = [
        StationEnrolled(
            station=one, station_kind=StationKind.CABINET, public_key=_hex(_key(one)), sealing_key="00" * 32
        )
        for one in stations
    ]
    each = max(events // STATIONS, 1)
    plans = [(HUB, hub, [_opened(), *enrolled])] + [(one, _key(one), None) for one in stations]
    for station, key, facts in plans:
        epoch, before, sequence = "0f1e2d3c4b5a6978", origin(station, "0f1e2d3c4b5a6978"), 0
        rest = iter(facts) if facts is not None else _day(station, each)
        while batch := [fact for _, fact in zip(range(AT_ONCE), rest, strict=False)]:
            lines, after = [], before
            for fact in batch:
                sequence += 1
                lines.append(_line(station, epoch, sequence, fact))
                after = link(after, leaf(lines[-1]))
            head = Head(
                court=COURT,
                station=station,
                epoch=epoch,
                first=sequence - len(batch) + 1,
                last=sequence,
                before=before.hex(),
                after=after.hex(),
                checkpoint=checkpoints.name(notes[-1]) if notes else None,
            )
            yield envelope.sign(wire.encode(head), purpose=Purpose.EVENTS, key=key), lines, index
            before, index = after, index + len(batch)


def _day(station: StationId, count: int) -> Iterator[Fact]:
    """What a cabinet records: volumes are put in and taken out, doors close."""
    yield _opened()
    for number in range(count - 1):
        volume, place = VolumeId(f"v-{station}-{number // 90}"), PlaceId(f"{station}.{number % 48:02d}")
        act, label = ActId(f"a-{number}"), "V0000001"
        match number % 3:
            case 0:
                yield VolumeDeposited(
                    volume=volume, label=label, place=place, person=PersonId("p-1"), recipient="p-2", act=act
                )
            case 1:
                yield DoorClosed(place=place, act=act)
            case _:
                yield VolumeCollected(
                    volume=volume,
                    label=label,
                    place=PlaceId(f"{station}.{(number - 2) % 48:02d}"),
                    person=PersonId("p-2"),
                    recipient="p-2",
                    grade=Evidence.SCANNED,
                    act=act,
                )


def _opened() -> EpochOpened:
    return EpochOpened(reason=EpochReason.FIRST)


def _line(station: StationId, epoch: str, sequence: int, fact: Fact) -> bytes:
    at = sequence * 1000
    return wire.encode_event(
        Entry(
            court=COURT,
            station=station,
            epoch=epoch,
            sequence=sequence,
            boot="b1b1b1b1b1b1b1b1",
            uptime=at,
            time=BEGINNING + at,
            clock=Clock.SYNCHRONISED,
            fact=fact,
        )
    )


def _root(leaves: Leaves) -> bytes:
    """The root so far; a copy, because roots are asked of a finished log only."""
    copy = Leaves()
    copy._levels, copy.count = [bytearray(leaves._levels[0])], leaves.count
    return copy.root(copy.size)


def _key(name: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(hashlib.sha256(name.encode()).digest())


def _hex(key: Ed25519PrivateKey) -> str:
    return envelope.raw(key.public_key()).hex()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="bench.verify", description="核对大导出文件的用时 / time of verifying")
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
