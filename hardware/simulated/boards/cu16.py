"""A KERONG CU16: answers questions, nothing to an unlock, and keeps the pulse length that was written into it."""

from firmware_bridge.boards import cu16 as protocol
from firmware_bridge.boards.cu16_doors import CU16
from firmware_bridge.codec import Role
from hardware.simulated.boards.board import Pulse, Response, Sight, bits
from hardware.wiring import Board


class SimulatedCU16:
    def __init__(self, board: Board) -> None:
        assert isinstance(board.dialect, CU16)
        self._wired, self._board = board.dialect, board
        self.codec = protocol.Codec(Role.DEVICE)
        self.milliseconds = round(board.dialect.pulse_seconds * 1000)

    def hears(self, frame: protocol.Frame) -> bool:
        return isinstance(frame, protocol.QueryEvery) or frame.address == self._board.address

    def obey(self, frame: protocol.Frame, sight: Sight) -> Response:
        address = self._board.address
        match frame:
            case protocol.Unlock(_, lock):
                return Response(pulses=self._pulses(range(lock, lock + 1), sight))
            case protocol.UnlockAll():
                return Response(pulses=self._pulses(range(1, self._board.channels + 1), sight))
            case protocol.Query():
                return Response(answer=protocol.Status(address, *self._raw(sight)))
            case protocol.QueryEvery():
                return Response(answer=protocol.EveryStatus(address, *self._raw(sight)))
            case protocol.SetTime(_, milliseconds):
                self.milliseconds = milliseconds
                return Response(answer=protocol.Time(address, milliseconds))
            case protocol.QueryTime():
                return Response(answer=protocol.Time(address, self.milliseconds))
            case _:
                return Response()

    def report(self, channel: int, *, status: int, header: int) -> bytes:
        return b""

    def _pulses(self, locks: range, sight: Sight) -> tuple[Pulse, ...]:
        return () if sight.refuses else tuple(Pulse(lock, self.milliseconds / 1000) for lock in locks)

    def _raw(self, sight: Sight) -> tuple[bytes, bytes]:
        present = 1 if self._wired.present_bit is None else self._wired.present_bit
        return bits(sight.shut, on=sight.closed(self._wired.closed_bit), width=2), bits(
            sight.present, on=present, width=2
        )
