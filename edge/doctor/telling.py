"""Findings for people and for programs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Final

from edge.doctor.judge import Finding, Grade
from edge.sentences import LANGUAGES, Say, sentences

__all__ = ["MARKS", "as_json", "as_text"]

MARKS: Final = {Grade.GOOD: "✔", Grade.ADVICE: "!", Grade.FAULT: "✘"}


def as_text(findings: Sequence[Finding]) -> str:
    """One line each in Chinese, then one in English; what is good needs no remedy."""
    chinese, english = sentences(catalogue="doctor")
    lines = []
    for finding in findings:
        lines.append(f"{MARKS[finding.grade]} {_told(chinese, finding)}")
        lines.append(f"  {_told(english, finding)}")
    return "\n".join(lines)


def as_json(findings: Sequence[Finding]) -> str:
    says = dict(zip(LANGUAGES, sentences(catalogue="doctor"), strict=True))
    told = [
        {
            "key": finding.key,
            "grade": finding.grade,
            "fields": dict(finding.fields),
            **{language: _told(say, finding) for language, say in says.items()},
        }
        for finding in findings
    ]
    return json.dumps(
        {"faults": sum(one["grade"] is Grade.FAULT for one in told), "findings": told}, ensure_ascii=False
    )


def _told(say: Say, finding: Finding) -> str:
    what = say(finding.key, finding.fields)
    return what if finding.grade is Grade.GOOD else f"{what} {say(finding.key + '.remedy', finding.fields)}"
