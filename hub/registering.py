"""Entering volumes, people and places into the register: rows with names, and facts without them, as one act."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from custody.events import (
    LabelAttached,
    Part,
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
from hub.store.standings import pieces
from hub.store.tables import CounterRow, DossierRow, LabelRow, PersonRow, PlaceRow, VolumeRow

__all__ = ["enter_person", "enter_place", "enter_volumes"]

_LABELS = "volume_label"
_PIECE = 400
_LATEST_YEAR = 9999  # the list was judged already


def enter_volumes(act: Act, court: CourtId, rows: Sequence[ListedVolume], *, now: int) -> Mapping[VolumeKey, VolumeId]:
    """Register listed volumes; one that is registered already keeps its id and is left as it is."""
    known = _read(act.session, court, rows)
    for row in rows:
        dossier = known.dossiers.get(row.key.case)
        if dossier is None:
            dossier = known.dossiers[row.key.case] = _dossier(court, row.key.case)
            act.session.add(dossier)
        if row.key not in known.volumes:
            known.volumes[row.key] = _enter(act, known, dossier, row, now=now)
    known.counter.next = known.next_label
    act.session.add(known.counter)
    return {row.key: known.volumes[row.key] for row in rows}


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


@dataclass(slots=True)
class _Known:
    """What the register has of the listed cases, read at once; it grows as rows are entered."""

    dossiers: dict[str, DossierRow]
    volumes: dict[VolumeKey, VolumeId]
    labels: dict[str, str]
    counter: CounterRow
    next_label: int

    def new_label(self) -> str:
        """The next printed label that is on no volume yet."""
        while True:
            label = make_label(LabelKind.VOLUME, self.next_label).text
            self.next_label += 1
            if label not in self.labels:
                return label


def _read(session: Session, court: CourtId, rows: Sequence[ListedVolume]) -> _Known:
    dossiers: dict[str, DossierRow] = {}
    volumes: dict[VolumeKey, VolumeId] = {}
    for piece in pieces(sorted({row.key.case for row in rows}), _PIECE):
        mine = (col(DossierRow.court) == court, col(DossierRow.case_key).in_(piece))
        same = (col(VolumeRow.court) == col(DossierRow.court)) & (col(VolumeRow.dossier) == col(DossierRow.dossier))
        for dossier, volume in session.exec(select(DossierRow, VolumeRow).outerjoin(VolumeRow, same).where(*mine)):
            dossiers[dossier.case_key] = dossier
            if volume is not None:
                key = VolumeKey(dossier.case_key, Part(volume.part), volume.number)
                volumes[key] = VolumeId(volume.volume)
    labels = dict(session.exec(select(LabelRow.label, LabelRow.volume).where(col(LabelRow.court) == court)).all())
    counter = session.get(CounterRow, (court, _LABELS)) or CounterRow(court=court, name=_LABELS, next=0)
    return _Known(dossiers, volumes, labels, counter, counter.next)


def _dossier(court: CourtId, case: str) -> DossierRow:
    number = parse_case_number(case, latest_year=_LATEST_YEAR)
    if isinstance(number, CaseNumberRefusal):
        raise HubError(
            f"案号“{case}”无法识别({number.reason})。请先校验清单。· {case} is no case number; judge the list first."
        )
    return DossierRow(
        court=court,
        dossier=f"d-{secrets.token_hex(8)}",
        case_key=case,
        year=number.year,
        court_code=number.court_code,
        case_type=number.case_type,
        legacy=number.legacy,
        salt=secrets.token_hex(16),
    )


def _enter(act: Act, known: _Known, dossier: DossierRow, row: ListedVolume, *, now: int) -> VolumeId:
    volume = VolumeId(f"v-{secrets.token_hex(6)}")
    label = known.new_label() if row.label is None else row.label
    if label in known.labels:
        raise HubError(
            f"标签 {label} 已贴在另一册({known.labels[label]})。请换一张标签;这份清单没有登记任何一册。\n"
            f"Label {label} is on another volume ({known.labels[label]}). Take another; nothing was registered."
        )
    known.labels[label] = volume
    act.session.add(
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
    act.session.add(LabelRow(court=dossier.court, label=label, volume=volume, attached=True, at=now))
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
