"""The wire that misbehaves does so."""

import socket
import threading
import time
from collections.abc import Iterator

import pytest

from tests.support.fault_proxy import FaultProxy, Wire
from tests.support.ports import LOOPBACK


@pytest.fixture
def echo() -> Iterator[int]:
    """A server that says what it hears."""
    with socket.create_server((LOOPBACK, 0)) as listener:

        def serve() -> None:
            while True:
                try:
                    line, _ = listener.accept()
                except OSError:
                    return
                threading.Thread(target=answer, args=(line,), daemon=True).start()

        def answer(line: socket.socket) -> None:
            with line:
                while heard := line.recv(65_536):
                    line.sendall(heard)

        threading.Thread(target=serve, daemon=True).start()
        yield listener.getsockname()[1]


def call(proxy: FaultProxy, *, patience: float = 5) -> socket.socket:
    line = socket.create_connection((LOOPBACK, proxy.port), timeout=patience)
    line.settimeout(patience)
    return line


def test_a_good_wire_carries_everything(echo: int) -> None:
    with FaultProxy(echo) as proxy, call(proxy) as line:
        line.sendall(b"x" * 100_000)
        heard = b""
        while len(heard) < 100_000:
            heard += line.recv(65_536)

    assert heard == b"x" * 100_000


def test_a_cut_wire_ends_who_is_connected_and_lets_nobody_in(echo: int) -> None:
    with FaultProxy(echo) as proxy, call(proxy) as line:
        line.sendall(b"before")
        assert line.recv(10) == b"before"
        proxy.behave(Wire.CUT)

        assert ended(line)
        assert ended(call(proxy))
        proxy.behave(Wire.GOOD)
        with call(proxy) as again:
            again.sendall(b"after")
            assert again.recv(10) == b"after"


def test_a_stalled_wire_says_nothing_and_forgets_nothing(echo: int) -> None:
    with FaultProxy(echo) as proxy, call(proxy) as line:
        proxy.behave(Wire.STALLED)
        line.sendall(b"late")
        line.settimeout(0.3)
        with pytest.raises(TimeoutError):
            line.recv(10)
        proxy.behave(Wire.GOOD)
        line.settimeout(5)

        assert line.recv(10) == b"late"


def test_a_slow_wire_is_late(echo: int) -> None:
    with FaultProxy(echo) as proxy, call(proxy) as line:
        proxy.behave(Wire.SLOW, delay=0.2)
        began = time.monotonic()
        line.sendall(b"slow")

        assert line.recv(10) == b"slow"
        assert time.monotonic() - began >= 0.4


def test_a_lossy_wire_breaks_and_a_garbled_one_lies(echo: int) -> None:
    with FaultProxy(echo, seed=1) as proxy:
        proxy.behave(Wire.LOSSY)
        assert any(broke(proxy) for _ in range(60))
        proxy.behave(Wire.GARBLED)
        assert any(lied(proxy) for _ in range(60))


def ended(line: socket.socket) -> bool:
    try:
        line.sendall(b"?")
        return line.recv(10) == b""
    except OSError:
        return True


def broke(proxy: FaultProxy) -> bool:
    with call(proxy) as line:
        return ended(line)


def lied(proxy: FaultProxy) -> bool:
    with call(proxy) as line:
        line.sendall(b"truth")
        return line.recv(10) != b"truth"
