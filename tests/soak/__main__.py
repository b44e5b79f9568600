"""``./run soak [NAME] …``: runs ``main`` of the module of that name here; without a name, the soak of whole processes.

A new kind of long test is a new file here with ``main(arguments) -> exit status``; nothing else names it.
"""

import importlib
import sys
from pathlib import Path

_FOLDER = Path(__file__).parent
_DEFAULT = "chaos"


def main(arguments: list[str]) -> int:
    if arguments and not arguments[0].startswith("-"):
        name, *rest = arguments
    else:
        name, rest = _DEFAULT, arguments
    if name not in _offered():
        print(
            f"没有“{name}”这种长时间测试，请从下列名称中选择：{'、'.join(_offered())}。\n"
            f"There is no long test '{name}'; choose one of: {', '.join(_offered())}.",
            file=sys.stderr,
        )
        return 2
    return int(importlib.import_module(f"tests.soak.{name}").main(rest))


def _offered() -> list[str]:
    """Every module here that has a ``main``."""
    return sorted(
        one.stem for one in _FOLDER.glob("*.py") if one.stem != "__main__" and "\ndef main(" in one.read_text()
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
