"""Units that are closed from a day on."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; all units are open so far."""
    op.add_column("unit", sa.Column("closed_on", sa.Date(), nullable=True))
