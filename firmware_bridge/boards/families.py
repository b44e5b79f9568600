"""Every family of lock boards by the name it has in `wiring.toml` and in the technician's tool."""

from typing import Final

from firmware_bridge.boards import cu48_doors, eight_a_eighty_doors
from firmware_bridge.boards.dialect import Family

FAMILIES: Final[dict[str, Family]] = {
    family.name: family
    for family in (
        eight_a_eighty_doors.FAMILY,
        cu48_doors.FAMILY,
    )
}
