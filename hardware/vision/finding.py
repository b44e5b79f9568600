"""Where in an image codes may be: seeds on parallel edges (bars) and amid edges of all directions (squares).

By the structure tensor: the mean of the gradients' outer products over a small window tells how much changes there and
how far it changes in one direction only. Local contrast is evened out first, so that shade and darkness do not matter.
"""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from hardware.vision.images import Field, Image, f32, resized

_WINDOW: Final = 15  # pixels, at the scale looked at
_APART: Final = 25  # two seeds of a kind are not nearer


@dataclass(frozen=True, slots=True)
class Seed:
    """A place in the pixels of the whole image. `angle`: the direction across the bars, in radians."""

    x: float
    y: float
    angle: float
    score: float
    scale: float


def seeds(grey: Image, scale: float, *, most: int) -> tuple[tuple[Seed, ...], tuple[Seed, ...]]:
    """Of bars and of squares, the likeliest first, looked for in the image made smaller by this factor."""
    even = evened(resized(grey, scale) if scale != 1 else grey)
    energy, coherence, direction = _tensor(even)
    lined = energy * np.maximum(coherence - 0.35, 0)
    crossed = energy * np.maximum(0.8 - coherence, 0)
    bars = _peaks(cv2.blur(lined, (31, 31)), most)
    squares = _peaks(cv2.blur(crossed, (31, 31)), most)
    angles = np.angle(direction) / 2
    return (
        tuple(_seed(place, scale, float(angles[place]), float(lined[place])) for place in bars),
        tuple(_seed(place, scale, 0.0, float(crossed[place])) for place in squares),
    )


def evened(grey: Image, window: int = 41) -> Field:
    """Every neighbourhood with mean 0 and, unless it is bare, deviation 1."""
    smooth = f32(cv2.GaussianBlur(grey, (0, 0), 0.8))
    mean = f32(cv2.blur(smooth, (window, window)))
    variance = f32(cv2.blur(smooth * smooth, (window, window))) - mean * mean
    bare = max(6.0, 1.5 * float(np.median(variance[::8, ::8])))  # where nothing is printed there is noise alone
    return f32((smooth - mean) / np.sqrt(np.maximum(variance, bare)))


def _tensor(even: Field) -> tuple[Field, Field, NDArray[np.complex64]]:
    """Energy, coherence from 0 to 1, and the doubled direction of change as a complex number."""
    dx = f32(cv2.Sobel(even, cv2.CV_32F, 1, 0, scale=0.125))
    dy = f32(cv2.Sobel(even, cv2.CV_32F, 0, 1, scale=0.125))
    window = (_WINDOW, _WINDOW)
    xx, yy, xy = (f32(cv2.blur(product, window)) for product in (dx * dx, dy * dy, dx * dy))
    energy = xx + yy
    direction = ((xx - yy) + 2j * xy).astype(np.complex64)
    return energy, f32(np.abs(direction)) / np.maximum(energy, 1e-6), direction


def _peaks(score: object, most: int) -> list[tuple[int, int]]:
    """Rows and columns of the highest places, each highest within its neighbourhood."""
    left = f32(score).copy()
    found: list[tuple[int, int]] = []
    for _ in range(most):
        row, column = (int(at) for at in np.unravel_index(int(left.argmax()), left.shape))
        if left[row, column] <= 1e-3:
            break
        found.append((row, column))
        left[max(0, row - _APART) : row + _APART, max(0, column - _APART) : column + _APART] = 0
    return found


def _seed(place: tuple[int, int], scale: float, angle: float, score: float) -> Seed:
    return Seed((place[1] + 0.5) / scale, (place[0] + 0.5) / scale, angle, score, scale)
