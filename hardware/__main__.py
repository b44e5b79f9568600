"""What a camera or scan image says: one JSON line a file. Exit 1 when a file is no image.

python -m hardware decode IMAGE…
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from hardware.vision import codes


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m hardware", description=__doc__)
    decode = parser.add_subparsers(dest="verb", required=True).add_parser("decode", help="read the codes in images")
    decode.add_argument("images", nargs="+", type=Path, metavar="IMAGE")
    told = [_told(path) for path in parser.parse_args(arguments).images]
    for line in told:
        print(json.dumps(line, ensure_ascii=False))
    return 1 if any("error" in line for line in told) else 0


def _told(path: Path) -> dict[str, Any]:
    try:
        content = path.read_bytes()
    except OSError as failed:
        return {"file": str(path), "codes": [], "error": f"无法读取 / cannot be read: {failed.strerror}"}
    image = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_GRAYSCALE) if content else None
    if image is None:
        return {"file": str(path), "codes": [], "error": "不是图片 / is no image"}
    grey = np.asarray(image, dtype=np.uint8)
    return {"file": str(path), "codes": [{"text": text, "symbology": symbology} for text, symbology in codes(grey)]}


if __name__ == "__main__":
    sys.exit(main())
