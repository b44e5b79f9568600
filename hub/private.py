"""Private values at the hub: taken in sealed, kept encrypted, answered by id, erased for good.

They stand beside the ledger, never in it. A value is answered only after it is committed, and an erased one stays
erased whatever arrives later.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlmodel import Session, col, select

from custody import envelope, private, wire
from custody.events import PrivateKind, ValueErased
from custody.identifiers import CourtId, StationId
from custody.messages import PrivateAnswer, PrivateMessage, PrivateVerdict
from custody.private import Confided
from hub.acting import Act
from hub.core.receiving import Refuse
from hub.keys import BadgeBox
from hub.outgoing import Outgoing, Voice
from hub.store.tables import PrivateRow, StationRow

__all__ = ["Kept", "Private", "erase_private", "read_private"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A private value as those may read it who are allowed to. ``text`` none: it was erased."""

    value: str
    station: StationId
    what: PrivateKind
    about: str
    commitment: str
    at: int
    text: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Private:
    """Takes private values in. ``box`` keeps them, and makes the key they are sealed to."""

    court: CourtId
    voice: Voice
    box: BadgeBox

    def take_in(
        self, session: Session, station: StationRow, header: bytes, *, now: int
    ) -> tuple[Refuse | None, tuple[Outgoing, ...]]:
        """Keep one value whose message's signature is proven; what was refused, and the answer by its id."""
        message = wire.decode(header, PrivateMessage)
        if isinstance(message, wire.Malformed):
            return Refuse("private_malformed", message.why), ()
        if (message.court, message.station) != (self.court, station.station):
            return Refuse("wrong_station", f"{message.court}/{message.station}"), ()
        refused, verdict = self._judged(session, message, now)
        answer = PrivateAnswer(
            court=self.court,
            station=message.station,
            value=message.value,
            verdict=verdict,
            why="" if refused is None else refused.code,
        )
        return refused, (self.voice.private_answer(answer),)

    def _judged(self, session: Session, message: PrivateMessage, now: int) -> tuple[Refuse | None, PrivateVerdict]:
        row = session.get(PrivateRow, (self.court, message.value))
        if row is not None and row.erased_at is not None:
            return None, PrivateVerdict.ERASED
        opened = self._opened(message)
        if isinstance(opened, Refuse):
            return opened, PrivateVerdict.REFUSED
        if row is None:
            session.add(_row(opened, self.box, now))
        elif row.commitment != private.commitment(opened):
            return Refuse("private_contradicts", message.value), PrivateVerdict.REFUSED
        return None, PrivateVerdict.KEPT

    def _opened(self, message: PrivateMessage) -> Confided | Refuse:
        if len(message.sealed) > private.MOST_SEALED:
            return Refuse("private_oversize", f"{len(message.sealed)}")
        plain = envelope.unseal(message.sealed, key=self.box.sealing_key())
        if isinstance(plain, envelope.Rejected):
            return Refuse("private_unreadable", plain.why)
        opened = private.unwrapped(plain, message)
        if isinstance(opened, wire.Malformed):
            return Refuse("private_malformed", "what is inside the seal")  # its words might quote the value
        return opened


def read_private(session: Session, court: CourtId, box: BadgeBox, *, about: str) -> Sequence[Kept]:
    """The private values that belong to something, oldest first."""
    mine = (col(PrivateRow.court) == court, col(PrivateRow.about) == about)
    rows = session.exec(select(PrivateRow).where(*mine).order_by(col(PrivateRow.at), col(PrivateRow.value))).all()
    return [
        Kept(
            value=row.value,
            station=StationId(row.station),
            what=PrivateKind(row.what),
            about=row.about,
            commitment=row.commitment,
            at=row.at,
            text=None if row.kept is None else json.loads(box.open(row.kept))["text"],
        )
        for row in rows
    ]


def erase_private(act: Act, court: CourtId, value: str, *, now: int) -> bool:
    """Erase one value; whether it was there, or is still to come: then it is not kept when it does. Proofs stay."""
    row = act.session.get(PrivateRow, (court, value))
    if row is not None and row.erased_at is not None:
        return False
    if row is None:
        row = PrivateRow(court=court, value=value, at=now)
    row.kept, row.erased_at = None, now
    act.session.add(row)
    act.say(ValueErased(value=value))
    return True


def _row(opened: Confided, box: BadgeBox, now: int) -> PrivateRow:
    plain = json.dumps({"text": opened.text, "salt": opened.salt})
    return PrivateRow(
        court=opened.court,
        value=opened.value,
        station=opened.station,
        what=opened.what.value,
        about=opened.about,
        commitment=private.commitment(opened),
        kept=box.seal(plain, nonce=secrets.token_bytes(12)),
        at=now,
    )
