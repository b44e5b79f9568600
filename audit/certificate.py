"""The printed answer: who held a volume, on what proof, under which checkpoint.

What a page bears as its checkpoint covers everything the answer rests on; where none does yet, the page says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from zoneinfo import ZoneInfo

from audit.telling import claim_text, moment_text
from audit.verify import Consistent
from audit.who import Answer
from paper.prints.certificate import Certificate, certificate_sheet

__all__ = ["certificate"]


def certificate(result: Consistent, *, say: Mapping[str, str], zone: ZoneInfo, root: str) -> bytes:
    """The PDF of a verified answer."""
    answer = result.answer
    assert answer is not None  # nobody asks for a certificate of nothing
    claims = [claim_text(one, kind=answer.kind, say=say, zone=zone) for one in answer.claims] or [say["claim.none"]]
    numbers = {"events": result.events, "checkpoints": result.checkpoints, "root": root}
    sheet = Certificate(
        court=result.court,
        title=say["certificate.title"],
        lines=(
            say["answer"] % {"volume": answer.volume, "at": moment_text(answer.at, zone)},
            *claims,
            say["certificate.verified"] % numbers,
        ),
        proof=tuple(
            f"{step.entry}  {step.log}.{step.index}/{step.size or '–'}  {' '.join(one[:16] for one in step.inclusion)}"
            for step in answer.proof
        ),
        note=result.note if answer.proof else result.newest,
        caption=_caption(answer, say),
        foot=say["certificate.foot"],
    )
    return certificate_sheet(sheet)


def _caption(answer: Answer, say: Mapping[str, str]) -> str:
    if not answer.proof:
        return say["certificate.newest"]
    if not answer.covered:
        return say["certificate.uncovered"] % {"entries": ", ".join(answer.uncovered)}
    return say["certificate.caption"] % {"log": answer.covered.partition(".")[0]}
