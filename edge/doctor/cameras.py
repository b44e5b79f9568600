"""What the cameras of a wiring show: whether their device gives pictures at all, and how bright one is.

A camera that somebody uses is left alone: a picture that the agent waits for is not taken away from it.
"""

from __future__ import annotations

import os
import re
import struct
from collections.abc import Sequence
from contextlib import suppress
from fcntl import ioctl
from pathlib import Path
from typing import Final

from edge.doctor.facts import Camera, Device
from hardware.wiring import Wiring
from hardware.wiring.cameras import Camera as Wired

__all__ = ["cameras", "captures"]

_QUERYCAP: Final = 0x80685600  # VIDIOC_QUERYCAP: _IOR('V', 0, struct v4l2_capability), 104 bytes
_CAPABILITIES: Final = struct.Struct("<16s32s32sIII12x")
_DEVICE_CAPS: Final = 0x80000000  # V4L2_CAP_DEVICE_CAPS: the last field speaks of this node, not of the whole camera
_VIDEO_CAPTURE: Final = 0x00000001 | 0x00001000  # of one plane, of many
_SETTLING: Final = 8  # pictures until a camera has found its exposure
_PERCENT: Final = 99


def cameras(wiring: Wiring, root: Path, devices: Sequence[Device]) -> tuple[Camera, ...]:
    """Every camera that is there."""
    there = {device.path: device for device in devices if device.exists and device.use == "video"}
    found = ((one, there.get(_shown(one.port, root))) for one in wiring.cameras)
    return tuple(_camera(one, device, root) for one, device in found if device is not None)


def captures(answer: bytes) -> bool:
    """Whether a node gives pictures, by what it answered to VIDIOC_QUERYCAP (videodev2.h)."""
    _, _, _, _, whole, node = _CAPABILITIES.unpack(answer)
    return bool((node if whole & _DEVICE_CAPS else whole) & _VIDEO_CAPTURE)


def _camera(wired: Wired, device: Device, root: Path) -> Camera:
    place = root / device.target.lstrip("/")
    if device.holders:
        return Camera(path=device.path, captures=True, unseen=", ".join(str(one) for one in device.holders))
    try:
        gives = place.is_socket() or _gives_pictures(place)
    except PermissionError as denied:
        return Camera(path=device.path, captures=True, unseen=denied.strerror or str(denied))
    return (
        _looked(wired, device.path, place) if gives else Camera(path=device.path, captures=False, others=_nodes(root))
    )


def _looked(wired: Wired, path: str, place: Path) -> Camera:
    """OpenCV is loaded only where there is a camera to look through."""
    import numpy as np

    from hardware.drivers.camera_frames import open_frames

    try:
        frames = open_frames(place, width=wired.width, height=wired.height, rate=wired.rate)
        try:
            picture = [frames.read() for _ in range(_SETTLING)][-1]
        finally:
            frames.close()
    except OSError as failed:
        return Camera(path=path, captures=True, why=failed.strerror or str(failed))
    rows, columns = picture.shape
    return Camera(path=path, captures=True, rows=rows, columns=columns, brightest=int(np.percentile(picture, _PERCENT)))


def _nodes(root: Path) -> tuple[str, ...]:
    """Device files that give pictures."""
    found = []
    for node in sorted((root / "dev").glob("video*"), key=_number):
        with suppress(PermissionError):
            if _gives_pictures(node):
                found.append(f"/dev/{node.name}")
    return tuple(found)


def _gives_pictures(place: Path) -> bool:
    """PermissionError when that cannot be known."""
    try:
        node = os.open(place, os.O_RDWR | os.O_NONBLOCK)
    except PermissionError:
        raise
    except OSError:
        return False
    try:
        return captures(ioctl(node, _QUERYCAP, bytes(_CAPABILITIES.size)))
    except OSError:
        return False  # ENOTTY: no video device at all
    finally:
        os.close(node)


def _number(node: Path) -> int:
    found = re.search(r"\d+$", node.name)
    return int(found[0]) if found else 0


def _shown(port: Path, root: Path) -> str:
    return f"/{port.relative_to(root)}" if port.is_relative_to(root) else str(port)
