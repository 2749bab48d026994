"""Confirmations: the codes sent to customers, and where customers' own addresses are."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table, and two columns to customers."""
    op.create_table(
        "confirmation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        sa.Column("advisor_id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("by", sa.String(length=32), nullable=False),
        sa.Column("key_id", sa.String(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["advisor_id"], ["staff.id"], name=op.f("fk_confirmation_advisor_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_confirmation")),
    )
    op.create_index("ix_confirmation_customer_id_made_at", "confirmation", ["customer_id", "made_at"])
    op.create_index("ix_confirmation_advisor_id_made_at", "confirmation", ["advisor_id", "made_at"])
    op.add_column("customer", sa.Column("lat", sa.Float(), nullable=True))
    op.add_column("customer", sa.Column("lon", sa.Float(), nullable=True))
