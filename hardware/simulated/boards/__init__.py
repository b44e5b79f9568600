"""Simulated lock boards, one module a family: what a board does with a frame, with the codec in the role DEVICE."""

from typing import Final

BOARDS: Final = {
    "8a80": "hardware.simulated.boards.eight_a_eighty:SimulatedEightAEighty",
    "cu48": "hardware.simulated.boards.cu48:SimulatedCU48",
}
"""`module:Class` by family. Each is built from its `hardware.wiring.Board` and satisfies `board.SimulatedBoard`."""
