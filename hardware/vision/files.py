"""Image files of any kind as arrays: turned as the camera was held, bounded in size, with words for what is none."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pictures
from PIL import ImageOps, UnidentifiedImageError

MOST_BYTES: Final = 200_000_000
MOST_PIXELS: Final = 400_000_000


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Why a file gives no image; Chinese, then English."""

    why: str


def load(path: Path) -> NDArray[Any] | Unreadable:
    """Grey or colour as OpenCV orders it."""
    try:
        if path.stat().st_size > MOST_BYTES:
            return Unreadable(f"文件太大（超过 {MOST_BYTES // 10**6} MB）/ is too large")
        content = np.frombuffer(path.read_bytes(), np.uint8)
        return _decoded(path, content)
    except (OSError, ValueError) as failed:
        told = failed.strerror if isinstance(failed, OSError) and failed.strerror else str(failed)
        return Unreadable(f"无法读取 / cannot be read: {told}")


def _decoded(path: Path, content: NDArray[np.uint8]) -> NDArray[Any] | Unreadable:
    """Pillow knows size and turn from the head of the file, and has words for what is cut short."""
    Pictures.MAX_IMAGE_PIXELS = None  # bounded here, by our own limit
    try:
        with Pictures.open(path) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                return Unreadable(f"图片太大（{picture.width} × {picture.height}）/ has too many pixels")
            picture.draft("L", (6000, 6000))
            turned = ImageOps.exif_transpose(picture)
            return _array(turned)
    except UnidentifiedImageError:
        image = cv2.imdecode(content, cv2.IMREAD_GRAYSCALE) if content.size else None
        return Unreadable("不是图片 / is no image") if image is None else np.asarray(image)
    except (OSError, SyntaxError, ValueError, Pictures.DecompressionBombError) as broken:
        return Unreadable(f"图片不完整 / is a broken image: {broken}")


def _array(picture: Pictures.Image) -> NDArray[Any]:
    if picture.mode in ("I;16", "I;16B", "I;16L", "I", "F"):
        wide = np.asarray(picture, dtype=np.float64)
        most = 65535 if wide.max(initial=0) > 255 else 255
        return np.asarray(np.clip(wide * (255 / most), 0, 255), dtype=np.uint8)
    if "transparency" in picture.info or picture.mode in ("LA", "PA", "RGBA", "La", "RGBa"):
        clear = np.asarray(picture.convert("RGBA"))
        return np.ascontiguousarray(clear[:, :, [2, 1, 0, 3]])
    return np.asarray(picture.convert("L"))
