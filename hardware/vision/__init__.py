"""Codes in an image: array in, texts and symbologies out.

One pass of zxing-cpp comes first and is all that a clear picture costs. Only when it reads nothing is the picture
looked at again and again, in the ways of `hardware.vision.attempts`, until something is read or the time is up.
"""

import time
from collections.abc import Callable
from typing import Any, Final

from numpy.typing import NDArray

from hardware.vision.attempts import attempts
from hardware.vision.decoders import Code
from hardware.vision.images import Image, grey

__all__ = ["SECONDS", "Code", "Image", "codes"]

SECONDS: Final = 1.5
"""No new attempt begins after this long."""


def codes(
    image: NDArray[Any], *, accept: Callable[[str], bool] = lambda text: True, seconds: float = SECONDS
) -> tuple[Code, ...]:
    """Each code once, sorted. `image` is grey (rows × columns) or colour as OpenCV orders it.

    What `accept` refuses counts as not read, and the search goes on.
    """
    until = time.monotonic() + seconds
    for attempt in attempts(grey(image)):
        if read := {code for code in attempt() if accept(code[0])}:
            return tuple(sorted(read))
        if time.monotonic() > until:
            break
    return ()
