"""A Modbus relay board: it does what it is told, also what no driver of ours tells it, and times the pulses it can.

Its inputs answer at their own address when the wiring says so, as the second board of a pair does.
"""

import math

from firmware_bridge.boards import modbus as protocol
from firmware_bridge.boards.modbus_doors import EVERY_RELAY, LC_FIRST, LC_FLASH_ON, LC_STEP, PULSES, Modbus, Model
from firmware_bridge.codec import Role
from hardware.simulated.boards.board import Pulse, Response, Sight
from hardware.wiring import Board

ON = 0xFF00
NO_SUCH_FUNCTION, NO_SUCH_PLACE, FAILED = 1, 2, 4


class SimulatedModbus:
    def __init__(self, board: Board) -> None:
        assert isinstance(board.dialect, Modbus)
        self._wired, self._channels = board.dialect, board.channels
        self.inputs = True  # False: this board, or the one beside it, has none
        self.stretch = 1.0  # so many times as long as it was told are its pulses
        self._on: set[int] = set()  # relays that were switched on for good
        self.codec = protocol.Codec(Role.DEVICE)

    def hears(self, frame: protocol.Frame) -> bool:
        inputs = isinstance(frame, protocol.Read) and frame.function == protocol.INPUTS
        mine = self._wired.contacts if inputs else self._wired.address
        return frame.address in (0, mine)

    def obey(self, frame: protocol.Frame, sight: Sight) -> Response:
        match frame:
            case protocol.Read(address, protocol.INPUTS, 0, count) if self.inputs:
                closed = sight.closed(self._wired.closed_bit)
                bits = [closed if shut else closed ^ 1 for shut in sight.shut]
                return Response(answer=protocol.Bytes(address, protocol.INPUTS, _packed(bits, count)))
            case protocol.Read(address, protocol.COILS, 0, count):
                pulsed = {channel for channel, on in enumerate(sight.energised(), 1) if on}
                bits = [int(channel in self._on | pulsed) for channel in range(1, self._channels + 1)]
                return Response(answer=protocol.Bytes(address, protocol.COILS, _packed(bits, count)))
            case protocol.Write() | protocol.WriteSeveral() if sight.refuses:
                return Response(answer=protocol.Refused(frame.address, frame.function, FAILED))
            case protocol.Write(_, protocol.WRITE_COIL, place, value):
                return self._coil(frame, place, value)
            case protocol.WriteSeveral(address, function, start, count, raw):
                done = self._several(function, start, raw)
                if done is not None:
                    return Response(done.pulses, done.cut, protocol.Written(address, function, start, count))
                return Response(answer=protocol.Refused(address, function, NO_SUCH_PLACE))
            case protocol.Read() | protocol.Write():
                return Response(answer=protocol.Refused(frame.address, frame.function, NO_SUCH_FUNCTION))
            case _:
                return Response()

    def report(self, channel: int, *, status: int, header: int) -> bytes:
        return b""

    def _coil(self, frame: protocol.Write, place: int, value: int) -> Response:
        answer = frame if frame.address else None
        every = tuple(range(1, self._channels + 1))
        if self._wired.model is Model.WAVESHARE and place - PULSES + 1 in every and value:
            return Response(pulses=(Pulse(place - PULSES + 1, self.stretch * value / 10),), answer=answer)
        channels = every if place == EVERY_RELAY else (place + 1,)
        if not set(channels) <= set(every) or value not in (0, ON):
            return Response(answer=protocol.Refused(frame.address, frame.function, NO_SUCH_PLACE))
        switched = self._switch(channels if value else (), () if value else channels)
        return Response(switched.pulses, switched.cut, answer)

    def _several(self, function: int, start: int, raw: bytes) -> Response | None:
        every = range(1, self._channels + 1)
        if function == protocol.WRITE_COILS:
            bits = int.from_bytes(raw, "little")
            on = tuple(channel for channel in every if bits >> channel - 1 - start & 1 and channel > start)
            return self._switch(on, tuple(channel for channel in every if channel not in on))
        channel, rest = divmod(start - LC_FIRST, LC_STEP)
        verb, tenths = raw[:2], int.from_bytes(raw[2:4], "big")
        if rest or self._wired.model is not Model.LC or channel + 1 not in every:
            return None
        return Response(pulses=(Pulse(channel + 1, tenths / 10),)) if verb == LC_FLASH_ON.to_bytes(2, "big") else None

    def _switch(self, on: tuple[int, ...], off: tuple[int, ...]) -> Response:
        fresh = tuple(channel for channel in on if channel not in self._on)
        self._on = (self._on | set(on)) - set(off)
        return Response(tuple(Pulse(channel, math.inf) for channel in fresh), off)


def _packed(bits: list[int], count: int) -> bytes:
    return sum(bit << index for index, bit in enumerate(bits[:count])).to_bytes((count + 7) // 8, "little")
