"""``./run soak power``: power cuts at any moment of the work of journal and hub, on a disk that forgets what it may.

The real journal and the real ingest write through a disk of ours; what it may hold after a cut is put into real files
and opened with the real code. What was promised must be there, whole transactions or none of them.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Protocol

from tests.soak.disk import Disk, Image, Outage, outages
from tests.soak.power_hub import HubLife
from tests.soak.power_journal import JournalLife

__all__ = ["Figures", "Life", "main", "measure"]

_GENERATIONS = 6
"""So many lives follow each other on one disk; then a new one begins, or looking at it would take ever longer."""


class Life(Protocol):
    """One program writing on a disk. ``states`` promised so far are numbered from 0 upwards, over all its lives."""

    def live(self, disk: Disk, *, commits: int, synchronous: str, chance: random.Random) -> None:
        """Open what the disk holds, work for so many commits, and be gone without a goodbye."""

    def find(self, folder: Path) -> tuple[int, str]:
        """What state is in the files of a folder, found with the real code; and what is wrong with it, if anything."""

    @property
    def begun(self) -> int:
        """The newest state that a commit was begun for."""

    def go_on_from(self, state: int) -> None:
        """The next life begins with this state; what came after it never was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """``lost``: cuts after which something promised was gone. ``broken``: after which the file could not be used."""

    cuts: int
    commits: int
    lost: int
    broken: int
    seconds: float


def measure(life: Life, *, cuts: int, seed: int, synchronous: str = "FULL", each: int = 100) -> Figures:
    """``cuts`` power cuts; after every ``each`` of them the program goes on with what one of them left."""
    chance = random.Random(seed)
    started = time.monotonic()
    image: Image = {}
    promised, done, commits, lost, broken = -1, 0, 0, 0, 0
    generation = 0
    with tempfile.TemporaryDirectory(dir=_memory()) as folder:
        while done < cuts:
            disk = Disk(f"disk-{seed}-{generation}-{synchronous}", image)
            generation += 1
            work = chance.choice((3, 10, 40, 120))
            life.live(disk, commits=work, synchronous=synchronous, chance=chance)
            disk.unregister()
            commits += work
            survivor: tuple[Outage, int] | None = None
            count = min(each, cuts - done)
            for outage in outages(disk.deeds, before=image, promised=promised, count=count, chance=chance):
                done += 1
                state, wrong = life.find(_written(outage.image, Path(folder)))
                if wrong:
                    broken += 1
                elif not outage.promised <= state <= life.begun:
                    lost += 1
                elif survivor is None or chance.random() < 2 / count:
                    survivor = (outage, state)
            if survivor is None or generation % _GENERATIONS == 0:
                image, promised = {}, -1
                life.go_on_from(-1)
            else:
                image, promised = survivor[0].image, survivor[1]
                life.go_on_from(promised)
    return Figures(cuts=done, commits=commits, lost=lost, broken=broken, seconds=round(time.monotonic() - started, 1))


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="./run soak power", description="断电测试 / power cuts")
    parser.add_argument("--cuts", type=int, default=10_000, help="断电次数 / how many")
    parser.add_argument(
        "--hub-cuts", type=int, default=2_000, help="其中中心数据库的次数 / of these, of the hub's database"
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true", help="只输出 JSON / print one JSON object only")
    chosen = parser.parse_args(arguments)
    hub_cuts = min(chosen.hub_cuts, chosen.cuts)
    with hub_life() as hub:
        figures = {
            "journal": measure(JournalLife(), cuts=chosen.cuts - hub_cuts, seed=chosen.seed),
            "hub": measure(hub, cuts=hub_cuts, seed=chosen.seed),
            "control_off": measure(JournalLife(), cuts=300, seed=chosen.seed, synchronous="OFF"),
            "control_normal": measure(JournalLife(), cuts=300, seed=chosen.seed, synchronous="NORMAL"),
        }
    good = all(figures[one].lost == figures[one].broken == 0 for one in ("journal", "hub"))
    seen = all(figures[one].lost + figures[one].broken > 0 for one in ("control_off", "control_normal"))
    result = {
        "cuts": figures["journal"].cuts + figures["hub"].cuts,
        "lost": figures["journal"].lost + figures["hub"].lost,
        "broken": figures["journal"].broken + figures["hub"].broken,
        "control_finds_losses": seen,
        **{name: asdict(one) for name, one in figures.items()},
    }
    print(json.dumps(result, ensure_ascii=False, indent=None if chosen.json else 2))
    return 0 if good and seen else 1


@contextmanager
def hub_life() -> Iterator[HubLife]:
    with tempfile.TemporaryDirectory(dir=_memory()) as folder, closing(HubLife(Path(folder))) as life:
        yield life


def _written(image: Image, folder: Path) -> Path:
    for old in folder.iterdir():
        old.unlink()
    for name, data in image.items():
        (folder / Path(name).name).write_bytes(data)
    return folder


def _memory() -> str | None:
    """Where files cost nothing; these disks fail on paper only."""
    return "/dev/shm" if Path("/dev/shm").is_dir() else None
