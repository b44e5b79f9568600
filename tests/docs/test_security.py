"""The page on security claims nothing without something to run: what it cites is there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
CITED = sorted(set(re.findall(r"`((?:tests|custody|hub|edge|requirements)/[^`]*)`", PAGE)))
NAMED = sorted(set(re.findall(r"`(test_\w+)`", PAGE)))
TESTS = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py"))


@pytest.mark.parametrize("path", CITED)
def test_a_file_it_cites_is_there(path: str) -> None:
    assert (ROOT / path).exists()


@pytest.mark.parametrize("name", NAMED)
def test_a_test_it_names_is_there(name: str) -> None:
    assert f"def {name}(" in TESTS


def test_it_cites_enough_to_be_checked() -> None:
    assert len(CITED) > 15
    assert len(NAMED) > 4
