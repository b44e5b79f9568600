"""The frames of KERONG boards in words: CU16, CU48, CU48B."""

from typing import Final

from firmware_bridge.boards import cu16, cu48, cu48b
from firmware_bridge.boards.framing import sum_of
from firmware_bridge.words.telling import (
    Words,
    addressed,
    at_least,
    begins,
    by_origin,
    checked,
    commanded,
    of_frames,
    spoken,
)


def _cu48(name: str, commands: cu48.Commands) -> Words:
    return of_frames(
        name,
        (cu48.Unlock, cu48.UnlockAll, cu48.Query, cu48.Status),
        encode=commands.encode,
        senses=by_origin(commands.decode, (cu48.Unlock, cu48.UnlockAll, cu48.Query)),
        checks=(
            at_least(6),
            begins("02"),
            checked(sum_of),
            addressed(lambda data: data[1], range(cu48.EVERY_BOARD + 1)),
            commanded(3, (commands.query, commands.unlock, commands.status)),
        ),
        whose=(f"{name.upper()} ", name.upper()),
    )


CU48: Final = _cu48(cu48.NAME, cu48.COMMANDS)
CU48B: Final = _cu48(cu48b.NAME, cu48b.COMMANDS)
_REQUESTS: Final = (cu16.Unlock, cu16.UnlockAll, cu16.Query, cu16.QueryEvery, cu16.QueryTime, cu16.SetTime)
CU16: Final = of_frames(
    cu16.NAME,
    (*_REQUESTS, cu16.Status, cu16.EveryStatus, cu16.Time),
    encode=cu16.encode,
    senses=by_origin(cu16.decode, _REQUESTS),
    checks=(
        at_least(5),
        begins("02"),
        checked(sum_of),
        spoken(2, cu16.UNSPOKEN, "会在无人看管时开锁，或让控制板失联"),
        commanded(2, (0x30, 0x31, 0x32, 0x33, 0x35, 0x36, 0x37, 0x38)),
    ),
    whose=("CU16 ", "CU16"),
)
