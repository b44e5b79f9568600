"""Values as people read them: times, durations, holdings, titles. Absolute times, relative only below an hour."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from custody.events import Part
from hub.texts import Texts
from hub.views import Discrepancy, VolumeView, Where, WhereKind

__all__ = ["Telling"]

_MINUTE, _HOUR = 60_000, 3_600_000


@dataclass(frozen=True, slots=True)
class Telling:
    """Tells values in one language, as of ``now`` (milliseconds since 1970), in one time zone."""

    say: Texts
    now: int
    zone: ZoneInfo

    def time(self, at: int, *, seconds: bool = False) -> str:
        """The clock today, the weekday within six days, the date before: 14:02, 周三 14:02, 11月3日 14:02."""
        moment, today = self._local(at), self._local(self.now)
        clock = f"{moment:%H:%M:%S}" if seconds else f"{moment:%H:%M}"
        days = (today.date() - moment.date()).days
        if days == 0:
            return clock
        if 0 < days < 7:
            return self.say("time.weekday", day=self.say(f"time.day{moment.isoweekday()}"), clock=clock)
        if moment.year == today.year:
            month = self.say(f"time.month{moment.month}")
            return self.say("time.date", month=month, day=moment.day, clock=clock)
        return f"{moment:%Y-%m-%d} {clock}"

    def date_time(self, at: int) -> str:
        """Date and time in full, as on paper."""
        return f"{self._local(at):%Y-%m-%d %H:%M}"

    def age(self, at: int) -> str:
        """How long ago, below an hour; else the time."""
        minutes = (self.now - at) // _MINUTE
        if 0 <= minutes < 60:
            return self.say("time.now") if minutes < 1 else self.say("time.minutes", minutes=minutes)
        return self.time(at)

    def span(self, milliseconds: int) -> str:
        """A duration in its largest sensible unit."""
        if milliseconds < _HOUR:
            return self.say("span.minutes", n=max(milliseconds // _MINUTE, 1))
        if milliseconds < 48 * _HOUR:
            return self.say("span.hours", n=milliseconds // _HOUR)
        return self.say("span.days", n=milliseconds // (24 * _HOUR))

    def title(self, volume: VolumeView) -> str:
        """正卷 第 1 册（共 2 册）."""
        return self.member(volume.part, volume.number, volume.of)

    def member(self, part: Part, number: int, of: int) -> str:
        return self.say("volume.title", part=self.say(f"part.{part}"), number=number, of=of)

    def where(self, where: Where) -> str:
        """A holding in a few words."""
        match where.kind:
            case WhereKind.PERSON:
                return self.say("where.person", name=where.name)
            case WhereKind.PLACE:
                return where.name
            case WhereKind.DISPUTED:
                return self.say("where.disputed")
            case WhereKind.UNACCOUNTED:
                return self.say("where.unaccounted" if where.since else "where.never")

    def discrepancy(self, one: Discrepancy) -> str:
        return self.sentence(f"discrepancy.{one.kind}", one.fields)

    def sentence(self, key: str, fields: Mapping[str, str | int]) -> str:
        """A sentence of the catalogues; ``_ms`` fields become times, codes that have a word become that word."""
        return self.say(key, **{name: self._field(name, value) for name, value in fields.items()})

    def _field(self, name: str, value: str | int) -> str | int:
        if name.endswith("_ms") and isinstance(value, int):
            return self.time(value)
        for word in (f"{name}.{value}", f"step.{value}", f"step.reason.{value}"):
            if self.say.knows(word):
                return self.say(word)
        return value

    def _local(self, at: int) -> datetime:
        return datetime.fromtimestamp(at / 1000, UTC).astimezone(self.zone)
