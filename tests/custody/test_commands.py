"""A command from afar is carried out once, in time, at the right door, or not at all."""

from dataclasses import replace
from typing import Any

import pytest

from custody.commands import NONCE_PERIOD, why_not
from custody.identifiers import PlaceId
from custody.messages import Command, DoorState
from custody.refusals import (
    BoardSilent,
    CommandNotFresh,
    InUse,
    NoSuchCompartment,
    OpensForTwo,
    OutcomeNotKnown,
    Refusal,
)
from tests.custody.court import CABINET, CLERK, COURT, FIRST, STATION, compartments

COMMAND = Command(
    command="cmd-1",
    court=COURT,
    station=CABINET,
    nonce="n1",
    place=FIRST,
    person=CLERK,
    reason="jammed",
    valid=10_000,
)
ISSUED = 5_000
LATEST = ISSUED + NONCE_PERIOD + COMMAND.valid


def judged(
    command: Command = COMMAND,
    *,
    uptime: int = LATEST,
    door: DoorState = DoorState.CLOSED,
    blocked: bool = False,
    in_use: bool = False,
    guarded: bool = False,
) -> Refusal | None:
    doors = compartments(c01=door)
    doors[FIRST] = replace(doors[FIRST], blocked=blocked)
    return why_not(
        command,
        station=CABINET,
        nonces={"n1": ISSUED},
        uptime=uptime,
        compartments=doors,
        in_use=in_use,
        guarded={FIRST} if guarded else (),
    )


def test_a_fresh_command_for_a_door_of_ours_is_carried_out_until_its_very_end() -> None:
    assert judged() is None
    assert judged(door=DoorState.OPEN) is None  # the answer is "already open"


def test_a_late_one_or_one_for_another_session_or_station_is_not() -> None:
    assert judged(uptime=LATEST + 1) == CommandNotFresh()
    assert judged(replace(COMMAND, nonce="n0")) == CommandNotFresh()
    assert judged(replace(COMMAND, station=STATION)) == CommandNotFresh()


@pytest.mark.parametrize(
    ("asked", "refusal"),
    [
        ({"command": replace(COMMAND, place=PlaceId("cab-1.99"))}, NoSuchCompartment(place="cab-1.99")),
        ({"blocked": True}, OutcomeNotKnown(number="01")),
        ({"door": DoorState.UNKNOWN}, BoardSilent(number="01")),
        ({"in_use": True}, InUse()),
        ({"guarded": True}, OpensForTwo()),
    ],
)
def test_what_stands_against_it_is_named(asked: dict[str, Any], refusal: Refusal) -> None:
    assert judged(**asked) == refusal
