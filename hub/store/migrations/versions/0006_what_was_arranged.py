"""Names of teams, and the digits of codes, encrypted."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "team",
        sa.Column("court", sa.String(), nullable=False),
        sa.Column("team", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("court", "team"),
    )
    op.create_table(
        "code",
        sa.Column("court", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("mark", sa.String(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("court", "code"),
        sa.UniqueConstraint("court", "mark", name="uq_code_mark"),
    )


def downgrade() -> None:
    op.drop_table("code")
    op.drop_table("team")
