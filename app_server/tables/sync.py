"""The feeds and what stands in them."""

from datetime import datetime

from sqlalchemy import Index, String, text
from sqlmodel import BigInteger, Field

from app_server.columns import UtcDateTime
from app_server.tables.row import Row

BANK_SCOPE = "bank"
LINES_SCOPE = "lines"


class FeedRow(Row, table=True):
    """The counter of one feed: an advisor's id, or BANK_SCOPE for what all see. Its row lock orders the commits.

    LINES_SCOPE has no feed, only the lock.
    """

    scope: str = Field(primary_key=True)
    head: int = Field(default=0, sa_type=BigInteger)


class ChangeRow(Row, table=True):
    """That an entity changed, at place `seq` of a feed; what it is now is read from its own table."""

    __table_args__ = (
        Index("ix_change_scope_entity_entity_id", "scope", "entity", "entity_id"),
        # Who lost what lately, of whatever feed.
        Index("ix_change_deleted_at", "at", sqlite_where=text("deleted"), postgresql_where=text("deleted")),
        # In whose sight it was.
        Index(
            "ix_change_deleted_entity_id", "entity_id", sqlite_where=text("deleted"), postgresql_where=text("deleted")
        ),
    )

    scope: str = Field(primary_key=True)
    seq: int = Field(primary_key=True, sa_type=BigInteger)
    entity: str = Field(sa_type=String(32))
    entity_id: str
    deleted: bool = False
    at: datetime = Field(sa_type=UtcDateTime)
