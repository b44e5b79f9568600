"""The tamper matrix: whatever is done to a database or an export is found, and the place is named; nothing else is."""

from __future__ import annotations

import io
import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from random import Random

import pytest

from audit.verify import Consistent, Inconsistent, Result, Seen, verify
from tests.audit.tampering import IN_DATABASE, IN_EXPORT, Court, forged, lines_of, small_court
from tests.audit.test_verify import FINGERPRINT, GOOD
from tests.audit.touching import Ledger, flipped, names_the_place, touched_by_flip

TIMES = 4


@pytest.fixture(scope="module")
def court(tmp_path_factory: pytest.TempPathFactory) -> Court:
    return small_court(tmp_path_factory.mktemp("court"), seed=1)


def checked(lines: Sequence[bytes], court: Court) -> Result:
    return verify(io.BytesIO(b"".join(lines)), root=court.root, seen=[Seen(court.seen)])


@pytest.mark.parametrize("seed", range(2, 5))
def test_an_untouched_export_passes(seed: int, tmp_path: Path) -> None:
    made = small_court(tmp_path, seed)

    result = checked(made.lines, made)

    assert isinstance(result, Consistent), result
    assert result.witnessed > 0
    assert result.uncovered == 0


@pytest.mark.parametrize("name", IN_DATABASE)
def test_what_is_done_to_the_database_is_found_where_it_was_done(name: str, court: Court, tmp_path: Path) -> None:
    for time in range(TIMES):
        path = tmp_path / f"{time}.sqlite"
        shutil.copy(court.database, path)
        touched = IN_DATABASE[name](court, Random(f"{name} {time}"), path)
        try:
            lines = lines_of(path)
        except UnicodeDecodeError:
            continue  # what is no text any more cannot even be exported

        result = checked(lines, court)

        assert isinstance(result, Inconsistent), f"{name} {time}"
        assert names_the_place(result, touched), f"{name} {time}: {result}; {touched}"


@pytest.mark.parametrize("name", IN_EXPORT)
def test_what_is_done_to_the_export_is_found_where_it_was_done(name: str, court: Court) -> None:
    for time in range(TIMES * 3):
        lines, touched = forged(court, Random(f"{name} {time}"), IN_EXPORT[name])
        if touched is None or lines == court.lines:
            continue  # the random letter was no change

        result = checked(lines, court)

        assert isinstance(result, Inconsistent), f"{name} {time}"
        assert names_the_place(result, touched), f"{name} {time}: {result}; {touched}"


def test_an_export_rewritten_by_nobody_is_the_same_to_the_byte(court: Court) -> None:
    """So that whatever the matrix finds is the forger's doing."""
    assert forged(court, Random(0), lambda _court, _chance, _records: None)[0] == court.lines


def test_every_single_byte_matters() -> None:
    """Every byte of a small export, one after the other."""
    ledger = Ledger(GOOD)
    assert isinstance(verify(GOOD, root=FINGERPRINT), Consistent)
    for place in range(len(b"".join(GOOD))):
        by = 1 + place % 127

        result = verify(flipped(GOOD, place, by=by), root=FINGERPRINT)

        assert isinstance(result, Inconsistent)
        touched = touched_by_flip(ledger, place, by=by)
        assert names_the_place(result, touched), f"byte {place}: {result}; {touched}"


def test_random_bytes_of_a_whole_export_matter(court: Court) -> None:
    length, chance = len(b"".join(court.lines)), Random(7)
    for _ in range(300):
        place, by = chance.randrange(length), 1 << chance.randint(0, 7)

        result = verify(flipped(court.lines, place, by=by), root=court.root)

        assert isinstance(result, Inconsistent)
        touched = touched_by_flip(court.ledger, place, by=by)
        assert names_the_place(result, touched), f"byte {place}: {result}; {touched}"


def test_the_place_is_named(court: Court) -> None:
    """An entry of the cabinet is changed: station, epoch and sequence come back."""
    row = next(n for n, line in enumerate(court.lines) if b"volume.deposited" in line and b"cab-1" in line)
    changed, _ = forged(
        court,
        Random(0),
        lambda _court, _chance, records: records[row].update(line=records[row]["line"].replace("p-one", "p-two")),
    )

    result = checked(changed, court)

    assert isinstance(result, Inconsistent)
    assert result.why == "changed"
    assert result.entry.startswith("cab-1.e")


@pytest.mark.parametrize("kind", ["head", "ack", "checkpoint"])
def test_a_changed_signature_is_named_by_its_line_and_by_what_is_proven_before(kind: str, court: Court) -> None:
    """Nothing that stands in such a record can be believed, so nothing in it is quoted as its name."""
    rows = [n for n, line in enumerate(court.lines) if line.startswith(f'{{"record":"{kind}"'.encode())]
    row = rows[-1]
    name = "note" if kind == "checkpoint" else "message"
    changed, _ = forged(
        court, Random(0), lambda _court, _chance, records: records[row].update({name: _other(records[row][name])})
    )

    result = checked(changed, court)

    assert isinstance(result, Inconsistent)
    assert (result.why, result.line, result.until, result.entry) == ("signature", row + 1, row + 1, "")
    assert result.after == _proven_before(court, row, kind)


def _other(signed: str) -> str:
    """A letter of what is signed, not of the signature."""
    return signed.replace("yungui", "yunguj", 1).replace("cab-1", "cab-2").replace("sta-1", "sta-2")


def _proven_before(court: Court, row: int, kind: str) -> str:
    if kind == "checkpoint":
        earlier = json.loads(court.lines[row - 1])["note"].split("\n")
        log = json.loads(next(line for line in court.lines if b'"record":"head"' in line))["log"]
        return f"{log}.{earlier[1]}"
    one = max((one for one in court.ledger.batches if one.line < row + 1), key=lambda one: one.line)
    return f"{one.station}.{one.epoch}.{one.first + one.events - 1}"


def test_a_moved_head_is_named_also_where_the_end_mark_was_left_as_it_was(court: Court) -> None:
    """That the file is not as it was written tells nothing of where; the log does."""
    one = court.ledger.batches[-1]
    row = court.lines[one.line - 1]
    moved = row.replace(f'"index":{one.index}}}'.encode(), b'"index":10000}')

    result = checked([*court.lines[: one.line - 1], moved, *court.lines[one.line :]], court)

    assert isinstance(result, Inconsistent) and result.places is not None
    assert (result.why, result.places.first) == ("log_hole", one.index)


def test_a_moved_head_is_named_by_its_place_in_the_log(court: Court) -> None:
    """Its signature does not cover where it stands; the log has one place for each entry."""
    one = court.ledger.batches[-1]
    far, _ = forged(court, Random(0), lambda _court, _chance, records: records[one.line - 1].update(index=10_000))
    taken, _ = forged(court, Random(0), lambda _court, _chance, records: records[one.line - 1].update(index=0))

    away, twice = checked(far, court), checked(taken, court)

    assert isinstance(away, Inconsistent) and isinstance(twice, Inconsistent)
    assert away.places is not None and twice.places is not None
    assert (away.why, away.places.first) == ("log_hole", one.index)
    assert (twice.why, twice.line, twice.places.first) == ("log_twice", one.line, 0)
    assert "hub-1." in twice.detail, "the other that claims the place"


def test_a_cut_off_end_is_found_only_by_who_has_seen_it(court: Court) -> None:
    """What the verifier cannot know is stated: without anybody's checkpoint, a shorter history is a history."""
    cut, _ = forged(court, Random(0), IN_EXPORT["truncate"])

    alone = verify(io.BytesIO(b"".join(cut)), root=court.root)
    told = checked(cut, court)

    assert isinstance(alone, Consistent)
    assert isinstance(told, Inconsistent)
    assert told.why == "seen_beyond"


def test_a_checkpoint_of_somebody_else_is_not_listened_to(court: Court) -> None:
    strange = court.seen.replace("\nlog ", "\nlog 0", 1)

    result = verify(io.BytesIO(b"".join(court.lines)), root=court.root, seen=[Seen(strange)])

    assert isinstance(result, Inconsistent)
    assert result.why == "seen_unread"
