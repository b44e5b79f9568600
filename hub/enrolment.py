"""Lets stations in, gives them their next certificates, and shuts them out: keys are made by the station alone.

Whoever proves the code of an invitation is enrolled once, with the keys the proof names. Whoever signs with an enrolled
key may have its next certificate, however late. Nothing is answered to what was revoked.
"""

from __future__ import annotations

import logging
import os
import secrets
import signal
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey
from sqlmodel import Session, col, select

from custody import envelope, wire
from custody.enrolment import CODE_BYTES, Answer, Invitation, Reply, Rotated, is_proven, rotation_bytes
from custody.events import PlaceKind, StationEnrolled, StationKind, StationRevoked
from custody.identifiers import CourtId, PersonId, PlaceId, StationId, check_id
from custody.messages import Application, Purpose, Renewal, Rotation
from hub.acting import Act, Acting
from hub.certificates import Authority, Issued, authorities_of, authority_of, believed, believed_fingerprints
from hub.face import Refused
from hub.keys import BadgeBox
from hub.registering import enter_place
from hub.settings import Settings
from hub.store.tables import CertificateRow, GrantRow, InvitationRow, PlaceRow, StationRow

__all__ = ["Enrolling", "Wanted", "accept_station", "tell", "write_revocations"]

_LOG = logging.getLogger(__name__)
_MINUTE = 60_000
_MINUTES = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A station that shall come. ``court_staffed``: confidential volumes may be known there.

    ``floor``: the storey it stands on, from which the nearest other cabinet is told; none if nobody said.
    """

    station: StationId
    kind: StationKind
    name: str
    court_staffed: bool
    broker_host: str
    broker_port: int
    floor: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolling:
    """Safe to call from any thread. ``by``: who does it; whether that person may, is asked before."""

    acting: Acting
    settings: Settings
    box: BadgeBox
    clock: Callable[[], int]
    evict: Callable[[StationId], object] = lambda _: None  # ends a connection that the broker still holds

    def invite(self, wanted: Wanted, *, host: str, port: int, minutes: int) -> Invitation | Refused:
        """An invitation to be read off a QR code, good for so many minutes. An unused earlier one is worth nothing."""
        if not check_id(wanted.station) or wanted.station == self.settings.hub or "." in wanted.station:
            return Refused("enrol.id_malformed", {"station": wanted.station})
        fingerprint = self._authority().fingerprint
        code, now = secrets.token_bytes(CODE_BYTES), self.clock()
        with self.acting.act() as act:
            known = act.session.get(StationRow, (self._court, wanted.station))
            if known is not None:
                return Refused("enrol.taken" if known.revoked is None else "enrol.revoked", {"station": wanted.station})
            act.session.merge(
                InvitationRow(
                    court=self._court,
                    station=wanted.station,
                    kind=wanted.kind.value,
                    name=wanted.name,
                    court_staffed=wanted.court_staffed,
                    floor=wanted.floor,
                    broker_host=wanted.broker_host,
                    broker_port=wanted.broker_port,
                    code=self.box.seal(code.hex(), nonce=secrets.token_bytes(12)),
                    made=now,
                    expires=now + minutes * _MINUTE,
                    used=None,
                )
            )
        _LOG.info("invited station=%s minutes=%d", wanted.station, minutes)
        return Invitation(host=host, port=port, station=wanted.station, authority=fingerprint, code=code)

    def invite_here(
        self, station: StationId, *, kind: StationKind, name: str, court_staffed: bool, floor: int | None = None
    ) -> Invitation | Refused:
        """An invitation with the addresses of this hub's own settings."""
        wanted = Wanted(
            station=station,
            kind=kind,
            name=name,
            court_staffed=court_staffed,
            floor=floor,
            broker_host=self.settings.broker_host,
            broker_port=self.settings.broker_port,
        )
        host, port = self.settings.door
        return self.invite(wanted, host=host, port=port, minutes=_MINUTES)

    def enrol(self, message: bytes) -> Answer | Refused:
        """Accept a station that proves its invitation; the same one again gets its answer again."""
        read = _application(message)
        if isinstance(read, Refused):
            return read
        authority, now = self._authority(), self.clock()
        with self.acting.act() as act:
            invited = act.session.get(InvitationRow, (self._court, read.station))
            if invited is None or not is_proven(read, code=bytes.fromhex(self.box.open(invited.code))):
                _LOG.warning("an application was refused: station=%s why=code", read.station)
                return Refused("enrol.code_wrong", {"station": read.station})
            known = act.session.get(StationRow, (self._court, read.station))
            if known is not None and (known.revoked is not None or known.public_key != read.public_key):
                return Refused("enrol.used", {"station": read.station})
            if now >= invited.expires:
                return Refused("enrol.expired", {"station": read.station})
            certificate = self._certified(act.session, authority, read.station, read.request)
            if isinstance(certificate, Refused):
                return certificate
            if known is None:
                if self._key_is_known(act.session, read.public_key):
                    return Refused("enrol.key_in_use", {"station": read.station})
                accept_station(act, self._court, invited, read, now=now)
                invited.used = now
                _LOG.info("enrolled station=%s", read.station)
            return Answer(
                certificate=certificate,
                authority=self.authority_certificate(),
                settings=self._told(invited),
            )

    def renew(self, message: bytes) -> Reply | Refused:
        """The next certificate of an enrolled station that was not revoked, whenever its last one ran out.

        Only of one that believes every authority the hub does: having the certificate proves that it does.
        """
        signed = envelope.split(message)
        read = wire.decode(signed.header, Renewal) if isinstance(signed, envelope.Signed) else None
        if not isinstance(read, Renewal) or read.court != self._court:
            return Refused("enrol.request_malformed", {})
        with self.acting.act() as act:
            row = act.session.get(StationRow, (self._court, read.station))
            key = None if row is None else envelope.public_key(row.public_key)
            believed = envelope.verify(message, purpose=Purpose.RENEWAL, key_of=lambda _: key)
            if row is None or isinstance(believed, envelope.Rejected):
                _LOG.warning("a renewal was refused: station=%s why=signature", read.station)
                return Refused("enrol.not_enrolled", {"station": read.station})
            if row.revoked is not None:
                _LOG.warning("a renewal was refused: station=%s why=revoked", read.station)
                return Refused("enrol.revoked", {"station": read.station})
            if not believed_fingerprints(self.settings.folder) <= set(read.believes):
                _LOG.warning("a renewal was refused: station=%s why=believes", read.station)
                return Refused("renewal.believe_first", {"station": read.station})
            certificate = self._certified(act.session, self._authority(), read.station, read.request)
        if isinstance(certificate, Refused):
            return certificate
        _LOG.info("certificate renewed station=%s", read.station)
        return Reply(certificate=certificate, authority=self.authority_certificate())

    def rotate(self, message: bytes) -> Rotated | Refused:
        """Believe a station's next signing key, named under the present one. Said again, it changes nothing."""
        signed = envelope.split(message)
        read = wire.decode(signed.header, Rotation) if isinstance(signed, envelope.Signed) else None
        if not isinstance(read, Rotation) or read.court != self._court:
            return Refused("enrol.request_malformed", {})
        with self.acting.act() as act:
            row = act.session.get(StationRow, (self._court, read.station))
            done = row is not None and row.public_key == read.public_key
            old = "" if row is None else (row.previous_key if done else row.public_key)
            key = envelope.public_key(old) if old else None
            believed = envelope.verify(message, purpose=Purpose.ROTATION, key_of=lambda _: key)
            if row is None or isinstance(believed, envelope.Rejected) or not _has_next(read, before=old):
                _LOG.warning("a rotation was refused: station=%s why=signature", read.station)
                return Refused("enrol.not_enrolled", {"station": read.station})
            if row.revoked is not None:
                return Refused("enrol.revoked", {"station": read.station})
            if done:
                return Rotated(public_key=read.public_key)
            if self._key_is_known(act.session, read.public_key):
                return Refused("enrol.key_in_use", {"station": read.station})
            row.previous_key, row.public_key = old, read.public_key
            act.say(
                StationEnrolled(
                    station=read.station,
                    station_kind=StationKind(row.kind),
                    public_key=read.public_key,
                    sealing_key=row.sealing_key,
                )
            )
        _LOG.info("signing key rotated station=%s", read.station)
        return Rotated(public_key=read.public_key)

    def revoke(self, station: StationId, *, by: PersonId, reason: str) -> Refused | None:
        """Accept nothing of a station from here on; the broker is told, but it need not have heard."""
        with self.acting.act() as act:
            row = act.session.get(StationRow, (self._court, station))
            if row is None or station == self.settings.hub:
                return Refused("enrol.not_enrolled", {"station": station})
            if row.revoked is not None:
                return Refused("enrol.revoked", {"station": station})
            now = self.clock()
            row.revoked, row.revoked_why = now, reason
            mine = (col(CertificateRow.court) == self._court, col(CertificateRow.station) == station)
            for one in act.session.exec(select(CertificateRow).where(*mine)):
                one.revoked = now
            granted = act.session.get(GrantRow, (self._court, station))
            if granted is not None:
                act.session.delete(granted)
            act.say(StationRevoked(station=station, person=by, reason=reason))
        _LOG.warning("revoked station=%s reason=%s", station, reason)
        self.tell_broker()
        self.evict(station)
        return None

    def authority_certificate(self) -> bytes:
        """The authority's certificate, PEM: public, and compared with the invitation by whoever asks for it.

        While another one comes, that one's or the one before follows it.
        """
        return believed(self.settings.folder)

    def tell_broker(self) -> None:
        """Write the list of revoked certificates anew, and have Mosquitto read it."""
        with self.acting.database.write() as session:  # alone: another authority's step writes the same file
            gone = (col(CertificateRow.court) == self._court, col(CertificateRow.revoked).is_not(None))
            write_revocations(self.settings.folder, session.exec(select(CertificateRow.serial).where(*gone)).all())
        tell(self.settings.broker_pid_file)

    @property
    def _court(self) -> CourtId:
        return self.acting.own.court

    def _authority(self) -> Authority:
        return authority_of(self.settings.folder)

    def _key_is_known(self, session: Session, public_key: str) -> bool:
        same = (col(StationRow.court) == self._court, col(StationRow.public_key) == public_key)
        return session.exec(select(StationRow.station).where(*same)).first() is not None

    def _certified(self, session: Session, authority: Authority, station: StationId, request: bytes) -> bytes | Refused:
        """One key is certified once: a request that is said again gets the certificate it got before."""
        now = datetime.fromtimestamp(self.clock() / 1000, UTC)
        issued = authority.answer(request, name=station, now=now, days=self.settings.certificate_days)
        if issued is None:
            return Refused("enrol.request_malformed", {})
        same = (col(CertificateRow.court) == self._court, col(CertificateRow.key) == issued.key)
        before = session.exec(select(CertificateRow).where(*same)).first()
        if before is None:
            session.add(_row(self._court, station, issued, now=self.clock()))
            return issued.certificate
        if before.station != station or before.revoked is not None:
            return Refused("enrol.key_in_use", {"station": station})
        return before.certificate

    def _told(self, invited: InvitationRow) -> dict[str, str | int]:
        root = envelope.public_key(self.settings.root_key)
        assert root is not None, "root_key in hub.toml was checked at the start"
        host, port = self.settings.door
        return {
            "court": self._court,
            "station": invited.station,
            "kind": invited.kind,
            "name": invited.name,
            "place": invited.station,
            "broker_host": invited.broker_host,
            "broker_port": invited.broker_port,
            "hub_host": host,
            "hub_port": port,
            "hub_key": envelope.raw(self.acting.own.key.public_key()).hex(),
            "root_fingerprint": envelope.fingerprint(root),
            "root_key": self.settings.root_key,
            "court_name": self.settings.name,
        }


def _has_next(read: Rotation, *, before: str) -> bool:
    """Whether whoever asks has the next key too."""
    key = envelope.public_key(read.public_key)
    if key is None or envelope.raw(key).hex() != read.public_key:
        return False
    try:
        key.verify(read.proof, rotation_bytes(court=read.court, station=read.station, before=before))
    except InvalidSignature:
        return False
    return True


def accept_station(act: Act, court: CourtId, invited: InvitationRow, read: Application, *, now: int) -> None:
    """From here on entries under this key are this station's."""
    kind = StationKind(invited.kind)
    station = StationId(invited.station)
    act.session.add(
        StationRow(
            court=court,
            station=station,
            kind=kind.value,
            name=invited.name,
            place=station,
            public_key=read.public_key,
            sealing_key=read.sealing_key,
            court_staffed=invited.court_staffed,
            floor=invited.floor,
            enrolled_at=now,
        )
    )
    act.say(
        StationEnrolled(station=station, station_kind=kind, public_key=read.public_key, sealing_key=read.sealing_key)
    )
    if act.session.get(PlaceRow, (court, station)) is None:
        enter_place(act, court, place=PlaceId(station), kind=PlaceKind.STATION, name=invited.name, station=station)


def write_revocations(folder: Path, serials: Sequence[str]) -> None:
    """``tls/crl.pem``: a list by each authority that is believed.

    It is replaced as a whole: a broker that reads it meanwhile reads the old one or the new one.
    """
    path = folder / "tls" / "crl.pem"
    partial = path.with_suffix(".part")
    before = path.read_bytes() if path.exists() else None
    now = datetime.now(UTC)
    lists = (one.revocations(serials, now=now, before=before) for one in authorities_of(folder))
    partial.write_bytes(b"".join(lists))
    partial.replace(path)


def _application(message: bytes) -> Application | Refused:
    """An application whose own key signed it."""
    malformed = Refused("enrol.request_malformed", {})
    signed = envelope.split(message)
    if isinstance(signed, envelope.Rejected):
        return malformed
    read = wire.decode(signed.header, Application)
    if isinstance(read, wire.Malformed) or not check_id(read.station) or not _is_sealing(read.sealing_key):
        return malformed
    key = envelope.public_key(read.public_key)
    if key is None or envelope.raw(key).hex() != read.public_key:
        return malformed
    believed = envelope.verify(message, purpose=Purpose.ENROLMENT, key_of=lambda _: key)
    return malformed if isinstance(believed, envelope.Rejected) else read


def _is_sealing(text: str) -> bool:
    try:
        return envelope.raw(X25519PublicKey.from_public_bytes(bytes.fromhex(text))).hex() == text
    except ValueError:
        return False


def _row(court: CourtId, station: StationId, issued: Issued, *, now: int) -> CertificateRow:
    return CertificateRow(
        court=court,
        serial=issued.serial,
        station=station,
        key=issued.key,
        certificate=issued.certificate,
        issued=now,
        expires=issued.expires,
        revoked=None,
    )


def tell(pid_file: str) -> None:
    """Have the broker of this pid file read its lists and certificates again; nothing where there is none."""
    if not pid_file:
        return
    try:
        os.kill(int(Path(pid_file).read_text()), signal.SIGHUP)
    except (OSError, ValueError) as error:
        _LOG.error(
            "消息服务器没有收到通知(%s:%s),请向它发送 SIGHUP · the broker was not told: send it SIGHUP",
            pid_file,
            error,
        )
