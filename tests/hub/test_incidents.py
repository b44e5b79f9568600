"""What the hub does not accept is told to people in a sentence each, and how often it came."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import custody
import hub
from hub.texts import LANGUAGES, texts

_HUB, _CUSTODY = Path(hub.__file__).parent, Path(custody.__file__).parent


def _codes() -> set[str]:
    """Every code under which the sources note a message that was not accepted."""
    sources = "\n".join(path.read_text() for path in _HUB.rglob("*.py"))
    plain = set(re.findall(r'Refuse\(\s*"(\w+)"', sources)) | set(re.findall(r'payload, code="(\w+)"', sources))
    rejected = re.findall(r'Rejected\("(\w+)"\)', (_CUSTODY / "envelope.py").read_text())
    broken = re.findall(r'Broken\("(\w+)"\)', (_CUSTODY / "chain.py").read_text())
    return plain | {f"message_{why}" for why in rejected} | {f"batch_{why}" for why in broken}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", sorted(_codes()))
def test_every_reason_has_a_sentence_that_names_the_station(code: str, language: str) -> None:
    said = texts(language)(f"incident.{code}", station="cab-9")

    assert said != f"incident.{code}"
    assert "cab-9" in said


def test_the_reasons_the_sources_give_are_found() -> None:
    assert {"unknown_station", "header_malformed", "message_signature", "batch_after", "fork", "failed"} <= _codes()
