"""The boards of one bus at the other end of a driver's line: real bytes at real speed.

A board answers only frames that are whole, right, and addressed to it, and only when the line rested before them.
"""

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from firmware_bridge.boards import eight_a_eighty as board8a
from firmware_bridge.boards.eight_a_eighty_doors import status_bytes
from firmware_bridge.codec import NEED_MORE, Role
from hardware.simulated import faults
from hardware.simulated.cabinet import PULSE_SECONDS, SimulatedCabinet
from hardware.simulated.line import SimulatedLine
from hardware.wiring import Board, Bus, Wiring

LEAST_REST = 0.0035  # seconds of silence before a request; boards that are hurried do not answer
FRAME_QUIET = 0.03
TURNAROUND = 0.002


@dataclass(frozen=True, slots=True)
class _Outgoing:
    at: float
    data: bytes


@dataclass
class SimulatedBus:
    """Lock boards on one pty. The faults wait in order; `on` narrows one to answers to "query" or "unlock"."""

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
        self._boards = {board.address: board for board in self.wiring.boards_of(self.bus.name)}
        self._codec = board8a.Codec(Role.DEVICE)
        self._saying = threading.Lock()
        self._outgoing: deque[_Outgoing] = deque()
        self._faults: deque[tuple[faults.Fault, str]] = deque()
        self._last_byte = float("-inf")
        self._inverted: set[int] = set()
        self.line = SimulatedLine(self.path, heard=self._heard, idle=self._send_due)

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
        """A board says by itself that a door changed."""
        self._say(board8a.encode(board8a.DoorReport(header, address, channel, status)), self.clock())

    def _heard(self, data: bytes) -> None:
        now = self.clock()
        silence = now - self._last_byte
        if silence > FRAME_QUIET:
            self._codec.reset()  # a frame that stopped half way is forgotten
        if self.echo:
            self._say(data, now)
        self._last_byte = now
        self._codec.receive(data)
        while (frame := self._codec.next_frame()) is not NEED_MORE:
            self._obey(frame, rested=silence >= LEAST_REST, now=now)

    def _obey(self, frame: board8a.Frame, *, rested: bool, now: float) -> None:
        board = self._boards.get(frame.address)
        if board is None or frame.address in self.silent or not self.cabinet.powered:
            return
        self.requests += 1
        if not rested:
            self.hurried += 1
            return
        unlock = not isinstance(frame, board8a.QueryOne | board8a.QueryAll)
        fault = self._next_fault("unlock" if unlock else "query")
        if unlock and not isinstance(fault, faults.FailedReply):
            self._pulse(board, frame)
        answer = self._answer(board, frame, failed=isinstance(fault, faults.FailedReply))
        if answer is not None:
            self._answer_with(fault, board, board8a.encode(answer), now + 50 / self.bus.baud + TURNAROUND)

    def _next_fault(self, on: str) -> faults.Fault | None:
        for index, (fault, only) in enumerate(self._faults):
            if only in (on, "any"):
                del self._faults[index]
                return fault
        return None

    def _pulse(self, board: Board, frame: board8a.Frame) -> None:
        match frame:
            case board8a.UnlockOne(_, channel):
                channels, seconds = [channel], PULSE_SECONDS
            case board8a.UnlockTimed(_, channel, whole):
                channels, seconds = [channel], float(whole)
            case board8a.UnlockSeveral(_, masks):
                bits = int.from_bytes(masks, "little")
                channels, seconds = [n + 1 for n in range(24) if bits >> n & 1], PULSE_SECONDS
            case _:
                channels, seconds = list(range(1, board.channels + 1)), PULSE_SECONDS
        for channel in channels:
            if channel <= board.channels:
                self.cabinet.fire(board.name, channel, seconds=seconds)

    def _answer(self, board: Board, frame: board8a.Frame, *, failed: bool) -> board8a.Reply | None:
        shut = self.cabinet.contacts(board.name, board.channels)
        closed = board.closed_value ^ (0x11 if board.address in self._inverted else 0x00)
        match frame:
            case board8a.QueryAll(address):
                count, order = board.status_bytes, board.byte_order
                return board8a.AllStatus(address, status_bytes(shut, count=count, closed_value=closed, order=order))
            case board8a.QueryOne(address, channel) if channel <= board.channels:
                return board8a.OneStatus(address, channel, closed if shut[channel - 1] else closed ^ 0x11)
            case board8a.UnlockOne(address, channel) | board8a.UnlockTimed(address, channel, _):
                return board8a.UnlockReply(address, channel, 0x11 if failed else 0x00)
            case board8a.UnlockAll(address):
                return board8a.UnlockReply(address, 0, 0x00)
            case _:
                return None  # "unlock several" is not answered

    def _answer_with(self, fault: faults.Fault | None, board: Board, answer: bytes, at: float) -> None:
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
                self._say(board8a.encode(board8a.DoorReport(header, board.address, channel, status)) + answer, at)
            case faults.ShortReply():
                self._say(answer.replace(b"\x00", b"", 1), at)
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
            self._last_byte = now
            self.line.write(bytes(due))
        return later
