"""Coverage as it was counted, kept until something moves it."""

from datetime import date
from uuid import UUID

from sqlmodel import BigInteger, Field

from app_server.tables.row import Row


class CoverageRow(Row, table=True):
    """An advisor's coverage on a day, counted when their feed stood at `head`: it holds while the feed stands there.

    Whatever changes it moves the feed in the same transaction: the advisor's own batches and book, and what another says of their
    customers (sync/handed.py). One row an advisor, of the day that was asked for last.
    """

    advisor_id: UUID = Field(primary_key=True, foreign_key="staff.id")
    business_day: date
    window_days: int
    head: int = Field(sa_type=BigInteger)
    managed_customers: int
    called_in_window: int
