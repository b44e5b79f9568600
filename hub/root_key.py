"""The next root key: named by the present one and naming it in turn, both fetched from where they are kept offline.

What both have signed stands in the hub's chain, and in a file beside the next key: a backup from before can be brought
up to it (``hub.recovering``), when the key before was long destroyed.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from sqlmodel import Session, col, select

from custody import envelope, wire
from custody.events import RootSucceeded
from custody.identifiers import CourtId
from custody.messages import NextRoot, Purpose
from custody.roots import Handed, digest
from hub.acting import Acting
from hub.errors import HubError
from hub.keys import private_bytes, write_secret
from hub.settings import Settings, write_settings
from hub.store.ledger import bounded_of
from hub.store.log import logs
from hub.store.tables import CourtRow, EntryRow

__all__ = ["handed_beside", "handed_down", "load_root", "rotate_root", "succeeded"]


def handed_down(session: Session, court: CourtId) -> tuple[Handed, ...]:
    """From the first root to the present one, as the hub's chain has it."""
    row = session.get(CourtRow, court)
    hub = "" if row is None else row.hub  # what a station says of roots hands nothing down
    told = (col(EntryRow.court) == court, col(EntryRow.kind) == RootSucceeded.kind, col(EntryRow.station) == hub)
    rows = session.exec(select(EntryRow).where(*told).order_by(col(EntryRow.point), col(EntryRow.position)))
    facts = (bounded_of(row).entry.fact for row in rows)
    return tuple(
        (b64decode(fact.statement), b64decode(fact.countersigned)) for fact in facts if isinstance(fact, RootSucceeded)
    )


def rotate_root(acting: Acting, settings: Settings, present: Ed25519PrivateKey, next_key: Path) -> str:
    """Make the next root in a file, and have both sign for it; its fingerprint. The hub must not run.

    Called again after it was interrupted, it goes on with the file it had made.
    """
    if not next_key.exists():
        write_secret(next_key, private_bytes(Ed25519PrivateKey.generate()))
    following = load_root(next_key)
    before, after = (envelope.raw(one.public_key()).hex() for one in (present, following))
    with acting.database.read() as session:
        handed = handed_down(session, settings.court)
        said = tuple(digest(one) for one in _messages(session, settings.court))
    if not handed or _last(handed).after != after:
        if before != settings.root_key:
            raise HubError(
                "这不是本院现在的根密钥。请取出现在的 root.pem 再试。\n"
                "That is not the present root key of this court. Fetch the present root.pem and try again."
            )
        if before == after:
            raise HubError(
                "下一把根密钥与现在的相同。请另选一个新文件名,密钥会在那里生成。\n"
                "The next root key is the same as the present one. Name a new file: the key is made there."
            )
        words = wire.encode(NextRoot(court=settings.court, before=before, after=after, said=said))
        signed, returned = (envelope.sign(words, purpose=Purpose.NEXT_ROOT, key=one) for one in (present, following))
        handed = (*handed, (signed, returned))
        with acting.act() as act:
            act.say(succeeded(following.public_key(), handed[-1]))
    _handed_file(next_key).write_bytes(b"\n\n".join(handed[-1]))
    write_settings(replace(settings, root_key=after))
    return envelope.fingerprint(following.public_key())


def succeeded(key: Ed25519PublicKey, handed: Handed) -> RootSucceeded:
    """The fact that another root speaks for the court."""
    statement, countersigned = (b64encode(one).decode() for one in handed)
    fingerprint = envelope.fingerprint(key).replace(":", "")
    return RootSucceeded(fingerprint=fingerprint, statement=statement, countersigned=countersigned)


def handed_beside(key: Path) -> Handed | None:
    """What was signed when this root key followed the one before, from the file beside it; none where there is none."""
    try:
        signed, returned = _handed_file(key).read_bytes().split(b"\n\n")
    except (OSError, ValueError):
        return None
    return signed, returned


def load_root(path: Path) -> Ed25519PrivateKey:
    """A root key from its file."""
    try:
        key = load_pem_private_key(path.read_bytes(), None)
    except (OSError, ValueError, TypeError) as error:
        raise HubError(f"{path}: 读不出根密钥({error})。请检查文件。· no root key can be read ({error}).") from None
    if not isinstance(key, Ed25519PrivateKey):
        raise HubError(f"{path} 不是 Ed25519 根密钥。请检查文件。· {path} is not an Ed25519 root key.")
    return key


def _handed_file(key: Path) -> Path:
    return key.with_name(f"{key.name}.handed")


def _messages(session: Session, court: CourtId) -> Iterator[bytes]:
    """All that any root has said of the hub's epochs."""
    for one in logs(session, court):
        yield one.keys
        yield from (message for message in (one.recovery or b"").split(b"\n\n") if message)


def _last(handed: tuple[Handed, ...]) -> NextRoot:
    split = envelope.split(handed[-1][0])
    read = None if isinstance(split, envelope.Rejected) else wire.decode(split.header, NextRoot)
    assert isinstance(read, NextRoot), "the hub's own chain holds what it wrote"
    return read
