"""Keeps the station's certificate good: asks for the next one in time, however long it was off, and reconnects.

Whom to believe is asked every hour, of a hub that shows a certificate by an authority believed so far. Where the answer
is another, the next certificate is due at once.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from custody import envelope, wire
from custody.enrolment import Reply
from custody.messages import Purpose, Renewal
from edge.certificate import check, install, is_due, new_key, request, write_file
from edge.errors import EdgeError
from edge.hub_door import HubDoor
from edge.keys import Keys
from edge.settings import Settings

__all__ = ["Renewing", "renew"]

_LOG = logging.getLogger(__name__)
_EVERY, _AGAIN = 3600.0, 60.0


def renew(folder: Path, settings: Settings, keys: Keys) -> None:
    """Ask the hub for the next certificate and put it in place. ``EdgeError`` leaves everything as it was."""
    tls = folder / "tls"
    key = new_key()
    asked = Renewal(court=settings.court, station=settings.station, request=request(key, station=settings.station))
    message = envelope.sign(wire.encode(asked), purpose=Purpose.RENEWAL, key=keys.signing)
    door = HubDoor(settings.hub_host, settings.hub_port, authority=tls / "ca.crt")
    reply = wire.decode(door.ask("renewal", message), Reply)
    if isinstance(reply, wire.Malformed):
        raise EdgeError("enrol.answer", host=settings.hub_host, why=reply.why)
    pair = check(reply.certificate, key=key, authorities=reply.authority, station=settings.station)
    if pair is None:
        raise EdgeError("enrol.answer", host=settings.hub_host, why="certificate")
    write_file(tls / "ca.crt", reply.authority)
    install(tls, pair)


class Renewing:
    """Looks every hour, and every minute while the hub does not answer. ``renewed`` is called from its own thread."""

    def __init__(self, folder: Path, settings: Settings, keys: Keys, *, renewed: Callable[[], None]) -> None:
        self._folder, self._settings, self._keys, self._renewed = folder, settings, keys, renewed
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._work, name="certificate", daemon=True)

    def start(self) -> None:
        if self._settings.hub_host and self._settings.hub_port:
            self._thread.start()

    def stop(self) -> None:
        self._stopping.set()

    def look(self) -> bool:
        """Whether all is well: nothing was due, or it was done."""
        try:
            if not is_due(self._folder / "tls", now=datetime.now(UTC)) and not self._believes_others():
                return True
            renew(self._folder, self._settings, self._keys)
        except EdgeError as error:
            _LOG.warning("the certificate was not renewed; trying again: %s", error.sentence().replace("\n", " · "))
            return False
        except Exception:  # noqa: BLE001  # this thread is the only one that can bring an expired station back
            _LOG.exception("the certificate was not renewed; trying again")
            return False
        _LOG.info("certificate renewed")
        self._renewed()
        return True

    def _believes_others(self) -> bool:
        """Whether the hub names other authorities than those held; a hub that does not answer names none."""
        held = self._folder / "tls" / "ca.crt"
        try:
            told = HubDoor(self._settings.hub_host, self._settings.hub_port, authority=held).authority()
        except EdgeError as error:
            _LOG.debug("whom to believe could not be asked: %s", error.key)
            return False
        return told != held.read_bytes()

    def _work(self) -> None:
        while not self._stopping.wait(_EVERY if self.look() else _AGAIN):
            pass
