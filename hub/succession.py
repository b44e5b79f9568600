"""Another certificate authority, without enrolling anybody anew: announced under the present one, then in its place.

Stations ask every hour whom to believe, over a connection that the present authority vouches for. So the next one is
believed before it signs, and the one before until nothing of its own is in use: a station that was off meanwhile is
waited for. ``tls/ca.crt`` holds all that are believed, ``ca.key`` is the one that signs; changing that one file is
taking over.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from sqlmodel import Session, col, select

from custody.events import AuthorityChanged, AuthorityStage
from custody.identifiers import StationId
from hub.acting import Acting
from hub.certificates import Authority, authorities_of, authority_by, authority_of, new_authority
from hub.enrolment import tell, write_revocations
from hub.face import Refused
from hub.keys import private_bytes, replace_secret, write_secret
from hub.settings import Settings
from hub.store.tables import CertificateRow, StationRow

__all__ = ["Succession"]

_SECOND = 1000


@dataclass(slots=True, kw_only=True)
class Succession:
    """``clock``: milliseconds since 1970. Safe to call from any thread; each step can be repeated after a crash.

    ``moved`` is called after each step: the hub's own certificates follow.
    """

    acting: Acting
    settings: Settings
    clock: Callable[[], int]
    moved: Callable[[], object] = lambda: None

    @property
    def stage(self) -> AuthorityStage | None:
        """How far another authority has come; none if there is none on its way."""
        folder = self.settings.folder
        coming = authority_by(folder, "ca.next.key") if (self._tls / "ca.next.key").exists() else None
        if coming is not None and coming.certificate != authority_of(folder).certificate:
            return AuthorityStage.ANNOUNCED
        others = len(x509.load_pem_x509_certificates((self._tls / "ca.crt").read_bytes())) > 1
        return AuthorityStage.TOOK_OVER if others else None

    def begin(self) -> str | Refused:
        """Make the next authority and announce it; its fingerprint, hex."""
        if self.stage is not None:
            return Refused("authority.under_way", {"stations": ", ".join(self.waits_for())})
        made = self._next()
        believed = (self._tls / "ca.crt").read_bytes()
        self._write("ca.crt", believed + made.identity.certificate)
        self._moved(AuthorityStage.ANNOUNCED, made)
        return made.fingerprint.hex()

    def go_on(self) -> bool:
        """Take the next step, if nobody is waited for; whether it was taken."""
        return self.stage is not None and not self.waits_for() and self.step()

    def step(self) -> bool:
        """Take the next step whoever has not heard: such a station has to be enrolled anew."""
        match self.stage:
            case AuthorityStage.ANNOUNCED:
                self._take_over()
            case AuthorityStage.TOOK_OVER:
                self._retire()
            case _:
                return False
        return True

    def waits_for(self) -> tuple[StationId, ...]:
        """The stations that have not said yet what the next step rests on, by asking for another certificate."""
        stage = self.stage
        if stage is None:
            return ()
        signing, *others = authorities_of(self.settings.folder)
        with self.acting.database.read() as session:
            return tuple(
                station
                for station in _enrolled(session, self.settings)
                if not _has_heard(_newest(session, self.settings, station), stage, signing, others)
            )

    def _take_over(self) -> None:
        signing, following = authorities_of(self.settings.folder)
        replace_secret(self._tls / "ca.old.key", private_bytes(signing.key))
        replace_secret(self._tls / "ca.key", private_bytes(following.key))
        (self._tls / "ca.next.key").unlink()  # stopped by a crash before this, it is taken away when the old one goes
        self._moved(AuthorityStage.TOOK_OVER, following)

    def _retire(self) -> None:
        signing = authority_of(self.settings.folder)
        for left in ("ca.next.key", "ca.old.key"):
            (self._tls / left).unlink(missing_ok=True)
        self._write("ca.crt", signing.identity.certificate)
        self._moved(AuthorityStage.RETIRED, signing)

    def _next(self) -> Authority:
        """The authority that was made, by an earlier try too; its name is its own."""
        path = self._tls / "ca.next.key"
        now = datetime.fromtimestamp(self.clock() / 1000, UTC)
        made = new_authority(f"Yungui {self.settings.court} {now:%Y%m%d%H%M%S}", now=now)
        if path.exists():
            path.unlink()  # announced to nobody: it is in no list of those that are believed
        write_secret(path, made.identity.key)
        return made

    def _moved(self, stage: AuthorityStage, authority: Authority) -> None:
        with self.acting.act() as act:
            gone = (col(CertificateRow.court) == self.settings.court, col(CertificateRow.revoked).is_not(None))
            serials = act.session.exec(select(CertificateRow.serial).where(*gone)).all()
            write_revocations(self.settings.folder, serials)
            act.say(AuthorityChanged(stage=stage, fingerprint=authority.fingerprint.hex()))
        tell(self.settings.broker_pid_file)
        self.moved()

    def _write(self, name: str, content: bytes) -> None:
        partial = self._tls / f"{name}.part"
        partial.write_bytes(content)
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


def _has_heard(
    newest: CertificateRow | None, stage: AuthorityStage, signing: Authority, others: list[Authority]
) -> bool:
    """Whoever got a certificate was told, with it, whom to believe."""
    if newest is None:
        return False
    if stage is AuthorityStage.ANNOUNCED:
        announced = max(one.made for one in others)
        return newest.issued >= announced + _SECOND  # its time is in whole seconds
    return signing.has_issued(x509.load_pem_x509_certificate(newest.certificate))
