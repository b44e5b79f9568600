"""An office without stations: the ports of the face, met from memory, so that pages and API can be tried alone."""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TypeVar

from sqlalchemy import create_engine
from sqlmodel import Session, SQLModel

from custody.enrolment import CODE_BYTES, Answer, Invitation, Reply, Rotated
from custody.events import CorrectionReason, Grade, PaperKind, Part, PolicyRule, StationKind, Step
from custody.grants import Role
from custody.identifiers import (
    CourtId,
    EventId,
    LabelKind,
    PersonId,
    PlaceId,
    StationId,
    VolumeId,
    make_label,
)
from custody.messages import DoorState
from hub.accounts import Accounts
from hub.acting import Act
from hub.core.access import may_see_part
from hub.core.apart import SHELL
from hub.core.importing import KnownRow, VolumeKey, VolumeRow
from hub.core.papers import PapersState, PapersView
from hub.face import Correction, Parts, Refused
from hub.orders import (
    Announce,
    Code,
    Decide,
    Decision,
    EndPin,
    GivePin,
    Guard,
    IssueCode,
    Lift,
    NewTeam,
    Order,
    Pin,
    Unguard,
    Withdraw,
)
from hub.store.account_tables import AccountRow, GuessRow, LoginRow
from hub.views import (
    AccountChange,
    AloneView,
    ArrangementsView,
    CabinetView,
    ClosureView,
    CodeView,
    CommandView,
    CompartmentView,
    Discrepancy,
    EntryProof,
    GuardedView,
    Happening,
    Hit,
    HitKind,
    Incident,
    LabelRow,
    LiftingView,
    Lying,
    Moved,
    Opened,
    OverdueView,
    Overview,
    PastDecision,
    PersonView,
    PinView,
    PolicyView,
    QueueRow,
    RuleView,
    SetMember,
    StationView,
    TeamView,
    VolumeView,
    Where,
    WhereKind,
)

COURT = CourtId("yingkou")
PASSWORD = "correct-horse-7"
MINUTE, HOUR = 60_000, 3_600_000
Made = TypeVar("Made")


class PretendOffice:
    """Queries, acts and feed in one; what was done is kept for tests to look at."""

    def __init__(self, now: Callable[[], int]) -> None:
        self.now = now
        self.rows: dict[VolumeKey, VolumeId] = {}
        self.kept: dict[VolumeKey, KnownRow] = {}
        self.done: list[tuple[object, ...]] = []
        self.listeners: set[Callable[[], None]] = set()
        self.commands: dict[str, CommandView] = {}
        self.settled: dict[str, str] = {}
        self.teams: list[TeamView] = []
        self.codes: list[CodeView] = []
        self.asked: list[Correction] = []
        self.guarded: dict[VolumeId, str] = {}  # volume -> who decided it
        self.lifting: dict[VolumeId, LiftingView] = {}
        self.erased: set[str] = set()
        self.pins: list[PinView] = []
        self.closures: list[ClosureView] = []
        self.days = 10
        self.doors: dict[str, DoorState] = {}
        self.persons = [
            _person("p-wang", "王敏", Role.STAFF, user="wangmin"),
            _person("p-li", "李强", Role.OPERATOR, user="operator"),
            _person("p-zhao", "赵静", Role.OPERATOR, user=None),
            _person("p-chen", "陈院", Role.MANAGER, user="chen"),
            _person("p-sun", "孙审", Role.AUDITOR, user="sun"),
            _person("p-admin", "管理员", Role.ADMINISTRATOR, user="admin"),
        ]
        case = "（2026）辽0802民初123号"
        volumes = [(case, Part.MAIN, 1, 3), (case, Part.MAIN, 2, 3), (case, Part.CONFIDENTIAL, 1, 1)]
        volumes += [(f"（2026）辽0804民初{n}号", Part.MAIN, 1, 1) for n in range(401, 425)]
        for serial, (name, part, number, of) in enumerate(volumes):
            key = VolumeKey(name, part, number)
            self.rows[key] = VolumeId(f"v-{serial:04d}")
            label = make_label(LabelKind.VOLUME, serial).text
            self.kept[key] = KnownRow(of=of, pages=120 + serial, labels=(label,))

    # --- queries ----------------------------------------------------------------------------------------------------

    def overview(self, *, roles: Collection[Role]) -> Overview:
        line = (5, 0, 4, 9, 3, 2, 0, 12)
        seen = self._visible(roles)[:6]
        verbs = ("moved.deposited", "moved.collected", "moved.received")
        latest = tuple(
            Moved(
                entry=EventId(f"cab-1.aa.{n}"),
                volume=volume,
                title=self._title(key),
                key=verbs[n % 3],
                person=self.persons[n % 3].name,
                place=f"立案大厅云柜 {n + 7:02d} 号格",
                time=self.now() - n * 13 * MINUTE,
            )
            for n, (key, volume) in enumerate(seen)
        )
        return Overview(
            waiting=7,
            after=dict(zip(Step, line, strict=True)),
            registered=len(self.rows),
            discrepancies=self.open_discrepancies(),
            overdue=1,
            moved_today=48,
            moved_usual=41,
            with_people=6,
            stations=tuple(self.stations()),
            latest=latest,
            now=self.now(),
        )

    def meant(self, text: str, *, roles: Collection[Role]) -> Sequence[Hit]:
        whole = {volume for key, volume in self._visible(roles) if text in (key.case, volume, *self.kept[key].labels)}
        return [one for one in self.search(text, roles=roles, most=50) if one.id in whole]

    def search(self, text: str, *, roles: Collection[Role], most: int) -> Sequence[Hit]:
        found = [
            Hit(kind=HitKind.VOLUME, id=volume, name=self._title(key), where=self._where(volume))
            for key, volume in self._visible(roles)
            if text in key.case or text in self.kept[key].labels or text == volume
        ]
        people = [
            Hit(kind=HitKind.PERSON, id=one.id, name=one.name, holds=2) for one in self.persons if text in one.name
        ]
        return (found + people)[:most]

    def volume(self, volume: VolumeId, *, roles: Collection[Role]) -> VolumeView | None:
        key = next((key for key, one in self._visible(roles) if one == volume), None)
        if key is None:
            return None
        known = self.kept[key]
        members = tuple(
            SetMember(id=one, part=other.part, number=other.number, of=self.kept[other].of, where=self._where(one))
            for other, one in self._visible(roles)
            if other.case == key.case
        )
        if known.of == 3:
            members = (*members[:2], SetMember(id=None, part=Part.MAIN, number=3, of=3), *members[2:])
        released = ("release", volume) in [one[:2] for one in self.done]
        return VolumeView(
            id=volume,
            case=key.case,
            part=key.part,
            number=key.number,
            of=known.of,
            where=self._where(volume),
            done=Step.REVIEWED,
            next=Step.BOUND,
            finished={Step.SCANNED: "李强", Step.CHECKED: "赵静"},
            counts=(("declared", 120), ("prepared", 121), ("scanned", 121)),
            pages_differ=not released,
            released=released,
            sent_back=1,
            labels=known.labels,
            recipient="扫描队列",
            set=members,
            timeline=self._timeline(volume),
            discrepancies=(),
            guarded_by=self.guarded.get(volume, ""),
            lifting=self.lifting[volume].asked_by if volume in self.lifting else "",
        )

    def stations(self) -> Sequence[StationView]:
        now = self.now()
        return (
            StationView(
                id=StationId("cab-1"),
                kind=StationKind.CABINET,
                name="立案大厅云柜",
                online=True,
                since=now - 5 * HOUR,
                room_days=61.0,
                free=31,
                of=48,
                open=1,
                holds=19,
            ),
            StationView(
                id=StationId("sta-1"),
                kind=StationKind.STATION,
                name="一号工作台",
                online=False,
                since=now - 37 * MINUTE,
                waiting=37,
                oldest_waiting=now - 35 * MINUTE,
                room_days=6.0,
                holds=14,
            ),
        )

    def cabinet(self, station: StationId, *, roles: Collection[Role]) -> CabinetView | None:
        found = next((one for one in self.stations() if one.id == station), None)
        if found is None:
            return None
        lying = tuple(
            Lying(
                volume=volume,
                title=self._title(key),
                part=key.part,
                recipient="扫描队列",
                since=self.now() - 3 * HOUR,
                opened=Opened(person="李强", time=self.now() - HOUR) if key.number == 2 else None,
            )
            for key, volume in self._visible(roles)
        )
        if found.kind is StationKind.STATION:
            return CabinetView(station=found, compartments=(), contents=lying[:9])
        compartments = []
        for n in range(48):
            place = PlaceId(f"cab-1.{n + 1:02d}")
            door = self.doors.get(place, {11: DoorState.OPEN, 30: DoorState.UNKNOWN}.get(n, DoorState.CLOSED))
            contents = lying[n // 3 : n // 3 + 1 + n % 2] if n % 3 == 0 else ()
            compartments.append(
                CompartmentView(
                    place=place,
                    number=f"{n + 1:02d}",
                    size="S" if n % 8 < 6 else "L",
                    row=n % 8,
                    column=n // 8,
                    door=door,
                    since=self.now() - (n + 3) * MINUTE,
                    blocked=n == 20,
                    contents=contents,
                )
            )
        return CabinetView(station=found, compartments=tuple(compartments))

    def queue(self, *, roles: Collection[Role]) -> Sequence[QueueRow]:
        steps = list(Step)
        return tuple(
            QueueRow(
                position=n + 1,
                volume=volume,
                title=self._title(key),
                part=key.part,
                next=steps[n % 8],
                where=self._where(volume),
                waiting_since=self.now() - (40 - n) * HOUR,
                why=(("rank.sent_back", {"n": 1}), ("rank.waiting", {"hours": 40 - n}))
                if n < 2
                else (("rank.waiting", {"hours": 40 - n}),),
                sent_back=1 if n < 2 else 0,
            )
            for n, (key, volume) in enumerate(self._visible(roles))
        )

    def discrepancies(self, *, resolved: bool) -> Sequence[Discrepancy]:
        kinds = ("not_there", "not_the_holder", "four_eyes")
        found = [
            Discrepancy(
                id=f"{kind}.v-000{n}.cab-1.aa.{n}",
                kind=kind,
                volume=VolumeId(f"v-000{n}"),
                title=f"（2026）辽0802民初123号 正卷 {n + 1}/3",
                fields={"person": "王敏", "place": "立案大厅云柜 07 号格", "step": "checked"},
                entry=EventId(f"cab-1.aa.{n}"),
                against=EventId(f"cab-1.aa.{n + 9}"),
                time=self.now() - (n + 1) * 47 * MINUTE,
            )
            for n, kind in enumerate(kinds)
        ]
        done = [
            replace(one, resolved=self.now(), decision=self.settled[one.id], person="王敏")
            for one in found
            if one.id in self.settled
        ]
        return done if resolved else [one for one in found if one.id not in self.settled]

    def open_discrepancies(self) -> int:
        return len(self.discrepancies(resolved=False))

    def incidents(self) -> Sequence[Incident]:
        return (Incident(station="cab-9", code="unknown_station", first=self.now() - HOUR, latest=self.now(), times=3),)

    def papers(self) -> Sequence[PapersView]:
        listed = (PaperKind.PLEADING, PaperKind.EVIDENCE, PaperKind.EVIDENCE)
        left = PapersView(
            receipt="7F3A 19C2",
            recipient="王敏",
            for_a_party=False,
            place="立案大厅云柜 03",
            papers=listed,
            state=PapersState.WAITING,
            at=self.now() - HOUR,
            phone=None if "pv-7f3a19c2" in self.erased else "13900000000",
            value="pv-7f3a19c2",
            code=None,
        )
        return (left, replace(left, receipt="8B20 44D1", for_a_party=True, papers=listed[:1], code="1234 5678"))

    def arrangements(self) -> ArrangementsView:
        return ArrangementsView(
            teams=tuple(self.teams),
            codes=tuple(self.codes),
            pins=tuple(self.pins),
            guarded=tuple(
                GuardedView(
                    volume=one, title=one, by=by, lifting=self.lifting[one].asked_by if one in self.lifting else ""
                )
                for one, by in self.guarded.items()
            ),
            compartments={"cab-1.01": "立案大厅云柜 01"},
            recipients={one.id: one.name for one in self.persons},
        )

    def policy(self, *, roles: Collection[Role]) -> PolicyView:
        rules = (
            RuleView(
                rule=PolicyRule.GRANTS_DAYS, value=self.days, least=1, most=30, since=self.now() - HOUR, by="陈刚"
            ),
            RuleView(rule=PolicyRule.OVERDUE_DAYS, value=0, least=0, most=365),
        )
        late = OverdueView(
            volume=VolumeId("v-0000"),
            title="（2026）辽0802民初123号 正卷 1/2",
            place=PlaceId("cab-1.03"),
            station="cab-1",
            where="立案大厅云柜 03",
            recipient="王敏",
            since=self.now() - 9 * 24 * HOUR,
        )
        return PolicyView(
            rules=rules,
            closures=tuple(self.closures),
            stations=(
                AloneView(id=PlaceId("cab-1"), name="立案大厅云柜", until=self.now() + 7 * 24 * HOUR),
                AloneView(id=PlaceId("sta-1"), name="扫描工作台", until=None),
            ),
            overdue=(late,),
            history=(
                PastDecision(
                    time=self.now() - HOUR,
                    by="陈刚",
                    key="policy.past.decided",
                    fields={"rule": "grants_days", "value": 10, "before": 7},
                ),
                PastDecision(
                    time=self.now() - 2 * HOUR,
                    by="陈刚",
                    key="policy.past.announced",
                    fields={"first": "2026-02-16", "last": "2026-02-23"},
                ),
            ),
        )

    def places(self) -> Mapping[str, str]:
        return {"cab-1.01": "立案大厅云柜 01", "shelf-a1": "A1 架"}

    def account_history(self) -> Sequence[AccountChange]:
        return (
            AccountChange(
                entry=EventId("hub.aa.2"),
                time=self.now() - HOUR,
                kind="invited",
                user="manager",
                person="周静",
                by="王敏",
            ),
            AccountChange(
                entry=EventId("hub.aa.1"),
                time=self.now() - 9 * HOUR,
                kind="opened",
                user="manager",
                person="周静",
                at_machine=True,
                roles=("manager",),
            ),
        )

    def people(self) -> Sequence[PersonView]:
        return tuple(self.persons)

    def entry(self, entry: str, *, roles: Collection[Role]) -> EntryProof | None:
        if not entry.startswith("cab-1."):
            return None
        line = (
            f'{{"specversion":"1.0","id":"{entry}","source":"/yungui/yingkou/cab-1","type":"yungui.volume.deposited"}}'
        )
        return EntryProof(id=EventId(entry), line=line, head="yg1 events …", leaf="ab" * 32, link="cd" * 32)

    def command(self, command: str) -> CommandView | None:
        return self.commands.get(command)

    def known_rows(self) -> Mapping[VolumeKey, KnownRow]:
        return dict(self.kept)

    def recipients(self) -> Mapping[str, Sequence[str]]:
        return {"扫描": ("queue:scanning",), **{one.name: (one.id,) for one in self.persons}}

    def labels(self, *, roles: Collection[Role]) -> Sequence[LabelRow]:
        return [
            LabelRow(
                volume=volume,
                label=self.kept[key].labels[0],
                case=key.case,
                part=key.part,
                number=key.number,
                of=self.kept[key].of,
            )
            for key, volume in self._visible(roles)
        ]

    def export(self) -> Iterator[bytes]:
        yield b'{"record":"export","format":1}\n'
        yield b'{"record":"end","events":0,"heads":0}\n'

    def checkpoint(self) -> str | None:
        return "yungui/yk0802\n7\nroot\nlog c0ffee\ntime x\n\n\u2014 yungui/yk0802 signature\n"

    def corrections(self, *, roles: Collection[Role]) -> Sequence[Correction]:
        return tuple(self.asked)

    def liftings(self, *, roles: Collection[Role]) -> Sequence[LiftingView]:
        return tuple(self.lifting.values())

    # --- acts -------------------------------------------------------------------------------------------------------

    def register(self, rows: Sequence[VolumeRow], *, by: PersonId) -> Mapping[VolumeKey, VolumeId]:
        for row in rows:
            serial = len(self.rows)
            label = row.label or make_label(LabelKind.VOLUME, serial).text
            self.rows[row.key] = VolumeId(f"v-{serial:04d}")
            self.kept[row.key] = KnownRow(of=row.of, pages=row.pages, labels=(label,))
        return self._did("register", {row.key: self.rows[row.key] for row in rows})

    def release(self, volume: VolumeId, *, by: PersonId, reason: str) -> Refused | None:
        self._did("release", volume, reason, by)
        return None

    def resolve(self, discrepancy: str, *, by: PersonId, decision: str) -> Refused | None:
        self.settled[discrepancy] = decision
        self._did("resolve", discrepancy, decision, by)
        return None

    def add_person(self, *, name: str, roles: Collection[Role], badge: str | None, by: PersonId) -> PersonId | Refused:
        person = PersonId(f"p-{len(self.persons)}")
        self.persons.append(PersonView(id=person, name=name, roles=frozenset(roles), badge=badge is not None))
        return self._did("person", person)

    def open_compartment(self, station: StationId, place: PlaceId, *, by: PersonId, reason: str) -> str | Refused:
        if station != "cab-1":
            return Refused("command.station_offline", {"name": "一号工作台"})
        command = f"c-{len(self.commands)}"
        number = place.split(".")[-1]
        now = self.now()
        self.commands[command] = CommandView(
            id=command,
            station=station,
            place=place,
            number=number,
            person="管理员",
            reason=reason,
            sent=now,
            expires=now + 10_000,
        )
        return self._did("open", command)

    def correct(
        self,
        volume: VolumeId,
        *,
        entry: str,
        reason: CorrectionReason,
        place: PlaceId | None,
        holder: PersonId | None,
        by: PersonId,
    ) -> str | Refused | None:
        made = Correction(
            id="k-1",
            volume=volume,
            entry=entry,
            reason=reason,
            place=place,
            holder=holder,
            asked_by="王敏",
            asked_at=self.now(),
            title="（2026）辽0802民初123号 正卷 1/2",
            to="A1 架",
        )
        self.asked.append(made)
        return self._did("correct", "k-1", volume, entry, reason, place, holder, by)

    def confirm_correction(self, correction: str, *, by: PersonId) -> Refused | None:
        self._did("confirm", correction, by)
        self.asked = [one for one in self.asked if one.id != correction]
        return None

    def decline_correction(self, correction: str, *, by: PersonId) -> Refused | None:
        self._did("decline", correction, by)
        return None

    def close_period(self, until: int, *, by: PersonId) -> Refused | None:
        self._did("close", until, by)
        return None

    def arrange(self, order: Order, *, by: PersonId) -> Code | Pin | Refused | str | None:
        self._did("arrange", order, by)
        match order:
            case NewTeam(name=name):
                self.teams.append(TeamView(id=f"team:{len(self.teams)}", name=name))
                return self.teams[-1].id
            case IssueCode():
                who = next((one.name for one in self.persons if one.id == order.person), "")
                made = CodeView(
                    id=f"c-{len(self.codes)}",
                    person=who,
                    volumes=tuple(order.volumes),
                    since=order.since,
                    until=order.until,
                    uses=order.uses,
                    used=0,
                )
                self.codes.append(made)
                return Code(code=made.id, digits="20461357")
            case GivePin(person=person):
                who = next((one.name for one in self.persons if one.id == person), "")
                self.pins.append(PinView(person=person, name=who, by="陈刚"))
                return Pin(digits="731904")
            case Guard(volume=volume):
                self.guarded[volume] = self._name_of(by)
                return None
            case Unguard(volume=volume, reason=reason):
                self.lifting[volume] = LiftingView(
                    volume=volume,
                    title="（2026）辽0802民初123号 正卷 1/3",
                    guarded_by=self.guarded.get(volume, ""),
                    reason=reason,
                    asked_by=self._name_of(by),
                    asked_at=self.now(),
                )
                return None
            case Lift(volume=volume):
                self.lifting.pop(volume, None)
                self.guarded.pop(volume, None)
                return None
            case EndPin(person=person):
                self.pins = [one for one in self.pins if one.person != person]
                return None
            case _:
                return None

    def decide(self, decision: Decision, *, by: PersonId) -> Refused | None:
        self._did("decide", decision, by)
        match decision:
            case Decide(value=value):
                if value > 30:
                    return Refused("policy.out_of_limits", {"least": 1, "most": 30})
                self.days = value
            case Announce(first=first, last=last):
                length = (last - first).days + 1
                self.closures.append(ClosureView(first=first, last=last, days=length, by="陈刚", over=False))
            case Withdraw(first=first):
                self.closures = [one for one in self.closures if one.first != first]
        return None

    def erase_private(self, value: str, *, by: PersonId) -> Refused | None:
        self._did("erase_private", value, by)
        self.erased.add(value)
        return None

    def erase_person(self, person: PersonId, *, by: PersonId) -> Refused | None:
        self._did("erase", person, by)
        return None

    # --- the stations' door -----------------------------------------------------------------------------------------

    def authority_certificate(self) -> bytes:
        return b"-----BEGIN CERTIFICATE-----\n"

    def enrol(self, message: bytes) -> Answer | Refused:
        return Answer(certificate=b"", authority=b"", settings={})

    def renew(self, message: bytes) -> Reply | Refused:
        return Reply(certificate=b"", authority=b"")

    def rotate(self, message: bytes) -> Rotated | Refused:
        return Rotated(public_key="")

    def invite_here(
        self, station: StationId, *, kind: StationKind, name: str, court_staffed: bool, floor: int | None = None
    ) -> Invitation | Refused:
        invited = Invitation(host="hub.court", port=8443, station=station, authority=bytes(32), code=bytes(CODE_BYTES))
        return self._did("invite", invited)

    def revoke(self, station: StationId, *, by: PersonId, reason: str) -> Refused | None:
        self._did("revoke", station, reason, by)
        return None

    def answer(self, command: str, outcome: str) -> None:
        """The cabinet's answer arrives."""
        one = self.commands[command]
        self.commands[command] = replace(one, outcome=outcome, answered=self.now())
        if outcome == "opened":
            self.doors[one.place] = DoorState.OPEN
        self._did("answered", command)

    def subscribe(self, changed: Callable[[], None]) -> Callable[[], None]:
        self.listeners.add(changed)
        return lambda: self.listeners.discard(changed)

    # --- inside -----------------------------------------------------------------------------------------------------

    def _did(self, what: str, result: Made, *more: object) -> Made:
        self.done.append((what, result, *more))
        for listener in tuple(self.listeners):
            listener()
        return result

    def _name_of(self, identity: PersonId) -> str:
        return next((one.name for one in self.persons if one.id == identity), identity)

    def _title(self, key: VolumeKey) -> str:
        return f"{key.case} {'正卷' if key.part is Part.MAIN else '副卷'} {key.number}/{self.kept[key].of}"

    def _visible(self, roles: Collection[Role]) -> list[tuple[VolumeKey, VolumeId]]:
        return [(key, volume) for key, volume in self.rows.items() if may_see_part(roles, key.part)]

    def _where(self, volume: VolumeId) -> Where:
        now = self.now()
        match int(volume.removeprefix("v-")) % 5:
            case 0:
                return Where(
                    kind=WhereKind.PLACE,
                    name="立案大厅云柜 07 号格",
                    place=PlaceId("cab-1.07"),
                    station=StationId("cab-1"),
                    on_behalf="扫描队列",
                    grade=Grade.SCANNED,
                    since=now - 3 * HOUR,
                    unwatched=((now - 2 * HOUR, now - 2 * HOUR + 2 * MINUTE),),
                    opened=Opened(person="李强", time=now - HOUR),
                )
            case 1:
                return Where(
                    kind=WhereKind.PERSON, name="王敏", on_behalf="扫描队列", grade=Grade.STATED, since=now - 26 * HOUR
                )
            case 2:
                claims = (self._where(VolumeId("v-0000")), self._where(VolumeId("v-0001")))
                return Where(kind=WhereKind.DISPUTED, since=now - HOUR, claims=claims)
            case 3:
                return Where(
                    kind=WhereKind.PLACE,
                    name="一号工作台",
                    place=PlaceId("sta-1"),
                    station=StationId("sta-1"),
                    grade=Grade.SCANNED,
                    since=now - 9 * MINUTE,
                )
            case _:
                return Where(kind=WhereKind.UNACCOUNTED)

    def _timeline(self, volume: VolumeId) -> tuple[Happening, ...]:
        kinds: tuple[tuple[str, dict[str, str | int], Grade | None, bool], ...] = (
            ("happened.archive.step_finished", {"step": "reviewed"}, Grade.SCANNED, False),
            ("happened.volume.received", {}, Grade.SCANNED, False),
            ("happened.volume.collected", {}, Grade.STATED, False),
            ("happened.door.closed", {}, Grade.SENSED, False),
            ("happened.volume.deposited", {"recipient": "扫描队列"}, Grade.SCANNED, False),
            ("happened.volume.registered", {}, None, False),
        )
        numbers = itertools.count(len(kinds), -1)
        return tuple(
            Happening(
                entry=EventId(f"cab-1.aa.{next(numbers)}"),
                key=key,
                fields=fields,
                grade=grade,
                time=self.now() - (n + 1) * 7 * HOUR,
                earliest=self.now() - (n + 1) * 7 * HOUR - 900,
                latest=self.now() - (n + 1) * 7 * HOUR + 1200,
                synchronised=n != 2,
                place="立案大厅云柜 07 号格",
                person="王敏",
                trouble=trouble,
                moves=grade is not None,
            )
            for n, (key, fields, grade, trouble) in enumerate(kinds)
        )


def _person(identity: str, name: str, role: Role, *, user: str | None) -> PersonView:
    return PersonView(id=PersonId(identity), name=name, roles=frozenset({role}), badge=True, holds=1, user=user)


_SINCE = 1_780_000_000_000


def pretend_accounts(now: Callable[[], int], *, folder: Path | None = None) -> Accounts:
    """Accounts on SQLite, one for each role, all with the same password."""
    place = folder or Path(tempfile.mkdtemp())
    engine = create_engine(f"sqlite:///{place / 'accounts.sqlite'}")
    names = [str(one.__tablename__) for one in (AccountRow, GuessRow, LoginRow)]
    SQLModel.metadata.create_all(engine, tables=[SQLModel.metadata.tables[name] for name in names])

    @contextmanager
    def opened() -> Iterator[Session]:
        with Session(engine, expire_on_commit=False) as session, session.begin():
            yield session

    @contextmanager
    def act() -> Iterator[Act]:
        with opened() as session:
            yield Act(session)

    return Accounts(court=COURT, read=opened, act=act, clock=now)


@cache
def _everybody() -> bytes:
    """The accounts of every role, made once: a password is meant to take its time."""
    with tempfile.TemporaryDirectory() as folder:
        office = PretendOffice(lambda: _SINCE)
        accounts = pretend_accounts(lambda: _SINCE, folder=Path(folder))
        for role in Role:
            person = next(one for one in office.persons if role in one.roles)
            refused = accounts.create(
                user=role, password=PASSWORD, person=person.id, name=person.name, roles=[role], by=SHELL
            )
            assert refused is None
        return (Path(folder) / "accounts.sqlite").read_bytes()


def pretend_parts(
    now: Callable[[], int], *, folder: Path | None = None, secure: bool = False
) -> tuple[Parts, PretendOffice]:
    """Everything the face is built on. User names are the roles."""
    office = PretendOffice(now)
    place = folder or Path(tempfile.mkdtemp())
    (place / "accounts.sqlite").write_bytes(_everybody())
    accounts = pretend_accounts(now, folder=place)
    parts = Parts(
        court=COURT,
        court_name="营口市站前区人民法院",
        queries=office,
        acts=office,
        feed=office,
        accounts=accounts,
        door=office,
        clock=now,
        secure=secure,
    )
    return parts, office
