"""Every codec of this folder by name, each built with its role: what is fed with strange bytes reads this table."""

from collections.abc import Callable
from typing import Any, Final

from firmware_bridge.codec import Role
from firmware_bridge.scanners import gm65, keys, lines, rdm6300, ssi

CODECS: Final[dict[str, Callable[[Role], Any]]] = {
    lines.NAME: lines.LineCodec,
    "line-idle": lambda role: lines.LineCodec(role, framing=lines.Framing.IDLE),
    gm65.NAME: gm65.Codec,
    ssi.NAME: ssi.Codec,
    rdm6300.NAME: rdm6300.Codec,
    keys.NAME: keys.KeyCodec,
}
