"""Trainings with who was there, and the appointments of an advisor-day."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables and the column; the days that are stored are refolded, as they are of an earlier fold."""
    op.create_table(
        "training",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("entered_by", sa.Uuid(), nullable=True),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["entered_by"], ["staff.id"], name=op.f("fk_training_entered_by_staff")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_training_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training")),
    )
    op.create_index(op.f("ix_training_day"), "training", ["day"], unique=False)
    op.create_index(op.f("ix_training_entered_by"), "training", ["entered_by"], unique=False)
    op.create_index(op.f("ix_training_unit_id"), "training", ["unit_id"], unique=False)
    op.create_table(
        "trained",
        sa.Column("training_id", sa.Uuid(), nullable=False),
        sa.Column("advisor_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["advisor_id"], ["staff.id"], name=op.f("fk_trained_advisor_id_staff")),
        sa.ForeignKeyConstraint(["training_id"], ["training.id"], name=op.f("fk_trained_training_id_training")),
        sa.PrimaryKeyConstraint("training_id", "advisor_id", name=op.f("pk_trained")),
    )
    op.create_index(op.f("ix_trained_advisor_id"), "trained", ["advisor_id"], unique=False)
    op.add_column("advisor_day", sa.Column("appointments", sa.Integer(), nullable=False, server_default="0"))
