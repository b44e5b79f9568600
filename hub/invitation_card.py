"""An invitation as people carry it to a station: on the terminal, as a picture, or on paper."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

from PIL import Image, ImageDraw

from hub.errors import HubError
from paper.prints.codes import squares

__all__ = ["drawn", "on_terminal", "write_card"]

_MODULE, _QUIET = 8, 4
_FORMATS = {".png": "PNG", ".pdf": "PDF"}


def on_terminal(text: str) -> str:
    """The QR code in half blocks, dark on light whatever the terminal's colours are."""
    rows = squares(text)
    side = len(rows) + 2 * _QUIET
    dark = [[False] * side for _ in range(side + side % 2)]
    for y, row in enumerate(rows):
        dark[y + _QUIET][_QUIET : _QUIET + len(row)] = row
    pairs = zip(dark[::2], dark[1::2], strict=True)
    lines = ("".join(_BLOCKS[upper, lower] for upper, lower in zip(*pair, strict=True)) for pair in pairs)
    return "\n".join(f"\x1b[30;107m{line}\x1b[0m" for line in lines)


def drawn(text: str, *, kind: str) -> bytes:
    """The QR code as ``PNG`` or ``PDF``."""
    rows = squares(text)
    side = (len(rows) + 2 * _QUIET) * _MODULE
    image = Image.new("1", (side, side), 1)
    pen = ImageDraw.Draw(image)
    for y, row in enumerate(rows):
        for x, is_dark in enumerate(row):
            if is_dark:
                left, top = (x + _QUIET) * _MODULE, (y + _QUIET) * _MODULE
                pen.rectangle((left, top, left + _MODULE - 1, top + _MODULE - 1), fill=0)
    written = BytesIO()
    (image.convert("L") if kind == "PDF" else image).save(written, kind, resolution=150)
    return written.getvalue()


def write_card(path: Path, text: str) -> None:
    """Write it to a file whose name says the kind."""
    kind = _FORMATS.get(path.suffix.lower())
    if kind is None:
        raise HubError(f"{path}: 请用 .png 或 .pdf 结尾的文件名。· Name a file that ends in .png or .pdf.")
    path.touch(mode=0o600)
    path.write_bytes(drawn(text, kind=kind))


_BLOCKS = {(False, False): " ", (True, False): "▀", (False, True): "▄", (True, True): "█"}
