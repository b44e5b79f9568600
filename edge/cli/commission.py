"""``commission``: walk along the cabinet with a technician, write what was learnt, make the sheet to sign."""

from __future__ import annotations

import hashlib
import sys
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from edge.bootstrap import software
from edge.commissioning.dialogue import Dialogue
from edge.commissioning.report import findings, sheet, told
from edge.commissioning.saving import kept_name, replace
from edge.errors import EdgeError
from edge.sentences import sentences
from hardware.commissioning.conduct import conduct
from hardware.commissioning.walk import Ask, Walk
from hardware.commissioning.writing import rewritten, toml
from hardware.wiring import Wiring, WiringError, parse_wiring
from paper.errors import PaperError
from paper.prints.commissioning import commissioning_sheet

__all__ = ["Job", "commission"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """``wiring``: the draft that is walked along and replaced. ``at``: the time now, in local time."""

    wiring: Path
    station: str
    by: str
    at: datetime
    sheet: Path
    ports: Path | None = None
    scan_seconds: float = 20.0


def commission(job: Job, dialogue: Dialogue, *, ask: Callable[[Ask], str] | None = None) -> bool:
    """Whether every door that was tried is good and the file was written. ``EdgeError``: the draft cannot be used."""
    draft, wiring = _draft(job)
    dialogue.say("hello")
    walk = conduct(wiring, ask=ask or dialogue.ask, tell=dialogue.tell, scan_seconds=job.scan_seconds)
    for line in findings(walk):
        print("\n".join(told(line, say) for say in sentences(catalogue="commission")))
    when = job.at.strftime("%Y-%m-%d %H:%M")
    text = toml(rewritten(draft, wiring, walk), heading=f"{when} {job.by} yungui-edge commission")
    saved = _save(job, dialogue, text)
    _print(job, dialogue, walk, text if saved else job.wiring.read_text(encoding="utf-8"))
    return saved and all(door.fate in ("good", "unwired") for door in walk.found)


def _draft(job: Job) -> tuple[dict[str, object], Wiring]:
    try:
        text = job.wiring.read_text(encoding="utf-8")
        return tomllib.loads(text), parse_wiring(text, name=str(job.wiring), ports=job.ports)
    except FileNotFoundError as error:
        raise EdgeError("wiring.missing", file=str(job.wiring)) from error
    except (WiringError, OSError, ValueError) as error:
        raise EdgeError("wiring.wrong", what=str(error)) from error


def _save(job: Job, dialogue: Dialogue, text: str) -> bool:
    """Only what can be read again is written."""
    try:
        parse_wiring(text, name=str(job.wiring), ports=job.ports)
    except WiringError as error:
        raise EdgeError("wiring.wrong", what=str(error)) from error
    old = kept_name(job.wiring, job.at.strftime("%Y%m%dT%H%M%S"))
    if dialogue.question("ask.save", {"file": str(job.wiring), "old": old.name}).lower() != "y":
        dialogue.say("unsaved", file=str(job.wiring))
        return False
    try:
        replace(job.wiring, text, keep=old)
    except OSError as error:
        raise EdgeError("wiring.unwritable", file=str(job.wiring), why=str(error)) from error
    dialogue.say("saved", file=str(job.wiring))
    return True


def _print(job: Job, dialogue: Dialogue, walk: Walk, text: str) -> None:
    made = sheet(
        walk,
        station=job.station,
        by=job.by,
        when=job.at.strftime("%Y-%m-%d %H:%M"),
        software=software(),
        wiring=hashlib.sha256(text.encode()).hexdigest(),
    )
    try:
        job.sheet.write_bytes(commissioning_sheet(made))
    except (PaperError, OSError) as error:
        dialogue.say("sheet.not", why=str(error))
    else:
        dialogue.say("sheet", file=str(job.sheet))
    sys.stdout.flush()
