"""A verdict and an answer in words, from the catalogue of a language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from audit.verify import Consistent, Inconsistent, Result
from audit.who import Answer, Claim

__all__ = ["claim_text", "moment_text", "reason_text", "told"]

_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


def told(result: Result, *, say: Mapping[str, str], zone: ZoneInfo) -> str:
    """What a person reads."""
    if isinstance(result, Inconsistent):
        return say["bad"] % {"where": _where(result, say), "why": reason_text(result, say=say)}
    holdings = "; ".join(f"{say[f'holding.{kind}']} {count}" for kind, count in result.holdings.items())
    good = say["good"] % {**_numbers(result), "holdings": holdings or "–"}
    return good if result.answer is None else f"{good}\n\n{_answer(result.answer, say, zone)}"


def reason_text(result: Inconsistent, *, say: Mapping[str, str]) -> str:
    """What is wrong at the place."""
    named = {"detail": result.detail, "entry": result.entry or "–", "after": result.after or "–"}
    return say[f"bad.{result.why}"] % {**named, "places": result.places or "–"}


def _where(result: Inconsistent, say: Mapping[str, str]) -> str:
    """The line or lines, and the entry there, or the last one that is proven before."""
    lines = say["where.lines" if result.until > result.line else "where.line"]
    near = say["where.entry"] if result.entry else say["where.after"] if result.after else ""
    return say["where.and"].join(one % asdict(result) for one in (lines, near) if one)


def claim_text(claim: Claim, *, kind: str, say: Mapping[str, str], zone: ZoneInfo) -> str:
    """One claim and what it rests on."""
    where = claim.place or claim.person or "–"
    named = {"where": where, "entry": claim.entry, "time": moment_text(claim.time, zone)}
    grade = say[f"grade.{claim.grade}"]
    key = "claim.unaccounted" if kind == "unaccounted" else "claim.place" if claim.place else "claim.person"
    return say[key] % {**named, "grade": grade}


def moment_text(milliseconds: int, zone: ZoneInfo) -> str:
    """Local time with its offset."""
    moment = (_BEGINNING + timedelta(milliseconds=milliseconds)).astimezone(zone)
    return moment.isoformat(sep=" ", timespec="seconds")


def _numbers(result: Consistent) -> dict[str, object]:
    names = (name for name in Consistent.__dataclass_fields__ if name not in ("holdings", "answer", "note"))
    return {name: getattr(result, name) for name in names}


def _answer(answer: Answer, say: Mapping[str, str], zone: ZoneInfo) -> str:
    lines = [say["answer"] % {"volume": answer.volume, "at": moment_text(answer.at, zone)}]
    lines += [claim_text(one, kind=answer.kind, say=say, zone=zone) for one in answer.claims] or [say["claim.none"]]
    proven = sum(step.size > 0 for step in answer.proof)
    lines.append(say["proof"] % {"entries": len(answer.proof), "proven": proven})
    lines += [f"  {step.entry}  {step.log}.{step.index}" for step in answer.proof[-8:]]
    if answer.uncovered:
        lines.append(say["proof.uncovered"] % {"entries": ", ".join(answer.uncovered)})
    return "\n".join(lines)
