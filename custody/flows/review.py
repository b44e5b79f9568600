"""Consistency review (一致性审查): a third person compares paper and images."""

from __future__ import annotations

from custody.events import SendBackReason, Step
from custody.flows.stepping import step_flow

__all__ = ["FLOW"]

FLOW = step_flow(
    "review",
    Step.REVIEWED,
    sends_back={SendBackReason.PAPER_DIFFERS: Step.SCANNED, SendBackReason.WRONG_ORDER: Step.PREPARED},
)
