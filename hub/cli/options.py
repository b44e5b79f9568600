"""The command line: its commands and their options."""

from __future__ import annotations

import argparse
from pathlib import Path

from custody.events import PlaceKind, StationKind
from custody.grants import Role

__all__ = ["REASONS", "address", "parser"]

REASONS = ("stolen", "lost", "replaced", "retired", "suspect")
"""Why a station is revoked."""


def parser() -> argparse.ArgumentParser:
    """``yungui-hub COMMAND …``; each command sets ``command``."""
    top = argparse.ArgumentParser(
        prog="yungui-hub", description="云柜管理中心 · the hub of Yungui: ledger, grants, office pages"
    )
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _init(_command(commands, "init", "建立一个法院的中心 · set up the hub of a court"))
    _enrol(_command(commands, "enrol", "登记云柜或工作台 · enrol a cabinet or a station"))
    _revoke(_command(commands, "revoke", "吊销云柜或工作台 · accept nothing of a station any more"))
    _rotate(_command(commands, "rotate", "更换密钥 · replace a key by its next"))
    _seal(_command(commands, "seal", "封存应急账号 · make the emergency account, sealed"))
    _person(_command(commands, "person", "登记人员、证卡和账号 · add a person, a badge, an account"))
    _place(_command(commands, "place", "登记档案架、推车、交接台或过夜柜 · add a shelf, trolley, counter or cupboard"))
    _import(_command(commands, "import", "导入案卷清单 · bring a list of volumes in"))
    export = _command(commands, "export", "导出全部记录 · take the whole ledger out")
    export.add_argument("file", type=Path, help="要写的文件,- 为标准输出 · file to write, - for standard output")
    erased = _command(commands, "erase", "删除人员的姓名、证卡和账号 · erase a person's name, badge and account")
    erased.add_argument("person", help="人员编号 · the person's id")
    private = _command(commands, "erase-private", "删除一项个人信息 · erase a private value keyed in at a kiosk")
    private.add_argument("value", help="个人信息的编号,见记录 · its id, as the record names it")
    _recover(_command(commands, "recover", "装回备份后另开一本总记录 · go on after a backup was put back"))
    _command(commands, "run", "运行中心 · run the hub")
    return top


def address(text: str) -> tuple[str, int]:
    """HOST:PORT."""
    host, _, port = text.rpartition(":")
    if not host or not port.isdecimal() or not 0 < int(port) < 2**16:
        raise argparse.ArgumentTypeError(f"{text!r}: HOST:PORT, 例如 · such as 192.168.1.10:8883")
    return host.strip("[]"), int(port)


_Commands = argparse._SubParsersAction  # argparse gives the type no public name


def _command(commands: _Commands, name: str, said: str) -> argparse.ArgumentParser:  # type: ignore[type-arg]
    made: argparse.ArgumentParser = commands.add_parser(name, help=said, description=said)
    made.add_argument("--data", type=Path, required=True, help="中心的数据文件夹 · the hub's data folder")
    return made


def _init(made: argparse.ArgumentParser) -> None:
    made.add_argument("--court", required=True, help="法院编号,如 yk0802 · the court's id")
    made.add_argument("--name", required=True, help="法院名称 · the court's name")
    made.add_argument(
        "--host", action="append", default=[], help="中心和消息服务器的主机名或地址 · names of this machine"
    )
    made.add_argument("--broker", type=address, default=("127.0.0.1", 8883), help="消息服务器 · broker, HOST:PORT")
    made.add_argument("--http", type=address, default=("127.0.0.1", 8443), help="办公页面 · office pages, HOST:PORT")
    made.add_argument(
        "--stations-port",
        type=int,
        default=0,
        help="站点专用的 HTTPS 端口 · an HTTPS port for stations; 0: the pages' own",
    )
    made.add_argument("--plain", action="store_true", help="不用 HTTPS,仅限本机 · no HTTPS, on loopback only")
    made.add_argument("--database-url", default="", help="PostgreSQL 地址;缺省用 SQLite · empty: SQLite")
    made.add_argument("--debounce-ms", type=int, default=1000, help=argparse.SUPPRESS)


def _enrol(made: argparse.ArgumentParser) -> None:
    made.add_argument("station", help="编号,如 cab-1 · id")
    made.add_argument("--kind", required=True, choices=[StationKind.CABINET.value, StationKind.STATION.value])
    made.add_argument("--name", required=True, help="名称,如 立案大厅云柜 · name")
    made.add_argument(
        "--qr", type=Path, metavar="FILE", help="把二维码写成图片或 PDF · write the QR code, .png or .pdf"
    )
    made.add_argument("--floor", type=int, help="所在楼层,柜满时据此指最近的柜 · storey, to name the nearest cabinet")
    made.add_argument("--minutes", type=int, default=10, help="有效分钟数 · how long the code holds")
    made.add_argument("--hub", type=address, help="站点看到的中心 · the hub as the station sees it, HOST:PORT")
    made.add_argument("--broker", type=address, help="站点看到的消息服务器 · the broker as the station sees it")
    staff = made.add_mutually_exclusive_group()
    staff.add_argument("--court-staffed", action="store_true", help="由本院人员操作,可办副卷 · court staff work there")
    staff.add_argument("--contractor", action="store_true", help="由外包人员操作,看不到副卷 · a contractor's people do")


def _revoke(made: argparse.ArgumentParser) -> None:
    made.add_argument("station", help="编号,如 cab-1 · id")
    made.add_argument("--reason", required=True, choices=REASONS, help="原因 · why")


def _rotate(made: argparse.ArgumentParser) -> None:
    made.add_argument("key", choices=["hub-key", "authority", "root"], help="哪一把 · which one")
    made.add_argument("--root-key", type=Path, help="现在的 root.pem · root: the present root key")
    made.add_argument("--next-key", type=Path, help="新根密钥写入的文件 · root: the file for the next one")
    made.add_argument(
        "--step",
        action="store_true",
        help="不再等候未回应的站点 · authority: wait for nobody and take the next step",
    )


def _seal(made: argparse.ArgumentParser) -> None:
    made.add_argument("user", help="用户名,如 emergency · user name")
    made.add_argument("--person", required=True, help="由谁担责:人员编号 · who answers for it, a person's id")


def _person(made: argparse.ArgumentParser) -> None:
    made.add_argument("name", help="姓名 · name")
    made.add_argument("--role", action="append", required=True, choices=[role.value for role in Role])
    made.add_argument("--id", help="编号;缺省自动 · id; made up if left out")
    made.add_argument("--badge", help="证卡号 · what the reader reads of the badge")
    made.add_argument("--user", help="用户名 · user name, to sign in")
    made.add_argument("--password-file", help="密码文件,- 为标准输入 · file with the password, - for standard input")


def _place(made: argparse.ArgumentParser) -> None:
    made.add_argument("place", help="编号,如 shelf-a1 · id")
    kinds = (PlaceKind.SHELF, PlaceKind.TROLLEY, PlaceKind.COUNTER, PlaceKind.CUPBOARD)
    made.add_argument("--kind", choices=[one.value for one in kinds], default=PlaceKind.SHELF.value)
    made.add_argument("--name", required=True)
    made.add_argument("--label", help="架位标签 · the label stuck on it")


def _recover(made: argparse.ArgumentParser) -> None:
    made.add_argument("--root-key", type=Path, required=True, help="离线保存的 root.pem · the root key kept offline")
    made.add_argument(
        "--seen",
        action="append",
        default=[],
        metavar="CHECKPOINT",
        help="见过的检查点:文件或文字,可多次 · a checkpoint somebody has kept, file or text; repeatable",
    )


def _import(made: argparse.ArgumentParser) -> None:
    made.add_argument("file", type=Path)
    made.add_argument("--dry-run", action="store_true", help="只校验 · judge only")
    made.add_argument("--by", default="shell", help="由谁 · who does it")
