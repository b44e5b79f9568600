"""Ends the connection of a station that was revoked: a broker that reads its lists anew keeps who is already there.

A broker gives a name to whoever came last. So the hub, which is the authority, comes once under the station's name,
with a certificate and a key made for this moment, and goes. Whoever was there before has to show its own certificate
again, and that one is on the list.
"""

from __future__ import annotations

import logging
import ssl
import tempfile
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.reasoncodes import ReasonCode

from custody.identifiers import StationId
from hub.certificates import authority_of
from hub.errors import HubError
from hub.settings import Settings

__all__ = ["Evicting"]

_LOG = logging.getLogger(__name__)
_ANSWER_SECONDS = 10
_DAYS = 1


class Evicting:
    """Safe to call from any thread. ``clock``: milliseconds since 1970."""

    def __init__(self, settings: Settings, *, clock: Callable[[], int], again: int = 10_000) -> None:
        self._settings = settings
        self._clock = clock
        self._again = again
        self._begun: dict[StationId, int] = {}
        self._lock = threading.Lock()

    def begin(self, station: StationId) -> None:
        """Put a station out, in a thread of its own; not more often than every ``again`` milliseconds."""
        if not self._settings.broker_tls:
            return
        now = self._clock()
        with self._lock:
            if station in self._begun and now - self._begun[station] < self._again:
                return
            self._begun[station] = now
        threading.Thread(target=self._evict, args=(station,), name=f"evict-{station}", daemon=True).start()

    def _evict(self, station: StationId) -> None:
        try:
            context = self._as_station(station)
        except (HubError, OSError, ssl.SSLError) as error:
            _LOG.warning("a revoked station may still be connected station=%s why=%s", station, error)
            return
        met = threading.Event()
        client = mqtt.Client(
            CallbackAPIVersion.VERSION2, client_id=station, protocol=mqtt.MQTTv5, reconnect_on_failure=False
        )
        client.tls_set_context(context)

        def connected(_c: mqtt.Client, _u: object, _f: object, reason: ReasonCode, _p: object) -> None:
            if not reason.is_failure:
                met.set()

        client.on_connect = connected
        try:
            client.connect(self._settings.broker_host, self._settings.broker_port, keepalive=10)
            client.loop_start()
            done = met.wait(_ANSWER_SECONDS)
        except OSError as error:  # without a broker nobody is connected to it
            _LOG.info("no broker to put a station out of station=%s why=%s", station, error)
            return
        finally:
            client.disconnect()
            client.loop_stop()
        if done:
            _LOG.warning("a revoked station was put out station=%s", station)
        else:
            _LOG.warning("a revoked station may still be connected station=%s why=no answer", station)

    def _as_station(self, station: StationId) -> ssl.SSLContext:
        """Certificate and key live in a folder only as long as it takes to read them."""
        made = authority_of(self._settings.folder).issue(station, now=datetime.now(UTC), days=_DAYS)
        context = ssl.create_default_context(cafile=str(self._settings.folder / "tls" / "ca.crt"))
        with tempfile.TemporaryDirectory(prefix="yungui-") as folder:
            crt, key = Path(folder) / "crt", Path(folder) / "key"
            crt.write_bytes(made.certificate)
            key.write_bytes(made.key)
            context.load_cert_chain(crt, key)
        return context
