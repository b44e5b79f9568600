"""All facts at once. ``root`` is where the machine's files lie, so that a tree of plain files can stand in for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from edge.doctor.cameras import cameras
from edge.doctor.devices import devices
from edge.doctor.facts import Facts
from edge.doctor.machine import disk, groups, machine, user
from edge.doctor.station import station
from edge.errors import EdgeError

__all__ = ["gather"]


def gather(
    folder: Path,
    *,
    now: int,
    synchronised: bool,
    environment: Mapping[str, str],
    root: Path = Path("/"),
    ports: Path | None = None,
    runs_as: str | None = None,
    libraries: Sequence[str] | None = None,
) -> Facts:
    """``runs_as``: who runs the agent; the owner of the folder where nobody is named. ``EdgeError``: no such folder."""
    if not folder.is_dir():
        raise EdgeError("folder.missing", folder=str(folder))
    who = user(runs_as if runs_as is not None else folder.stat().st_uid, root)
    found, wiring = station(folder, who, ports=ports or root / "dev")
    chips = () if wiring is None else tuple(box.chip for box in wiring.gpio if box.chip is not None)
    if chips:
        environment = {**environment, "RPI_LGPIO_CHIP": str(chips[0])}  # as the driver does
    named = () if wiring is None else devices(wiring, root, groups=groups(root))
    return Facts(
        now=now,
        user=who,
        devices=named,
        machine=machine(root, synchronised=synchronised, environment=environment, libraries=libraries),
        disk=disk(folder, root),
        station=found,
        cameras=() if wiring is None else cameras(wiring, root, named),
    )
