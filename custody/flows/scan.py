"""Scan (扫描): the pages are scanned; the number of images is entered."""

from __future__ import annotations

from custody.events import SendBackReason, Step
from custody.flows.stepping import step_flow

__all__ = ["FLOW"]

FLOW = step_flow("scan", Step.SCANNED, counts=True, sends_back={SendBackReason.WRONG_ORDER: Step.PREPARED})
