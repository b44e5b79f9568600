"""A KERONG CU48: answers a query, and nothing to an unlock."""

from firmware_bridge.boards import cu48 as protocol
from firmware_bridge.boards.cu48_doors import CU48
from firmware_bridge.codec import Role
from hardware.simulated.boards.board import Pulse, Response, Sight
from hardware.wiring import Board


class SimulatedCU48:
    def __init__(self, board: Board) -> None:
        assert isinstance(board.dialect, CU48)
        self._wired, self._board = board.dialect, board
        self.codec = protocol.Codec(Role.DEVICE)

    def hears(self, frame: protocol.Frame) -> bool:
        return frame.address in (self._board.address, protocol.EVERY_BOARD)

    def obey(self, frame: protocol.Frame, sight: Sight) -> Response:
        match frame:
            case protocol.Unlock(_, lock) if not sight.refuses:
                return Response(pulses=(Pulse(lock, self._wired.pulse_seconds),))
            case protocol.Query():
                return Response(answer=protocol.Status(self._board.address, self._raw(sight)))
            case _:
                return Response()

    def report(self, channel: int, *, status: int, header: int) -> bytes:
        return b""

    def _raw(self, sight: Sight) -> bytes:
        closed = sight.closed(self._wired.closed_bit)
        bits = sum((closed if shut else closed ^ 1) << index for index, shut in enumerate(sight.shut))
        return bits.to_bytes(6, "little")
