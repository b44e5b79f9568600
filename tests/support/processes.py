"""Whole processes under test: started, watched, stopped and killed.

A child dies with the test process, even if that is killed; its output is kept in a file and shown when something fails.
"""

import os
import shutil
import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.support.ports import wait_until


def program(name: str, *places: str) -> str:
    """The path of an installed program, looked for in `places` too; its absence fails the test with the remedy."""
    # Debian keeps servers in sbin, which is not on every person's path.
    path = os.pathsep.join((os.environ.get("PATH", os.defpath), "/usr/sbin", "/sbin", *places))
    found = shutil.which(name, path=path)
    if found is None:
        raise AssertionError(f"the program '{name}' is not installed; './run test' installs what the tests need")
    return found


class Process:
    """One child process. Leaving the `with` block stops it."""

    def __init__(
        self,
        command: Sequence[str],
        *,
        log: Path,
        user: str | None = None,
        environment: Mapping[str, str] | None = None,
        folder: Path | None = None,
        stop_signal: signal.Signals = signal.SIGTERM,
    ) -> None:
        self.command = tuple(command)
        self.log = log
        self._user = user
        self._environment = environment
        self._folder = folder
        self._stop_signal = stop_signal
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        return self._running().pid

    @property
    def returncode(self) -> int | None:
        """None while it runs."""
        return self._running().poll()

    @property
    def output(self) -> str:
        """All it has printed so far, over all its starts."""
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def start(self) -> Self:
        if self._child is not None and self._child.poll() is None:
            raise AssertionError(f"{self.command[0]} runs already")
        with self.log.open("ab") as log:
            self._child = subprocess.Popen(
                [*_guarded(self._user), *self.command],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env={**os.environ, **(self._environment or {})},
                cwd=self._folder,
            )
        return self

    def wait_ready(self, ready: Callable[[], bool], *, seconds: float = 20.0) -> Self:
        """Return once `ready()` holds; a process that ended before that fails the test with its output."""

        def ready_or_dead() -> bool:
            if self.returncode is not None:
                raise AssertionError(f"{self.command[0]} ended with {self.returncode}:\n{self.output[-4000:]}")
            return ready()

        try:
            wait_until(ready_or_dead, seconds=seconds, what=f"readiness of {self.command[0]}")
        except AssertionError as late:
            raise AssertionError(f"{late}\nits output:\n{self.output[-4000:]}") from None
        return self

    def wait(self, *, seconds: float = 20.0) -> int:
        """Its exit status, once it has ended by itself."""
        return self._running().wait(timeout=seconds)

    def signal(self, number: signal.Signals) -> None:
        self._running().send_signal(number)

    def kill(self) -> None:
        """As a power cut would: SIGKILL, and gone when this returns."""
        child = self._running()
        child.kill()
        child.wait(timeout=20)

    def stop(self, *, seconds: float = 15.0) -> int | None:
        """Ask it to end; kill it when it does not. The exit status, or None when it never ran."""
        if self._child is None:
            return None
        if self._child.poll() is None:
            self._child.send_signal(self._stop_signal)
            try:
                self._child.wait(timeout=seconds)
            except subprocess.TimeoutExpired:
                self.kill()
        return self._child.returncode

    def __enter__(self) -> Self:
        return self if self._child is not None else self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _running(self) -> subprocess.Popen[bytes]:
        if self._child is None:
            raise AssertionError(f"{self.command[0]} was never started")
        return self._child


def _guarded(user: str | None) -> list[str]:
    """A prefix that lets the child die with its parent and, for root, run as somebody else."""
    guard = [program("setpriv"), "--pdeathsig=TERM"]
    if user is not None:
        guard += [f"--reuid={user}", f"--regid={user}", "--init-groups"]
    return [*guard, "--"]
