"""Child processes of the demo: started with a log of their own, watched, and gone when the demo is."""

from __future__ import annotations

import os
import random
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path

__all__ = ["Child", "DemoError", "answers", "find_program", "free_port", "wait_until"]

LOOPBACK = "127.0.0.1"
SBIN = ("/usr/sbin", "/sbin")
_LOWEST = 12000


class DemoError(Exception):
    """Something the person can mend; the message says how, in Chinese and English."""


class Child:
    """One process of the demo. Leaving by any way stops it; it dies with the demo even if that is killed."""

    def __init__(self, name: str, command: Sequence[str], *, log: Path) -> None:
        self.name = name
        self._command = [find_program("setpriv"), "--pdeathsig=KILL", "--", *command]
        self.log = log
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                env={**os.environ, "PYTHONUNBUFFERED": "1", "TZ": "Asia/Shanghai"},
            )

    def await_ready(self, ready: Callable[[], bool], *, seconds: float = 60.0) -> None:
        """Return once ``ready()``; a process that ends before is an error that shows its last words."""

        def ready_or_dead() -> bool:
            if not self.running:
                raise DemoError(f"{self.name} 未能启动 · {self.name} did not start:\n{self.last_words()}")
            return ready()

        wait_until(ready_or_dead, seconds=seconds, what=f"{self.name}")

    def kill(self) -> None:
        """As a power cut would: SIGKILL."""
        if self._process is not None and self.running:
            self._process.kill()
            self._process.wait()

    def freeze(self, *, on: bool) -> None:
        """SIGSTOP, or SIGCONT: what is sent to it meanwhile piles up."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP if on else signal.SIGCONT)

    def stop(self, *, seconds: float = 10.0) -> None:
        if self._process is None or not self.running:
            return
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            self.kill()

    def last_words(self) -> str:
        if not self.log.exists():
            return ""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-12:])


def find_program(name: str) -> str:
    """An installed program's path; Debian keeps servers in sbin."""
    found = shutil.which(name, path=os.pathsep.join((os.environ.get("PATH", os.defpath), *SBIN)))
    if found is None:
        raise DemoError(
            f"没有找到程序 {name}。请运行 ./run demo,它会安装所需的软件包。\n"
            f"The program {name} is not installed; ./run demo installs what is needed."
        )
    return found


def free_port() -> int:
    """A loopback port below the range of outgoing connections, free a moment ago."""
    highest = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    for port in random.sample(range(_LOWEST, highest), k=200):
        with socket.socket() as listener:
            try:
                listener.bind((LOOPBACK, port))
            except OSError:
                continue
            return port
    raise DemoError("本机没有空闲端口。· No free port on this machine.")


def answers(port: int) -> bool:
    """Whether something accepts connections on a loopback port."""
    try:
        with socket.create_connection((LOOPBACK, port), timeout=1):
            return True
    except OSError:
        return False


def wait_until(true: Callable[[], bool], *, seconds: float, what: str, every: float = 0.02) -> None:
    """Return as soon as ``true()``; an error that names ``what`` after ``seconds``."""
    deadline = time.monotonic() + seconds
    while not true():
        if time.monotonic() > deadline:
            raise DemoError(f"{seconds:g} 秒内没有等到:{what} · waited {seconds:g} s in vain for: {what}")
        time.sleep(every)
