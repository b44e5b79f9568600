"""The commands about proof and privacy: recover after a backup was put back, erase a person or a private value."""

from __future__ import annotations

import argparse
from pathlib import Path

from custody import checkpoints
from custody.identifiers import PersonId
from hub.bootstrap import assemble
from hub.cli.verbs import do
from hub.core.apart import SHELL
from hub.errors import HubError
from hub.face import Refused
from hub.recovering import read_checkpoint, recover
from hub.root_key import handed_beside, load_root
from hub.settings import load_settings
from hub.texts import CHINESE, ENGLISH, texts

__all__ = ["erase", "erase_private", "restore"]


def restore(options: argparse.Namespace) -> None:
    """After a backup was put back."""
    settings = load_settings(options.data)
    seen = [read_checkpoint(_text(one), settings) for one in options.seen]
    key = options.root_key
    done = recover(settings, load_root(key), seen=seen, handed=handed_beside(key))
    if done.epoch is None:
        print(f"恢复声明已补全 · the statement was completed: {checkpoints.name(done.seen)}")
    else:
        print(f"已另开一本总记录 · a new log was opened: {done.epoch}")
    print(f"见过的最后一个检查点 · last checkpoint seen: {done.seen.size}, 丢失 · lost: {done.lost}")
    print("各站点会自动补发自己的记录。· Stations send what they still have by themselves.")


def erase(options: argparse.Namespace) -> None:
    """Name, badge and account of a person, everywhere."""
    with assemble(load_settings(options.data)) as hub:
        _refuse(hub.office.erase_person(PersonId(options.person), by=SHELL))
    print(f"已删除 {options.person} 的姓名、证卡和账号 · erased name, badge and account of {options.person}")


def erase_private(options: argparse.Namespace) -> None:
    """One value that somebody confided at a kiosk, here and at the station that may still hold it."""
    told = do(options.data, "erase_private", value=options.value)
    print(f"已删除个人信息 {told['value']},记录和校验不受影响 · erased; records and proofs stay as they are")


def _refuse(refused: Refused | None) -> None:
    if refused is not None:
        said = (texts(language)(refused.key, **refused.fields) for language in (CHINESE, ENGLISH))
        raise HubError("\n".join(dict.fromkeys(said)))


def _text(text: str) -> str:
    path = Path(text)
    try:
        return path.read_text(encoding="utf-8") if path.is_file() else text
    except (OSError, ValueError):
        return text
