"""What a camera or scan image says: one JSON line a file. Exit 1 when a file is no image.

python -m hardware decode [--all] IMAGE…
"""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

_ALL_SECONDS: Final = 15.0


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m hardware", description=__doc__)
    decode = parser.add_subparsers(dest="verb", required=True).add_parser("decode", help="read the codes in images")
    decode.add_argument("images", nargs="+", type=Path, metavar="IMAGE")
    decode.add_argument(
        "--all",
        action="store_true",
        dest="every",
        help="look on when something was read: for photos of many labels; takes seconds an image",
    )
    asked = parser.parse_args(arguments)
    failed = False
    for path in asked.images:
        line = _told(path, every=asked.every)
        failed |= "error" in line
        _say(line)
    return 1 if failed else 0


def _told(path: Path, *, every: bool) -> dict[str, Any]:
    # OpenCV takes a while to load; --help does not wait for it.
    from hardware.vision import SECONDS, codes
    from hardware.vision.files import Unreadable, load

    image = load(path)
    if isinstance(image, Unreadable):
        return {"file": _name(path), "codes": [], "error": image.why}
    read = codes(image, every=every, seconds=_ALL_SECONDS if every else SECONDS)
    return {"file": _name(path), "codes": [{"text": text, "symbology": symbology} for text, symbology in read]}


def _name(path: Path) -> str:
    """A name in another encoding than UTF-8 is shown as far as it can be."""
    return os.fsencode(path).decode("utf-8", "replace")


def _say(line: dict[str, Any]) -> None:
    """As UTF-8 whatever the locale, and at once, so that a pipe sees each file as it is done."""
    sys.stdout.buffer.write(json.dumps(line, ensure_ascii=False).encode() + b"\n")
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    sys.exit(main())
