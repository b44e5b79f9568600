"""The launcher: what it offers, what it installs, and what it says when it cannot."""

import importlib.machinery
import importlib.util
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def launcher(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> ModuleType:
    """The launcher as a module, with an environment of its own in an empty folder."""
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    loader = importlib.machinery.SourceFileLoader("launcher", str(ROOT / "run"))
    spec = importlib.util.spec_from_loader("launcher", loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    monkeypatch.setattr(module, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(module, "PYTHON", tmp_path / ".venv" / "bin" / "python")
    monkeypatch.setattr(module, "STAMP", tmp_path / ".venv" / "yungui.json")
    monkeypatch.setattr(module, "LOG", tmp_path / "set-up.log")
    return module


def run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([ROOT / "run", *words], capture_output=True, text=True, check=False, timeout=60)


def test_help_names_every_verb(launcher: ModuleType) -> None:
    page = run("help").stdout

    assert [verb for verb in launcher.offered() if f"./run {verb}" not in page] == []


def test_without_a_verb_the_page_is_shown_as_a_failure() -> None:
    finished = run()

    assert (finished.returncode, "./run test" in finished.stdout) == (2, True)


def test_an_unknown_verb_is_refused_with_those_there_are() -> None:
    finished = run("tset")

    assert finished.returncode == 2
    assert "“tset”" in finished.stderr
    assert "choose one of: " in finished.stderr


def test_a_verb_without_its_part_is_not_offered(
    launcher: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(launcher, "ROOT", tmp_path)

    assert set(launcher.offered()) == {"test", "check"}


def test_an_environment_without_a_stamp_is_not_taken_for_whole(launcher: ModuleType) -> None:
    launcher.PYTHON.parent.mkdir(parents=True)
    launcher.PYTHON.touch()

    assert launcher.current_stamp() is None


def test_an_environment_without_its_python_is_not_taken_for_whole(launcher: ModuleType) -> None:
    launcher.VENV.mkdir()
    launcher.STAMP.write_text(launcher.wanted_stamp())

    assert launcher.current_stamp() is None


def test_a_change_of_the_pins_asks_for_a_new_environment(
    launcher: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = launcher.wanted_stamp()
    changed = tmp_path / "dev.txt"
    changed.write_text("other==1.0\n")
    monkeypatch.setattr(launcher, "REQUIREMENTS", changed)

    assert launcher.wanted_stamp() != before


def test_a_change_of_the_pins_keeps_what_is_installed_but_half_an_environment_is_thrown_away(
    launcher: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    half_built = launcher.unfinished_or_foreign()
    launcher.PYTHON.parent.mkdir(parents=True)
    launcher.PYTHON.touch()
    launcher.STAMP.write_text(launcher.wanted_stamp())
    changed = tmp_path / "dev.txt"
    changed.write_text("other==1.0\n")
    monkeypatch.setattr(launcher, "REQUIREMENTS", changed)

    assert (half_built, launcher.unfinished_or_foreign()) == (True, False)


def test_whoever_may_not_install_is_told_the_exact_command(
    launcher: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(launcher, "way_to_root", lambda: None)
    monkeypatch.setitem(launcher.PROGRAMS, "mosquitto", launcher.Program(("mosquitto",), lambda: False))

    status = launcher.install_programs(("mosquitto",))

    told = capsys.readouterr().err
    assert status == 2
    assert "sudo apt-get update && sudo apt-get install --yes --no-install-recommends mosquitto" in told


def test_nothing_is_said_or_done_when_nothing_is_lacking(
    launcher: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(launcher.PROGRAMS, "mosquitto", launcher.Program(("mosquitto",), lambda: True))

    assert launcher.install_programs(("mosquitto",)) == 0
    assert capsys.readouterr().err == ""


def test_packages_that_cannot_be_had_are_reported(
    launcher: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(launcher, "way_to_root", lambda: ["false"])
    monkeypatch.setattr(launcher.shutil, "which", lambda _name: "/usr/bin/apt-get")
    monkeypatch.setitem(launcher.PROGRAMS, "zbar", launcher.Program(("libzbar0",), lambda: False))

    status = launcher.install_programs(("zbar",))

    assert status == 2
    assert f"System packages could not be installed: zbar. See {launcher.LOG}" in capsys.readouterr().err


def test_every_step_runs_even_after_one_has_failed(launcher: ModuleType, capfd: pytest.CaptureFixture[str]) -> None:
    steps = [launcher.step("first", "false"), launcher.step("second", "true")]

    status = launcher.report(steps)

    table = capfd.readouterr().out.rstrip().splitlines()[-2:]
    assert status == 1
    assert ["FAILED" in line for line in table] == [True, False]
