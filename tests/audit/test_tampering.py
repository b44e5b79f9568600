"""The tamper matrix: whatever is done to a database or an export is found, and the place is named; nothing else is."""

from __future__ import annotations

import io
import shutil
from collections.abc import Sequence
from pathlib import Path
from random import Random

import pytest

from audit.verify import Consistent, Inconsistent, Result, Seen, verify
from tests.audit.tampering import IN_DATABASE, IN_EXPORT, Court, every_flip, forged, lines_of, small_court
from tests.audit.test_verify import FINGERPRINT, GOOD

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
def test_what_is_done_to_the_database_is_found(name: str, court: Court, tmp_path: Path) -> None:
    for time in range(TIMES):
        path = tmp_path / f"{time}.sqlite"
        shutil.copy(court.database, path)
        IN_DATABASE[name](court, Random(f"{name} {time}"), path)
        try:
            lines = lines_of(path)
        except UnicodeDecodeError:
            continue  # what is no text any more cannot even be exported

        result = checked(lines, court)

        assert isinstance(result, Inconsistent), f"{name} {time}"
        assert result.line > 0


@pytest.mark.parametrize("name", IN_EXPORT)
def test_what_is_done_to_the_export_is_found(name: str, court: Court) -> None:
    for time in range(TIMES * 3):
        lines = forged(court, Random(f"{name} {time}"), IN_EXPORT[name])
        if lines == court.lines:
            continue  # the random letter was no change

        result = checked(lines, court)

        assert isinstance(result, Inconsistent), f"{name} {time}"


def test_an_export_rewritten_by_nobody_is_the_same_to_the_byte(court: Court) -> None:
    """So that whatever the matrix finds is the forger's doing."""
    assert forged(court, Random(0), lambda _court, _chance, _records: None) == court.lines


def test_every_single_byte_matters() -> None:
    """Every byte of a small export, one after the other."""
    assert isinstance(verify(GOOD, root=FINGERPRINT), Consistent)
    for changed in every_flip(GOOD):
        assert isinstance(verify(io.BytesIO(b"".join(changed)), root=FINGERPRINT), Inconsistent)


def test_random_bytes_of_a_whole_export_matter(court: Court) -> None:
    whole, chance = b"".join(court.lines), Random(7)
    for _ in range(300):
        changed = bytearray(whole)
        changed[chance.randrange(len(changed))] ^= 1 << chance.randint(0, 7)
        assert isinstance(verify(io.BytesIO(bytes(changed)), root=court.root), Inconsistent)


def test_the_place_is_named(court: Court) -> None:
    """An entry of the cabinet is changed: station, epoch and sequence come back."""
    row = next(n for n, line in enumerate(court.lines) if b"volume.deposited" in line and b"cab-1" in line)
    changed = forged(
        court,
        Random(0),
        lambda _court, _chance, records: records[row].update(line=records[row]["line"].replace("p-one", "p-two")),
    )

    result = checked(changed, court)

    assert isinstance(result, Inconsistent)
    assert result.why == "changed"
    assert result.entry.startswith("cab-1.e")


def test_a_cut_off_end_is_found_only_by_who_has_seen_it(court: Court) -> None:
    """What the verifier cannot know is stated: without anybody's checkpoint, a shorter history is a history."""
    cut = forged(court, Random(0), IN_EXPORT["truncate"])

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
