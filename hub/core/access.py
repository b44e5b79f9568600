"""Who may see and do what at the hub: one table for every page and API route. What it does not list does not exist.

A button on a page asks for the right of the API route that does the same, so that there is one answer to each question.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from custody.events import Part
from custody.grants import Role

__all__ = ["ACCESS", "API", "EVERYBODY", "SIGNED_IN", "may", "may_see_part"]

EVERYBODY: frozenset[Role] | None = None
"""Also for somebody who is not signed in."""

SIGNED_IN = frozenset(Role)

_COURT = frozenset({Role.ADMINISTRATOR, Role.STAFF})
_OVERSIGHT = frozenset({Role.ADMINISTRATOR, Role.MANAGER, Role.AUDITOR})
_ADMINISTRATOR = frozenset({Role.ADMINISTRATOR})

API = "/api/v1"

ACCESS: Mapping[str, frozenset[Role] | None] = {
    # pages
    "PAGE /login": EVERYBODY,
    "PAGE /welcome": EVERYBODY,
    "PAGE /": SIGNED_IN,
    "PAGE /search": SIGNED_IN,
    "PAGE /volumes/{volume}": SIGNED_IN,
    "PAGE /stations/{station}": SIGNED_IN,
    "PAGE /queue": SIGNED_IN,
    "PAGE /discrepancies": _COURT | _OVERSIGHT,
    "PAGE /import": _COURT,
    "PAGE /labels": _COURT,
    "PAGE /papers": _COURT,
    "PAGE /people": _OVERSIGHT,
    "PAGE /arrangements": _COURT | _OVERSIGHT,
    "PAGE /policy": _COURT | _OVERSIGHT,
    "PAGE /enrolment": _ADMINISTRATOR,
    "PAGE /me": SIGNED_IN,
    # signing in and out, and the language of the pages
    "POST /login": EVERYBODY,
    "POST /welcome": EVERYBODY,
    "POST /logout": EVERYBODY,
    "GET /sign-on": EVERYBODY,
    "GET /sign-on/done": EVERYBODY,
    "GET /language/{code}": EVERYBODY,
    "GET /search/hits": SIGNED_IN,
    # the programming interface
    f"GET {API}/health": EVERYBODY,
    f"GET {API}/openapi.json": EVERYBODY,
    f"POST {API}/session": EVERYBODY,
    f"POST {API}/welcome": EVERYBODY,
    f"GET {API}/session": SIGNED_IN,
    f"DELETE {API}/session": SIGNED_IN,
    f"GET {API}/sessions": SIGNED_IN,
    f"DELETE {API}/sessions/{{session}}": SIGNED_IN,
    f"PUT {API}/password": SIGNED_IN,
    # the stations' door: each message proves who sends it
    f"GET {API}/authority": EVERYBODY,
    f"POST {API}/enrolment": EVERYBODY,
    f"POST {API}/renewal": EVERYBODY,
    f"POST {API}/rotation": EVERYBODY,
    f"POST {API}/invitations": _ADMINISTRATOR,
    f"POST {API}/stations/{{station}}/revoke": _ADMINISTRATOR,
    f"GET {API}/volumes": SIGNED_IN,
    f"GET {API}/volumes/{{volume}}": SIGNED_IN,
    f"POST {API}/volumes/{{volume}}/release": _COURT,
    f"GET {API}/stations": SIGNED_IN,
    f"GET {API}/stations/{{station}}": SIGNED_IN,
    f"GET {API}/stations/{{station}}/compartments": SIGNED_IN,
    f"POST {API}/stations/{{station}}/compartments/{{place}}/open": _ADMINISTRATOR,
    f"GET {API}/commands/{{command}}": _OVERSIGHT,
    f"GET {API}/queue": SIGNED_IN,
    f"GET {API}/queue.csv": SIGNED_IN,
    f"GET {API}/discrepancies": _COURT | _OVERSIGHT,
    f"POST {API}/discrepancies/{{discrepancy}}/resolve": _COURT | {Role.MANAGER},
    f"GET {API}/incidents": _OVERSIGHT,
    f"GET {API}/people": _OVERSIGHT,
    f"POST {API}/people": _ADMINISTRATOR,
    f"POST {API}/accounts": _ADMINISTRATOR,
    f"POST {API}/accounts/{{user}}/invitation": _ADMINISTRATOR,
    f"GET {API}/accounts/history": _OVERSIGHT,
    f"PUT {API}/accounts/{{user}}/roles": _ADMINISTRATOR,
    f"PUT {API}/accounts/{{user}}/subject": _ADMINISTRATOR,
    f"DELETE {API}/accounts/{{user}}": _ADMINISTRATOR,
    f"POST {API}/import": _COURT,
    f"GET {API}/labels.pdf": _COURT,
    f"GET {API}/entries/{{entry}}": SIGNED_IN,
    f"GET {API}/checkpoint.pdf": _OVERSIGHT,
    f"POST {API}/volumes/{{volume}}/corrections": _COURT,
    f"GET {API}/corrections": _COURT | _OVERSIGHT,
    f"POST {API}/corrections/{{correction}}/confirm": _COURT | {Role.MANAGER},
    f"DELETE {API}/corrections/{{correction}}": _COURT | {Role.MANAGER},
    f"POST {API}/period": _ADMINISTRATOR,
    f"GET {API}/arrangements": _COURT | _OVERSIGHT,
    f"POST {API}/teams": _ADMINISTRATOR,
    f"PUT {API}/teams/{{team}}/members/{{person}}": _ADMINISTRATOR,
    f"DELETE {API}/teams/{{team}}/members/{{person}}": _ADMINISTRATOR,
    f"PUT {API}/compartments/{{place}}/kept": _ADMINISTRATOR,
    f"DELETE {API}/compartments/{{place}}/kept": _ADMINISTRATOR,
    f"POST {API}/volumes/{{volume}}/guard": _COURT,
    f"POST {API}/volumes/{{volume}}/unguard": _COURT,
    f"GET {API}/unguardings": _COURT | _OVERSIGHT,
    f"POST {API}/volumes/{{volume}}/unguard/confirm": _COURT | {Role.MANAGER},
    f"DELETE {API}/volumes/{{volume}}/unguard": _COURT | {Role.MANAGER},
    f"POST {API}/codes": _COURT,
    f"DELETE {API}/codes/{{code}}": _COURT,
    f"POST {API}/people/{{person}}/pin": _ADMINISTRATOR,
    f"DELETE {API}/people/{{person}}/pin": _ADMINISTRATOR,
    f"DELETE {API}/people/{{person}}/delegations": _ADMINISTRATOR,
    f"GET {API}/policy": _COURT | _OVERSIGHT,
    f"PUT {API}/policy/{{rule}}": _ADMINISTRATOR,
    f"POST {API}/closures": _ADMINISTRATOR,
    f"DELETE {API}/closures/{{first}}/{{last}}": _ADMINISTRATOR,
    f"DELETE {API}/private/{{value}}": _ADMINISTRATOR,
    f"POST {API}/people/{{person}}/erase": _ADMINISTRATOR,
    f"GET {API}/export": frozenset({Role.ADMINISTRATOR, Role.AUDITOR}),
}
"""``<method> <path>`` or ``PAGE <path>`` -> the roles it needs, any one of them."""


def may(roles: Collection[Role] | None, what: str) -> bool:
    """Whether somebody with these roles (none: not signed in) may do or see what the table lists under ``what``."""
    needed = ACCESS[what]
    if needed is None:
        return True
    return roles is not None and not needed.isdisjoint(roles)


def may_see_part(roles: Collection[Role], part: Part) -> bool:
    """Confidential volumes are not shown to a contractor's people, not even that they exist."""
    if part is Part.MAIN:
        return True
    return not frozenset(roles).isdisjoint(_COURT | _OVERSIGHT)
