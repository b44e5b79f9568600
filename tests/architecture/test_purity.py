"""What import contracts cannot say of the pure packages: which file may use which library, and which verbs none may.

The contracts themselves stand in pyproject.toml.
"""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

PURE = ("custody", "firmware_bridge", "edge/core", "hub/core")

# Our own packages that a pure package may know besides itself.
KNOWS = {"edge/core": {"custody"}, "hub/core": {"custody"}}

# Libraries, and the files they are for.
LIBRARIES = {
    "custody/wire.py": {"msgspec"},
    "custody/envelope.py": {"cryptography"},
    "custody/identifiers.py": {"stdnum"},
    "custody/labels.py": {"stdnum"},
}

# Verbs that look at a clock, roll dice or touch the world, whatever object they are called on.
WORLDLY_METHODS = {
    "generate",
    "now",
    "today",
    "utcnow",
    "read_bytes",
    "read_text",
    "write_bytes",
    "write_text",
}
WORLDLY_FUNCTIONS = {"__import__", "breakpoint", "compile", "eval", "exec", "input", "open", "print"}


def pure_files() -> list[Path]:
    """A command line in front of a pure package is a shell: it may print and read its arguments."""
    paths = (path for package in PURE for path in sorted((ROOT / package).rglob("*.py")))
    return [path for path in paths if path.name != "__main__.py"]


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", pure_files(), ids=name_of)
def test_a_pure_file_imports_only_what_it_may(path: Path) -> None:
    package = next(package for package in PURE if path.is_relative_to(ROOT / package))
    allowed = {package.replace("/", ".")} | KNOWS.get(package, set()) | LIBRARIES.get(name_of(path), set())

    strangers = {name for name in imports(path) if not known(name, allowed)}

    assert strangers == set()


@pytest.mark.parametrize("path", pure_files(), ids=name_of)
def test_a_pure_file_looks_at_no_clock_and_touches_no_file(path: Path) -> None:
    assert list(worldly_calls(path)) == []


@pytest.mark.parametrize("path", pure_files(), ids=name_of)
def test_a_pure_file_keeps_no_state(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))

    assert [node.lineno for node in ast.walk(tree) if isinstance(node, ast.Global)] == []


@pytest.mark.parametrize(
    "source",
    ["from datetime import datetime\ndatetime.now()", "open('x')", "key = Ed25519PrivateKey.generate()", "print(1)"],
)
def test_worldly_calls_are_seen(source: str, tmp_path: Path) -> None:
    path = tmp_path / "impure.py"
    path.write_text(source)

    assert len(list(worldly_calls(path))) == 1


def test_strange_imports_are_seen(tmp_path: Path) -> None:
    path = tmp_path / "impure.py"
    path.write_text("import numpy\nfrom hub.store import rows\nfrom edge.core import door\nimport json")

    assert [name for name in imports(path) if not known(name, {"edge.core"})] == ["numpy", "hub.store"]


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or "."


def known(name: str, allowed: set[str]) -> bool:
    if name.split(".")[0] in sys.stdlib_module_names:
        return True
    return any(name == package or name.startswith(package + ".") for package in allowed)


def worldly_calls(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            called = node.func
            if isinstance(called, ast.Name) and called.id in WORLDLY_FUNCTIONS:
                yield f"line {node.lineno}: {called.id}()"
            if isinstance(called, ast.Attribute) and called.attr in WORLDLY_METHODS:
                yield f"line {node.lineno}: .{called.attr}()"
