"""``./run soak mutate``: small mistakes are put into the rules, one at a time; the tests must notice.

The rules are grants, codes and numbers, commands, the time floor, chain, Merkle log, delivery and doors. What no test
notices must stand in docs/reliability-survivors.md with the reason why; what does not is told as unexplained, and the
run fails.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

__all__ = ["RULES", "main"]

RULES = (
    "custody/grants.py",
    "custody/codes.py",
    "custody/commands.py",
    "custody/chain.py",
    "custody/merkle.py",
    "edge/core/floor.py",
    "edge/core/outbox.py",
    "edge/core/door.py",
)
_TESTS = (
    "tests/custody/test_grants.py",
    "tests/custody/test_codes.py",
    "tests/custody/test_commands.py",
    "tests/custody/test_chain.py",
    "tests/custody/test_merkle.py",
    "tests/edge/core/test_outbox.py",
    "tests/edge/core/test_door.py",
    "tests/edge/core/test_small.py",
)
_ROOT = Path(__file__).resolve().parents[2]
_EXPLAINED = _ROOT / "docs" / "reliability-survivors.md"
_AT_LEAST = 0.9
_CONFTEST = """
from hypothesis import HealthCheck, settings

settings.register_profile(
    "mutants", deadline=None, derandomize=True, database=None, max_examples=60, suppress_health_check=list(HealthCheck)
)
settings.load_profile("mutants")
"""
_RESULT = re.compile(r"^\s*(\S+__mutmut_\d+): (.+)$")
_FOUND = ("killed", "timeout", "caught by type check", "segfault", "suspicious")


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="./run soak mutate", description="变异测试 / mutation testing")
    parser.add_argument(
        "--rules", nargs="*", default=list(RULES), metavar="FILE", help="要改动的文件 / files to change"
    )
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--json", action="store_true", help="只输出 JSON / print one JSON object only")
    chosen = parser.parse_args(arguments)
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="yungui-mutants-") as folder:
        place = Path(folder)
        _copy(place, chosen.rules)
        ran = _mutmut(place, "run", "--max-children", str(chosen.jobs))
        listed = _mutmut(place, "results", "--all", "true")
        matched = (found for line in listed.splitlines() if (found := _RESULT.match(line)))
        verdicts: dict[str, str] = {found[1]: found[2] for found in matched}
        checked = {name: verdict for name, verdict in verdicts.items() if verdict != "not checked"}
        survivors = {name: _shown(place, name) for name, verdict in checked.items() if verdict not in _FOUND}
    if not verdicts or len(checked) < len(verdicts):
        print(ran[-4000:] + listed[-1000:], file=sys.stderr)
        return 1
    killed = len(verdicts) - len(survivors)
    told = {name: _told(name, shown) for name, shown in survivors.items()}
    explained = set(_EXPLAINED.read_text(encoding="utf-8").splitlines())
    unexplained = sorted(one for one in told.values() if one not in explained)
    result = {
        "mutants": len(verdicts),
        "killed": killed,
        "share": round(killed / len(verdicts), 4),
        "by_file": _by_file(verdicts),
        "survivors": sorted(told.values()),
        "unexplained": unexplained,
        "seconds": round(time.monotonic() - started, 1),
    }
    print(json.dumps(result, ensure_ascii=False, indent=None if chosen.json else 2))
    return 0 if _enough(verdicts) and not unexplained else 1


def _copy(place: Path, rules: list[str]) -> None:
    """The packages that the tests need, with settings of their own; the checkout is not touched."""
    for package in ("custody", "edge"):
        shutil.copytree(_ROOT / package, place / package, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("tests/custody", "tests/edge/core", "tests/vectors"):
        if (_ROOT / name).exists():
            shutil.copytree(_ROOT / name, place / name, ignore=shutil.ignore_patterns("__pycache__"))
    (place / "tests" / "conftest.py").write_text(_CONFTEST)
    lists = {
        "source_paths": ["custody", "edge"],
        "only_mutate": rules,
        "pytest_add_cli_args": ["-p", "no:cacheprovider", "--timeout=60", "-x"],
        "pytest_add_cli_args_test_selection": list(_TESTS),
    }
    settings = "\n".join(f"{name} = {json.dumps(values)}" for name, values in lists.items())
    (place / "pyproject.toml").write_text(
        f"[tool.mutmut]\n{settings}\nuse_git_change_detection = false\n\n"
        '[tool.pytest.ini_options]\naddopts = ["--import-mode=importlib"]\npythonpath = ["."]\n'
    )


def _mutmut(place: Path, *words: str) -> str:
    done = subprocess.run(
        [sys.executable, "-P", "-m", "mutmut", *words],
        cwd=place,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout + done.stderr


def _shown(place: Path, name: str) -> str:
    """What was changed: the lines of its difference alone."""
    lines = _mutmut(place, "show", name).splitlines()
    return "\n".join(line for line in lines if line.startswith(("+", "-")) and not line.startswith(("+++", "---")))


def _told(name: str, shown: str) -> str:
    """One line that stays the same when other lines of the rule change: the function, and what became of its line."""
    module, _, function = name.partition(".x_")
    lines = (line[0] + line[1:].strip() for line in shown.splitlines())
    return f"{module}.{function.partition('__mutmut_')[0]}: {' ⏎ '.join(lines)}"


def _enough(verdicts: dict[str, str]) -> bool:
    """In each file by itself: many in one do not make up for few in another."""
    return all(found >= _AT_LEAST * every for found, every in _counted(verdicts).values())


def _by_file(verdicts: dict[str, str]) -> dict[str, str]:
    return {module: f"{found}/{every}" for module, (found, every) in sorted(_counted(verdicts).items())}


def _counted(verdicts: dict[str, str]) -> dict[str, tuple[int, int]]:
    every, found = Counter[str](), Counter[str]()
    for name, verdict in verdicts.items():
        module = name.rpartition(".x")[0]
        every[module] += 1
        found[module] += verdict in _FOUND
    return {module: (found[module], count) for module, count in every.items()}
