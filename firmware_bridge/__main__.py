"""A technician's tool: what do these bytes say, and which bytes say this.

One JSON object out, or one sentence (Chinese, then English) on stderr and exit 1.

python -m firmware_bridge decode 8a80 "80 01 00 33 B2"
python -m firmware_bridge encode 8a80 query-all --address 1
python -m firmware_bridge encode cu48 unlock --address 0 --lock 1
python -m firmware_bridge decode line "5D 43 30 41 42 0D"
python -m firmware_bridge encode line reading --text AB --symbology CODE128 --framing cr
"""

import argparse
import json
import sys
from collections.abc import Sequence

from firmware_bridge import technician


def main(arguments: Sequence[str] | None = None) -> int:
    asked = _parser().parse_args(arguments)
    try:
        if asked.verb == "decode":
            answer = technician.decode(asked.family, asked.bytes, role=asked.role)
        else:
            given = {name: value for name in technician.FIELDS if (value := getattr(asked, name)) is not None}
            answer = technician.encode(asked.family, asked.frame, given)
    except technician.InvalidFrameError as refused:
        print(refused, file=sys.stderr)
        return 1
    print(json.dumps(answer, ensure_ascii=False))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m firmware_bridge", description=__doc__, formatter_class=_Plain)
    verbs = parser.add_subparsers(dest="verb", required=True)
    decode = verbs.add_parser("decode", help="what one frame says")
    decode.add_argument("family", choices=technician.FAMILIES)
    decode.add_argument("bytes", help='the frame in hexadecimal, "80 01 00 33 B2", spaces as you like')
    decode.add_argument(
        "--role",
        choices=("host", "board", "any"),
        default="any",
        help="who wrote it: the host asks, the board answers; any (default) tries both, the second sense in `also`",
    )
    encode = verbs.add_parser("encode", help="the bytes of one frame")
    encode.add_argument("family", choices=technician.FAMILIES)
    encode.add_argument("frame", help="one of those of its family, among: " + ", ".join(technician.NAMES))
    for name, what in technician.FIELDS.items():
        encode.add_argument(f"--{name}", help=what)
    return parser


class _Plain(argparse.RawDescriptionHelpFormatter):
    """Keeps the examples as they stand."""


if __name__ == "__main__":
    sys.exit(main())
