"""A serial port with a thread of its own: a device file or `socket://host:port`, the same bytes over TCP."""

from pathlib import Path

import serial

from hardware.drivers.port_thread import HungPortError, PortThread
from hardware.drivers.reconnecting import Patience
from hardware.ports import Clock

__all__ = ["HungPortError", "SerialThread"]

WRITE_TIMEOUT = 1.0


class SerialThread(PortThread[serial.Serial]):
    """What serial drivers share; pyserial's SerialException is an OSError."""

    def __init__(self, name: str, path: Path | str, *, baud: int, clock: Clock, patience: Patience) -> None:
        super().__init__(name, str(path), clock=clock, patience=patience)
        self._baud = baud

    def _open(self) -> serial.Serial:
        """Opening also throws away what came while nobody listened: it is nobody's."""
        return serial.serial_for_url(
            self._path, baudrate=self._baud, timeout=0, write_timeout=WRITE_TIMEOUT, exclusive=True
        )
