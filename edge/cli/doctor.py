"""``doctor``: this machine's facts, judged. Exit status 1 when there is a fault."""

from __future__ import annotations

import os
from pathlib import Path

from custody.entries import Clock
from edge.clocks import Clocks
from edge.doctor.gather import gather
from edge.doctor.judge import Grade, examine
from edge.doctor.telling import as_json, as_text

__all__ = ["look"]


def look(folder: Path, *, ports: Path | None, runs_as: str | None, json: bool) -> tuple[str, bool]:
    """What is to be printed, and whether there is a fault."""
    clocks = Clocks()
    findings = examine(
        gather(
            folder.absolute(),
            now=clocks.wall(),
            synchronised=clocks.quality() is Clock.SYNCHRONISED,
            environment=os.environ,
            ports=ports,
            runs_as=runs_as,
        )
    )
    faulty = any(finding.grade is Grade.FAULT for finding in findings)
    return (as_json(findings) if json else as_text(findings)), faulty
