"""The commands an administrator types, given by a program.

The hub's run in this very process: to start one for each takes longer than all of them do.
"""

from __future__ import annotations

import contextlib
import io
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from demo.processes import DemoError
from hub.__main__ import main

__all__ = ["edge_command", "hub_command"]


def hub_command(verb: str, *words: str, data: Path, said: str = "") -> str:
    """``yungui-hub VERB WORDS --data DATA``; ``said`` is typed when it asks. What it prints; ``DemoError`` if it fails.

    One at a time: it speaks through this process's own standard input and output.
    """
    printed, complained = io.StringIO(), io.StringIO()
    with _typing(said), contextlib.redirect_stdout(printed), contextlib.redirect_stderr(complained):
        status = main([verb, *words, "--data", str(data)])
    if status != 0:
        raise DemoError(f"yungui-hub {verb}: {printed.getvalue()[-2000:]}{complained.getvalue()[-2000:]}")
    return printed.getvalue()


def edge_command(verb: str, *words: str) -> str:
    """``yungui-edge VERB WORDS`` in a process of its own, as at a station."""
    command = [sys.executable, "-m", "edge", verb, *words]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise DemoError(f"yungui-edge {verb}: {done.stdout[-2000:]}{done.stderr[-2000:]}")
    return done.stdout


@contextlib.contextmanager
def _typing(said: str) -> Iterator[None]:
    before, sys.stdin = sys.stdin, io.StringIO(said)
    try:
        yield
    finally:
        sys.stdin = before
