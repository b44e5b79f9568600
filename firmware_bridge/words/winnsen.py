"""The frames of Winnsen boards in words."""

from typing import Final

from firmware_bridge.boards import winnsen as board
from firmware_bridge.words.telling import at_least, begins, by_origin, commanded, ends_in, long_as_told, of_frames

_REQUESTS: Final = (board.Unlock, board.Query, board.QueryOne)
WORDS: Final = of_frames(
    board.NAME,
    (*_REQUESTS, board.Unlocked, board.Status, board.OneStatus),
    encode=board.encode,
    senses=by_origin(board.decode, _REQUESTS),
    checks=(
        at_least(6),
        begins("90"),
        long_as_told(1),
        ends_in(3),
        commanded(2, (0x02, 0x05, 0x12, 0x82, 0x85, 0x92)),
    ),
    whose=("Winnsen ", "Winnsen"),
)
