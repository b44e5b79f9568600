"""A host's end of one scanner or badge reader: bytes and time in; readings, and bytes to say, out.

What must be acknowledged is acknowledged here, right after its reading is handed out; what is sent again is
acknowledged again and handed out once. Time is an argument, and nothing here writes a setting into a scanner.
"""

from dataclasses import dataclass
from typing import Any, Final, Protocol, TypeAlias

from firmware_bridge.codec import NEED_MORE, More
from firmware_bridge.scanners import gm65, rdm6300, ssi
from firmware_bridge.scanners.admission import Admission, Held, Outcome, admit
from firmware_bridge.scanners.lines import LENGTH_CAP, Flaw, Reading, Unreadable, parse

REARM_SECONDS: Final = 0.3  # from a reading until the trigger is pulled again
TRIGGER_SECONDS: Final = 5.0  # between two triggers while nothing is read; scanners give up by themselves
PACKET_SECONDS: Final = 5.0  # how long the rest of a reading of several packets may take
REST_SECONDS: Final = 0.5  # what comes so soon after half a line may be its other half
MOST_NAKS: Final = 3
ALERT_SECONDS: Final = 0.01  # between two looks at the clock while half a reading is there
IDLE_SECONDS: Final = 0.5  # while nothing is going on
PIECE: Final = 256  # bytes given to a packet codec at a time, so that its bounded buffer never drops a whole packet


@dataclass(frozen=True, slots=True)
class Say:
    """Bytes for the scanner, at once."""

    data: bytes


Effect: TypeAlias = Reading | Unreadable | Say


class Codec(Protocol):
    """What an ear needs of a codec that reads what a scanner types."""

    def receive(self, data: bytes) -> None: ...

    def next_frame(self) -> Any | More: ...

    def quiet(self) -> None: ...

    def reset(self) -> None: ...

    @property
    def in_line(self) -> bool: ...


class Ear(Protocol):
    """The grammar of one family of scanners."""

    def opened(self) -> None:
        """The line is a new one: half a reading is none."""

    def hear(self, data: bytes, now: float) -> list[Effect]: ...

    def silence(self, seconds: float, now: float) -> list[Effect]:
        """Nothing came for so long."""

    def waits(self) -> bool:
        """Whether it would learn from silence."""


class LineEar:
    """Readings that are typed: lines, key events, GM65 modules, RDM6300 cards.

    The other half of a line that stopped half way looks like a code, and of a badge like another's. So what comes right
    after half a line is refused with it, unless each reading has a mark where it begins (`marked`).
    """

    def __init__(self, codec: Codec, *, idle_seconds: float, marked: bool = False) -> None:
        self._codec, self._idle, self._marked = codec, idle_seconds, marked
        self._broken_at = float("-inf")
        self._doubted = False  # what is being typed may be the rest of something

    def opened(self) -> None:
        self._codec.reset()
        self._doubted = False

    def hear(self, data: bytes, now: float) -> list[Effect]:
        if not self._codec.in_line:
            self._doubted = now - self._broken_at < REST_SECONDS
        self._codec.receive(data)
        return self._drained()

    def silence(self, seconds: float, now: float) -> list[Effect]:
        if seconds < self._idle or not self._codec.in_line:
            return []
        self._codec.quiet()
        effects = self._drained()
        broken = any(isinstance(effect, Unreadable) and effect.reason is Flaw.INCOMPLETE for effect in effects)
        if broken and not self._marked:
            self._broken_at = now
        return effects

    def waits(self) -> bool:
        return self._codec.in_line

    def _drained(self) -> list[Effect]:
        effects: list[Effect] = []
        while (frame := self._codec.next_frame()) is not NEED_MORE:
            if isinstance(frame, gm65.Answer):
                continue
            effects.append(self._told(Reading(frame.raw.hex().upper()) if isinstance(frame, rdm6300.Card) else frame))
        return effects

    def _told(self, outcome: Outcome) -> Outcome:
        doubted, self._doubted = self._doubted, False
        if doubted and isinstance(outcome, Reading):
            return Unreadable(Flaw.INCOMPLETE, outcome.text.encode(errors="replace"))
        return outcome


class SsiEar:
    """Packets that must be acknowledged. `typed` False: packets after the first have no symbology before the text."""

    def __init__(self, codec: ssi.Codec, *, idle_seconds: float, typed: bool = True) -> None:
        self._codec, self._idle, self._typed = codec, idle_seconds, typed
        self._last: bytes | None = None  # the data of the newest packet; it outlives the line, as a repetition does
        self._pieces: list[bytes] = []
        self._piece_at = 0.0
        self._skipped, self._naks = 0, 0

    def opened(self) -> None:
        self._codec.reset()
        self._pieces.clear()

    def hear(self, data: bytes, now: float) -> list[Effect]:
        effects: list[Effect] = []
        for start in range(0, len(data), PIECE):
            self._codec.receive(data[start : start + PIECE])
            effects += self._drained(now)
        return effects

    def silence(self, seconds: float, now: float) -> list[Effect]:
        effects: list[Effect] = []
        if seconds >= self._idle:
            self._codec.quiet()
            effects += self._drained(now)
            effects += self._damaged()
        if self._pieces and now - self._piece_at >= PACKET_SECONDS:
            effects.append(Unreadable(Flaw.INCOMPLETE, b"".join(self._pieces)[:LENGTH_CAP]))
            self._pieces.clear()
        return effects

    def waits(self) -> bool:
        return self._codec.in_frame or bool(self._pieces) or self._codec.skipped != self._skipped

    def _damaged(self) -> list[Effect]:
        """Ask for what came broken; at last say that there was something."""
        if self._codec.skipped == self._skipped:
            return []
        self._skipped = self._codec.skipped
        self._naks += 1
        if self._naks < MOST_NAKS:
            return [Say(ssi.encode(ssi.SEND_AGAIN))]
        return [Unreadable(Flaw.CHECKSUM, b"")] if self._naks == MOST_NAKS else []

    def _drained(self, now: float) -> list[Effect]:
        effects: list[Effect] = []
        while (packet := self._codec.next_frame()) is not NEED_MORE:
            self._skipped, self._naks = self._codec.skipped, 0
            if packet.opcode == ssi.DECODE_DATA:
                effects += self._decoded(packet, now)
            if packet.opcode in (ssi.DECODE_DATA, ssi.EVENT):
                effects.append(Say(ssi.encode(ssi.ACKNOWLEDGE)))
        return effects

    def _decoded(self, packet: ssi.Packet, now: float) -> list[Effect]:
        again = packet.status & ssi.AGAIN and packet.data == self._last
        self._last = packet.data
        if again:
            return []
        if sum(map(len, self._pieces)) <= LENGTH_CAP + 1:  # beyond it, the whole is known to be too long
            self._pieces.append(packet.data[1:] if self._typed and self._pieces else packet.data)
        self._piece_at = now
        if packet.status & ssi.MORE_FOLLOWS:
            return []
        whole = b"".join(self._pieces)
        self._pieces.clear()
        return [_reading(whole)]


def _reading(data: bytes) -> Outcome:
    """A symbology and a text, which may have an AIM prefix of its own."""
    text = data[1:]
    if len(text) > LENGTH_CAP:
        return Unreadable(Flaw.TOO_LONG, text[:LENGTH_CAP])
    outcome = parse(text)
    if isinstance(outcome, Reading) and outcome.symbology is None and data[0] in ssi.SYMBOLOGIES:
        return Reading(outcome.text, ssi.SYMBOLOGIES[data[0]])
    return outcome


@dataclass(frozen=True, slots=True)
class Trigger:
    """The bytes that make a scanner look, and stop looking. Without `off` it stops by itself."""

    on: bytes
    off: bytes = b""


class Listening:
    """One reader, whatever its family. With a `trigger` the host holds it down until told otherwise."""

    def __init__(self, ear: Ear, *, admission: Admission, trigger: Trigger | None = None, steady: bool = False) -> None:
        self._ear, self._admission, self._trigger = ear, admission, trigger
        self._held = Held() if trigger or steady else None
        self._wanted = trigger is not None
        self._pull_at = float("-inf")
        self._heard_at = 0.0

    def opened(self, now: float) -> list[Effect]:
        """The line was opened."""
        self._ear.opened()
        self._heard_at, self._pull_at = now, now
        return self._pulled(now)

    def received(self, data: bytes, now: float) -> list[Effect]:
        """Bytes came; or none did, which is how silence is told."""
        if data:
            self._heard_at = now
            effects = self._ear.hear(data, now)
        else:
            effects = self._ear.silence(now - self._heard_at, now)
        told = [told for effect in effects if (told := self._told(effect, now)) is not None]
        return told + self._pulled(now)

    def leisure(self, now: float) -> float:
        """How long `received` need not be called when no bytes come. It is called again within it."""
        if self._ear.waits():
            return ALERT_SECONDS
        return IDLE_SECONDS if not self._pulling else max(0.0, min(self._pull_at - now, IDLE_SECONDS))

    @property
    def _pulling(self) -> bool:
        return self._trigger is not None and self._wanted

    def trigger(self, now: float, *, on: bool) -> list[Effect]:
        """Make it look, or stop looking; nothing where the host does not hold the trigger."""
        if self._trigger is None or on is self._wanted:
            return []
        self._wanted, self._pull_at = on, now
        if on:
            return self._pulled(now)
        return [Say(self._trigger.off)] if self._trigger.off else []

    def _told(self, effect: Effect, now: float) -> Effect | None:
        if isinstance(effect, Say):
            return effect
        self._pull_at = min(self._pull_at, now + REARM_SECONDS)
        outcome = admit(effect, self._admission)
        if self._held is not None and isinstance(outcome, Reading) and self._held.still(outcome.text, now):
            return None
        return outcome

    def _pulled(self, now: float) -> list[Effect]:
        if self._trigger is None or not self._wanted or now < self._pull_at:
            return []
        self._pull_at = now + TRIGGER_SECONDS
        return [Say(self._trigger.on)]
