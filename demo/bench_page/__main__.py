"""``python -m demo.bench_page --port N --site NAME CONTROL KIOSK …``: the virtual bench of the demo court."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import uvicorn

from demo.bench_page.scene import Badge, Label, Stand
from demo.bench_page.server import bench_app
from demo.court import CABINET, PEOPLE, SHELVES, papers
from hardware.wiring import load_wiring

__all__ = ["main"]

_MODEL = Path(__file__).resolve().parents[2] / "hardware" / "cabinets" / "8a80-48" / "wiring.toml"


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m demo.bench_page", description="the virtual bench")
    parser.add_argument("--port", type=int, required=True, help="on loopback")
    parser.add_argument("--site", nargs=3, action="append", default=[], metavar=("NAME", "CONTROL", "KIOSK"))
    parser.add_argument("--wiring", type=Path, default=_MODEL, help="where the doors stand; default %(default)s")
    chosen = parser.parse_args(arguments)
    layout = load_wiring(chosen.wiring).compartments
    stands = [
        Stand(name, control, kiosk, layout=layout if name == CABINET else ()) for name, control, kiosk in chosen.site
    ]
    badges = [Badge(one.name, one.roles[-1], one.badge) for one in PEOPLE]
    uvicorn.run(
        bench_app(stands=stands, badges=badges, labels=_labels),
        host="127.0.0.1",
        port=chosen.port,
        log_level="warning",
    )
    return 0


def _labels() -> list[Label]:
    volumes = [Label(one.label, f"{one.case} {one.part} {one.number}/{one.of}") for one in papers()]
    return [*volumes, *(Label(one.label, one.name, "shelf") for one in SHELVES)]


if __name__ == "__main__":
    sys.exit(main())
