"""Ids as names: of people, places and queues, read once for each question."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from sqlmodel import Session, col, select

from custody.identifiers import CourtId
from custody.parcels import PARTY
from hub.naming import place_name
from hub.queues import QUEUES
from hub.store.tables import PersonRow, PlaceRow, StationRow
from hub.texts import CHINESE, texts

__all__ = ["Names"]


@dataclass(frozen=True)
class Names:
    """What is not known by a name is shown by its id."""

    session: Session
    court: CourtId

    def person(self, identity: str | None) -> str:
        if identity == PARTY:
            return texts(CHINESE)("person.party")
        return self.people.get(identity or "", identity or "")

    def recipient(self, identity: str | None) -> str | None:
        """A person or a queue."""
        return None if identity is None else QUEUES.get(identity) or self.person(identity)

    def place(self, identity: str | None) -> str:
        row = self.places.get(identity or "")
        if row is None:
            return identity or ""
        return place_name(row, station=self.station(row.station))

    def station(self, identity: str | None) -> str:
        row = self.stations.get(identity or "")
        return identity or "" if row is None else row.name

    def station_of(self, place: str | None) -> str | None:
        row = self.places.get(place or "")
        return None if row is None else row.station

    @cached_property
    def people(self) -> Mapping[str, str]:
        mine = col(PersonRow.court) == self.court
        found = self.session.exec(select(PersonRow.person, PersonRow.name).where(mine))
        return {person: name or person for person, name in found}  # somebody who was erased has no name

    @cached_property
    def places(self) -> Mapping[str, PlaceRow]:
        mine = col(PlaceRow.court) == self.court
        return {row.place: row for row in self.session.exec(select(PlaceRow).where(mine))}

    @cached_property
    def stations(self) -> Mapping[str, StationRow]:
        mine = col(StationRow.court) == self.court
        return {row.station: row for row in self.session.exec(select(StationRow).where(mine))}
