"""A Winnsen board: answers everything; a pulse that it refuses has failed."""

from firmware_bridge.boards import winnsen as protocol
from firmware_bridge.boards.winnsen_doors import Winnsen
from firmware_bridge.codec import Role
from hardware.simulated.boards.board import Pulse, Response, Sight, bits
from hardware.wiring import Board


class SimulatedWinnsen:
    def __init__(self, board: Board) -> None:
        assert isinstance(board.dialect, Winnsen)
        self._wired, self._board = board.dialect, board
        self.codec = protocol.Codec(Role.DEVICE)

    def hears(self, frame: protocol.Frame) -> bool:
        return frame.address == self._board.address

    def obey(self, frame: protocol.Frame, sight: Sight) -> Response:
        address = self._board.address
        raw = bits(sight.shut, on=sight.closed(self._wired.closed_bit), width=2)
        match frame:
            case protocol.Query(_, masks):
                shown = bytes(byte & mask for byte, mask in zip(raw, masks, strict=True))
                return Response(answer=protocol.Status(address, shown))
            case protocol.QueryOne(_, lock):
                bit = int.from_bytes(raw, "little") >> (lock - 1) & 1
                return Response(answer=protocol.OneStatus(address, bit, lock))
            case protocol.Unlock(_, lock) if sight.refuses:
                return Response(answer=protocol.Unlocked(address, lock, protocol.FAILED))
            case protocol.Unlock(_, lock):
                pulse = Pulse(lock, self._wired.pulse_seconds)
                return Response(pulses=(pulse,), answer=protocol.Unlocked(address, lock, protocol.OPENED))
            case _:
                return Response()

    def report(self, channel: int, *, status: int, header: int) -> bytes:
        return b""
