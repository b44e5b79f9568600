"""Mosquitto as a court runs it, on loopback: TLS, a certificate a client, rights by name. It keeps nothing on disk."""

from __future__ import annotations

import os
import pwd
from pathlib import Path

from demo.processes import LOOPBACK, Child, answers, find_program

__all__ = ["Broker", "access_rules"]


def access_rules(court: str, hub: str) -> str:
    """The ACL file: a station writes and reads its own topics, the hub those of its court."""
    own = f"yungui/v1/{court}/%u"
    return "\n".join(
        (
            *(f"pattern write {own}/{channel}" for channel in ("events", "state", "results", "private")),
            *(f"pattern read {own}/{channel}" for channel in ("acks", "commands", "grants", "private-acks")),
            *(f"pattern read yungui/v1/{court}/-/{channel}" for channel in ("hub", "checkpoints", "keys")),
            "",
            f"user {hub}",
            f"topic readwrite yungui/v1/{court}/#",
            "",
        )
    )


class Broker:
    """One Mosquitto with a folder of its own; it keeps its port over restarts and forgets everything else."""

    def __init__(self, folder: Path, *, port: int, tls: Path, court: str, hub: str) -> None:
        """``tls``: a folder with ca.crt, crl.pem, broker.crt and broker.key."""
        folder.mkdir(parents=True, exist_ok=True)
        self.port = port
        self.pid_file = folder / "mosquitto.pid"
        rules = folder / "acl"
        rules.write_text(access_rules(court, hub))
        rules.chmod(0o600)
        configuration = folder / "mosquitto.conf"
        configuration.write_text(
            "\n".join(
                (
                    f"user {pwd.getpwuid(os.getuid()).pw_name}",
                    "per_listener_settings false",
                    f"listener {port} {LOOPBACK}",
                    f"cafile {tls / 'ca.crt'}",
                    f"certfile {tls / 'broker.crt'}",
                    f"keyfile {tls / 'broker.key'}",
                    f"crlfile {tls / 'crl.pem'}",
                    "require_certificate true",
                    "use_identity_as_username true",
                    "use_username_as_clientid true",
                    "allow_anonymous false",
                    f"acl_file {rules}",
                    f"pid_file {self.pid_file}",
                    "persistence false",
                    "set_tcp_nodelay true",
                    "max_packet_size 1048576",
                    "max_queued_messages 1000",
                    "log_dest stderr",
                    "",
                )
            )
        )
        command = (find_program("mosquitto"), "-c", str(configuration))
        self.child = Child("Mosquitto", command, log=folder / "mosquitto.log")

    def start(self) -> None:
        self.child.start()
        self.child.await_ready(lambda: answers(self.port))

    def restart_forgetful(self) -> None:
        """kill -9 and start again: sessions, queued and retained messages are gone."""
        self.child.kill()
        self.start()
