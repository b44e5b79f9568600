"""Who may do what at the hub, as the one table says."""

import pytest

from custody.events import Part
from custody.grants import Role
from hub.core.access import ACCESS, may, may_see_part


def test_a_route_that_is_not_listed_does_not_exist() -> None:
    with pytest.raises(KeyError):
        may(frozenset(Role), "POST /api/v1/forget")


@pytest.mark.parametrize("what", sorted(ACCESS))
def test_somebody_who_is_not_signed_in_may_only_do_what_everybody_may(what: str) -> None:
    assert may(None, what) == (ACCESS[what] is None)


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("what", sorted(ACCESS))
def test_a_role_may_do_what_lists_it(what: str, role: Role) -> None:
    needed = ACCESS[what]

    assert may({role}, what) == (needed is None or role in needed)


def test_auditors_change_nothing() -> None:
    changes = [what for what in ACCESS if what.startswith(("POST", "PUT", "DELETE")) and "/api/" in what]

    allowed = {what for what in changes if may({Role.AUDITOR}, what)}

    # who sends these is proven by the message
    of_stations = {"POST /api/v1/enrolment", "POST /api/v1/renewal", "POST /api/v1/rotation"}
    of_their_own = {
        "POST /api/v1/session",
        "POST /api/v1/welcome",
        "DELETE /api/v1/session",
        "DELETE /api/v1/sessions/{session}",
    }
    assert allowed - of_stations == {*of_their_own, "PUT /api/v1/password"}


def test_confidential_volumes_do_not_exist_for_a_contractors_people() -> None:
    assert not may_see_part({Role.OPERATOR}, Part.CONFIDENTIAL)
    assert may_see_part({Role.OPERATOR}, Part.MAIN)
    assert may_see_part({Role.OPERATOR, Role.STAFF}, Part.CONFIDENTIAL)
