"""What is known of one 8A/80 board and its doors: turns answers and silence into observations, each told once."""

from firmware_bridge.boards.eight_a_eighty_doors import doors
from hardware.debounce import Settling, settle
from hardware.ports import BoardReachable, BoardUnreachable, Deliver, DoorSensed, DoorState, LossReason
from hardware.wiring import Board, Compartment

MISSED_POLLS = 2  # polls in a row (of several attempts each) without a sound answer until a board is unreachable
RETRY_SECONDS = 1.0  # between polls of a board that is silent, so that it does not slow its neighbours


class Watch:
    """One board. Doors are UNKNOWN until they settle and whenever the board is not reachable."""

    def __init__(self, board: Board, compartments: tuple[Compartment, ...], *, needed: int, deliver: Deliver) -> None:
        self.board, self.reachable = board, False
        self._compartments, self._needed, self._deliver = compartments, needed, deliver
        self._names = tuple(compartment.name for compartment in compartments)
        self._settling = dict.fromkeys(self._names, Settling())
        self._loss: LossReason | None = None
        self._misses = 0
        self._next = float("-inf")

    def due(self, now: float) -> bool:
        return self.reachable or now >= self._next

    def answered(self, raw: bytes, now: float) -> None:
        """An answer came. One of the wrong length says nothing about doors; it says that the wiring is wrong."""
        if len(raw) != self.board.status_bytes:
            self._missed(LossReason.MISFIT, now)
            return
        self._misses, self._loss = 0, None
        if not self.reachable:
            self.reachable = True
            self._deliver(BoardReachable(self.board.name, self._names, now))
        board = self.board
        states = doors(raw, channels=board.channels, closed_value=board.closed_value, order=board.byte_order)
        for compartment in self._compartments:
            self._sense(compartment.name, DoorState(states[compartment.channel - 1].value), now)

    def silent(self, now: float) -> None:
        self._missed(LossReason.SILENT, now)

    def lost(self, reason: LossReason, now: float) -> None:
        """Told once per outage, and again when its reason changes."""
        self.reachable = False
        self._next = now + RETRY_SECONDS
        if reason is self._loss:
            return
        self._loss = reason
        self._deliver(BoardUnreachable(self.board.name, self._names, reason, now))
        for name in self._names:
            self._sense(name, DoorState.UNKNOWN, now)

    def _missed(self, reason: LossReason, now: float) -> None:
        self._misses += 1
        self._next = now + RETRY_SECONDS
        if self._misses >= MISSED_POLLS:
            self.lost(reason, now)

    def _sense(self, name: str, sample: DoorState, now: float) -> None:
        self._settling[name], settled = settle(self._settling[name], sample, needed=self._needed)
        if settled is not None:
            self._deliver(DoorSensed(name, settled, now))
