"""Reads what grants are made of from the register and the standings."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from sqlmodel import Session, col, func, select

from custody.archiving import Progress
from custody.events import CodeIssued, DelegationEnded, DelegationGiven, DelegationWithdrawn, Part, PlaceKind
from custody.grants import Delegation, Role
from custody.holding import Unaccounted
from custody.identifiers import CourtId, PersonId, PlaceId, StationId, VolumeId
from custody.knowledge import learn_delegations
from custody.messages import DoorState
from hub.core.arranging import ARRANGING, Arranged, arranged
from hub.core.granting import Badge, Registered, Roomy, Shown
from hub.keys import BadgeBox
from hub.naming import place_name, title
from hub.queues import QUEUES
from hub.store.ledger import bounded_of
from hub.store.standings import holding_of, progress_of
from hub.store.tables import (
    CodeRow,
    CourtRow,
    DoorRow,
    DossierRow,
    EntryRow,
    LabelRow,
    PersonRow,
    PlaceRow,
    StandingRow,
    StationRow,
    TeamRow,
    VolumeRow,
)
from hub.texts import CHINESE, texts

__all__ = ["Register", "delegations", "labels_of", "read_arranged", "read_register", "team_names"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """Everything stations may be told."""

    people: tuple[Badge, ...]
    volumes: tuple[Registered, ...]
    places: tuple[Shown, ...]
    names: Mapping[str, str]
    delegations: tuple[Delegation, ...] = ()
    roomy: tuple[Roomy, ...] = ()
    arranged: Arranged = Arranged()
    codes: tuple[tuple[CodeIssued, str], ...] = ()


def read_register(session: Session, court: CourtId, badges: BadgeBox) -> Register:
    """The register as it is committed, in an order that does not change by itself."""
    people = session.exec(select(PersonRow).where(col(PersonRow.court) == court).order_by(col(PersonRow.person)))
    stations = {row.station: row.name for row in session.exec(select(StationRow).where(col(StationRow.court) == court))}
    places = session.exec(select(PlaceRow).where(col(PlaceRow.court) == court).order_by(col(PlaceRow.place)))
    stands = read_arranged(session, court)
    return Register(
        people=tuple(_badge(row, badges, stands) for row in people),
        volumes=tuple(_volumes(session, court, stands)),
        places=tuple(
            Shown(
                place=PlaceId(row.place),
                kind=PlaceKind(row.kind),
                name=place_name(row, station=stations.get(row.station or "", "")),
                label=row.label,
            )
            for row in places
        ),
        names={**QUEUES, **team_names(session, court)},
        delegations=delegations(session, court),
        roomy=_roomy(session, court),
        arranged=stands,
        codes=tuple(_codes(session, court, badges, stands)),
    )


def labels_of(session: Session, court: CourtId) -> Mapping[str, tuple[str, ...]]:
    """The labels of every volume, the attached one first."""
    found: dict[str, list[str]] = defaultdict(list)
    rows = select(LabelRow).where(col(LabelRow.court) == court)
    for row in session.exec(rows.order_by(col(LabelRow.attached).desc(), col(LabelRow.at), col(LabelRow.label))):
        found[row.volume].append(row.label)
    return {volume: tuple(labels) for volume, labels in found.items()}


def read_arranged(session: Session, court: CourtId) -> Arranged:
    """What the office has arranged, by the entries that say so, in their order."""
    row = session.get(CourtRow, court)
    told = (col(EntryRow.court) == court, col(EntryRow.kind).in_([one.kind for one in ARRANGING]))
    order = (col(EntryRow.point), col(EntryRow.station), col(EntryRow.position))
    rows = session.exec(select(EntryRow).where(*told).order_by(*order))
    return arranged((bounded_of(one).entry for one in rows), hub=StationId("" if row is None else row.hub))


def team_names(session: Session, court: CourtId) -> Mapping[str, str]:
    rows = session.exec(select(TeamRow).where(col(TeamRow.court) == court).order_by(col(TeamRow.team)))
    return {row.team: row.name for row in rows}


def delegations(session: Session, court: CourtId) -> tuple[Delegation, ...]:
    """Whoever was asked to collect for whom, at whatever station, in the order of the entries."""
    kinds = [one.kind for one in (DelegationGiven, DelegationEnded, DelegationWithdrawn)]
    told = (col(EntryRow.court) == court, col(EntryRow.kind).in_(kinds))
    order = (col(EntryRow.point), col(EntryRow.station), col(EntryRow.position))
    rows = session.exec(select(EntryRow).where(*told).order_by(*order))
    return learn_delegations((), (bounded_of(row).entry for row in rows))


def _roomy(session: Session, court: CourtId) -> tuple[Roomy, ...]:
    """The cabinets with compartments that are shut and empty, as their doors were last sensed."""
    lain = select(StandingRow.place).where(col(StandingRow.court) == court, col(StandingRow.place).is_not(None))
    shut = (col(DoorRow.court) == court, col(DoorRow.door) == DoorState.CLOSED, col(DoorRow.blocked).is_(False))
    place = (col(PlaceRow.court) == col(DoorRow.court)) & (col(PlaceRow.place) == col(DoorRow.place))
    counted = (
        select(DoorRow.station, PlaceRow.size, func.count())
        .join(PlaceRow, place)
        .where(*shut, col(DoorRow.place).not_in(lain))
        .group_by(col(DoorRow.station), col(PlaceRow.size))
        .order_by(col(DoorRow.station), col(PlaceRow.size))
    )
    free: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for station, size, count in session.exec(counted):
        free[station][size] = count
    known = (col(StationRow.court) == court, col(StationRow.revoked).is_(None), col(StationRow.station).in_(free))
    return tuple(
        Roomy(station=StationId(one.station), name=one.name, floor=one.floor, free=free[one.station])
        for one in session.exec(select(StationRow).where(*known).order_by(col(StationRow.station)))
    )


def _volumes(session: Session, court: CourtId, stands: Arranged) -> list[Registered]:
    labels = labels_of(session, court)
    rows = session.exec(
        select(VolumeRow, DossierRow, StandingRow)
        .join(
            DossierRow,
            (col(DossierRow.court) == col(VolumeRow.court)) & (col(DossierRow.dossier) == col(VolumeRow.dossier)),
        )
        .outerjoin(
            StandingRow,
            (col(StandingRow.court) == col(VolumeRow.court)) & (col(StandingRow.volume) == col(VolumeRow.volume)),
        )
        .where(col(VolumeRow.court) == court)
        .order_by(col(VolumeRow.volume))
    )
    found = [
        _registered(volume, dossier, standing, labels.get(volume.volume, ())) for volume, dossier, standing in rows
    ]
    return [replace(one, sensitive=True) if one.volume in stands.guarded else one for one in found]


def _codes(session: Session, court: CourtId, badges: BadgeBox, stands: Arranged) -> Iterator[tuple[CodeIssued, str]]:
    for code, issued in stands.codes.items():
        row = session.get(CodeRow, (court, code))
        if row is not None:
            yield issued, badges.open(row.sealed)


def _registered(
    volume: VolumeRow, dossier: DossierRow, standing: StandingRow | None, labels: tuple[str, ...]
) -> Registered:
    return Registered(
        volume=VolumeId(volume.volume),
        title=title(texts(CHINESE), dossier.case_key, Part(volume.part), number=volume.number, of=volume.of),
        part=Part(volume.part),
        recipient=volume.recipient,
        labels=labels,
        holding=Unaccounted() if standing is None else holding_of(standing),
        progress=Progress() if standing is None else progress_of(standing),
    )


def _badge(row: PersonRow, badges: BadgeBox, stands: Arranged) -> Badge:
    text = None if row.badge_sealed is None else badges.open(row.badge_sealed)
    roles = frozenset(Role(word) for word in row.roles.split())
    person = PersonId(row.person)
    teams = stands.members.get(person, frozenset())
    pin = None if row.pin_sealed is None else badges.open(row.pin_sealed)
    return Badge(person=person, name=row.name, roles=roles, text=text, teams=teams, pin=pin)
