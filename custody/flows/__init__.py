"""What people do, one file a flow. ``FLOWS`` is their register: every module here that says ``FLOW`` is in it.

So a new flow is a new file and nothing else. What the flows share (grammar, patterns) says no ``FLOW``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from importlib import import_module
from pkgutil import iter_modules

from custody.flows.grammar import Flow

__all__ = ["FLOWS", "found_in"]


def found_in(package: str, folders: Iterable[str]) -> Mapping[str, Flow]:
    """The flows among the modules of a package, by name, in their order."""
    modules = (import_module(f"{package}.{one.name}") for one in iter_modules(folders))
    flows = (module.FLOW for module in modules if hasattr(module, "FLOW"))
    return {flow.name: flow for flow in sorted(flows, key=lambda one: (one.order, one.name))}


FLOWS: Mapping[str, Flow] = found_in(__name__, __path__)
