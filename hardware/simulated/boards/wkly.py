"""A "WKLY" board: answers everything, says FF when it refuses, and reports door changes with 85 when it is asked to."""

from firmware_bridge.boards import wkly as protocol
from firmware_bridge.boards.wkly_doors import Wkly
from firmware_bridge.codec import Role
from hardware.simulated.boards.board import Pulse, Response, Sight
from hardware.wiring import Board


class SimulatedWkly:
    def __init__(self, board: Board) -> None:
        assert isinstance(board.dialect, Wkly)
        self._wired, self._board = board.dialect, board
        self.codec = protocol.Codec(Role.DEVICE)

    def hears(self, frame: protocol.Frame) -> bool:
        return frame.address == self._board.address

    def obey(self, frame: protocol.Frame, sight: Sight) -> Response:
        address, status = self._board.address, protocol.FAILED if sight.refuses else protocol.DONE
        doors = self._doors(sight)
        match frame:
            case protocol.QueryAll():
                return Response(answer=protocol.AllStatus(address, protocol.DONE, doors))
            case protocol.QueryOne(_, number):
                return Response(answer=protocol.OneStatus(address, protocol.DONE, number, self._door(number, doors)))
            case protocol.Blink(_, number):
                return Response(answer=protocol.Blinked(address, protocol.DONE, number))
            case protocol.OpenOne(_, number):
                answer = protocol.Opened(address, status, number, self._door(number, doors))
                return Response(pulses=self._pulses(bytes((number,)), sight), answer=answer)
            case protocol.OpenSeveral(_, numbers):
                return Response(pulses=self._pulses(numbers, sight), answer=protocol.Done(address, 0x80, status))
            case protocol.OpenEach(_, numbers):
                return Response(pulses=self._pulses(numbers, sight), answer=protocol.Done(address, 0x87, status))
            case protocol.OpenAll():
                every = bytes(range(self._wired.first, self._wired.first + self._board.channels))
                return Response(pulses=self._pulses(every, sight), answer=protocol.Done(address, 0x86, status))
            case _:
                return Response()

    def report(self, channel: int, *, status: int, header: int) -> bytes:
        """`status` not 0 says closed, as the wiring reads it, and 0 open."""
        closed = self._wired.closed_byte
        door = closed if status else closed ^ 1
        return protocol.encode(protocol.DoorReport(self._board.address, channel - 1 + self._wired.first, door))

    def _doors(self, sight: Sight) -> bytes:
        closed = sight.closed(self._wired.closed_byte)
        return bytes(closed if shut else closed ^ 1 for shut in sight.shut)

    def _door(self, number: int, doors: bytes) -> int:
        index = number - self._wired.first
        return doors[index] if 0 <= index < len(doors) else 0

    def _pulses(self, numbers: bytes, sight: Sight) -> tuple[Pulse, ...]:
        channels = [number - self._wired.first + 1 for number in numbers]
        wired = [channel for channel in channels if 1 <= channel <= self._board.channels]
        return () if sight.refuses else tuple(Pulse(channel, self._wired.pulse_seconds) for channel in wired)
