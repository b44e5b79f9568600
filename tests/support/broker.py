"""A real Mosquitto on loopback: plain, or TLS with client certificates as in the field."""

import os
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.support.certificates import Authority, Identity
from tests.support.ports import LOOPBACK, answers, free_port
from tests.support.processes import Process, program


@dataclass(frozen=True, slots=True)
class Security:
    """What a TLS broker shows and whom it believes."""

    authority: Authority
    server: Identity

    def client_context(self, client: Identity) -> ssl.SSLContext:
        context = ssl.create_default_context(cafile=str(self.authority.certificate))
        context.load_cert_chain(client.certificate, client.key)
        return context


class Broker:
    """One Mosquitto with a folder of its own. Once it has been up, it keeps its port over restarts."""

    host = LOOPBACK

    def __init__(self, folder: Path, *, security: Security | None = None, lines: Sequence[str] = ()) -> None:
        """`lines` are appended to its configuration, after the listener's own settings."""
        self.security = security
        self.port = free_port()
        self._was_up = False
        self._folder = folder
        self._lines = tuple(lines)
        self._data = folder / "data"
        self.process = Process(
            [program("mosquitto"), "-c", str(folder / "mosquitto.conf")], log=folder / "mosquitto.log"
        )

    def start(self) -> "Broker":
        for last in (False, False, True):
            self._configure()
            self.process.start()
            try:
                self.process.wait_ready(lambda: answers(self.port))
            except AssertionError:
                self.process.stop()
                if last or self._was_up or "Address already in use" not in self.process.output:
                    raise
                # Somebody took the port between our look and our start.
                self.port = free_port()
            else:
                break
        self._was_up = True
        return self

    def stop(self) -> None:
        self.process.stop()

    def kill(self) -> None:
        self.process.kill()

    def restart(self) -> None:
        """As after a reboot: what it had saved, it still knows."""
        self.stop()
        self.start()

    def restart_forgetful(self) -> None:
        """As after a lost disk: sessions, queued and retained messages are gone."""
        self.process.kill()
        self._forget()
        self.start()

    def _configure(self) -> None:
        self._data.mkdir(parents=True, exist_ok=True)
        lines = [
            f"listener {self.port} {LOOPBACK}",
            "persistence true",
            f"persistence_location {self._data}/",
            "autosave_interval 1",
            "log_dest stderr",
            "log_type all",
            "set_tcp_nodelay true",
            "max_packet_size 1048576",
            *(_tls_lines(self.security) if self.security else ["allow_anonymous true"]),
            *self._lines,
        ]
        if os.geteuid() == 0:
            # Otherwise it would drop to a user who cannot read a test's private folder.
            lines.insert(0, "user root")
        (self._folder / "mosquitto.conf").write_text("\n".join(lines) + "\n")

    def _forget(self) -> None:
        for kept in self._data.iterdir():
            kept.unlink()


def _tls_lines(security: Security) -> list[str]:
    return [
        f"cafile {security.authority.certificate}",
        f"certfile {security.server.certificate}",
        f"keyfile {security.server.key}",
        "require_certificate true",
        "use_identity_as_username true",
        "use_username_as_clientid true",
        "allow_anonymous false",
    ]
