"""What people do, one file a flow. ``FLOWS`` is their register; its order is the order of the choices at home."""

from __future__ import annotations

from collections.abc import Mapping

from custody.flows import bind, check, collect, deposit, prepare, receive, return_, review, scan, shelve, verify
from custody.flows.grammar import Flow

__all__ = ["FLOWS"]

FLOWS: Mapping[str, Flow] = {
    module.FLOW.name: module.FLOW
    for module in (deposit, collect, return_, verify, receive, prepare, scan, check, review, bind, shelve)
}
