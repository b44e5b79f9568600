"""Whether a broker lets somebody in who shows the certificate of a folder."""

from __future__ import annotations

import ssl
from pathlib import Path
from queue import Empty, Queue

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

__all__ = ["connects"]


def connects(port: int, tls: Path) -> bool:
    """``tls``: a station's folder of ca.crt, station.crt and station.key."""
    context = ssl.create_default_context(cafile=str(tls / "ca.crt"))
    context.load_cert_chain(tls / "station.crt", tls / "station.key")
    met: Queue[bool] = Queue()
    client = mqtt.Client(CallbackAPIVersion.VERSION2, protocol=mqtt.MQTTv5, reconnect_on_failure=False)
    client.tls_set_context(context)
    client.on_connect = lambda _c, _u, _f, reason, _p: met.put(not reason.is_failure)
    try:
        client.connect("127.0.0.1", port)
        client.loop_start()
        return met.get(timeout=3)
    except (OSError, Empty):
        return False
    finally:
        client.disconnect()
        client.loop_stop()
