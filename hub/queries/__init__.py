"""Everything pages and the programming interface ask of the hub, each answer from one moment of the database."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from custody.grants import Role
from custody.identifiers import CourtId, StationId, VolumeId
from hub.core.importing import KnownRow, VolumeKey
from hub.core.papers import PapersView
from hub.export import export
from hub.face import Correction
from hub.keys import BadgeBox
from hub.policy import Defaults
from hub.queries.accounts import account_history
from hub.queries.arrangements import arrangements
from hub.queries.corrections import corrections
from hub.queries.differences import count_open, differences
from hub.queries.incidents import incidents
from hub.queries.liftings import liftings
from hub.queries.looking import meant, search
from hub.queries.names import Names
from hub.queries.overview import overview
from hub.queries.papers import papers
from hub.queries.people import people, recipients
from hub.queries.policy import policy_view
from hub.queries.proofs import proof
from hub.queries.stations import cabinet, command_view, stations
from hub.queries.volumes import known_rows, labels, queue, volume_view
from hub.store.database import Database
from hub.store.log import logs, newest_checkpoint
from hub.views import (
    AccountChange,
    ArrangementsView,
    CabinetView,
    CommandView,
    Discrepancy,
    EntryProof,
    Hit,
    Incident,
    LabelRow,
    LiftingView,
    Overview,
    PersonView,
    PolicyView,
    QueueRow,
    StationView,
    VolumeView,
)

__all__ = ["Queries"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Queries:
    """The port of ``hub.face``, met from the database.

    ``hub``: the hub's own station id, which is shown nowhere; ``badges`` opens private values.
    """

    court: CourtId
    hub: StationId
    database: Database
    clock: Callable[[], int]
    defaults: Defaults
    badges: BadgeBox

    def overview(self, *, roles: Collection[Role]) -> Overview:
        with self.database.read() as session:
            return overview(session, self.court, roles=roles, now=self.clock(), defaults=self.defaults, hub=self.hub)

    def meant(self, text: str, *, roles: Collection[Role]) -> Sequence[Hit]:
        with self.database.read() as session:
            return meant(session, self.court, text, roles=roles)

    def search(self, text: str, *, roles: Collection[Role], most: int) -> Sequence[Hit]:
        with self.database.read() as session:
            return search(session, self.court, text, roles=roles, most=most)

    def volume(self, volume: VolumeId, *, roles: Collection[Role]) -> VolumeView | None:
        with self.database.read() as session:
            return volume_view(session, self.court, volume, roles=roles)

    def stations(self) -> Sequence[StationView]:
        with self.database.read() as session:
            return stations(session, self.court, hub=self.hub)

    def cabinet(self, station: StationId, *, roles: Collection[Role]) -> CabinetView | None:
        with self.database.read() as session:
            return cabinet(session, self.court, station, roles=roles, hub=self.hub)

    def queue(self, *, roles: Collection[Role]) -> Sequence[QueueRow]:
        with self.database.read() as session:
            return queue(session, self.court, roles=roles, now=self.clock())

    def discrepancies(self, *, resolved: bool) -> Sequence[Discrepancy]:
        with self.database.read() as session:
            return differences(session, self.court, resolved=resolved)

    def open_discrepancies(self) -> int:
        with self.database.read() as session:
            return count_open(session, self.court)

    def incidents(self) -> Sequence[Incident]:
        with self.database.read() as session:
            return incidents(session, self.court)

    def papers(self) -> Sequence[PapersView]:
        with self.database.read() as session:
            return papers(session, self.court, self.badges)

    def arrangements(self) -> ArrangementsView:
        with self.database.read() as session:
            return arrangements(session, self.court, now=self.clock())

    def policy(self, *, roles: Collection[Role]) -> PolicyView:
        with self.database.read() as session:
            return policy_view(session, self.court, defaults=self.defaults, roles=roles, now=self.clock(), hub=self.hub)

    def people(self) -> Sequence[PersonView]:
        with self.database.read() as session:
            return people(session, self.court)

    def account_history(self) -> Sequence[AccountChange]:
        with self.database.read() as session:
            return account_history(session, self.court)

    def places(self) -> Mapping[str, str]:
        """Every place a volume can be in, by name."""
        with self.database.read() as session:
            names = Names(session, self.court)
            named = {place: names.place(place) for place in names.places if place != self.hub}
            return dict(sorted(named.items(), key=lambda one: one[1]))

    def entry(self, entry: str, *, roles: Collection[Role]) -> EntryProof | None:
        with self.database.read() as session:
            return proof(session, self.court, entry, roles=roles)

    def command(self, command: str) -> CommandView | None:
        with self.database.read() as session:
            return command_view(session, self.court, command)

    def known_rows(self) -> Mapping[VolumeKey, KnownRow]:
        with self.database.read() as session:
            return known_rows(session, self.court)

    def recipients(self) -> Mapping[str, Sequence[str]]:
        with self.database.read() as session:
            return recipients(session, self.court)

    def labels(self, *, roles: Collection[Role]) -> Sequence[LabelRow]:
        with self.database.read() as session:
            return labels(session, self.court, roles=roles)

    def checkpoint(self) -> str | None:
        with self.database.read() as session:
            newest = [newest_checkpoint(session, self.court, one.log) for one in logs(session, self.court)]
        return next((row.note.decode() for row in reversed(newest) if row is not None), None)

    def corrections(self, *, roles: Collection[Role]) -> Sequence[Correction]:
        with self.database.read() as session:
            return corrections(session, self.court, roles=roles)

    def liftings(self, *, roles: Collection[Role]) -> Sequence[LiftingView]:
        with self.database.read() as session:
            return liftings(session, self.court, roles=roles)

    def export(self) -> Iterator[bytes]:
        return export(self.database.read, self.court, clock=self.clock)
