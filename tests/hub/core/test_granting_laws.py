"""Whatever the register holds: what a station is told, and what it never is."""

from hypothesis import given
from hypothesis import strategies as st

from custody import wire
from custody.archiving import SCANNING_QUEUE, Progress
from custody.events import Part, PlaceKind, Step
from custody.grants import Grants, Role
from custody.holding import Holding, Unaccounted
from custody.identifiers import PlaceId, VolumeId
from hub.core.granting import Badge, Expiry, Registered, Shown, grants_for
from tests.hub.core.samples import WANG, held, lying

DAY = 24 * 3_600_000
NOW = st.integers(0, 120).map(lambda day: day * DAY)
PROGRESS = st.sampled_from([Progress(), *(Progress(done=step) for step in Step)])
HOLDINGS: st.SearchStrategy[Holding] = st.one_of(
    st.sampled_from([SCANNING_QUEUE, "wang", None]).flatmap(
        lambda recipient: st.integers(0, 60).map(lambda day: lying(recipient, time=day * DAY))
    ),
    st.sampled_from([held(), held("wang"), Unaccounted()]),
)


@st.composite
def registers(draw: st.DrawFn) -> list[Registered]:
    return [
        Registered(
            volume=VolumeId(f"v-{number}"),
            title=f"title {number}.",
            part=draw(st.sampled_from(Part)),
            recipient=None,
            labels=(f"label-{number}.",),
            holding=draw(HOLDINGS),
            progress=draw(PROGRESS),
        )
        for number in range(draw(st.integers(0, 12)))
    ]


def granted(register: list[Registered], *, staffed: bool, now: int) -> Grants:
    return grants_for(
        Expiry(hub_epoch="h", version=1, issued=now, expires=now + 1),
        badge_key="ab" * 32,
        upto=("e1", 1),
        court_staffed=staffed,
        people=[Badge(person=WANG, name="王敏", roles=frozenset({Role.STAFF}), text="badge-text")],
        volumes=register,
        places=[Shown(place=PlaceId("shelf"), kind=PlaceKind.SHELF, name="A", label=None)],
        names={},
    )


@given(registers(), NOW)
def test_a_contractors_station_never_hears_of_confidential_volumes(register: list[Registered], now: int) -> None:
    grants = granted(register, staffed=False, now=now)
    written = wire.encode(grants).decode()

    for one in register:
        if one.part is Part.CONFIDENTIAL:
            assert one.volume not in {known.id for known in grants.volumes}
            assert one.title not in written
            assert one.labels[0] not in written


@given(registers(), NOW)
def test_a_contractors_station_hears_of_everything_else_that_staff_hear(register: list[Registered], now: int) -> None:
    staff, contractor = granted(register, staffed=True, now=now), granted(register, staffed=False, now=now)

    assert contractor.volumes == tuple(one for one in staff.volumes if one.part is Part.MAIN)


@given(registers(), NOW)
def test_what_is_not_shelved_is_never_forgotten(register: list[Registered], now: int) -> None:
    told = {one.id for one in granted(register, staffed=True, now=now).volumes}

    assert {one.volume for one in register if one.progress.done is not Step.SHELVED} <= told


@given(registers())
def test_no_grants_carry_what_a_badge_reads_as(register: list[Registered]) -> None:
    assert "badge-text" not in wire.encode(granted(register, staffed=True, now=0)).decode()
