"""What can go wrong on a line with lock boards, as values. Each is used up by one answer unless it says otherwise."""

from dataclasses import dataclass, fields
from typing import Any, Final, TypeAlias


@dataclass(frozen=True, slots=True)
class DropReply:
    """The board does what it was asked and its answer is lost."""


@dataclass(frozen=True, slots=True)
class LateReply:
    seconds: float = 0.4


@dataclass(frozen=True, slots=True)
class SplitReply:
    """A pause after so many bytes."""

    after: int = 2
    seconds: float = 0.015


@dataclass(frozen=True, slots=True)
class LeadingGarbage:
    garbage: str = "00 FF 33"


@dataclass(frozen=True, slots=True)
class WrongChecksum:
    """One bit of the check byte is turned over."""


@dataclass(frozen=True, slots=True)
class ReportBetween:
    """A report nobody asked for comes between request and answer. Its bytes are right; its status may be a lie."""

    channel: int = 1
    status: int = 0x00
    header: int = 0x82


@dataclass(frozen=True, slots=True)
class ShortReply:
    """A byte 00 of the answer is lost; every XOR still holds."""


@dataclass(frozen=True, slots=True)
class JoinedReplies:
    """The answer comes twice, back to back."""


@dataclass(frozen=True, slots=True)
class FailedReply:
    """The board refuses a pulse and says so, in the words of its family if it has any."""


Fault: TypeAlias = (
    DropReply
    | LateReply
    | SplitReply
    | LeadingGarbage
    | WrongChecksum
    | ReportBetween
    | ShortReply
    | JoinedReplies
    | FailedReply
)

FAULTS: Final[dict[str, type[Fault]]] = {
    "drop-reply": DropReply,
    "late-reply": LateReply,
    "split-reply": SplitReply,
    "leading-garbage": LeadingGarbage,
    "wrong-checksum": WrongChecksum,
    "report-between": ReportBetween,
    "short-reply": ShortReply,
    "joined-replies": JoinedReplies,
    "failed-reply": FailedReply,
}


def fault_of(name: str, settings: dict[str, Any]) -> Fault:
    """A fault by its name. ValueError says which names or settings there are."""
    kind = FAULTS.get(name)
    if kind is None:
        raise ValueError(f"fault {name}: must be one of {', '.join(FAULTS)}")
    known = {field.name for field in fields(kind)}
    if strange := set(settings) - known:
        raise ValueError(f"fault {name} has no {', '.join(sorted(strange))}")
    return kind(**settings)
