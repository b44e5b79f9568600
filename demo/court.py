"""The demo court: people, badges, shelves and cases of a court like Yingkou's 站前区. All of it invented."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass

from custody.events import PlaceKind
from custody.grants import Role
from custody.identifiers import CourtId, LabelKind, PersonId, PlaceId, StationId, make_label

__all__ = [
    "CABINET",
    "COURT",
    "COURT_NAME",
    "FURNITURE",
    "PEOPLE",
    "SHELVES",
    "STATION",
    "Furniture",
    "Member",
    "Paper",
    "cases_csv",
    "papers",
]

COURT = CourtId("yk0802")
COURT_NAME = "营口市站前区人民法院(演示)"
CABINET = StationId("cab-1")
STATION = StationId("sta-1")
_FIRST_BADGE, _FIRST_VOLUME, _FIRST_SHELF = 100, 1000, 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """Somebody of the court or its contractor, with a badge; some may sign in to the hub as well."""

    id: PersonId
    name: str
    roles: tuple[Role, ...]
    badge: str
    user: str | None = None


def _member(number: int, id_: str, name: str, roles: tuple[Role, ...], user: str | None = None) -> Member:
    badge = make_label(LabelKind.BADGE, _FIRST_BADGE + number).text
    return Member(id=PersonId(id_), name=name, roles=roles, badge=badge, user=user)


PEOPLE: tuple[Member, ...] = (
    _member(0, "wang-min", "王敏", (Role.STAFF,), "wangmin"),
    _member(1, "liu-yang", "刘洋", (Role.STAFF,), None),
    _member(2, "zhou-jing", "周静", (Role.STAFF, Role.ADMINISTRATOR), "admin"),
    _member(3, "li-qiang", "李强", (Role.OPERATOR,), None),
    _member(4, "zhang-li", "张丽", (Role.OPERATOR,), "zhangli"),
    _member(5, "zhao-gang", "赵刚", (Role.OPERATOR,), None),
    _member(6, "sun-yue", "孙悦", (Role.OPERATOR,), None),
    _member(7, "chen-jie", "陈洁", (Role.MANAGER,), "manager"),
    _member(8, "ma-hong", "马红", (Role.AUDITOR,), "auditor"),
)
"""Clerks 王敏 and 刘洋, archivist 周静; the contractor's 李强 (porter), 张丽 (scans), 赵刚 (checks), 孙悦 (reviews)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Furniture:
    """A place with a label: a shelf, a trolley, a cupboard."""

    id: PlaceId
    name: str
    label: str
    kind: PlaceKind = PlaceKind.SHELF


SHELVES: tuple[Furniture, ...] = tuple(
    Furniture(
        id=PlaceId(f"shelf-{row}{bay}"),
        name=f"档案室 {row.upper()} 排 {bay} 层",
        label=make_label(LabelKind.PLACE, _FIRST_SHELF + number).text,
    )
    for number, (row, bay) in enumerate((row, bay) for row in "ab" for bay in (1, 2))
)


def _beside(number: int, id_: str, name: str, kind: PlaceKind) -> Furniture:
    label = make_label(LabelKind.PLACE, _FIRST_SHELF + len(SHELVES) + number).text
    return Furniture(id=PlaceId(id_), name=name, label=label, kind=kind)


FURNITURE: tuple[Furniture, ...] = (
    *SHELVES,
    _beside(0, "trolley-1", "1 号推车", PlaceKind.TROLLEY),
    _beside(1, "counter-1", "诉讼服务中心交接台", PlaceKind.COUNTER),
    _beside(2, "cupboard-1", "扫描室过夜柜", PlaceKind.CUPBOARD),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """One volume as it lies on a clerk's desk in the morning: what is printed on it and how many pages it has."""

    case: str
    part: str
    number: int
    of: int
    pages: int
    label: str

    @property
    def confidential(self) -> bool:
        return self.part == "副卷"


_SETS: tuple[tuple[str, int, bool], ...] = (
    ("（2026）辽0802民初101号", 1, True),
    ("（2026）辽0802刑初17号", 1, True),
    ("（2026）辽0802民初115号", 2, False),
    ("（2026）辽0802民初123号", 1, False),
    ("（2026）辽0802民初131号", 3, False),
    ("（2026）辽0802民初140号", 1, False),
    ("（2026）辽0802执208号", 1, False),
    ("（2026）辽0802执恢12号", 1, False),
    ("（2026）辽0802执保31号", 1, False),
    ("（2026）辽0802行初9号", 2, False),
    ("（2026）辽0802民特4号", 1, False),
    ("（2025）辽0802民初988号", 2, False),
    ("（2025）辽0802刑初201号", 1, False),
    ("（2026）辽0802诉前调书55号", 1, False),
    ("（2026）辽0802财保6号", 1, False),
    ("（2026）辽0802民申2号", 1, False),
    ("（2026）辽0802司救民3号", 1, False),
    ("（2026）辽0802民督8号", 1, False),
)
"""Case number, volumes of its 正卷, whether there is a 副卷."""


def papers() -> tuple[Paper, ...]:
    """Every volume of the demo, in the order in which clerks bring them."""
    found: list[Paper] = []
    for case, volumes, with_confidential in _SETS:
        parts = [("正卷", volumes), *([("副卷", 1)] if with_confidential else [])]
        for part, of in parts:
            for number in range(1, of + 1):
                serial = _FIRST_VOLUME + len(found)
                found.append(
                    Paper(
                        case=case,
                        part=part,
                        number=number,
                        of=of,
                        pages=12 + (serial * 7) % 40,
                        label=make_label(LabelKind.VOLUME, serial).text,
                    )
                )
    return tuple(found)


def cases_csv(recipient: str) -> bytes:
    """The list of volumes as the trial system would export it; ``recipient`` names the queue they are deposited for."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(("案号", "正副卷", "册号", "总册数", "页数", "接收对象", "标签"))
    for one in papers():
        writer.writerow((one.case, one.part, one.number, one.of, one.pages, recipient, one.label))
    return text.getvalue().encode("utf-8-sig")
