"""Loans (代打) of customers for a day."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Index, text
from sqlmodel import Field

from app_server.columns import UtcDateTime
from app_server.tables.row import Row

_STANDING = text("taken_back_at IS NULL")


class LoanRow(Row, table=True):
    """That a customer is another advisor's for a day, and who lent them. One that was taken back stays: what was recorded under it may come late."""

    __table_args__ = (
        Index(
            "ix_loan_standing",
            "customer_id",
            "day",
            unique=True,
            sqlite_where=_STANDING,
            postgresql_where=_STANDING,
        ),
        Index("ix_loan_advisor_id_day", "advisor_id", "day"),
    )

    customer_id: UUID = Field(primary_key=True, foreign_key="customer.id")
    day: date = Field(primary_key=True)
    advisor_id: UUID = Field(primary_key=True, foreign_key="staff.id")
    lent_by: UUID = Field(foreign_key="staff.id", index=True)
    lent_at: datetime = Field(sa_type=UtcDateTime)
    taken_back_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
