"""QR codes and Data Matrix that a whole picture does not show clearly, read from a cut-out.

Both carry error correction over all of their text, so that what is read is right; the cut-out may be drawn as
differently as it takes.
"""

from collections.abc import Iterator
from typing import Final

import cv2
import numpy as np

from hardware.vision.decoders import Code, squares_by_zxing
from hardware.vision.finding import Seed
from hardware.vision.images import Image, resized, sharper, u8

_HALF: Final = 110  # pixels at the scale at which the seed was found


def read_square(flat: Image, seed: Seed) -> set[Code]:
    """What the squares around a seed say, or nothing."""
    return next(filter(None, map(squares_by_zxing, _pictures(_cut(flat, seed)))), set())


def _cut(flat: Image, seed: Seed) -> Image:
    half, x, y = int(_HALF / seed.scale), int(seed.x), int(seed.y)
    cut = flat[max(0, y - half) : y + half, max(0, x - half) : x + half]
    full = cv2.normalize(cut, np.empty_like(cut), 0, 255, cv2.NORM_MINMAX)
    return resized(u8(full), 2 * seed.scale) if seed.scale < 1 else u8(full)


def _pictures(cut: Image) -> Iterator[Image]:
    """Larger, sharper, and without noise."""
    large = resized(cut, 2.0)
    yield large
    yield sharper(large)
    yield u8(cv2.GaussianBlur(cut, (0, 0), 1.0))
