"""Loopback ports for tests. Nothing here ever listens on another address."""

import random
import socket
import time
from collections.abc import Callable
from pathlib import Path

LOOPBACK = "127.0.0.1"
_LOWEST = 12000


def free_port() -> int:
    """A TCP port on loopback that was free a moment ago; start the listener soon and be ready to try another.

    It lies below the range that outgoing connections use. Otherwise a client that keeps calling a server which is down
    can be given the server's own port, connect to itself and keep the server from coming back.
    """
    for port in random.sample(range(_LOWEST, _first_outgoing_port()), k=200):
        with socket.socket() as listener:
            try:
                listener.bind((LOOPBACK, port))
            except OSError:
                continue
            return port
    raise AssertionError("no free port was found on loopback")


def answers(port: int, *, host: str = LOOPBACK) -> bool:
    """Whether something accepts connections there now."""
    try:
        with socket.create_connection((host, port), timeout=1):
            return True
    except OSError:
        return False


def wait_until(true: Callable[[], bool], *, seconds: float = 20.0, what: str = "the condition") -> None:
    """Return as soon as `true()` holds; fail the test by name when it has not within `seconds`."""
    deadline = time.monotonic() + seconds
    while not true():
        if time.monotonic() > deadline:
            raise AssertionError(f"{what} did not come true within {seconds:g} s")
        time.sleep(0.02)


def _first_outgoing_port() -> int:
    return int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
