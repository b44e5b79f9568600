"""The number that somebody keys in after the badge, encrypted."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("person", sa.Column("pin_sealed", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    op.drop_column("person", "pin_sealed")
