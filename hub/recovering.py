"""Goes on after a hub was restored from an older backup: a new epoch and a new log, opened by the root key's word.

The statement names the last checkpoint that anybody has seen of the old log; what lies between that and the backup is
lost here. Stations send what they still have again; what is gone of the hub's own chain is told as lost history.
"""

from __future__ import annotations

import itertools
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlmodel import Session, col, select

from custody import checkpoints, envelope, wire
from custody.checkpoints import Checkpoint, origin_line, read_text
from custody.entries import Entry
from custody.events import EpochOpened, EpochReason, LedgerContradicted, LedgerRecovered
from custody.identifiers import CourtId, StationId
from custody.messages import Head, Keys, Purpose, Recovery
from custody.roots import Handed, Roots, read_roots
from hub.clocks import boot_id, uptime, wall
from hub.errors import HubError
from hub.keys import load_keys
from hub.own_chain import OwnChain
from hub.root_key import handed_down, succeeded
from hub.settings import Settings, write_settings
from hub.store.database import Database
from hub.store.ledger import tip_of
from hub.store.log import Tree, log_of, logs, newest_checkpoint
from hub.store.tables import CourtRow, EntryRow, HeadRow, LogRow, WitnessRow

__all__ = ["Recovered", "read_checkpoint", "recover"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovered:
    """``epoch``: the hub's new one, none where an earlier statement was completed. ``lost``: leaves that are gone."""

    epoch: str | None
    seen: Checkpoint
    lost: int


def recover(
    settings: Settings,
    root_key: Ed25519PrivateKey,
    *,
    seen: Sequence[Checkpoint] = (),
    handed: Handed | None = None,
) -> Recovered:
    """Open a new log, or complete an earlier statement by what was seen and left out. ``HubError`` if all is there.

    ``handed``: how this root followed the one before, where the backup does not know of it yet.
    """
    settings = replace(settings, root_key=envelope.raw(root_key.public_key()).hex())
    database = Database(settings.database)
    try:
        with database.write() as session:
            missing = _missing_link(session, settings, handed)
            recovered = _Recovering(settings, root_key, session, seen, missing).run()
    finally:
        database.close()
    if recovered.epoch is not None:
        _write_keys(settings, root_key, recovered.epoch)
        write_settings(replace(settings, hub_epoch=recovered.epoch))
    return recovered


def _missing_link(session: Session, settings: Settings, handed: Handed | None) -> Handed | None:
    """How the root at hand followed the last that the database knows; none if that is the same. ``HubError`` if it
    did not."""
    court = session.get(CourtRow, settings.court)
    assert court is not None, f"court {settings.court} is not in the database"
    known = read_roots(court.root_key, handed_down(session, settings.court), court=settings.court)
    if isinstance(known, Roots) and known.keys[-1] == settings.root_key:
        return None
    follows = known.followed(handed, court=settings.court) if isinstance(known, Roots) and handed is not None else known
    if handed is None or not isinstance(follows, Roots) or follows.keys[-1] != settings.root_key:
        raise HubError(
            "这不是本院现在的根密钥。请取出现在的 root.pem;若备份早于更换根密钥,请把当时生成的 .handed 放在它旁边。\n"
            "That is not the present root key of this court. Fetch the present root.pem; where the backup is older than"
            " that key, put the .handed file that was made with it beside it."
        )
    return handed


def read_checkpoint(text: str, settings: Settings) -> Checkpoint:
    """A checkpoint as somebody kept it: the note of a printed page, or its name as a station tells it."""
    found = checkpoints.named(text.strip())
    if found is None:
        key = load_keys(settings.folder / "keys").signing.public_key()
        note = (text.strip() + "\n").encode()
        read = envelope.open_note(note, name=origin_line(settings.court), keys=[key])
        found = read_text(read, court=settings.court) if isinstance(read, str) else None
    if found is None:
        raise HubError(
            "检查点读不出,或不是本院签的。请原样输入打印页上的文字。\n"
            "That is no checkpoint of this court. Give the text of the printed page as it stands."
        )
    return found


class _Recovering:
    def __init__(
        self,
        settings: Settings,
        root_key: Ed25519PrivateKey,
        session: Session,
        seen: Sequence[Checkpoint],
        missing: Handed | None,
    ) -> None:
        self._missing = missing
        self._settings, self._root_key, self._session = settings, root_key, session
        court = session.get(CourtRow, settings.court)
        assert court is not None, f"court {settings.court} is not in the database"
        self._court = court
        self._seen = [*seen, *_witnessed(session, settings.court)]

    def run(self) -> Recovered:
        current = self._court.hub_epoch
        if self._settings.hub_epoch == current:
            if all(self._has(one) for one in self._seen if one.log == current):
                return self._completed()
        else:
            current = self._opened_again(current)
        return self._opened(current)

    def _opened(self, current: str) -> Recovered:
        seen = self._last_seen(current)
        epoch = secrets.token_hex(8)
        self._add_log(epoch, before=seen)
        kept = self._kept(current)
        own = self._own(epoch)
        old = self._own_tip(current)
        facts = (
            EpochOpened(
                reason=EpochReason.HISTORY_LOST,
                before_epoch=current if old else None,
                before_sequence=old[0] if old else 0,
                before_link=old[1] if old else None,
            ),
            LedgerRecovered(hub_epoch=epoch, before_epoch=current, size=seen.size, root=seen.root.hex(), kept=kept),
            *(() if self._missing is None else (succeeded(self._root_key.public_key(), self._missing),)),
        )
        own.append(self._session, facts)
        return Recovered(epoch=epoch, seen=seen, lost=max(seen.size - kept, 0))

    def _completed(self) -> Recovered:
        """Something older was seen than an earlier statement says: the root says so too."""
        known = logs(self._session, self._settings.court)
        for before, row in itertools.pairwise(known):
            said = max(_statements(row), key=lambda one: one.size)
            seen = self._last_seen(before.log)
            if seen.size > said.size:
                row.recovery = b"\n\n".join((row.recovery or b"", self._statement(row.log, seen)))
                self._session.add(row)
                return Recovered(epoch=None, seen=seen, lost=max(seen.size - self._kept(before.log), 0))
        raise HubError(
            "没有什么要恢复:各站点见过的,中心都有。装回旧备份后,请等一台设备连上,或用 --seen 写明见过的检查点。\n"
            "Nothing to recover: the hub has all that its stations have seen. After putting a backup back, wait until a"
            " station has connected, or name the checkpoint that was seen with --seen."
        )

    def _opened_again(self, current: str) -> str:
        """The data folder knows an epoch that the backup does not: its log is gone as a whole."""
        epoch = self._settings.hub_epoch
        self._add_log(epoch, before=self._last_seen(current))
        return epoch

    def _add_log(self, epoch: str, *, before: Checkpoint) -> None:
        keys = _keys(self._settings, self._root_key, epoch)
        position = len(logs(self._session, self._settings.court))
        row = LogRow(court=self._settings.court, log=epoch, position=position, keys=keys)
        row.recovery = self._statement(epoch, before)
        self._session.add(row)
        self._court.hub_epoch, self._court.keys = epoch, keys
        self._session.add(self._court)
        self._session.flush()

    def _statement(self, epoch: str, seen: Checkpoint) -> bytes:
        statement = Recovery(
            court=self._settings.court,
            hub=self._settings.hub,
            hub_epoch=epoch,
            public_key=_public(self._settings),
            root_key=self._settings.root_key,
            before_epoch=seen.log,
            size=seen.size,
            root=seen.root.hex(),
            kept=min(self._kept(seen.log), seen.size),
        )
        return envelope.sign(wire.encode(statement), purpose=Purpose.RECOVERY, key=self._root_key)

    def _has(self, seen: Checkpoint) -> bool:
        size = log_of(self._session, self._settings.court, seen.log).size
        return seen.size <= size and Tree(self._session, self._settings.court, seen.log).root(seen.size) == seen.root

    def _kept(self, log: str) -> int:
        """The largest size at which a station's signed head agrees with what is here: so far nothing was lost."""
        mine = (col(HeadRow.court) == self._settings.court, col(HeadRow.station) != self._settings.hub)
        tree, size = (
            Tree(self._session, self._settings.court, log),
            log_of(self._session, self._settings.court, log).size,
        )
        named: set[Checkpoint] = set()
        for message in self._session.exec(select(HeadRow.message).where(*mine)):
            signed = envelope.split(message)
            head = None if isinstance(signed, envelope.Rejected) else wire.decode(signed.header, Head)
            found = checkpoints.named(head.checkpoint) if isinstance(head, Head) and head.checkpoint else None
            named |= {found} if found is not None and found.log == log and found.size <= size else set()
        return max((one.size for one in named if tree.root(one.size) == one.root), default=0)

    def _last_seen(self, log: str) -> Checkpoint:
        newest = newest_checkpoint(self._session, self._settings.court, log)
        own = Checkpoint(log, 0, bytes(32)) if newest is None else Checkpoint(log, newest.size, newest.root)
        return max((one for one in [own, *self._seen] if one.log == log), key=lambda one: one.size)

    def _own(self, epoch: str) -> OwnChain:
        return OwnChain(
            court=self._settings.court,
            hub=self._settings.hub,
            epoch=epoch,
            key=load_keys(self._settings.folder / "keys").signing,
            boot=boot_id(),
            clock=wall,
            uptime=uptime,
        )

    def _own_tip(self, epoch: str) -> tuple[int, str] | None:
        tip = tip_of(self._session, self._settings.court, self._settings.hub, epoch=epoch)
        return (tip.sequence, tip.link.hex()) if tip.sequence else None


def _witnessed(session: Session, court: CourtId) -> list[Checkpoint]:
    """What stations have signed for: the newest of each, and what they held against this hub."""
    rows = session.exec(select(WitnessRow).where(WitnessRow.court == court)).all()
    found = [Checkpoint(row.log, row.size, bytes.fromhex(row.root)) for row in rows]
    doubts = (col(EntryRow.court) == court, col(EntryRow.kind) == LedgerContradicted.kind)
    for line in session.exec(select(EntryRow.line).where(*doubts)):
        entry = wire.decode_event(line)
        if isinstance(entry, Entry) and isinstance(entry.fact, LedgerContradicted):
            named = checkpoints.named(entry.fact.accepted)
            found += [] if named is None else [named]
    return found


def _statements(row: LogRow) -> list[Recovery]:
    found = []
    for message in (row.recovery or b"").split(b"\n\n"):
        signed = envelope.split(message)
        read = None if isinstance(signed, envelope.Rejected) else wire.decode(signed.header, Recovery)
        if isinstance(read, Recovery):
            found.append(read)
    assert found, f"log {row.log} was opened by nobody"
    return found


def _public(settings: Settings) -> str:
    return envelope.raw(load_keys(settings.folder / "keys").signing.public_key()).hex()


def _keys(settings: Settings, root_key: Ed25519PrivateKey, epoch: str) -> bytes:
    keys = Keys(court=settings.court, hub=StationId(settings.hub), hub_epoch=epoch, public_key=_public(settings))
    return envelope.sign(wire.encode(keys), purpose=Purpose.KEYS, key=root_key)


def _write_keys(settings: Settings, root_key: Ed25519PrivateKey, epoch: str) -> None:
    path = settings.folder / "keys" / "keys.signed"
    new = path.with_suffix(".new")
    new.write_bytes(_keys(settings, root_key, epoch))
    new.replace(path)
