"""What may be asked of a station from afar, and when it is too late for it.

A command is bound to a session nonce of the station and expires on the station's own uptime; replay is stopped by nonce
and id, never by clocks or counters. The same id again gets the stored answer; that look-up belongs to the journal.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from custody.identifiers import PlaceId, StationId
from custody.knowledge import Compartment
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

__all__ = ["NONCE_PERIOD", "why_not"]

NONCE_PERIOD = 30_000
"""Milliseconds after which a station names a new nonce; the one before stays good until its commands expire."""


def why_not(
    command: Command,
    *,
    station: StationId,
    nonces: Mapping[str, int],
    uptime: int,
    compartments: Mapping[PlaceId, Compartment],
    in_use: bool,
    guarded: Collection[PlaceId],
) -> Refusal | None:
    """Why a command is not carried out; none if it is.

    ``nonces``: nonce -> uptime (ms) at which it was issued; ``guarded``: where something lies that takes two people.
    """
    issued = nonces.get(command.nonce)
    if command.station != station or issued is None or uptime > issued + NONCE_PERIOD + command.valid:
        return CommandNotFresh()
    compartment = compartments.get(command.place)
    if compartment is None:
        return NoSuchCompartment(place=command.place)
    if compartment.blocked:
        return OutcomeNotKnown(number=compartment.number)
    if compartment.door is DoorState.UNKNOWN:
        return BoardSilent(number=compartment.number)
    if command.place in guarded:
        return OpensForTwo()
    return InUse() if in_use else None
