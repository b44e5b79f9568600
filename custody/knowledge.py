"""What a station knows at this moment: grants, what it saw since, its own doors. The ground every flow decides on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import assert_never

from custody.archiving import Standing, advance
from custody.codes import redeem
from custody.entries import Entry
from custody.events import (
    Counting,
    DelegationEnded,
    DelegationGiven,
    DelegationWithdrawn,
    Grade,
    Part,
    PlaceKind,
    StationKind,
)
from custody.grants import (
    Code,
    Delegation,
    Grants,
    KnownPlace,
    KnownVolume,
    Person,
    Role,
    badge_digest,
    may_see,
    may_take,
    stale,
    waits_for,
)
from custody.holding import AtPlace, Disputed, Evidence, Folded, Holding, Unaccounted, WithPerson
from custody.identifiers import (
    EventId,
    LabelKind,
    LabelRefusal,
    LabelTrouble,
    PersonId,
    PlaceId,
    VolumeId,
    parse_label,
)
from custody.messages import Compartment, DoorState
from custody.parcels import KnownParcel
from custody.refusals import (
    CabinetFull,
    GrantsStale,
    LargerElsewhere,
    NoGrantsYet,
    NoLarger,
    NotAVolumeLabel,
    NotOurLabel,
    Refusal,
    RoomElsewhere,
    UnknownBadge,
    UnknownLabel,
    WrongCheckCharacter,
)
from custody.timing import Interval, Located

__all__ = ["SIZES", "Compartment", "View", "label_text", "learn", "learn_delegations"]

SIZES = "SML"
"""Sizes of compartments, ascending."""


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """``now``: the station's best lower bound of the time (ms since 1970); ``new_id``: fresh, for one act.

    ``delegations``: those of the grants and those given here since. ``used``: how often codes were, since the grants;
    ``epoch``: what the station writes in. ``only``: the volumes that somebody with a code is here for. ``items``:
    whether something lies in a compartment, where a sensor says so. ``failed``: the compartments whose latest unlocking
    ended without an opening, the latest one last. ``idle``: nobody has done anything for as long as an open door waits.
    """

    kind: StationKind
    place: PlaceId
    now: int
    new_id: str
    grants: Grants | None
    delegations: tuple[Delegation, ...] = ()
    used: Mapping[str, int] = field(default_factory=dict)
    epoch: str = ""
    only: frozenset[VolumeId] | None = None
    volumes: Mapping[VolumeId, KnownVolume] = field(default_factory=dict)
    compartments: Mapping[PlaceId, Compartment] = field(default_factory=dict)
    parcels: Mapping[str, KnownParcel] = field(default_factory=dict)
    items: Mapping[PlaceId, bool | None] = field(default_factory=dict)
    failed: tuple[PlaceId, ...] = ()
    idle: bool = False

    def person(self, identity: PersonId) -> Person | None:
        """Somebody the grants name; whoever they collect for now counts among their teams."""
        found = next((one for one in self._people() if one.id == identity), None)
        return None if found is None else self._standing_in(found)

    def by_badge(self, badge: str) -> Person | Refusal:
        """Whose badge this is, if the grants still hold."""
        if self.grants is None:
            return NoGrantsYet()
        if stale(self.grants, now=self.now):
            return GrantsStale(until_ms=self.grants.expires)
        digest = badge_digest(badge, key=self.grants.badge_key)
        found = next((one for one in self.grants.people if one.badge == digest), None)
        return UnknownBadge() if found is None else self._standing_in(found)

    def by_code(self, text: str) -> Code | Refusal:
        """The code somebody keyed in or showed, if it lets in now."""
        if self.grants is None:
            return NoGrantsYet()
        return redeem(text, self.grants, now=self.now, epoch=self.epoch, used=self.used)

    def by_label(self, text: str) -> KnownVolume | Refusal:
        """Which volume a scanned text names; a retired label leads to its volume too."""
        label = parse_label(text)
        if isinstance(label, LabelRefusal):
            if label.trouble is LabelTrouble.CHECK_CHARACTER:
                return WrongCheckCharacter(label=label.text)
            return NotOurLabel()
        if label.kind is not LabelKind.VOLUME:
            return NotAVolumeLabel(label=label.text)
        found = next((one for one in self.volumes.values() if label.text in one.labels), None)
        return UnknownLabel(label=label.text) if found is None else found

    def place_by_label(self, text: str) -> KnownPlace | None:
        """Which place a scanned text names."""
        label = parse_label(text)
        if isinstance(label, LabelRefusal) or label.kind is not LabelKind.PLACE or self.grants is None:
            return None
        return next((one for one in self.grants.places if one.label == label.text), None)

    def lying_in(self, place: PlaceId) -> tuple[KnownVolume, ...]:
        """The volumes recorded in a place."""
        return tuple(one for one in self.volumes.values() if one.place == place)

    def parcels_in(self, place: PlaceId) -> tuple[KnownParcel, ...]:
        """The parcels recorded in a place."""
        return tuple(one for one in self.parcels.values() if one.place == place)

    def takeable(self, person: Person) -> tuple[PlaceId, ...]:
        """The compartments that hold something for this person and nothing that is not."""
        lying = self._contents()
        return tuple(
            place
            for place, compartment in self.compartments.items()
            if not compartment.blocked
            and place in lying
            and not self.parcels_in(place)
            and all(may_take(person, one.part, waits_for(one)) for one in lying[place])
            and (self.only is None or all(one.id in self.only for one in lying[place]))
        )

    def overdue(self, person: Person) -> tuple[PlaceId, ...]:
        """The compartments in which something has lain too long and nothing that this person may not see."""
        if self.grants is None:
            return ()
        lying, latest = self._contents(), self.now - self.grants.overdue_after
        return tuple(
            place
            for place, compartment in self.compartments.items()
            if not compartment.blocked
            and not self.parcels_in(place)
            and any(0 < one.since < latest for one in lying.get(place, ()))
            and all(may_see(person, one.part) for one in lying[place])
        )

    def allocate(
        self, person: Person, part: Part, recipient: str, *, at_least: str = "", besides: PlaceId | None = None
    ) -> PlaceId | None:
        """A compartment for one more volume: the recipient's own, an empty one, else one shared by the same part and
        recipient. If asked, of at least that size, the smallest that will do; one that failed lately comes last.

        A shared one opens only for somebody who may take all that lies in it.
        """
        lying, mine = self._contents(), may_take(person, part, recipient)
        usable = [
            one.place
            for one in self.compartments.values()
            if one.door is DoorState.CLOSED
            and one.place != besides
            and not one.blocked
            and not self.parcels_in(one.place)
            and self.kept_for(one.place) in (None, recipient)
            and (not at_least or SIZES.find(one.size) >= SIZES.find(at_least))
        ]
        shared = [place for place in usable if mine and place in lying and _alike(lying[place], part, recipient)]
        shared = [place for place in shared if not any(one.sensitive for one in lying[place])]
        empty = [place for place in usable if place not in lying]
        kept = [place for place in (*empty, *shared) if self.kept_for(place) is not None]
        found = (*kept, *empty, *shared)
        if at_least:
            found = tuple(sorted(found, key=lambda place: SIZES.find(self.compartments[place].size)))
        return next(iter(self.willing_first(found)), None)

    def willing_first(self, places: Iterable[PlaceId]) -> tuple[PlaceId, ...]:
        """The same in their order, but those whose locks failed lately last: one lock must not keep people from the
        others.
        """
        return tuple(sorted(places, key=lambda place: self.failed.index(place) if place in self.failed else -1))

    def ready_first(self, places: Iterable[PlaceId]) -> tuple[PlaceId, ...]:
        """The same, with those last that cannot be opened now, and before them those that wait for a second person."""
        return tuple(sorted(self.willing_first(places), key=lambda place: (not self.shut(place), self.guarded(place))))

    def standing_open(self) -> str:
        """The numbers of the doors that stand open; empty if all are shut."""
        return "、".join(one.number for one in self.compartments.values() if one.door is DoorState.OPEN)

    def shut(self, place: PlaceId) -> bool:
        """Whether a compartment is sensed shut."""
        one = self.compartments.get(place)
        return one is not None and one.door is DoorState.CLOSED

    def guarded(self, place: PlaceId) -> bool:
        """Whether a compartment takes two people."""
        return any(one.sensitive for one in self.lying_in(place))

    def once_read(self) -> View:
        """The same, as if every door that was not read yet were shut."""
        return replace(
            self,
            compartments={
                place: replace(one, door=DoorState.CLOSED) if one.door is DoorState.UNKNOWN else one
                for place, one in self.compartments.items()
            },
        )

    def recipients(self, volume: KnownVolume) -> tuple[str, ...]:
        """For whom a volume may be left: as the case proposes, then queues, teams and courts, then the staff."""
        if self.grants is None:
            return ()
        proposed = () if volume.recipient is None else (volume.recipient,)
        staff = (one.id for one in self._people() if one.roles & {Role.STAFF} and may_see(one, volume.part))
        return tuple(dict.fromkeys((*proposed, *self.grants.names, *staff)))

    def no_room(self) -> Refusal:
        """There is no suitable compartment here: the nearest cabinet with a free one, as the hub last knew."""
        there = self._room_elsewhere("")
        return CabinetFull() if there is None else RoomElsewhere(cabinet=there[0], count=there[1])

    def no_larger(self, size: str) -> Refusal:
        """Nor one of at least that size; none is larger than the largest."""
        there = self._room_elsewhere(size) if size else None
        return NoLarger() if there is None else LargerElsewhere(cabinet=there[0], count=there[1])

    def _room_elsewhere(self, size: str) -> tuple[str, int] | None:
        others = () if self.grants is None else self.grants.elsewhere
        will_do = SIZES[max(SIZES.find(size), 0) :]
        counted = ((one.name, sum(one.free.get(size, 0) for size in will_do)) for one in others)
        return next((one for one in counted if one[1]), None)

    def by_number(self, number: int) -> Compartment | None:
        """The compartment with this number on its door."""
        return next((one for one in self.compartments.values() if one.number.lstrip("0") == str(number)), None)

    def kind_of(self, place: PlaceId) -> PlaceKind | None:
        """What kind of place this is, if the grants name it."""
        places = () if self.grants is None else self.grants.places
        return next((one.kind for one in places if one.id == place), None)

    def name_of(self, identity: str) -> str:
        """A person, queue or place by the name a reader here may see; its id where none is known."""
        own = self.compartments.get(PlaceId(identity))
        unnamed = identity if own is None else own.number  # the hub may not have heard of it yet
        if self.grants is None:
            return unnamed
        person = self.person(PersonId(identity))
        if person is not None:
            return person.name
        place = next((one for one in self.grants.places if one.id == identity), None)
        if place is not None:
            return place.name
        return self.grants.names.get(identity, unnamed)

    def number_of(self, place: PlaceId) -> str:
        """The number on a compartment's door; the name of any other place."""
        compartment = self.compartments.get(place)
        return self.name_of(place) if compartment is None else compartment.number

    def _standing_in(self, person: Person) -> Person:
        given = {one.person for one in self.delegations if one.delegate == person.id and one.until > self.now}
        return replace(person, teams=person.teams | given)

    def kept_for(self, place: PlaceId) -> str | None:
        """The one recipient a compartment is kept for, if it is."""
        return None if self.grants is None else self.grants.named.get(place)

    def _people(self) -> tuple[Person, ...]:
        return () if self.grants is None else self.grants.people

    def _contents(self) -> dict[PlaceId, list[KnownVolume]]:
        lying: dict[PlaceId, list[KnownVolume]] = {}
        for one in self.volumes.values():
            if one.place is not None:
                lying.setdefault(one.place, []).append(one)
        return lying


def label_text(text: str) -> str:
    """A scanned text as it is recorded: the label as printed, whatever the scanner made of it."""
    return parse_label(text).text


def learn(volumes: Mapping[VolumeId, KnownVolume], entries: Iterable[Entry]) -> dict[VolumeId, KnownVolume]:
    """What is known of volumes after a station's own newer entries, in their order."""
    known = dict(volumes)
    for position, entry in enumerate(entries):
        located = Located(entry, Interval(0, None), position, position)
        for identity in _about(entry, known):
            known[identity] = _learnt(known[identity], located)
    return known


def learn_delegations(given: tuple[Delegation, ...], entries: Iterable[Entry]) -> tuple[Delegation, ...]:
    """Who collects for whom after a station's own newer entries, in their order."""
    for entry in entries:
        match entry.fact:
            case DelegationGiven(person=person, delegate=delegate, until_ms=until):
                given = (*given, Delegation(person=person, delegate=delegate, until=until))
            case DelegationEnded(person=person) | DelegationWithdrawn(person=person):
                given = tuple(one for one in given if one.person != person)
            case _:
                pass
    return given


def _about(entry: Entry, known: Mapping[VolumeId, KnownVolume]) -> tuple[VolumeId, ...]:
    if isinstance(entry.fact, Counting):
        return tuple(known)
    about = getattr(entry.fact, "volume", None)
    return () if about is None or about not in known else (VolumeId(about),)


def _alike(lying: Iterable[KnownVolume], part: Part, recipient: str) -> bool:
    return all(one.part is part and waits_for(one) == recipient for one in lying)


def _learnt(volume: KnownVolume, located: Located) -> KnownVolume:
    before = Standing(volume.id, Folded(_holding(volume), None), volume.progress)
    after = advance(before, located)
    changed = replace(volume, progress=after.progress)
    match after.held.holding:
        case AtPlace(place=place, recipient=recipient, evidence=evidence):
            return replace(changed, place=place, lying_for=recipient, holder=None, held_for=None, since=evidence.time)
        case WithPerson(person=person, on_behalf=on_behalf, evidence=evidence):
            return replace(changed, place=None, lying_for=None, holder=person, held_for=on_behalf, since=evidence.time)
        case Disputed() | Unaccounted():  # one station alone disputes nothing
            return replace(changed, place=None, lying_for=None, holder=None, held_for=None)
        case _:
            assert_never(after.held.holding)


def _holding(volume: KnownVolume) -> Holding:
    evidence = Evidence(entry=EventId(""), grade=Grade.SCANNED, time=volume.since)
    if volume.place is not None:
        return AtPlace(place=volume.place, recipient=volume.lying_for, evidence=evidence)
    if volume.holder is not None:
        return WithPerson(person=volume.holder, on_behalf=volume.held_for, evidence=evidence)
    return Unaccounted()
