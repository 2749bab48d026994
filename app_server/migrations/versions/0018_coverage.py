"""Coverage as it was counted, by advisor."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table; it fills as days are looked at."""
    op.create_table(
        "coverage",
        sa.Column("advisor_id", sa.Uuid(), nullable=False),
        sa.Column("business_day", sa.Date(), nullable=False),
        sa.Column("window_days", sa.Integer(), nullable=False),
        sa.Column("head", sa.BigInteger(), nullable=False),
        sa.Column("managed_customers", sa.Integer(), nullable=False),
        sa.Column("called_in_window", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["advisor_id"], ["staff.id"], name=op.f("fk_coverage_advisor_id_staff")),
        sa.PrimaryKeyConstraint("advisor_id", name=op.f("pk_coverage")),
    )
