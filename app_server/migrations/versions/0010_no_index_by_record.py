"""No query looks for an exchange's event by the exchange's own id of its call: that is in the event's own id."""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Drop the index, which every event had to write."""
    op.drop_index("ix_telephony_record_provider_record_id", "telephony_record")
