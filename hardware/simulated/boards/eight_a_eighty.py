"""An 8A/80 board: answers everything but "unlock several", and reports door changes with 82 or 81 when it is asked to.

A refused pulse is answered with status 11, byte for byte the request.
"""

from firmware_bridge.boards import eight_a_eighty as protocol
from firmware_bridge.boards.eight_a_eighty_doors import EightAEighty, status_bytes
from firmware_bridge.codec import Role
from hardware.simulated.boards.board import Pulse, Response, Sight
from hardware.wiring import Board

OWN_PULSE = 0.3


class SimulatedEightAEighty:
    def __init__(self, board: Board) -> None:
        assert isinstance(board.dialect, EightAEighty)
        self._wired, self._board = board.dialect, board
        self.codec = protocol.Codec(Role.DEVICE)

    def hears(self, frame: protocol.Frame) -> bool:
        return frame.address == self._board.address

    def obey(self, frame: protocol.Frame, sight: Sight) -> Response:
        pulses = () if sight.refuses else self._pulses(frame)
        return Response(pulses=pulses, answer=self._answer(frame, sight))

    def report(self, channel: int, *, status: int, header: int) -> bytes:
        return protocol.encode(protocol.DoorReport(header, self._board.address, channel, status))

    def _pulses(self, frame: protocol.Frame) -> tuple[Pulse, ...]:
        match frame:
            case protocol.UnlockOne(_, channel):
                channels, seconds = [channel], OWN_PULSE
            case protocol.UnlockTimed(_, channel, whole):
                channels, seconds = [channel], float(whole)
            case protocol.UnlockSeveral(_, masks):
                bits = int.from_bytes(masks, "little")
                channels, seconds = [n + 1 for n in range(24) if bits >> n & 1], OWN_PULSE
            case protocol.UnlockAll():
                channels, seconds = list(range(1, self._board.channels + 1)), OWN_PULSE
            case _:
                return ()
        return tuple(Pulse(channel, seconds) for channel in channels if channel <= self._board.channels)

    def _answer(self, frame: protocol.Frame, sight: Sight) -> protocol.Reply | None:
        closed = sight.closed(self._wired.closed_value, flip=0x11)
        match frame:
            case protocol.QueryAll(address):
                count, order = self._wired.status_bytes, self._wired.order
                raw = status_bytes(sight.shut, count=count, closed_value=closed, order=order)
                return protocol.AllStatus(address, raw)
            case protocol.QueryOne(address, channel) if channel <= self._board.channels:
                return protocol.OneStatus(address, channel, closed if sight.shut[channel - 1] else closed ^ 0x11)
            case protocol.UnlockOne(address, channel) | protocol.UnlockTimed(address, channel, _):
                return protocol.UnlockReply(address, channel, 0x11 if sight.refuses else 0x00)
            case protocol.UnlockAll(address):
                return protocol.UnlockReply(address, 0, 0x00)
            case _:
                return None
