"""Customers (客户): a person in an advisor's book or in the outer pool, as a phone may see them."""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from shared_models.needs import Need
from shared_models.text import Code, Line, Name, Note, Phone


class Tier(StrEnum):
    """The bank's customer tiers, highest first."""

    DIAMOND = "diamond"
    PLATINUM = "platinum"
    GOLD = "gold"
    STANDARD = "standard"


class Rating(StrEnum):
    """The customer's risk rating (C1–C5), by the bank's own assessment."""

    C1 = "C1"
    C2 = "C2"
    C3 = "C3"
    C4 = "C4"
    C5 = "C5"

    @property
    def level(self) -> int:
        """1 (most cautious) to 5."""
        return int(self.value[1])


class Pool(StrEnum):
    """Managed (管户): in the advisor's book · prospect (潜力): in the outer pool."""

    MANAGED = "managed"
    PROSPECT = "prospect"


class Maturity(BaseModel):
    """Money coming free: the product it was in, how much, and the day."""

    name: Line
    amount: Decimal
    due_on: date


class Customer(BaseModel):
    """What a phone knows of one customer. `managed_since` None means a prospect; money in yuan.

    `birthday` is "MM-DD": the year is nobody's business on a phone. `initials` are the pinyin initials of the name, lower case.
    `holdings`: what they hold with the bank by need, no more than an allocation has to know. `facts` are codes and figures from an
    import that a ranking may use.
    """

    id: UUID
    name: Name
    phone: Phone
    initials: str = ""
    managed_since: date | None = None
    tier: Tier | None = None
    rating: Rating | None = None
    rated_on: date | None = None
    birthday: str | None = Field(default=None, pattern=r"^(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$")
    holdings: dict[Need, Decimal] = Field(default_factory=dict[Need, Decimal])
    aum: Decimal | None = None
    idle_cash: Decimal | None = None
    maturities: list[Maturity] = Field(default_factory=list[Maturity])
    last_contact_on: date | None = None
    last_interest: Line | None = None
    source: Code | None = None
    note: Note | None = None
    facts: dict[str, str | int | float | None] = Field(default_factory=dict[str, str | int | float | None])


class Departed(BaseModel):
    """All that a phone is told of a customer who has left its book: by which day on the calls to them count as managed."""

    managed_since: date | None = None


class Prospect(BaseModel):
    """The data of a `prospect` activity: a person the advisor met; the activity's id becomes the customer's."""

    model_config = ConfigDict(frozen=True)

    name: Name
    phone: Phone
    source: Code
    note: Note | None = None


def pool_on(managed_since: date | None, day: date) -> Pool:
    """Which pool a customer was in on that day, so that opening an account never changes an earlier day."""
    return Pool.MANAGED if managed_since is not None and managed_since <= day else Pool.PROSPECT


def name_initials(name: str) -> str:
    """The pinyin initials of a Chinese name in lower case; other letters and digits stay: 欧阳婳 → "oyh"."""
    # Imported here: the dictionary takes a tenth of a second, and only adding or importing customers needs it.
    from pypinyin import Style, lazy_pinyin

    parts = lazy_pinyin(name, style=Style.FIRST_LETTER)
    return "".join(letter for part in parts for letter in part if letter.isalnum()).lower()
