"""A disk that forgets, when its power fails, any part of what was not synced: sectors, halves of sectors, sizes.

It is a file system for SQLite that keeps a record of every write and sync. Each position in that record is a moment at
which the power may have failed; ``outages`` makes what a disk might hold then.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import apsw

SECTOR = 512
"""Bytes that a real disk writes at once; even so, a sector may come out torn here."""


@dataclass(frozen=True, slots=True)
class Wrote:
    file: str
    offset: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Truncated:
    file: str
    size: int


@dataclass(frozen=True, slots=True)
class Synced:
    file: str


@dataclass(frozen=True, slots=True)
class Deleted:
    file: str
    durable: bool


@dataclass(frozen=True, slots=True)
class Promised:
    """Somebody was told that ``state`` is on disk."""

    state: int


Deed = Wrote | Truncated | Synced | Deleted | Promised
Image = Mapping[str, bytes]


class Disk(apsw.VFS):
    """``files`` is what programs see; ``deeds`` what the platters know of it."""

    def __init__(self, name: str, image: Image | None = None) -> None:
        self.name = name
        self.files: dict[str, bytearray] = {file: bytearray(data) for file, data in (image or {}).items()}
        self.deeds: list[Deed] = []
        super().__init__(name, "")

    def promise(self, state: int) -> None:
        self.deeds.append(Promised(state))

    # apsw's names
    def xFullPathname(self, name: str) -> str:  # noqa: N802
        return name

    def xAccess(self, pathname: str, _flags: int) -> bool:  # noqa: N802
        return pathname in self.files

    def xDelete(self, filename: str, syncdir: bool) -> None:  # noqa: N802, FBT001
        self.files.pop(filename, None)
        self.deeds.append(Deleted(filename, bool(syncdir)))

    def xOpen(self, name: str | apsw.URIFilename | None, flags: list[int]) -> _File:  # type: ignore[override]  # noqa: N802
        filename = name.filename() if isinstance(name, apsw.URIFilename) else name
        known = filename if filename is not None else f"temporary {len(self.deeds)}"
        self.files.setdefault(known, bytearray())
        flags[1] = flags[0]
        return _File(self, known)


class _File:
    """One open file of the disk."""

    def __init__(self, disk: Disk, name: str) -> None:
        self._disk, self._name = disk, name
        self._data = disk.files[name]

    def xRead(self, amount: int, offset: int) -> bytes:  # noqa: N802
        return bytes(self._data[offset : offset + amount])

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802
        _put(self._data, offset, data)
        self._disk.deeds.append(Wrote(self._name, offset, bytes(data)))

    def xTruncate(self, newsize: int) -> None:  # noqa: N802
        del self._data[newsize:]
        self._disk.deeds.append(Truncated(self._name, newsize))

    def xSync(self, _flags: int) -> None:  # noqa: N802
        self._disk.deeds.append(Synced(self._name))

    def xFileSize(self) -> int:  # noqa: N802
        return len(self._data)

    def xLock(self, _level: int) -> None:  # noqa: N802
        return None

    def xUnlock(self, _level: int) -> None:  # noqa: N802
        return None

    def xCheckReservedLock(self) -> bool:  # noqa: N802
        return False

    def xFileControl(self, _op: int, _pointer: int) -> bool:  # noqa: N802
        return False

    def xSectorSize(self) -> int:  # noqa: N802
        return SECTOR

    def xDeviceCharacteristics(self) -> int:  # noqa: N802
        return apsw.SQLITE_IOCAP_POWERSAFE_OVERWRITE

    def xClose(self) -> None:  # noqa: N802
        return None


@dataclass(frozen=True, slots=True)
class Outage:
    """What a disk holds after its power failed at ``position`` of the record; ``promised``: what was told by then."""

    position: int
    image: Image
    promised: int


@dataclass(slots=True)
class _Platters:
    """What surely is on disk, and what may be."""

    durable: dict[str, bytearray]
    pending: dict[str, list[Wrote | Truncated]] = field(default_factory=dict)
    deleted: dict[str, bytearray] = field(default_factory=dict)  # not surely gone
    promised: int = 0

    def take(self, deed: Deed) -> None:
        match deed:
            case Wrote(file=file) | Truncated(file=file):
                self.pending.setdefault(file, []).append(deed)
            case Synced(file=file):
                data = self.durable.setdefault(file, bytearray())
                for done in self.pending.pop(file, []):
                    _apply(data, done)
            case Deleted(file=file, durable=durable):
                gone = self.durable.pop(file, bytearray())
                self.pending.pop(file, None)
                if not durable:
                    self.deleted[file] = gone
            case Promised(state=state):
                self.promised = state

    def survive(self, chance: random.Random) -> Image:
        """One of the many things the platters may hold now."""
        keep = chance.choice((0.0, 0.3, 0.7, 0.95, 1.0, chance.random()))
        left = {file: bytearray(data) for file, data in self.durable.items()}
        for file, data in self.deleted.items():
            if file not in left and chance.random() < keep:
                left[file] = bytearray(data)
        for file, deeds in self.pending.items():
            if file not in left and chance.random() < 1 - keep:
                continue  # its name was never written to the folder
            data = left.setdefault(file, bytearray())
            for deed in deeds:
                _half_apply(data, deed, chance, keep)
        return {file: bytes(data) for file, data in left.items()}


def outages(
    deeds: Sequence[Deed], *, before: Image, promised: int, count: int, chance: random.Random
) -> Iterator[Outage]:
    """``count`` power cuts at random positions of a record that began with ``before``, in the order of positions."""
    platters = _Platters({file: bytearray(data) for file, data in before.items()}, promised=promised)
    positions = sorted(chance.randrange(len(deeds) + 1) for _ in range(count))
    done = 0
    for position in positions:
        for deed in deeds[done:position]:
            platters.take(deed)
        done = position
        yield Outage(position, platters.survive(chance), platters.promised)


def _apply(data: bytearray, deed: Wrote | Truncated) -> None:
    if isinstance(deed, Wrote):
        _put(data, deed.offset, deed.data)
    else:
        del data[deed.size :]


def _half_apply(data: bytearray, deed: Wrote | Truncated, chance: random.Random, keep: float) -> None:
    """Each sector of a write for itself: it came out, it did not, or a first part of it did."""
    if isinstance(deed, Truncated):
        if chance.random() < keep:
            del data[deed.size :]
        return
    for start, end in _sectors(deed.offset, len(deed.data)):
        piece = deed.data[start - deed.offset : end - deed.offset]
        fate = chance.random()
        if fate < keep:
            _put(data, start, piece)
        elif fate > 0.9:
            _put(data, start, piece[: chance.randrange(len(piece) + 1)])


def _sectors(offset: int, size: int) -> Iterator[tuple[int, int]]:
    start, end = offset, offset + size
    while start < end:
        edge = min(end, (start // SECTOR + 1) * SECTOR)
        yield start, edge
        start = edge


def _put(data: bytearray, offset: int, piece: bytes) -> None:
    if len(data) < offset:
        data.extend(bytes(offset - len(data)))
    data[offset : offset + len(piece)] = piece
