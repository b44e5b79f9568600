"""The verbs of a station. Exit status: 0 done, 1 something a person can mend (said in both languages), 2 misuse."""

from __future__ import annotations

import argparse
import logging
import queue
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from edge.cli.enrol import add_enrol
from edge.cli.recover import add_recover
from edge.cli.technician import add_technician
from edge.errors import EdgeError

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    chosen = _parser().parse_args(arguments)
    try:
        return int(chosen.do(chosen))
    except EdgeError as error:
        print(error.sentence(), file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="yungui-edge", description="柜机与工作站的程序 / The agent of a cabinet or an archiving station"
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    run = commands.add_parser("run", help="运行 / run the agent of a station")
    run.add_argument("--ports", type=Path, metavar="DIR", help="串口所在文件夹,默认 /dev / where serial lines are")
    run.add_argument("--verbose", action="store_true", help="详细日志 / log more")
    run.set_defaults(do=_run)
    add_enrol(commands)
    status = commands.add_parser("status", help="查看记录 / what the journal holds")
    status.add_argument("--json", action="store_true", help="以 JSON 输出 / print one JSON object")
    status.set_defaults(do=_status)
    add_recover(commands)
    add_technician(commands)
    for one in (run, status):
        one.add_argument("--station", type=Path, required=True, metavar="DIR", help="站点文件夹 / the station's folder")
    return parser


def _run(chosen: argparse.Namespace) -> int:
    from edge.agent import Item, Stop
    from edge.bootstrap import run_station

    logging.basicConfig(
        level=logging.DEBUG if chosen.verbose else logging.INFO,
        format="%(asctime)s %(levelname)s %(name)s %(message)s",
        stream=sys.stderr,
    )
    items: queue.SimpleQueue[Item] = queue.SimpleQueue()
    stops = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(number, lambda _number, _frame: items.put(Stop())) for number in stops]
    try:
        run_station(chosen.station, items, ports=chosen.ports)
    finally:
        for number, handler in zip(stops, before, strict=True):
            signal.signal(number, handler)
    return 0


def _status(chosen: argparse.Namespace) -> int:
    from edge.cli.status import as_json, as_text, read_status

    status = read_status(chosen.station)
    print(as_json(status) if chosen.json else as_text(status))
    return 0
