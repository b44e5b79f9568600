"""The process in which pictures are decoded: `python -m hardware.vision.child`. One request in, one answer out.

What a hostile label does to a decoder, it does here and nowhere else.
"""

import json
import sys
from typing import BinaryIO

import numpy as np

from hardware.drivers.camera_wire import ANSWER, REQUEST
from hardware.vision import codes


def serve(requests: BinaryIO, answers: BinaryIO) -> None:
    """Until the requests end."""
    while len(head := requests.read(REQUEST.size)) == REQUEST.size:
        rows, columns, milliseconds = REQUEST.unpack(head)
        pixels = requests.read(rows * columns)
        if len(pixels) < rows * columns:
            return
        picture = np.frombuffer(pixels, np.uint8).reshape(rows, columns)
        told = json.dumps(codes(picture, seconds=milliseconds / 1000)).encode()
        answers.write(ANSWER.pack(len(told)) + told)
        answers.flush()


if __name__ == "__main__":
    serve(sys.stdin.buffer, sys.stdout.buffer)
