"""Where the compartments stand in the steel: `[cabinet]`. Rows and columns count from 1 at the top left."""

from dataclasses import replace
from typing import Final

from hardware.wiring.boards import Compartment
from hardware.wiring.source import Source

TABLES: Final = ("cabinet",)
NUMBERINGS: Final = ("rows", "columns")


def read_grid(source: Source, compartments: tuple[Compartment, ...]) -> tuple[int, int, tuple[Compartment, ...]]:
    """Rows, columns, and the compartments with a place each: as told, else numbered along rows or down columns."""
    if not compartments:
        return 0, 0, ()
    table = source.table("cabinet")
    table.only(("rows", "columns", "numbering"))
    rows, columns = table.number("rows", range(1, 101)), table.number("columns", range(1, 101))
    along_rows = table.choice("numbering", NUMBERINGS, default="rows") == "rows"
    told = {(c.row, c.column) for c in compartments if c.row and c.column}
    cells = [(row, column) for row in range(1, rows + 1) for column in range(1, columns + 1)]
    if not along_rows:
        cells.sort(key=lambda cell: (cell[1], cell[0]))
    if not told <= set(cells):
        raise table.wrong("outside-grid", "rows", value=", ".join(map(str, sorted(told - set(cells)))))
    free = iter([cell for cell in cells if cell not in told])
    drawn: dict[tuple[int, int], Compartment] = {}
    for compartment in compartments:
        cell = (compartment.row, compartment.column) if compartment.row and compartment.column else next(free, None)
        if cell is None:
            raise table.wrong("grid-too-small", "rows", value=f"{rows} × {columns} < {len(compartments)}")
        if cell in drawn:
            raise table.wrong("duplicate", "rows", value=f"({cell[0]}, {cell[1]})")
        drawn[cell] = replace(compartment, row=cell[0], column=cell[1])
    return rows, columns, tuple(sorted(drawn.values(), key=lambda c: c.name))
