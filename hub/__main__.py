"""``yungui-hub``: the hub's command line."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from hub.cli.acts import add_person, add_place, bring_in, enrol, init, revoke, rotate, seal, take_out
from hub.cli.options import parser
from hub.cli.proving import erase, erase_private, restore
from hub.cli.run import run
from hub.errors import HubError

COMMANDS = {
    "init": init,
    "enrol": enrol,
    "revoke": revoke,
    "rotate": rotate,
    "seal": seal,
    "person": add_person,
    "place": add_place,
    "import": bring_in,
    "export": take_out,
    "erase": erase,
    "erase-private": erase_private,
    "recover": restore,
    "run": run,
}


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit status: 0 done, 1 not done and said why, 2 not understood."""
    options = parser().parse_args(arguments)
    try:
        COMMANDS[options.command](options)
    except HubError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
