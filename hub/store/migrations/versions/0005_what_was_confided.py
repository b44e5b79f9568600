"""What was confided at a kiosk, encrypted and erasable."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "private",
        sa.Column("court", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("station", sa.String(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("about", sa.String(), nullable=False),
        sa.Column("commitment", sa.String(), nullable=False),
        sa.Column("kept", sa.LargeBinary(), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("erased_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("court", "value"),
    )
    op.create_index("ix_private_about", "private", ["court", "about"])


def downgrade() -> None:
    op.drop_index("ix_private_about", "private")
    op.drop_table("private")
