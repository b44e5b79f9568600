"""The ladder of attempts at a picture: the cheapest first, each only when those before it read nothing."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Final, TypeAlias

from hardware.vision.decoders import Code, by_zbar, by_zxing, squares_by_zxing
from hardware.vision.finding import seeds
from hardware.vision.images import Image, resized, sharper
from hardware.vision.squares import read_square
from hardware.vision.strips import read_across

Attempt: TypeAlias = Callable[[], set[Code]]

_LARGE: Final = 2200  # pixels of the longer side; beyond it a code may fill more than the windows of finding see
_MOST_DOUBLED: Final = 2_500_000  # pixels
_MOST_BARS: Final = 6
_MOST_SQUARES: Final = 4
_MOST_OF_ALL: Final = 24


def attempts(flat: Image, *, every: bool = False) -> Iterator[Attempt]:
    """Whole and as it is; then strips and squares where codes may be, fine and coarse; at last light on dark.

    `every`: for a picture of many labels there are more places to look at.
    """
    most_bars, most_squares = (_MOST_OF_ALL, _MOST_OF_ALL) if every else (_MOST_BARS, _MOST_SQUARES)
    yield partial(by_zxing, flat)
    scales = (1.0, 0.5, 0.25) if max(flat.shape) > _LARGE else (1.0, 0.5)
    for scale in scales:
        bars, squares = seeds(flat, scale, most=max(most_bars, most_squares))
        yield from (partial(read_across, flat, seed) for seed in bars[:most_bars])
        yield from (partial(read_square, flat, seed) for seed in squares[:most_squares])
    yield partial(by_zbar, flat)
    if flat.size <= _MOST_DOUBLED:
        yield lambda: squares_by_zxing(resized(flat, 2.0))
        yield lambda: squares_by_zxing(sharper(resized(flat, 2.0)))
    for scale in scales:
        bars, _ = seeds(flat, scale, most=3)
        yield from (partial(read_across, 255 - flat, seed) for seed in bars)
