"""What picks ask of products and customers."""

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
    op.add_column("product", sa.Column("quota", sa.BigInteger(), nullable=True))
    op.add_column("customer", sa.Column("holdings", JSON, nullable=False, server_default="{}"))
