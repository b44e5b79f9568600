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

SECONDS: Final = 2.0
"""No new attempt begins after so much work (time of this thread on a processor: a busy machine reads no less)."""


def codes(
    image: NDArray[Any],
    *,
    accept: Callable[[str], bool] = lambda text: True,
    seconds: float = SECONDS,
    every: bool = False,
) -> tuple[Code, ...]:
    """Each code once, sorted. `image` is grey (rows × columns) or colour as OpenCV orders it.

    What `accept` refuses counts as not read, and the search goes on. `every`: it goes on in any case, for a picture
    of many labels some of which are hard to read.
    """
    until = time.thread_time() + seconds
    read: set[Code] = set()
    for attempt in attempts(grey(image), every=every):
        read |= {code for code in attempt() if accept(code[0])}
        if (read and not every) or time.thread_time() > until:
            break
    return tuple(sorted(read))
