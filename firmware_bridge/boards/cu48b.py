"""KERONG CU48B lock boards: as a CU48, with other commands, and six bytes of item sensors after those of the locks.

02 aa ll 61 03 SUM                   unlock    host → board; whether it is answered is not known, so it counts as not
02 aa 00 60 03 SUM                   query     host → board; lock 30 asks the same
02 aa xx 75 L1…L6 S1…S6 03 SUM       status    board → host
"""

from functools import partial
from typing import Final

from firmware_bridge.boards import cu48
from firmware_bridge.boards.cu48 import ADDRESSES, EVERY_BOARD, LOCKS, Frame, Query, Status, Unlock, UnlockAll

__all__ = [
    "ADDRESSES",
    "COMMANDS",
    "EVERY_BOARD",
    "LOCKS",
    "NAME",
    "Codec",
    "Frame",
    "Query",
    "Status",
    "Unlock",
    "UnlockAll",
    "decode",
    "encode",
]

NAME: Final = "cu48b"
COMMANDS: Final = cu48.Commands(query=0x60, unlock=0x61, status=0x75, width=12)
Codec = partial(cu48.Codec, commands=COMMANDS)


def encode(frame: Frame) -> bytes:
    """The bytes of a frame. ValueError names the field that is out of its range."""
    return COMMANDS.encode(frame)


def decode(data: bytes) -> Frame | None:
    """The one frame these bytes are, all of them; None when they are none."""
    return COMMANDS.decode(data)
