"""Entries and holdings that tests of the hub's core begin with."""

from __future__ import annotations

from custody.entries import Clock, Entry, entry_id
from custody.events import Fact, Grade, Unrecognised
from custody.holding import AtPlace, Evidence, WithPerson
from custody.identifiers import CourtId, PersonId, PlaceId, StationId, VolumeId

COURT, CAB = CourtId("yk"), StationId("cab-1")
P7, P8 = PlaceId("cab-1.07"), PlaceId("cab-1.08")
V1, V2 = VolumeId("v-1"), VolumeId("v-2")
WANG, LI = PersonId("wang"), PersonId("li")
QUEUE = "queue:scanning"


def entry(fact: Fact | Unrecognised, *, sequence: int = 1, epoch: str = "e1", time: int = 1000) -> Entry:
    return Entry(
        court=COURT,
        station=CAB,
        epoch=epoch,
        sequence=sequence,
        boot="b1",
        uptime=time,
        time=time,
        clock=Clock.SYNCHRONISED,
        fact=fact,
    )


def evidence(time: int = 1000) -> Evidence:
    return Evidence(entry=entry_id(CAB, "e1", 1), grade=Grade.SCANNED, time=time)


def lying(recipient: str | None = QUEUE, *, time: int = 1000) -> AtPlace:
    return AtPlace(place=P7, recipient=recipient, evidence=evidence(time))


def held(on_behalf: str | None = None) -> WithPerson:
    return WithPerson(person=LI, on_behalf=on_behalf, evidence=evidence())
