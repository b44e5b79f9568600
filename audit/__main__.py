"""``yungui-verify EXPORT --root FINGERPRINT``: says *consistent* with the numbers, or names the first bad entry.

Exit status: 0 consistent, 1 not consistent, 2 the file could not be read or the command was not understood.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from importlib.resources import files
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel.messages.pofile import read_po

from audit.certificate import certificate
from audit.telling import reason_text, told
from audit.verify import Consistent, Question, Result, Seen, verify
from custody.roots import normal_fingerprint

__all__ = ["main"]

_LANGUAGES = {"zh": "zh_CN", "en": "en"}
_FINGERPRINT_LENGTH = 64


def main(arguments: Sequence[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    say = _catalogue(options.lang)
    root = normal_fingerprint(options.root)
    if len(root) != _FINGERPRINT_LENGTH or set(root) - set("0123456789abcdef"):
        return _refuse(say["error.fingerprint"])
    zone = _zone(options.zone)
    if zone is None:
        return _refuse(say["error.zone"] % {"zone": options.zone})
    question = _question(options, zone)
    if isinstance(question, str):
        return _refuse(say[question])
    try:
        seen = [_seen(one) for one in options.seen]
        with Path(options.export).open("rb") as lines:
            result = verify(lines, root=root, seen=seen, question=question)
        if isinstance(result, Consistent) and options.certificate is not None and result.answer is not None:
            options.certificate.write_bytes(certificate(result, say=say, zone=zone, root=root))
    except OSError as error:
        return _refuse(say["error.file"] % {"file": error.filename, "why": error.strerror})
    print(json.dumps(_as_json(result, say), ensure_ascii=False) if options.json else told(result, say=say, zone=zone))
    return 0 if isinstance(result, Consistent) else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="yungui-verify",
        description="核对导出文件 / Check an export: chains, signatures, the log, what was seen of it, holdings.",
    )
    parser.add_argument("export", metavar="EXPORT", help="导出文件 / the export file")
    parser.add_argument("--root", required=True, metavar="FINGERPRINT", help="根密钥指纹 / the root key's fingerprint")
    parser.add_argument(
        "--seen",
        action="append",
        default=[],
        metavar="CHECKPOINT",
        help="见过的检查点:文件或文字,可多次 / a checkpoint somebody has kept: a file or its text; repeatable",
    )
    parser.add_argument("--who", metavar="VOLUME", help="查某册当时在谁手里 / who held this volume")
    parser.add_argument("--at", metavar="TIME", help="时间,如 2026-09-21T14:00 / when; with --who")
    parser.add_argument(
        "--certificate", type=Path, metavar="FILE.pdf", help="证明书 / print the answer as a certificate"
    )
    parser.add_argument("--zone", default="Asia/Shanghai", help="时区 / time zone of what is typed and shown")
    parser.add_argument("--json", action="store_true", help="以 JSON 输出 / print one JSON object")
    parser.add_argument("--lang", choices=tuple(_LANGUAGES), default="zh", help="语言 / language")
    return parser


def _question(options: argparse.Namespace, zone: ZoneInfo) -> Question | str | None:
    """What is asked, or the key of the sentence that says what is wrong with it."""
    if (options.who is None) != (options.at is None) or (options.certificate is not None and options.who is None):
        return "error.who"
    if options.who is None:
        return None
    try:
        moment = datetime.fromisoformat(options.at)
    except ValueError:
        return "error.time"
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone)
    return Question(volume=options.who, at=round(moment.timestamp() * 1000))


def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def _seen(text: str) -> Seen:
    """The content of a file of that name, or else the text itself."""
    try:
        path = Path(text)
        return Seen(path.read_text(encoding="utf-8") if path.is_file() else text)
    except (OSError, ValueError):
        return Seen(text)


def _catalogue(language: str) -> dict[str, str]:
    path = files("audit") / "locale" / _LANGUAGES[language] / "LC_MESSAGES" / "audit.po"
    with path.open("rb") as file:
        return {str(one.id): str(one.string) for one in read_po(file) if one.id}


def _as_json(result: Result, say: dict[str, str]) -> dict[str, object]:
    if isinstance(result, Consistent):
        return {"verified": True, **asdict(result)}
    station, _, rest = result.entry.partition(".")
    epoch, _, sequence = rest.partition(".")
    place = {"station": station, "epoch": epoch, "sequence": int(sequence) if sequence.isdecimal() else None}
    return {"verified": False, **asdict(result), **place, "sentence": reason_text(result, say=say)}


def _refuse(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
