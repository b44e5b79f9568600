"""When a picture is worth decoding, and when a code that was read counts. Pure.

Decoding is dear and a camera shows the same desk all day: pictures are decoded once something changed and came to rest,
until nothing more is to be learnt. A code counts once for each time it is held before the camera.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, TypeAlias

Code: TypeAlias = tuple[str, str]
Thumbnail: TypeAlias = bytes
"""A picture made very small: one grey byte for each of its fields."""

MOVED: Final = 10  # grey levels by which a field differs because something moved, and not by noise
FIELDS: Final = 3  # so many fields of a thumbnail must have moved
RESTLESS: Final = 0.8  # seconds: who never holds still is read on the move
TRIES: Final = 4  # pictures decoded in vain before a scene at rest is left alone


@dataclass(slots=True)
class Gate:
    """Ask `opens` for each picture; tell `decoded` what came of those that were decoded."""

    _last: Thumbnail = b""
    _moving_since: float | None = None
    _tries_left: int = TRIES

    def opens(self, thumbnail: Thumbnail, at: float) -> bool:
        moved = _differ(self._last, thumbnail)
        self._last = thumbnail
        if moved:
            self._tries_left = TRIES
            if self._moving_since is None:
                self._moving_since = at
            return at - self._moving_since >= RESTLESS
        self._moving_since = None
        return self._tries_left > 0

    def decoded(self, *, learnt: bool) -> None:
        """`learnt`: another picture of the same scene may tell more."""
        self._tries_left -= 1
        if learnt:
            self._tries_left = max(self._tries_left, 1)


@dataclass(slots=True)
class Agreement:
    """So many pictures must bear the same text. One that was not in as many decoded pictures has been taken away."""

    needed: int
    _seen: dict[str, int] = field(default_factory=dict)
    _missed: dict[str, int] = field(default_factory=dict)
    _counted: set[str] = field(default_factory=set)

    def hear(self, codes: Iterable[Code]) -> tuple[Code, ...]:
        """The codes that count now, each text once; take in what one picture said."""
        here = dict(sorted(codes))
        for text in [text for text in self._seen if text not in here]:
            self._miss(text)
        for text in here:
            self._seen[text] = self._seen.get(text, 0) + 1
            self._missed.pop(text, None)
        fresh = [text for text in here if self._seen[text] >= self.needed and text not in self._counted]
        self._counted.update(fresh)
        return tuple((text, here[text]) for text in fresh)

    @property
    def pending(self) -> bool:
        """Whether another picture of the same scene would tell more."""
        return bool(self._missed) or not set(self._seen) <= self._counted

    def _miss(self, text: str) -> None:
        self._missed[text] = self._missed.get(text, 0) + 1
        if self._missed[text] >= max(self.needed, 2):
            del self._seen[text], self._missed[text]
            self._counted.discard(text)


def _differ(one: Thumbnail, other: Thumbnail) -> bool:
    if len(one) != len(other):
        return True
    return sum(abs(a - b) > MOVED for a, b in zip(one, other, strict=True)) >= FIELDS
