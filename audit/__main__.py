"""``yungui-verify EXPORT --root FINGERPRINT``: says *consistent* with the numbers, or names the first bad entry.

Exit status: 0 consistent, 1 not consistent, 2 the file could not be read or the command was not understood.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from importlib.resources import files
from pathlib import Path

from babel.messages.pofile import read_po

from audit.verify import Consistent, Inconsistent, Result, normal_fingerprint, verify

__all__ = ["main"]

_LANGUAGES = {"zh": "zh_CN", "en": "en"}
_FINGERPRINT_LENGTH = 64


def main(arguments: Sequence[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    say = _catalogue(options.lang)
    root = normal_fingerprint(options.root)
    if len(root) != _FINGERPRINT_LENGTH or set(root) - set("0123456789abcdef"):
        print(say["error.fingerprint"], file=sys.stderr)
        return 2
    try:
        with Path(options.export).open("rb") as lines:
            result = verify(lines, root=root)
    except OSError as error:
        print(say["error.file"] % {"file": options.export, "why": error.strerror}, file=sys.stderr)
        return 2
    print(json.dumps(_as_json(result, say), ensure_ascii=False) if options.json else _as_text(result, say))
    return 0 if isinstance(result, Consistent) else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="yungui-verify",
        description="核对导出文件 / Check an export: chains, signatures, acknowledged tips, holdings.",
    )
    parser.add_argument("export", metavar="EXPORT", help="导出文件 / the export file")
    parser.add_argument("--root", required=True, metavar="FINGERPRINT", help="根密钥指纹 / the root key's fingerprint")
    parser.add_argument("--json", action="store_true", help="以 JSON 输出 / print one JSON object")
    parser.add_argument("--lang", choices=tuple(_LANGUAGES), default="zh", help="语言 / language")
    return parser


def _catalogue(language: str) -> dict[str, str]:
    path = files("audit") / "locale" / _LANGUAGES[language] / "LC_MESSAGES" / "audit.po"
    with path.open("rb") as file:
        return {str(one.id): str(one.string) for one in read_po(file) if one.id}


def _as_json(result: Result, say: dict[str, str]) -> dict[str, object]:
    if isinstance(result, Consistent):
        return {"verified": True, **asdict(result)}
    return {"verified": False, **asdict(result), "sentence": _why(result, say)}


def _as_text(result: Result, say: dict[str, str]) -> str:
    if isinstance(result, Inconsistent):
        return say["bad"] % {"line": result.line, "entry": result.entry or "–", "why": _why(result, say)}
    holdings = "; ".join(f"{say[f'holding.{kind}']} {count}" for kind, count in result.holdings.items())
    return say["good"] % {**asdict(result), "holdings": holdings or "–"}


def _why(result: Inconsistent, say: dict[str, str]) -> str:
    return say[f"bad.{result.why}"] % {"detail": result.detail, "entry": result.entry}


if __name__ == "__main__":
    sys.exit(main())
