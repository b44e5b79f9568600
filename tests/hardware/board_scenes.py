"""A cabinet of eight doors on two boards, wired for whichever family and port; the second board reads the other way."""

import socket
from dataclasses import dataclass

from firmware_bridge.boards.dialect import Choice
from firmware_bridge.boards.families import FAMILIES

MORE = {"8a80": ("", 'byte_order = "first-byte-low"\n'), "modbus": ("pulse_ms = 300\n", "pulse_ms = 300\n")}
SENSING = ("cu16", "cu48b")  # families that see what lies in a compartment


@dataclass(frozen=True)
class Wired:
    """What a family is on this bus: `first` and `second` are the addresses of its boards."""

    name: str
    families: tuple[str, str]
    socket: bool = False

    @property
    def first(self) -> int:
        return FAMILIES[self.families[0]].addresses[1]

    @property
    def second(self) -> int:
        return FAMILIES[self.families[1]].addresses[3]

    @property
    def acknowledges(self) -> bool:
        """Whether an unlock of the first board is answered."""
        return self.families[0] not in ("cu48", "cu48b", "cu16")

    def text(self, *, bus: str = "", reply_ms: int = 100) -> str:
        port = f"socket://127.0.0.1:{_free_port()}" if self.socket else "bus0"
        echo = 'echo = "none"\n' if "modbus" in self.families else ""
        boards = "".join(_board(index, family, self) for index, family in enumerate(self.families))
        return f"""
[station]
kind = "cabinet"
[cabinet]
rows = 2
columns = 4
[[bus]]
name = "bus0"
port = "{port}"
baud = 19200
poll_ms = 30
reply_ms = {reply_ms}
{echo}{bus}{boards}"""


LINES = (
    *(Wired(name, (name, name)) for name in FAMILIES),
    Wired("8a80+cu48", ("8a80", "cu48")),
    Wired("wkly-over-tcp", ("wkly", "wkly"), socket=True),
)


def _board(index: int, family: str, line: Wired) -> str:
    closed = next(one for one in FAMILIES[family].settings if isinstance(one, Choice) and one.key == "closed")
    items = 'items = "1"\n' if family in SENSING else ""
    return f"""
[[board]]
name = "{"AB"[index]}"
bus = "bus0"
family = "{family}"
address = {(line.first, line.second)[index]}
channels = 8
closed = "{closed.choices[index]}"
{MORE.get(family, ("", ""))[index]}{items}compartments = "{("01-04", "05-08")[index]}"
"""


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])
