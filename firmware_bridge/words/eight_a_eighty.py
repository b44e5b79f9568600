"""The frames of 8A/80 boards in words."""

from collections.abc import Iterable
from typing import Final

from firmware_bridge.boards import eight_a_eighty as board
from firmware_bridge.words.telling import addressed, at_least, begins, checked, of_frames, spoken


def _senses(data: bytes) -> Iterable[tuple[str, board.Frame]]:
    """Some frames look the same from both ends."""
    if request := board.as_request(data):
        yield "host", request
    if reply := board.as_reply(data):
        yield "board", reply


WORDS: Final = of_frames(
    board.NAME,
    (
        board.UnlockOne,
        board.UnlockTimed,
        board.UnlockAll,
        board.UnlockSeveral,
        board.QueryOne,
        board.QueryAll,
        board.UnlockReply,
        board.OneStatus,
        board.AllStatus,
        board.DoorReport,
    ),
    encode=board.encode,
    senses=_senses,
    checks=(
        at_least(5),
        spoken(0, board.UNSPOKEN, "会让线圈一直通电或全部打开"),
        begins("80", "81", "82", "8A", "90"),
        addressed(lambda data: data[1], board.ADDRESSES),
        checked(board.check_of),
    ),
    whose=("8A/80 ", "8A/80"),
)
