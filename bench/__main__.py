"""``python -m bench NAME …``: one measurement, a module of this package with ``main(arguments) -> int``."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path

_HERE = Path(__file__).parent


def names() -> list[str]:
    """Every measurement there is."""
    modules = sorted(path.stem for path in _HERE.glob("*.py") if not path.stem.startswith("_"))
    return [name for name in modules if "\ndef main(" in (_HERE / f"{name}.py").read_text(encoding="utf-8")]


def main(arguments: list[str]) -> int:
    if not arguments or arguments[0] not in names():
        said = " ".join(names())
        print(f"用法：./run bench 名称 [--json]；名称：{said}\nusage: ./run bench NAME [--json]; names: {said}")
        return 0 if arguments in ([], ["--help"]) else 2
    measured: int = import_module(f"bench.{arguments[0]}").main(arguments[1:])
    return measured


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
