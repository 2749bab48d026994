"""The quality check: versions of the list of wordings, findings, and what people decided of them."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the three tables."""
    op.create_table(
        "wording_list",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("effective_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("document", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["made_by"], ["staff.id"], name=op.f("fk_wording_list_made_by_staff")),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_wording_list")),
    )
    op.create_table(
        "quality_finding",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("severity", sa.String(length=32), nullable=False),
        sa.Column("law", sa.String(), nullable=False),
        sa.Column("list_version", sa.Integer(), nullable=False),
        sa.Column("sentence", sa.String(), nullable=False),
        sa.Column("mark_start", sa.Integer(), nullable=False),
        sa.Column("mark_end", sa.Integer(), nullable=False),
        sa.Column("at_seconds", sa.Float(), nullable=True),
        sa.Column("measured", sa.Float(), nullable=True),
        sa.Column("allowed", sa.Float(), nullable=True),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quality_finding")),
    )
    op.create_index(op.f("ix_quality_finding_activity_id"), "quality_finding", ["activity_id"], unique=False)
    op.create_table(
        "quality_decision",
        sa.Column("finding_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["decided_by"], ["staff.id"], name=op.f("fk_quality_decision_decided_by_staff")),
        sa.ForeignKeyConstraint(
            ["finding_id"], ["quality_finding.id"], name=op.f("fk_quality_decision_finding_id_quality_finding")
        ),
        sa.PrimaryKeyConstraint("finding_id", "number", name=op.f("pk_quality_decision")),
    )


def downgrade() -> None:
    """Drop them."""
    op.drop_table("quality_decision")
    op.drop_table("quality_finding")
    op.drop_table("wording_list")
