"""Keeps the station's certificate good: asks for the next one in time, however long it was off, and reconnects.

Whom to believe is asked every hour, of a hub that shows a certificate by an authority believed so far. Another answer
is on the disk before the next certificate, which may then be due, is asked for.
"""

from __future__ import annotations

import logging
import ssl
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from custody import envelope, wire
from custody.enrolment import Reply
from custody.messages import Purpose, Renewal
from edge.certificate import check, fingerprints, install, is_due, new_key, request, write_file
from edge.errors import EdgeError
from edge.hub_door import HubDoor
from edge.keys import Keys
from edge.settings import Settings

__all__ = ["Renewing", "hear", "renew"]

_LOG = logging.getLogger(__name__)
_EVERY, _AGAIN = 3600.0, 60.0


def hear(folder: Path, settings: Settings) -> bool:
    """Ask the hub whom to believe and put that in place; whether it is another list. ``EdgeError`` changes nothing."""
    held = folder / "tls" / "ca.crt"
    told = HubDoor(settings.hub_host, settings.hub_port, authority=held).authority()
    if told == held.read_bytes():
        return False
    try:
        heard = fingerprints(told)
    except ValueError as error:
        raise EdgeError("enrol.answer", host=settings.hub_host, why="authority") from error
    write_file(held, told)
    _LOG.info("the hub believes these authorities now: %s", ", ".join(heard))
    return True


def renew(folder: Path, settings: Settings, keys: Keys) -> None:
    """Ask the hub for the next certificate and put it in place. ``EdgeError`` leaves the one before as it was.

    Whom to believe is on the disk before: having its certificate, the hub goes on to the next authority.
    """
    hear(folder, settings)
    tls = folder / "tls"
    key, authorities = new_key(), (tls / "ca.crt").read_bytes()
    asked = Renewal(
        court=settings.court,
        station=settings.station,
        request=request(key, station=settings.station),
        believes=fingerprints(authorities),
    )
    message = envelope.sign(wire.encode(asked), purpose=Purpose.RENEWAL, key=keys.signing)
    door = HubDoor(settings.hub_host, settings.hub_port, authority=tls / "ca.crt")
    reply = wire.decode(door.ask("renewal", message), Reply)
    if isinstance(reply, wire.Malformed):
        raise EdgeError("enrol.answer", host=settings.hub_host, why=reply.why)
    pair = check(reply.certificate, key=key, authorities=authorities, station=settings.station)
    if pair is None:
        raise EdgeError("enrol.answer", host=settings.hub_host, why="certificate")
    install(tls, pair)


class Renewing:
    """Looks every hour, and every minute while the hub does not answer.

    ``renewed`` is called from its own thread, when there is another certificate or another list of whom to believe.
    """

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
        before = self._held()
        well = self._look()
        if self._held() != before:
            self._renewed()
        return well

    def _look(self) -> bool:
        try:
            self._hear()
            if not is_due(self._folder / "tls", now=datetime.now(UTC)):
                return True
            renew(self._folder, self._settings, self._keys)
        except EdgeError as error:
            _LOG.warning("the certificate was not renewed; trying again: %s", error.sentence().replace("\n", " · "))
            return False
        except Exception:  # noqa: BLE001  # this thread is the only one that can bring an expired station back
            _LOG.exception("the certificate was not renewed; trying again")
            return False
        _LOG.info("certificate renewed")
        return True

    def _hear(self) -> None:
        """A hub that does not answer names nobody; one that shows a certificate by nobody believed is worth a line."""
        try:
            hear(self._folder, self._settings)
        except EdgeError as error:
            if error.key == "door.unreachable" and not isinstance(error.__cause__, ssl.SSLError):
                _LOG.debug("whom to believe could not be asked: %s", error.key)
            else:
                _LOG.warning("whom to believe could not be asked: %s", error.sentence().replace("\n", " · "))

    def _held(self) -> tuple[bytes, ...]:
        """Both files that a connection to the broker rests on, as far as they can be read."""
        try:
            return tuple((self._folder / "tls" / name).read_bytes() for name in ("ca.crt", "station.crt"))
        except OSError:
            return ()

    def _work(self) -> None:
        while not self._stopping.wait(_EVERY if self.look() else _AGAIN):
            pass
