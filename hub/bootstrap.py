"""The parts list of a hub: the one place where concrete parts are named and put together."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self
from zoneinfo import ZoneInfo

from custody.events import PolicyRule
from hub.accounts import Accounts
from hub.acting import Acting
from hub.checkpointing import Checkpointing
from hub.clocks import boot_id, uptime, wall
from hub.commanding import Commanding
from hub.enrolment import Enrolling
from hub.errors import HubError
from hub.evicting import Evicting
from hub.face import Parts
from hub.feed import Changes
from hub.hearing import Hearing
from hub.hub_key import Announcing
from hub.ingest import Ingest
from hub.issuing import Issuing, Terms
from hub.keys import HubKeys, load_keys
from hub.link import Address, Link
from hub.office import Office
from hub.oidc import Provider, SingleSignOn
from hub.outgoing import Voice
from hub.own_chain import OwnChain
from hub.policy import Defaults
from hub.private import Private
from hub.provisioning import check_epoch, found_court, needs_founding
from hub.queries import Queries
from hub.settings import Settings
from hub.store.database import Database
from hub.succession import Succession

__all__ = ["Hub", "assemble"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hub:
    """Everything of one hub process. ``start`` connects it to its stations; before, it is a register."""

    settings: Settings
    database: Database
    acting: Acting
    office: Office
    queries: Queries
    accounts: Accounts
    enrolling: Enrolling
    succession: Succession
    ingest: Ingest
    issuing: Issuing
    checkpointing: Checkpointing
    link: Link
    commanding: Commanding
    announcing: Announcing
    parts: Parts

    def start(self) -> None:
        self.commanding.publish = self.link.publish
        self.announcing.publish = self.link.publish
        self.issuing.start(self.link.publish)
        self.checkpointing.start(self.link.publish)
        self.link.start()

    def stop(self) -> None:
        self.issuing.stop()
        self.checkpointing.stop()
        self.link.stop()

    def close(self) -> None:
        """Give the database back."""
        self.database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def assemble(settings: Settings) -> Hub:
    """A hub from its settings. It claims the database: a second hub on it is refused."""
    keys = load_keys(settings.folder / "keys")
    database = Database(settings.database)
    try:
        return _assembled(settings, keys, database)
    except BaseException:
        database.close()
        raise


def _assembled(settings: Settings, keys: HubKeys, database: Database) -> Hub:
    changes = Changes()
    own = OwnChain(
        court=settings.court,
        hub=settings.hub,
        epoch=settings.hub_epoch,
        key=keys.signing,
        boot=boot_id(),
        clock=wall,
        uptime=uptime,
    )
    acting = Acting(database, own, changes)
    if needs_founding(acting):
        found_court(acting, settings, keys)
    check_epoch(acting, settings)
    voice = Voice(settings.court, settings.hub_epoch, keys.signing)
    ingest = Ingest(
        court=settings.court,
        database=database,
        voice=voice,
        changes=changes,
        hearing=Hearing(court=settings.court, own=own),
        private=Private(settings.court, voice, keys.badges),
        clock=wall,
    )
    zone = ZoneInfo(settings.zone)
    decided = {PolicyRule.GRANTS_DAYS: settings.grants_days, PolicyRule.OVERDUE_DAYS: settings.overdue_days}
    defaults = Defaults(values=decided, zone=zone)
    terms = Terms(debounce=settings.debounce_ms)
    issuing = Issuing(acting=acting, voice=voice, badges=keys.badges, terms=terms, defaults=defaults, clock=wall)
    checkpointing = Checkpointing(
        court=settings.court, database=database, voice=voice, every=settings.checkpoint_seconds, clock=wall
    )

    announcing = Announcing(settings.court, settings.folder)

    def connected() -> None:
        issuing.publish_all()
        checkpointing.publish_newest()
        announcing.publish_all()

    commanding = Commanding(acting=acting, voice=voice, clock=wall)
    office = Office(acting=acting, commanding=commanding, badges=keys.badges, defaults=defaults, clock=wall)
    queries = Queries(
        court=settings.court,
        hub=settings.hub,
        database=database,
        clock=wall,
        badges=keys.badges,
        defaults=defaults,
    )
    accounts = Accounts(court=settings.court, read=database.read, act=acting.act, clock=wall)
    evicting = Evicting(settings, clock=wall)
    enrolling = Enrolling(acting=acting, settings=settings, box=keys.badges, clock=wall, evict=evicting.begin)
    return Hub(
        settings=settings,
        database=database,
        acting=acting,
        office=office,
        queries=queries,
        accounts=accounts,
        enrolling=enrolling,
        succession=Succession(acting=acting, settings=settings, clock=wall),
        ingest=ingest,
        issuing=issuing,
        checkpointing=checkpointing,
        link=Link(
            court=settings.court,
            hub=settings.hub,
            address=Address(
                settings.broker_host, settings.broker_port, settings.folder / "tls" if settings.broker_tls else None
            ),
            ingest=ingest,
            voice=voice,
            clock=wall,
            reopen=database.reopen,
            connected=connected,
            evict=evicting.begin,
        ),
        commanding=commanding,
        announcing=announcing,
        parts=Parts(
            court=settings.court,
            court_name=settings.name,
            queries=queries,
            acts=office,
            feed=changes,
            accounts=accounts,
            door=enrolling,
            clock=wall,
            secure=settings.secure,
            sign_on=_sign_on(settings),
            zone=settings.zone,
        ),
    )


def _sign_on(settings: Settings) -> SingleSignOn | None:
    if not settings.oidc_issuer:
        return None
    try:
        secret = Path(settings.oidc_secret_file).read_text().strip() if settings.oidc_secret_file else ""
    except OSError as error:
        raise HubError(
            f"hub.toml: oidc_secret_file = {settings.oidc_secret_file}: 无法读取({error.strerror})。请检查路径。\n"
            f"hub.toml: oidc_secret_file = {settings.oidc_secret_file} cannot be read ({error.strerror}). Check it."
        ) from None
    name = settings.oidc_name or settings.oidc_issuer
    provider = Provider(issuer=settings.oidc_issuer, client_id=settings.oidc_client_id, secret=secret, name=name)
    return SingleSignOn(provider, clock=wall)
