"""Leave of advisors, and which advisor-days were folded as days of leave."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table and the column; nobody has been on leave yet."""
    op.create_table(
        "leave",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("advisor_id", sa.Uuid(), nullable=False),
        sa.Column("entered_by", sa.Uuid(), nullable=True),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("last_day >= first_day", name=op.f("ck_leave_period")),
        sa.ForeignKeyConstraint(["advisor_id"], ["staff.id"], name=op.f("fk_leave_advisor_id_staff")),
        sa.ForeignKeyConstraint(["entered_by"], ["staff.id"], name=op.f("fk_leave_entered_by_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_leave")),
    )
    op.create_index("ix_leave_advisor_id_first_day", "leave", ["advisor_id", "first_day"], unique=False)
    op.create_index(op.f("ix_leave_entered_by"), "leave", ["entered_by"], unique=False)
    op.add_column("advisor_day", sa.Column("on_leave", sa.Boolean(), nullable=False, server_default=sa.false()))
