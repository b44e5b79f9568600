"""What the wiring names, as it lies below a root: device files, their groups, their USB chips, who has them open."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from edge.doctor.facts import Device, Holder
from hardware.wiring import Wiring

__all__ = ["devices"]


@dataclass(frozen=True, slots=True)
class _Chip:
    """One USB serial adapter: device name, vendor:product, serial number."""

    name: str
    product: str
    serial: str


def devices(wiring: Wiring, root: Path, *, groups: dict[int, str]) -> tuple[Device, ...]:
    """Every device file of a wiring. ``groups``: names by number."""
    chips = tuple(_chips(root))
    named = dict.fromkeys(str(one.port) for kind in (wiring.buses, wiring.readers, wiring.cameras) for one in kind)
    films = {str(one.port) for one in wiring.cameras}
    found = [
        _device(Path(port), root, groups, chips, use="video" if port in films else "")
        for port in named
        if "://" not in port
    ]
    on_pins = [box.chip for box in wiring.gpio] or [wiring.parts.chip] * bool(wiring.parts)
    return *found, *(_device(_pins(chip, root), root, groups, chips) for chip in on_pins[:1])


def _pins(chip: int | None, root: Path) -> Path:
    """The file through which pins are reached: the chip that was named, else the first there is."""
    names = [f"gpiochip{chip}"] if chip is not None else ["gpiochip0", "gpiochip4", "gpiomem"]
    return next((Path("/dev") / name for name in names if (root / "dev" / name).exists()), Path("/dev") / names[0])


def _device(port: Path, root: Path, groups: dict[int, str], chips: tuple[_Chip, ...], *, use: str = "") -> Device:
    place = _below(root, port)
    path = _shown(root, place)
    use = use or _use(path)
    try:
        status = place.stat()
    except OSError:
        return Device(path=path, use=use, exists=False)
    target = place.resolve()
    chip = next((one for one in chips if one.name == target.name), None)
    twins = (
        ()
        if chip is None
        else tuple(
            f"/dev/{one.name}"
            for one in chips
            if one.name != chip.name and (one.product, one.serial) == (chip.product, chip.serial)
        )
    )
    return Device(
        path=path,
        use=use,
        exists=True,
        target=_shown(root, target),
        mode=status.st_mode & 0o7777,
        owner=status.st_uid,
        group=groups.get(status.st_gid, str(status.st_gid)),
        chip="" if chip is None else chip.product,
        twins=twins,
        fixed=_fixed(target, root),
        holders=tuple(_holders(target, root)),
    )


def _below(root: Path, path: Path) -> Path:
    return path if path.is_relative_to(root) or not path.is_absolute() else root / path.relative_to("/")


def _shown(root: Path, place: Path) -> str:
    return f"/{place.relative_to(root)}" if place.is_relative_to(root) else str(place)


def _use(path: str) -> str:
    for prefix, group in (
        ("/dev/input", "input"),
        ("/dev/video", "video"),
        ("/dev/v4l", "video"),
        ("/dev/gpio", "gpio"),
    ):
        if path.startswith(prefix):
            return group
    return "dialout"


def _fixed(target: Path, root: Path) -> str:
    links = (link for kind in ("serial", "v4l") for link in sorted(_listed(root / "dev" / kind / "by-path")))
    return next((_shown(root, link) for link in links if link.resolve() == target), "")


def _chips(root: Path) -> Iterator[_Chip]:
    for tty in sorted(_listed(root / "sys/class/tty")):
        place = (tty / "device").resolve()
        while place != root and place != place.parent:
            if (place / "idVendor").is_file():
                product = f"{_line(place / 'idVendor')}:{_line(place / 'idProduct')}"
                yield _Chip(tty.name, product, _line(place / "serial"))
                break
            place = place.parent


def _holders(target: Path, root: Path) -> Iterator[Holder]:
    for process in sorted(_listed(root / "proc")):
        if process.name.isdecimal() and any(_points_to(link, target) for link in _listed(process / "fd")):
            words = _text(process / "cmdline").split("\0")
            if "hardware.simulated" not in words:
                name = _line(process / "comm") or process.name
                yield Holder(pid=int(process.name), name=name, agent=_is_agent(words))


def _is_agent(words: list[str]) -> bool:
    return "edge" in words or any(word.endswith("yungui-edge") for word in words[:2])


def _points_to(link: Path, target: Path) -> bool:
    try:
        return link.readlink() == target
    except OSError:
        return False


def _listed(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except OSError:
        return []


def _line(file: Path) -> str:
    return _text(file).strip()


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
