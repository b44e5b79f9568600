"""A technician sees what goes over a line, in hex and in words, and no lock moves."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import serial

from edge.cli.commands import main
from edge.cli.watch import show
from hardware.simulated.bench import Bench
from hardware.wiring import parse_wiring
from tests.edge.test_commission import TWENTY


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    (tmp_path / "wiring.toml").write_text(TWENTY, encoding="utf-8")
    made = Bench(parse_wiring(TWENTY, ports=tmp_path), tmp_path)
    made.start()
    yield made
    made.stop()


def seen(folder: Path, line: str, *, raw: bool = False, ask: bool = True, seconds: float = 0.8) -> list[str]:
    told: list[str] = []
    show(folder, line, ports=folder, raw=raw, ask=ask, seconds=seconds, print_line=told.append)
    return told


def test_questions_and_answers_are_shown_in_hex_and_in_words(bench: Bench, tmp_path: Path) -> None:
    told = seen(tmp_path, "bus0")

    question, answer = told[:2]
    assert "bus0 → 80 01 00 33 B2  query-all address=1" in question
    assert "bus0 ← 80 01 " in answer
    assert "all-status address=1" in answer
    assert "ms" in answer
    assert bench.cabinet.fires() == ()


def test_what_a_board_says_by_itself_is_shown_without_asking(bench: Bench, tmp_path: Path) -> None:
    report = threading.Timer(0.3, lambda: bench.buses["bus0"].report(1, 2, status=0x11))
    report.start()

    (line,) = seen(tmp_path, "bus0", ask=False)

    assert "← 82 01 02 11 90" in line
    assert "door-report" in line


def test_a_silent_board_is_seen_to_be_silent(bench: Bench, tmp_path: Path) -> None:
    bench.buses["bus0"].silent.add(1)

    assert "…" in seen(tmp_path, "bus0")[1]


def test_bytes_as_they_come_are_shown_when_asked_for(bench: Bench, tmp_path: Path) -> None:
    assert len(seen(tmp_path, "bus0", raw=True)) > len(seen(tmp_path, "bus0"))


def test_readings_are_shown(bench: Bench, tmp_path: Path) -> None:
    typing = threading.Timer(0.3, lambda: bench.readers["label"].scan("AB-1"))
    typing.start()

    told = seen(tmp_path, "label")

    assert "← 41 42 2D 31 0D  reading 'AB-1'" in told[-1]


def test_a_port_that_is_held_is_told_with_its_holder(
    bench: Bench, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with serial.Serial(str(tmp_path / "bus0"), exclusive=True):
        status = main(["watch", "bus0", "--station", str(tmp_path), "--ports", str(tmp_path), "--seconds", "1"])

    told = capsys.readouterr().err
    assert status == 1
    assert "systemctl stop" in told


def test_a_line_that_is_not_there_is_told_with_those_that_are(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "wiring.toml").write_text(TWENTY, encoding="utf-8")

    assert main(["watch", "bus9", "--station", str(tmp_path), "--ports", str(tmp_path)]) == 1
    assert "bus0, label" in capsys.readouterr().err
