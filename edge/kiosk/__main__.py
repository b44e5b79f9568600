"""``python -m edge.kiosk --station DIR``: the screen of one station, on loopback."""

from __future__ import annotations

import argparse
import logging
import socket
import sys
from pathlib import Path

import uvicorn

from edge.kiosk.catalogues import LANGUAGES, sentences
from edge.kiosk.server import kiosk_app

__all__ = ["main"]

_PORT = 8470


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m edge.kiosk", description="the screen of a cabinet or station")
    parser.add_argument("--station", type=Path, required=True, metavar="DIR", help="the station's folder")
    parser.add_argument("--port", type=int, default=_PORT, help="on loopback; default %(default)s")
    parser.add_argument("--lang", choices=LANGUAGES, default=LANGUAGES[0], help="at rest; default %(default)s")
    chosen = parser.parse_args(arguments)
    if not chosen.station.is_dir():
        said = [sentences(language)["kiosk.no_folder"] % {"folder": chosen.station} for language in LANGUAGES]
        print("\n".join(said), file=sys.stderr)
        return 2
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    listener = _bound(chosen.port)
    if listener is None:
        print(
            f"端口 {chosen.port} 已被占用。请关闭占用它的程序,或用 --port 换一个。\n"
            f"Port {chosen.port} is taken. Stop the program that uses it, or choose another with --port.",
            file=sys.stderr,
        )
        return 1
    app = kiosk_app(socket=chosen.station / "kiosk.sock", language=chosen.lang)
    print(f"kiosk of {chosen.station} at http://127.0.0.1:{chosen.port}/", flush=True)
    uvicorn.Server(uvicorn.Config(app, log_level="warning", ws_max_size=4096)).run(sockets=[listener])
    return 0


def _bound(port: int) -> socket.socket | None:
    """A socket bound to a loopback port; none where somebody else has it. Bound first, so that nothing is promised."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", port))
    except OSError:
        listener.close()
        return None
    return listener


if __name__ == "__main__":
    sys.exit(main())
