"""What suitability and picks ask of products and customers."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(JSONB(), "postgresql")


def upgrade() -> None:
    """Add the columns; of what stands nothing is known."""
    op.add_column("product", sa.Column("min_age", sa.Integer(), nullable=True))
    op.add_column("product", sa.Column("max_age", sa.Integer(), nullable=True))
    op.add_column("product", sa.Column("qualified_only", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("product", sa.Column("quota", sa.BigInteger(), nullable=True))
    op.add_column("product", sa.Column("benchmark", sa.String(), nullable=True))
    op.add_column("product", sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
    op.add_column("customer", sa.Column("birth_year", sa.Integer(), nullable=True))
    op.add_column("customer", sa.Column("is_qualified", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("customer", sa.Column("holdings", JSON, nullable=False, server_default="{}"))
