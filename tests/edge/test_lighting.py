"""Lights follow the work: ready while it runs, a beep for each answer, alarm while a compartment waits."""

from collections.abc import Iterator

import pytest

import tests.edge.outpost as station
from custody.events import PowerLost
from custody.flows.grammar import Colour
from edge.lighting import Lighting
from tests.edge.outpost import WIRING, Outpost, grants
from tests.hardware.witness import until
from tests.support.broker import Broker

PARTS = """
[[light]]
name = "green"
use = "ready"
pin = 26
[[light]]
name = "beeper"
use = "buzzer"
pin = 16
[[sensor]]
name = "mains"
use = "power"
pin = 5
good = "low"
"""


class Board:
    """Lights as a list of what they were told."""

    def __init__(self) -> None:
        self.told: list[tuple[str, bool, float | None]] = []

    def light(self, use: str, *, on: bool, seconds: float | None = None) -> None:
        self.told.append((use, on, seconds))


def test_good_and_bad_sound_different_and_alarm_is_told_once() -> None:
    board = Board()
    lighting = Lighting(board)

    lighting.ready()
    lighting.sound(good=True)
    lighting.sound(good=False)
    for on in (False, True, True, False, False):
        lighting.alarm(on=on)

    (_, good), (_, bad) = [(use, seconds) for use, _, seconds in board.told if use == "buzzer"]
    assert board.told[0] == ("ready", True, None)
    assert good is not None
    assert bad is not None
    assert good < bad
    assert [on for use, on, _ in board.told if use == "alarm"] == [True, False]


def test_the_light_of_the_screens_colour_is_on_and_no_other() -> None:
    board = Board()
    lighting = Lighting(board)

    for colour in (Colour.TURN, Colour.TURN, Colour.DONE, None):
        lighting.colour(colour)

    assert board.told == [("turn", True, None), ("turn", False, None), ("done", True, None), ("done", False, None)]


def test_a_station_without_lights_says_nothing() -> None:
    lighting = Lighting(None)

    lighting.ready()
    lighting.sound(good=True)
    lighting.alarm(on=True)
    lighting.colour(Colour.WAIT)


@pytest.fixture
def outpost(
    tmp_path_factory: pytest.TempPathFactory, tls_broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Outpost]:
    monkeypatch.setattr(station, "WIRING", WIRING + PARTS)
    with Outpost(tmp_path_factory.mktemp("l"), tls_broker) as made:
        yield made


@pytest.mark.system
@pytest.mark.broker
def test_the_green_light_is_on_while_the_agent_runs_and_off_after(outpost: Outpost) -> None:
    outpost.start(grants())
    until(lambda: lit(outpost, "green"))
    outpost.deposit(0, "01")

    outpost.hands.do("sense", sensor="mains", on=False)
    outpost.hub.await_fact(PowerLost)
    outpost.agent.stop()

    assert not lit(outpost, "green")


def lit(outpost: Outpost, light: str) -> bool:
    state = outpost.hands.state()
    return bool(state["lights"][light])
