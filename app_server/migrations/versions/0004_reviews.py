"""Reviews: the samples that were drawn, what heads wrote of calls and visits, and each version of it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(JSONB(), "postgresql")


def upgrade() -> None:
    """Add the three tables."""
    op.create_table(
        "sample",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("seed", sa.String(), nullable=False),
        sa.Column("drawn_by", sa.Uuid(), nullable=False),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("frame_size", sa.Integer(), nullable=False),
        sa.Column("frame_digest", sa.String(), nullable=False),
        sa.Column("frame", JSON, nullable=False),
        sa.Column("drawn", JSON, nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_sample_unit_id_unit")),
        sa.ForeignKeyConstraint(["drawn_by"], ["staff.id"], name=op.f("fk_sample_drawn_by_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sample")),
    )
    op.create_index("ix_sample_unit_id_drawn_at", "sample", ["unit_id", "drawn_at"])
    op.create_index(op.f("ix_sample_drawn_by"), "sample", ["drawn_by"])
    op.create_table(
        "review",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.Column("advisor_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("business_day", sa.Date(), nullable=False),
        sa.Column("reviewer_id", sa.Uuid(), nullable=False),
        sa.Column("sample_id", sa.Uuid(), nullable=True),
        sa.Column("scores", JSON, nullable=False),
        sa.Column("comments", JSON, nullable=False),
        sa.Column("drill", JSON, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["advisor_id"], ["staff.id"], name=op.f("fk_review_advisor_id_staff")),
        sa.ForeignKeyConstraint(["reviewer_id"], ["staff.id"], name=op.f("fk_review_reviewer_id_staff")),
        sa.ForeignKeyConstraint(["sample_id"], ["sample.id"], name=op.f("fk_review_sample_id_sample")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review")),
    )
    for columns in (["advisor_id", "business_day"], ["activity_id"], ["sample_id"], ["reviewer_id"]):
        op.create_index(f"ix_review_{'_'.join(columns)}", "review", columns)
    op.create_table(
        "review_version",
        sa.Column("review_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("document", JSON, nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["review_id"], ["review.id"], name=op.f("fk_review_version_review_id_review")),
        sa.PrimaryKeyConstraint("review_id", "version", name=op.f("pk_review_version")),
    )


def downgrade() -> None:
    """Drop them."""
    for table in ("review_version", "review", "sample"):
        op.drop_table(table)
