"""``python -m demo.bench_page --port N --site NAME CONTROL KIOSK …``: the virtual bench of the demo court."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import uvicorn

from custody.events import StationKind
from custody.identifiers import LabelKind, make_label
from demo.bench_page.scene import Badge, Label, Stand
from demo.bench_page.server import bench_app
from demo.court import CABINET, FURNITURE, PEOPLE, papers
from hardware.wiring import load_wiring

__all__ = ["main"]

_STRANGER = 900_000
"""Number of a badge and of a label that nobody registered."""

_MODEL = Path(__file__).resolve().parents[2] / "hardware" / "cabinets" / "8a80-48" / "wiring.toml"


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m demo.bench_page", description="the virtual bench")
    parser.add_argument("--port", type=int, required=True, help="on loopback")
    parser.add_argument("--site", nargs=3, action="append", default=[], metavar=("NAME", "CONTROL", "KIOSK"))
    parser.add_argument("--hub", default="", help="address of the hub's pages")
    parser.add_argument("--wiring", type=Path, default=_MODEL, help="where the doors stand; default %(default)s")
    chosen = parser.parse_args(arguments)
    layout = load_wiring(chosen.wiring).compartments
    stands = [
        Stand(name, control, kiosk, layout=layout)
        if name == CABINET
        else Stand(name, control, kiosk, kind=StationKind.STATION)
        for name, control, kiosk in chosen.site
    ]
    badges = [Badge(one.name, one.roles[-1], one.badge, one.roles) for one in PEOPLE]
    badges.append(Badge("？", "stranger", make_label(LabelKind.BADGE, _STRANGER).text))
    uvicorn.run(
        bench_app(stands=stands, badges=badges, labels=_labels, hub=chosen.hub),
        host="127.0.0.1",
        port=chosen.port,
        log_level="warning",
    )
    return 0


def _labels() -> list[Label]:
    volumes = [Label(one.label, f"{one.case} {one.part} {one.number}/{one.of}") for one in papers()]
    stranger = Label(make_label(LabelKind.VOLUME, _STRANGER).text, "？", "stranger")
    return [*volumes, *(Label(one.label, one.name, one.kind) for one in FURNITURE), stranger]


if __name__ == "__main__":
    sys.exit(main())
