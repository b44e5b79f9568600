"""Replays entries into standings: where every volume is, from all entries together, or as of a moment."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from custody.archiving import Standing, stand
from custody.entries import Entry
from custody.events import CompartmentVerified, PlaceCounted
from custody.identifiers import VolumeId
from custody.timing import Located, locate_all

__all__ = ["about", "standing_at", "standings"]

_LOOKED = (CompartmentVerified, PlaceCounted)


def about(entry: Entry) -> tuple[str, ...]:
    """The volumes an entry names."""
    volume = getattr(entry.fact, "volume", None)
    return (volume,) if isinstance(volume, str) else tuple(getattr(entry.fact, "contents", ()))


def standings(entries: Iterable[Entry]) -> Iterator[Standing]:
    """One of each volume, by id."""
    of_volume, looked = _sorted(locate_all(entries))
    for volume in sorted(of_volume):
        yield stand(VolumeId(volume), _concerning(of_volume[volume], looked))


def standing_at(entries: Iterable[Entry], volume: VolumeId, at: int) -> tuple[Standing, Sequence[Located]]:
    """One volume as of a moment (ms since 1970), and the entries it rests on, in their order."""
    of_volume, looked = _sorted(one for one in locate_all(entries) if one.point <= at)
    concerning = sorted(_concerning(of_volume.get(volume, []), looked), key=lambda one: one.key)
    return stand(volume, concerning), concerning


def _sorted(located: Iterable[Located]) -> tuple[dict[str, list[Located]], dict[str, list[Located]]]:
    of_volume: dict[str, list[Located]] = {}
    looked: dict[str, list[Located]] = {}
    for one in located:
        for volume in about(one.entry):
            of_volume.setdefault(volume, []).append(one)
        if isinstance(one.entry.fact, _LOOKED):
            looked.setdefault(one.entry.fact.place, []).append(one)
    return of_volume, looked


def _concerning(own: list[Located], looked: dict[str, list[Located]]) -> list[Located]:
    """Its own entries, and every look into a place where it has been."""
    places = {getattr(one.entry.fact, "place", None) for one in own}
    found = {one.entry.id: one for one in own}
    for place in places:
        for one in looked.get(place or "", ()):
            found[one.entry.id] = one
    return list(found.values())
