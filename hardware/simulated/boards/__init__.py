"""Simulated lock boards, one module a family: what a board does with a frame, with the codec in the role DEVICE."""

from typing import Final

BOARDS: Final = {
    "8a80": "hardware.simulated.boards.eight_a_eighty:SimulatedEightAEighty",
    "cu16": "hardware.simulated.boards.cu16:SimulatedCU16",
    "cu48": "hardware.simulated.boards.cu48:SimulatedCU48",
    "cu48b": "hardware.simulated.boards.cu48:SimulatedCU48",
    "modbus": "hardware.simulated.boards.modbus:SimulatedModbus",
    "winnsen": "hardware.simulated.boards.winnsen:SimulatedWinnsen",
    "wkly": "hardware.simulated.boards.wkly:SimulatedWkly",
}
"""`module:Class` by family. Each is built from its `hardware.wiring.Board` and satisfies `board.SimulatedBoard`."""
