"""``./run soak --seed N --minutes M --json``: whole processes, real faults, and the count of what was lost: none.

The schedule of faults follows from the seed alone; ``--plan`` prints it. ``--trusting`` is the negative control: the
same faults on stations that believe the broker.
"""

from __future__ import annotations

import argparse
import json
import logging
import random
import sqlite3
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import asdict
from pathlib import Path

from audit.verify import Consistent, verify
from custody import chain
from custody.entries import Entry
from custody.wire import decode_event
from demo import truth
from demo.court import papers
from hardware.simulated.control import OrderError
from tests.soak.chaos_court import CABINET, Court, Post
from tests.soak.nemesis import Nemesis
from tests.soak.schedule import schedule

__all__ = ["KEYS", "main"]

KEYS = ("events", "faults", "lost", "doubled", "refired", "chain_ok", "merkle_ok", "verified")
_VISIT_EVERY = 0.25  # seconds


def main(arguments: list[str]) -> int:
    chosen = _parser().parse_args(arguments)
    faults = schedule(chosen.seed, minutes=chosen.minutes, stations=chosen.stations, per_minute=chosen.per_minute)
    if chosen.plan:
        print(json.dumps([asdict(one) for one in faults]))
        return 0
    logging.basicConfig(level=logging.INFO if chosen.verbose else logging.ERROR, stream=sys.stderr)
    started = time.monotonic()
    root = Path(tempfile.mkdtemp(prefix="yungui-soak-", dir=chosen.dir))
    court = Court(root, posts=chosen.stations, rate=chosen.rate, trusting=chosen.trusting)
    try:
        court.start()
        nemesis = Nemesis(court, faults)
        nemesis.rage(Visitor(court, seed=chosen.seed).come_by)
        settled = court.settle()
        court.stop_stations()
        result = judged(court, nemesis, settled=settled)
    finally:
        if chosen.keep:
            print(f"kept: {root}", file=sys.stderr)
            court.stop_stations()
        else:
            court.close()
    result["seconds"] = round(time.monotonic() - started, 1)
    print(json.dumps(result, ensure_ascii=False, indent=None if chosen.json else 2))
    return 0 if as_it_must_be(result) else 1


def as_it_must_be(result: Mapping[str, object]) -> bool:
    clean = not any(result[name] for name in ("lost", "doubled", "refired"))
    return clean and all(result[name] is True for name in ("chain_ok", "merkle_ok", "verified", "settled"))


class Visitor:
    """Somebody at the cabinet with the simulated steel, who taps, scans, pulls and pushes whatever happens."""

    def __init__(self, court: Court, *, seed: int) -> None:
        self._court, self._chance = court, random.Random(f"visitor {seed}")
        self._at = 0.0
        self._labels = [one.label for one in papers() if not one.confidential]

    def come_by(self) -> None:
        now = time.monotonic()
        if now < self._at:
            return
        self._at = now + _VISIT_EVERY
        bench, chance = self._court.posts[0].bench, self._chance
        try:
            if chance.random() < 0.3:
                bench.scan("badge", chance.choice(list(self._court.badges.values())))
            elif chance.random() < 0.6:
                bench.scan("label", chance.choice(self._labels))
            else:
                bench.push(f"0{chance.randrange(1, 7)}")
        except (OSError, OrderError):
            pass  # nobody reads at the other end just now


def judged(court: Court, nemesis: Nemesis, *, settled: bool) -> dict[str, object]:
    """The journals, the locks' own log and the export against each other. Nothing here asks the hub how it is."""
    journals = {post.station: truth.in_journal(post.journal) for post in court.posts}
    export = court.export()
    held = truth.in_export(export)
    comparison = truth.compare(journals.values(), held)
    with export.open("rb") as lines:
        verdict = verify(lines, root=court.root_fingerprint.replace(":", ""))
    number_of = {f"{CABINET}.0{number}": f"0{number}" for number in range(1, 7)}
    fires = court.fires()
    verified = isinstance(verdict, Consistent)
    return {
        "events": comparison.events,
        "faults": sum(nemesis.done.values()),
        "lost": comparison.lost + comparison.changed,
        "doubled": comparison.doubled,
        "refired": truth.unasked(fires, journals[CABINET], number_of),
        "chain_ok": all(chained(post, held) for post in court.posts),
        # The verifier rebuilds the log and checks every checkpoint and witness against it.
        "merkle_ok": isinstance(verdict, Consistent) and verdict.checkpoints > 0 and verdict.lost == 0,
        "verified": verified,
        "settled": settled,
        "fired": len(fires),
        "kinds": dict(sorted(nemesis.done.items())),
        "skipped": dict(nemesis.skipped),
        "trouble": Counter(nemesis.trouble).most_common(5),
        "verdict": asdict(verdict),
    }


def chained(post: Post, held: Sequence[bytes]) -> bool:
    """Whether the hub's lines of a station, hashed anew, end in the links that its journal ends in."""
    lines: dict[str, list[tuple[int, bytes]]] = {}
    for line in held:
        entry = decode_event(line)
        assert isinstance(entry, Entry)
        if entry.station == post.station:
            lines.setdefault(entry.epoch, []).append((entry.sequence, line))
    return all(
        [sequence for sequence, _ in sorted(own)] == list(range(1, len(own) + 1))
        and chain.links(chain.origin(post.station, epoch), [line for _, line in sorted(own)])[-1]
        == _tip(post.journal, epoch)
        for epoch, own in lines.items()
    )


def _tip(journal: Path, epoch: str) -> bytes:
    with closing(sqlite3.connect(f"file:{journal}?mode=ro", uri=True)) as connection:
        row = connection.execute(
            "SELECT link FROM events WHERE epoch = ? ORDER BY sequence DESC LIMIT 1", (epoch,)
        ).fetchone()
    return b"" if row is None else bytes(row[0])


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="./run soak", description="整机故障测试 / whole processes under faults")
    parser.add_argument("--seed", type=int, default=1, help="故障计划由它决定 / the schedule follows from it")
    parser.add_argument("--minutes", type=float, default=10.0, help="时长 / how long faults go on")
    parser.add_argument("--stations", type=int, default=4, help="站点数 / stations, one of them with simulated steel")
    parser.add_argument("--rate", type=int, default=80, help="每站每秒记录数 / entries a second and station")
    parser.add_argument("--per-minute", type=float, default=55.0, help="每分钟故障数 / faults a minute")
    parser.add_argument("--trusting", action="store_true", help="对照:相信消息服务器 / the negative control")
    parser.add_argument("--plan", action="store_true", help="只打印故障计划 / print the schedule and nothing else")
    parser.add_argument("--dir", default=None, help="工作文件夹所在 / where the working folder is made")
    parser.add_argument("--keep", action="store_true", help="保留文件夹 / keep the folder")
    parser.add_argument("--verbose", action="store_true")
    parser.add_argument("--json", action="store_true", help="只输出 JSON / print one JSON object only")
    return parser
