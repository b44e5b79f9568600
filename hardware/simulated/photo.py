"""Photos of printed labels, drawn: what a camera sees of a label that is tilted, bent, blurred, badly lit or small.

Seeded, so that the same numbers give the same photo. Nothing here knows how codes are read.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

import cv2
import numpy as np
import zxingcpp
from numpy.typing import NDArray

Grey: TypeAlias = NDArray[np.uint8]
Light: TypeAlias = NDArray[np.float32]

FINE: Final = 8
"""Pixels a module in a flat label. Whatever is smaller in a photo is averaged from it."""

SIZE: Final = (1280, 720)


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How a label lies and how it is lit. The defaults are a label held well before a good camera."""

    module: float = 3.0  # pixels a module of Code 128 at the middle of the photo
    tilt: float = 0.0  # degrees, in the plane of the photo
    yaw: float = 0.0  # degrees about the upright axis
    pitch: float = 0.0  # degrees about the level axis
    curve: float = 0.0  # degrees of a cylinder that the label is wrapped round
    blur: float = 0.5  # sigma in pixels, out of focus
    motion: float = 0.0  # pixels moved while the shutter was open
    direction: float = 0.0  # degrees of that movement
    light: float = 1.0  # 1 is well lit, 0.1 is a dark corridor
    shade: float = 1.0  # how much light is left in the shaded part
    glare: float = 0.0  # 1 is burnt out in the middle of the spot
    noise: float = 3.0  # sigma in grey levels
    quality: int = 92  # of JPEG; 0: not compressed
    inverted: bool = False  # light print on dark ground
    centre: tuple[float, float] = (0.5, 0.5)  # of the label, in parts of the photo


def label(text: str, *symbologies: str) -> Grey:
    """A flat white label with the text as "CODE128" and "QRCODE", FINE pixels a module of Code 128."""
    blocks = [_BLOCKS[symbology](text) for symbology in symbologies]
    height = max(block.shape[0] for block in blocks)
    blocks = [_in_middle(block, height) for block in blocks]
    return np.pad(np.hstack(blocks), 4 * FINE, constant_values=255)


def photograph(flats: Sequence[Grey], looks: Sequence[Look], *, seed: int, size: tuple[int, int] = SIZE) -> Grey:
    """One photo, width and height given, of all these labels. Light, blur and noise are those of the first look.

    Without labels: the bare desk.
    """
    random = np.random.default_rng(seed)
    scene = _desk(size, random)
    for flat, look in zip(flats, looks, strict=False):
        _lay(scene, flat, look)
    look = looks[0]
    scene = _lit(scene, look, random)
    scene = _blurred(scene, look)
    exposed = scene * look.light
    grain = look.noise * np.sqrt(0.35 + 0.65 * np.clip(exposed, 0, 255) / 160)
    exposed += random.standard_normal(scene.shape, dtype=np.float32) * grain
    return _compressed(np.clip(exposed, 0, 255).astype(np.uint8), look.quality)


def _code128(text: str) -> Grey:
    return _written(text, zxingcpp.BarcodeFormat.Code128, scale=FINE, rows=28 * FINE)


def _qrcode(text: str) -> Grey:
    return _written(text, zxingcpp.BarcodeFormat.QRCode, scale=FINE * 4 // 3, ec_level="M")


_BLOCKS: Final = {"CODE128": _code128, "QRCODE": _qrcode}


def _written(text: str, kind: zxingcpp.BarcodeFormat, *, scale: int, rows: int = 0, **options: str) -> Grey:
    """With its quiet zone; `rows`: that many rows of bars, whatever the writer draws."""
    made = zxingcpp.create_barcode(text, kind, **options)
    drawn = np.asarray(zxingcpp.write_barcode_to_image(made, scale=scale), dtype=np.uint8)
    if not rows:
        return drawn
    bars = np.repeat(drawn[drawn.shape[0] // 2][None], rows, axis=0)
    return np.pad(bars, ((2 * FINE, 2 * FINE), (0, 0)), constant_values=255)


def _in_middle(block: Grey, height: int) -> Grey:
    above = (height - block.shape[0]) // 2
    return np.pad(block, ((above, height - block.shape[0] - above), (0, 0)), constant_values=255)


def _desk(size: tuple[int, int], random: np.random.Generator) -> Light:
    """A folder with some lines of print on it: clutter with edges, as codes have them."""
    width, height = size
    base = float(random.uniform(150, 205))
    cells = random.normal(base, 12, (9, 16)).astype(np.float32)
    desk = np.asarray(cv2.resize(cells, size, interpolation=cv2.INTER_CUBIC), dtype=np.float32)
    unit = max(6, height // 60)
    for line in range(int(random.integers(4, 12))):
        top = int(random.integers(0, height - unit))
        at = int(random.integers(0, width // 2))
        for _ in range(int(random.integers(5, 30))):
            wide = int(random.integers(2, 3 * unit))
            desk[top : top + unit - line % 3, at : at + wide] = base - 90
            at += wide + int(random.integers(2, unit))
    return desk


def _lay(scene: Light, flat: Grey, look: Look) -> None:
    """Put a label into the scene, drawn twice as fine and averaged, so that thin bars fade as in a lens."""
    height, width = scene.shape
    paper = 255 - flat if look.inverted else flat
    grey = paper.astype(np.float32) * (215 / 255) + 20  # ink is not black and paper not white
    bend, extent = _bent(grey.shape, look.curve)
    shrunk = cv2.GaussianBlur(grey, (0, 0), max(0.01, 0.35 * FINE / look.module))
    to_scene = _homography(flat.shape, look, (width, height))
    to_flat = np.asarray(np.linalg.inv(to_scene), dtype=np.float64)
    corners = _moved(extent, to_scene)
    left, top = np.clip(np.floor(corners.min(axis=0)), 0, (width, height)).astype(int)
    right, bottom = np.clip(np.ceil(corners.max(axis=0)) + 1, 0, (width, height)).astype(int)
    if right <= left or bottom <= top:
        return
    fine = 2
    xs = left - 0.5 + (np.arange((right - left) * fine) + 0.5) / fine
    ys = top - 0.5 + (np.arange((bottom - top) * fine) + 0.5) / fine
    grid = np.asarray(np.stack(np.meshgrid(xs, ys), axis=-1).reshape(-1, 2), dtype=np.float64)
    where = bend(_moved(grid, to_flat)).astype(np.float32).reshape(len(ys), len(xs), 2)
    across, down = where[..., 0], where[..., 1]
    drawn = cv2.remap(shrunk, across, down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=-1000)
    small = cv2.resize(drawn, (int(right - left), int(bottom - top)), interpolation=cv2.INTER_AREA)
    part = scene[top:bottom, left:right]
    np.copyto(part, small, where=small >= 0)


class _Bend:
    """From a place on the label as seen to the place on the flat label."""

    def __init__(self, shape: tuple[int, ...], degrees: float) -> None:
        self._middle = shape[1] / 2
        self._radius = shape[1] / math.radians(degrees) if degrees else math.inf

    def __call__(self, places: NDArray[np.float64]) -> NDArray[np.float64]:
        if math.isinf(self._radius):
            return places
        across = (places[:, 0] - self._middle) / self._radius
        flat = np.where(np.abs(across) < 1, np.arcsin(np.clip(across, -1, 1)) * self._radius + self._middle, -1e6)
        return np.stack([flat, places[:, 1]], axis=1)

    @property
    def half(self) -> float:
        """Half the width as seen."""
        if math.isinf(self._radius):
            return self._middle
        return self._radius * math.sin(min(self._middle / self._radius, math.pi / 2))


def _bent(shape: tuple[int, ...], degrees: float) -> tuple[_Bend, NDArray[np.float64]]:
    bend = _Bend(shape, degrees)
    left, right = shape[1] / 2 - bend.half, shape[1] / 2 + bend.half
    return bend, np.array([[left, 0], [right, 0], [right, shape[0]], [left, shape[0]]], dtype=np.float64)


def _homography(shape: tuple[int, ...], look: Look, size: tuple[int, int]) -> NDArray[np.float64]:
    """Flat label to photo: shrink, turn about three axes, look at it from as far as the photo is wide."""
    tilt, yaw, pitch = (math.radians(angle) for angle in (look.tilt, look.yaw, look.pitch))
    about_z = _turn(tilt, 0, 1)
    about_y = _turn(yaw, 0, 2)
    about_x = _turn(pitch, 1, 2)
    turned = about_z @ about_y @ about_x * (look.module / FINE)
    far = 1.2 * max(size)
    middle = np.array([[1, 0, -shape[1] / 2], [0, 1, -shape[0] / 2], [0, 0, 1]])
    onto = np.column_stack([turned[:, 0], turned[:, 1], [0, 0, far]])
    lens = np.array([[far, 0, look.centre[0] * size[0]], [0, far, look.centre[1] * size[1]], [0, 0, 1]])
    return np.asarray(lens @ onto @ middle)


def _turn(angle: float, one: int, other: int) -> NDArray[np.float64]:
    turn = np.eye(3)
    turn[one, one] = turn[other, other] = math.cos(angle)
    turn[one, other], turn[other, one] = -math.sin(angle), math.sin(angle)
    return turn


def _moved(places: NDArray[np.float64], by: NDArray[np.float64]) -> NDArray[np.float64]:
    seen = np.column_stack([places, np.ones(len(places))]) @ by.T
    return np.asarray(seen[:, :2] / seen[:, 2:])


def _lit(scene: Light, look: Look, random: np.random.Generator) -> Light:
    """A shadow with a straight edge that crosses the label, and a burnt spot on it."""
    height, width = scene.shape
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    x, y = x - look.centre[0] * width, y - look.centre[1] * height
    lit = scene
    if look.shade < 1:
        angle, aside = random.uniform(0, 2 * math.pi), random.normal(0, 25)
        soft = float(random.uniform(1, 25))
        edge = x * np.float32(math.cos(angle)) + y * np.float32(math.sin(angle)) - np.float32(aside)
        part = 1 / (1 + np.exp(np.clip(-edge / soft, -50, 50)))
        lit = lit * (look.shade + (1 - look.shade) * part)
    if look.glare > 0:
        wide = float(random.uniform(25, 60))
        spot = np.exp(-((x - random.normal(0, 60)) ** 2 + (y - random.normal(0, 25)) ** 2) / (2 * wide**2))
        lit = lit + 255 * look.glare * spot
    return np.minimum(lit, 255).astype(np.float32)


def _blurred(scene: Light, look: Look) -> Light:
    if look.motion >= 1:
        scene = np.asarray(cv2.filter2D(scene, -1, _streak(look.motion, look.direction)), dtype=np.float32)
    if look.blur > 0:
        scene = np.asarray(cv2.GaussianBlur(scene, (0, 0), look.blur), dtype=np.float32)
    return scene


def _streak(length: float, degrees: float) -> Light:
    side = math.ceil(length) | 1
    streak = np.zeros((side + 2, side + 2), dtype=np.float32)
    middle = (side + 1) / 2
    for step in np.linspace(-length / 2, length / 2, 4 * side):
        column = middle + step * math.cos(math.radians(degrees))
        row = middle + step * math.sin(math.radians(degrees))
        streak[round(row), round(column)] += 1
    return np.asarray(streak / streak.sum(), dtype=np.float32)


def _compressed(photo: Grey, quality: int) -> Grey:
    if not quality:
        return photo
    _, packed = cv2.imencode(".jpg", photo, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.asarray(cv2.imdecode(packed, cv2.IMREAD_GRAYSCALE), dtype=np.uint8)
