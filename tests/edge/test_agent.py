"""Whole days of one cabinet, on real bytes: simulated steel over a pty, a real broker, the hub's end of the wire."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from custody.events import DoorClosed, DoorOpened, DoorsSensed, PulseSent, UnlockIntended, VolumeDeposited
from tests.edge.hub_end import kinds
from tests.edge.outpost import Outpost, grants
from tests.support.broker import Broker

pytestmark = [pytest.mark.system, pytest.mark.broker]


@pytest.fixture
def outpost(tmp_path_factory: pytest.TempPathFactory, tls_broker: Broker) -> Iterator[Callable[..., Outpost]]:
    made: list[Outpost] = []

    def make(**settings: str) -> Outpost:
        made.append(Outpost(_short(tmp_path_factory), tls_broker, **settings))
        return made[-1]

    yield make
    for one in made:
        one.stop()


def test_a_deposit_is_recorded_when_the_door_is_sensed_closed(outpost: Callable[..., Outpost]) -> None:
    cabinet = outpost().start(grants())
    cabinet.sign_in("wang-min")
    cabinet.scan(0)
    cabinet.kiosk.await_headline("door.opening.headline")
    cabinet.pull("01")
    cabinet.kiosk.await_headline("deposit.placing.headline")
    before = cabinet.hub.of_kind(VolumeDeposited)
    cabinet.push("01")
    cabinet.kiosk.await_headline("deposit.done.headline")

    deposited = cabinet.hub.await_fact(VolumeDeposited)
    told = kinds(cabinet.hub.facts())
    assert before == []
    assert (deposited.volume, deposited.place, deposited.person) == ("v-0", "cab-1.01", "wang-min")
    order = [told.index(one.kind) for one in (DoorsSensed, UnlockIntended, PulseSent, DoorOpened, DoorClosed)]
    assert order == sorted(order)


def _short(factory: pytest.TempPathFactory) -> Path:
    """A Unix socket's path has at most 107 bytes."""
    return factory.mktemp("e")
