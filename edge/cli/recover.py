"""``recover``: put a damaged journal aside and go on with what of it can be read."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

__all__ = ["add_recover"]


def add_recover(commands: Any) -> None:
    """The verb, for the parser of the command line."""
    recover = commands.add_parser(
        "recover", help="记录损坏后恢复 / after damage: put the journal aside and go on in a new epoch"
    )
    recover.add_argument("--station", type=Path, required=True, metavar="DIR", help="站点文件夹 / the station's folder")
    recover.set_defaults(do=_recover)


def _recover(chosen: argparse.Namespace) -> int:
    from edge.clocks import Clocks
    from edge.recovery import recover
    from edge.sentences import sentences

    recovered = recover(chosen.station, Clocks())
    fields: dict[str, str | int] = {"aside": str(recovered.aside), "entries": recovered.entries}
    print("\n".join(say("recover.done", fields) for say in sentences()))
    return 0
