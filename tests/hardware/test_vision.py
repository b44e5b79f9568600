"""Codes in an image."""

import json
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest
import zxingcpp

from hardware.vision import Image, codes


def printed(text: str, symbology: str) -> Image:
    barcode = zxingcpp.create_barcode(text, getattr(zxingcpp.BarcodeFormat, symbology))
    code = np.asarray(zxingcpp.write_barcode_to_image(barcode, scale=4), dtype=np.uint8)
    return np.pad(code, 40, constant_values=255)


def together(*images: Image) -> Image:
    width = max(image.shape[1] for image in images)
    return np.vstack([np.pad(i, ((0, 0), (0, width - i.shape[1])), constant_values=255) for i in images])


def test_both_symbologies_of_a_label_are_read() -> None:
    image = together(printed("YG-0001-A", "Code128"), printed("YG-0001-A", "QRCode"))

    assert codes(image) == (("YG-0001-A", "CODE128"), ("YG-0001-A", "QRCODE"))


@pytest.mark.parametrize("channels", [3, 4])
def test_colour_is_made_grey(channels: int) -> None:
    """Blue ink on white: the blue channel alone shows nothing."""
    image = np.full((*printed("YG1", "QRCode").shape, channels), 255, dtype=np.uint8)
    image[..., 1] = image[..., 2] = printed("YG1", "QRCode")

    assert codes(image) == (("YG1", "QRCODE"),)


def test_chinese_text_and_a_turned_noisy_picture_are_read() -> None:
    qr = printed("卷宗：（2026）辽0802民初1号", "QRCode")
    middle = (qr.shape[1] / 2, qr.shape[0] / 2)
    turned = cv2.warpAffine(qr, cv2.getRotationMatrix2D(middle, 10, 1), qr.shape[::-1], borderValue=255.0)
    noise = np.random.default_rng(1).normal(0, 12, turned.shape)

    assert codes(np.clip(turned + noise, 0, 255).astype(np.uint8)) == (("卷宗：（2026）辽0802民初1号", "QRCODE"),)


@pytest.mark.parametrize("symbology", ["EAN13", "ITF"])
def test_symbologies_that_no_label_has_are_not_looked_for(symbology: str) -> None:
    assert codes(printed("6901234567892" if symbology == "EAN13" else "69012345678901", symbology)) == ()


def test_an_empty_page_has_no_codes() -> None:
    assert codes(np.full((400, 600), 255, dtype=np.uint8)) == ()


def test_on_the_command_line_each_file_is_one_line(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "label.png"), printed("YG1", "Code128"))
    (tmp_path / "note.png").write_text("no image")
    paths = [str(tmp_path / name) for name in ("label.png", "note.png", "absent.png")]

    done = subprocess.run(
        [sys.executable, "-m", "hardware", "decode", *paths], capture_output=True, text=True, check=False
    )

    label, note, absent = map(json.loads, done.stdout.splitlines())
    assert label == {"file": paths[0], "codes": [{"text": "YG1", "symbology": "CODE128"}]}
    assert ("is no image" in note["error"], "cannot be read" in absent["error"]) == (True, True)
    assert done.returncode == 1
