"""The first tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "account",
        sa.Column("court", sa.String(), nullable=False),
        sa.Column("user", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("roles", sa.String(), nullable=False),
        sa.Column("password", sa.String(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("locked_until", sa.BigInteger(), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("disabled", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("court", "user"),
    )
    op.create_table(
        "ack",
        sa.Column("court", sa.String(), nullable=False),
        sa.Column("station", sa.String(), nullable=False),
        sa.Column("epoch", sa.String(), nullable=False),
        sa.Column("upto", sa.BigInteger(), nullable=False),
        sa.Column("hub_time", sa.BigInteger(), nullable=False),
        sa.Column("message", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("court", "station", "epoch"),
    )
    op.create_table(
        "command",
        sa.Column("court", sa.String(), nullable=False),
        sa.Column("command", sa.String(), nullable=False),
        sa.Column("station", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("sent", sa.BigInteger(), nullable=False),
        sa.Column("expires", sa.BigInteger(), nullable=False),
        sa.Column("message", sa.LargeBinary(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("refusal", sa.String(), nullable=False),
        sa.Column("entry", sa.String(), nullable=False),
        sa.Column("answered", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("court", "command"),
    )
    with op.batch_alter_table("command", schema=None) as batch_op:
        batch_op.create_index("ix_command_sent", ["court", "sent"], unique=False)

    op.create_table(
        "content",
        sa.Column("court", sa.String(), nullable=False),
        sa.Column("volume", sa.String(), nullable=False),
        sa.Column("station", sa.String(), nullable=False),
        sa.Column("epoch", sa.String(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("court", "volume", "station", "epoch", "sequence"),
    )
    op.create_table(
        "counter",
        sa.Column("court", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("next", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("court", "name"),
    )
    op.create_table(
        "court",
        sa.Column("court", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("hub", sa.String(), nullable=False),
        sa.Column("hub_epoch", sa.String(), nullable=False),
        sa.Column("root_key", sa.String(), nullable=False),
        sa.Column("keys", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("court"),
    )
    op.create_table(
        "discrepancy",
        sa.Column("court", sa.String(), nullable=False),
        sa.Column("discrepancy", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("volume", sa.String(), nullable=True),
        sa.Column("station", sa.String(), nullable=True),
        sa.Column("entry", sa.String(), nullable=False),
        sa.Column("against", sa.String(), nullable=True),
        sa.Column("time", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("court", "discrepancy"),
    )
    with op.batch_alter_table("discrepancy", schema=None) as batch_op:
        batch_op.create_index("ix_discrepancy_volume", ["court", "volume"], unique=False)

    op.create_table(
        "door",
        sa.Column("court", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("station", sa.String(), nullable=False),
        sa.Column("door", sa.String(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("blocked", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("court", "place"),
    )
    with op.batch_alter_table("door", schema=None) as batch_op:
        batch_op.create_index("ix_door_station", ["court", "station"], unique=False)

    op.create_table(
        "dossier",
        sa.Column("court", sa.String(), nullable=False),
        sa.Column("dossier", sa.String(), nullable=False),
        sa.Column("case_key", sa.String(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("court_code", sa.String(), nullable=True),
        sa.Column("case_type", sa.String(), nullable=True),
        sa.Column("legacy", sa.Boolean(), nullable=False),
        sa.Column("salt", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("court", "dossier"),
        sa.UniqueConstraint("court", "case_key", name="uq_dossier_case"),
    )
    op.create_table(
        "entry",
        sa.Column("court", sa.String(), nullable=False),
        sa.Column("station", sa.String(), nullable=False),
        sa.Column("epoch", sa.String(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("line", sa.LargeBinary(), nullable=False),
        sa.Column("link", sa.LargeBinary(), nullable=False),
        sa.Column("head", sa.BigInteger(), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("volume", sa.String(), nullable=True),
        sa.Column("place", sa.String(), nullable=True),
        sa.Column("person", sa.String(), nullable=True),
        sa.Column("act", sa.String(), nullable=True),
        sa.Column("time", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("low", sa.BigInteger(), nullable=False),
        sa.Column("high", sa.BigInteger(), nullable=True),
        sa.Column("point", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("court", "station", "epoch", "sequence"),
    )
    with op.batch_alter_table("entry", schema=None) as batch_op:
        batch_op.create_index("ix_entry_act", ["court", "act"], unique=False)
        batch_op.create_index("ix_entry_kind", ["court", "kind", "time"], unique=False)
        batch_op.create_index("ix_entry_order", ["court", "station", "position"], unique=False)
        batch_op.create_index("ix_entry_place", ["court", "place", "kind"], unique=False)
        batch_op.create_index("ix_entry_volume", ["court", "volume"], unique=False)

    op.create_table(
        "epoch",
        sa.Column("court", sa.String(), nullable=False),
        sa.Column("station", sa.String(), nullable=False),
        sa.Column("epoch", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("tip", sa.BigInteger(), nullable=False),
        sa.Column("link", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("court", "station", "epoch"),
    )
    op.create_table(
        "grants",
        sa.Column("court", sa.String(), nullable=False),
        sa.Column("station", sa.String(), nullable=False),
        sa.Column("hub_epoch", sa.String(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("issued", sa.BigInteger(), nullable=False),
        sa.Column("expires", sa.BigInteger(), nullable=False),
        sa.Column("content", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("message", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("court", "station"),
    )
    op.create_table(
        "head",
        sa.Column("court", sa.String(), nullable=False),
        sa.Column("station", sa.String(), nullable=False),
        sa.Column("epoch", sa.String(), nullable=False),
        sa.Column("first", sa.BigInteger(), nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.Column("message", sa.LargeBinary(), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("court", "station", "epoch", "first"),
    )
    op.create_table(
        "incident",
        sa.Column("court", sa.String(), nullable=False),
        sa.Column("incident", sa.String(), nullable=False),
        sa.Column("station", sa.String(), nullable=True),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("entry", sa.String(), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("message", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("court", "incident"),
    )
    with op.batch_alter_table("incident", schema=None) as batch_op:
        batch_op.create_index("ix_incident_at", ["court", "at"], unique=False)
        batch_op.create_index("ix_incident_topic", ["court", "topic", "code"], unique=False)

    op.create_table(
        "label",
        sa.Column("court", sa.String(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("volume", sa.String(), nullable=False),
        sa.Column("attached", sa.Boolean(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("court", "label"),
    )
    with op.batch_alter_table("label", schema=None) as batch_op:
        batch_op.create_index("ix_label_volume", ["court", "volume"], unique=False)

    op.create_table(
        "login",
        sa.Column("court", sa.String(), nullable=False),
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("user", sa.String(), nullable=False),
        sa.Column("opened", sa.BigInteger(), nullable=False),
        sa.Column("seen", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("court", "token"),
    )
    with op.batch_alter_table("login", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_login_user"), ["user"], unique=False)

    op.create_table(
        "person",
        sa.Column("court", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("roles", sa.String(), nullable=False),
        sa.Column("badge_mark", sa.String(), nullable=True),
        sa.Column("badge_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("registered_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("court", "person"),
        sa.UniqueConstraint("court", "badge_mark", name="uq_person_badge"),
    )
    op.create_table(
        "place",
        sa.Column("court", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("station", sa.String(), nullable=True),
        sa.Column("label", sa.String(), nullable=True),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("size", sa.String(), nullable=False),
        sa.Column("row", sa.BigInteger(), nullable=False),
        sa.Column("column", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("court", "place"),
    )
    with op.batch_alter_table("place", schema=None) as batch_op:
        batch_op.create_index("ix_place_station", ["court", "station"], unique=False)

    op.create_table(
        "resolution",
        sa.Column("court", sa.String(), nullable=False),
        sa.Column("discrepancy", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("decision", sa.String(), nullable=False),
        sa.Column("time", sa.BigInteger(), nullable=False),
        sa.Column("entry", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("court", "discrepancy"),
    )
    op.create_table(
        "standing",
        sa.Column("court", sa.String(), nullable=False),
        sa.Column("volume", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=True),
        sa.Column("person", sa.String(), nullable=True),
        sa.Column("recipient", sa.String(), nullable=True),
        sa.Column("since", sa.BigInteger(), nullable=True),
        sa.Column("done", sa.String(), nullable=True),
        sa.Column("sent_back", sa.Integer(), nullable=False),
        sa.Column("holding", sa.Text(), nullable=False),
        sa.Column("progress", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("court", "volume"),
    )
    with op.batch_alter_table("standing", schema=None) as batch_op:
        batch_op.create_index("ix_standing_done", ["court", "done"], unique=False)
        batch_op.create_index("ix_standing_person", ["court", "person"], unique=False)
        batch_op.create_index("ix_standing_place", ["court", "place"], unique=False)

    op.create_table(
        "state",
        sa.Column("court", sa.String(), nullable=False),
        sa.Column("station", sa.String(), nullable=False),
        sa.Column("online", sa.Boolean(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("heard_at", sa.BigInteger(), nullable=False),
        sa.Column("connection", sa.BigInteger(), nullable=False),
        sa.Column("counter", sa.BigInteger(), nullable=False),
        sa.Column("boot", sa.String(), nullable=False),
        sa.Column("nonce", sa.String(), nullable=False),
        sa.Column("uptime", sa.BigInteger(), nullable=False),
        sa.Column("clock", sa.String(), nullable=False),
        sa.Column("epoch", sa.String(), nullable=False),
        sa.Column("tip", sa.BigInteger(), nullable=False),
        sa.Column("waiting", sa.BigInteger(), nullable=False),
        sa.Column("oldest_waiting", sa.BigInteger(), nullable=True),
        sa.Column("room_days", sa.Float(), nullable=True),
        sa.Column("software", sa.String(), nullable=False),
        sa.Column("wiring", sa.String(), nullable=False),
        sa.Column("grants_version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("court", "station"),
    )
    op.create_table(
        "station",
        sa.Column("court", sa.String(), nullable=False),
        sa.Column("station", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("public_key", sa.String(), nullable=False),
        sa.Column("sealing_key", sa.String(), nullable=False),
        sa.Column("court_staffed", sa.Boolean(), nullable=False),
        sa.Column("irregular", sa.Boolean(), nullable=False),
        sa.Column("enrolled_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("court", "station"),
    )
    with op.batch_alter_table("station", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_station_public_key"), ["public_key"], unique=False)

    op.create_table(
        "volume",
        sa.Column("court", sa.String(), nullable=False),
        sa.Column("volume", sa.String(), nullable=False),
        sa.Column("dossier", sa.String(), nullable=False),
        sa.Column("part", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("of", sa.Integer(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=True),
        sa.Column("recipient", sa.String(), nullable=True),
        sa.Column("registered_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("court", "volume"),
        sa.UniqueConstraint("court", "dossier", "part", "number", name="uq_volume_number"),
    )


def downgrade() -> None:
    op.drop_table("volume")
    with op.batch_alter_table("station", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_station_public_key"))

    op.drop_table("station")
    op.drop_table("state")
    with op.batch_alter_table("standing", schema=None) as batch_op:
        batch_op.drop_index("ix_standing_place")
        batch_op.drop_index("ix_standing_person")
        batch_op.drop_index("ix_standing_done")

    op.drop_table("standing")
    op.drop_table("resolution")
    with op.batch_alter_table("place", schema=None) as batch_op:
        batch_op.drop_index("ix_place_station")

    op.drop_table("place")
    op.drop_table("person")
    with op.batch_alter_table("login", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_login_user"))

    op.drop_table("login")
    with op.batch_alter_table("label", schema=None) as batch_op:
        batch_op.drop_index("ix_label_volume")

    op.drop_table("label")
    with op.batch_alter_table("incident", schema=None) as batch_op:
        batch_op.drop_index("ix_incident_topic")
        batch_op.drop_index("ix_incident_at")

    op.drop_table("incident")
    op.drop_table("head")
    op.drop_table("grants")
    op.drop_table("epoch")
    with op.batch_alter_table("entry", schema=None) as batch_op:
        batch_op.drop_index("ix_entry_volume")
        batch_op.drop_index("ix_entry_place")
        batch_op.drop_index("ix_entry_order")
        batch_op.drop_index("ix_entry_kind")
        batch_op.drop_index("ix_entry_act")

    op.drop_table("entry")
    op.drop_table("dossier")
    with op.batch_alter_table("door", schema=None) as batch_op:
        batch_op.drop_index("ix_door_station")

    op.drop_table("door")
    with op.batch_alter_table("discrepancy", schema=None) as batch_op:
        batch_op.drop_index("ix_discrepancy_volume")

    op.drop_table("discrepancy")
    op.drop_table("court")
    op.drop_table("counter")
    op.drop_table("content")
    with op.batch_alter_table("command", schema=None) as batch_op:
        batch_op.drop_index("ix_command_sent")

    op.drop_table("command")
    op.drop_table("ack")
    op.drop_table("account")
