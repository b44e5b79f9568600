"""What a technician asks of a machine: ``doctor``, ``commission`` and ``watch``."""

from __future__ import annotations

import argparse
import socket
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

__all__ = ["add_technician"]

_STATION = "站点文件夹 / the station's folder"
_PORTS = "串口所在文件夹,默认 /dev / where serial lines are"


def add_technician(commands: Any) -> None:
    doctor = commands.add_parser("doctor", help="检查本机 / find what is wrong with this machine")
    doctor.add_argument("--station", type=Path, required=True, metavar="DIR", help=_STATION)
    doctor.add_argument("--user", metavar="NAME", help="运行程序的用户 / who runs the agent, else the folder's owner")
    doctor.add_argument("--json", action="store_true", help="以 JSON 输出 / print one JSON object")
    doctor.set_defaults(do=_doctor)
    commission = commands.add_parser("commission", help="柜体调试 / walk along a cabinet and learn how it is wired")
    commission.add_argument("--station", type=Path, required=True, metavar="DIR", help=_STATION)
    commission.add_argument("--by", required=True, metavar="NAME", help="调试人 / who signs the sheet")
    commission.add_argument("--answers", type=Path, metavar="FILE", help="逐行读取回答 / answers, one a line")
    commission.add_argument("--sheet", type=Path, metavar="PDF", help="调试单,默认在站点文件夹 / where the sheet goes")
    commission.add_argument(
        "--wait", type=float, default=20, metavar="SECONDS", help="等待扫描的时间 / how long to wait for a reader"
    )
    commission.set_defaults(do=_commission)
    watch = commands.add_parser(
        "watch",
        help="查看线路上的帧，运行时也可以 / see the frames of a line, live, also while the agent runs",
    )
    watch.add_argument("line", nargs="?", metavar="LINE", help="总线或扫描头的名称 / a bus or reader of the wiring")
    watch.add_argument("--station", type=Path, required=True, metavar="DIR", help=_STATION)
    watch.add_argument("--seconds", type=float, default=3600, help="看多久 / for how long")
    watch.add_argument("--raw", action="store_true", help="同时显示原始字节 / show bytes as they come, too")
    watch.add_argument("--listen", action="store_true", help="只听不问 / do not poll the boards")
    watch.set_defaults(do=_watch)
    for one in (doctor, commission, watch):
        one.add_argument("--ports", type=Path, metavar="DIR", help=_PORTS)


def _doctor(chosen: argparse.Namespace) -> int:
    from edge.cli.doctor import look

    told, faulty = look(chosen.station, ports=chosen.ports, runs_as=chosen.user, json=chosen.json)
    print(told)
    return int(faulty)


def _commission(chosen: argparse.Namespace) -> int:
    from edge.cli.commission import Job, commission
    from edge.commissioning.dialogue import Dialogue, lines

    at = datetime.now().astimezone()
    folder: Path = chosen.station
    job = Job(
        wiring=folder / "wiring.toml",
        station=f"{folder.absolute().name} ({socket.gethostname()})",
        by=chosen.by,
        at=at,
        sheet=chosen.sheet or folder / f"commissioning-{at:%Y%m%dT%H%M%S}.pdf",
        ports=chosen.ports,
        scan_seconds=chosen.wait,
    )
    answers = lines(sys.stdin.readline)
    if chosen.answers is not None:
        answers = iter(chosen.answers.read_text(encoding="utf-8").splitlines())
    return int(not commission(job, Dialogue(answers, sys.stdout, echo=chosen.answers is not None)))


def _watch(chosen: argparse.Namespace) -> int:
    from edge.cli.watch import show

    try:
        show(
            chosen.station,
            chosen.line,
            ports=chosen.ports,
            raw=chosen.raw,
            ask=not chosen.listen,
            seconds=chosen.seconds,
            print_line=lambda line: print(line, flush=True),
        )
    except KeyboardInterrupt:
        return 0
    return 0
