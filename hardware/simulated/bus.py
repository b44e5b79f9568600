"""The boards of one bus at the other end of a driver's line: real bytes at real speed.

Every board hears every byte and answers only frames that are whole, right, and addressed to it, and only when the line
rested before them. A request takes its bytes' time on the line even though a pty hands it over at once; so two requests
written within that time run into each other here as they do on copper, and only the first is heeded.
"""

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from firmware_bridge.codec import NEED_MORE
from hardware.registry import load
from hardware.simulated import faults
from hardware.simulated.boards import BOARDS
from hardware.simulated.boards.board import Sight, SimulatedBoard
from hardware.simulated.cabinet import SimulatedCabinet
from hardware.simulated.line import SimulatedLine
from hardware.simulated.socket_line import SocketLine
from hardware.wiring import Board, Bus, Wiring

LEAST_REST = 0.004  # seconds of silence before a request; boards that are hurried do not answer
FRAME_QUIET = 0.03
TURNAROUND = 0.002


@dataclass(frozen=True, slots=True)
class _Outgoing:
    at: float
    data: bytes


@dataclass
class SimulatedBus:
    """Lock boards on one line. The faults wait in order; `on` narrows one to answers to "query" or "unlock"."""

    bus: Bus
    wiring: Wiring
    cabinet: SimulatedCabinet
    path: Path
    clock: Callable[[], float] = time.monotonic
    echo: bool = False
    requests: int = 0
    hurried: int = 0  # requests that came without rest and were not answered
    silent: set[int] = field(default_factory=set)  # addresses whose board has lost its supply

    def __post_init__(self) -> None:
        self._boards: dict[int, tuple[Board, SimulatedBoard]] = {
            board.address: (board, load(BOARDS[board.family])(board)) for board in self.wiring.boards_of(self.bus.name)
        }
        self._saying = threading.Lock()
        self._outgoing: deque[_Outgoing] = deque()
        self._faults: deque[tuple[faults.Fault, str]] = deque()
        self._line_until = float("-inf")  # when the last byte on the line ends
        self._rested = False  # the line rested before what is being heard, and no frame has used that up
        self._inverted: set[int] = set()
        self.line = self._line()

    def _line(self) -> SimulatedLine | SocketLine:
        if "://" not in self.bus.port:
            return SimulatedLine(self.path, heard=self._heard, idle=self._send_due)
        host, _, port = self.bus.port.partition("://")[2].rpartition(":")
        return SocketLine((host, int(port)), heard=self._heard, idle=self._send_due)

    def start(self) -> None:
        self.line.start()

    def stop(self) -> None:
        self.line.stop()

    def fault(self, fault: faults.Fault, *, on: str = "any", times: int = 1) -> None:
        """The next answers go wrong like this."""
        self._faults.extend([(fault, on)] * times)

    def invert(self, address: int, *, inverted: bool = True) -> None:
        """The locks of a board are wired the other way round than the wiring says."""
        (self._inverted.add if inverted else self._inverted.discard)(address)

    @property
    def pending_faults(self) -> int:
        return len(self._faults)

    def report(self, address: int, channel: int, *, status: int, header: int = 0x82) -> None:
        """A board says by itself that a door changed, if its family does."""
        _, device = self._boards[address]
        self._say(device.report(channel, status=status, header=header), self.clock())

    def _heard(self, data: bytes) -> None:
        now = self.clock()
        silence = now - self._line_until
        if silence > FRAME_QUIET:
            for _, device in self._boards.values():
                device.codec.reset()  # a frame that stopped half way is forgotten
        if silence >= LEAST_REST:
            self._rested = True
        if self.echo:
            self._say(data, now)
        for byte in data:
            self._line_until = max(now, self._line_until) + 10 / self.bus.baud
            self._hear(bytes((byte,)))

    def _hear(self, byte: bytes) -> None:
        whole = False
        for board, device in self._boards.values():
            device.codec.receive(byte)
            while (frame := device.codec.next_frame()) is not NEED_MORE:
                whole = True
                if device.hears(frame) and board.address not in self.silent and self.cabinet.powered:
                    self._obey(board, device, frame)
        self._rested = self._rested and not whole

    def _obey(self, board: Board, device: SimulatedBoard, frame: Any) -> None:
        self.requests += 1
        if not self._rested:
            self.hurried += 1
            return
        fault = self._next_fault("query" if device.codec.repeatable(frame) else "unlock")
        sight = Sight(
            shut=self.cabinet.contacts(board.name, board.channels),
            present=self.cabinet.items(board.name, board.channels),
            inverted=board.address in self._inverted,
            energised=lambda: self.cabinet.energised(board.name, board.channels),
            refuses=isinstance(fault, faults.FailedReply),
        )
        response = device.obey(frame, sight)
        for channel in response.cut:
            self.cabinet.cut(board.name, channel)
        for pulse in response.pulses:
            self.cabinet.fire(board.name, pulse.channel, seconds=pulse.seconds)
        if response.answer is not None:
            self._answer_with(fault, device, device.codec.encode(response.answer))

    def _next_fault(self, on: str) -> faults.Fault | None:
        for index, (fault, only) in enumerate(self._faults):
            if only in (on, "any"):
                del self._faults[index]
                return fault
        return None

    def _answer_with(self, fault: faults.Fault | None, device: SimulatedBoard, answer: bytes) -> None:
        """After the last answer that is still on its way: boards that were asked together speak one after another."""
        with self._saying:
            busy = self._outgoing[-1].at if self._outgoing else float("-inf")
        at = max(self._line_until, busy) + TURNAROUND
        match fault:
            case faults.DropReply():
                return
            case faults.LateReply(seconds):
                self._say(answer, at + seconds)
            case faults.SplitReply(after, seconds):
                self._say(answer[:after], at)
                self._say(answer[after:], at + seconds)
            case faults.LeadingGarbage(garbage):
                self._say(bytes.fromhex(garbage) + answer, at)
            case faults.WrongChecksum():
                self._say(answer[:-1] + bytes((answer[-1] ^ 0x01,)), at)
            case faults.ReportBetween(channel, status, header):
                self._say(device.report(channel, status=status, header=header) + answer, at)
            case faults.ShortReply():
                self._say(answer.replace(b"\x00", b"", 1), at)
            case faults.JoinedReplies():
                self._say(answer + answer, at)
            case _:
                self._say(answer, at)

    def _say(self, data: bytes, at: float) -> None:
        """Byte by byte, in the order of their times."""
        byte_time = 10 / self.bus.baud
        fresh = [_Outgoing(at + (index + 1) * byte_time, data[index : index + 1]) for index in range(len(data))]
        with self._saying:
            self._outgoing = deque(sorted([*self._outgoing, *fresh], key=lambda outgoing: outgoing.at))
        self.line.ring()

    def _send_due(self) -> float:
        now = self.clock()
        due = bytearray()
        with self._saying:
            while self._outgoing and self._outgoing[0].at <= now:
                due += self._outgoing.popleft().data
            later = self._outgoing[0].at - now if self._outgoing else 1.0
        if due:
            self._line_until = max(now, self._line_until)
            self.line.write(bytes(due))
        return later
