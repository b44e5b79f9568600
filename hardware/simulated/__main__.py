"""A bench in a process of its own, so that cabinet and readers outlive the agent that uses them.

python -m hardware.simulated --wiring wiring.toml --dir DIR --control SOCKET
"""

import argparse
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from hardware.simulated.bench import Bench
from hardware.simulated.control import ControlServer
from hardware.wiring import WiringError, load_wiring


def main(arguments: Sequence[str] | None = None) -> int:
    asked = _parser().parse_args(arguments)
    try:
        wiring = load_wiring(asked.wiring, ports=asked.dir)
    except WiringError as wrong:
        print(wrong, file=sys.stderr)
        return 2
    stops = {signal.SIGTERM, signal.SIGINT}
    signal.pthread_sigmask(signal.SIG_BLOCK, stops)  # before any thread starts, so that none of them takes a signal
    bench = Bench(wiring, asked.dir)
    control = ControlServer(bench, asked.control)
    bench.start()
    control.start()
    print(f"ready {asked.control}", flush=True)
    signal.sigwait(stops)
    control.stop()
    bench.stop()
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m hardware.simulated", description=__doc__)
    parser.add_argument("--wiring", type=Path, required=True, help="the station's wiring.toml")
    parser.add_argument("--dir", type=Path, required=True, help="where the device files appear, named as in the wiring")
    parser.add_argument("--control", type=Path, required=True, help="path of the control socket")
    return parser


if __name__ == "__main__":
    sys.exit(main())
