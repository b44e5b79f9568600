"""One log over all chains, its checkpoints and witnesses; what is in a chain can no longer be changed or removed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_WIDTH = 64
_TEXT, _BIG, _BYTES = sa.String, sa.BigInteger, sa.LargeBinary
# What an entry says and what proves it; its bounds in time are derived, and shrink.
_SAID = "court, station, epoch, sequence, line, link, head, received_at, kind, volume, place, person, act, time"


def upgrade() -> None:
    op.create_table(
        "log",
        sa.Column("court", _TEXT(), nullable=False),
        sa.Column("log", _TEXT(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("size", _BIG(), nullable=False),
        sa.Column("worth", _BIG(), nullable=False),
        sa.Column("keys", _BYTES(), nullable=False),
        sa.Column("recovery", _BYTES(), nullable=True),
        sa.PrimaryKeyConstraint("court", "log"),
    )
    op.create_table(
        "log_tile",
        sa.Column("court", _TEXT(), nullable=False),
        sa.Column("log", _TEXT(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("number", _BIG(), nullable=False),
        sa.Column("hashes", _BYTES(), nullable=False),
        sa.PrimaryKeyConstraint("court", "log", "level", "number"),
    )
    op.create_table(
        "checkpoint",
        sa.Column("court", _TEXT(), nullable=False),
        sa.Column("log", _TEXT(), nullable=False),
        sa.Column("size", _BIG(), nullable=False),
        sa.Column("root", _BYTES(), nullable=False),
        sa.Column("note", _BYTES(), nullable=False),
        sa.Column("made_at", _BIG(), nullable=False),
        sa.PrimaryKeyConstraint("court", "log", "size"),
    )
    op.create_table(
        "witness",
        sa.Column("court", _TEXT(), nullable=False),
        sa.Column("station", _TEXT(), nullable=False),
        sa.Column("log", _TEXT(), nullable=False),
        sa.Column("size", _BIG(), nullable=False),
        sa.Column("root", _TEXT(), nullable=False),
        sa.Column("verdict", _TEXT(), nullable=False),
        sa.Column("at", _BIG(), nullable=False),
        sa.PrimaryKeyConstraint("court", "station"),
    )
    op.create_table(
        "correction",
        sa.Column("court", _TEXT(), nullable=False),
        sa.Column("correction", _TEXT(), nullable=False),
        sa.Column("volume", _TEXT(), nullable=False),
        sa.Column("entry", _TEXT(), nullable=False),
        sa.Column("reason", _TEXT(), nullable=False),
        sa.Column("place", _TEXT(), nullable=True),
        sa.Column("holder", _TEXT(), nullable=True),
        sa.Column("asked_by", _TEXT(), nullable=False),
        sa.Column("asked_at", _BIG(), nullable=False),
        sa.Column("confirmed_by", _TEXT(), nullable=True),
        sa.Column("confirmed_at", _BIG(), nullable=True),
        sa.PrimaryKeyConstraint("court", "correction"),
    )
    op.create_table(
        "period",
        sa.Column("court", _TEXT(), nullable=False),
        sa.Column("until", _BIG(), nullable=False),
        sa.Column("closed_by", _TEXT(), nullable=False),
        sa.Column("closed_at", _BIG(), nullable=False),
        sa.PrimaryKeyConstraint("court"),
    )
    op.add_column("head", sa.Column("log", _TEXT(), nullable=False, server_default=""))
    op.add_column("head", sa.Column("log_index", _BIG(), nullable=False, server_default="0"))
    op.create_index("ix_head_log", "head", ["court", "log", "log_index"])
    op.add_column("person", sa.Column("erased_at", _BIG(), nullable=True))
    _grow_logs()
    for statement in _guards():
        op.execute(statement)


def downgrade() -> None:
    for statement in _without_guards():
        op.execute(statement)
    op.drop_column("person", "erased_at")
    op.drop_index("ix_head_log", table_name="head")
    op.drop_column("head", "log_index")
    op.drop_column("head", "log")
    for table in ("period", "correction", "witness", "checkpoint", "log_tile", "log"):
        op.drop_table(table)


# --- what is stored already gets its index, in the order in which it was committed ------------------------------------


def _grow_logs() -> None:
    connection = op.get_bind()
    for court, log, keys in connection.execute(sa.text("SELECT court, hub_epoch, keys FROM court")).all():
        size = _index_heads(connection, court, log)
        connection.execute(
            sa.text("INSERT INTO log (court, log, position, size, worth, keys) VALUES (:c, :l, 0, :s, :s, :k)"),
            {"c": court, "l": log, "s": size, "k": keys},
        )


def _index_heads(connection: sa.Connection, court: str, log: str) -> int:
    heads = connection.execute(
        sa.text(
            "SELECT station, epoch, first, last FROM head WHERE court = :c ORDER BY received_at, station, epoch, first"
        ),
        {"c": court},
    ).all()
    level: list[bytes] = []
    for station, epoch, first, last in heads:
        named = {"c": court, "s": station, "e": epoch, "f": first}
        connection.execute(
            sa.text(
                "UPDATE head SET log = :l, log_index = :i"
                " WHERE court = :c AND station = :s AND epoch = :e AND first = :f"
            ),
            {**named, "l": log, "i": len(level)},
        )
        lines = connection.execute(
            sa.text(
                "SELECT line FROM entry WHERE court = :c AND station = :s AND epoch = :e"
                " AND sequence BETWEEN :f AND :t ORDER BY sequence"
            ),
            {**named, "t": last},
        )
        level += [hashlib.sha256(b"\x00" + line).digest() for (line,) in lines]
    size, number = len(level), 0
    while level:
        for start in range(0, len(level), _WIDTH):
            connection.execute(
                sa.text("INSERT INTO log_tile (court, log, level, number, hashes) VALUES (:c, :l, :v, :n, :h)"),
                {"c": court, "l": log, "v": number, "n": start // _WIDTH, "h": b"".join(level[start : start + _WIDTH])},
            )
        whole = len(level) // _WIDTH * _WIDTH
        level = [_over(level[start : start + _WIDTH]) for start in range(0, whole, _WIDTH)]
        number += 1
    return size


def _over(hashes: list[bytes]) -> bytes:
    while len(hashes) > 1:
        hashes = [hashlib.sha256(b"\x01" + a + b).digest() for a, b in zip(hashes[::2], hashes[1::2], strict=True)]
    return hashes[0]


# --- nothing in a chain is changed or removed, whoever asks the database ----------------------------------------------


def _guards() -> Iterable[str]:
    """A later migration that rebuilds one of these tables on SQLite must set its guards again."""
    if op.get_bind().dialect.name == "sqlite":
        for table, columns in _KEPT.items():
            of = f" OF {columns}" if columns else ""
            said = f"BEGIN SELECT RAISE(ABORT, 'history is only ever added to: {table}'); END"
            yield f"CREATE TRIGGER {table}_unchanged BEFORE UPDATE{of} ON {table} {said}"
            yield f"CREATE TRIGGER {table}_not_removed BEFORE DELETE ON {table} {said}"
        return
    yield (
        "CREATE FUNCTION yungui_only_added_to() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'history is only ever added to: %', TG_TABLE_NAME; END $$"
    )
    for table, columns in _KEPT.items():
        of = f" OF {columns}" if columns else ""
        run = "EXECUTE FUNCTION yungui_only_added_to()"
        yield f"CREATE TRIGGER {table}_unchanged BEFORE UPDATE{of} ON {table} FOR EACH ROW {run}"
        yield f"CREATE TRIGGER {table}_not_removed BEFORE DELETE ON {table} FOR EACH ROW {run}"
        yield f"CREATE TRIGGER {table}_not_emptied BEFORE TRUNCATE ON {table} FOR EACH STATEMENT {run}"


def _without_guards() -> Iterable[str]:
    sqlite = op.get_bind().dialect.name == "sqlite"
    for table in _KEPT:
        on = "" if sqlite else f" ON {table}"
        yield f"DROP TRIGGER {table}_unchanged{on}"
        yield f"DROP TRIGGER {table}_not_removed{on}"
        if not sqlite:
            yield f"DROP TRIGGER {table}_not_emptied{on}"
    if not sqlite:
        yield "DROP FUNCTION yungui_only_added_to()"


_KEPT = {"entry": _SAID, "head": "", "checkpoint": ""}
