"""``python -m edge.kiosk --station DIR``: the screen of one station, on loopback."""

from __future__ import annotations

import argparse
import logging
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
    app = kiosk_app(socket=chosen.station / "kiosk.sock", language=chosen.lang)
    print(f"kiosk of {chosen.station} at http://127.0.0.1:{chosen.port}/", flush=True)
    uvicorn.run(app, host="127.0.0.1", port=chosen.port, log_level="warning", ws_max_size=4096)
    return 0


if __name__ == "__main__":
    sys.exit(main())
