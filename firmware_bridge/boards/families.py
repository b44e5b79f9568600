"""Every family of lock boards by the name it has in `wiring.toml` and in the technician's tool."""

from typing import Final

from firmware_bridge.boards import cu16_doors, cu48_doors, eight_a_eighty_doors, modbus_doors, winnsen_doors, wkly_doors
from firmware_bridge.boards.dialect import Family

FAMILIES: Final[dict[str, Family]] = {
    family.name: family
    for family in (
        eight_a_eighty_doors.FAMILY,
        cu16_doors.FAMILY,
        cu48_doors.FAMILY,
        cu48_doors.FAMILY_B,
        wkly_doors.FAMILY,
        winnsen_doors.FAMILY,
        modbus_doors.FAMILY,
    )
}
