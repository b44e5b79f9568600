"""A serial port with a thread of its own: whatever fails, it is given free and opened again, without a restart."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import serial

from hardware.drivers import serial_port
from hardware.drivers.reconnecting import Patience
from hardware.drivers.serial_port import SerialThread
from hardware.ports import LossReason
from hardware.simulated.line import SimulatedLine
from hardware.simulated.socket_line import SocketLine
from tests.hardware.witness import until

PATIENCE = Patience(quick=0.01, slow=0.02, trusted=60)


class Listener(SerialThread):
    """Keeps what it hears; what goes wrong next is told it."""

    def __init__(self, path: str) -> None:
        super().__init__("listener", path, baud=9600, clock=time.monotonic, patience=PATIENCE)
        self.heard = b""
        self.served = 0
        self.losses: list[LossReason] = []
        self.fails: list[Exception] = []

    def _serve(self, port: serial.Serial) -> None:
        self.served += 1
        if self.fails:
            raise self.fails.pop(0)
        while not self._stopping.is_set():
            self.heard += self._hear(port, 0.01)

    def _lost(self, reason: LossReason) -> None:
        self.losses.append(reason)

    def _while_absent(self) -> None:
        """Nobody waits."""


@pytest.fixture
def line(tmp_path: Path) -> Iterator[SimulatedLine]:
    made = SimulatedLine(tmp_path / "port", heard=lambda data: None, idle=lambda: 1.0)
    made.start()
    yield made
    made.stop()


@pytest.fixture
def listener(line: SimulatedLine) -> Iterator[Listener]:
    made = Listener(str(line.path))
    yield made
    made.stop()


def test_a_port_that_takes_no_more_bytes_is_opened_again(listener: Listener, line: SimulatedLine) -> None:
    listener.fails = [serial.SerialTimeoutException("Write timeout"), serial_port.HungPortError("dead")]

    listener.start()

    until(lambda: listener.served == 3)
    assert listener.losses == [LossReason.UNPLUGGED, LossReason.SILENT]
    line.write(b"here")
    until(lambda: listener.heard == b"here")


def test_what_comes_in_one_lump_is_taken_in_one_piece(listener: Listener, line: SimulatedLine) -> None:
    listener.start()
    until(lambda: listener.served == 1)

    line.write(bytes(range(200)))

    until(lambda: listener.heard == bytes(range(200)))


def test_a_bridge_over_tcp_is_a_port_like_any_other(tmp_path: Path) -> None:
    lines: list[SocketLine] = []
    with_port = SocketLine(("127.0.0.1", 0), heard=lambda data: None, idle=lambda: 1.0)
    address = with_port._listening.getsockname()  # type: ignore[union-attr]
    with_port.unplug()
    listener = Listener(f"socket://127.0.0.1:{address[1]}")
    listener.start()
    until(lambda: listener.losses[:1] == [LossReason.ABSENT])

    lines.append(SocketLine(address, heard=lambda data: None, idle=lambda: 1.0))
    lines[0].start()
    until(lambda: listener.served == 1 and lines[0]._talking is not None)
    lines[0].write(b"over tcp")
    until(lambda: listener.heard == b"over tcp")
    lines[0].unplug()
    until(lambda: LossReason.UNPLUGGED in listener.losses)

    listener.stop()
    lines[0].stop()
    with_port.stop()


def test_a_port_that_opens_and_fails_at_once_is_not_hammered(listener: Listener, line: SimulatedLine) -> None:
    """Five quick tries are for a new outage; one that never gave a byte is the same outage."""
    listener.fails = [OSError(5, "Input/output error")] * 8

    listener.start()

    until(lambda: listener.served == 9)
    assert listener._worked(None) is False
    assert listener._worked(time.monotonic()) is False
    assert listener._worked(time.monotonic() - 61) is True
