"""Customers' cards, by keyed digests."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table of cards."""
    op.create_table(
        "customer_card",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("key_id", sa.String(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_customer_card_customer_id_customer")),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_customer_card")),
    )
    op.create_index(op.f("ix_customer_card_customer_id"), "customer_card", ["customer_id"], unique=False)


def downgrade() -> None:
    """Drop it."""
    op.drop_table("customer_card")
