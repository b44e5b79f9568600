"""A volume as register and standing together have it, and the one statement that reads many of them."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, select

from custody.archiving import Progress
from custody.events import Part
from custody.grants import Role
from custody.holding import Holding, Unaccounted
from custody.identifiers import CourtId, VolumeId
from hub.core.access import may_see_part
from hub.naming import title
from hub.store.standings import holding_of, progress_of
from hub.store.tables import DossierRow, StandingRow, VolumeRow
from hub.texts import CHINESE, texts

__all__ = ["Kept", "kept", "one_kept"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """``registered`` none: stations saw a volume that nobody registered; it is shown by its id."""

    volume: VolumeId
    case: str
    part: Part
    number: int
    of: int
    recipient: str | None
    dossier: str | None
    holding: Holding
    progress: Progress

    @property
    def title(self) -> str:
        if self.dossier is None:
            return self.volume
        return title(texts(CHINESE), self.case, self.part, number=self.number, of=self.of)


def kept(session: Session, court: CourtId, *where: ColumnElement[bool], roles: Collection[Role]) -> Iterator[Kept]:
    """Registered volumes that these roles may see, by case, part and number."""
    same_dossier = (col(DossierRow.court) == col(VolumeRow.court)) & (col(DossierRow.dossier) == col(VolumeRow.dossier))
    same_volume = (col(StandingRow.court) == col(VolumeRow.court)) & (col(StandingRow.volume) == col(VolumeRow.volume))
    rows = session.exec(
        select(VolumeRow, DossierRow, StandingRow)
        .join(DossierRow, same_dossier)
        .outerjoin(StandingRow, same_volume)
        .where(col(VolumeRow.court) == court, *where)
        .order_by(col(DossierRow.case_key), col(VolumeRow.part).desc(), col(VolumeRow.number))
    )
    for volume, dossier, standing in rows:
        if may_see_part(roles, Part(volume.part)):
            yield _kept(volume, dossier, standing)


def one_kept(session: Session, court: CourtId, volume: VolumeId, *, roles: Collection[Role]) -> Kept | None:
    """One volume, registered or only seen; who may not see it is not told that it is there."""
    found = next(kept(session, court, col(VolumeRow.volume) == volume, roles=roles), None)
    if found is not None or session.get(VolumeRow, (court, volume)) is not None:
        return found
    standing = session.get(StandingRow, (court, volume))
    if standing is None or not may_see_part(roles, Part.CONFIDENTIAL):  # it might be one
        return None
    return Kept(
        volume=volume,
        case="",
        part=Part.MAIN,
        number=0,
        of=0,
        recipient=None,
        dossier=None,
        holding=holding_of(standing),
        progress=progress_of(standing),
    )


def _kept(volume: VolumeRow, dossier: DossierRow, standing: StandingRow | None) -> Kept:
    return Kept(
        volume=VolumeId(volume.volume),
        case=dossier.case_key,
        part=Part(volume.part),
        number=volume.number,
        of=volume.of,
        recipient=volume.recipient,
        dossier=volume.dossier,
        holding=Unaccounted() if standing is None else holding_of(standing),
        progress=Progress() if standing is None else progress_of(standing),
    )
