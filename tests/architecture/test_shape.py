"""The shape of the house that other rules rest on."""

import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def test_no_test_folder_shadows_a_package() -> None:
    """With an `__init__.py`, a folder tests/edge would be found in place of the package edge."""
    assert list((ROOT / "tests").rglob("__init__.py")) == []


def test_every_package_is_built_and_under_contract() -> None:
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    built = {pattern.rstrip("*") for pattern in PROJECT["tool"]["setuptools"]["packages"]["find"]["include"]}

    assert packages - built == set()
    assert packages - set(PROJECT["tool"]["importlinter"]["root_packages"]) == set()


def test_nothing_but_the_house_stands_at_the_top() -> None:
    packages = {"custody", "firmware_bridge", "hardware", "paper", "edge", "hub", "audit", "demo", "bench"}
    others = {"tests", "docs", "docker", "requirements"}
    # What a set-up or a build leaves behind is no part of the house.
    folders = {path.name for path in ROOT.iterdir() if path.is_dir() and not path.name.startswith(".")}

    assert folders - packages - others - {"build", "dist", "var", "test-results", "htmlcov", "__pycache__"} == set()


def test_each_set_of_requirements_is_pinned_with_hashes() -> None:
    for path in sorted((ROOT / "requirements").glob("*.txt")):
        pins = [line for line in path.read_text(encoding="utf-8").splitlines() if line[:1].isalnum()]

        assert pins, path.name
        assert [pin for pin in pins if "==" not in pin or not pin.endswith("\\")] == [], path.name
