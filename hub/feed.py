"""The hub's own change feed: says what changed, from the thread that committed it, to whoever subscribed."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass

from custody.identifiers import StationId, VolumeId

__all__ = ["Changed", "Changes", "both"]

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Changed:
    """What one commit changed. ``register``: people, labels, places or recipients; ``commands``: by id."""

    volumes: frozenset[VolumeId] = frozenset()
    stations: frozenset[StationId] = frozenset()
    commands: frozenset[str] = frozenset()
    register: bool = False


def both(one: Changed, other: Changed) -> Changed:
    """What two parts of one commit changed."""
    return Changed(
        volumes=one.volumes | other.volumes,
        stations=one.stations | other.stations,
        commands=one.commands | other.commands,
        register=one.register or other.register,
    )


Watcher = Callable[[Changed], None]


class Changes:
    """Subscribers are called one after the other and must be quick; one that fails does not stop the others."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._watchers: list[Watcher] = []

    def watch(self, watcher: Watcher) -> Callable[[], None]:
        """Be told what changed; call what comes back to end it."""
        with self._lock:
            self._watchers.append(watcher)

        def end() -> None:
            with self._lock:
                if watcher in self._watchers:
                    self._watchers.remove(watcher)

        return end

    def subscribe(self, changed: Callable[[], None]) -> Callable[[], None]:
        """Be told that something changed; call what comes back to end it."""
        return self.watch(lambda _: changed())

    def publish(self, changed: Changed) -> None:
        with self._lock:
            watchers = tuple(self._watchers)
        for watcher in watchers:
            try:
                watcher(changed)
            except Exception:  # noqa: BLE001  # a subscriber's mistake must not undo what is committed
                _LOG.exception("a subscriber of the change feed failed")
