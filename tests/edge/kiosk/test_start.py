"""Starting the screen: what stands in the way is named, with the remedy."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from edge.kiosk.__main__ import main
from tests.support.ports import free_port


def test_a_taken_port_is_named_and_nothing_is_promised(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:
        port = free_port()
        taken.bind(("127.0.0.1", port))
        taken.listen()

        assert main(["--station", str(tmp_path), "--port", str(port)]) == 1

    said = capsys.readouterr()
    assert f"端口 {port} 已被占用" in said.err
    assert said.out == ""


def test_a_folder_that_is_none_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--station", str(tmp_path / "nowhere")]) == 2
    assert "nowhere" in capsys.readouterr().err
