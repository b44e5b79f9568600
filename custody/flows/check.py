"""Quality check (质检): somebody else than who scanned looks at every image and enters how many are good."""

from __future__ import annotations

from custody.events import SendBackReason, Step
from custody.flows.stepping import step_flow

__all__ = ["FLOW"]

FLOW = step_flow(
    "check",
    Step.CHECKED,
    counts=True,
    sends_back={
        SendBackReason.MISSING_PAGE: Step.SCANNED,
        SendBackReason.SKEWED: Step.SCANNED,
        SendBackReason.UNREADABLE: Step.SCANNED,
    },
)
