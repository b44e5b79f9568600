"""What the chain calls an account, and one-time codes in place of a password."""

from __future__ import annotations

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("account") as table:
        table.add_column(sa.Column("account", sa.String(), nullable=False, server_default=""))
        table.add_column(sa.Column("invited_until", sa.BigInteger(), nullable=True))
    account = sa.table("account", sa.column("court"), sa.column("user"), sa.column("account"))
    bind = op.get_bind()
    for court, user in bind.execute(sa.select(account.c.court, account.c.user)).all():
        this = (account.c.court == court) & (account.c.user == user)
        bind.execute(sa.update(account).where(this).values(account=f"a-{secrets.token_hex(6)}"))


def downgrade() -> None:
    with op.batch_alter_table("account") as table:
        table.drop_column("invited_until")
        table.drop_column("account")
