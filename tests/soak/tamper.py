"""``./run soak tamper``: seeded courts; every untouched export must pass, and everything done to one must be found."""

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


def main(arguments: Sequence[str]) -> int:
    options = _parser().parse_args(arguments)
    counts = {"courts": 0, "passed": 0, "tamperings": 0, "found": 0, "not_done": 0}
    missed: list[str] = []
    for seed in range(options.seed, options.seed + options.courts):
        with tempfile.TemporaryDirectory(prefix="yungui-tamper-") as folder:
            court = small_court(Path(folder), seed)
            counts["courts"] += 1
            if isinstance(_checked(court.lines, court), Consistent):
                counts["passed"] += 1
            else:
                missed.append(f"{seed}: untouched")
            for name, lines in _tampered(court, seed, Path(folder)):
                if lines is None:
                    counts["not_done"] += 1
                    continue
                counts["tamperings"] += 1
                if isinstance(_checked(lines, court), Inconsistent):
                    counts["found"] += 1
                else:
                    missed.append(f"{seed}: {name}")
        if counts["courts"] % 50 == 0:
            print(f"{counts}, {len(missed)} missed", file=sys.stderr, flush=True)
    result = {**counts, "seed": options.seed, "missed": missed}
    print(json.dumps(result, ensure_ascii=False) if options.json else result)
    return 1 if missed else 0


def _tampered(court: Court, seed: int, folder: Path) -> list[tuple[str, list[bytes] | None]]:
    """Every row of the matrix once; none where it cannot be done: nothing to trade, or no export any more."""
    done: list[tuple[str, list[bytes] | None]] = []
    for number, (name, tampering) in enumerate(IN_DATABASE.items()):
        path = folder / f"tampered-{number}.sqlite"
        shutil.copy(court.database, path)
        tampering(court, Random(f"{seed} {name}"), path)
        try:
            done.append((name, lines_of(path)))
        except UnicodeDecodeError:
            done.append((name, None))
    for name, forging in IN_EXPORT.items():
        lines = forged(court, Random(f"{seed} {name}"), forging)
        done.append((f"export: {name}", lines if lines != court.lines else None))
    chance = Random(seed)
    for _ in range(20):
        whole = bytearray(b"".join(court.lines))
        whole[chance.randrange(len(whole))] ^= 1 << chance.randint(0, 7)
        done.append(("export: flip a byte", [bytes(whole)]))
    return done


def _checked(lines: Sequence[bytes], court: Court) -> Result:
    return verify(io.BytesIO(b"".join(lines)), root=court.root, seen=[Seen(court.seen)])


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="./run soak tamper", description=__doc__)
    parser.add_argument("--courts", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    return parser
