"""Every family of scanners and badge readers by the name it has in `wiring.toml`.

A new family is a codec of its own (both roles), one function here that builds its ear, and one line in FAMILIES.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from firmware_bridge.codec import Role
from firmware_bridge.scanners import gm65, keys, lines, menus, rdm6300, ssi
from firmware_bridge.scanners.admission import Admission
from firmware_bridge.scanners.badges import Form
from firmware_bridge.scanners.lines import Framing, LineCodec
from firmware_bridge.scanners.listening import Ear, LineEar, Listening, SsiEar, Trigger


@dataclass(frozen=True, slots=True)
class Setup:
    """What the wiring says of one reader. `trigger_on` None: the bytes its family has."""

    framing: Framing = Framing.CR
    idle_seconds: float = 0.06
    host_triggers: bool = False
    trigger_on: bytes | None = None
    trigger_off: bytes = b""
    badge: Form | None = None
    keep_bytes: int = 8
    no_read: str = "NR"
    layout: str = "us"
    typed: bool = True


@dataclass(frozen=True, slots=True)
class Family:
    """A kind of reader. `steady`: it tells a card again while it lies there. `serial` False: it is a keyboard."""

    name: str
    ear: Callable[[Setup], Ear]
    baud: int = 9600
    framing: Framing = Framing.CR
    trigger: Trigger | None = None
    badge: Form = Form.AS_READ
    keep_bytes: int = 8
    steady: bool = False
    serial: bool = True


def listening(family: Family, setup: Setup) -> Listening:
    """The host's end of one reader."""
    trigger = family.trigger if setup.trigger_on is None else Trigger(setup.trigger_on, setup.trigger_off)
    return Listening(
        family.ear(setup),
        admission=Admission(setup.badge, setup.keep_bytes, setup.no_read),
        trigger=trigger if setup.host_triggers else None,
        steady=family.steady,
    )


def _lines(setup: Setup) -> Ear:
    codec = LineCodec(Role.HOST, framing=setup.framing, ignored=menus.ANSWERS)
    return LineEar(codec, idle_seconds=setup.idle_seconds)


def _gm65(setup: Setup) -> Ear:
    return LineEar(gm65.Codec(Role.HOST, framing=setup.framing), idle_seconds=setup.idle_seconds)


def _ssi(setup: Setup) -> Ear:
    return SsiEar(ssi.Codec(Role.HOST), idle_seconds=setup.idle_seconds, typed=setup.typed)


def _rdm6300(setup: Setup) -> Ear:
    return LineEar(rdm6300.Codec(Role.HOST), idle_seconds=setup.idle_seconds, marked=True)


def _keys(setup: Setup) -> Ear:
    codec = keys.KeyCodec(Role.HOST, framing=setup.framing, layout=setup.layout)
    return LineEar(codec, idle_seconds=setup.idle_seconds)


_SYN: Final = Trigger(menus.HONEYWELL_ON, menus.HONEYWELL_OFF)

FAMILIES: Final[dict[str, Family]] = {
    family.name: family
    for family in (
        Family(lines.NAME, _lines),
        Family("honeywell", _lines, trigger=_SYN),
        Family("datalogic", _lines, framing=Framing.CRLF, trigger=_SYN),
        Family("newland", _lines, trigger=Trigger(menus.NEWLAND_ON, menus.NEWLAND_OFF)),
        Family(gm65.NAME, _gm65, trigger=Trigger(gm65.encode(gm65.TRIGGER_ON), gm65.encode(gm65.TRIGGER_OFF))),
        Family(ssi.NAME, _ssi, trigger=Trigger(ssi.encode(ssi.START_SESSION), ssi.encode(ssi.STOP_SESSION))),
        Family(rdm6300.NAME, _rdm6300, framing=Framing.STX_ETX, badge=Form.HEX, keep_bytes=4, steady=True),
        Family(keys.NAME, _keys, serial=False),
    )
}
