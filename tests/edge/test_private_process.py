"""A whole cabinet and a party before it: the number leaves sealed, survives a kill, and goes when the hub has it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from custody import envelope
from custody.events import ParcelDeposited, ValueConfided
from custody.private import Confided, commitment, unwrapped
from tests.edge.outpost import Outpost, grants
from tests.support.broker import Broker
from tests.support.ports import wait_until

pytestmark = [pytest.mark.system, pytest.mark.broker]

PHONE = 13904170417
HUB = X25519PrivateKey.from_private_bytes(bytes(range(32)))


@pytest.fixture
def outpost(tmp_path_factory: pytest.TempPathFactory, tls_broker: Broker) -> Iterator[Outpost]:
    with Outpost(tmp_path_factory.mktemp("p"), tls_broker) as made:
        made.start(grants(sealing_key=envelope.raw(HUB.public_key()).hex()))
        yield made


def here(outpost: Outpost) -> list[str]:
    with closing(sqlite3.connect(outpost.folder / "journal.sqlite")) as journal:
        return [value for (value,) in journal.execute("SELECT value FROM private")]


def test_a_party_leaves_papers_and_the_number_reaches_the_hub_alone(outpost: Outpost) -> None:
    kiosk = outpost.kiosk
    kiosk.await_headline("rest.headline")
    kiosk.choose("drop_off")
    kiosk.await_headline("drop_off.whom.headline")
    kiosk.choose("for:wang-min")
    kiosk.await_headline("drop_off.phone.headline")
    kiosk.enter(PHONE)
    for kind in ("pleading", "evidence", "identity", "other"):
        kiosk.await_headline(f"leaving.list.{kind}.headline")
        kiosk.enter(1)
    kiosk.await_headline("leaving.size.headline")
    withheld = list(outpost.hub.private)
    outpost.agent.kill()
    outpost.restart_agent()
    kiosk.await_headline("leaving.size.headline")
    outpost.await_doors(lambda doors: set(doors.values()) == {"closed"})
    kiosk.choose("size:M")
    outpost.pull("01")
    kiosk.await_headline("leaving.placing.headline")
    outpost.push("01")
    kiosk.await_headline("drop_off.done.headline")
    left = outpost.hub.await_fact(ParcelDeposited)
    told = outpost.hub.await_fact(ValueConfided)
    wait_until(lambda: bool(outpost.hub.private), what="the private value")
    message = outpost.hub.private[0]
    plain = envelope.unseal(message.sealed, key=HUB)
    assert isinstance(plain, bytes)
    kept = unwrapped(plain, message)
    waiting = here(outpost)
    outpost.hub.keep(message.value)
    wait_until(lambda: here(outpost) == [], what="the value to go")

    assert withheld == []
    assert isinstance(kept, Confided) and (kept.text, kept.about) == (str(PHONE), left.parcel)
    assert commitment(kept) == told.commitment
    assert waiting == [message.value]
    assert str(PHONE) not in outpost.agent.output
