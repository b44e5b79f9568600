"""Bars that a whole picture does not show clearly, read from a narrow strip laid across them.

Along a bar nothing changes, so that the mean over the strip's height takes away noise and leaves the bars. What is left
is one row; it is stretched, evened and sharpened in several ways, and read as if it were a picture. One row read wrong
can pass a check character by luck (one in 103), so a text counts only when enough rows agree on it and none differs.
"""

import math
from collections import Counter
from collections.abc import Iterator
from typing import Final

import cv2
import numpy as np

from hardware.vision.decoders import BARS, Code, bars_by_zxing
from hardware.vision.finding import Seed
from hardware.vision.images import Field, Image, f32, u8

_AGREEING: Final = 2
_FINER: Final = 4
_HEIGHT: Final = 33
_WIDEST: Final = 1100
_SHARPER: Final = ((1.2, 2.0), (2.0, 3.0), (3.0, 4.0))
"""Sigma in pixels of the row, and gain."""
_BLURS: Final = (1.5, 2.5)
"""Of a lens out of focus, sigma in pixels of the row."""
_NOISE: Final = 0.008
"""Its power against that of the bars, once a row is the mean of many."""
_SLANTS: Final = tuple(math.tan(math.radians(angle)) for angle in np.arange(-6, 6.5, 0.75))


def read_across(grey: Image, seed: Seed) -> set[Code]:
    """The text of the bars at a seed, or nothing."""
    strip = _strip(grey, seed)
    votes: Counter[str] = Counter()
    for row in _rows(strip):
        for picture in _pictures(row):
            votes.update({text for text, _ in bars_by_zxing(picture)})
            ranked = votes.most_common(2)
            if ranked and ranked[0][1] >= _AGREEING + (2 * ranked[1][1] if len(ranked) > 1 else 0):
                return {(ranked[0][0], BARS)}
    return set()


def _strip(grey: Image, seed: Seed) -> Field:
    """Turned upright, at the scale at which the seed was found."""
    step, height = 1 / seed.scale, _HEIGHT
    cos, sin = math.cos(seed.angle) * step, math.sin(seed.angle) * step
    wide = int(min(math.hypot(*grey.shape) * seed.scale, _WIDEST))
    to_image = np.array(
        [
            [cos, -sin, seed.x - cos * wide / 2 + sin * height / 2],
            [sin, cos, seed.y - sin * wide / 2 - cos * height / 2],
        ]
    )
    flags = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
    source = cv2.GaussianBlur(grey, (0, 0), 0.45 * step) if step > 1 else grey
    strip = cv2.warpAffine(source, to_image, (wide, height), flags=flags, borderMode=cv2.BORDER_REPLICATE)
    return f32(strip)


def _rows(strip: Field) -> Iterator[Field]:
    """Means over parts of the strip's height, each slanted so that its bars stand upright."""
    middle = strip.shape[0] // 2
    for half in (8, 4, 16, 1):
        part = strip[middle - half : middle + half + 1]
        yield _upright(part).mean(axis=0)


def _upright(part: Field) -> Field:
    """The slant at which the mean row changes most."""
    wide = part.shape[1]
    near = part[:, max(0, wide // 2 - 120) : wide // 2 + 120]
    slant = max(_SLANTS, key=lambda one: float(np.square(np.diff(_slanted(near, one).mean(axis=0))).sum()))
    return _slanted(part, slant)


def _slanted(part: Field, slant: float) -> Field:
    middle = part.shape[0] / 2
    shear = np.array([[1, slant, -slant * middle], [0, 1, 0]])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return f32(cv2.warpAffine(part, shear, part.shape[::-1], flags=flags, borderMode=cv2.BORDER_REPLICATE))


def _pictures(row: Field) -> Iterator[Image]:
    """The row evened and sharpened, as pictures of some height."""
    fine = f32(cv2.resize(row[None], (row.size * _FINER, 1), interpolation=cv2.INTER_CUBIC))
    yield _picture(fine)
    for sigma, gain in _SHARPER:
        soft = f32(cv2.GaussianBlur(fine, (0, 0), sigma * _FINER / 2, sigmaY=0.01))
        yield _picture(fine + gain * (fine - soft))
    for blur in _BLURS:
        yield _picture(_unblurred(fine, blur * _FINER))


def _unblurred(row: Field, sigma: float) -> Field:
    """By Wiener's filter for a Gaussian."""
    ends = int(4 * sigma)
    padded = np.pad(row[0], ends, mode="reflect")
    waves = np.fft.rfftfreq(padded.size)
    passed = np.exp(-2 * (np.pi * sigma * waves) ** 2)
    spectrum = np.fft.rfft(padded) * passed / (passed * passed + _NOISE)
    return f32(np.fft.irfft(spectrum, padded.size)[ends:-ends][None])


def _picture(row: Field) -> Image:
    near = np.ones((1, 30 * _FINER + 1), dtype=np.uint8)
    low, high = f32(cv2.erode(row, near)), f32(cv2.dilate(row, near))
    flat = np.clip((row - low) / np.maximum(high - low, 12.0) * 255, 0, 255)
    return np.repeat(u8(flat), 8, axis=0)
