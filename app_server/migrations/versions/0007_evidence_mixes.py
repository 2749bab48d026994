"""The evidence mix of each figure of an advisor-day, and which version of the fold made it."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

MIXES = (
    "calls_connected_graded",
    "calls_effective_graded",
    "calls_effective_managed_graded",
    "visits_with_three_graded",
    "products_presented_graded",
    "products_bought_graded",
)


def upgrade() -> None:
    """Add the columns; what is stored is of the first version, and refolded by `day2053 migrate` after this."""
    for mix in MIXES:
        for grade in "abcd":
            op.add_column("advisor_day", sa.Column(f"{mix}_{grade}", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("advisor_day", sa.Column("fold_version", sa.Integer(), nullable=False, server_default="1"))
