"""One request, its answer, and nothing else on the line meanwhile.

Deadlines are inputs: `now` comes in, `WaitUntil` goes out. A question may be asked again; an unlock is sent once, ever:
whether it fired is then told by polling, not by trying again. Frames nobody asked for are delivered whenever they come.
Between transactions the line rests, also after errors, and what came too late never prefixes the next answer.

    state     stimulus                          becomes   effects
    IDLE      start                             RESTING   as RESTING tick
    RESTING   start                             RESTING   Busy
    WAITING   start                             WAITING   Busy
    RESTING   tick, line rested                 WAITING   Send, WaitUntil
    WAITING   received: the answer              IDLE      Over(Answered)
    WAITING   tick, past the deadline, again    RESTING   DiscardInput, WaitUntil
    WAITING   tick, past the deadline, no more  IDLE      DiscardInput, Over(TimedOut)
    WAITING   tick, nobody answers such a one   IDLE      Over(Said)
    any       received: any other frame         same      Unasked
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Generic, TypeAlias, TypeVar

from firmware_bridge.codec import NEED_MORE, Codec

FrameT = TypeVar("FrameT")


class Echo(Enum):
    """Whether the line gives back what the host writes.

    It matters because an answer can be, byte for byte, the request: `8A 01 01 11 9B` asks for a pulse and also answers
    one. NONE: such a frame is the answer. EXPECTED: the first such frame is the echo. TOLERATE (not known): the first
    such frame proves nothing; if nothing else comes, there was no answer. So a board that answers like this is heard
    only under NONE or EXPECTED; under TOLERATE its unlock counts as unacknowledged, never as acknowledged by an echo.
    """

    NONE = "none"
    TOLERATE = "tolerate"
    EXPECTED = "expected"


class State(Enum):
    IDLE = "idle"
    RESTING = "resting"
    WAITING = "waiting"


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds. `frame_quiet` is far longer than a byte because USB adapters deliver in lumps (16 ms is common)."""

    baud: int = 9600
    reply_within: float = 0.25
    frame_quiet: float = 0.03
    attempts: int = 3  # of a question; an unlock has one
    unanswered: float = 0.05  # the line is left alone that long after a request that no board answers

    @property
    def byte_time(self) -> float:
        """8N1: ten bits."""
        return 10 / self.baud

    @property
    def rest(self) -> float:
        """3.5 characters and 1 ms, at least 5 ms: without it, two boards on one line were seen to lose every answer."""
        return max(0.005, 3.5 * self.byte_time + 0.001)


@dataclass(frozen=True, slots=True)
class Send:
    data: bytes


@dataclass(frozen=True, slots=True)
class DiscardInput:
    """Throw away whatever the port still holds."""


@dataclass(frozen=True, slots=True)
class WaitUntil:
    """Call `tick` at this time unless bytes come first. Always the last effect when there is one."""

    at: float


@dataclass(frozen=True, slots=True)
class Unasked(Generic[FrameT]):
    frame: FrameT


@dataclass(frozen=True, slots=True)
class Answered(Generic[FrameT]):
    request: FrameT
    reply: FrameT


@dataclass(frozen=True, slots=True)
class TimedOut(Generic[FrameT]):
    """No answer. `echoed`: the request itself came back, so the line carries and the device is silent."""

    request: FrameT
    attempts: int
    echoed: bool


@dataclass(frozen=True, slots=True)
class Said(Generic[FrameT]):
    """The request went out, and boards of this family answer nothing to it."""

    request: FrameT


@dataclass(frozen=True, slots=True)
class Over(Generic[FrameT]):
    outcome: Answered[FrameT] | TimedOut[FrameT] | Said[FrameT]


@dataclass(frozen=True, slots=True)
class Busy(Generic[FrameT]):
    """`request` was not taken: another is under way."""

    request: FrameT


Effect: TypeAlias = Send | DiscardInput | WaitUntil | Unasked[FrameT] | Over[FrameT] | Busy[FrameT]
Effects: TypeAlias = tuple[Effect[FrameT], ...]


class Exchange(Generic[FrameT]):
    """The host's side of one line. Build a new one whenever the port was opened anew.

    Where boards of several families share a line, `speak` changes the codec between two transactions.
    """

    def __init__(self, codec: Codec[FrameT], timing: Timing, *, echo: Echo) -> None:
        self.state = State.IDLE
        self._codec = codec
        self._timing = timing
        self._echo = echo
        self._request: FrameT | None = None
        self._sent = b""
        self._answered = True
        self._attempt = 0
        self._attempts = timing.attempts
        self._echoed = False
        self._deadline = 0.0
        self._last_byte = float("-inf")
        self._pending = False  # bytes came since the last silence

    def speak(self, codec: Codec[FrameT]) -> None:
        """Use this codec from now on. What the one before had not finished reading is forgotten."""
        if codec is not self._codec and self.state is State.IDLE:
            codec.reset()
            self._codec = codec

    def start(self, request: FrameT, now: float, *, attempts: int | None = None) -> Effects[FrameT]:
        """Ask. The bytes go out now, or once the line has rested. `attempts`: of this question, if not the usual."""
        if self.state is not State.IDLE:
            return (Busy(request),)
        self._request, self._sent = request, self._codec.encode(request)
        self._answered = self._codec.answered(request)
        self._attempts = attempts or self._timing.attempts
        self._attempt, self.state = 0, State.RESTING
        return self.tick(now)

    def received(self, data: bytes, now: float) -> Effects[FrameT]:
        """Bytes came."""
        self._last_byte, self._pending = max(now, self._last_byte), True
        self._codec.receive(data)
        return (*self._frames(), *self._wait())

    def tick(self, now: float) -> Effects[FrameT]:
        """Time passed."""
        effects: list[Effect[FrameT]] = []
        if self._pending and now >= self._last_byte + self._timing.frame_quiet:
            self._pending = False
            self._codec.quiet()
            effects += self._frames()
        if self.state is State.WAITING and now >= self._deadline:
            effects += self._give_up(now)
        elif self.state is State.RESTING and now >= self._last_byte + self._timing.rest:
            effects.append(self._send(now))
        return (*effects, *self._wait())

    def _frames(self) -> Iterator[Effect[FrameT]]:
        while (frame := self._codec.next_frame()) is not NEED_MORE:
            if self._is_echo(frame):
                self._echoed = True
            elif (
                self.state is State.WAITING and self._request is not None and self._codec.answers(self._request, frame)
            ):
                self.state = State.IDLE
                yield Over(Answered(self._request, frame))
            else:
                yield Unasked(frame)

    def _is_echo(self, frame: FrameT) -> bool:
        awaited = self.state is State.WAITING and self._echo is not Echo.NONE and not self._echoed
        return awaited and self._codec.encode(frame) == self._sent

    def _send(self, now: float) -> Send:
        self._codec.reset()
        self._attempt += 1
        self._echoed = self._pending = False
        self._last_byte = now + len(self._sent) * self._timing.byte_time
        self._deadline = self._last_byte + (self._timing.reply_within if self._answered else self._timing.unanswered)
        self.state = State.WAITING
        return Send(self._sent)

    def _give_up(self, now: float) -> Iterator[Effect[FrameT]]:
        assert self._request is not None
        if not self._answered:
            self.state = State.IDLE
            yield Over(Said(self._request))
            return
        self._codec.reset()
        self._pending = False
        self._last_byte = max(now, self._last_byte)
        yield DiscardInput()
        if self._codec.repeatable(self._request) and self._attempt < self._attempts:
            self.state = State.RESTING
        else:
            self.state = State.IDLE
            yield Over(TimedOut(self._request, self._attempt, self._echoed))

    def _wait(self) -> Iterator[WaitUntil]:
        quiet = [self._last_byte + self._timing.frame_quiet] if self._pending else []
        if self.state is State.RESTING:
            yield WaitUntil(min([self._last_byte + self._timing.rest, *quiet]))
        elif self.state is State.WAITING:
            yield WaitUntil(min([self._deadline, *quiet]))
        elif quiet:
            yield WaitUntil(quiet[0])
