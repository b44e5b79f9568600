"""``yungui-edge``: the agent of one station, and what its journal holds."""

from __future__ import annotations

import sys

from edge.cli.commands import main

__all__ = ["main"]

if __name__ == "__main__":
    sys.exit(main())
