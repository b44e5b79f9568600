"""A KERONG CU48 or CU48B: answers a query, and nothing to an unlock. A CU48B also sees what lies in compartments."""

from firmware_bridge.boards import cu48 as protocol
from firmware_bridge.boards.cu48_doors import CU48
from firmware_bridge.codec import Role
from hardware.simulated.boards.board import Pulse, Response, Sight, bits
from hardware.wiring import Board


class SimulatedCU48:
    def __init__(self, board: Board) -> None:
        assert isinstance(board.dialect, CU48)
        self._wired, self._board = board.dialect, board
        self.codec = protocol.Codec(Role.DEVICE, commands=board.dialect.commands)

    def hears(self, frame: protocol.Frame) -> bool:
        return frame.address in (self._board.address, protocol.EVERY_BOARD)

    def obey(self, frame: protocol.Frame, sight: Sight) -> Response:
        match frame:
            case protocol.Unlock(_, lock):
                return Response(pulses=self._pulses(range(lock, lock + 1), sight))
            case protocol.UnlockAll():
                return Response(pulses=self._pulses(range(1, self._board.channels + 1), sight))
            case protocol.Query():
                return Response(answer=protocol.Status(self._board.address, self._raw(sight)))
            case _:
                return Response()

    def report(self, channel: int, *, status: int, header: int) -> bytes:
        return b""

    def _pulses(self, locks: range, sight: Sight) -> tuple[Pulse, ...]:
        return () if sight.refuses else tuple(Pulse(lock, self._wired.pulse_seconds) for lock in locks)

    def _raw(self, sight: Sight) -> bytes:
        locks = bits(sight.shut, on=sight.closed(self._wired.closed_bit), width=6)
        if self._wired.commands.width == len(locks):
            return locks
        return locks + bits(
            sight.present, on=1 if self._wired.present_bit is None else self._wired.present_bit, width=6
        )
