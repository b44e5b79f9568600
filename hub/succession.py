"""Another certificate authority, without enrolling anybody anew: announced under the present one, then in its place.

Stations ask every hour whom to believe, over a connection that the present authority vouches for. So the next one is
believed before it signs, and the one before until nothing of its own is in use: a station that was off meanwhile is
waited for. ``tls/ca.crt`` holds all that are believed, ``ca.key`` is the one that signs; changing that one file is
taking over.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from sqlmodel import Session, col, select

from custody.events import AuthorityChanged, AuthorityStage
from custody.identifiers import StationId
from hub.acting import Act, Acting
from hub.certificates import Authority, authority_by, authority_of, new_authority
from hub.enrolment import tell, write_revocations
from hub.face import Refused
from hub.keys import private_bytes, replace_secret, write_secret
from hub.settings import Settings
from hub.store.ledger import bounded_of
from hub.store.tables import CertificateRow, EntryRow, StationRow

__all__ = ["Succession"]

_SECOND = 1000
_ORDER = (AuthorityStage.ANNOUNCED, AuthorityStage.TOOK_OVER, AuthorityStage.RETIRED)


@dataclass(slots=True, kw_only=True)
class Succession:
    """``clock``: milliseconds since 1970. Safe to call from any thread: one step at a time.

    A step changes files, and is a fact of the hub's chain after it: what was stopped in between is made good at the
    next look. ``moved`` is called after each step: the hub's own certificates follow.
    """

    acting: Acting
    settings: Settings
    clock: Callable[[], int]
    moved: Callable[[], object] = lambda: None
    _alone: AbstractContextManager[object] = field(default_factory=threading.RLock, init=False, repr=False)

    @property
    def stage(self) -> AuthorityStage | None:
        """How far another authority has come, as the files say; none if there is none on its way."""
        with self._alone:
            coming = self._coming()
            if coming is not None and coming.certificate != authority_of(self.settings.folder).certificate:
                return AuthorityStage.ANNOUNCED
            others = len(x509.load_pem_x509_certificates((self._tls / "ca.crt").read_bytes())) > 1
            return AuthorityStage.TOOK_OVER if others else None

    def begin(self) -> str | Refused:
        """Make the next authority and announce it; its fingerprint, hex."""
        with self._alone:
            self._make_good()
            if self.stage is not None:
                return Refused("authority.under_way", {"stations": ", ".join(self.waits_for())})
            with self.acting.act() as act:  # no certificate is issued meanwhile: whoever gets a later one was asked
                made = self._next()
                self._write("ca.crt", (self._tls / "ca.crt").read_bytes() + made.identity.certificate)
                self._say(act, [AuthorityStage.ANNOUNCED], made)
            self.moved()
            return made.fingerprint.hex()

    def go_on(self) -> bool:
        """Make good what was stopped, else take the next step if nobody is waited for; whether there was either."""
        with self._alone:
            if self._make_good():
                return True  # the hub's own certificates follow before the next step
            stage = self.stage
            if stage is None or self.waits_for():
                return False
            self._step(stage)
            return True

    def step(self, *, seen: AuthorityStage | None) -> Refused | None:
        """Take the next step whoever has not heard: such a station has to be enrolled anew.

        ``seen``: the stage that whoever orders it knows of. If there is another by now, nothing is done.
        """
        with self._alone:
            self._make_good()
            stage = self.stage
            if stage is not seen:
                return Refused("authority.moved_on", {})
            if stage is None:
                return Refused("authority.none", {})
            self._step(stage)
            return None

    def waits_for(self) -> tuple[StationId, ...]:
        """The stations that have not said yet what the next step rests on, by asking for another certificate."""
        with self._alone:
            stage = self.stage
            coming = self._coming() if stage is AuthorityStage.ANNOUNCED else authority_of(self.settings.folder)
            if stage is None or coming is None:
                return ()
            with self.acting.database.read() as session:
                return tuple(
                    station
                    for station in _enrolled(session, self.settings)
                    if not _has_heard(_newest(session, self.settings, station), stage, coming)
                )

    def _step(self, stage: AuthorityStage) -> None:
        with self.acting.act() as act:
            if stage is AuthorityStage.ANNOUNCED:
                self._take_over(act)
            else:
                self._retire(act)
        self.moved()

    def _take_over(self, act: Act) -> None:
        signing, following = authority_of(self.settings.folder), self._coming()
        assert following is not None, "announced: ca.next.key is there, and its certificate is believed"
        replace_secret(self._tls / "ca.old.key", private_bytes(signing.key))
        replace_secret(self._tls / "ca.key", private_bytes(following.key))
        (self._tls / "ca.next.key").unlink()  # stopped by a crash before this, it is taken away when the old one goes
        self._say(act, [AuthorityStage.TOOK_OVER], following)

    def _retire(self, act: Act) -> None:
        signing = authority_of(self.settings.folder)
        self._write("ca.crt", signing.identity.certificate)
        self._say(act, [AuthorityStage.RETIRED], signing)

    def _make_good(self) -> bool:
        """Say what the files show and the hub's chain does not: a step that was stopped; whether there was one."""
        stage = self.stage
        coming = self._coming() if stage is AuthorityStage.ANNOUNCED else authority_of(self.settings.folder)
        assert coming is not None, "announced: ca.next.key is there, and its certificate is believed"
        unsaid = self._unsaid(stage, coming)
        if not unsaid:
            return False
        with self.acting.act() as act:
            self._say(act, unsaid, coming)
        self.moved()
        return True

    def _unsaid(self, stage: AuthorityStage | None, coming: Authority) -> Sequence[AuthorityStage]:
        """The steps on the way to what the files show that the last fact is behind by."""
        last = self._last()
        reached = _ORDER.index(stage or AuthorityStage.RETIRED) + 1
        if last is not None and last.fingerprint == coming.fingerprint.hex():
            return _ORDER[_ORDER.index(last.stage) + 1 : reached]
        return () if stage is None else _ORDER[:reached]

    def _last(self) -> AuthorityChanged | None:
        """What the hub itself said last; whatever a station says of authorities is its own affair."""
        own = (col(EntryRow.court) == self.settings.court, col(EntryRow.station) == self.settings.hub)
        said = select(EntryRow).where(*own, col(EntryRow.kind) == AuthorityChanged.kind)
        with self.acting.database.read() as session:
            row = session.exec(said.order_by(col(EntryRow.position).desc())).first()
            fact = None if row is None else bounded_of(row).entry.fact
        return fact if isinstance(fact, AuthorityChanged) else None

    def _say(self, act: Act, stages: Sequence[AuthorityStage], authority: Authority) -> None:
        """What each step ends with. All of it may be done again, and the fact comes last: said, it is all done."""
        if AuthorityStage.RETIRED in stages:
            for left in ("ca.next.key", "ca.old.key"):
                (self._tls / left).unlink(missing_ok=True)
        gone = (col(CertificateRow.court) == self.settings.court, col(CertificateRow.revoked).is_not(None))
        write_revocations(self.settings.folder, act.session.exec(select(CertificateRow.serial).where(*gone)).all())
        tell(self.settings.broker_pid_file)
        act.say(*(AuthorityChanged(stage=stage, fingerprint=authority.fingerprint.hex()) for stage in stages))

    def _next(self) -> Authority:
        """Another authority; its name is its own."""
        path = self._tls / "ca.next.key"
        now = datetime.fromtimestamp(self.clock() / 1000, UTC)
        made = new_authority(f"Yungui {self.settings.court} {now:%Y%m%d%H%M%S}", now=now)
        path.unlink(missing_ok=True)  # announced to nobody: it is in no list of those that are believed
        write_secret(path, made.identity.key)
        return made

    def _coming(self) -> Authority | None:
        """The authority of ``ca.next.key``, if it was announced."""
        there = (self._tls / "ca.next.key").exists()
        return authority_by(self.settings.folder, "ca.next.key") if there else None

    def _write(self, name: str, content: bytes) -> None:
        partial = self._tls / f"{name}.part"
        with partial.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(self._tls / name)

    @property
    def _tls(self) -> Path:
        return self.settings.folder / "tls"


def _enrolled(session: Session, settings: Settings) -> list[StationId]:
    rows = session.exec(select(StationRow).where(col(StationRow.court) == settings.court)).all()
    return [StationId(one.station) for one in rows if one.revoked is None and one.station != settings.hub]


def _newest(session: Session, settings: Settings, station: StationId) -> CertificateRow | None:
    mine = (col(CertificateRow.court) == settings.court, col(CertificateRow.station) == station)
    return session.exec(select(CertificateRow).where(*mine).order_by(col(CertificateRow.issued).desc())).first()


def _has_heard(newest: CertificateRow | None, stage: AuthorityStage, coming: Authority) -> bool:
    """Whoever got a certificate since the announcement had said before that it believes the one that comes."""
    if newest is None:
        return False
    if stage is AuthorityStage.ANNOUNCED:
        return newest.issued >= coming.made + _SECOND  # its time is in whole seconds
    return coming.has_issued(x509.load_pem_x509_certificate(newest.certificate))
