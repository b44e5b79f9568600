"""The commands that set a court up: each opens the hub's register, does one thing, and says what it did."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path

from custody import envelope
from custody.events import AuthorityStage, StationKind
from custody.identifiers import CourtId, PersonId
from hub.bootstrap import assemble
from hub.cli.verbs import do
from hub.clocks import wall
from hub.core.importing import Verdict
from hub.core.spreadsheet import FileRefusal
from hub.errors import HubError
from hub.export import export
from hub.hub_key import rotate_hub_key
from hub.importing import import_list, reason_sentence
from hub.invitation_card import on_terminal, write_card
from hub.provisioning import make_keys
from hub.root_key import load_root, rotate_root
from hub.settings import Settings, load_settings
from hub.store.database import reading
from hub.texts import CHINESE, texts

__all__ = ["add_person", "add_place", "bring_in", "enrol", "init", "revoke", "rotate", "seal", "take_out"]


def init(options: argparse.Namespace) -> None:
    host, port = options.http
    draft = Settings(
        folder=options.data,
        court=CourtId(options.court),
        name=options.name,
        hub_epoch="",
        root_key="",
        broker_host=options.broker[0],
        broker_port=options.broker[1],
        listen_host=host,
        listen_port=port,
        secure=not options.plain,
        database_url=options.database_url,
        public_host=next(iter(options.host), ""),
        stations_port=options.stations_port,
        debounce_ms=options.debounce_ms,
    )
    options.data.mkdir(parents=True, exist_ok=True)
    settings = make_keys(draft, hosts=[*options.host, host, options.broker[0]])
    assemble(settings).close()
    root = envelope.public_key(settings.root_key)
    assert root is not None
    print(f"已建立 · set up: {settings.folder}")
    print(f"根密钥指纹,请抄存 · fingerprint of the root key, write it down: {envelope.fingerprint(root)}")
    print(
        f"请把 {settings.folder / 'keys' / 'root.pem'} 移到离线介质保存;运行中心不需要它。\n"
        "Move that file to an offline medium; the hub runs without it."
    )


def enrol(options: argparse.Namespace) -> None:
    """Invite a station: it makes its own keys, and the code lets it in once."""
    kind = StationKind(options.kind)
    staffed = options.court_staffed or (kind is StationKind.CABINET and not options.contractor)
    told = do(
        options.data,
        "invite",
        station=options.station,
        kind=kind.value,
        name=options.name,
        court_staffed=staffed,
        floor=options.floor,
        broker=options.broker,
        door=options.hub,
        minutes=options.minutes,
    )
    text = str(told["text"])
    if options.qr is not None:
        write_card(options.qr, text)
    elif sys.stdout.isatty():
        print(on_terminal(text))
    print(text)
    print(
        f"请在该机运行,{options.minutes} 分钟内有效,只能用一次:yungui-edge enrol 上面的文字 --station 文件夹\n"
        f"On that machine, within {options.minutes} minutes and once: yungui-edge enrol THAT-TEXT --station FOLDER",
        file=sys.stderr,
    )


def revoke(options: argparse.Namespace) -> None:
    do(options.data, "revoke", station=options.station, reason=options.reason)
    print(f"已吊销 · revoked: {options.station}")


def rotate(options: argparse.Namespace) -> None:
    """The hub's key, the certificate authority or the root by its next."""
    if options.key == "authority":
        _rotate_authority(options.data, step=options.step)
    elif options.key == "root":
        _rotate_root(options)
    else:
        _rotate_hub_key(options)


def _rotate_root(options: argparse.Namespace) -> None:
    """The hub has to be stopped, and both roots are offline media."""
    if options.root_key is None or options.next_key is None:
        raise HubError(
            "请加上 --root-key 现在的根密钥 和 --next-key 新文件。\n"
            "Add --root-key, the present root key, and --next-key, a file for the next."
        )
    settings = load_settings(options.data)
    with assemble(settings) as hub:
        fingerprint = rotate_root(hub.acting, settings, load_root(options.root_key), options.next_key)
    print(f"已更换根密钥,新指纹请抄存 · the fingerprint of the next root key, write it down: {fingerprint}")
    print(
        f"请重新备份中心,把 {options.next_key} 和旁边的 .handed 一起移到离线介质,然后才销毁旧密钥;旧指纹仍可核对。\n"
        "Make a new backup of the hub, move that file and the .handed beside it to an offline medium, and only then"
        " destroy the old one; exports still verify by the old fingerprint."
    )


def _rotate_authority(data: Path, *, step: bool) -> None:
    told = do(data, "step_authority", seen=do(data, "authority")["stage"]) if step else do(data, "begin_authority")
    for sentence in _AUTHORITY[told["stage"] and str(told["stage"])]:
        print(sentence)
    if told["waits_for"]:
        print(f"等候的站点 · waiting for: {', '.join(told['waits_for'])}")


_AUTHORITY: Mapping[str | None, tuple[str, str]] = {
    AuthorityStage.ANNOUNCED.value: (
        "已公布下一个证书机构;站点每小时询问一次,全部得知后由它签发,不必重新登记。",
        "The next authority is announced. Stations ask every hour; it signs once all have heard. Nobody enrols anew.",
    ),
    AuthorityStage.TOOK_OVER.value: (
        "新证书机构已接替签发;所有站点换好证书后,旧机构的密钥将被删除。",
        "The next authority signs now. The old one's key is deleted once every station has a certificate of the new.",
    ),
    None: (
        "旧证书机构已退役,密钥已删除。请重新做一次备份。",
        "The old authority is retired and its key deleted. Make a new backup.",
    ),
}


def _rotate_hub_key(options: argparse.Namespace) -> None:
    """The hub has to be stopped: it signs with one key from start to end."""
    settings = load_settings(options.data)
    with assemble(settings) as hub:
        key = rotate_hub_key(hub.acting, settings)
    print(f"已更换中心的签名密钥 · the hub signs with its next key from its next start: {key}")
    print("请用新的备份替换旧备份;旧密钥的备份应销毁。· Make a new backup, and destroy those of the old key.")


def seal(options: argparse.Namespace) -> None:
    """Print the two halves of the emergency account's password, once, for two envelopes."""
    password = str(do(options.data, "seal", user=options.user, person=options.person)["password"])
    middle = len(password) // 2
    print(f"应急账号 · emergency account: {options.user}")
    print(f"第一个信封 · first envelope:  {password[:middle]}")
    print(f"第二个信封 · second envelope: {password[middle + 1 :]}")
    print(
        "请分别抄写、密封,由两人保管;使用时用 - 连接两半。每次使用都会记入本中心的记录并提醒管理人员。\n"
        "Seal them apart, with two keepers; joined by a dash they are the password. Each use is recorded and alarms.",
        file=sys.stderr,
    )


def add_person(options: argparse.Namespace) -> None:
    told = do(
        options.data,
        "person",
        name=options.name,
        roles=options.role,
        person=options.id,
        badge=options.badge,
        user=options.user,
        password=_password(options),
    )
    print(f"已登记 · added: {told['person']} {options.name}")


def add_place(options: argparse.Namespace) -> None:
    told = do(options.data, "place", place=options.place, name=options.name, label=options.label, kind=options.kind)
    print(f"已登记 · added: {told['place']} {options.name}")


def bring_in(options: argparse.Namespace) -> None:
    """Say of each refused row why; the exit status tells whether any was."""
    content = _read(options.file)
    say = texts(CHINESE)
    with assemble(load_settings(options.data)) as hub:
        imported = import_list(hub.parts, content, by=PersonId(options.by), dry_run=options.dry_run)
    if isinstance(imported, FileRefusal):
        raise HubError(f"{options.file}: {say(f'import.file.{imported.code}', **imported.fields)}")
    refused = [one for one in imported.report.rows if one.verdict is Verdict.REFUSED]
    for one in refused:
        print(f"{options.file}:{one.line}: {reason_sentence(one, say)}")
    print(f"登记 · registered: {len(imported.volumes)}, 拒绝 · refused: {len(refused)}")
    if refused:
        raise SystemExit(1)


def take_out(options: argparse.Namespace) -> None:
    """May be done while the hub runs: it only reads."""
    settings = load_settings(options.data)
    lines = export(reading(settings.database), settings.court, clock=wall)
    if str(options.file) == "-":
        sys.stdout.buffer.writelines(lines)
        return
    partial = options.file.with_name(options.file.name + ".part")
    with partial.open("wb") as file:
        file.writelines(lines)
    partial.replace(options.file)
    print(f"已导出 · exported: {options.file}")


def _password(options: argparse.Namespace) -> str:
    if options.user is None:
        return ""
    if options.password_file is None:
        raise HubError(
            "账号需要密码:请加上 --password-file 文件(- 为标准输入)。\n"
            "An account needs a password: add --password-file FILE (- for standard input)."
        )
    if options.password_file == "-":  # noqa: S105  # a file's name, not a password
        return sys.stdin.readline().rstrip("\n")
    return _read(Path(options.password_file)).decode().rstrip("\n")


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise HubError(
            f"{path} 无法读取({error.strerror})。请检查文件名。· {path} cannot be read ({error.strerror})."
        ) from None
