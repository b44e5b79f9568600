"""A whole cabinet whose locks are on pins: a day's work, and an agent killed while a coil is on."""

from collections.abc import Iterator

import pytest

from tests.edge.outpost import Outpost, grants
from tests.support.broker import Broker
from tests.support.ports import wait_until

pytestmark = [pytest.mark.system, pytest.mark.broker]

WIRING = """
[station]
kind = "cabinet"
[cabinet]
rows = 2
columns = 3
[[gpio]]
name = "box"
relays = "active-high"
locks = [17, 18, 27, 22, 23, 24]
contacts = [5, 6, 12, 13, 16, 19]
pulse_ms = 600
cap_ms = 1000
compartments = "01-06"
[[reader]]
name = "label"
role = "label"
port = "label"
[[reader]]
name = "badge"
role = "badge"
port = "badge"
"""


@pytest.fixture
def cabinet(tmp_path_factory: pytest.TempPathFactory, tls_broker: Broker) -> Iterator[Outpost]:
    outpost = Outpost(tmp_path_factory.mktemp("o"), tls_broker)
    (outpost.folder / "wiring.toml").write_text(WIRING)
    with outpost:
        yield outpost.start(grants())


def box(cabinet: Outpost) -> dict[str, object]:
    seen: dict[str, object] = cabinet.hands.state()["boxes"]["box"]
    return seen


def test_a_volume_is_deposited_behind_a_door_on_pins(cabinet: Outpost) -> None:
    cabinet.deposit(0, "01")

    assert [fire["compartment"] for fire in cabinet.hands.fires()] == ["01"]
    assert (box(cabinet)["pulses"], box(cabinet)["on"], box(cabinet)["alarms"]) == (1, [], 0)


def test_an_agent_killed_during_the_pulse_leaves_no_coil_on_and_does_not_fire_again(cabinet: Outpost) -> None:
    cabinet.sign_in("wang-min")
    cabinet.scan(0)
    wait_until(lambda: cabinet.hands.compartment("01")["door"] == "ajar", what="door 01 coming open")
    assert box(cabinet)["on"] == [1]

    cabinet.agent.kill()

    wait_until(lambda: box(cabinet)["on"] == [], what="the coil going off")
    cabinet.restart_agent()
    cabinet.await_doors(lambda doors: doors["01"] == "open" and doors["02"] == "closed")
    assert (box(cabinet)["pulses"], box(cabinet)["alarms"]) == (1, 0)
