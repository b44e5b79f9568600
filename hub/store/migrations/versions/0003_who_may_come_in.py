"""Who may come in: invitations and certificates of stations, sealed and foreign accounts, sessions with an address."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "invitation",
        sa.Column("court", sa.String(), nullable=False),
        sa.Column("station", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("court_staffed", sa.Boolean(), nullable=False),
        sa.Column("broker_host", sa.String(), nullable=False),
        sa.Column("broker_port", sa.Integer(), nullable=False),
        sa.Column("code", sa.LargeBinary(), nullable=False),
        sa.Column("made", sa.BigInteger(), nullable=False),
        sa.Column("expires", sa.BigInteger(), nullable=False),
        sa.Column("used", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("court", "station"),
    )
    op.create_table(
        "certificate",
        sa.Column("court", sa.String(), nullable=False),
        sa.Column("serial", sa.String(), nullable=False),
        sa.Column("station", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("certificate", sa.LargeBinary(), nullable=False),
        sa.Column("issued", sa.BigInteger(), nullable=False),
        sa.Column("expires", sa.BigInteger(), nullable=False),
        sa.Column("revoked", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("court", "serial"),
    )
    op.create_index("ix_certificate_station", "certificate", ["court", "station"])
    with op.batch_alter_table("account") as table:
        table.add_column(sa.Column("subject", sa.String(), nullable=True))
        table.add_column(sa.Column("sealed", sa.Boolean(), nullable=False, server_default=sa.false()))
        table.create_unique_constraint("uq_account_subject", ["court", "subject"])
    with op.batch_alter_table("login") as table:
        table.add_column(sa.Column("address", sa.String(), nullable=False, server_default=""))
        table.add_column(sa.Column("means", sa.String(), nullable=False, server_default="password"))
    with op.batch_alter_table("station") as table:
        table.add_column(sa.Column("previous_key", sa.String(), nullable=False, server_default=""))
        table.add_column(sa.Column("revoked", sa.BigInteger(), nullable=True))
        table.add_column(sa.Column("revoked_why", sa.String(), nullable=False, server_default=""))
    with op.batch_alter_table("incident") as table:
        table.add_column(sa.Column("latest", sa.BigInteger(), nullable=False, server_default="0"))
    op.execute("UPDATE incident SET latest = at")


def downgrade() -> None:
    with op.batch_alter_table("incident") as table:
        table.drop_column("latest")
    with op.batch_alter_table("station") as table:
        for column in ("revoked_why", "revoked", "previous_key"):
            table.drop_column(column)
    with op.batch_alter_table("login") as table:
        table.drop_column("means")
        table.drop_column("address")
    with op.batch_alter_table("account") as table:
        table.drop_constraint("uq_account_subject", type_="unique")
        table.drop_column("sealed")
        table.drop_column("subject")
    op.drop_table("certificate")
    op.drop_table("invitation")
