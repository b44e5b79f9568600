"""How Alembic meets our tables: on the connection that ``hub.store.migrating`` hands over."""

from __future__ import annotations

from alembic import context

from hub.store.tables import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    compare_type=True,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
