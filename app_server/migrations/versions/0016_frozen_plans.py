"""Lists that are frozen, and the version each is at."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; every list that was set is at its first version, and none is frozen."""
    with op.batch_alter_table("plan") as batch:
        batch.add_column(sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
        batch.add_column(sa.Column("frozen_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("frozen_by", sa.Uuid(), nullable=True))
        batch.create_foreign_key("fk_plan_frozen_by_staff", "staff", ["frozen_by"], ["id"])
        batch.create_index("ix_plan_frozen_by", ["frozen_by"])
    with op.batch_alter_table("plan") as batch:
        batch.alter_column("version", server_default=None)
