"""What the kiosk is told to draw: the whole scene as one line of JSON, with sentences left as keys."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from custody import wire
from custody.flows.grammar import Prompt
from custody.grants import Person
from custody.knowledge import View
from custody.messages import Compartment, DoorState
from custody.parcels import PARTY
from custody.refusals import JournalSlow, fields_of
from edge.core.scene import Scene

__all__ = ["Around", "at_rest", "picture", "slow"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What the picture shows besides the scene."""

    name: str
    court: str
    online: bool
    waiting: int
    oldest: int | None
    room_days: float | None


def picture(scene: Scene, view: View, around: Around, *, prompt: Prompt, sound: bool | None, wall: int) -> bytes:
    """One line of JSON, without the line feed. ``prompt``: what the desk says to that scene."""
    person = None if scene.desk.person is None else view.person(scene.desk.person)
    lying = Counter(volume.place for volume in view.volumes.values())
    lying.update(parcel.place for parcel in view.parcels.values())
    compartments = [_compartment(one, lying[one.place]) for one in view.compartments.values()]
    free = Counter(one["size"] for one in compartments if one["free"])
    show = {
        "prompt": _prompt(prompt),
        "turn": scene.desk.turn,
        "person": None if person is None else person.name,
        "station": {"id": scene.station, "name": around.name, "kind": scene.kind, "court": around.court or scene.court},
        "compartments": compartments,
        "waiting": _waiting(view),
        "free": {size: free[size] for size in sorted({one["size"] for one in compartments})},
        "network": "online" if around.online else "offline",
        "journal": {"waiting": around.waiting, "room_days": around.room_days, "oldest": around.oldest},
        "sound": None if sound is None else "good" if sound else "bad",
        "time_ms": wall,
    }
    return wire.encode({"show": show})


def at_rest(scene: Scene) -> bool:
    """Whether nobody stands here, with a badge or without."""
    return scene.desk.person is None and scene.desk.session is None and scene.desk.proving is None


def slow(shown: bytes) -> bytes:
    """The same picture, while what was asked last is being recorded and the disk takes its time."""
    drawn = json.loads(shown)
    drawn["show"]["prompt"]["refusal"] = {"code": JournalSlow.code, "fields": {}}
    return wire.encode(drawn)


def _prompt(prompt: Prompt) -> dict[str, Any]:
    told: dict[str, Any] = {one.name: getattr(prompt, one.name) for one in fields(prompt)}
    if prompt.refusal is not None:
        told["refusal"] = {"code": prompt.refusal.code, "fields": fields_of(prompt.refusal)}
    return told


def _compartment(one: Compartment, lying: int) -> dict[str, Any]:
    told = {field.name: getattr(one, field.name) for field in fields(one)}
    return {**told, "free": one.door is DoorState.CLOSED and not one.blocked and not lying}


def _waiting(view: View) -> list[dict[str, str | int]]:
    """How many volumes lie here for whom. At rest anybody reads this, so people appear by initials."""
    counts = Counter(
        volume.lying_for
        for volume in view.volumes.values()
        if volume.place in view.compartments and volume.lying_for is not None
    )
    counts.update(parcel.recipient for parcel in view.parcels.values() if parcel.recipient != PARTY)
    people: Mapping[str, Person] = {} if view.grants is None else {one.id: one for one in view.grants.people}
    return [
        {
            "initials": _initials(people[recipient].name) if recipient in people else view.name_of(recipient),
            "count": count,
        }
        for recipient, count in counts.most_common()
    ]


def _initials(name: str) -> str:
    words = name.split()
    if len(words) > 1:
        return " ".join(f"{word[0]}." for word in words)
    return name[:1] + "＊"
