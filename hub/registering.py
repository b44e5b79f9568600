"""Entering volumes, people and places into the register: rows with names, and facts without them, as one act."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Mapping, Sequence

from sqlmodel import Session, col, select

from custody.events import (
    LabelAttached,
    PersonRegistered,
    PlaceKind,
    PlaceRegistered,
    VolumeRegistered,
)
from custody.grants import Role
from custody.identifiers import (
    CaseNumberRefusal,
    CourtId,
    LabelKind,
    PersonId,
    PlaceId,
    StationId,
    VolumeId,
    make_label,
    parse_case_number,
)
from hub.acting import Act
from hub.core.importing import VolumeKey
from hub.core.importing import VolumeRow as ListedVolume
from hub.errors import HubError
from hub.keys import BadgeBox
from hub.store.tables import CounterRow, DossierRow, LabelRow, PersonRow, PlaceRow, VolumeRow

__all__ = ["enter_person", "enter_place", "enter_volumes"]

_LABELS = "volume_label"
_LATEST_YEAR = 9999  # the list was judged already


def enter_volumes(act: Act, court: CourtId, rows: Sequence[ListedVolume], *, now: int) -> Mapping[VolumeKey, VolumeId]:
    """Register listed volumes; one that is registered already keeps its id and is left as it is."""
    entered: dict[VolumeKey, VolumeId] = {}
    for row in rows:
        dossier = _dossier(act.session, court, row.key.case)
        known = _known(act.session, dossier, row.key)
        if known is None:
            known = _enter(act, dossier, row, now=now)
        entered[row.key] = known
    return entered


def enter_person(
    act: Act,
    court: CourtId,
    *,
    person: PersonId,
    name: str,
    roles: Iterable[Role],
    badge: str | None,
    badges: BadgeBox,
    now: int,
) -> None:
    """Register a person; the badge's text is kept encrypted."""
    words = sorted(role.value for role in roles)
    act.session.add(
        PersonRow(
            court=court,
            person=person,
            name=name,
            roles=" ".join(words),
            badge_mark=None if badge is None else badges.mark(badge),
            badge_sealed=None if badge is None else badges.seal(badge, nonce=secrets.token_bytes(12)),
            registered_at=now,
        )
    )
    act.say(PersonRegistered(person=person, roles=tuple(words)))


def enter_place(
    act: Act,
    court: CourtId,
    *,
    place: PlaceId,
    kind: PlaceKind,
    name: str,
    station: StationId | None = None,
    label: str | None = None,
) -> None:
    act.session.add(PlaceRow(court=court, place=place, kind=kind.value, name=name, station=station, label=label))
    act.say(PlaceRegistered(place=place, place_kind=kind, station=station, label=label))


def _dossier(session: Session, court: CourtId, case: str) -> DossierRow:
    same = (col(DossierRow.court) == court, col(DossierRow.case_key) == case)
    row = session.exec(select(DossierRow).where(*same)).first()
    if row is not None:
        return row
    number = parse_case_number(case, latest_year=_LATEST_YEAR)
    if isinstance(number, CaseNumberRefusal):
        raise HubError(
            f"案号“{case}”无法识别({number.reason})。请先校验清单。· {case} is no case number; judge it first."
        )
    row = DossierRow(
        court=court,
        dossier=f"d-{secrets.token_hex(8)}",
        case_key=case,
        year=number.year,
        court_code=number.court_code,
        case_type=number.case_type,
        legacy=number.legacy,
        salt=secrets.token_hex(16),
    )
    session.add(row)
    session.flush()
    return row


def _known(session: Session, dossier: DossierRow, key: VolumeKey) -> VolumeId | None:
    same = (
        col(VolumeRow.court) == dossier.court,
        col(VolumeRow.dossier) == dossier.dossier,
        col(VolumeRow.part) == key.part.value,
        col(VolumeRow.number) == key.number,
    )
    found = session.exec(select(VolumeRow.volume).where(*same)).first()
    return None if found is None else VolumeId(found)


def _enter(act: Act, dossier: DossierRow, row: ListedVolume, *, now: int) -> VolumeId:
    session, volume = act.session, VolumeId(f"v-{secrets.token_hex(6)}")
    label = _new_label(session, dossier.court) if row.label is None else row.label
    holder = session.get(LabelRow, (dossier.court, label))
    if holder is not None:
        raise HubError(
            f"标签 {label} 已贴在另一册({holder.volume})。请换一张标签;这份清单没有登记任何一册。\n"
            f"Label {label} is on another volume ({holder.volume}). Take another; nothing of this list was registered."
        )
    session.add(
        VolumeRow(
            court=dossier.court,
            volume=volume,
            dossier=dossier.dossier,
            part=row.key.part.value,
            number=row.key.number,
            of=row.of,
            pages=row.pages,
            recipient=row.recipient,
            registered_at=now,
        )
    )
    session.add(LabelRow(court=dossier.court, label=label, volume=volume, attached=True, at=now))
    session.flush()
    act.say(
        VolumeRegistered(
            volume=volume,
            dossier=dossier.dossier,
            commitment=_commitment(dossier),
            part=row.key.part,
            number=row.key.number,
            of=row.of,
            pages=row.pages,
        ),
        LabelAttached(label=label, volume=volume),
    )
    return volume


def _commitment(dossier: DossierRow) -> str:
    """Says nothing about the case number without the salt, which can be erased."""
    return hashlib.sha256(bytes.fromhex(dossier.salt) + dossier.case_key.encode()).hexdigest()


def _new_label(session: Session, court: str) -> str:
    """The next printed label that is on no volume yet."""
    counter = session.get(CounterRow, (court, _LABELS)) or CounterRow(court=court, name=_LABELS, next=0)
    while True:
        label = make_label(LabelKind.VOLUME, counter.next).text
        counter.next += 1
        if session.get(LabelRow, (court, label)) is None:
            session.add(counter)
            return label
