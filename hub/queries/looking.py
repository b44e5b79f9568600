"""One search box: any number, label, person, place or station. Holding and age come at once."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from sqlalchemy import ColumnElement, func, or_
from sqlmodel import Session, col, select

from custody.events import PlaceKind
from custody.grants import Role
from custody.identifiers import CaseNumberRefusal, CourtId, LabelRefusal, parse_case_number, parse_label
from hub.queries.kept import Kept, kept
from hub.queries.names import Names
from hub.queries.whereabouts import where
from hub.store.tables import DossierRow, LabelRow, PersonRow, StandingRow, StationRow, VolumeRow
from hub.views import Hit, HitKind

__all__ = ["search"]

_LATEST_YEAR = 9999
_BRACKETS = str.maketrans("()[]〔〕【】", "（）（）（）（）")


def search(session: Session, court: CourtId, text: str, *, roles: Collection[Role], most: int) -> Sequence[Hit]:
    """What the text may mean, the surest first: a label, a number, a volume; then people, places, stations."""
    text = text.strip()
    if not text:
        return ()
    found: dict[tuple[HitKind, str], Hit] = {}
    for hit in _hits(session, court, text, roles):
        found.setdefault((hit.kind, hit.id), hit)
        if len(found) == most:
            break
    return tuple(found.values())


def meant(session: Session, court: CourtId, text: str, *, roles: Collection[Role]) -> Sequence[Hit]:
    """The volumes of a whole case number, a label or an id: for whoever is to do something with them."""
    names, text = Names(session, court), text.strip()
    found = kept(session, court, _meant(court, text, whole=True), roles=roles) if text else ()
    return tuple(_volume(one, names) for one in found)


def _volume(one: Kept, names: Names) -> Hit:
    return Hit(kind=HitKind.VOLUME, id=one.volume, name=one.title, where=where(one.holding, names))


def _hits(session: Session, court: CourtId, text: str, roles: Collection[Role]) -> Iterator[Hit]:
    names = Names(session, court)
    for one in kept(session, court, _meant(court, text), roles=roles):
        yield _volume(one, names)
    yield from _people(session, names, text)
    yield from _places(session, names, text)
    mine = (col(StationRow.court) == court, _contains(StationRow.name, text) | _is(StationRow.station, text))
    for row in session.exec(select(StationRow).where(*mine)):
        yield Hit(kind=HitKind.STATION, id=row.station, name=row.name)


def _meant(court: CourtId, text: str, *, whole: bool = False) -> ColumnElement[bool]:
    """``whole``: a part of a case number is not enough."""
    label = parse_label(text)
    labelled = select(LabelRow.volume).where(
        col(LabelRow.court) == court, col(LabelRow.label) == (text if isinstance(label, LabelRefusal) else label.text)
    )
    number = parse_case_number(text, latest_year=_LATEST_YEAR)
    if isinstance(number, CaseNumberRefusal):
        key = text.translate(_BRACKETS)
        case = col(DossierRow.case_key) == key if whole else _contains(DossierRow.case_key, key)
    else:
        case = col(DossierRow.case_key) == number.key
    return or_(case, col(VolumeRow.volume) == text, col(VolumeRow.volume).in_(labelled))


def _people(session: Session, names: Names, text: str) -> Iterator[Hit]:
    mine = (col(PersonRow.court) == names.court, _contains(PersonRow.name, text) | _is(PersonRow.person, text))
    for row in session.exec(select(PersonRow).where(*mine).order_by(col(PersonRow.name)).limit(20)):
        holds = _count(session, names.court, col(StandingRow.person) == row.person)
        yield Hit(kind=HitKind.PERSON, id=row.person, name=row.name, holds=holds)


def _places(session: Session, names: Names, text: str) -> Iterator[Hit]:
    label = parse_label(text)
    wanted = text if isinstance(label, LabelRefusal) else label.text
    for place, row in names.places.items():
        if row.kind == PlaceKind.STATION:
            continue
        if wanted in (place, row.label) or text in names.place(place):
            holds = _count(session, names.court, col(StandingRow.place) == place)
            yield Hit(kind=HitKind.PLACE, id=place, name=names.place(place), holds=holds)


def _count(session: Session, court: CourtId, about: ColumnElement[bool]) -> int:
    return session.exec(
        select(func.count()).select_from(StandingRow).where(col(StandingRow.court) == court, about)
    ).one()


def _contains(column: object, text: str) -> ColumnElement[bool]:
    return col(column).contains(text, autoescape=True)


def _is(column: object, text: str) -> ColumnElement[bool]:
    return col(column) == text.lower()
