"""The storey a station stands on."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("station", "invitation"):
        op.add_column(table, sa.Column("floor", sa.Integer(), nullable=True))


def downgrade() -> None:
    for table in ("station", "invitation"):
        op.drop_column(table, "floor")
