"""Prepare (整理): the volume is taken apart, put in order, its pages numbered and counted."""

from __future__ import annotations

from custody.events import Step
from custody.flows.stepping import step_flow

__all__ = ["FLOW"]

FLOW = step_flow("prepare", Step.PREPARED, counts=True)
