"""Codes in an image."""

import json
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pypdfium2
import pytest
import zxingcpp
from PIL import Image as Pictures

from bench.decode import failures, measure
from bench.label_photos import photos
from custody.identifiers import Label, LabelKind, make_label
from hardware.vision import Image, codes
from paper.prints.labels import LAYOUTS, PrintedLabel, label_sheets


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


def test_an_ampler_ladder_reads_what_one_pass_of_each_library_does_not() -> None:
    """A short run of `./run bench decode`, on other photos than those that the ways were tuned on."""
    rows = measure(["clean", "tilted", "shaded", "noisy"], count=6, seed=7)

    assert failures(rows) == []
    assert sum(row.ours for row in rows) >= sum(row.peers for row in rows) + 4


def test_a_printed_sheet_that_lies_askew_is_read() -> None:
    """Labels as they are printed, and not as our simulated photos draw them."""
    texts = [make_label(LabelKind.VOLUME, serial).text for serial in range(3)]
    sheet = label_sheets([PrintedLabel(Label(LabelKind.VOLUME, text)) for text in texts], LAYOUTS["roll-60x30"])
    for page, text in zip(pypdfium2.PdfDocument(sheet), texts, strict=True):
        flat = np.pad(np.asarray(page.render(scale=2.2, grayscale=True).to_pil()), 90, constant_values=190)
        middle = (flat.shape[1] / 2, flat.shape[0] / 2)
        turn = cv2.getRotationMatrix2D(middle, 33, 1)
        dim = cv2.GaussianBlur(cv2.warpAffine(flat, turn, flat.shape[::-1], borderValue=190.0), (0, 0), 1.2) * 0.3

        assert {read for read, _ in codes(dim.astype(np.uint8))} == {text}


def test_every_label_of_a_photo_is_found_when_asked_for() -> None:
    photo = next(iter(photos("several", 1, seed=3)))

    assert {text for text, _ in codes(photo.image, every=True, seconds=20)} == photo.texts


def test_what_is_not_accepted_is_as_if_not_read() -> None:
    image = together(printed("NOT-OURS", "Code128"), printed("YG-0001-A", "QRCode"))

    assert codes(image, accept=lambda text: text.startswith("YG")) == (("YG-0001-A", "QRCODE"),)


def test_a_picture_of_noise_says_nothing_and_ends() -> None:
    noise = np.random.default_rng(5).integers(0, 256, (480, 640), dtype=np.uint8)

    assert codes(noise) == ()


@pytest.mark.parametrize("shape", [(1, 1), (1, 500), (500, 1), (7, 9), (40, 40, 1), (40, 40, 2)])
def test_the_smallest_pictures_are_no_trouble(shape: tuple[int, ...]) -> None:
    assert codes(np.zeros(shape, dtype=np.uint8)) == ()


def test_a_label_with_control_characters_harms_nobody() -> None:
    text = "\x0e\x0fYG\x011"
    made = printed(text, "QRCode")

    assert codes(made) == ((text, "QRCODE"),)


# --- files ----------------------------------------------------------------------------------------------------------


def decoded(*paths: Path | str) -> tuple[int, list[dict[str, object]]]:
    done = subprocess.run(
        [sys.executable, "-m", "hardware", "decode", *map(str, paths)], capture_output=True, check=False
    )
    assert b"Traceback" not in done.stderr
    return done.returncode, [json.loads(line) for line in done.stdout.decode().splitlines()]


def test_files_of_every_kind_are_read(tmp_path: Path) -> None:
    grey = Pictures.fromarray(printed("YG1", "QRCode"))
    wide = Pictures.fromarray(np.asarray(grey).astype(np.uint16) * 257)
    clear = Pictures.new("RGBA", grey.size, (0, 0, 0, 0))
    clear.paste((0, 0, 0, 255), mask=Pictures.fromarray(255 - np.asarray(grey)))
    turned = grey.transpose(Pictures.Transpose.FLIP_LEFT_RIGHT)
    mirror = Pictures.Exif()
    mirror[0x0112] = 2  # to be shown mirrored
    made = {
        "grey.png": grey,
        "深色 标签.png": grey.convert("RGB"),
        "sixteen.png": wide,
        "clear.png": clear,
        "palette.gif": grey.convert("P"),
        "one-bit.tif": grey.convert("1"),
        "cmyk.jpg": grey.convert("CMYK"),
        "web.webp": grey.convert("RGB"),
    }
    for name, picture in made.items():
        picture.save(tmp_path / name)
    turned.save(tmp_path / "mirrored.jpg", exif=mirror, quality=95)
    paths = [tmp_path / name for name in [*made, "mirrored.jpg"]]

    status, lines = decoded(*paths)

    assert [line["codes"] for line in lines] == [[{"text": "YG1", "symbology": "QRCODE"}]] * len(paths)
    assert (status, [line["file"] for line in lines]) == (0, list(map(str, paths)))


def test_a_file_that_cannot_be_read_leaves_the_others_alone(tmp_path: Path) -> None:
    good, cut = tmp_path / "good.png", tmp_path / "cut.png"
    cv2.imwrite(str(good), printed("YG1", "Code128"))
    cut.write_bytes(good.read_bytes()[:300])
    (tmp_path / "empty.png").write_bytes(b"")

    status, lines = decoded(cut, tmp_path / "empty.png", tmp_path, tmp_path / "absent.png", good)

    assert (status, ["error" in line for line in lines]) == (1, [True, True, True, True, False])


def test_a_very_large_picture_is_bounded(tmp_path: Path) -> None:
    page = np.full((9000, 9000), 255, dtype=np.uint8)
    code = np.kron(printed("YG1", "QRCode"), np.ones((8, 8), dtype=np.uint8))
    page[1000 : 1000 + code.shape[0], 2000 : 2000 + code.shape[1]] = code
    cv2.imwrite(str(tmp_path / "large.png"), page)

    assert decoded(tmp_path / "large.png")[1][0]["codes"] == [{"text": "YG1", "symbology": "QRCODE"}]
