"""Codes in an image: array in, texts and symbologies out.

Only the symbologies printed on labels and badges are looked for. Two decoders look, since each reads what the other
misses: zxing-cpp (turned, blurred, noisy) and zbar. Restricting zbar silences its assertion warnings and its
false reads of formats without a check character.
"""

from typing import Final, TypeAlias

import cv2
import numpy as np
import zxingcpp
from numpy.typing import NDArray
from pyzbar import pyzbar

Image: TypeAlias = NDArray[np.uint8]
Code: TypeAlias = tuple[str, str]
"""Text and symbology, in the words of firmware_bridge.scanners.lines.SYMBOLOGIES."""

_ZXING: Final = zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.Code128, zxingcpp.BarcodeFormat.QRCode])
_ZBAR: Final = (pyzbar.ZBarSymbol.CODE128, pyzbar.ZBarSymbol.QRCODE)


def codes(image: Image) -> tuple[Code, ...]:
    """Each code once, sorted. `image` is grey (rows × columns) or colour as OpenCV orders it."""
    grey = _grey(image)
    return tuple(sorted({*_by_zxing(grey), *_by_zbar(grey)}))


def _grey(image: Image) -> Image:
    if image.ndim == 2:
        return image
    conversion = cv2.COLOR_BGRA2GRAY if image.shape[2] == 4 else cv2.COLOR_BGR2GRAY
    return np.asarray(cv2.cvtColor(image, conversion), dtype=np.uint8)


def _by_zxing(grey: Image) -> list[Code]:
    found = zxingcpp.read_barcodes(grey, formats=_ZXING)
    return [(code.text, str(code.format).replace(" ", "").upper()) for code in found]  # "QR Code" -> QRCODE


def _by_zbar(grey: Image) -> list[Code]:
    found = ((code.data, str(code.type)) for code in pyzbar.decode(grey, symbols=list(_ZBAR)))
    return [(data.decode("utf-8", "replace"), symbology) for data, symbology in found]
