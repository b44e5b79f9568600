"""What a shell can have done, with plain values in and out: at a hub that runs, else at its register."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from custody.enrolment import invitation_text
from custody.events import AuthorityStage, PlaceKind, StationKind
from custody.grants import Role
from custody.identifiers import PersonId, PlaceId, StationId
from hub.accounts import AccountRefusal
from hub.bootstrap import Hub, assemble
from hub.control import ask
from hub.core.apart import SHELL
from hub.enrolment import Wanted
from hub.errors import HubError
from hub.face import Refused
from hub.settings import load_settings
from hub.texts import CHINESE, ENGLISH, texts

__all__ = ["do", "perform", "refused"]

_BY = SHELL


def do(folder: Path, verb: str, **fields: object) -> Mapping[str, Any]:
    """Have it done, wherever the hub is. ``HubError`` says why not."""
    asked = {"verb": verb, **fields}
    told = ask(folder, asked)
    if told is not None:
        return told
    with assemble(load_settings(folder)) as hub:
        return perform(hub, asked)


def perform(hub: Hub, asked: Mapping[str, Any]) -> Mapping[str, Any]:
    fields = dict(asked)
    return _VERBS[fields.pop("verb")](hub, **fields)


def refused(why: Refused | AccountRefusal) -> HubError:
    """A refusal as a shell says it, in both languages."""
    said = (texts(language)(why.key, **why.fields) for language in (CHINESE, ENGLISH))
    return HubError("\n".join(dict.fromkeys(said)))


def _invite(
    hub: Hub,
    *,
    station: str,
    kind: str,
    name: str,
    court_staffed: bool,
    floor: int | None,
    broker: tuple[str, int] | None,
    door: tuple[str, int] | None,
    minutes: int,
) -> Mapping[str, Any]:
    broker_host, broker_port = broker or (hub.settings.broker_host, hub.settings.broker_port)
    wanted = Wanted(
        station=StationId(station),
        kind=StationKind(kind),
        name=name,
        court_staffed=court_staffed,
        floor=floor,
        broker_host=broker_host,
        broker_port=broker_port,
    )
    host, port = door or hub.settings.door
    invited = hub.enrolling.invite(wanted, host=host, port=port, minutes=minutes)
    if isinstance(invited, Refused):
        raise refused(invited)
    return {"text": invitation_text(invited)}


def _revoke(hub: Hub, *, station: str, reason: str) -> Mapping[str, Any]:
    why = hub.enrolling.revoke(StationId(station), by=_BY, reason=reason)
    if why is not None:
        raise refused(why)
    return {}


def _person(
    hub: Hub,
    *,
    name: str,
    roles: list[str],
    person: str | None,
    badge: str | None,
    user: str | None,
    password: str,
) -> Mapping[str, Any]:
    words = [Role(word) for word in roles]
    added = hub.office.add_person(
        name=name, roles=words, badge=badge, by=_BY, person=None if person is None else PersonId(person)
    )
    if isinstance(added, Refused):
        raise refused(added)
    if user is not None:
        why = hub.accounts.create(user=user, password=password, person=added, name=name, roles=words, by=_BY)
        if why is not None:
            raise refused(why)
    return {"person": added}


def _place(hub: Hub, *, place: str, name: str, label: str | None, kind: str) -> Mapping[str, Any]:
    added = hub.office.add_place(PlaceId(place), name=name, label=label, by=_BY, kind=PlaceKind(kind))
    if isinstance(added, Refused):
        raise refused(added)
    return {"place": added}


def _seal(hub: Hub, *, user: str, person: str) -> Mapping[str, Any]:
    known = next((one for one in hub.queries.people() if one.id == person), None)
    if known is None:
        raise refused(Refused("api.no_person", {"id": person}))
    password = hub.accounts.seal(user, person=known.id, name=known.name, by=_BY)
    if isinstance(password, AccountRefusal):
        raise refused(password)
    return {"password": password}


def _erase_private(hub: Hub, *, value: str) -> Mapping[str, Any]:
    why = hub.office.erase_private(value, by=_BY)
    if why is not None:
        raise refused(why)
    return {"value": value}


def _authority(hub: Hub) -> Mapping[str, Any]:
    return {"stage": hub.succession.stage, "waits_for": hub.succession.waits_for()}


def _begin_authority(hub: Hub) -> Mapping[str, Any]:
    begun = hub.succession.begin()
    if isinstance(begun, Refused):
        raise refused(begun)
    return _authority(hub)


def _step_authority(hub: Hub, *, seen: str | None) -> Mapping[str, Any]:
    why = hub.succession.step(seen=None if seen is None else AuthorityStage(seen))
    if why is not None:
        raise refused(why)
    return _authority(hub)


_VERBS: Mapping[str, Callable[..., Mapping[str, Any]]] = {
    "invite": _invite,
    "revoke": _revoke,
    "person": _person,
    "place": _place,
    "seal": _seal,
    "erase_private": _erase_private,
    "authority": _authority,
    "begin_authority": _begin_authority,
    "step_authority": _step_authority,
}
