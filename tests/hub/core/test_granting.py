"""A station is told what it needs to decide alone, and no more."""

from dataclasses import replace

from custody.archiving import Progress
from custody.events import Part, PlaceKind, Step
from custody.grants import Delegation, Grants, KnownCabinet, Role, badge_digest
from custody.holding import AtPlace, Disputed, Holding, Unaccounted
from custody.identifiers import PlaceId, StationId
from hub.core.granting import (
    KEPT_AFTER_SHELVING,
    Badge,
    Expiry,
    Registered,
    Roomy,
    Shown,
    grants_for,
    known_volume,
    nearest_first,
)
from tests.hub.core.samples import LI, P7, V1, V2, WANG, held, lying

KEY = "ab" * 32
NOW = KEPT_AFTER_SHELVING + 5000
EXPIRY = Expiry(hub_epoch="h1", version=3, issued=NOW, expires=NOW + 9)
MAIN = Registered(
    volume=V1,
    title="（2026）辽0802民初123号 正卷 1/2",
    part=Part.MAIN,
    recipient="queue:scanning",
    labels=("V1", "V0"),
    holding=lying(),
    progress=Progress(),
)
SECRET = replace(MAIN, volume=V2, part=Part.CONFIDENTIAL)


def granted(*volumes: Registered, staffed: bool = True) -> Grants:
    return grants_for(
        EXPIRY,
        badge_key=KEY,
        upto=("e1", 7),
        court_staffed=staffed,
        people=[
            Badge(person=WANG, name="王敏", roles=frozenset({Role.STAFF}), text="B-1"),
            Badge(person=LI, name="李强", roles=frozenset({Role.OPERATOR}), text=None),
        ],
        volumes=volumes,
        places=[Shown(place=PlaceId("shelf-a1"), kind=PlaceKind.SHELF, name="A1", label="P1")],
        names={"queue:scanning": "扫描队列"},
    )


def test_the_frame_is_as_it_was_asked_for() -> None:
    grants = granted()

    assert (grants.hub_epoch, grants.version, grants.issued, grants.expires) == ("h1", 3, NOW, NOW + 9)
    assert (grants.upto, grants.badge_key) == (("e1", 7), KEY)
    assert [(one.id, one.label) for one in grants.places] == [("shelf-a1", "P1")]


def test_delegations_that_still_hold_and_room_elsewhere_are_told() -> None:
    roomy = KnownCabinet(name="二号柜", free={"M": 3})
    holds, ended = (Delegation(person=WANG, delegate=LI, until=NOW + more) for more in (1, 0))
    grants = grants_for(
        EXPIRY,
        badge_key=KEY,
        upto=("", 0),
        court_staffed=True,
        people=(),
        volumes=(),
        places=(),
        names={},
        delegations=(holds, ended),
        elsewhere=(roomy,),
    )

    assert (grants.delegations, grants.elsewhere) == ((holds,), (roomy,))


def test_the_nearest_other_cabinet_comes_first_then_the_one_with_most_room() -> None:
    def roomy(station: str, floor: int | None, free: int) -> Roomy:
        return Roomy(station=StationId(station), name=station, floor=floor, free={"M": free})

    cabinets = [
        roomy("own", 2, 9),
        roomy("far", 9, 9),
        roomy("unknown", None, 9),
        roomy("up", 3, 1),
        roomy("down", 1, 2),
    ]

    def told(floor: int | None) -> list[str]:
        return [one.name for one in nearest_first(cabinets, station=StationId("own"), floor=floor)]

    assert told(2) == ["down", "up", "far", "unknown"]
    assert told(None) == ["far", "unknown", "down", "up"]


def test_a_badge_is_known_only_by_the_stations_own_digest() -> None:
    wang, li = granted().people

    assert (wang.badge, li.badge) == (badge_digest("B-1", key=KEY), None)
    assert "B-1" not in str(granted())


def test_confidential_volumes_exist_only_where_court_staff_work() -> None:
    assert [one.id for one in granted(MAIN, SECRET, staffed=True).volumes] == [V1, V2]
    assert [one.id for one in granted(MAIN, SECRET, staffed=False).volumes] == [V1]


def test_what_was_shelved_long_ago_is_no_longer_told() -> None:
    shelved = replace(MAIN, progress=Progress(done=Step.SHELVED))

    assert granted(replace(shelved, holding=lying(None, time=4999))).volumes == ()
    assert len(granted(replace(shelved, holding=lying(None, time=5000))).volumes) == 1
    assert len(granted(replace(shelved, holding=held())).volumes) == 1


def where(holding: Holding) -> tuple[object, ...]:
    one = known_volume(replace(MAIN, holding=holding))
    return (one.place, one.lying_for, one.holder, one.held_for, one.since)


def test_each_holding_is_told_as_stations_know_it() -> None:
    disputed = Disputed(claims=(lying(), held()))

    assert where(lying()) == (P7, "queue:scanning", None, None, 1000)
    assert where(held("wang")) == (None, None, LI, "wang", 1000)
    assert where(disputed) == where(Unaccounted()) == (None, None, None, None, 0)
    assert isinstance(MAIN.holding, AtPlace)
