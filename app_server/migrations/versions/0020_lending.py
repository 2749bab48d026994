"""Customers lent to a colleague for a day."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

STANDING = sa.text("taken_back_at IS NULL")


def upgrade() -> None:
    """Create the table; nobody is lent."""
    op.create_table(
        "loan",
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("advisor_id", sa.Uuid(), nullable=False),
        sa.Column("lent_by", sa.Uuid(), nullable=False),
        sa.Column("lent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_back_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_loan_customer_id_customer")),
        sa.ForeignKeyConstraint(["advisor_id"], ["staff.id"], name=op.f("fk_loan_advisor_id_staff")),
        sa.ForeignKeyConstraint(["lent_by"], ["staff.id"], name=op.f("fk_loan_lent_by_staff")),
        sa.PrimaryKeyConstraint("customer_id", "day", "advisor_id", name=op.f("pk_loan")),
    )
    op.create_index(
        "ix_loan_standing",
        "loan",
        ["customer_id", "day"],
        unique=True,
        sqlite_where=STANDING,
        postgresql_where=STANDING,
    )
    op.create_index("ix_loan_advisor_id_day", "loan", ["advisor_id", "day"])
    op.create_index("ix_loan_lent_by", "loan", ["lent_by"])
