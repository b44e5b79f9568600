"""A hub on an older backup: it notices by what stations saw, signs no more, and goes on only by the root's word."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from sqlmodel import select

from audit.verify import Consistent, Inconsistent, Seen, verify
from custody import checkpoints, envelope, wire
from custody.checkpoints import Accepted, Checkpoint, Offered, judge
from custody.events import DoorClosed, DoorOpened, Doubt, EpochReason, LedgerContradicted, RootSucceeded
from custody.identifiers import ActId, PlaceId
from custody.messages import Keys, Purpose, Recovery
from custody.topics import Channel
from hub.__main__ import main
from hub.bootstrap import Hub, assemble
from hub.checkpointing import offer
from hub.errors import HubError
from hub.export import export
from hub.keys import private_bytes, write_secret
from hub.recovering import read_checkpoint, recover
from hub.root_key import handed_down, load_root, rotate_root
from hub.settings import Settings, load_settings, write_settings
from hub.store.log import Tree, checkpoint_of, log_of
from hub.store.tables import DiscrepancyRow, WitnessRow
from tests.hub.sample_court import COURT, Sample, enrolled, founded, registered, send

P7 = PlaceId("cab-1.07")


@dataclass
class Restored:
    """A court whose hub was put back to a backup, and a station that has seen more."""

    folder: Path
    cabinet: Sample
    seen: Checkpoint
    note: str

    @property
    def settings(self) -> Settings:
        return load_settings(self.folder)

    @property
    def root(self) -> Ed25519PrivateKey:
        key = load_pem_private_key((self.folder / "keys" / "root.pem").read_bytes(), None)
        assert isinstance(key, Ed25519PrivateKey)
        return key

    def verdict(self, hub: Hub, *seen: str) -> Consistent | Inconsistent:
        public = envelope.public_key(hub.settings.root_key)
        assert public is not None
        lines = export(hub.database.read, COURT, clock=lambda: 0)
        return verify(lines, root=envelope.fingerprint(public), seen=[Seen(one) for one in seen])


def signed(hub: Hub) -> tuple[Checkpoint, str]:
    row = hub.checkpointing.sign()
    assert row is not None
    return checkpoint_of(row), row.note.decode()


def speak(hub: Hub, cabinet: Sample, count: int = 3) -> None:
    cabinet.say(*(DoorClosed(place=P7) for _ in range(count)))
    send(hub, cabinet, cabinet.batch())


@pytest.fixture
def restored(tmp_path: Path) -> Restored:
    """The backup is made, more happens and is seen, the backup is put back, and the hub has gone on for a moment."""
    folder, backup = tmp_path / "hub", tmp_path / "backup.sqlite"
    with founded(tmp_path) as hub:
        cabinet = enrolled(hub, tmp_path)
        send(hub, cabinet, cabinet.batch())
        cabinet.checkpoint = checkpoints.name(signed(hub)[0])
        speak(hub, cabinet)
    shutil.copy(folder / "hub.sqlite", backup)
    with assemble(load_settings(folder)) as hub:
        registered(hub, 1)
        speak(hub, cabinet)
        seen, note = signed(hub)
        cabinet.checkpoint = checkpoints.name(seen)
        speak(hub, cabinet)
    for old in folder.glob("hub.sqlite*"):
        old.unlink()
    shutil.copy(backup, folder / "hub.sqlite")
    return Restored(folder, cabinet, seen, note)


def test_a_restored_hub_is_told_so_by_its_stations_and_signs_no_more(restored: Restored) -> None:
    with assemble(restored.settings) as hub:
        send(hub, restored.cabinet, restored.cabinet.state(), Channel.STATE)

        with hub.database.read() as session:
            assert [row.kind for row in session.exec(select(DiscrepancyRow))] == ["ledger_ahead"]
        assert hub.checkpointing.sign() is None
        bad = restored.verdict(hub, restored.note)
        assert isinstance(bad, Inconsistent) and bad.why == "seen_beyond"


def test_after_a_recovery_stations_follow_and_the_whole_export_verifies(restored: Restored) -> None:
    before = restored.settings.hub_epoch
    with assemble(restored.settings) as hub:
        send(hub, restored.cabinet, restored.cabinet.batch())  # the station sends the lost part again

    done = recover(restored.settings, restored.root, seen=[restored.seen])

    assert (done.seen, done.epoch) == (restored.seen, restored.settings.hub_epoch)
    assert done.lost > 0
    with assemble(restored.settings) as hub:
        new, _ = signed(hub)
        assert new.log != before
        with hub.database.read() as session:
            made = offer(session, COURT, new.log)
            kinds = [row.kind for row in session.exec(select(DiscrepancyRow)) if row.station == hub.settings.hub]
        assert made is not None
        (statement,) = made.recoveries
        read = envelope.split(statement)
        assert isinstance(read, envelope.Signed)
        told = wire.decode(read.header, Recovery)
        assert isinstance(told, Recovery)
        offered = Offered(checkpoint=new, proofs={}, recoveries=[told])
        assert judge(restored.seen, offered) == Accepted(new), "a station follows the root's word"
        assert kinds == ["history_lost"], "what is gone of the hub's own chain is told"
        restored.cabinet.checkpoint = checkpoints.name(new)
        speak(hub, restored.cabinet)
        result = restored.verdict(hub, restored.note)
    assert isinstance(result, Consistent), result
    assert (result.logs, result.lost) == (2, done.lost)


def test_a_hub_whose_stations_sent_everything_again_has_lost_nothing(restored: Restored, tmp_path: Path) -> None:
    """What nobody at the hub had done, comes back entry by entry, and the log grows to what was seen."""
    with founded(tmp_path / "other") as hub:
        cabinet = enrolled(hub, tmp_path / "other")
        cabinet.checkpoint = f"{hub.settings.hub_epoch}.{10**6}.{'ab' * 32}"
        send(hub, cabinet, cabinet.batch())
        assert hub.checkpointing.sign() is None
        with hub.database.write() as session:
            row = session.get(WitnessRow, (COURT, cabinet.id))
            log = log_of(session, COURT, hub.settings.hub_epoch)
            assert row is not None
            row.size, row.root = log.size, Tree(session, COURT, log.log).root(log.size).hex()

        assert hub.checkpointing.sign() is not None


def test_without_the_roots_statement_no_other_log_verifies(restored: Restored) -> None:
    recover(restored.settings, restored.root, seen=[restored.seen])
    with assemble(restored.settings) as hub:
        root = envelope.public_key(hub.settings.root_key)
        assert root is not None
        lines = [one for one in export(hub.database.read, COURT, clock=lambda: 0) if b'"recovery"' not in one]
        bad = verify(lines, root=envelope.fingerprint(root))

    assert isinstance(bad, Inconsistent)
    assert bad.why == "unrecovered"


def test_what_a_recovery_left_out_is_completed_by_another(restored: Restored) -> None:
    recover(restored.settings, restored.root, seen=[restored.seen])
    later = Checkpoint(restored.seen.log, restored.seen.size + 2, bytes(32))
    with assemble(restored.settings) as hub:
        restored.cabinet.checkpoint = None
        restored.cabinet.say(LedgerContradicted(why=Doubt.RECOVERED_BEFORE, accepted=checkpoints.name(later), note=""))
        send(hub, restored.cabinet, restored.cabinet.batch())

    done = recover(restored.settings, restored.root)

    assert (done.epoch, done.seen) == (None, later)
    with assemble(restored.settings) as hub:
        assert isinstance(restored.verdict(hub, checkpoints.name(later)), Consistent)


def test_a_backup_from_before_a_recovery_is_recovered_too(restored: Restored, tmp_path: Path) -> None:
    shutil.copy(restored.folder / "hub.sqlite", tmp_path / "older.sqlite")
    recover(restored.settings, restored.root, seen=[restored.seen])
    with assemble(restored.settings) as hub:
        second, note = signed(hub)
    for old in restored.folder.glob("hub.sqlite*"):
        old.unlink()
    shutil.copy(tmp_path / "older.sqlite", restored.folder / "hub.sqlite")

    with pytest.raises(HubError, match="yungui-hub recover"):
        assemble(restored.settings)
    done = recover(restored.settings, restored.root, seen=[second, restored.seen])

    assert done.seen == second
    with assemble(restored.settings) as hub:
        result = restored.verdict(hub, note, restored.note)
    assert isinstance(result, Consistent), result
    assert result.logs == 3


def test_nothing_is_recovered_where_nothing_is_missing(tmp_path: Path) -> None:
    with founded(tmp_path) as hub:
        settings = hub.settings
    key = load_pem_private_key((settings.folder / "keys" / "root.pem").read_bytes(), None)
    assert isinstance(key, Ed25519PrivateKey)

    with pytest.raises(HubError, match="Nothing to recover"):
        recover(settings, key)
    with pytest.raises(HubError, match="not the present root key"):
        recover(settings, Ed25519PrivateKey.generate())


def test_a_checkpoint_is_read_as_it_was_kept(restored: Restored) -> None:
    assert read_checkpoint(restored.note, restored.settings) == restored.seen
    assert read_checkpoint(checkpoints.name(restored.seen) + "\n", restored.settings) == restored.seen
    with pytest.raises(HubError, match="no checkpoint of this court"):
        read_checkpoint("nonsense", restored.settings)


def test_the_command_recovers_and_says_what_is_lost(restored: Restored, capsys: pytest.CaptureFixture[str]) -> None:
    page = restored.folder / "page.txt"
    page.write_text(restored.note)
    command = ["recover", "--data", str(restored.folder), "--root-key", str(restored.folder / "keys" / "root.pem")]

    assert main([*command, "--seen", str(page)]) == 0
    assert f"last checkpoint seen: {restored.seen.size}" in capsys.readouterr().out
    assert main(command) == 1
    assert main(["recover", "--data", str(restored.folder), "--root-key", str(page)]) == 1
    assert "no root key can be read" in capsys.readouterr().err


def test_a_stations_old_card_is_a_history_of_its_own(restored: Restored) -> None:
    """The other side: an old card put back goes on in a new epoch that names the hub's tip of the old one."""
    recover(restored.settings, restored.root, seen=[restored.seen])
    with assemble(restored.settings) as hub:
        restored.cabinet.checkpoint = None
        send(hub, restored.cabinet, restored.cabinet.batch())
        restored.cabinet.open_epoch("e2", EpochReason.HISTORY_LOST)
        restored.cabinet.say(DoorOpened(place=P7, act=ActId("a")))
        send(hub, restored.cabinet, restored.cabinet.batch())
        signed(hub)
        assert isinstance(restored.verdict(hub), Consistent)


# --- another root ---------------------------------------------------------------------------------------------------


def fingerprint_of(settings: Settings) -> str:
    public = envelope.public_key(settings.root_key)
    assert public is not None
    return envelope.fingerprint(public)


def handed_down_to(folder: Path, next_key: Path, capsys: pytest.CaptureFixture[str]) -> str:
    present = folder / "keys" / "root.pem"
    said = ["rotate", "root", "--data", str(folder), "--root-key", str(present), "--next-key", str(next_key)]
    assert main(said) == 0
    return capsys.readouterr().out


def test_an_export_verifies_by_the_old_fingerprint_and_by_the_new(
    restored: Restored, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old = fingerprint_of(restored.settings)
    said = handed_down_to(restored.folder, tmp_path / "next.pem", capsys)
    new = fingerprint_of(restored.settings)
    assert new in said
    assert new != old
    assert (tmp_path / "next.pem").stat().st_mode & 0o777 == 0o600

    with assemble(restored.settings) as hub:
        lines = list(export(hub.database.read, COURT, clock=lambda: 0))
        with hub.database.read() as session:
            assert len(handed_down(session, COURT)) == 1
    for fingerprint in (old, new):
        assert isinstance(verify(lines, root=fingerprint), Consistent)
    stranger = verify(lines, root=envelope.fingerprint(Ed25519PrivateKey.generate().public_key()))
    assert isinstance(stranger, Inconsistent) and stranger.why == "root_fingerprint"
    without = [line for line in lines if b'"next_root"' not in line]
    hidden = verify(without, root=new)
    assert isinstance(hidden, Inconsistent)


def test_the_next_root_opens_a_log_and_the_one_before_does_not(
    restored: Restored, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before, old = restored.root, fingerprint_of(restored.settings)
    handed_down_to(restored.folder, tmp_path / "next.pem", capsys)
    with pytest.raises(HubError, match="root key"):
        recover(restored.settings, before, seen=[restored.seen])

    recover(restored.settings, load_root(tmp_path / "next.pem"), seen=[restored.seen])

    with assemble(restored.settings) as hub:
        new, _ = signed(hub)
        with hub.database.read() as session:
            made = offer(session, COURT, new.log)
        assert made is not None and len(made.roots) == 1
        lines = list(export(hub.database.read, COURT, clock=lambda: 0))
    for fingerprint in (old, fingerprint_of(restored.settings)):
        result = verify(lines, root=fingerprint, seen=[Seen(restored.note)])
        assert isinstance(result, Consistent), result
    forged = [_signed_by(before, line) if b'"record":"recovery"' in line else line for line in lines]
    late = verify(forged, root=old)
    assert isinstance(late, Inconsistent) and late.why == "root_succeeded"


def test_a_thief_of_the_old_root_makes_up_no_court_that_the_new_fingerprint_verifies(
    restored: Restored, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of the same epoch, too: what counts is each message, and not what it is about."""
    thief, old = restored.root, fingerprint_of(restored.settings)
    handed_down_to(restored.folder, tmp_path / "next.pem", capsys)
    with assemble(restored.settings) as hub:
        lines = list(export(hub.database.read, COURT, clock=lambda: 0))
    other = envelope.raw(Ed25519PrivateKey.generate().public_key()).hex()

    forged = [_other_keys(thief, other, line) if b'"record":"keys"' in line else line for line in lines]

    assert forged != lines
    for fingerprint in (old, fingerprint_of(restored.settings)):
        found = verify(forged, root=fingerprint)
        assert isinstance(found, Inconsistent) and found.why == "root_succeeded"


def _other_keys(thief: Ed25519PrivateKey, public_key: str, line: bytes) -> bytes:
    record = json.loads(line)
    split = envelope.split(record["message"].encode())
    assert isinstance(split, envelope.Signed)
    keys = wire.decode(split.header, Keys)
    assert isinstance(keys, Keys)
    words = wire.encode(replace(keys, public_key=public_key))
    record["message"] = envelope.sign(words, purpose=Purpose.KEYS, key=thief).decode()
    return json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def test_a_station_that_speaks_of_roots_hands_nothing_down(
    restored: Restored, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    recover(restored.settings, restored.root, seen=[restored.seen])
    with assemble(load_settings(restored.folder)) as hub:
        restored.cabinet.say(RootSucceeded(fingerprint="00", statement="Z2FyYmFnZQ==", countersigned="Z2FyYmFnZQ=="))
        send(hub, restored.cabinet, restored.cabinet.batch())
        signed(hub)
        with hub.database.read() as session:
            assert handed_down(session, COURT) == ()
        assert isinstance(restored.verdict(hub), Consistent)

    handed_down_to(restored.folder, tmp_path / "next.pem", capsys)

    with assemble(load_settings(restored.folder)) as hub, hub.database.read() as session:
        assert len(handed_down(session, COURT)) == 1


@pytest.mark.parametrize("whole", [True, False], ids=["whole folder", "database only"])
def test_a_backup_from_before_the_next_root_is_brought_up_to_it(
    restored: Restored, tmp_path: Path, capsys: pytest.CaptureFixture[str], *, whole: bool
) -> None:
    """The root before was destroyed, as one is told to do."""
    old, next_key = fingerprint_of(restored.settings), tmp_path / "next.pem"
    backup, settings = restored.folder / "hub.sqlite", restored.folder / "hub.toml"
    kept, told = backup.read_bytes(), settings.read_bytes()
    handed_down_to(restored.folder, next_key, capsys)
    for beside in restored.folder.glob("hub.sqlite-*"):
        beside.unlink()
    backup.write_bytes(kept)
    if whole:
        settings.write_bytes(told)
    said = ["recover", "--data", str(restored.folder), "--root-key", str(next_key), "--seen", str(tmp_path / "seen")]
    (tmp_path / "seen").write_text(checkpoints.name(restored.seen))
    handed = next_key.with_name("next.pem.handed")
    handed.rename(tmp_path / "elsewhere")
    assert main(said) == 1
    assert ".handed" in capsys.readouterr().err

    (tmp_path / "elsewhere").rename(handed)
    assert main(said) == 0

    with assemble(load_settings(restored.folder)) as hub:
        signed(hub)
        lines = list(export(hub.database.read, COURT, clock=lambda: 0))
    for fingerprint in (old, envelope.fingerprint(load_root(next_key).public_key())):
        assert isinstance(verify(lines, root=fingerprint), Consistent)


def _signed_by(key: Ed25519PrivateKey, line: bytes) -> bytes:
    """The same statement, by somebody who found the old root."""
    record = json.loads(line)
    split = envelope.split(record["message"].encode())
    assert isinstance(split, envelope.Signed)
    record["message"] = envelope.sign(split.header, purpose=Purpose.RECOVERY, key=key).decode()
    return json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def test_a_root_that_is_not_the_present_one_hands_nothing_down(restored: Restored, tmp_path: Path) -> None:
    stranger = tmp_path / "stranger.pem"
    write_secret(stranger, private_bytes(Ed25519PrivateKey.generate()))
    with assemble(restored.settings) as hub:
        with pytest.raises(HubError, match="present root"):
            rotate_root(hub.acting, hub.settings, load_root(stranger), tmp_path / "next.pem")
        with pytest.raises(HubError, match="no root key can be read"):
            load_root(tmp_path / "nothing.pem")
        with hub.database.read() as session:
            assert handed_down(session, COURT) == ()
    assert main(["rotate", "root", "--data", str(restored.folder)]) != 0


def test_a_hand_over_of_the_root_that_was_interrupted_is_completed(restored: Restored, tmp_path: Path) -> None:
    next_key, settings = tmp_path / "next.pem", restored.settings
    with assemble(settings) as hub:
        first = rotate_root(hub.acting, settings, restored.root, next_key)
    write_settings(settings)  # as if the power had gone before the settings were written

    with assemble(settings) as hub:
        again = rotate_root(hub.acting, settings, restored.root, next_key)
        with hub.database.read() as session:
            assert len(handed_down(session, COURT)) == 1

    assert first == again == fingerprint_of(restored.settings)
