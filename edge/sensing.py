"""What the hardware observed, in the words of the scene. Knows both vocabularies, decides nothing."""

from __future__ import annotations

import logging

from custody.desk import BadgeTapped
from custody.flows.grammar import LabelScanned
from custody.identifiers import ActId
from custody.messages import DoorState
from edge.cabinet.layout import Names
from edge.core import scene
from edge.core.door import Pulse
from edge.core.scene import Stimulus
from hardware.ports import (
    BoardReachable,
    BoardUnreachable,
    DoorSensed,
    ItemSensed,
    Observation,
    PartsLost,
    PowerSensed,
    PulseFailed,
    PulseSent,
    ReaderFound,
    ReaderLost,
    Scanned,
    ScanRefused,
    TamperSensed,
)

__all__ = ["stimulus_of"]

_log = logging.getLogger(__name__)


def stimulus_of(observation: Observation, names: Names) -> Stimulus | None:
    """The stimulus for the scene; none where there is only something for the log."""
    match observation:
        case DoorSensed(compartment=name, state=state):
            return scene.DoorSensed(names.board_of[name], names.place_of[name], DoorState(state.value))
        case ItemSensed(compartment=name, present=present):
            return scene.ItemSensed(names.place_of[name], present)
        case BoardUnreachable(board=board, reason=reason):
            _log.error("lock board not reachable: board=%s why=%s", board, reason.value)
            return scene.BoardLost(board)
        case BoardReachable(board=board):
            _log.info("lock board reachable: board=%s", board)
            return None
        case PulseSent(request_id=act, compartment=name, acknowledged=acknowledged):
            pulse = Pulse.ACKNOWLEDGED if acknowledged else Pulse.SENT
            return scene.PulseReported(names.place_of[name], ActId(act), pulse)
        case PulseFailed(request_id=act, compartment=name, reason=failure):
            _log.error("no pulse was sent: compartment=%s why=%s", name, failure.value)
            return scene.PulseReported(names.place_of[name], ActId(act), Pulse.FAILED)
        case Scanned(role="badge", text=text):
            return BadgeTapped(text)
        case Scanned(text=text):
            return LabelScanned(text)
        case ScanRefused(reader=reader, role=role, reason=why):
            _log.warning("a reading was left out: reader=%s why=%s", reader, why)
            return scene.NotRead(badge=role == "badge")
        case ReaderLost(reader=reader, reason=reason):
            _log.error("reader not reachable: reader=%s why=%s", reader, reason.value)
            return None
        case ReaderFound(reader=reader):
            _log.info("reader reachable: reader=%s", reader)
            return None
        case PowerSensed(sensor=sensor, present=present):
            return scene.PowerSensed(sensor, present)
        case TamperSensed(sensor=sensor, tampered=tampered):
            return scene.CaseSensed(sensor, not tampered)
        case PartsLost(reason=reason):
            _log.error("lights and sensors not reachable: why=%s", reason.value)
            return None
