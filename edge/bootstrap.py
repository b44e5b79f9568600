"""The parts list of an agent: every concrete class is named here, once."""

from __future__ import annotations

import hashlib
import logging
import os
import queue
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from custody import envelope
from custody.events import StationKind
from custody.grants import Grants
from custody.identifiers import Label, parse_label
from edge.agent import Agent, Item
from edge.ballast import Ballast
from edge.believing import Belief
from edge.cabinet.layout import cabinet_scene, names
from edge.certificate import settle
from edge.clocks import Clocks
from edge.courier import Courier, subscriptions
from edge.custodian import Custodian
from edge.eavesdropping import SOCKET, Eavesdropping
from edge.errors import EdgeError
from edge.granting import Unopened, open_grants
from edge.journal import Journal, open_journal
from edge.keys import load_keys
from edge.link import Broker, MqttLink
from edge.renewing import Renewing
from edge.reporting import Identity
from edge.screen import Screen
from edge.settings import Settings, load_settings
from edge.station.layout import station_scene
from edge.supervision import Supervision
from hardware.installation import Installation
from hardware.wiring import Wiring, WiringError, load_wiring

__all__ = ["run_station", "software"]

_log = logging.getLogger(__name__)


def run_station(folder: Path, items: queue.SimpleQueue[Item], *, ports: Path | None = None) -> None:
    """Run the agent of a station's folder until ``Stop`` comes on ``items``. ``ports``: where the serial lines are."""
    settings = load_settings(folder)
    wiring = _wiring(folder / "wiring.toml", settings, ports)
    hub = envelope.public_key(settings.hub_key)
    assert hub is not None  # the settings were checked
    identity = Identity(
        settings=settings,
        keys=load_keys(folder),
        belief=Belief(hub, court=settings.court, station=settings.station, root=settings.root_fingerprint),
        software=software(),
        wiring=hashlib.sha256((folder / "wiring.toml").read_bytes()).hexdigest(),
    )
    settle(folder / "tls")
    broker = Broker(
        host=settings.broker_host, port=settings.broker_port, client_id=settings.station, tls=folder / "tls"
    )
    link = MqttLink(broker, subscribe=subscriptions(settings), deliver=items.put)
    journal = open_journal(folder / "journal.sqlite", court=settings.court, station=settings.station)
    identity.belief.follow(journal.kept("keys") or b"")
    renewing = Renewing(folder, settings, identity.keys, renewed=link.renewed)
    renewing.start()
    try:
        _run(settings, wiring, identity, journal, link, items, folder)
    finally:
        renewing.stop()
        journal.close()


def software() -> str:
    """The version that runs."""
    try:
        return version("yungui")
    except PackageNotFoundError:
        return "0"


def _run(
    settings: Settings,
    wiring: Wiring,
    identity: Identity,
    journal: Journal,
    link: MqttLink,
    items: queue.SimpleQueue[Item],
    folder: Path,
) -> None:
    clocks = Clocks()
    found = names(wiring, settings.station)
    installation = Installation(wiring, deliver=items.put, accept=lambda text: isinstance(parse_label(text), Label))
    custodian = Custodian(
        cabinet_scene(settings, wiring) if settings.kind is StationKind.CABINET else station_scene(settings),
        journal=journal,
        clocks=clocks,
        energise=lambda place, act: installation.unlock(found.compartment_of[place], act),
        ballast=Ballast(journal.file.with_name("journal.ballast"), room=journal.room),
    )
    screen = Screen(folder / "kiosk.sock", items.put)
    eavesdropping = Eavesdropping(folder / SOCKET, installation.tapped)
    agent = Agent(
        items,
        custodian=custodian,
        make_courier=lambda react: Courier(
            identity, journal=journal, custodian=custodian, link=link, clocks=clocks, react=react
        ),
        hardware=installation,
        screen=screen,
        names=found,
        clocks=clocks,
        lights=installation,
        disk=journal.disk,
        supervision=Supervision(os.environ, healthy=installation.healthy),
    )
    screen.start()
    eavesdropping.start()
    try:
        agent.run(_grants(journal, identity), software=identity.software, wiring=identity.wiring)
    finally:
        eavesdropping.stop()
        screen.stop()


def _wiring(file: Path, settings: Settings, ports: Path | None) -> Wiring:
    if not file.exists():
        raise EdgeError("wiring.missing", file=str(file))
    try:
        wiring = load_wiring(file, ports=ports)
    except WiringError as error:
        raise EdgeError("wiring.wrong", what=str(error)) from error
    if wiring.kind != settings.kind:
        raise EdgeError("wiring.kind", file=str(file), wired=wiring.kind, kind=settings.kind)
    return wiring


def _grants(journal: Journal, identity: Identity) -> Grants | None:
    """The grants that were accepted last, verified again: the disk is not believed either."""
    kept = journal.kept("grants")
    if kept is None:
        return None
    grants = open_grants(kept, belief=identity.belief, sealing=identity.keys.sealing, kept=True)
    if isinstance(grants, Unopened):
        _log.error("the grants on disk are not believed, the hub must send new ones: why=%s", grants.why)
        return None
    return grants
