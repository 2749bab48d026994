"""Proposals (产品推荐): the products put before a customer at one visit, and what the customer said."""

from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from shared_models.absent import is_absent, is_empty
from shared_models.text import Code

# Twelve digits, so that any sum of a day stays within 64 bits of 分.
Amount = Annotated[Decimal, Field(ge=0, max_digits=12, decimal_places=2)]


class PickResponse(StrEnum):
    """The customer's answer to one product."""

    PRESENTED = "presented"
    INTERESTED = "interested"
    BOUGHT = "bought"
    DECLINED = "declined"


class FewerBecause(StrEnum):
    """The reasons the app offers for fewer than three; the wire takes any code."""

    NO_TIME = "no_time"
    NOT_SUITABLE = "not_suitable"
    CUSTOMER_LEFT = "customer_left"
    SERVICE_ONLY = "service_only"
    OTHER = "other"


class Pick(BaseModel):
    """One product and the customer's response; `amount` in the product's currency, only of what was bought."""

    model_config = ConfigDict(frozen=True)

    product_id: UUID
    response: PickResponse
    amount: Amount | None = None


class Proposal(BaseModel):
    """The data of a `proposal` activity: 1–10 picks, a product once.

    `offered`: what the app itself picked, best first, by version `picks_version` of its picking; against it `picks` show what the
    advisor changed. Left out where they are not known, so that what an earlier app sent is the same content still.
    """

    model_config = ConfigDict(frozen=True)

    visit_id: UUID
    picks: tuple[Pick, ...] = Field(min_length=1, max_length=10)
    fewer_because: Code | None = None
    offered: tuple[UUID, ...] = Field(default=(), max_length=10, exclude_if=is_empty)
    picks_version: int | None = Field(default=None, ge=1, le=10_000, exclude_if=is_absent)

    @model_validator(mode="after")
    def _product_once(self) -> Self:
        if len({pick.product_id for pick in self.picks}) != len(self.picks):
            raise ValueError("a product may be picked once in a proposal")
        return self
