"""Bind (装订): the volume is bound again; its pages are counted a last time and all counts must agree."""

from __future__ import annotations

from custody.events import SendBackReason, Step
from custody.flows.stepping import step_flow

__all__ = ["FLOW"]

FLOW = step_flow("bind", Step.BOUND, counts=True, sends_back={SendBackReason.COUNT_DIFFERS: Step.PREPARED})
