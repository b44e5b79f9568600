"""What somebody asked for and a second person has not confirmed: that one person opens for a volume again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "lifting",
        sa.Column("court", sa.String(), nullable=False),
        sa.Column("volume", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("asked_by", sa.String(), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("court", "volume"),
    )


def downgrade() -> None:
    op.drop_table("lifting")
