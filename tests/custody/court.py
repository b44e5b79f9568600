"""A small court for tests: people, volumes, a cabinet of four compartments, a station, a shelf."""

from collections.abc import Iterable
from dataclasses import replace

from custody.archiving import SCANNING_QUEUE, Progress
from custody.entries import Clock, Entry
from custody.events import Fact, Part, PlaceKind, StationKind, Step
from custody.grants import Grants, KnownPlace, KnownVolume, Person, Role, badge_digest
from custody.identifiers import CourtId, LabelKind, PersonId, PlaceId, StationId, VolumeId, make_label
from custody.knowledge import View
from custody.messages import Compartment, DoorState

COURT = CourtId("yk")
CABINET, STATION, HUB = StationId("cab-1"), StationId("sta-1"), StationId("hub-1")
EPOCH = "0f1e2d3c4b5a6978"
KEY = "00112233445566778899aabbccddeeff"
NOW = 1_790_000_000_000
DAY = 86_400_000

PLACES = tuple(PlaceId(f"cab-1.0{number}") for number in range(1, 5))
FIRST, SECOND, THIRD, FOURTH = PLACES
DESK, SHELF, TROLLEY = PlaceId(STATION), PlaceId("shelf-a1"), PlaceId("trolley-1")
SHELF_LABEL = make_label(LabelKind.PLACE, 1).text
TROLLEY_LABEL = make_label(LabelKind.PLACE, 3).text
BADGE_LABEL = make_label(LabelKind.BADGE, 1).text

JUDGE, CLERK, PORTER, SCANNER, MANAGER, ADMINISTRATOR = (
    PersonId(one) for one in ("judge", "clerk", "porter", "scanner", "manager", "admin")
)
ROLES = {
    JUDGE: Role.STAFF,
    CLERK: Role.STAFF,
    PORTER: Role.OPERATOR,
    SCANNER: Role.OPERATOR,
    MANAGER: Role.MANAGER,
    ADMINISTRATOR: Role.ADMINISTRATOR,
}
PEOPLE = {
    who: Person(id=who, name=f"name of {who}", roles=frozenset({role}), badge=badge_digest(f"badge {who}", key=KEY))
    for who, role in ROLES.items()
}

VOLUME, OTHER, SECRET, JUDGES = (VolumeId(one) for one in ("vol-1", "vol-2", "vol-secret", "vol-judge"))
LABELS = {
    volume: make_label(LabelKind.VOLUME, serial).text
    for serial, volume in enumerate((VOLUME, OTHER, SECRET, JUDGES), start=10)
}
RETIRED_LABEL = make_label(LabelKind.VOLUME, 99).text
STRANGE_LABEL = make_label(LabelKind.VOLUME, 1000).text
WRONG_LABEL = LABELS[VOLUME][:-1] + ("0" if LABELS[VOLUME][-1] != "0" else "1")

VOLUMES = {
    one.id: one
    for one in (
        KnownVolume(
            id=VOLUME,
            labels=(LABELS[VOLUME], RETIRED_LABEL),
            title="（2026）辽0802民初1号 正卷 1/2",
            part=Part.MAIN,
            recipient=SCANNING_QUEUE,
        ),
        KnownVolume(
            id=OTHER,
            labels=(LABELS[OTHER],),
            title="（2026）辽0802民初1号 正卷 2/2",
            part=Part.MAIN,
            recipient=SCANNING_QUEUE,
        ),
        KnownVolume(
            id=SECRET,
            labels=(LABELS[SECRET],),
            title="（2026）辽0802民初1号 副卷 1/1",
            part=Part.CONFIDENTIAL,
            recipient=SCANNING_QUEUE,
        ),
        KnownVolume(
            id=JUDGES,
            labels=(LABELS[JUDGES],),
            title="（2026）辽0802民初2号 正卷 1/1",
            part=Part.MAIN,
            recipient=JUDGE,
        ),
    )
}

GRANTS = Grants(
    hub_epoch="a1",
    version=3,
    issued=NOW - DAY,
    expires=NOW + DAY,
    badge_key=KEY,
    upto=(EPOCH, 0),
    people=tuple(PEOPLE.values()),
    volumes=tuple(VOLUMES.values()),
    places=(
        KnownPlace(id=SHELF, kind=PlaceKind.SHELF, name="A1 架", label=SHELF_LABEL),
        KnownPlace(id=TROLLEY, kind=PlaceKind.TROLLEY, name="1 号推车", label=TROLLEY_LABEL),
        *(KnownPlace(id=one, kind=PlaceKind.COMPARTMENT, name=f"一号柜 {one[-2:]}") for one in PLACES),
        KnownPlace(id=DESK, kind=PlaceKind.STATION, name="加工区", label=make_label(LabelKind.PLACE, 2).text),
    ),
    names={SCANNING_QUEUE: "扫描室"},
)


def compartments(**doors: DoorState) -> dict[PlaceId, Compartment]:
    """Four shut compartments; ``c02=DoorState.OPEN`` says otherwise of one."""
    return {
        place: Compartment(
            place=place,
            number=place[-2:],
            size="M",
            row=row,
            column=0,
            door=doors.get(f"c{place[-2:]}", DoorState.CLOSED),
        )
        for row, place in enumerate(PLACES)
    }


def cabinet(
    *volumes: KnownVolume, doors: dict[PlaceId, Compartment] | None = None, new_id: str = "act-1", now: int = NOW
) -> View:
    """What the cabinet knows; ``volumes`` stand in for those of the same id."""
    return View(
        kind=StationKind.CABINET,
        place=PlaceId(CABINET),
        now=now,
        new_id=new_id,
        epoch=EPOCH,
        grants=GRANTS,
        volumes=known(*volumes),
        compartments=compartments() if doors is None else doors,
    )


def station(*volumes: KnownVolume) -> View:
    """What the station knows."""
    return View(kind=StationKind.STATION, place=DESK, now=NOW, new_id="act-1", grants=GRANTS, volumes=known(*volumes))


def known(*volumes: KnownVolume) -> dict[VolumeId, KnownVolume]:
    return {**VOLUMES, **{one.id: one for one in volumes}}


def lying(volume: VolumeId, place: PlaceId, recipient: str | None = SCANNING_QUEUE) -> KnownVolume:
    return replace(VOLUMES[volume], place=place, lying_for=recipient)


def held(volume: VolumeId, person: PersonId, held_for: str | None = None) -> KnownVolume:
    return replace(VOLUMES[volume], holder=person, held_for=held_for, since=NOW - 5)


def at_step(volume: VolumeId, done: Step, by: PersonId = SCANNER, pages: int | None = None) -> KnownVolume:
    """A volume at the station whose steps up to ``done`` were all done by one person."""
    finished = tuple(Step)[: tuple(Step).index(done) + 1]
    counted = () if pages is None else tuple(one for one in finished if one in (Step.PREPARED, Step.SCANNED))
    progress = Progress(done=done, counts=dict.fromkeys(counted, pages or 0), by=dict.fromkeys(finished, by))
    return replace(VOLUMES[volume], place=DESK, progress=progress)


def chain(
    facts: Iterable[Fact], station: StationId = CABINET, *, epoch: str = EPOCH, start: int = NOW, boot: str = "b1"
) -> list[Entry]:
    """The facts as a chain of one station, a second apart."""
    return [
        Entry(
            court=COURT,
            station=station,
            epoch=epoch,
            sequence=sequence,
            boot=boot,
            uptime=sequence * 1000,
            time=start + sequence * 1000,
            clock=Clock.SYNCHRONISED,
            fact=fact,
        )
        for sequence, fact in enumerate(facts, start=1)
    ]
