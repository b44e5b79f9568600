"""The control socket of a simulated bench (a Unix socket, JSON lines), and the client that demo and tests use."""

import json
import socket
import socketserver
import threading
from pathlib import Path
from typing import Any

from hardware.simulated.bench import Bench
from hardware.simulated.orders import carry_out


class OrderError(Exception):
    """The bench did not do it; the text says why."""


class SimulatedBench:
    """A client. Each call opens the socket, so a client outlives the bench's restarts. Any thread may call."""

    def __init__(self, control: Path, *, timeout: float = 5.0) -> None:
        self._control, self._timeout = control, timeout

    def do(self, what: str, **fields: Any) -> dict[str, Any]:
        """One order (see `orders`). OrderError when it is refused, OSError when there is no bench."""
        with socket.socket(socket.AF_UNIX) as line:
            line.settimeout(self._timeout)
            line.connect(str(self._control))
            line.sendall(json.dumps({"do": what, **fields}).encode() + b"\n")
            with line.makefile("rb") as answers:
                answer: dict[str, Any] = json.loads(answers.readline() or b'{"error": "no answer"}')
        if not answer.pop("ok", False):
            raise OrderError(answer.get("error", ""))
        return answer

    def pull(self, compartment: str) -> str:
        """ "moved", "held" or "already"."""
        return str(self.do("pull", compartment=compartment)["felt"])

    def push(self, compartment: str) -> str:
        return str(self.do("push", compartment=compartment)["felt"])

    def scan(self, reader: str, text: str, *, symbology: str | None = None) -> None:
        self.do("scan", reader=reader, text=text, symbology=symbology)

    def show(self, camera: str, text: str, **look: float) -> None:
        """Hold a label before a camera; `look` as in `photo.Look`."""
        self.do("show", camera=camera, text=text, **look)

    def take_away(self, camera: str) -> None:
        self.do("take-away", camera=camera)

    def state(self) -> dict[str, Any]:
        return self.do("state")

    def compartment(self, name: str) -> dict[str, Any]:
        return next(seen for seen in self.state()["compartments"] if seen["compartment"] == name)

    def fires(self) -> list[dict[str, Any]]:
        return list(self.do("fires")["fires"])

    def fault(self, fault: str, *, bus: str, **settings: Any) -> None:
        self.do("fault", fault=fault, bus=bus, **settings)

    def power(self, *, on: bool) -> None:
        self.do("power", on=on)

    def plug(self, port: str, *, on: bool) -> None:
        self.do("plug", port=port, on=on)


class ControlServer:
    """Serves a bench on a socket that only this user may open."""

    def __init__(self, bench: Bench, control: Path) -> None:
        control.unlink(missing_ok=True)
        self._control = control
        self._server = _Server(bench, control)
        control.chmod(0o600)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.1,), name="control", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._control.unlink(missing_ok=True)


class _Server(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True

    def __init__(self, bench: Bench, control: Path) -> None:
        self.bench = bench
        super().__init__(str(control), _Conversation)


class _Conversation(socketserver.StreamRequestHandler):
    server: _Server

    def handle(self) -> None:
        for line in self.rfile:
            try:
                order = json.loads(line)
            except ValueError:
                order = None
            self.wfile.write(json.dumps(carry_out(self.server.bench, order), ensure_ascii=False).encode() + b"\n")
