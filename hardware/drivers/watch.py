"""What is known of one lock board and its doors: turns answers and silence into observations, each told once."""

from firmware_bridge.boards.dialect import AnyFrame, Item
from hardware.debounce import settle, unsettled
from hardware.ports import BoardReachable, BoardUnreachable, Deliver, DoorSensed, DoorState, ItemSensed, LossReason
from hardware.wiring import Board, Compartment

MISSED_POLLS = 2  # polls in a row (of several attempts each) without a sound answer until a board is unreachable
RETRY_SECONDS = 1.0  # between polls of a board that is silent, so that it does not slow its neighbours


class Watch:
    """One board. Doors are UNKNOWN until they settle and whenever the board is not reachable."""

    def __init__(self, board: Board, compartments: tuple[Compartment, ...], *, needed: int, deliver: Deliver) -> None:
        self.board, self.dialect, self.codec = board, board.dialect, board.dialect.codec()
        self.reachable = False
        self.prepared = False  # what its dialect says at the start was said, since the line or the board came back
        self._compartments, self._needed, self._deliver = compartments, needed, deliver
        self._names = tuple(compartment.name for compartment in compartments)
        self._doors = dict.fromkeys(self._names, unsettled(DoorState.UNKNOWN))
        self._items = dict.fromkeys(self._names, unsettled(Item.UNKNOWN))
        self._loss: LossReason | None = None
        self._misses = 0
        self._next = float("-inf")

    def due(self, now: float) -> bool:
        return self.reachable or now >= self._next

    def answered(self, replies: tuple[AnyFrame, ...], now: float) -> None:
        """A whole poll was answered. Answers that do not fit say nothing about doors, but that the wiring is wrong."""
        reading = self.dialect.reading(replies)
        if reading is None:
            self._missed(LossReason.MISFIT, now)
            return
        self._misses, self._loss = 0, None
        if not self.reachable:
            self.reachable = True
            self._deliver(BoardReachable(self.board.name, self._names, now))
        for compartment in self._compartments:
            self._sense(compartment.name, DoorState(reading.doors[compartment.channel - 1].value), now)
            if reading.items:
                self._feel(compartment.name, reading.items[compartment.channel - 1], now)

    def silent(self, now: float) -> None:
        self._missed(LossReason.SILENT, now)

    def lost(self, reason: LossReason, now: float) -> None:
        """Told once per outage, and again when its reason changes."""
        self.reachable = self.prepared = False
        self._next = now + RETRY_SECONDS
        if reason is self._loss:
            return
        self._loss = reason
        self._deliver(BoardUnreachable(self.board.name, self._names, reason, now))
        for name in self._names:
            self._sense(name, DoorState.UNKNOWN, now)
            self._feel(name, Item.UNKNOWN, now)

    def _missed(self, reason: LossReason, now: float) -> None:
        self._misses += 1
        self._next = now + RETRY_SECONDS
        if self._misses >= MISSED_POLLS:
            self.lost(reason, now)

    def _sense(self, name: str, sample: DoorState, now: float) -> None:
        self._doors[name], settled = settle(self._doors[name], sample, needed=self._needed)
        if settled is not None:
            self._deliver(DoorSensed(name, settled, now))

    def _feel(self, name: str, sample: Item, now: float) -> None:
        self._items[name], settled = settle(self._items[name], sample, needed=self._needed)
        if settled is not None:
            self._deliver(ItemSensed(name, None if settled is Item.UNKNOWN else settled is Item.PRESENT, now))
