"""What the office has arranged, by names."""

from __future__ import annotations

from collections.abc import Collection

from sqlmodel import Session, col, select

from custody.events import Part, PlaceKind
from custody.identifiers import CourtId, VolumeId
from hub.granted import delegations, read_arranged, team_names
from hub.naming import title
from hub.queries.liftings import asked_by
from hub.queries.names import Names
from hub.queues import QUEUES
from hub.store.tables import DossierRow, PersonRow, PlaceRow, VolumeRow
from hub.texts import CHINESE, texts
from hub.views import ArrangementsView, CodeView, DelegationView, GuardedView, KeptView, PinView, TeamView

__all__ = ["arrangements"]

_LATELY = 7 * 24 * 3_600_000  # what ran out longer ago is on record, and here no more


def arrangements(session: Session, court: CourtId, *, now: int) -> ArrangementsView:
    """Whoever reads this may see every volume."""
    stands, teams, names = read_arranged(session, court), team_names(session, court), Names(session, court)
    named = {*stands.guarded, *(volume for one in stands.codes.values() for volume in one.volumes)}
    titles, lifting = _titles(session, court, named), asked_by(session, names)
    doors = (col(PlaceRow.court) == court, col(PlaceRow.kind) == PlaceKind.COMPARTMENT)
    here = (col(PersonRow.court) == court, col(PersonRow.erased_at).is_(None))

    def called(recipient: str) -> str:
        return teams.get(recipient) or names.recipient(recipient) or recipient

    return ArrangementsView(
        teams=tuple(
            TeamView(
                id=team,
                name=called(team),
                members={person: names.person(person) for person, of in stands.members.items() if team in of},
            )
            for team in stands.teams
        ),
        kept=tuple(
            KeptView(place=place, name=names.place(place), recipient=called(one)) for place, one in stands.kept.items()
        ),
        guarded=tuple(
            GuardedView(
                volume=volume, title=titles.get(volume, volume), by=names.person(by), lifting=lifting.get(volume, "")
            )
            for volume, by in stands.guarded.items()
        ),
        codes=tuple(
            CodeView(
                id=one.code,
                person=names.person(one.person),
                volumes=tuple(titles[volume] for volume in one.volumes if volume in titles),
                since=one.since_ms,
                until=one.until_ms,
                uses=one.uses,
                used=stands.used.get(one.code, 0),
            )
            for one in stands.codes.values()
            if one.until_ms > now - _LATELY
        ),
        delegations=tuple(
            DelegationView(
                person=one.person, name=names.person(one.person), to=names.person(one.delegate), until=one.until
            )
            for one in delegations(session, court)
            if one.until > now
        ),
        pins=tuple(
            PinView(person=person, name=names.person(person), by=names.person(by)) for person, by in stands.pins.items()
        ),
        compartments={
            row.place: names.place(row.place)
            for row in session.exec(select(PlaceRow).where(*doors).order_by(col(PlaceRow.place)))
        },
        recipients={
            **{team: called(team) for team in stands.teams},
            **QUEUES,
            **{
                row.person: row.name
                for row in session.exec(select(PersonRow).where(*here).order_by(col(PersonRow.name)))
            },
        },
    )


def _titles(session: Session, court: CourtId, volumes: Collection[VolumeId]) -> dict[str, str]:
    same = (col(DossierRow.court) == col(VolumeRow.court)) & (col(DossierRow.dossier) == col(VolumeRow.dossier))
    mine = (col(VolumeRow.court) == court, col(VolumeRow.volume).in_(sorted(volumes)))
    rows = session.exec(select(VolumeRow, DossierRow).join(DossierRow, same).where(*mine))
    say = texts(CHINESE)
    return {
        row.volume: title(say, dossier.case_key, Part(row.part), number=row.number, of=row.of) for row, dossier in rows
    }
