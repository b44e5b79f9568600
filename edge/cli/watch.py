"""``watch``: frames of one line, live, in hex and in words.

While the agent runs its own frames are shown; else the port is opened and, unless told otherwise, the boards are asked.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from edge.doctor.devices import devices
from edge.eavesdropping import SOCKET, LeftOut, read_line
from edge.errors import EdgeError
from edge.sentences import sentences
from hardware.tapping import Heard
from hardware.watching import in_words, lines, watch
from hardware.wiring import Wiring, WiringError, load_wiring

__all__ = ["show"]


def show(
    folder: Path,
    line: str | None,
    *,
    ports: Path | None,
    raw: bool,
    ask: bool,
    seconds: float,
    print_line: Callable[[str], None],
) -> None:
    """Until the time is over. ``EdgeError`` names a line that is not there, or who has the port."""
    try:
        wiring = load_wiring(folder / "wiring.toml", ports=ports)
    except WiringError as error:
        raise EdgeError("wiring.wrong", what=str(error)) from error
    named = lines(wiring)
    chosen = line or next(iter(named), "")
    if chosen not in named:
        raise EdgeError("watch.unknown", line=chosen, known=", ".join(named))
    with _agent(folder / SOCKET) as agent:
        if agent is None:
            seen: Iterator[Heard | LeftOut] = _own(wiring, chosen, raw=raw, ask=ask, seconds=seconds)
        else:
            _say("watch.running", print_line)
            seen = _overheard(agent, chosen, raw=raw, seconds=seconds)
        _print(seen, print_line)


def _print(seen: Iterator[Heard | LeftOut], print_line: Callable[[str], None]) -> None:
    offset, last = time.time() - time.monotonic(), None
    for heard in seen:
        if isinstance(heard, LeftOut):
            _say("watch.left_out", print_line, count=int(heard))
            continue
        print_line(_told(heard, offset=offset, gap=None if last is None else heard.at - last))
        last = heard.at


@contextmanager
def _agent(path: Path) -> Iterator[socket.socket | None]:
    """The running agent's line; none where no agent runs."""
    with socket.socket(socket.AF_UNIX) as line:
        try:
            line.connect(str(path))
        except (FileNotFoundError, ConnectionRefusedError):
            yield None
            return
        except OSError as error:
            raise EdgeError("watch.denied", file=str(path), why=error.strerror or str(error)) from error
        yield line


def _own(wiring: Wiring, line: str, *, raw: bool, ask: bool, seconds: float) -> Iterator[Heard]:
    try:
        yield from watch(wiring, line, raw=raw, ask=ask, seconds=seconds)
    except OSError as error:
        raise EdgeError("watch.port", line=line, why=str(error), holders=_holders(wiring, line)) from error


def _overheard(agent: socket.socket, line: str, *, raw: bool, seconds: float) -> Iterator[Heard | LeftOut]:
    until, left = time.monotonic() + seconds, b""
    while (patience := until - time.monotonic()) > 0:
        agent.settimeout(patience)
        try:
            data = agent.recv(65536)
        except TimeoutError:
            return
        if not data:
            raise EdgeError("watch.ended")
        *told, left = (left + data).split(b"\n")
        for one in map(read_line, told):
            if isinstance(one, LeftOut) or (one.line == line and (raw or one.words or one.family)):
                yield one


def _say(key: str, print_line: Callable[[str], None], **fields: int) -> None:
    for say in sentences():
        print_line(say(key, fields))


def _told(heard: Heard, *, offset: float, gap: float | None) -> str:
    """``09:30:00.123  +12.3 ms  bus0 ← 80 01 00 00 00 33 B2  all-status address=1 raw=00 00 00``"""
    clock = datetime.fromtimestamp(heard.at + offset).astimezone().strftime("%H:%M:%S.%f")[:-3]
    since = "" if gap is None else f"+{1000 * gap:.1f} ms"
    words = heard.words or in_words(heard.family, heard.data)
    return f"{clock}  {since:>11}  {heard.line} {heard.way.value} {heard.data.hex(' ').upper()}  {words}".rstrip()


def _holders(wiring: Wiring, line: str) -> str:
    port = next(one.port for kind in (wiring.buses, wiring.readers) for one in kind if one.name == line)
    found = [device for device in devices(wiring, Path("/"), groups={}) if device.path == str(port)]
    return ", ".join(f"{one.name} ({one.pid})" for device in found for one in device.holders) or "–"
