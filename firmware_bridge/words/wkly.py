"""The frames of "WKLY" boards in words, and those of their sibling with header 55."""

from collections.abc import Iterable
from typing import Any, Final

from firmware_bridge.boards import wkly as board
from firmware_bridge.boards.eight_a_eighty import check_of
from firmware_bridge.words.telling import (
    Sentences,
    addressed,
    at_least,
    begins,
    checked,
    commanded,
    long_as_told,
    of_frames,
    spoken,
)


def _senses(data: bytes) -> Iterable[tuple[str, Any]]:
    if request := board.as_request(data):
        yield "host", request
    if reply := board.as_reply(data):
        yield "board", reply
    if sibling := board.as_sibling(data):
        yield "host", sibling
        yield "board", sibling


def _sibling(data: bytes) -> Sentences | None:
    """What is wrong with a frame of the sibling line."""
    return long_as_told(1)(data) or checked(check_of)(data) if data.startswith(b"\x55") else None


WORDS: Final = of_frames(
    board.NAME,
    (
        board.OpenSeveral,
        board.Blink,
        board.OpenOne,
        board.QueryOne,
        board.QueryAll,
        board.OpenAll,
        board.OpenEach,
        board.Done,
        board.Blinked,
        board.Opened,
        board.OneStatus,
        board.AllStatus,
        board.DoorReport,
        board.Sibling,
    ),
    encode=board.encode,
    senses=_senses,
    checks=(
        at_least(4),
        begins("57 4B 4C 59", "55"),
        _sibling,
        at_least(8),
        long_as_told(4),
        checked(check_of),
        addressed(lambda data: data[5], board.ADDRESSES),
        spoken(6, board.UNSPOKEN, "会让线圈一直通电"),
        commanded(6, range(0x80, 0x88)),
    ),
    whose=("WKLY ", "WKLY"),
)
