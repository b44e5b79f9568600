"""Every lock pin of a wiring to its off level, then the end: what a unit file runs after whatever killed the agent.

python -m hardware.drivers.gpio_all_off WIRING

Exit 0 when every lock supply is off (also when the wiring has none), 1 when one could not be reached, 2 when the wiring
is not valid.
"""

import argparse
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from hardware.drivers.gpio_process import GuardProcess
from hardware.drivers.gpio_words import Ready, Refused
from hardware.wiring import WiringError, load_wiring
from hardware.wiring.gpio import Box

LONGEST = 10.0  # seconds for one lock supply


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m hardware.drivers.gpio_all_off", description=__doc__)
    parser.add_argument("wiring", type=Path, help="the station's wiring.toml")
    parser.add_argument("--ports", type=Path, help="the folder of a simulated bench")
    asked = parser.parse_args(arguments)
    try:
        boxes = load_wiring(asked.wiring, ports=asked.ports).gpio
    except WiringError as wrong:
        print(wrong, file=sys.stderr)  # noqa: T201 a command line
        return 2
    why = {box.name: _off(box) for box in boxes}
    for name, sentence in why.items():
        if sentence:
            print(f"{name}: {sentence}", file=sys.stderr)  # noqa: T201 a command line
    return 1 if any(why.values()) else 0


def _off(box: Box) -> str:
    """A guard switches everything off when it starts and when it ends. Empty, or why it could not."""
    guard = GuardProcess(box)
    silence, bell = os.pipe()
    until = time.monotonic() + LONGEST
    try:
        while time.monotonic() < until:
            for word in guard.hear(until - time.monotonic(), silence):
                if isinstance(word, Ready):
                    return ""
                if isinstance(word, Refused):
                    return f"{word.chinese}\n{word.english}"
    except EOFError:
        return "守护进程已退出 / the guard ended"
    finally:
        guard.end()
        os.close(silence)
        os.close(bell)
    return "守护进程没有应答 / the guard did not answer"


if __name__ == "__main__":
    sys.exit(main())
