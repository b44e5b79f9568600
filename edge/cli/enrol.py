"""``enrol``: this machine becomes a station of a court. ``rotate``: it gets its next signing key."""

from __future__ import annotations

import argparse
from pathlib import Path

__all__ = ["add_enrol"]


def add_enrol(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    enrol = commands.add_parser("enrol", help="登记本机 / enrol this machine with the hub's QR code")
    enrol.add_argument("invitation", help="二维码的文字，- 为标准输入 / the text of the QR code, - for standard input")
    enrol.add_argument("--station", type=Path, required=True, metavar="DIR", help="站点文件夹 / the station's folder")
    enrol.set_defaults(do=_enrol)
    rotate = commands.add_parser("rotate", help="更换签名密钥，先停止程序 / next signing key; stop the agent first")
    rotate.add_argument("--station", type=Path, required=True, metavar="DIR", help="站点文件夹 / the station's folder")
    rotate.set_defaults(do=_rotate)


def _enrol(chosen: argparse.Namespace) -> int:
    import sys

    from edge.enrolment import enrol
    from edge.sentences import sentences

    text = sys.stdin.readline() if chosen.invitation == "-" else chosen.invitation
    station = enrol(text, chosen.station)
    for say in sentences():
        print(say("enrolled", {"station": station, "folder": str(chosen.station)}))
    return 0


def _rotate(chosen: argparse.Namespace) -> int:
    from edge.rotating import rotate
    from edge.sentences import sentences

    key = rotate(chosen.station)
    for say in sentences():
        print(say("rotated", {"key": key}))
    return 0
