"""Cases: what everybody may learn from, version by version, and the advisor's word about it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(JSONB(), "postgresql")


def upgrade() -> None:
    """Add the two tables."""
    op.create_table(
        "playbook_case",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.Column("review_id", sa.Uuid(), nullable=True),
        sa.Column("advisor_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("document", JSON, nullable=False),
        sa.Column("proposed_by", sa.Uuid(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_version", sa.Integer(), nullable=True),
        sa.Column("answer_id", sa.Uuid(), nullable=True),
        sa.Column("answer_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer_version", sa.Integer(), nullable=True),
        sa.Column("answer_granted", sa.Boolean(), nullable=True),
        sa.Column("answer_with_name", sa.Boolean(), nullable=True),
        sa.Column("answer_note", sa.String(), nullable=True),
        sa.Column("remark", sa.String(), nullable=True),
        sa.Column("credit", sa.String(), nullable=True),
        sa.Column("approved_by", sa.Uuid(), nullable=True),
        sa.Column("published_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["advisor_id"], ["staff.id"], name=op.f("fk_playbook_case_advisor_id_staff")),
        sa.ForeignKeyConstraint(["approved_by"], ["staff.id"], name=op.f("fk_playbook_case_approved_by_staff")),
        sa.ForeignKeyConstraint(["proposed_by"], ["staff.id"], name=op.f("fk_playbook_case_proposed_by_staff")),
        sa.ForeignKeyConstraint(["review_id"], ["review.id"], name=op.f("fk_playbook_case_review_id_review")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_playbook_case")),
    )
    for column in ("activity_id", "advisor_id", "approved_by", "proposed_by", "review_id", "state"):
        op.create_index(op.f(f"ix_playbook_case_{column}"), "playbook_case", [column], unique=False)
    op.create_table(
        "playbook_case_version",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("document", JSON, nullable=False),
        sa.Column("written_by", sa.Uuid(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["playbook_case.id"], name=op.f("fk_playbook_case_version_case_id_playbook_case")
        ),
        sa.ForeignKeyConstraint(["written_by"], ["staff.id"], name=op.f("fk_playbook_case_version_written_by_staff")),
        sa.PrimaryKeyConstraint("case_id", "version", name=op.f("pk_playbook_case_version")),
    )
    op.create_index(op.f("ix_playbook_case_version_written_by"), "playbook_case_version", ["written_by"], unique=False)
