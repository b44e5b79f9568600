"""The two libraries that read codes, each asked only for what labels and badges bear.

zxing-cpp reads what is turned, blurred or noisy, zbar now and then what zxing-cpp misses. Restricting zbar silences
its assertion warnings and its false reads of formats without a check character; it knows no Data Matrix.
"""

from typing import Final, TypeAlias

import numpy as np
import zxingcpp
from pyzbar import pyzbar

from hardware.vision.images import Image

Code: TypeAlias = tuple[str, str]
"""Text and symbology, in the words of firmware_bridge.scanners.lines.SYMBOLOGIES."""

BARS: Final = "CODE128"

_FORMATS: Final = zxingcpp.BarcodeFormats(
    [zxingcpp.BarcodeFormat.Code128, zxingcpp.BarcodeFormat.QRCode, zxingcpp.BarcodeFormat.DataMatrix]
)
_ONLY_BARS: Final = zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.Code128])
_ONLY_SQUARES: Final = zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode, zxingcpp.BarcodeFormat.DataMatrix])
_PLAIN: Final = zxingcpp.TextMode.Plain  # as encoded, control characters too
_NAMES: Final = {"Code 128": BARS, "QR Code": "QRCODE", "Data Matrix": "DATAMATRIX"}
_ZBAR: Final = (pyzbar.ZBarSymbol.CODE128, pyzbar.ZBarSymbol.QRCODE)


def by_zxing(grey: Image) -> set[Code]:
    """One pass with the library's own defaults: any direction, inverted, smaller."""
    return _codes(zxingcpp.read_barcodes(grey, formats=_FORMATS, text_mode=_PLAIN))


def bars_by_zxing(grey: Image) -> set[Code]:
    """Upright bars only, at this size only: quick on the small pictures that retries make."""
    return _codes(
        zxingcpp.read_barcodes(grey, formats=_ONLY_BARS, text_mode=_PLAIN, try_rotate=False, try_downscale=False)
    )


def squares_by_zxing(grey: Image) -> set[Code]:
    return _codes(zxingcpp.read_barcodes(grey, formats=_ONLY_SQUARES, text_mode=_PLAIN))


def by_zbar(grey: Image) -> set[Code]:
    found = pyzbar.decode(np.ascontiguousarray(grey), symbols=list(_ZBAR))
    return {(code.data.decode("utf-8", "replace"), str(code.type)) for code in found}


def _codes(found: list[zxingcpp.Barcode]) -> set[Code]:
    return {(code.text, _NAMES.get(str(code.format), BARS)) for code in found}
