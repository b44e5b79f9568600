"""The scripted day on real parts: three crashes in the middle, nothing lost, nothing doubled, no lock fired unasked."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from demo import processes
from demo.__main__ import main
from tests.support.ports import free_port

pytestmark = pytest.mark.timeout(420)

DEMO = (sys.executable, "-m", "demo")


def _demo(*words: str, seconds: float = 60) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*DEMO, *words], capture_output=True, text=True, timeout=seconds, check=False)


def test_a_day_with_three_crashes_loses_and_doubles_nothing() -> None:
    played = _demo("--once", "--json", seconds=400)

    assert played.returncode == 0, played.stdout[-3000:] + played.stderr[-3000:]
    result = json.loads(played.stdout.splitlines()[-1])
    assert result["volumes"] >= 24
    assert result["archived"] == result["volumes"]
    assert result["restarts"] >= 3
    assert (result["lost"], result["doubled"], result["discrepancies"]) == (0, 0, 0)
    assert result["interrupted"] > 0, "the hub was killed while entries waited for it"
    assert result["unread"] == 0, "every recorded label came from the bytes of a scanner"
    assert result["camera_reads"] > 0, "part of the labels was read through a camera"
    assert result["unasked"] == 0, "no lock fired that nobody had asked for"
    assert result["agree"], "the hub shows what the journals say, in whatever order they are read"
    assert result["verified"] is True
    assert result["pulses"] > 0, "locks did fire, and each because somebody asked"


def test_a_taken_port_is_named_with_the_remedy() -> None:
    with socket.socket() as taken:
        port = free_port()
        taken.bind(("127.0.0.1", port))
        taken.listen()

        refused = _demo("--port", str(port))

    assert refused.returncode == 1
    assert f"端口 {port} 已被占用" in refused.stderr
    assert "--port" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_a_port_that_cannot_be_is_refused_in_words() -> None:
    refused = _demo("--port", "70000")

    assert refused.returncode == 1
    assert "--port 70000 不可用" in refused.stderr


def test_without_mosquitto_the_demo_says_what_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "setpriv").symlink_to("/usr/bin/setpriv")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(processes, "SBIN", ())

    assert main(["--once"]) == 1

    assert "没有找到程序 mosquitto" in capsys.readouterr().err


def test_ctrl_c_leaves_nothing_running(tmp_path: Path) -> None:
    folder = tmp_path / "court"
    log = tmp_path / "demo.log"
    with log.open("wb") as said:
        # Whoever runs the tests in the background may have them ignore Ctrl-C; a person at a terminal does not.
        heard = ("/usr/bin/env", "--default-signal=INT")
        demo = subprocess.Popen([*heard, *DEMO, "--keep", str(folder)], stdout=said, stderr=subprocess.STDOUT)
        try:
            deadline = time.monotonic() + 120
            while "Ctrl-C" not in log.read_text():
                assert demo.poll() is None, log.read_text()
                assert time.monotonic() < deadline, log.read_text()
                time.sleep(0.2)
            assert len(_running_in(folder)) >= 8, "broker, hub, and for each of two sites hardware, agent and kiosk"

            demo.send_signal(signal.SIGINT)

            assert demo.wait(timeout=60) == 0, log.read_text()
        finally:
            demo.kill()
    assert _running_in(folder) == []


def _running_in(folder: Path) -> list[str]:
    """The command lines of all processes that name this folder, the demo's own apart."""
    found = []
    for process in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = process.read_bytes().decode(errors="replace").split("\0")
        except OSError:
            continue
        if any(str(folder) in word for word in words) and "demo" not in words:
            found.append(" ".join(words))
    return found
