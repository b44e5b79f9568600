"""Who may do what until when."""

from dataclasses import replace

import pytest

from custody.archiving import SCANNING_QUEUE
from custody.events import Part
from custody.grants import Role, badge_digest, may_see, may_take, newer, stale, unproven, waits_for
from custody.identifiers import PersonId
from tests.custody.court import CLERK, FIRST, GRANTS, JUDGE, KEY, MANAGER, PEOPLE, PORTER, VOLUME, VOLUMES, lying


@pytest.mark.parametrize("role", Role)
def test_confidential_volumes_are_for_the_courts_own_staff(role: Role) -> None:
    person = replace(PEOPLE[CLERK], roles=frozenset({role}))

    assert may_see(person, Part.CONFIDENTIAL) is (role in (Role.STAFF, Role.ADMINISTRATOR))
    assert may_see(person, Part.MAIN) is (role in (Role.STAFF, Role.ADMINISTRATOR, Role.OPERATOR))


@pytest.mark.parametrize("part", Part)
@pytest.mark.parametrize("recipient", [None, SCANNING_QUEUE, JUDGE, CLERK])
@pytest.mark.parametrize("who", [JUDGE, CLERK, PORTER, MANAGER])
def test_a_volume_goes_to_whom_it_waits_for_only(who: PersonId, recipient: str | None, part: Part) -> None:
    person = PEOPLE[who]
    staff = bool(person.roles & {Role.STAFF, Role.ADMINISTRATOR})

    may = may_take(person, part, recipient)

    assert not may or may_see(person, part)
    if may_see(person, part):
        assert may is (recipient in (SCANNING_QUEUE, who) or (recipient is None and staff))


def test_a_volume_waits_for_whom_it_was_deposited_else_for_whom_the_case_proposes() -> None:
    assert waits_for(lying(VOLUME, FIRST, JUDGE)) == JUDGE
    assert waits_for(lying(VOLUME, FIRST, None)) == SCANNING_QUEUE
    assert waits_for(replace(VOLUMES[VOLUME], recipient=None)) is None


def test_older_grants_never_replace_newer_ones() -> None:
    next_version = replace(GRANTS, version=GRANTS.version + 1)
    other_epoch = replace(GRANTS, hub_epoch="b2", version=1)

    assert newer(GRANTS, None)
    assert newer(next_version, GRANTS)
    assert not newer(GRANTS, GRANTS)
    assert not newer(GRANTS, next_version)
    assert not newer(other_epoch, GRANTS)
    assert newer(replace(other_epoch, issued=GRANTS.issued + 1), GRANTS)


def test_another_hub_epoch_takes_the_roots_word_and_there_is_no_way_back() -> None:
    """However late its hub says it is."""
    old = replace(GRANTS, hub_epoch="a", issued=GRANTS.issued)
    new = replace(GRANTS, hub_epoch="b", version=1, issued=GRANTS.issued - 1)
    late = replace(old, version=99, issued=GRANTS.issued + 1)

    assert not newer(replace(new, issued=GRANTS.issued + 1), old, hub_epoch="a")
    assert newer(new, old, hub_epoch="b", left={"a"})
    assert not newer(late, new, hub_epoch="b", left={"a"})
    assert not newer(late, old, hub_epoch="b", left={"a"})
    assert not newer(late, None, hub_epoch="b", left={"a"})
    assert newer(replace(new, version=2), new, hub_epoch="b", left={"a"})


@pytest.mark.parametrize(
    ("epoch", "waits"), [("held", False), ("believed", False), ("left behind", False), ("another", True)]
)
def test_grants_of_an_epoch_nobody_vouched_for_wait_for_the_root(epoch: str, *, waits: bool) -> None:
    held, coming = replace(GRANTS, hub_epoch="held"), replace(GRANTS, hub_epoch=epoch)

    assert unproven(coming, held, hub_epoch="believed", left={"left behind"}) is waits
    assert not unproven(coming, None, hub_epoch="believed", left=set())
    assert not unproven(coming, held, hub_epoch=None, left=set())


def test_grants_run_out_at_their_very_millisecond() -> None:
    assert not stale(GRANTS, now=GRANTS.expires - 1)
    assert stale(GRANTS, now=GRANTS.expires)


def test_a_badge_is_known_by_its_digest_under_the_stations_own_key() -> None:
    assert badge_digest("badge clerk", key=KEY) == PEOPLE[CLERK].badge
    assert badge_digest("badge clerk", key=KEY[::-1]) != PEOPLE[CLERK].badge
    assert "clerk" not in str(PEOPLE[CLERK].badge)
