"""Cameras that read labels or badges: `[[camera]]`. The keys are explained in docs/hardware/wiring.md."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from hardware.registry import CAMERAS, names
from hardware.wiring.readers import ROLES
from hardware.wiring.source import Source, Table, unique

TABLES: Final = ("camera",)
KEYS: Final = ("name", "role", "driver", "port", "width", "height", "fps", "equal_reads")


@dataclass(frozen=True, slots=True)
class Camera:
    """`equal_reads`: so many pictures must say the same before a code counts."""

    name: str
    role: str
    driver: str
    port: Path
    width: int
    height: int
    rate: int
    equal_reads: int


def read_cameras(source: Source, root: Path) -> tuple[Camera, ...]:
    """A relative port is taken below `root`. No camera bears the name of a reader."""
    unique(source, "camera", "name")
    readers = {table.text("name", default="") for table in source.tables("reader")}
    cameras = tuple(_camera(table, root) for table in source.tables("camera"))
    for table, camera in zip(source.tables("camera"), cameras, strict=True):
        if camera.name in readers:
            raise table.wrong("duplicate", "name", value=camera.name)
    return cameras


def _camera(table: Table, root: Path) -> Camera:
    table.only(KEYS)
    return Camera(
        name=table.text("name"),
        role=table.choice("role", ROLES),
        driver=table.choice("driver", names(CAMERAS), default="video"),
        port=root / table.text("port"),
        width=table.number("width", range(160, 7681), default=1280),
        height=table.number("height", range(120, 4321), default=720),
        rate=table.number("fps", range(1, 121), default=10),
        equal_reads=table.number("equal_reads", range(1, 11), default=2),
    )
