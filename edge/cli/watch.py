"""``watch``: frames of one line, live, in hex and in words. The agent must be stopped meanwhile: a port is for one."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from edge.doctor.devices import devices
from edge.errors import EdgeError
from hardware.watching import Heard, lines, watch
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
    offset, last = time.time() - time.monotonic(), None
    try:
        for heard in watch(wiring, chosen, raw=raw, ask=ask, seconds=seconds):
            print_line(_told(heard, offset=offset, gap=None if last is None else heard.at - last))
            last = heard.at
    except OSError as error:
        raise EdgeError("watch.port", line=chosen, why=str(error), holders=_holders(wiring, chosen)) from error


def _told(heard: Heard, *, offset: float, gap: float | None) -> str:
    """``09:30:00.123  +12.3 ms  bus0 ← 80 01 00 00 00 33 B2  all-status address=1 raw=00 00 00``"""
    clock = datetime.fromtimestamp(heard.at + offset).astimezone().strftime("%H:%M:%S.%f")[:-3]
    since = "" if gap is None else f"+{1000 * gap:.1f} ms"
    return f"{clock}  {since:>11}  {heard.line} {heard.way.value} {heard.data.hex(' ').upper()}  {heard.words}".rstrip()


def _holders(wiring: Wiring, line: str) -> str:
    port = next(one.port for kind in (wiring.buses, wiring.readers) for one in kind if one.name == line)
    found = [device for device in devices(wiring, Path("/"), groups={}) if device.path == str(port)]
    return ", ".join(f"{one.name} ({one.pid})" for device in found for one in device.holders) or "–"
