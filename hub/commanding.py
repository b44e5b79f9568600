"""Commands to stations: recorded in the hub's chain, then said once. What opened, the answer tells.

No command is said twice: what was not answered is *no answer yet*, and never shown as done.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable

from custody.events import CommandIssued
from custody.identifiers import PersonId, PlaceId, StationId
from custody.messages import Command
from hub.acting import Acting
from hub.face import Refused
from hub.outgoing import COMMAND_EXPIRY, Outgoing, Voice
from hub.store.tables import CommandRow, DoorRow, StateRow, StationRow

__all__ = ["VALID", "Commanding"]

VALID = COMMAND_EXPIRY * 1000
"""Milliseconds of the station's own uptime for which a command is good, after the nonce it names."""


class Commanding:
    """``publish`` is set when there is a link; without one no command is given."""

    def __init__(self, *, acting: Acting, voice: Voice, clock: Callable[[], int]) -> None:
        self._acting = acting
        self._voice = voice
        self._clock = clock
        self.publish: Callable[[Outgoing], object] | None = None

    def open_compartment(self, station: StationId, place: PlaceId, *, by: PersonId, reason: str) -> str | Refused:
        court = self._acting.own.court
        name = f"c-{secrets.token_hex(8)}"
        with self._acting.act() as act:
            enrolled = act.session.get(StationRow, (court, station))
            door = act.session.get(DoorRow, (court, place))
            if enrolled is None or door is None or door.station != station:
                return Refused("command.no_compartment", {"place": place})
            if enrolled.revoked is not None:
                return Refused("enrol.revoked", {"station": station})
            state = act.session.get(StateRow, (court, station))
            if state is None or not state.online or self.publish is None:
                return Refused("command.station_offline", {"name": enrolled.name})
            command = Command(
                command=name,
                court=court,
                station=station,
                nonce=state.nonce,
                place=place,
                person=by,
                reason=reason,
                valid=VALID,
            )
            outgoing, now = self._voice.command(command), self._clock()
            act.session.add(
                CommandRow(
                    court=court,
                    command=name,
                    station=station,
                    place=place,
                    person=by,
                    reason=reason,
                    sent=now,
                    expires=now + VALID,
                    message=outgoing.payload,
                )
            )
            act.say(CommandIssued(command=name, station=station, place=place, person=by, reason=reason))
        self.publish(outgoing)
        return name
