"""Issues grants: to each station what it may do alone, whenever that changes, and anew before they run out.

Changes are gathered for a moment, so that a burst of them makes one issue. What did not change is not issued again.
"""

from __future__ import annotations

import hashlib
import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from sqlmodel import Session, col, select

from custody import envelope, wire
from custody.events import GrantsIssued, PolicyRule
from custody.grants import Grants
from custody.identifiers import StationId
from custody.messages import GrantsMessage
from hub.acting import Acting
from hub.core.granting import Expiry, grants_for, nearest_first
from hub.core.policy import Policy, runs_out
from hub.feed import Changed
from hub.granted import Register, read_register
from hub.keys import BadgeBox
from hub.outgoing import Outgoing, Voice
from hub.policy import Defaults, read_policy
from hub.store.ledger import newest_epoch
from hub.store.tables import GrantRow, StationRow

__all__ = ["Issuing", "Terms"]

_LOG = logging.getLogger(__name__)
_DAY = 24 * 3_600_000
_PARTS = 3  # grants are renewed when a third of their time has gone, however short it is


@dataclass(frozen=True, slots=True)
class Terms:
    """``debounce``: ms to gather changes; ``renew``: ms until issued anew; ``look``: ms from one round to the next."""

    debounce: int = 1000
    renew: int = _DAY
    look: int = _DAY // 24

    def renew_after(self, days: int) -> int:
        """When grants are to be issued anew, for stations that work alone for so many days (ms after the last)."""
        return min(self.renew, days * _DAY // _PARTS)

    def renewed_within(self, days: int) -> int:
        """By when stations have the new ones, if nothing fails (ms): a round finds them due, another is to spare."""
        return self.renew_after(days) + 2 * self.look


class Issuing:
    """``clock``: milliseconds since 1970. ``start`` runs it in a thread; ``issue`` does one round by hand."""

    def __init__(
        self,
        *,
        acting: Acting,
        voice: Voice,
        badges: BadgeBox,
        terms: Terms,
        defaults: Defaults,
        clock: Callable[[], int],
        new_key: Callable[[], X25519PrivateKey] = X25519PrivateKey.generate,
    ) -> None:
        self._acting = acting
        self._voice = voice
        self._badges = badges
        self._terms = terms
        self._defaults = defaults
        self._clock = clock
        self._new_key = new_key
        self._publish: Callable[[Outgoing], object] = lambda _: None
        self._due = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._work, name="grants", daemon=True)
        self._end: Callable[[], None] = lambda: None

    def start(self, publish: Callable[[Outgoing], object]) -> None:
        self._publish = publish
        self._end = self._acting.changes.watch(self._watch)
        self._due.set()
        self._thread.start()

    def stop(self) -> None:
        self._end()
        self._stopping.set()
        self._due.set()
        self._thread.join(10)

    def publish_all(self) -> None:
        """Publish once more what was issued last: the broker may have forgotten it."""
        with self._acting.database.read() as session:
            mine = col(GrantRow.court) == self._acting.own.court
            rows = session.exec(select(GrantRow).where(mine)).all()
        for row in rows:
            self._publish(self._outgoing(row))

    def issue(self) -> tuple[Outgoing, ...]:
        """Issue to every station whose grants would say something else than its last, or are to be renewed."""
        court = self._acting.own.court
        with self._acting.database.read() as session:
            stations = session.exec(select(StationRow).where(col(StationRow.court) == court)).all()
            register = read_register(session, court, self._badges)
            policy = read_policy(session, court)
            due = [
                (one, grants)
                for one in stations
                if one.station != self._acting.own.hub
                and one.revoked is None
                and (grants := self._due_for(session, one, register, policy)) is not None
            ]
        return tuple(self._issued(station, grants) for station, grants in due)

    def _due_for(self, session: Session, station: StationRow, register: Register, policy: Policy) -> Grants | None:
        now = self._clock()
        wanted = {rule: policy.value(rule, default=value) for rule, value in self._defaults.values.items()}
        days = wanted[PolicyRule.GRANTS_DAYS]
        last = session.get(GrantRow, (station.court, station.station))
        newest = newest_epoch(session, self._acting.own.court, StationId(station.station))
        version = last.version + 1 if last is not None and last.hub_epoch == self._voice.hub_epoch else 1
        granted = grants_for(
            Expiry(
                hub_epoch=self._voice.hub_epoch,
                version=version,
                issued=now,
                expires=runs_out(
                    now,
                    renewed_within=self._terms.renewed_within(days),
                    days=days,
                    closures=policy.closures,
                    zone=self._defaults.zone,
                ),
            ),
            badge_key=self._badges.station_key(StationId(station.station)),
            upto=("", 0) if newest is None else (newest.epoch, newest.tip),
            court_staffed=station.court_staffed,
            people=register.people,
            volumes=register.volumes,
            places=register.places,
            names=register.names,
            delegations=register.delegations,
            elsewhere=nearest_first(register.roomy, station=StationId(station.station), floor=station.floor),
            codes=register.codes,
            arranged=register.arranged,
        )
        grants = replace(
            granted,
            overdue_after=wanted[PolicyRule.OVERDUE_DAYS] * _DAY,
            sealing_key=envelope.raw(self._badges.sealing_key().public_key()).hex(),
        )
        renew = self._terms.renew_after(days)
        fresh = last is not None and last.hub_epoch == self._voice.hub_epoch and now - last.issued < renew
        return None if fresh and last is not None and last.content == _content(grants) else grants

    def _issued(self, station: StationRow, grants: Grants) -> Outgoing:
        packed = wire.pack_grants(grants)
        digest = hashlib.sha256(packed).hexdigest()
        recipient = X25519PublicKey.from_public_bytes(bytes.fromhex(station.sealing_key))
        sealed = envelope.seal(packed, recipient=recipient, ephemeral=self._new_key())
        name = StationId(station.station)
        message = GrantsMessage(
            court=self._acting.own.court,
            station=name,
            hub_epoch=grants.hub_epoch,
            version=grants.version,
            sealed=sealed,
        )
        outgoing = self._voice.grants(message)
        with self._acting.act() as act:
            act.silent = True  # pages show no grants, and this must not wake itself
            row = GrantRow(
                court=station.court,
                station=name,
                hub_epoch=grants.hub_epoch,
                version=grants.version,
                issued=grants.issued,
                expires=grants.expires,
                content=_content(grants),
                digest=digest,
                message=outgoing.payload,
            )
            act.session.merge(row)
            act.say(GrantsIssued(station=name, hub_epoch=grants.hub_epoch, version=grants.version, digest=digest))
        _LOG.info("grants issued station=%s version=%d bytes=%d", name, grants.version, len(outgoing.payload))
        return outgoing

    def _outgoing(self, row: GrantRow) -> Outgoing:
        topic = self._voice.grants_topic(StationId(row.station))
        return Outgoing(topic, row.message, retain=True)

    def _watch(self, changed: Changed) -> None:
        if changed.volumes or changed.register:
            self._due.set()

    def _work(self) -> None:
        while not self._stopping.is_set():
            self._due.wait(self._terms.look / 1000)
            if self._stopping.wait(self._terms.debounce / 1000):
                return
            self._due.clear()
            try:
                for outgoing in self.issue():
                    self._publish(outgoing)
            except Exception:  # noqa: BLE001  # a failed round must not end all later ones
                _LOG.exception("grants could not be issued; trying again")
                self._due.set()
                self._stopping.wait(5)


def _content(grants: Grants) -> str:
    """What is granted and for how long, whenever it is issued. Room elsewhere is news, not a right.

    Which epoch of the station the hub has heard of counts: codes wait there for grants that know it.
    """
    lasts = grants.expires - grants.issued
    same = replace(grants, version=0, issued=0, expires=lasts, upto=(grants.upto[0], 0), elsewhere=())
    return hashlib.sha256(wire.pack_grants(same)).hexdigest()
