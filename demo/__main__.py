"""``./run demo``: the whole system on this machine. ``--once``: a working day plays by itself, is judged, and ends."""

from __future__ import annotations

import argparse
import json
import secrets
import signal
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, closing
from pathlib import Path

from audit.verify import Consistent, verify
from custody.grants import Role
from custody.identifiers import StationId
from demo import truth
from demo.court import PEOPLE, papers
from demo.day import Crashes, Day
from demo.hands import Hands
from demo.house import HUB, STATION_CAMERA, House, Ports
from demo.processes import LOOPBACK, Child, DemoError, answers, wait_until
from hardware.wiring import load_wiring
from hub.texts import CHINESE, texts

__all__ = ["bench_page", "main"]

_SETTLED_SECONDS = 120.0
_LOWEST_PORT, _HIGHEST_PORT = 1024, 65531  # five in a row are taken


def main(arguments: Sequence[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    try:
        with _house(options) as house:
            return _once(house, as_json=options.json) if options.once else _stay(house)
    except KeyboardInterrupt:
        print("\n已结束。· Ended.", file=sys.stderr if options.json else sys.stdout)
        return 0
    except DemoError as error:
        print(error, file=sys.stderr)
        return 1


def _house(options: argparse.Namespace) -> AbstractContextManager[House]:
    ports = Ports.free() if options.port is None else _ports_from(options.port)
    password = f"demo-{secrets.token_hex(4)}"
    return closing(House(ports=ports, password=password, keep=options.keep, lights=not options.once))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="./run demo", description="整套系统在本机运行 / the whole system on this machine"
    )
    parser.add_argument("--once", action="store_true", help="自动演示一天后结束 / play a scripted day and exit")
    parser.add_argument("--json", action="store_true", help="末行输出 JSON / print one JSON object as the last line")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="数据留在此文件夹 / keep all data in this folder")
    parser.add_argument(
        "--port", type=int, metavar="N", help="网页从此端口起 / pages from this port on (default: free)"
    )
    return parser


def _ports_from(first: int) -> Ports:
    if not _LOWEST_PORT <= first <= _HIGHEST_PORT:
        raise DemoError(
            f"--port {first} 不可用,请给 {_LOWEST_PORT} 到 {_HIGHEST_PORT} 之间的端口。\n"
            f"--port {first} cannot be used; name one from {_LOWEST_PORT} to {_HIGHEST_PORT}."
        )
    for port in range(first, first + 6):
        if answers(port):
            raise DemoError(
                f"端口 {port} 已被占用。请关闭占用它的程序,或用 --port 换一个起始端口。\n"
                f"Port {port} is taken. Stop the program that uses it, or choose another first port with --port."
            )
    return Ports(
        hub=first,
        bench=first + 1,
        cabinet_kiosk=first + 2,
        station_kiosk=first + 3,
        broker=first + 4,
        door=first + 5,
    )


def _stay(house: House) -> int:
    print("正在建立演示法院…… · Founding the demo court…", flush=True)
    house.found()
    house.start(screens=True)
    house.run_beside(bench_page(house))
    wait_until(lambda: answers(house.ports.bench), seconds=30, what="bench page")
    users = [f"    {one.user:<10} {one.name}({'、'.join(map(_role, one.roles))})" for one in PEOPLE if one.user]
    print(
        "\n".join(
            (
                "",
                "云柜已启动 · Yungui is running",
                f"  虚拟工作台 · virtual bench   http://{LOOPBACK}:{house.ports.bench}/   (从这里开始 · start here)",
                f"  中心 · hub                   {house.hub_url}/",
                f"  柜机屏幕 · cabinet kiosk     http://{LOOPBACK}:{house.ports.cabinet_kiosk}/",
                f"  工作站屏幕 · station kiosk   http://{LOOPBACK}:{house.ports.station_kiosk}/",
                f"  登录(密码均为 {house.password})· logins, all with the password {house.password}:",
                *users,
                f"  根密钥指纹 · root key        {house.root_fingerprint}",
                "  Ctrl-C 结束 · Ctrl-C ends it",
            )
        ),
        flush=True,
    )
    threading.Event().wait()
    return 0


def _role(role: Role) -> str:
    return f"{texts(CHINESE)(f'role.{role}')} {role}"


def bench_page(house: House) -> Child:
    """The virtual bench of a house, not yet started."""
    words = [sys.executable, "-m", "demo.bench_page", "--port", str(house.ports.bench), "--hub", f"{house.hub_url}/"]
    for site in house.sites:
        words += ["--site", site.station, str(site.control), f"http://{LOOPBACK}:{site.kiosk_port}/"]
    return Child("bench page", words, log=house.log_of("bench"))


def _once(house: House, *, as_json: bool) -> int:
    def say(line: str) -> None:
        print(line, file=sys.stderr if as_json else sys.stdout, flush=True)

    started = time.monotonic()
    say("正在建立演示法院…… · Founding the demo court…")
    house.found()
    house.start(screens=False)
    day = Day(
        cabinet=Hands(house.cabinet.screen, house.cabinet.bench),
        station=Hands(house.station.screen, house.station.bench, camera=STATION_CAMERA),
        crashes=Crashes(
            agent=lambda: _restart_agent(house, day),
            freeze_hub=lambda: house.hub.freeze(on=True),
            hub=lambda: _restart_hub(house),
            broker=house.broker.restart_forgetful,
        ),
        say=say,
    )
    _await_grants(house)
    day.play()
    say("17:20 核对 · balancing: journals, ledger, export")
    result = _judged(house, day)
    result["seconds"] = round(time.monotonic() - started, 1)
    for name, value in result.items():
        say(f"  {name:<14} {value}")
    if as_json:
        print(json.dumps(result, ensure_ascii=False), flush=True)
    return 0 if _as_it_must_be(result) else 1


def _as_it_must_be(result: Mapping[str, object]) -> bool:
    clean = not any(result[name] for name in ("lost", "doubled", "unasked", "unread", "discrepancies"))
    done = all(result[name] for name in ("restarts", "interrupted", "camera_reads"))
    whole = result["archived"] == result["volumes"] and done
    return clean and whole and bool(result["agree"]) and bool(result["verified"])


def _restart_agent(house: House, day: Day) -> None:
    house.cabinet.kill_agent()
    day.cabinet.forget()
    time.sleep(0.5)
    house.cabinet.start_agent()


def _restart_hub(house: House) -> int:
    interrupted = house.kill_hub_during_ingest()
    house.start_hub()
    return interrupted


def _await_grants(house: House) -> None:
    """Both stations have heard from the hub who may do what."""
    wait_until(
        lambda: all(truth.recorded(site.journal, "grants.accepted") for site in house.sites),
        seconds=60,
        what="grants",
    )


def _judged(house: House, day: Day) -> dict[str, object]:
    journals = _settled(house)
    export = house.export()
    held = truth.in_export(export)
    with export.open("rb") as lines:
        verdict = verify(lines, root=house.root_fingerprint)
    comparison = truth.compare(journals.values(), held)
    own = [line for line in held if f'"/yungui/{_court(line)}/{HUB}"'.encode() in line]
    every = [*own, *(line for journal in journals.values() for line in journal)]
    standings = truth.same_in_any_order(every, seed=1)
    wiring = load_wiring(house.cabinet.folder / "wiring.toml")
    number_of = {f"{house.cabinet.station}.{one.name}": one.name for one in wiring.compartments}
    fires = [str(one["compartment"]) for one in house.cabinet.bench.fires()]
    return {
        "volumes": len(papers()),
        "events": comparison.events,
        "lost": comparison.lost + comparison.changed,
        "doubled": comparison.doubled,
        "discrepancies": None
        if standings is None
        else sum(len(one.held.contradictions) + len(one.breaches) for one in standings.values()),
        "archived": 0 if standings is None else truth.archived(standings),
        "restarts": day.restarts,
        "interrupted": day.interrupted,
        "refusals": len(day.refusals),
        "pulses": len(fires),
        "unread": truth.unread(
            (line for journal in journals.values() for line in journal), day.cabinet.typed | day.station.typed
        ),
        "camera_reads": day.cabinet.camera_reads + day.station.camera_reads,
        "unasked": truth.unasked(fires, journals[house.cabinet.station], number_of),
        "agree": standings is not None and truth.agrees(standings, house.hub_database),
        "verified": isinstance(verdict, Consistent),
    }


def _settled(house: House) -> dict[StationId, tuple[bytes, ...]]:
    """The journals, once the hub has all of them."""
    wait_until(
        lambda: all(truth.acknowledged(site.journal) for site in house.sites),
        seconds=_SETTLED_SECONDS,
        what="acknowledgement of every entry",
    )
    return {site.station: truth.in_journal(site.journal) for site in house.sites}


def _court(line: bytes) -> str:
    return str(json.loads(line)["source"]).split("/")[2]


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda _number, _frame: sys.exit(143))  # so that what it started is stopped
    sys.exit(main())
