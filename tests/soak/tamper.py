"""``./run soak tamper``: seeded courts; every untouched export must pass, whatever is done to one must be found.

And the place named must be the place touched, by the rule in ``tests/audit/touching.py``.
"""

from __future__ import annotations

import argparse
import io
import json
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from random import Random

from audit.verify import Consistent, Inconsistent, Result, Seen, verify
from tests.audit.tampering import IN_DATABASE, IN_EXPORT, Court, forged, lines_of, small_court
from tests.audit.touching import Touched, flipped, names_the_place, touched_by_flip


def main(arguments: Sequence[str]) -> int:
    options = _parser().parse_args(arguments)
    counts = {"courts": 0, "passed": 0, "tamperings": 0, "found": 0, "named": 0, "one_line": 0, "not_done": 0}
    missed: list[str] = []
    for seed in range(options.seed, options.seed + options.courts):
        with tempfile.TemporaryDirectory(prefix="yungui-tamper-") as folder:
            court = small_court(Path(folder), seed)
            counts["courts"] += 1
            if isinstance(_checked(court.lines, court), Consistent):
                counts["passed"] += 1
            else:
                missed.append(f"{seed}: untouched")
            for name, lines, touched in _tampered(court, seed, Path(folder)):
                if lines is None or touched is None:
                    counts["not_done"] += 1
                    continue
                counts["tamperings"] += 1
                result = _checked(lines, court)
                if not isinstance(result, Inconsistent):
                    missed.append(f"{seed}: {name}")
                    continue
                counts["found"] += 1
                counts["one_line"] += result.places is None and result.line == result.until
                if names_the_place(result, touched):
                    counts["named"] += 1
                else:
                    missed.append(f"{seed}: {name}: {result.why} at {result.line}, not {touched.line}")
        if counts["courts"] % 50 == 0:
            print(f"{counts}, {len(missed)} missed", file=sys.stderr, flush=True)
    told = {**counts, "seed": options.seed, "missed": missed}
    print(json.dumps(told, ensure_ascii=False) if options.json else told)
    return 1 if missed else 0


_Done = tuple[str, list[bytes] | None, Touched | None]


def _tampered(court: Court, seed: int, folder: Path) -> list[_Done]:
    """Every row of the matrix once; none where it cannot be done: nothing to trade, or no export any more."""
    done: list[_Done] = []
    for number, (name, tampering) in enumerate(IN_DATABASE.items()):
        path = folder / f"tampered-{number}.sqlite"
        shutil.copy(court.database, path)
        touched = tampering(court, Random(f"{seed} {name}"), path)
        try:
            done.append((name, lines_of(path), touched))
        except UnicodeDecodeError:
            done.append((name, None, None))
    for name, forging in IN_EXPORT.items():
        lines, forged_there = forged(court, Random(f"{seed} {name}"), forging)
        done.append((f"export: {name}", lines if lines != court.lines else None, forged_there))
    chance, length = Random(seed), len(b"".join(court.lines))
    for _ in range(20):
        place, by = chance.randrange(length), 1 << chance.randint(0, 7)
        lines = flipped(court.lines, place, by=by)
        done.append(("export: flip a byte", lines, touched_by_flip(court.ledger, place, by=by)))
    return done


def _checked(lines: Sequence[bytes], court: Court) -> Result:
    return verify(io.BytesIO(b"".join(lines)), root=court.root, seen=[Seen(court.seen)])


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="./run soak tamper", description=__doc__)
    parser.add_argument("--courts", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    return parser
