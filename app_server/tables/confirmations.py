"""The codes that were sent to customers, by their keyed digests."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, LargeBinary
from sqlmodel import Field

from app_server.columns import UtcDateTime, text_enum
from app_server.tables.row import Row
from shared_models.visits import ConfirmedBy


class ConfirmationRow(Row, table=True):
    """One code sent for a visit that is still to be recorded: its HMAC-SHA-256 under the key named by `key_id`, the code nowhere.

    The newest one of a visit is the good one. `tries`: how often a wrong one was tried instead of it.
    """

    __table_args__ = (
        Index("ix_confirmation_customer_id_made_at", "customer_id", "made_at"),
        Index("ix_confirmation_advisor_id_made_at", "advisor_id", "made_at"),
    )

    id: UUID = Field(primary_key=True)
    visit_id: UUID
    advisor_id: UUID = Field(foreign_key="staff.id")
    # No foreign key: what was sent may be forgotten in any order.
    customer_id: UUID
    by: ConfirmedBy = Field(sa_type=text_enum(ConfirmedBy))
    key_id: str
    digest: bytes = Field(sa_type=LargeBinary, repr=False)
    made_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime)
    tries: int = 0
