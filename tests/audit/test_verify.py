"""The verifier passes what was signed, and names the place of every change to it."""

from __future__ import annotations

import base64
import hashlib
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.__main__ import main
from audit.export import end_line
from audit.verify import Consistent, Inconsistent, verify
from custody import checkpoints, envelope, merkle, wire
from custody.chain import leaf, link, origin
from custody.checkpoints import Checkpoint, note_text, origin_line
from custody.entries import Clock, Entry
from custody.events import (
    EpochOpened,
    EpochReason,
    Fact,
    Part,
    StationEnrolled,
    StationKind,
    VolumeDeposited,
    VolumeReceived,
    VolumeRegistered,
)
from custody.identifiers import ActId, CourtId, PersonId, PlaceId, StationId, VolumeId
from custody.messages import Ack, Head, Purpose, Verdict

COURT = CourtId("yk0802")
HUB, CABINET = StationId("hub-1"), StationId("cab-1")
VOLUME = VolumeId("v1")
LOG = "c0ffee"


def _key(seed: int) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32)


ROOT, HUB_KEY, CABINET_KEY, STRANGER = _key(1), _key(2), _key(3), _key(4)
FINGERPRINT = envelope.fingerprint(ROOT.public_key())


def _hex(key: Ed25519PrivateKey) -> str:
    return envelope.raw(key.public_key()).hex()


def _first() -> EpochOpened:
    return EpochOpened(reason=EpochReason.FIRST)


def _deposited(number: int) -> VolumeDeposited:
    return VolumeDeposited(
        volume=VOLUME,
        label="V0000001",
        place=PlaceId(f"cab-1.{number:02d}"),
        person=PersonId("p1"),
        recipient="p2",
        act=ActId(f"a{number}"),
    )


@dataclass
class Chain:
    """Writes a station's chain as records of an export."""

    station: StationId
    key: Ed25519PrivateKey
    epoch: str = "e1"
    sequence: int = 0
    link: bytes = b""
    checkpoint: str | None = None
    records: list[dict[str, object]] = field(default_factory=list)

    def batch(self, facts: Sequence[Fact]) -> None:
        before = self.link or origin(self.station, self.epoch)
        first, after, lines = self.sequence + 1, before, []
        for fact in facts:
            self.sequence += 1
            time = 1_700_000_000_000 + self.sequence
            entry = Entry(
                court=COURT,
                station=self.station,
                epoch=self.epoch,
                sequence=self.sequence,
                boot="b",
                uptime=self.sequence,
                time=time,
                clock=Clock.SYNCHRONISED,
                fact=fact,
            )
            lines.append(wire.encode_event(entry))
            after = link(after, leaf(lines[-1]))
        head = Head(
            court=COURT,
            station=self.station,
            epoch=self.epoch,
            first=first,
            last=self.sequence,
            before=before.hex(),
            after=after.hex(),
            checkpoint=self.checkpoint,
        )
        message = envelope.sign(wire.encode(head), purpose=Purpose.EVENTS, key=self.key)
        self.records.append({"record": "head", "message": message.decode(), "log": LOG, "index": 99})
        self.records.extend({"record": "event", "line": line.decode()} for line in lines)
        self.link = after

    def acked(self, upto: int) -> None:
        ack = Ack(
            court=COURT,
            station=self.station,
            nonce="n",
            verdict=Verdict.COMMITTED,
            epoch=self.epoch,
            upto=upto,
            hub_time=1_700_000_000_999,
        )
        message = envelope.sign(wire.encode(ack), purpose=Purpose.ACK, key=HUB_KEY)
        self.records.append({"record": "ack", "message": message.decode()})


def _records() -> list[dict[str, object]]:
    """All but the end mark, which the lines before it decide."""
    hub = Chain(HUB, HUB_KEY)
    enrolled = StationEnrolled(
        station=CABINET, station_kind=StationKind.CABINET, public_key=_hex(CABINET_KEY), sealing_key="00" * 32
    )
    registered = VolumeRegistered(volume=VOLUME, dossier="d1", commitment="00", part=Part.MAIN, number=1, of=1)
    hub.batch([_first(), enrolled, registered])
    cabinet = Chain(CABINET, CABINET_KEY)
    cabinet.batch([_first(), _deposited(1)])
    first = _note([*hub.records, *cabinet.records])
    cabinet.checkpoint = checkpoints.name(first)
    cabinet.batch([VolumeReceived(volume=VOLUME, label="V0000001", place=PlaceId("sta-1"), person=PersonId("p1"))])
    cabinet.acked(3)
    keys = {"court": COURT, "hub": HUB, "hub_epoch": LOG, "public_key": _hex(HUB_KEY)}
    message = envelope.sign(json.dumps(keys).encode(), purpose=Purpose.KEYS, key=ROOT)
    body = [*hub.records, *cabinet.records]
    index = 0
    for one in body:
        if one["record"] == "head":
            one |= {"log": LOG, "index": index}
        index += one["record"] == "event"
    return [
        {"record": "export", "format": 3, "court": COURT, "made": 1, "software": "test"},
        {"record": "root", "public_key": _hex(ROOT)},
        {"record": "keys", "message": message.decode()},
        *body,
        {"record": "checkpoint", "note": _signed_note(first)},
        {"record": "checkpoint", "note": _signed_note(_note(body))},
    ]


def _note(records: Sequence[dict[str, object]]) -> Checkpoint:
    """The log over these records."""
    lines = [str(one["line"]).encode() for one in records if one["record"] == "event"]
    return Checkpoint(LOG, len(lines), merkle.root([leaf(line) for line in lines]))


def _signed_note(checkpoint: Checkpoint, key: Ed25519PrivateKey = HUB_KEY) -> str:
    text = note_text(checkpoint, court=COURT, time=1_700_000_000_000)
    return envelope.sign_note(text, name=origin_line(COURT), key=key).decode()


def _lines(records: Sequence[dict[str, object]]) -> list[bytes]:
    """The lines of a file with a fitting end mark: whoever forges an export forges that too."""
    records = [one for one in records if one["record"] != "end"]
    lines = [json.dumps(one, ensure_ascii=False, separators=(",", ":")).encode() + b"\n" for one in records]
    events, heads, notes = (sum(one["record"] == kind for one in records) for kind in ("event", "head", "checkpoint"))
    return [*lines, end_line(events, heads, notes, hashlib.sha256(b"".join(lines)).hexdigest()) + b"\n"]


GOOD = _lines(_records())


def _verdict(lines: Sequence[bytes], root: str = FINGERPRINT) -> Inconsistent:
    result = verify(lines, root=root)
    assert isinstance(result, Inconsistent)
    return result


def test_an_untouched_export_is_consistent_and_replays_into_holdings() -> None:
    result = verify(GOOD, root=FINGERPRINT)

    assert isinstance(result, Consistent)
    assert (result.events, result.heads, result.stations, result.acks) == (6, 3, 2, 1)
    assert result.holdings == {"at_place": 1}
    assert result.contradictions == 1, "received at the station while recorded in the compartment"


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_any_changed_byte_is_found(data: st.DataObject) -> None:
    whole = bytearray(b"".join(GOOD))
    place = data.draw(st.integers(0, len(whole) - 1))
    whole[place] ^= 1 << data.draw(st.integers(0, 7))

    assert isinstance(verify(io.BytesIO(bytes(whole)), root=FINGERPRINT), Inconsistent)


@pytest.mark.parametrize("row", range(len(GOOD)))
def test_a_deleted_line_is_found(row: int) -> None:
    assert isinstance(verify([*GOOD[:row], *GOOD[row + 1 :]], root=FINGERPRINT), Inconsistent)


@pytest.mark.parametrize("row", range(1, len(GOOD) - 2))
def test_two_swapped_lines_are_found(row: int) -> None:
    swapped = [*GOOD[:row], GOOD[row + 1], GOOD[row], *GOOD[row + 2 :]]

    assert isinstance(verify(swapped, root=FINGERPRINT), Inconsistent)


def test_a_changed_event_is_named() -> None:
    records = _records()
    row = next(one for one in records if "volume.deposited" in str(one.get("line")))
    row["line"] = str(row["line"]).replace("cab-1.01", "cab-1.02")

    verdict = _verdict(_lines(records))

    assert (verdict.why, verdict.entry, verdict.detail) == ("changed", "cab-1.e1.1", "1-2")
    assert verdict.line <= records.index(row) + 1 <= verdict.until


@pytest.mark.parametrize("said", ["%%%", "e30=", base64.b64encode(b"{}").decode().rstrip("=")])
def test_an_event_is_said_in_one_way_only(said: str) -> None:
    """In base64 only what is no text, and in one way of writing it."""
    records = _records()
    row = next(one for one in records if one["record"] == "event")
    del row["line"]
    row["base64"] = said

    assert _verdict(_lines(records)).why == "malformed"


def test_an_event_stands_in_one_field() -> None:
    records = _records()
    row = next(one for one in records if one["record"] == "event")
    row["base64"] = base64.b64encode(b"\xff").decode()

    assert _verdict(_lines(records)).why == "malformed"


def test_another_courts_root_is_refused_and_its_fingerprint_shown() -> None:
    verdict = _verdict(GOOD, envelope.fingerprint(STRANGER.public_key()))

    assert verdict.why == "root_fingerprint"
    assert verdict.detail == FINGERPRINT


def test_a_cut_off_file_and_one_that_goes_on_are_refused() -> None:
    assert _verdict(GOOD[:-1]).why == "cut_off"
    assert _verdict([*GOOD, GOOD[-1]]).why == "after_end"
    assert _verdict([]).why == "cut_off"


def test_an_acknowledged_tail_that_is_missing_is_found() -> None:
    records = _records()
    cabinet = [n for n, one in enumerate(records) if one["record"] == "head"][-1]
    shorter = [*records[:cabinet], *records[cabinet + 2 :]]

    verdict = _verdict(_lines(shorter))

    assert (verdict.why, verdict.entry) == ("acknowledged", "cab-1.e1.3")


def test_a_batch_signed_by_a_key_that_was_never_enrolled_is_refused() -> None:
    records = _records()
    stranger = Chain(CABINET, STRANGER, epoch="e9")
    stranger.batch([_first()])
    assert _verdict(_lines([*records[:-2], *stranger.records, *records[-2:]])).why == "unknown_key"


def test_a_station_cannot_sign_for_another() -> None:
    records = _records()
    posing = Chain(HUB, CABINET_KEY, epoch="e9")
    posing.batch([_first()])

    assert _verdict(_lines([*records[:-2], *posing.records, *records[-2:]])).why == "wrong_station"


def test_a_chain_must_begin_with_its_opening() -> None:
    records = _records()
    headless = Chain(CABINET, CABINET_KEY, epoch="e9")
    headless.batch([_deposited(1)])

    assert _verdict(_lines([*records[:-2], *headless.records, *records[-2:]])).why == "epoch_start"


def test_garbage_and_unknown_records_are_refused_with_their_line() -> None:
    assert _verdict([*GOOD[:4], b"\xff{", *GOOD[4:]]).line == 5
    assert _verdict([*GOOD[:4], b'{"record":"poem"}', *GOOD[4:]]).why == "malformed"


def test_the_command_says_good_and_bad_in_both_languages(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good, bad = tmp_path / "good.jsonl", tmp_path / "bad.jsonl"
    good.write_bytes(b"".join(GOOD))
    bad.write_bytes(b"".join(GOOD[:-1]))

    assert main([str(good), "--root", FINGERPRINT]) == 0
    assert "核对无误" in capsys.readouterr().out
    assert main([str(good), "--root", FINGERPRINT, "--lang", "en"]) == 0
    assert "Consistent" in capsys.readouterr().out
    assert main([str(bad), "--root", FINGERPRINT, "--json"]) == 1
    report = json.loads(capsys.readouterr().out)
    assert (report["verified"], report["why"]) == (False, "cut_off")
    assert main([str(bad), "--root", "12"]) == 2
    assert main([str(tmp_path / "none"), "--root", FINGERPRINT]) == 2
    assert "无法读取" in capsys.readouterr().err


def test_the_place_is_told_in_words(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The lines of a batch, the entry it begins with; of a changed signature its line and the last entry before."""
    records, signed = _records(), _records()
    row = next(n for n, one in enumerate(records) if "volume.deposited" in str(one.get("line")))
    records[row]["line"] = str(records[row]["line"]).replace("cab-1.01", "cab-1.02")
    signed[row - 2]["message"] = str(signed[row - 2]["message"]).replace('"last":2', '"last":3')
    changed, unsigned = tmp_path / "changed.jsonl", tmp_path / "unsigned.jsonl"
    changed.write_bytes(b"".join(_lines(records)))
    unsigned.write_bytes(b"".join(_lines(signed)))

    def told(path: Path, language: str) -> str:
        assert main([str(path), "--root", FINGERPRINT, "--lang", language]) == 1
        return capsys.readouterr().out

    assert f"lines {row - 1} to {row + 1}, entry cab-1.e1.1." in told(changed, "en")
    assert f"第 {row - 1}–{row + 1} 行，记录 cab-1.e1.1。" in told(changed, "zh")
    assert f"line {row - 1}, after hub-1.e1.3." in told(unsigned, "en")
    assert f"第 {row - 1} 行，在 hub-1.e1.3 之后。" in told(unsigned, "zh")


def test_another_court_in_the_first_line_is_found_there() -> None:
    records = _records()
    records[0]["court"] = "yk0803"

    verdict = _verdict(_lines(records))

    assert (verdict.why, verdict.line, verdict.detail) == ("court", 1, COURT)


def test_the_root_key_is_written_in_one_way_only() -> None:
    records = _records()
    records[1]["public_key"] = _hex(ROOT).upper()

    assert (_verdict(_lines(records)).why, _verdict(_lines(records)).line) == ("root_key", 2)


def test_every_reason_has_a_sentence_in_both_languages() -> None:
    import re

    import audit.verify
    from audit.__main__ import _catalogue

    sources = [path.read_text() for path in Path(audit.verify.__file__).parent.glob("*.py")]
    reasons = {one for source in sources for one in re.findall(r'BadError\("(\w+)"', source)}
    reasons |= {"shape", "oversize", "unknown_key", "signature"}
    reasons |= {f"{who}_{why}" for who in ("witness", "seen") for why in ("unknown", "differs", "beyond")}
    for language in ("zh", "en"):
        catalogue = _catalogue(language)
        for reason in reasons:
            assert catalogue[f"bad.{reason}"] % {"detail": "d", "entry": "e", "after": "a", "places": "p"}


def test_a_replaced_hub_key_is_refused() -> None:
    records = _records()
    keys = {"court": COURT, "hub": HUB, "hub_epoch": LOG, "public_key": _hex(STRANGER)}
    message = envelope.sign(json.dumps(keys).encode(), purpose=Purpose.KEYS, key=STRANGER)
    records[2] = {"record": "keys", "message": message.decode()}

    assert _verdict(_lines(records)).why == "unknown_key"
    assert replace(_verdict(_lines(records)), detail="").line == 3
