"""How many labels we read in photos, against zxing-cpp and zbar together with one pass each. ``./run bench decode``.

Every set of photos has one degradation. Ours must read at least as many in every set and more in all, none of them
wrong; and on photos that the first pass reads it must cost less than half more than zxing-cpp alone.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from functools import partial

import zxingcpp
from pyzbar import pyzbar

from bench.label_photos import SETS, photos
from hardware.vision import codes
from hardware.vision.images import Image

__all__ = ["Row", "main", "measure"]

RATIO_LIMIT = 1.5
_FORMATS = zxingcpp.BarcodeFormats(
    [zxingcpp.BarcodeFormat.Code128, zxingcpp.BarcodeFormat.QRCode, zxingcpp.BarcodeFormat.DataMatrix]
)
_SYMBOLS = [pyzbar.ZBarSymbol.CODE128, pyzbar.ZBarSymbol.QRCODE]


@dataclass(frozen=True, slots=True)
class Row:
    """Labels of one set: printed, read by us, read by the peers together; texts of ours that are on no label."""

    photos: str
    labels: int
    ours: int
    peers: int
    wrong: int
    ratio: float | None  # median, ours to zxing-cpp alone, on photos read at once
    milliseconds: float  # median, ours, on all photos


def main(arguments: Sequence[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    rows = measure(options.sets or list(SETS), count=options.count, seed=options.seed)
    sets = [asdict(row) for row in rows]
    result = {"sets": sets, "total": _total(rows), "ratio": _ratio(rows), "failed": failures(rows)}
    if options.json:
        print(json.dumps(result, ensure_ascii=False))
    else:
        _print(rows, result)
    return 1 if result["failed"] else 0


def measure(sets: Sequence[str], *, count: int, seed: int = 0) -> list[Row]:
    """One process a set; two at once disturb a ratio no more than one alone."""
    with ProcessPoolExecutor(max_workers=2) as pool:
        return list(pool.map(partial(_measured, count=count, seed=seed), sets))


def failures(rows: Sequence[Row]) -> list[str]:
    """What is not as it must be."""
    total = _total(rows)
    found = [f"{row.photos}: ours {row.ours} < peers {row.peers}" for row in rows if row.ours < row.peers]
    found += [f"{row.photos}: {row.wrong} wrong" for row in rows if row.wrong]
    if total["ours"] <= total["peers"]:
        found.append(f"in all: ours {total['ours']} <= peers {total['peers']}")
    if _ratio(rows) >= RATIO_LIMIT:
        found.append(f"time on photos read at once: {_ratio(rows)} >= {RATIO_LIMIT}")
    return found


def _measured(name: str, *, count: int, seed: int) -> Row:
    labels = ours = peers = wrong = 0
    ratios: list[float] = []
    times: list[float] = []
    for photo in photos(name, count, seed=seed):
        alone, by_zxing = _timed(_zxing, photo.image)
        spent, by_us = _timed(_all_of_ours if len(photo.texts) > 1 else _ours, photo.image)
        if by_zxing and len(photo.texts) == 1:
            ratios.append(min(_timed(_ours, photo.image)[0], spent) / min(_timed(_zxing, photo.image)[0], alone))
        times.append(spent)
        labels += len(photo.texts)
        ours += len(by_us & photo.texts)
        peers += len((by_zxing | _zbar(photo.image)) & photo.texts)
        wrong += len(by_us - photo.texts)
    ratio = round(statistics.median(ratios), 2) if ratios else None
    return Row(name, labels, ours, peers, wrong, ratio, round(statistics.median(times) * 1000, 1))


def _total(rows: Sequence[Row]) -> dict[str, int]:
    return {name: sum(getattr(row, name) for row in rows) for name in ("labels", "ours", "peers", "wrong")}


def _ratio(rows: Sequence[Row]) -> float:
    """The median set's; 0 when no photo was read at once."""
    return statistics.median([row.ratio for row in rows if row.ratio is not None] or [0.0])


def _timed(read: Callable[[Image], set[str]], image: Image) -> tuple[float, set[str]]:
    start = time.perf_counter()
    found = read(image)
    return time.perf_counter() - start, found


def _ours(image: Image) -> set[str]:
    return {text for text, _ in codes(image)}


def _all_of_ours(image: Image) -> set[str]:
    return {text for text, _ in codes(image, every=True, seconds=15)}


def _zxing(image: Image) -> set[str]:
    return {code.text for code in zxingcpp.read_barcodes(image, formats=_FORMATS)}


def _zbar(image: Image) -> set[str]:
    return {code.data.decode("utf-8", "replace") for code in pyzbar.decode(image, symbols=_SYMBOLS)}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="./run bench decode", description=__doc__)
    parser.add_argument("sets", nargs="*", metavar="SET", help=f"{' '.join(SETS)} (default: all)")
    parser.add_argument("--count", type=int, default=200, help="photos a set (default 200)")
    parser.add_argument("--seed", type=int, default=0, help="other photos of the same kind")
    parser.add_argument("--json", action="store_true", help="one JSON object")
    return parser


def _print(rows: Sequence[Row], result: dict[str, object]) -> None:
    print(f"{'照片 photos':<14}{'labels':>8}{'ours':>8}{'peers':>8}{'wrong':>7}{'ratio':>7}{'ms':>9}")
    for row in rows:
        ratio = "–" if row.ratio is None else f"{row.ratio:.2f}"
        counts = f"{row.labels:>8}{row.ours:>8}{row.peers:>8}{row.wrong:>7}"
        print(f"{row.photos:<16}{counts}{ratio:>7}{row.milliseconds:>9}")
    print(result["total"], f"ratio {_ratio(rows):.2f}")
    for failed in failures(rows):
        print(f"不合格 failed: {failed}", file=sys.stderr)
