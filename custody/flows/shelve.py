"""Shelve (上架): volume and shelf are scanned; there it lies."""

from __future__ import annotations

from custody.events import Step
from custody.flows.stepping import step_flow

__all__ = ["FLOW"]

FLOW = step_flow("shelve", Step.SHELVED, shelf=True)
