"""Arrays that hold images, and the ways to make one grey and small enough to work on."""

import math
from typing import Any, Final, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

Image: TypeAlias = NDArray[np.uint8]
Field: TypeAlias = NDArray[np.float32]

MOST_PIXELS: Final = 24_000_000
"""Larger images are made smaller first, so that one photo cannot take all memory."""


def grey(image: NDArray[Any]) -> Image:
    """Grey, 8 bit and of bounded size: of grey (rows × columns) or colour as OpenCV orders it, 8 or 16 bit.

    What is transparent shows white paper.
    """
    if image.dtype == np.uint16:
        image = (image >> 8).astype(np.uint8)
    elif image.dtype != np.uint8:
        image = np.clip(image, 0, 255).astype(np.uint8)
    image = _bounded(image)
    if image.ndim == 2:
        return image
    match image.shape[2]:
        case 1:
            return image[:, :, 0]
        case 2:
            return _on_white(image[:, :, 0], image[:, :, 1])
        case 3:
            return u8(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY))
        case _:
            return _on_white(u8(cv2.cvtColor(image[:, :, :3], cv2.COLOR_BGR2GRAY)), image[:, :, 3])


def u8(image: Any) -> Image:
    return np.asarray(image, dtype=np.uint8)


def f32(image: Any) -> Field:
    return np.asarray(image, dtype=np.float32)


def resized(image: Image, factor: float) -> Image:
    """Averaged when smaller, smooth when larger; never empty."""
    height, width = image.shape[:2]
    size = max(1, round(width * factor)), max(1, round(height * factor))
    return u8(cv2.resize(image, size, interpolation=cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC))


def sharper(image: Image, gain: float = 2.5) -> Image:
    """Of an image that was made twice as large."""
    return u8(cv2.addWeighted(image, 1 + gain, cv2.GaussianBlur(image, (0, 0), 4), -gain, 0))


def _bounded(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    pixels = image.shape[0] * image.shape[1]
    return image if pixels <= MOST_PIXELS else resized(image, math.sqrt(MOST_PIXELS / pixels))


def _on_white(ink: Image, opacity: Image) -> Image:
    clear = 255 - opacity.astype(np.uint16)
    return u8((ink * opacity.astype(np.uint16) + 255 * clear) // 255)
