"""What goes over a line, as it goes: hex and words, in both directions. It only asks; no lock is ever fired.

A port is for one program: `OSError` says that somebody has it. What an agent that runs sends and hears itself, it tells
whoever listens (`hardware.tapping`).
"""

import time
from collections.abc import Callable, Iterator
from typing import Any

import serial

from firmware_bridge.exchange import Answered, DiscardInput, Exchange, Over, Send, TimedOut, Timing, Unasked, WaitUntil
from firmware_bridge.scanners.families import listening
from firmware_bridge.scanners.listening import Say
from firmware_bridge.technician import FAMILIES, InvalidFrameError, decode
from hardware.tapping import Heard, Way, reading_words
from hardware.wiring import Board, Bus, Reader, Wiring

Clock = Callable[[], float]


def watch(
    wiring: Wiring, line: str, *, raw: bool, ask: bool, seconds: float, clock: Clock = time.monotonic
) -> Iterator[Heard]:
    """Watch a bus or a reader by its name. `raw`: bytes as they come, too. `ask`: poll the boards meanwhile.

    KeyError when the wiring has no such line; OSError when the port cannot be used.
    """
    until = clock() + seconds
    bus = next((one for one in wiring.buses if one.name == line), None)
    if bus is not None:
        yield from _watch_bus(bus, wiring.boards_of(line), raw=raw, ask=ask, until=until, clock=clock)
        return
    reader = {one.name: one for one in wiring.readers}[line]
    yield from _watch_reader(reader, raw=raw, until=until, clock=clock)


def lines(wiring: Wiring) -> tuple[str, ...]:
    """The names that can be watched."""
    return *(bus.name for bus in wiring.buses), *(reader.name for reader in wiring.readers if reader.family.serial)


def _watch_bus(
    bus: Bus, boards: tuple[Board, ...], *, raw: bool, ask: bool, until: float, clock: Clock
) -> Iterator[Heard]:
    timing = Timing(baud=bus.baud, reply_within=bus.reply_seconds, attempts=1)
    codecs = {board.name: board.dialect.codec() for board in boards}
    exchange: Exchange[Any] = Exchange(codecs[boards[0].name], timing, echo=bus.echo)
    with _open(bus.port, bus.baud) as port:
        while clock() < until:
            for board in boards:
                exchange.speak(codecs[board.name])
                for request in board.dialect.queries() if ask else ():
                    yield from _ask(port, exchange, board, bus, request, raw=raw, clock=clock)
                yield from _listen(port, exchange, board, bus, raw=raw, seconds=bus.poll_seconds, clock=clock)


def _ask(
    port: serial.Serial, exchange: Exchange[Any], board: Board, bus: Bus, request: Any, *, raw: bool, clock: Clock
) -> Iterator[Heard]:
    effects = exchange.start(request, clock())
    while True:
        wait = clock()
        for effect in effects:
            match effect:
                case Send(data):
                    port.write(data)
                    yield Heard(clock(), bus.name, Way.OUT, data, in_words(board.family, data))
                case DiscardInput():
                    port.reset_input_buffer()
                case WaitUntil(at):
                    wait = at
                case Over(Answered(_, frame)) | Unasked(frame):
                    yield _frame(exchange, board, bus, frame, clock)
                case Over(TimedOut()):
                    yield Heard(clock(), bus.name, Way.SILENCE, b"", board.name)
                case _:
                    pass
        if any(isinstance(effect, Over) for effect in effects):
            return
        data = port.read(256) if clock() < wait else b""
        if raw and data:
            yield Heard(clock(), bus.name, Way.IN, data, "")
        effects = exchange.received(data, clock()) if data else exchange.tick(clock())


def _listen(
    port: serial.Serial, exchange: Exchange[Any], board: Board, bus: Bus, *, raw: bool, seconds: float, clock: Clock
) -> Iterator[Heard]:
    """What is said by itself."""
    until = clock() + seconds
    while clock() < until:
        data = port.read(256)
        if raw and data:
            yield Heard(clock(), bus.name, Way.IN, data, "")
        for effect in exchange.received(data, clock()) if data else exchange.tick(clock()):
            if isinstance(effect, Unasked):
                yield _frame(exchange, board, bus, effect.frame, clock)


def _frame(exchange: Exchange[Any], board: Board, bus: Bus, frame: Any, clock: Clock) -> Heard:
    data = board.dialect.codec().encode(frame)
    return Heard(clock(), bus.name, Way.IN, data, in_words(board.family, data))


def in_words(family: str, data: bytes) -> str:
    """ "all-status address=1 raw=00 00 00"; both senses where both ends could have said it."""
    if family not in FAMILIES:
        return ""
    try:
        told = decode(family, data.hex())
    except InvalidFrameError as wrong:
        return str(wrong).replace("\n", " ")
    return " | ".join(_sense(one) for one in (told, *told.get("also", ())))


def _sense(told: dict[str, Any]) -> str:
    fields = " ".join(f"{key}={value}" for key, value in told.items() if key not in _SHOWN)
    return f"{told.get('frame', '')} {fields}".strip()


_SHOWN = ("family", "bytes", "frame", "also", "from")


def _watch_reader(reader: Reader, *, raw: bool, until: float, clock: Clock) -> Iterator[Heard]:
    ear = listening(reader.family, reader.setup)
    with _open(reader.port, reader.baud) as port:
        effects = ear.opened(clock())
        pending = b""
        while clock() < until:
            for effect in effects:
                now = clock()
                match effect:
                    case Say(data):
                        port.write(data)
                        yield Heard(now, reader.name, Way.OUT, data, "")
                    case _:
                        yield Heard(now, reader.name, Way.IN, pending, reading_words(effect))
                        pending = b""
            data = port.read(256)
            pending = (pending + data)[-4096:]
            if raw and data:
                yield Heard(clock(), reader.name, Way.IN, data, "")
            effects = ear.received(data, clock())


def _open(port: str, baud: int) -> serial.Serial:
    return serial.serial_for_url(port, baudrate=baud, timeout=0.01, write_timeout=1.0, exclusive=True)
