"""Customers and the digests of their cards."""

from decimal import Decimal
from uuid import UUID

from sqlalchemy import Index, LargeBinary
from sqlalchemy.engine.default import DefaultExecutionContext
from sqlmodel import Field

from app_server.columns import JsonOf, Money, text_enum
from app_server.numbers import e164
from app_server.tables.row import Row
from shared_models.customers import Customer, Maturity, Rating, Tier
from shared_models.needs import Need

Holdings = dict[Need, Decimal]
Facts = dict[str, str | int | float | None]


def _number_of_phone(context: DefaultExecutionContext) -> str | None:
    return e164(context.get_current_parameters()["phone"])


class CustomerRow(Customer, Row, table=True):
    """A customer in the book of one advisor. `number` is `phone` as it is compared with the exchange's, if it can be.

    `lat`, `lon`: where their own address is, in degrees, both or none; the server's alone, no phone is told.
    """

    __table_args__ = (Index("ix_customer_number", "number"),)

    id: UUID = Field(primary_key=True)
    advisor_id: UUID = Field(foreign_key="staff.id", index=True)
    tier: Tier | None = Field(default=None, sa_type=text_enum(Tier))
    rating: Rating | None = Field(default=None, sa_type=text_enum(Rating))
    aum: Decimal | None = Field(default=None, sa_type=Money)
    idle_cash: Decimal | None = Field(default=None, sa_type=Money)
    holdings: Holdings = Field(default_factory=Holdings, sa_type=JsonOf(Holdings))
    maturities: list[Maturity] = Field(default_factory=list[Maturity], sa_type=JsonOf(list[Maturity]))
    facts: Facts = Field(default_factory=Facts, sa_type=JsonOf(Facts))
    number: str | None = Field(default=None, repr=False, sa_column_kwargs={"default": _number_of_phone})
    lat: float | None = Field(default=None, repr=False)
    lon: float | None = Field(default=None, repr=False)


class CustomerCardRow(Row, table=True):
    """A customer's bank card by its HMAC-SHA-256 under the key named by `key_id`; the number is nowhere."""

    digest: bytes = Field(sa_type=LargeBinary, primary_key=True, repr=False)
    key_id: str
    customer_id: UUID = Field(foreign_key="customer.id", index=True)
